"""Days and lateness: when a thing is due, how late it is, and what the badge says today.

All days are calendar days in Asia/Ho_Chi_Minh (UTC+7 without summer time), whatever the zone of
the server. "Trước ngày 15/12" means the last good day is 14/12, until its last second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from models.states import CycleState, Disposition, DueClass

# Fixed offset instead of a zone name: Vietnam has had no other since 1975, and Windows ships no
# zone data. tests/law/test_deadlines.py compares it with tzdata for 2000-2099.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
DUE_SOON_DAYS = 7

OPEN_STATES = frozenset({CycleState.ASSIGNED, CycleState.IN_PROGRESS})


def local_day(moment: datetime) -> date:
    """The day in Vietnam at this instant (an aware datetime; a naive one is refused)."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no day")
    return moment.astimezone(VIETNAM).date()


def end_of_day(day: date) -> datetime:
    """The instant (UTC) at which the day is over in Vietnam: the first one that is late."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC) + timedelta(
        days=1
    )


def yearly(year: int, month: int, day: int) -> date:
    """This month and day in this year; 29/02 falls on 28/02 in ordinary years."""
    if (month, day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, month, day)


def days_late(due_on: date | None, sent_on: date) -> int:
    """Calendar days after the last good day; 0 when on time or without a deadline."""
    return 0 if due_on is None else max(0, (sent_on - due_on).days)


def missed_before_hold(due_on: date | None, held_on: date | None) -> date | None:
    """The deadline that had passed when its cycle was put on hold; None when it had not."""
    passed = due_on is not None and held_on is not None and held_on > due_on
    return due_on if passed else None


@dataclass(frozen=True)
class Lateness:
    """What is frozen when a report is sent."""

    late_days: int
    first_sent_on_time: bool


def effective_due(
    due_on: date | None, first_sent_on_time: bool | None, resend_by: date | None
) -> date | None:
    """The last good day for the next sending (decision 5).

    A returned and resent report is late if resent after the deadline, unless the first sending
    was on time and the day given with the return is kept.
    """
    if due_on is not None and resend_by is not None and first_sent_on_time:
        return max(due_on, resend_by)
    return due_on


def freeze(effective_due_on: date | None, sent_on: date, first: bool | None) -> Lateness:
    """Freeze the lateness of a sending; `first` is whether the first one was on time, if any.

    A withdrawn sending does not count: its next one is the first again.
    """
    late = days_late(effective_due_on, sent_on)
    return Lateness(late, late == 0 if first is None else first)


@dataclass(frozen=True)
class Sending:
    """A report that was sent and counts: the day it was, and how late it was found to be."""

    sent_on: date
    late_days: int
    after_outage: bool


@dataclass(frozen=True)
class Recounted:
    """What a moved deadline makes of a cycle's sendings."""

    effective_due_on: date
    late_days: list[int]
    first_sent_on_time: bool | None


def recount(
    moved_to: date, sendings: Sequence[Sending], first: bool | None, resend_by: date | None
) -> Recounted:
    """Count the sendings of a cycle again, oldest first, after its deadline has moved.

    What was sent before the outage stays as it was frozen; nothing becomes later by an outage.
    """
    late = []
    counts_from = moved_to
    for number, sending in enumerate(sendings):
        found = days_late(counts_from, sending.sent_on)
        late.append(min(found, sending.late_days) if sending.after_outage else sending.late_days)
        if number == 0:
            first = late[0] == 0
            # The day given with the return counts for what came after it.
            counts_from = effective_due(moved_to, first, resend_by) or moved_to
    return Recounted(effective_due(moved_to, first, resend_by) or moved_to, late, first)


def due_class(
    state: CycleState,
    due_on: date | None,
    late_days: int | None,
    today: date,
    disposition: Disposition = Disposition.ACTIVE,
) -> DueClass:
    """The second half of the badge: against today before reporting, frozen afterwards.

    On hold or ended by a document no clock runs: such a cycle is not overdue in any list or tally,
    as it is in no rate (reports/boxes.py).
    """
    if state not in OPEN_STATES:
        return DueClass.DONE_LATE if late_days else DueClass.DONE_ON_TIME
    if due_on is None or disposition is not Disposition.ACTIVE:
        return DueClass.NO_DEADLINE
    if today > due_on:
        return DueClass.OVERDUE
    if (due_on - today).days <= DUE_SOON_DAYS:
        return DueClass.DUE_SOON
    return DueClass.ON_TRACK
