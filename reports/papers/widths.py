"""How long a text is on paper, near enough to place rules and to break names evenly."""

from collections.abc import Sequence

from reports.papers.paper import Table

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


# Room beside the text of a cell, and how much wider than the mean a word may be.
CELL_ROOM, WIDER = 3.4, 1.1
# Tables up to this height are not broken over pages.
SHORT = 100.0


def column_widths(table: Table, width: float) -> list[float]:
    """Widths in mm that add up to the width: the shares, but no word is broken for want of room."""
    if bad := next((row for row in table.rows if len(row) != len(table.columns)), None):
        raise ValueError(f"{len(bad)} cells under {len(table.columns)} columns")
    total = sum(c.share for c in table.columns)
    natural = [width * c.share / total for c in table.columns]
    needs = []
    for index, column in enumerate(table.columns):
        said = {word for row in table.rows for word in row[index].split()}
        words = [text_mm(word, table.size, bold=False) for word in said]
        words += [text_mm(word, table.size) for word in column.title.split()]
        # Something endless, such as a digest, must be broken anyway.
        needs.append(min(max(words, default=0) * WIDER + CELL_ROOM, width / 4))
    wanting = sum(max(0.0, need - has) for need, has in zip(needs, natural, strict=True))
    spare = sum(max(0.0, has - need) for need, has in zip(needs, natural, strict=True))
    if not wanting or spare < wanting:
        return natural
    return [
        need if need > has else has - wanting * (has - need) / spare
        for need, has in zip(needs, natural, strict=True)
    ]


def is_short(table: Table, widths: Sequence[float]) -> bool:
    """Whether it is low enough to stand on one page as a whole."""
    height = 0.0
    for row in [[c.title for c in table.columns], *table.rows]:
        lines = max(
            1 + text_mm(cell, table.size) * WIDER // (width - CELL_ROOM)
            for cell, width in zip(row, widths, strict=True)
        )
        height += lines * table.size * 0.5 + 2
        if height > SHORT:
            return False
    return True
