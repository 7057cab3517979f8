"""In which language a page says what: Vietnamese words on a page of another one."""

import re
from html.parser import HTMLParser

# Letters that English does not have; what is spelt with them is a name everywhere, or a code.
_LETTERS = re.compile("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01b0\u1ea0-\u1ef9]")
_SPARED = re.compile(r"Đôn Đốc|Cốc Cốc|\d[\w/.]*/[\w-]+")
# Attributes nobody is told, and words that are typed or written into a field for somebody.
_SILENT = frozenset(
    {"action", "class", "data-missing", "data-reason", "href", "id", "name", "src", "value"}
)
_EMPTY = frozenset({"br", "hr", "img", "input", "link", "meta", "rect", "line", "polyline", "use"})


def foreign_letters(text: str) -> bool:
    """True for Vietnamese words; names of the house and notations of documents are none."""
    return _LETTERS.search(_SPARED.sub("", text)) is not None


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[tuple[str, bool]] = []

    @property
    def is_told_apart(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # The language of the page itself tells nothing apart.
        apart = self.is_told_apart or (tag != "html" and "lang" in dict(attrs))
        if not apart:
            self.found += [
                f"{tag} {name}: {value}"
                for name, value in attrs
                if value and name not in _SILENT and foreign_letters(value)
            ]
        if tag not in _EMPTY:
            self.open.append((tag, apart))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = self.open[-1][0] if self.open else ""
        if not self.is_told_apart and inside != "textarea" and foreign_letters(data):
            self.found.append(f"{inside}: {data.strip()}")


def vietnamese(html: str) -> list[str]:
    """What a page says in Vietnamese without saying that it is: by a lang of its own."""
    page = _Page()
    page.feed(html)
    return page.found
