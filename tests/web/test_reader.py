"""The reader is strict, also about a page that differs from a well-formed one by little."""

import pytest
from html5lib.html5parser import ParseError

from tests.web.reader import read_strictly

PAGE = (
    '<!doctype html><html lang="vi"><head><title>Việc</title></head><body><main>'
    '<p id="a" class="b">Lời &amp; lẽ</p><table><tr><td>1</td></tr></table></main></body></html>'
)
BROKEN = {
    "no doctype": ("<!doctype html>", ""),
    "an element that is not closed": ("</main>", ""),
    "an element that is closed twice": ("</main>", "</main></main>"),
    "one attribute twice": ('class="b"', 'id="b"'),
    "attributes without a blank between them": ('" class', '"class'),
    "an ampersand that begins nothing": ("Lời &amp;", "Lời &lẽ;"),
    "an ampersand in an address": ('class="b"', 'title="?a=1&copy=2"'),
    "a block in a paragraph": ("Lời", "<div>Lời</div>"),
}


def test_a_page_by_the_book_is_read_again_and_again() -> None:
    for words in ("Việc", "Nhiệm vụ"):
        read_strictly(PAGE.replace("Việc", words))


@pytest.mark.parametrize("fault", BROKEN)
def test_a_page_against_the_book_is_refused(fault: str) -> None:
    read_strictly(PAGE)
    good, bad = BROKEN[fault]
    assert good in PAGE
    for _ in range(2):
        with pytest.raises(ParseError):
            read_strictly(PAGE.replace(good, bad))
