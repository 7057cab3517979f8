"""Every number on screen opens the list behind it, and the list is as long as the number says."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from tests import engines
from tests.reports.conftest import House, at, moved_in, paper
from tests.visitors import set_clock
from tests.web.reader import Page, Reader
from workflow.commands import dispositions

NOW = at("2026-01-15")
LIST = "/dashboard/list"
NUMBER = re.compile(r"^\d{1,3}(\.\d{3})*$")
PAGES = (
    "/dashboard?year=2025",
    "/agencies/so-y-te?year=2025",
    "/dashboard?year=2025&on=2025-06-30",
)


@pytest.fixture(scope="module")
def house(
    databases: engines.Databases, plan_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Two years with something in every box."""
    with moved_in(
        databases, plan_template, tmp_path_factory.mktemp("behind"), "busy_year"
    ) as found:
        for letter, kind in (("c", dispositions.HoldCycle), ("d", dispositions.EndCycle)):
            cycle = found.cycle(f"III.4.1-{letter}", "so-y-te", 2025)
            day = date(2025, 6, 2)
            held = kind(cycle, "Sắp xếp bộ máy", paper(day, "20/QĐ-UBND"))
            found.do(held, "ct.ubnd-tinh", at("2025-06-02"))
        cycle = found.cycle("III.4.1-e", "so-y-te", 2025)
        found.accept(cycle, "so-y-te", "2025-02-01")
        found.report(cycle, "so-y-te", "2025-12-01")
        found.send_back(cycle, "2025-12-04")
        yield found


def numbers(page: Page) -> dict[str, int]:
    """The links of a page to lists, with the number that is written on each."""
    found: dict[str, int] = {}
    for address, said in page.links.items():
        first = said.split()[0] if said.split() else ""
        if address.startswith(LIST) and NUMBER.match(first):
            found[address] = int(first.replace(".", ""))
    return found


def length(reader: Reader, address: str) -> int:
    """How many cycles the list shows."""
    page = reader.get(address)
    return len([a for a in page.links if re.fullmatch(r"/cycles/\d+", a)])


@pytest.mark.parametrize("path", PAGES)
def test_the_list_behind_a_number_is_as_long_as_the_number(house: House, path: str) -> None:
    set_clock(house.app, NOW)
    reader = Reader(house.app, house.actors["vp.ubnd-tinh"])

    told = numbers(reader.get(path))

    # The rows of agencies are alike: each tenth stands for the others, and so do empty lists.
    many = "agency=" if path.startswith("/dashboard") else LIST + "?none"
    alike = [a for a, n in told.items() if many in a or not n]
    asked = {a: n for a, n in told.items() if a not in alike or a in alike[::10]}
    wrong = {a: (n, have) for a, n in asked.items() if (have := length(reader, a)) != n}
    assert wrong == {}
    assert len(told) > 5
    assert any(told.values())
