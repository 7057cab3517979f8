"""Working days: which day is one, how far apart two are, and what an outage does to a deadline.

Deadlines do not roll to the next working day by themselves; reminders aim at the last working day
before. Only a recorded outage moves a deadline that fell into it (decision 15).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.states import DayKind
from workflow.law.deadlines import local_day

DAY = timedelta(days=1)
# Nobody has so many days off in a row; a calendar that says so is broken, not a holiday.
LONGEST_REST = 366


@dataclass(frozen=True)
class WorkCalendar:
    """Monday to Friday, except what the table says."""

    off: frozenset[date] = frozenset()
    made_up: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Made-up days are worked though they are on a weekend."""
        if day in self.made_up:
            return True
        return day.weekday() < 5 and day not in self.off

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first`, up to and including `last`; negative when it goes back."""
        if last < first:
            return -self.working_days_between(last, first)
        span = (last - first).days
        return sum(self.is_working_day(first + DAY * n) for n in range(1, span + 1))

    def last_working_day_on_or_before(self, day: date) -> date:
        """What a reminder aims at when the deadline itself is a day off."""
        return self._seek(day, -DAY)

    def first_working_day_on_or_after(self, day: date) -> date:
        return self._seek(day, DAY)

    def _seek(self, day: date, step: timedelta) -> date:
        for _ in range(LONGEST_REST):
            if self.is_working_day(day):
                return day
            day += step
        raise ValueError(f"no working day within a year of {day}")

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after `day`, or before it when count is negative.

        With 0 the day itself, worked or not.
        """
        step = DAY if count > 0 else -DAY
        for _ in range(abs(count)):
            day = self._seek(day + step, step)
        return day

    def after_outage(self, due_on: date, starts_at: datetime, ends_at: datetime) -> date | None:
        """The new last good day of a deadline that fell into an outage; None when it did not.

        It fell into it when the system was down on any part of the due day. The new one is the
        next working day after the outage, until its last second.
        """
        first, last = outage_days(starts_at, ends_at)
        return self.next_working_day(last) if first <= due_on <= last else None

    def next_working_day(self, day: date) -> date:
        return self.add_working_days(day, 1)


def outage_days(starts_at: datetime, ends_at: datetime) -> tuple[date, date]:
    """The first and the last day of an outage; one that ends at midnight leaves the next alone."""
    return local_day(starts_at), local_day(ends_at - timedelta.resolution)


def work_calendar(days: Iterable[tuple[date, DayKind]]) -> WorkCalendar:
    """The calendar from the rows of its table."""
    off: set[date] = set()
    made_up: set[date] = set()
    for day, kind in days:
        (made_up if kind is DayKind.MADE_UP else off).add(day)
    return WorkCalendar(frozenset(off), frozenset(made_up))
