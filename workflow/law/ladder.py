"""The ladder: which rungs a deadline has, on which days they fire, and which of them is true now.

Pure: a plan's rungs and the calendar in, days out. The tick asks the same questions in the
database, and a test compares the two.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from models.states import Anchor
from workflow.law.calendar import DAY, WorkCalendar


@dataclass(frozen=True)
class Rung:
    """One step: so many working days before the deadline, the day itself, or days after it."""

    code: str
    anchor: Anchor
    days: int
    posts: tuple[str, ...]
    text: str = ""
    position: int = 0


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


def fires_on(rung: Rung, due_on: date, calendar: WorkCalendar) -> date:
    """The day of a rung. Reminders aim at the last working day on or before the deadline."""
    if rung.anchor is Anchor.AFTER:
        return due_on + DAY * rung.days
    aim = calendar.last_working_day_on_or_before(due_on)
    if rung.anchor is Anchor.DUE:
        return aim
    return calendar.add_working_days(aim, -rung.days)


def faults(rungs: Sequence[Rung]) -> list[str]:
    """Why these rungs make no ladder: they must climb, each later than the one before."""
    order = {Anchor.BEFORE: 0, Anchor.DUE: 1, Anchor.AFTER: 2}
    found = []
    for below, above in pairwise(rungs):
        low = (order[below.anchor], -below.days if below.anchor is Anchor.BEFORE else below.days)
        high = (order[above.anchor], -above.days if above.anchor is Anchor.BEFORE else above.days)
        if low >= high or below.position >= above.position:
            found.append(f"{above.code} does not come after {below.code}")
    codes = [r.code for r in rungs]
    found += [f"{c} stands twice" for c in sorted({c for c in codes if codes.count(c) > 1})]
    found += [f"{r.code} tells nobody" for r in rungs if not r.posts]
    found += [f"{r.code} counts backwards" for r in rungs if r.days < 0]
    return found


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


def superseded_on(firing: Firing, all_firings: Iterable[Firing], span: Span) -> date | None:
    """Since when a firing is no longer true: the next rung has come, or its deadline stopped."""
    later = [
        f.fires_on
        for f in all_firings
        if f.due_on == firing.due_on and f.position > firing.position
    ]
    candidates = later + ([span.until_on] if span.until_on else [])
    return min(candidates, default=None)


def true_now(firings: Iterable[Firing], span: Span, today: date) -> Firing | None:
    """The one rung that says how things are today; None when nothing is running."""
    if span.until_on is not None:
        return None
    due = [f for f in firings if f.due_on == span.due_on and f.fires_on <= today]
    return max(due, key=lambda f: f.position, default=None)
