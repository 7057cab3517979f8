"""Working days: the shipped table against the law it rests on, and the arithmetic on it."""

from datetime import UTC, date, datetime, timedelta
from math import floor, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.states import DayKind
from workflow.law.calendar import WorkCalendar, work_calendar
from workflow.workdays import seed_days

DAYS = seed_days()
CALENDAR = work_calendar((d.day, d.kind) for d in DAYS)
OFF = {d.day for d in DAYS if d.kind is not DayKind.MADE_UP}


# ------------------------------------------------------------------ the Vietnamese lunar calendar
# An independent computation (Meeus' formulas as used for UTC+7), to check the table's dates.


def new_moon(k: int) -> float:
    t = k / 1236.85
    rad = pi / 180
    jd = 2415020.75933 + 29.53058868 * k + 0.0001178 * t * t - 0.000000155 * t**3
    jd += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t * t) * rad)
    m = 359.2242 + 29.10535608 * k - 0.0000333 * t * t
    mpr = 306.0253 + 385.81691806 * k + 0.0107306 * t * t
    f = 21.2964 + 390.67050646 * k - 0.0016528 * t * t
    c = (0.1734 - 0.000393 * t) * sin(m * rad) + 0.0021 * sin(2 * rad * m)
    c += -0.4068 * sin(mpr * rad) + 0.0161 * sin(2 * rad * mpr) - 0.0004 * sin(3 * rad * mpr)
    c += 0.0104 * sin(2 * rad * f) - 0.0051 * sin(rad * (m + mpr))
    c += -0.0074 * sin(rad * (m - mpr)) + 0.0004 * sin(rad * (2 * f + m))
    c += -0.0004 * sin(rad * (2 * f - m)) - 0.0006 * sin(rad * (2 * f + mpr))
    c += 0.0010 * sin(rad * (2 * f - mpr)) + 0.0005 * sin(rad * (2 * mpr + m))
    return jd + c - (-0.000278 + 0.000265 * t + 0.000262 * t * t)


def new_moon_day(k: int) -> date:
    """The day in UTC+7."""
    return date.fromordinal(floor(new_moon(k) + 0.5 + 7 / 24) - 1721425)


LEAP_SECOND_MONTH = {2023}


def first_months(year: int) -> tuple[date, date]:
    """The first days of the first and of the third month of that lunar year."""
    k = floor((date(year, 1, 21).toordinal() + 1721425 - 2415021.0769986) / 29.530588853)
    moons = [new_moon_day(k + n) for n in range(7)]
    months = [m for m in moons if date(year, 1, 21) <= m]
    return months[0], months[3 if year in LEAP_SECOND_MONTH else 2]


@pytest.mark.parametrize("year", range(2023, 2032))
def test_tet_and_gio_to_fall_where_the_moon_says(year: int) -> None:
    tet, third = first_months(year)

    assert {tet - timedelta(1), tet, tet + timedelta(1), tet + timedelta(2)} <= OFF
    assert third + timedelta(9) in OFF


# ------------------------------------------------------------------------------ the shipped table


@pytest.mark.parametrize("year", range(2023, 2032))
def test_every_year_has_the_eleven_days_of_the_law(year: int) -> None:
    named = [
        d
        for d in DAYS
        if d.day.year == year and d.kind is DayKind.HOLIDAY and "Văn hóa" not in d.name
    ]

    assert len(named) == 11


def test_a_holiday_on_a_weekly_rest_day_is_made_good() -> None:
    rest = [d for d in DAYS if d.kind is DayKind.HOLIDAY and d.day.weekday() >= 5]
    given_back = [d for d in DAYS if d.kind is DayKind.COMPENSATORY]

    assert len(rest) == len(given_back)
    assert all(d.day.weekday() < 5 for d in given_back)


def test_a_swap_takes_as_many_days_as_it_gives() -> None:
    for year in range(2023, 2032):
        of_year = [d.kind for d in DAYS if d.day.year == year]
        assert of_year.count(DayKind.SWAPPED_OFF) == of_year.count(DayKind.MADE_UP)


def test_the_year_2026_has_the_25_days_that_were_published() -> None:
    """With weekends: 1-4/1, 14-22/2, 25-27/4, 30/4-3/5, 29/8-2/9."""
    blocks = [("01-01", 4), ("02-14", 9), ("04-25", 3), ("04-30", 4), ("08-29", 5)]
    for first, length in blocks:
        day = date.fromisoformat(f"2026-{first}")
        assert CALENDAR.is_working_day(day - timedelta(1))
        assert all(not CALENDAR.is_working_day(day + timedelta(n)) for n in range(length))
        assert CALENDAR.is_working_day(day + timedelta(length))
    assert sum(length for _, length in blocks) == 25


def test_what_is_not_settled_says_so() -> None:
    doubtful = {d.day for d in DAYS if not d.is_confirmed}

    assert date(2026, 11, 24) in doubtful
    assert date(2027, 2, 5) in doubtful
    assert date(2026, 4, 30) not in doubtful
    assert all(d.source for d in DAYS)


# ------------------------------------------------------------------------------ arithmetic

A_DAY = st.dates(date(2023, 1, 1), date(2031, 12, 31))


@given(A_DAY, st.integers(0, 60))
def test_so_many_working_days_later_lie_so_many_working_days(day: date, count: int) -> None:
    later = CALENDAR.add_working_days(day, count)

    assert CALENDAR.working_days_between(day, later) == count
    assert count == 0 or CALENDAR.is_working_day(later)


@given(A_DAY, A_DAY, A_DAY)
def test_spans_of_working_days_add_up(a: date, b: date, c: date) -> None:
    between = CALENDAR.working_days_between

    assert between(a, b) + between(b, c) == between(a, c)


@given(A_DAY)
def test_a_reminder_aims_at_a_working_day_not_after_the_deadline(day: date) -> None:
    aim = CALENDAR.last_working_day_on_or_before(day)

    assert aim <= day
    assert CALENDAR.is_working_day(aim)
    assert CALENDAR.working_days_between(aim, day) == 0


def test_deadlines_on_a_weekend_are_aimed_at_from_friday() -> None:
    assert CALENDAR.last_working_day_on_or_before(date(2024, 12, 14)) == date(2024, 12, 13)
    assert CALENDAR.last_working_day_on_or_before(date(2025, 12, 14)) == date(2025, 12, 12)
    assert CALENDAR.last_working_day_on_or_before(date(2030, 12, 14)) == date(2030, 12, 13)


def test_over_tet_2026_one_working_day_is_eleven_days_long() -> None:
    assert CALENDAR.add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 23)
    assert CALENDAR.working_days_between(date(2026, 2, 13), date(2026, 2, 23)) == 1


def test_a_calendar_without_working_days_is_refused() -> None:
    never = WorkCalendar(off=frozenset(date(2026, 1, 1) + timedelta(n) for n in range(800)))

    with pytest.raises(ValueError, match="no working day"):
        never.first_working_day_on_or_after(date(2026, 1, 1))


# ------------------------------------------------------------------------------ outages


@pytest.mark.parametrize(
    ("starts", "ends", "due", "moved"),
    [
        ("2026-12-14T02:00", "2026-12-14T08:00", "2026-12-14", "2026-12-15"),
        ("2026-12-11T02:00", "2026-12-14T08:00", "2026-12-12", "2026-12-15"),
        ("2026-12-14T16:59", "2026-12-14T17:00", "2026-12-14", "2026-12-15"),
        ("2026-12-14T16:59", "2026-12-14T17:01", "2026-12-14", "2026-12-16"),
        ("2026-12-14T17:00", "2026-12-14T18:00", "2026-12-14", None),
        ("2026-02-13T02:00", "2026-02-13T08:00", "2026-02-13", "2026-02-23"),
        ("2026-12-10T02:00", "2026-12-13T08:00", "2026-12-14", None),
    ],
)
def test_an_outage_moves_the_deadlines_of_its_days(
    starts: str, ends: str, due: str, moved: str | None
) -> None:
    found = CALENDAR.after_outage(
        date.fromisoformat(due),
        datetime.fromisoformat(starts).replace(tzinfo=UTC),
        datetime.fromisoformat(ends).replace(tzinfo=UTC),
    )

    assert found == (date.fromisoformat(moved) if moved else None)
