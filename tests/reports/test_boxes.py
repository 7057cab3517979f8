"""The arithmetic of Báo cáo 1270, and which box a cycle falls in."""

from datetime import date
from decimal import Decimal

import pytest

from models.states import CycleState as S
from models.states import Disposition
from reports.boxes import Box, Boxes, age_class, box_of, overdue_days, tally

DUE = date(2025, 12, 14)


def test_the_figures_of_report_1270():
    boxes = Boxes(done_on_time=14_068, done_late=1_983, open_in_time=5_640, open_overdue=223)

    assert boxes.total == 21_914
    assert (boxes.done, boxes.open, boxes.due) == (16_051, 5_863, 16_274)
    # The report prints 98,62 and 1,38: cut and then made to add up; rounded they are these.
    assert boxes.completion_rate == Decimal("98.63")
    assert boxes.overdue_rate == Decimal("1.37")
    assert boxes.on_time_rate == Decimal("87.65")


def test_of_nothing_there_is_no_rate():
    boxes = Boxes(no_deadline=3, on_hold=2, closed=1, open_in_time=4)

    assert boxes.completion_rate is None
    assert boxes.overdue_rate is None
    assert boxes.on_time_rate is None
    assert (boxes.total, boxes.everything) == (4, 10)


@pytest.mark.parametrize(
    ("state", "disposition", "due_on", "late", "today", "box", "days"),
    [
        (S.ASSIGNED, Disposition.ACTIVE, DUE, None, date(2025, 12, 14), Box.OPEN_IN_TIME, 0),
        (S.ASSIGNED, Disposition.ACTIVE, DUE, None, date(2025, 12, 15), Box.OPEN_OVERDUE, 1),
        (S.IN_PROGRESS, Disposition.ACTIVE, DUE, None, date(2026, 1, 14), Box.OPEN_OVERDUE, 31),
        (S.REPORTED, Disposition.ACTIVE, DUE, 0, date(2026, 3, 1), Box.OPEN_IN_TIME, 0),
        (S.REPORTED, Disposition.ACTIVE, DUE, 4, date(2026, 3, 1), Box.OPEN_OVERDUE, 4),
        (S.VERIFIED, Disposition.ACTIVE, DUE, 0, date(2026, 3, 1), Box.DONE_ON_TIME, 0),
        (S.VERIFIED, Disposition.ACTIVE, DUE, 9, date(2026, 3, 1), Box.DONE_LATE, 0),
        (S.COMPLETED, Disposition.ACTIVE, DUE, 0, date(2026, 3, 1), Box.DONE_ON_TIME, 0),
        (S.COMPLETED, Disposition.ACTIVE, None, 0, date(2026, 3, 1), Box.NO_DEADLINE, 0),
        (S.ASSIGNED, Disposition.ACTIVE, None, None, date(2026, 3, 1), Box.NO_DEADLINE, 0),
        (S.IN_PROGRESS, Disposition.ON_HOLD, DUE, None, date(2026, 3, 1), Box.ON_HOLD, 77),
        (
            S.IN_PROGRESS,
            Disposition.CLOSED_BY_DOCUMENT,
            DUE,
            None,
            date(2026, 3, 1),
            Box.CLOSED,
            77,
        ),
    ],
)
def test_a_cycle_is_in_one_box(state, disposition, due_on, late, today, box, days):
    assert box_of(state, disposition, due_on, late, today) is box
    assert overdue_days(state, due_on, late, today) == days


def test_ages_of_what_is_overdue():
    assert [age_class(n) for n in (0, 1, 30, 31, 60, 61, 120, 121, 900)] == [
        None, 0, 0, 1, 1, 2, 2, 3, 3,
    ]  # fmt: skip


def test_tallies_add_up():
    one, two = tally([Box.DONE_LATE, Box.ON_HOLD]), tally([Box.DONE_LATE, Box.OPEN_OVERDUE])

    assert one + two == Boxes(done_late=2, on_hold=1, open_overdue=1)
