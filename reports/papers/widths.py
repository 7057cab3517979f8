"""How long a text is on paper, near enough to place rules and to break names evenly."""

# Mean advance of Times New Roman as a share of its size, by kind of letter; bold runs wider.
_CAPITAL, _SMALL, _NARROW, _BLANK = 0.68, 0.47, 0.30, 0.25
_NARROW_LETTERS = frozenset("iíìỉĩịljtfrIÍÌĨỈỊ.,;:-/()'|!1")
POINT = 0.3528


def text_mm(text: str, size: float, *, bold: bool = True) -> float:
    """Millimetres of a line of this size."""
    share = sum(_share(c) for c in text) * (1.0 if bold else 0.95)
    return share * size * POINT


def _share(char: str) -> float:
    if char.isspace():
        return _BLANK
    if char in _NARROW_LETTERS:
        return _NARROW
    return _CAPITAL if char.isupper() else _SMALL


def balanced(text: str, size: float, width: float, *, bold: bool = True) -> list[str]:
    """The text in as few lines as fit the width, the longest of them as short as can be."""
    words: list[str] = []
    for word in text.split():
        # A dash never begins a line: "SỞ LAO ĐỘNG -" stays together.
        if word == "-" and words:
            words[-1] += " -"
        else:
            words.append(word)
    lengths = [text_mm(word, size, bold=bold) for word in words]
    blank = text_mm(" ", size, bold=bold)
    for count in range(1, len(words) + 1):
        worst, lines = _split(tuple(words), tuple(lengths), blank, count)
        if worst <= width:
            return lines
    return words


def _split(
    words: tuple[str, ...], lengths: tuple[float, ...], blank: float, count: int
) -> tuple[float, list[str]]:
    """The even split into `count` lines: length of the longest, and the lines."""
    reach: dict[tuple[int, int], tuple[float, list[str]]] = {(0, 0): (0.0, [])}
    for line in range(1, count + 1):
        for end in range(line, len(words) + 1):
            choices = []
            for start in range(line - 1, end):
                if (line - 1, start) in reach:
                    worst, lines = reach[line - 1, start]
                    here = sum(lengths[start:end]) + blank * (end - start - 1)
                    choices.append((max(worst, here), [*lines, " ".join(words[start:end])]))
            if choices:
                reach[line, end] = min(choices)
    return reach[count, len(words)]
