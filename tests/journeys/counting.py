"""What a journey costs its traveller: clicks and keys, counted by one hand, told in a table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

PROPERTY = "journey"
Record = Callable[[str, object], None]


@dataclass
class Hand:
    """A person at the page. Typing words is work, not a step; everything else is counted."""

    page: Page
    count: int = 0

    def open(self, address: str) -> None:
        """Follow a link that stands outside: in a mail."""
        self.count += 1
        self.page.goto(address)

    def click(self, where: Locator) -> None:
        self.count += 1
        where.click()

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def drop(self, where: Locator, file: Any) -> None:
        """A file dragged into the page: no click (domain of the mouse, not of the page)."""
        where.set_input_files(file)


@contextmanager
def journey(record: Record, page: Page, number: str, what: str, limit: int) -> Iterator[Hand]:
    """One journey from its first step; it may take so many and not one more."""
    hand = Hand(page)
    yield hand
    record(PROPERTY, (number, what, hand.count, limit))
    assert hand.count <= limit, f"{number} took {hand.count} clicks or keys, {limit} are allowed"


def travelled(reporter: Any) -> list[tuple[str, str, int, int]]:
    """Every journey this run has finished, from whichever worker."""
    reports = [*reporter.stats.get("passed", ()), *reporter.stats.get("failed", ())]
    found = [
        tuple(value)
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY
    ]
    return sorted(dict.fromkeys(found), key=lambda one: int(one[0].removeprefix("J")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of the journeys, at the end of a run that had some."""
    if found := travelled(terminalreporter):
        terminalreporter.section("Hành trình: số lần bấm và giới hạn")
        for number, what, count, limit in found:
            terminalreporter.write_line(f"{number:<4} {what:<58} {count:>3} / {limit}")
