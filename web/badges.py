"""What a state looks like: word, symbol and tone for every state × deadline class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from models.states import LABELS, CycleState, Disposition, DueClass
from web.languages import remembered
from workflow.law.deadlines import DUE_SOON_DAYS
from workflow.text import format_number

# Grey: not begun · blue: under way in time · orange: due soon · red: overdue and not done ·
# purple: waiting for a verdict · green: done in time · brown: done late.
_OPEN_TONES = {
    CycleState.ASSIGNED: ("grey", "state-assigned"),
    CycleState.IN_PROGRESS: ("blue", "state-in-progress"),
}
_DUE_TONES = {
    DueClass.DUE_SOON: ("orange", "state-due-soon"),
    DueClass.OVERDUE: ("red", "state-overdue"),
}
_DONE_TONES = {
    CycleState.VERIFIED: ("state-verified", "state-verified"),
    CycleState.COMPLETED: ("state-completed", "state-completed-late"),
}
_DONE = (DueClass.DONE_ON_TIME, DueClass.DONE_LATE)
TONES = ("grey", "blue", "orange", "red", "purple", "green", "brown")


@dataclass(frozen=True, slots=True)
class Badge:
    """The word of the state, what stands beside it, the tone and the symbol."""

    word: str
    more: str
    tone: str
    icon: str
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole in a roll-up bar: its tone, symbol, words, count and list."""

    tone: str
    icon: str
    label: str
    count: int
    href: str | None = None


@remembered
def badge_of(
    state: str,
    due_class: str | None = None,
    late_days: int | None = None,
    disposition: str = Disposition.ACTIVE,
) -> Badge:
    """The badge of a cycle. `late_days`: days past the deadline, today or as frozen."""
    state, disposition = CycleState(state), Disposition(disposition)
    due = DueClass(due_class) if due_class else None
    if disposition is not Disposition.ACTIVE:
        icon = "state-on-hold" if disposition is Disposition.ON_HOLD else "state-closed"
        return Badge(_(LABELS[disposition]), _(LABELS[state]), "grey", icon, aside=True)
    word, more = _(LABELS[state]), _more(due, late_days)
    if state in _OPEN_TONES:
        tone, icon = _DUE_TONES.get(due, _OPEN_TONES[state]) if due else _OPEN_TONES[state]
        return Badge(word, more, tone, icon)
    if state is CycleState.REPORTED:
        return Badge(word, more, "purple", "state-reported")
    on_time, late = _DONE_TONES[state]
    if due is DueClass.DONE_LATE:
        return Badge(word, more, "brown", late)
    return Badge(word, more, "green", on_time)


def _more(due: DueClass | None, late_days: int | None) -> str:
    if due is None:
        return ""
    days = format_number(late_days or 0)
    if due is DueClass.OVERDUE and late_days:
        return ngettext("Quá hạn %(days)s ngày", "Quá hạn %(days)s ngày", late_days, days=days)
    if due is DueClass.DONE_LATE and late_days:
        return ngettext("Quá hạn (%(days)s ngày)", "Quá hạn (%(days)s ngày)", late_days, days=days)
    if due is DueClass.DONE_LATE:
        return _("Quá hạn")
    return _(LABELS[due])


def days_late(row: Mapping[Any, Any], today: date) -> int | None:
    """Days past the deadline: counted today while it is open, as frozen afterwards."""
    if row["due_class"] == DueClass.OVERDUE:
        return (today - row["effective_due_on"]).days
    late: int | None = row["late_days"]
    return late


def counts_down(row: Mapping[Any, Any]) -> bool:
    """True while days are still being counted: nothing was reported and nothing holds it."""
    return row["due_class"] not in _DONE and row["disposition"] == Disposition.ACTIVE


def tone_of_days_left(left: int | None) -> str:
    """The tone of "còn 3 ngày": calm until the deadline is near."""
    if left is None or left > DUE_SOON_DAYS:
        return ""
    return "tone-red" if left < 0 else "tone-orange"


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five states on the way of a cycle."""

    label: str
    place: str  # done, now or to_come
    at: datetime | None
    who: str
    late_days: int | None


def steps_of(
    state: str,
    reached: Mapping[str, tuple[datetime, str]],
    late_days: int | None = None,
) -> list[Step]:
    """The five states with the moment each was last reached, and by whom.

    What lies ahead shows no date, even when an earlier round has been there: a returned report is
    not reported any more.
    """
    current = CycleState(state)
    order = list(CycleState)
    here = order.index(current)
    steps = []
    for place, one in enumerate(order):
        at, who = reached.get(one, (None, ""))
        ahead = place > here
        last = current is CycleState.COMPLETED and one is current
        position = "to_come" if ahead else "done" if place < here or last else "now"
        steps.append(
            Step(
                label=_(LABELS[one]),
                place=position,
                at=None if ahead else at,
                who="" if ahead else who,
                late_days=late_days if one is CycleState.REPORTED and not ahead else None,
            )
        )
    return steps
