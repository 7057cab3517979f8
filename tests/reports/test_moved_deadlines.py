"""What moves a deadline: the figure each changes, and the figures it must not change."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from models.states import CycleState, ReasonClass, Role
from reports.figures import Figures, figures
from reports.gather import pressure
from reports.moment import Scope
from tests.make import LEAD, UBND, World, noon, on
from tests.worlds import world, world_template
from workflow.commands import cycles, extensions, results
from workflow.commands.calendar import RecordOutage, SeedCalendar
from workflow.law.facts import SYSTEM

__all__ = ["world", "world_template"]

DUE, NEW = date(2026, 12, 14), date(2027, 1, 29)
COUNTED = noon(date(2027, 2, 10))
# What is counted of one cycle of the lead agency.
FIGURES = ("on_time", "late", "open_overdue", "late_days", "late_reports", "after_extension",
           "extensions", "late_extensions", "returns")  # fmt: skip
Story = Callable[[World, int], None]


def report(world: World, cycle_id: int, day: date) -> None:
    with on(world, day):
        world.do(world.report(cycle_id), world.head())


def extended(world: World, cycle_id: int) -> None:
    """Granted in time; reported after the original day, before the new one."""
    why = (ReasonClass.OBJECTIVE, "Chờ số liệu", world.document("7/CV-THU"))
    with on(world, date(2026, 12, 1)):
        world.do(extensions.AskExtension(cycle_id, NEW, *why), world.head())
        decide = extensions.DecideExtension(cycle_id, True, "Đồng ý", world.document("8/UBND-VX"))
        world.do(decide, world.chairman)
    report(world, cycle_id, date(2027, 1, 20))


def extended_late(world: World, cycle_id: int) -> None:
    """Granted after the day: the mark stays."""
    why = (ReasonClass.OBJECTIVE, "Bão số 9", world.document("9/UBND-VX"))
    with on(world, DUE + timedelta(days=2)):
        world.do(extensions.ExtendLate(cycle_id, NEW, *why), world.chairman)
    report(world, cycle_id, date(2027, 1, 20))


def returned(world: World, cycle_id: int) -> None:
    """Sent in time, sent back, and sent again by the day that was given."""
    again = DUE + timedelta(days=7)
    report(world, cycle_id, date(2026, 12, 10))
    with on(world, date(2026, 12, 12)):
        world.do(results.ReturnReport(cycle_id, "Thiếu", "Bảng 2", again), world.judge)
    report(world, cycle_id, again)


def fell_into_an_outage(world: World, cycle_id: int) -> None:
    """The system was down on the day; reported on the next working day."""
    with on(world, DUE + timedelta(days=1)):
        outage = RecordOutage(noon(DUE), noon(DUE) + timedelta(hours=3), "Mất điện",
                              world.document("5/TB-THU"))  # fmt: skip
        world.do(outage, world.person(Role.ADMIN, UBND))
        world.do(world.report(cycle_id), world.head())


def only_late(world: World, cycle_id: int) -> None:
    report(world, cycle_id, date(2027, 1, 20))


def never(world: World, cycle_id: int) -> None:
    """Nothing is reported."""


# name: (what happens, what is counted of it)
STORIES: dict[str, tuple[Story, dict[str, int]]] = {
    "only late": (only_late, {"late": 1, "late_days": 37, "late_reports": 1}),
    "never": (never, {"open_overdue": 1}),
    "extended": (extended, {"on_time": 1, "after_extension": 1, "extensions": 1}),
    "extended late": (
        extended_late,
        {"late": 1, "late_days": 37, "late_reports": 1, "extensions": 1, "late_extensions": 1},
    ),
    "returned with a new day": (returned, {"on_time": 1, "returns": 1}),
    "outage": (fell_into_an_outage, {"on_time": 1}),
}


def counted(world: World, found: Figures, cycle_id: int) -> dict[str, int]:
    (line,) = [x for x in found.lines if x.id == cycle_id]
    with world.engine.connect() as conn:
        pressed = pressure(conn, found.lines, COUNTED)
    row = found.all
    return {
        "on_time": row.boxes.done_on_time,
        "late": row.boxes.done_late,
        "open_overdue": row.boxes.open_overdue,
        "late_days": line.late_days or 0,
        "late_reports": row.late_reports,
        "after_extension": row.after_extension,
        "extensions": pressed.extensions,
        "late_extensions": pressed.late_extensions,
        "returns": row.returns,
    }


@pytest.mark.parametrize("name", STORIES)
def test_each_changes_its_figure_and_no_other(world: World, name: str) -> None:
    world.do(SeedCalendar(), SYSTEM)
    happens, changed = STORIES[name]
    cycle_id = world.cycle("II.2-a")
    world.do(cycles.AcceptTask(cycle_id, "Đầu mối"), world.head())
    happens(world, cycle_id)
    if world.row(cycle_id)["state"] == CycleState.REPORTED:
        with on(world, date(2027, 2, 5)):
            world.do(results.VerifyResult(cycle_id), world.judge)

    with world.engine.connect() as conn:
        found = figures(conn, SYSTEM, Scope(years=(2026,), agency=LEAD, section="II.2"), COUNTED)

    assert counted(world, found, cycle_id) == dict.fromkeys(FIGURES, 0) | changed
    assert found.all.boxes.total == 1
    assert world.row(cycle_id)["original_due_on"] == DUE
