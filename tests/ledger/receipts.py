"""Receipts with slips in them, and what the two verifiers say of them."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from ledger import verify

PAGE = Path(verify.__file__).with_name("verify.html")


@contextmanager
def offline_page(chromium: Browser) -> Iterator[Page]:
    """verify.html opened from disk, with the network off; a broken script fails whoever uses it."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(PAGE.as_uri())
    yield page
    context.close()
    assert problems == []


def by_python(texts: Sequence[str], key: str) -> list[Any]:
    """The place a receipt proves, or None."""
    found: list[Any] = []
    for text in texts:
        try:
            found.append(verify.check_receipt(text, [verify.Key(key)])["index"])
        except verify.Bad:
            found.append(None)
    return found


def by_page(page: Page, texts: Sequence[str], key: str) -> list[Any]:
    """The same, by the page."""
    found: list[Any] = page.evaluate(
        """([texts, key]) => texts.map((text) => {
            try { return dondoc.checkReceipt(text, [dondoc.Key(key)]).index }
            catch (e) { if (!(e instanceof dondoc.Bad)) throw e; return null }
        })""",
        [list(texts), key],
    )
    return found


def mutated(text: str, dice: random.Random) -> str:
    """The text with one to three slips, never the same text."""
    changed = text
    while changed == text:
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(len(changed))
            what = dice.randrange(7)
            lines = changed.split("\n")
            if what == 0:
                changed = (
                    changed[:at]
                    + chr(ord(changed[at]) ^ 1 << dice.randrange(7))
                    + changed[at + 1 :]
                )
            elif what == 1:
                changed = changed[:at] + changed[at + dice.randrange(1, 4) :]
            elif what == 2:
                changed = changed[:at] + dice.choice("\r\n =+/A0—–\u200b\ufeff") + changed[at:]
            elif what == 3:
                a, b = dice.randrange(len(lines)), dice.randrange(len(lines))
                lines[a], lines[b] = lines[b], lines[a]
                changed = "\n".join(lines)
            elif what == 4:
                del lines[dice.randrange(len(lines))]
                changed = "\n".join(lines)
            elif what == 5:
                a = dice.randrange(len(lines))
                lines.insert(a, lines[dice.randrange(len(lines))])
                changed = "\n".join(lines)
            else:
                changed = changed.replace(
                    *dice.choice((("index ", "index 1"), ("=\n", "\n"), ("@v1", "@v2")))
                )
            changed = changed or "x"
    return changed.encode("utf-8", "replace").decode()
