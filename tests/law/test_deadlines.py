"""Days and lateness: the edges of a day, whatever the zone of the server, and the one rule."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.states import CycleState, DueClass
from workflow.law.deadlines import (
    DUE_SOON_DAYS,
    OPEN_STATES,
    VIETNAM,
    days_late,
    due_class,
    effective_due,
    end_of_day,
    freeze,
    local_day,
    yearly,
)

ROOT = Path(__file__).parents[2]
DUE = date(2026, 12, 14)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (datetime(2026, 12, 14, 16, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 12, 14, 16, 59, 59, 999_999, tzinfo=UTC), 0),
        (datetime(2026, 12, 14, 17, 0, 0, tzinfo=UTC), 1),
        (datetime(2026, 12, 14, 17, 0, 1, tzinfo=UTC), 1),
        (datetime(2026, 12, 15, 16, 59, 59, tzinfo=UTC), 1),
        (datetime(2026, 12, 15, 17, 0, 0, tzinfo=UTC), 2),
    ],
)
def test_before_15_december_ends_with_the_last_second_of_the_14th(
    moment: datetime, late: int
) -> None:
    assert days_late(yearly(2026, 12, 14), local_day(moment)) == late


def test_the_end_of_a_day_is_the_first_instant_that_is_late() -> None:
    end = end_of_day(DUE)

    assert end == datetime(2026, 12, 14, 17, 0, 0, tzinfo=UTC)
    assert (local_day(end - SECOND), local_day(end)) == (DUE, date(2026, 12, 15))


ASK = """
from datetime import UTC, date, datetime
from workflow.law.deadlines import end_of_day, local_day
for hour in (0, 16, 17, 23):
    print(local_day(datetime(2026, 12, 14, hour, 59, 59, tzinfo=UTC)))
print(end_of_day(date(2026, 12, 14)).isoformat(), end_of_day(date(2024, 2, 29)).isoformat())
"""
ANSWER = """2026-12-14
2026-12-14
2026-12-15
2026-12-15
2026-12-14T17:00:00+00:00 2024-02-29T17:00:00+00:00
"""


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Kiritimati"]
)
def test_the_zone_of_the_server_changes_nothing(zone: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=dict(os.environ, TZ=zone),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == ANSWER


def test_seven_hours_are_what_the_zone_data_say_for_a_century() -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    moment, end = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    while moment < end:
        assert moment.astimezone(zone).utcoffset() == moment.astimezone(VIETNAM).utcoffset()
        moment += timedelta(hours=12)


def test_a_naive_moment_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 12, 14))  # noqa: DTZ001 (what is refused)


@pytest.mark.parametrize(
    ("year", "month", "day", "expected"),
    [
        (2024, 2, 29, date(2024, 2, 29)),
        (2026, 2, 29, date(2026, 2, 28)),
        (2100, 2, 29, date(2100, 2, 28)),
        (2000, 2, 29, date(2000, 2, 29)),
        (2026, 12, 31, date(2026, 12, 31)),
    ],
)
def test_the_29th_of_february_falls_on_the_28th_in_ordinary_years(
    year: int, month: int, day: int, expected: date
) -> None:
    assert yearly(year, month, day) == expected


# --- the rule of a returned and resent report (decision 5) -----------------------------------

FIRST_ON_TIME, RESEND_BY = date(2026, 12, 10), date(2026, 12, 25)


def test_a_first_sending_is_measured_against_the_deadline() -> None:
    assert freeze(DUE, DUE, None) == freeze(DUE, date(2026, 1, 5), None)
    assert freeze(DUE, DUE, None).late_days == 0
    late = freeze(DUE, date(2026, 12, 20), None)
    assert (late.late_days, late.first_sent_on_time) == (6, False)


def test_on_time_at_first_and_the_return_date_kept_is_on_time() -> None:
    first = freeze(DUE, FIRST_ON_TIME, None).first_sent_on_time

    due = effective_due(DUE, first, RESEND_BY)

    assert due == RESEND_BY
    assert freeze(due, RESEND_BY, first).late_days == 0


def test_on_time_at_first_and_the_return_date_missed_is_late() -> None:
    due = effective_due(DUE, True, RESEND_BY)

    assert freeze(due, RESEND_BY + timedelta(days=2), True).late_days == 2


def test_late_at_first_stays_late_whatever_the_return_date() -> None:
    first = freeze(DUE, date(2026, 12, 16), None).first_sent_on_time

    due = effective_due(DUE, first, RESEND_BY)

    assert due == DUE
    assert freeze(due, RESEND_BY, first).late_days == 11


def test_a_return_date_before_the_deadline_takes_no_day_away() -> None:
    assert effective_due(DUE, True, date(2026, 11, 30)) == DUE


def test_without_a_deadline_nothing_is_late() -> None:
    assert effective_due(None, True, RESEND_BY) is None
    assert freeze(None, date(2030, 1, 1), None).late_days == 0


days = st.dates(date(2023, 1, 1), date(2031, 12, 31))


@given(due=days, first_sent=days, resend_by=days, resent=days)
def test_the_rule_as_one_sentence(
    due: date, first_sent: date, resend_by: date, resent: date
) -> None:
    first = freeze(due, first_sent, None).first_sent_on_time

    again = freeze(effective_due(due, first, resend_by), resent, first)

    on_time = resent <= due or (first_sent <= due and resent <= resend_by)
    assert (again.late_days == 0) == on_time


# --- the badge -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
@pytest.mark.parametrize(
    ("days_left", "expected"),
    [
        (DUE_SOON_DAYS + 1, DueClass.ON_TRACK),
        (DUE_SOON_DAYS, DueClass.DUE_SOON),
        (0, DueClass.DUE_SOON),
        (-1, DueClass.OVERDUE),
    ],
)
def test_an_open_cycle_is_classed_by_today(
    state: CycleState, days_left: int, expected: DueClass
) -> None:
    assert due_class(state, DUE, None, DUE - timedelta(days=days_left)) is expected


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_an_open_cycle_without_a_deadline_says_so(state: CycleState) -> None:
    assert due_class(state, None, None, DUE) is DueClass.NO_DEADLINE


@pytest.mark.parametrize("state", sorted(set(CycleState) - OPEN_STATES))
@pytest.mark.parametrize(
    ("late_days", "expected"),
    [(0, DueClass.DONE_ON_TIME), (None, DueClass.DONE_ON_TIME), (1, DueClass.DONE_LATE)],
)
def test_what_was_reported_is_classed_by_its_frozen_lateness(
    state: CycleState, late_days: int | None, expected: DueClass
) -> None:
    assert due_class(state, DUE, late_days, date(2030, 1, 1)) is expected
