"""Figures as of any moment: today they are what they were then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from sqlalchemy import select, update

from models.states import DayKind
from models.tables import CYCLE
from reports.boxes import Boxes
from reports.figures import figures, worst_first
from reports.moment import Scope, lines_at, lines_told
from reports.owing import owing
from tests.engines import Databases
from tests.reports.conftest import House, at, moved_in, paper
from workflow.commands import cycles, results
from workflow.commands.calendar import RecordOutage, SetCalendarDay
from workflow.door import ajar
from workflow.law.facts import SYSTEM

YEAR = Scope(years=(2024,))
HEALTH = Scope(years=(2024,), agency="so-y-te", section="III.4.1")


def told(house: House, moment, scope=YEAR, who=SYSTEM):
    with house.reading() as conn:
        return figures(conn, who, scope, moment)


@dataclass(frozen=True)
class Worked:
    """A house after a year of work, and the figures taken along the way."""

    house: House
    taken: dict[datetime, str]
    after: dict[datetime, str]


@pytest.fixture(scope="module")
def worked(
    databases: Databases, plan_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worked]:
    """Returns, reopenings, a changed holiday and an outage; for tests that only read."""
    home = tmp_path_factory.mktemp("worked")
    with moved_in(databases, plan_template, home, "house") as house:
        taken = a_year_of_work(house)
        yield Worked(house, taken, {moment: told(house, moment).text() for moment in taken})


def a_year_of_work(house: House) -> dict[datetime, str]:
    """Figures taken along the way, by the moment they were taken at."""
    ids = [house.cycle(f"III.4.1-{x}", "so-y-te", 2024) for x in "abcde"]
    taken: dict[datetime, str] = {}

    def take(day: str) -> None:
        taken[at(day, 23)] = told(house, at(day, 23)).text()

    take("2024-01-08")
    for cycle in ids[:4]:
        house.accept(cycle, "so-y-te", "2024-02-01")
    take("2024-02-01")
    house.report(ids[0], "so-y-te", "2024-12-10")
    house.report(ids[1], "so-y-te", "2024-12-12")
    house.report(ids[2], "so-y-te", "2024-12-18")
    take("2024-12-18")
    house.send_back(ids[0], "2024-12-19")
    house.verify(ids[1], "2024-12-20")
    take("2024-12-20")
    house.report(ids[0], "so-y-te", "2024-12-24")
    house.verify(ids[0], "2024-12-26")
    house.verify(ids[2], "2024-12-27")
    house.complete(ids[1], "2025-01-22")
    take("2025-01-22")
    house.reopen(ids[1], "2025-02-10")
    take("2025-02-10")
    house.report(ids[1], "so-y-te", "2025-02-20")
    house.verify(ids[1], "2025-02-25")
    # The Monday after the deadline becomes a holiday, and the system was down on the deadline.
    holiday = SetCalendarDay(date(2024, 12, 16), DayKind.HOLIDAY, "Nghỉ bù", "15/TB-UBND")
    house.do(holiday, "vp.ubnd-tinh", at("2025-03-01"))
    down = at("2024-12-14", 8), at("2024-12-14", 18)
    outage = RecordOutage(*down, "Mất điện", paper(date(2025, 3, 2), "20/TB-UBND"))
    assert house.do(outage, "vp.ubnd-tinh", at("2025-03-03")).data["moved"] > 0
    return taken


def test_asked_again_figures_of_then_are_the_same_bytes(worked):
    assert worked.after == worked.taken
    assert len(set(worked.taken.values())) == len(worked.taken)


def test_what_was_true_on_20_december_2024(worked):
    then = told(worked.house, at("2024-12-20", 23), HEALTH)
    later = told(worked.house, at("2025-02-28"), HEALTH)
    now = told(worked.house, at("2025-03-04"), HEALTH)

    # returned and not yet due again, verified in time, waiting though late, two never sent
    assert then.boxes == Boxes(done_on_time=1, open_in_time=1, open_overdue=3)
    assert then.ages == (3, 0, 0, 0)
    assert [x.return_count for x in then.returned] == [1]
    # reopened: its second sending is judged by the first deadline and so is late
    assert later.boxes == Boxes(done_on_time=1, done_late=2, open_overdue=2)
    # the outage moved what was open to the next working day, past the new holiday
    assert now.boxes == later.boxes
    assert {x.effective_due_on for x in then.overdue} == {date(2024, 12, 14)}
    assert {x.effective_due_on for x in now.overdue} == {date(2024, 12, 17)}


def test_a_cycle_that_was_not_opened_yet_is_not_counted(worked):
    assert told(worked.house, at("2024-01-07", 23)).lines == ()
    assert told(worked.house, at("2024-01-08", 23)).boxes.everything > 0


def test_a_deadline_given_later_was_not_there_before(house):
    with house.reading() as conn:
        free = next(x for x in lines_at(conn, SYSTEM, YEAR, at("2024-02-01")) if not x.due_on)
    judge = "vp.ubnd-tinh" if free.is_standing else "gd.so-ldtbxh"
    house.do(cycles.SetDeadline(free.id, date(2024, 6, 30), "Họp"), judge, at("2024-03-01"))

    before, after = (
        next(x for x in told(house, at(day)).lines if x.id == free.id)
        for day in ("2024-02-20", "2024-07-02")
    )

    assert before.box == "no_deadline"
    assert (after.box, after.overdue) == ("open_overdue", 2)


def test_every_breakdown_adds_up_to_the_whole(worked):
    found = told(worked.house, at("2024-12-20", 23))

    for rows in (found.by_agency, found.by_section, found.by_clause, found.by_year):
        assert sum((r.boxes for r in rows), Boxes()) == found.boxes
    assert sum(found.ages) == found.boxes.open_overdue == len(found.overdue)
    assert worst_first(found.by_agency)[0].boxes.open_overdue == max(
        r.boxes.open_overdue for r in found.by_agency
    )


def test_nobody_counts_what_he_may_not_see(worked):
    house, moment = worked.house, at("2024-12-20", 23)

    mine = told(house, moment, who=house.actors["gd.so-xay-dung"])
    all_of_it = told(house, moment)
    admin = told(house, moment, who=house.actors["admin"])

    assert 0 < len(mine.lines) < len(all_of_it.lines)
    assert told(house, moment, who=house.actors["gd.so-ldtbxh"]).boxes == all_of_it.boxes
    assert admin.lines == ()


def test_at_the_present_the_entries_add_up_to_the_rows(worked):
    with worked.house.reading() as conn:
        rows = {r["id"]: r for r in conn.execute(select(CYCLE)).mappings()}
        lines = lines_told(conn, SYSTEM, Scope(), at("2025-03-04"))
        assert lines == lines_at(conn, SYSTEM, Scope(), at("2025-03-04"))

    assert len(lines) == len(rows)
    for line in lines:
        row = rows[line.id]
        for column in ("state", "late_days", "version", "agency_id", "reported_at", "percent"):
            assert getattr(line, column) == row[column]


def test_rows_changed_beside_the_door_do_not_reach_the_past(house):
    cycle, moment = house.cycle("III.4.1-a", "so-y-te", 2024), at("2024-02-01", 23)
    house.accept(cycle, "so-y-te", "2024-02-01")
    taken = told(house, moment).text()
    house.report(cycle, "so-y-te", "2024-12-20")
    assert told(house, moment).text() == taken
    engine = house.services.engine.execution_options(write=True)
    with ajar("measurement"), engine.begin() as conn:
        touched = {"state": "completed", "late_days": 0, "year": 2031}
        conn.execute(update(CYCLE).where(CYCLE.c.id == cycle).values(**touched))

    assert told(house, moment).text() == taken


# What Sở Y tế did with the one report it sent, and whether it is told to have sent none.
SENT = [
    ("sent", False),
    ("returned", False),
    ("reopened", False),
    ("taken back", True),
]


@pytest.mark.parametrize(("what", "silent"), SENT)
def test_an_agency_whose_report_was_sent_back_is_not_one_that_sent_none(
    house: House, what: str, silent: bool
) -> None:
    """It stands on an annex of the province's report with its name."""
    cycle = house.cycle("III.4.1-a", "so-y-te", 2024)
    house.accept(cycle, "so-y-te", "2024-02-01")
    house.report(cycle, "so-y-te", "2024-12-10")
    if what == "returned":
        house.send_back(cycle, "2024-12-13")
    if what == "taken back":
        house.do(results.WithdrawReport(cycle, "Gửi nhầm"), "gd.so-y-te", at("2024-12-10", 15))
    if what == "reopened":
        house.verify(cycle, "2024-12-11")
        house.reopen(cycle, "2024-12-13")

    found = told(house, at("2024-12-31"))

    assert ("so-y-te" in {row.key for row in found.without_report}) is silent
    assert "so-xay-dung" in {row.key for row in found.without_report}


@pytest.mark.parametrize(("year", "last"), [(2024, 29), (2025, 28)])
def test_a_report_due_by_the_end_of_february_is_owed_in_every_year(
    house: House, year: int, last: int
) -> None:
    plan = {"id": 1, "report_last_month": 2, "report_last_day": 29}
    with house.reading() as conn:
        there = owing(conn, plan, 1, year, at(f"{year}-02-{last}"))
        late = owing(conn, plan, 1, year, at(f"{year}-03-01"))

    assert (there.report_due_on, late.report_due_on) == (None, date(year, 2, last))
