"""The ladder: which rungs a deadline has, on which days they fire, and which of them is true now.

Pure: a plan's rungs and the calendar in, days out. The tick asks the same questions in the
database; tests/notifications/test_oracle.py compares the two.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from models.states import Anchor
from workflow.law.calendar import DAY, WorkCalendar

# No rung is farther from its deadline, in days: the calendar is known for some years only.
FARTHEST = 400
DUE_POSITION = 1000
SIDE = {Anchor.BEFORE: -1, Anchor.DUE: 0, Anchor.AFTER: 1}
# What a text may leave open until it is told.
OPEN_WORDS = frozenset({"days", "due"})


@dataclass(frozen=True)
class Rung:
    """One step: so many working days before the deadline, the day itself, or days after it."""

    code: str
    anchor: Anchor
    days: int
    posts: tuple[str, ...]
    text: str

    @property
    def position(self) -> int:
        """Where it stands on the ladder: higher is later. Never 0, and no other for being edited.

        It is kept with every alert, so it must say the same after the plan's rungs were changed.
        """
        return DUE_POSITION + SIDE[self.anchor] * min(self.days, FARTHEST)


@dataclass(frozen=True)
class Firing:
    """A rung of a deadline on its day."""

    rung: str
    due_on: date
    fires_on: date
    position: int


@dataclass(frozen=True)
class Span:
    """A deadline that was running from one day until another (None: it still runs)."""

    due_on: date
    since_on: date
    until_on: date | None = None

    def runs_on(self, day: date) -> bool:
        """It was running at the first minute of this day."""
        return self.since_on < day and (self.until_on is None or day <= self.until_on)


# Of what somebody asked with a day of its own: the same for support and for an explanation.
ANSWER_RUNGS = (
    Rung("soon", Anchor.BEFORE, 1, ("asked",), ""),
    Rung("late", Anchor.AFTER, 1, ("asked",), ""),
    Rung("very_late", Anchor.AFTER, 7, ("asked",), ""),
)


def fires_on(rung: Rung, due_on: date, calendar: WorkCalendar) -> date:
    """The day of a rung. Reminders aim at the last working day on or before the deadline."""
    if rung.anchor is Anchor.AFTER:
        return due_on + DAY * rung.days
    aim = calendar.last_working_day_on_or_before(due_on)
    if rung.anchor is Anchor.DUE:
        return aim
    return calendar.add_working_days(aim, -rung.days)


class FaultKind(StrEnum):
    """Why rungs make no ladder."""

    ORDER = "order"
    NOBODY = "nobody"
    DAYS = "days"
    OPEN_WORD = "open_word"
    SILENT = "silent"


@dataclass(frozen=True)
class Fault:
    """What is wrong with which rung; `word` is the placeholder nobody fills in."""

    kind: FaultKind
    rung: Rung
    word: str = ""


def code_of(anchor: Anchor, days: int) -> str:
    """The name of a rung: of its day, so that a rung of another day is another rung."""
    if anchor is Anchor.DUE:
        return "due"
    return f"{'before' if anchor is Anchor.BEFORE else 'overdue'}_{days}"


def faults(rungs: Sequence[Rung]) -> list[Fault]:
    """Why these rungs make no ladder: they must climb, each later than the one before."""
    found = [
        Fault(FaultKind.ORDER, above)
        for below, above in pairwise(rungs)
        if below.position >= above.position
    ]
    found += [Fault(FaultKind.NOBODY, r) for r in rungs if not r.posts]
    found += [Fault(FaultKind.SILENT, r) for r in rungs if not r.text.strip()]
    # The day itself is no number of days; the day of "0 days before" is the day itself.
    found += [
        Fault(FaultKind.DAYS, r)
        for r in rungs
        if not (r.days == 0 if r.anchor is Anchor.DUE else 0 < r.days <= FARTHEST)
    ]
    found += [
        Fault(FaultKind.OPEN_WORD, r, word)
        for r in rungs
        for word in sorted(set(re.findall(r"{([^{}]*)}", r.text)) - OPEN_WORDS)
    ]
    return found


def days_to_tell(anchor: Anchor, due_on: date, calendar: WorkCalendar, today: date) -> int:
    """The number in a rung's words, counted on the day it is told.

    Calendar days since the deadline; before it, working days until the last one.
    """
    if anchor is Anchor.AFTER:
        return (today - due_on).days
    aim = calendar.last_working_day_on_or_before(due_on)
    return max(0, calendar.working_days_between(today, aim))


def in_words(text: str, days: int, due_on: date) -> str:
    """A rung's text as it is told: {days} and {due} (dd/mm/yyyy) filled in."""
    return text.replace("{days}", str(days)).replace("{due}", f"{due_on:%d/%m/%Y}")


def answer_due(answer_by: date, calendar: WorkCalendar, today: date) -> Firing | None:
    """The rung that says how things stand today with an answer wanted by a day; None: not yet."""
    fired = schedule(ANSWER_RUNGS, calendar, [answer_by], date.min, today)
    return max(fired, key=lambda f: f.position, default=None)


def schedule(
    rungs: Sequence[Rung],
    calendar: WorkCalendar,
    deadlines: Iterable[date],
    after: date,
    upto: date,
) -> list[Firing]:
    """Every rung of these deadlines that fires after one day and up to another."""
    found = []
    for due_on in sorted(set(deadlines)):
        for rung in rungs:
            if not _within_reach(rung, due_on, after, upto):
                continue
            day = fires_on(rung, due_on, calendar)
            if after < day <= upto:
                found.append(Firing(rung.code, due_on, day, rung.position))
    return sorted(found, key=lambda f: (f.fires_on, f.due_on, f.position))


def _within_reach(rung: Rung, due_on: date, after: date, upto: date) -> bool:
    """Whether it is worth asking the calendar: so many working days are never farther away."""
    if rung.anchor is Anchor.AFTER:
        return after < due_on + DAY * rung.days <= upto
    return after < due_on and due_on - DAY * (rung.days * 3 + 40) <= upto


def ought_to_exist(
    rungs: Sequence[Rung],
    spans: Iterable[Span],
    calendar: WorkCalendar,
    after: date,
    upto: date,
) -> list[Firing]:
    """The firings of one cycle between two days: its deadline was running on the day of each.

    A deadline climbs its ladder once, however often the cycle comes back to it.
    """
    held = list(spans)
    found: dict[tuple[date, str], Firing] = {}
    for firing in schedule(rungs, calendar, [s.due_on for s in held], after, upto):
        if any(s.due_on == firing.due_on and s.runs_on(firing.fires_on) for s in held):
            found.setdefault((firing.due_on, firing.rung), firing)
    return list(found.values())


def endings(firings: Iterable[Firing]) -> Iterator[tuple[date, int, int, date]]:
    """(due day, from position, below position, day): which rungs of a deadline end on which day.

    A rung is over on the day of the next one, whoever that one tells.
    """
    below: dict[date, int] = {}
    for firing in sorted(firings, key=lambda f: (f.due_on, f.position)):
        low = below.get(firing.due_on, 0)
        below[firing.due_on] = firing.position
        yield firing.due_on, low, firing.position, firing.fires_on


def superseded_on(firing: Firing, all_firings: Iterable[Firing], span: Span) -> date | None:
    """Since when a firing is no longer true: the next rung has come, or its deadline stopped."""
    later = [
        f.fires_on
        for f in all_firings
        if f.due_on == firing.due_on and f.position > firing.position
    ]
    candidates = later + ([span.until_on] if span.until_on else [])
    return min(candidates, default=None)
