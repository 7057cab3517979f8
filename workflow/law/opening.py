"""Which cycles a year opens, and why: pure, so that a dry run and the real thing cannot differ.

A task is carried out once per lead agency and year (annual), once until its date (by date,
range), or both (annual and by date). Groups are expanded by the membership valid on the day of
opening. A task without a deadline gets a yearly cycle "không hạn".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.states import CycleKind, PartyRole
from workflow.law.deadlines import yearly


class TimingKind(StrEnum):
    """How the document states the time of a task."""

    ANNUAL = "annual"
    BY_DATE = "by_date"
    YEAR_RANGE = "year_range"
    ANNUAL_AND_BY_DATE = "annual_and_by_date"
    UNSTATED = "unstated"


@dataclass(frozen=True)
class Party:
    """Who is named in the document: an agency or a group, in a role."""

    role: PartyRole
    agency_id: int | None = None
    group_id: int | None = None


@dataclass(frozen=True)
class TaskFacts:
    """A task as opening needs it."""

    id: int
    version_id: int
    code: str
    lead_mode: str
    timing: TimingKind
    start: date | None
    due: date | None
    parties: tuple[Party, ...]


@dataclass(frozen=True)
class Member:
    """An agency or an included group in a group, valid from–to (both days included)."""

    agency_id: int | None
    group_id: int | None
    valid_from: date
    valid_to: date | None

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class PlannedCycle:
    """One cycle that ought to exist, with the reason in Vietnamese."""

    task: TaskFacts
    agency_id: int
    kind: CycleKind
    year: int
    due_on: date | None
    co_lead_ids: frozenset[int]
    supporting_ids: frozenset[int]
    why: str

    @property
    def key(self) -> tuple[int, int, str, int]:
        return (self.task.id, self.agency_id, self.kind.value, self.year)


Groups = Mapping[int, tuple[Member, ...]]


def expand(group_id: int, groups: Groups, on: date) -> list[int]:
    """Agencies of a group on a day, in order, each once; included groups followed, cycles cut."""
    found: dict[int, None] = {}
    seen: set[int] = set()

    def walk(gid: int) -> None:
        if gid in seen:
            return
        seen.add(gid)
        for member in groups.get(gid, ()):
            if not member.valid_on(on):
                continue
            if member.agency_id is not None:
                found.setdefault(member.agency_id)
            elif member.group_id is not None:
                walk(member.group_id)

    walk(group_id)
    return list(found)


def agencies_of(parties: Iterable[Party], role: PartyRole, groups: Groups, on: date) -> list[int]:
    """Agencies in a role, groups expanded on that day, each once."""
    found: dict[int, None] = {}
    for party in parties:
        if party.role != role:
            continue
        if party.agency_id is not None:
            found.setdefault(party.agency_id)
        elif party.group_id is not None:
            for agency_id in expand(party.group_id, groups, on):
                found.setdefault(agency_id)
    return list(found)


def co_leads(task: TaskFacts) -> frozenset[int]:
    """Agencies named one by one as joint leads. Members of a class do not co-lead each other.

    "Các sở, ngành, địa phương" gives each its own task; "A, B, C" side by side share one
    (decision 4).
    """
    if task.lead_mode != "joint":
        return frozenset()
    return frozenset(
        p.agency_id for p in task.parties if p.role == PartyRole.LEAD and p.agency_id is not None
    )


def _periods(
    task: TaskFacts, year: int, report_day: tuple[int, int]
) -> list[tuple[CycleKind, int, date | None, str]]:
    found: list[tuple[CycleKind, int, date | None, str]] = []
    last = yearly(year, *report_day)
    if task.timing in (TimingKind.ANNUAL, TimingKind.ANNUAL_AND_BY_DATE):
        why = f"thường xuyên hằng năm, hạn báo cáo năm {last:%d/%m/%Y}"
        found.append((CycleKind.ANNUAL, year, last, why))
    if task.timing == TimingKind.UNSTATED:
        why = "văn bản không nêu thời gian: kỳ năm không hạn"
        found.append((CycleKind.ANNUAL, year, None, why))
    if task.due is not None and task.timing in (
        TimingKind.BY_DATE,
        TimingKind.YEAR_RANGE,
        TimingKind.ANNUAL_AND_BY_DATE,
    ):
        begins = task.start.year if task.start else 0
        if begins <= year <= task.due.year:
            why = f"một kỳ đến hết ngày {task.due:%d/%m/%Y}"
            found.append((CycleKind.UNTIL_DATE, task.due.year, task.due, why))
    return found


def cycles_of_year(
    tasks: Iterable[TaskFacts],
    groups: Groups,
    year: int,
    report_day: tuple[int, int],
    on: date,
) -> list[PlannedCycle]:
    """Every cycle that ought to exist in `year`; `report_day` is (month, last good day)."""
    planned: list[PlannedCycle] = []
    for task in tasks:
        periods = _periods(task, year, report_day)
        if not periods:
            continue
        leads = agencies_of(task.parties, PartyRole.LEAD, groups, on)
        joint = co_leads(task)
        helpers = frozenset(agencies_of(task.parties, PartyRole.SUPPORTING, groups, on))
        for kind, of_year, due_on, why in periods:
            for agency_id in leads:
                others = joint - {agency_id}
                planned.append(
                    PlannedCycle(
                        task, agency_id, kind, of_year, due_on, others,
                        helpers - others - {agency_id}, why,
                    )
                )  # fmt: skip
    return planned
