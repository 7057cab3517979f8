"""Cycles as they stood at any moment: what the entries until then add up to.

Each act on a cycle left an entry with the columns it changed, so adding them up from the beginning
gives the row of then exactly, whatever was returned, reopened or moved since, and whatever was
changed in the tables beside the door.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models.base import Moment
from models.states import CycleKind, CycleState, Disposition
from models.tables import AGENCY, AUDIT_ENTRY, CYCLE, PLAN, TASK, TASK_VERSION
from reports.boxes import Box, age_class, box_of, overdue_days
from workflow.access import SEES_ALL, visible_cycles
from workflow.law.deadlines import local_day
from workflow.law.facts import ActorFacts


@dataclass(frozen=True)
class Scope:
    """What is counted: a year or some years, one lead agency, one section or clause."""

    years: tuple[int, ...] = ()
    agency: str | None = None
    section: str | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One cycle as it stood at the moment."""

    id: int
    task_id: int
    task_code: str
    task_title: str
    clause: str
    section: str
    position: int
    agency_id: int
    agency: str
    agency_short: str
    agency_name: str
    agency_position: int
    is_asked: bool
    is_standing: bool
    kind: CycleKind
    year: int
    state: CycleState
    disposition: Disposition
    due_on: date | None
    effective_due_on: date | None
    original_due_on: date | None
    late_days: int | None
    reported_at: datetime | None
    verified_at: datetime | None
    completed_at: datetime | None
    progress_at: datetime | None
    percent: int
    return_count: int
    withdraw_count: int
    reopen_count: int
    extension_count: int
    report_id: int | None
    version: int
    box: Box
    overdue: int

    @property
    def is_after_extension(self) -> bool:
        """Reported in time only because its deadline had been extended."""
        if self.late_days != 0 or not self.extension_count or self.reported_at is None:
            return False
        original = self.original_due_on
        return original is not None and local_day(self.reported_at) > original

    @property
    def age(self) -> int | None:
        """The class of overdue age; None when not overdue."""
        return age_class(self.overdue)


# What a line takes from a cycle: how it was opened, and what changed by acts.
_TAKEN = (
    "plan_id", "task_id", "task_version_id", "kind", "year",
    "agency_id", "state", "disposition", "due_on", "effective_due_on", "original_due_on",
    "late_days", "reported_at", "verified_at", "completed_at", "progress_at", "percent",
    "return_count", "withdraw_count", "reopen_count", "extension_count", "report_id", "version",
)  # fmt: skip
_CYCLE = [CYCLE.c.id, *(CYCLE.c[column] for column in _TAKEN)]


def _reader(column: str) -> Callable[[Any], Any]:
    kind = CYCLE.c[column].type
    if isinstance(kind, Moment):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    return lambda value: value


_KEY = '"changes":'
_CHANGES = json.JSONDecoder().raw_decode
_READ = {column: _reader(column) for column in _TAKEN}


def _read(told: Mapping[str, Any]) -> dict[str, Any]:
    """A cycle in the words of the trail as the columns of its row."""
    return {c: None if told.get(c) is None else _READ[c](told[c]) for c in _TAKEN}


def entries_until(actor: ActorFacts, moment: datetime) -> list[ColumnElement[bool]]:
    """The conditions for entries about the cycles this person may see, written until then."""
    entry = AUDIT_ENTRY.c
    until = [entry.object_kind == "cycle", entry.at <= moment]
    if not actor.roles & SEES_ALL:
        until.append(entry.object_id.in_(select(CYCLE.c.id).where(visible_cycles(actor))))
    return until


def _told(
    conn: Connection, actor: ActorFacts, scope: Scope, moment: datetime
) -> list[dict[str, Any]]:
    """Cycles of these years as the entries until the moment add them up."""
    entry, until = AUDIT_ENTRY.c, entries_until(actor, moment)
    wanted = list(until)
    if scope.years:
        # The entry that opened a cycle names its year: no row of today is asked which it is.
        named = [entry.body.contains(f'"year":{year}') for year in scope.years]
        born = select(entry.object_id).where(*until, entry.command == "assign", or_(*named))
        wanted.append(entry.object_id.in_(born))
    rows: dict[int, dict[str, Any]] = {}
    for cycle_id, body in conn.execute(
        select(entry.object_id, entry.body).where(*wanted).order_by(entry.id)
    ):
        # Of a long body only the changes; in a canonical one the first such key is theirs.
        for change in _CHANGES(body, body.index(_KEY) + len(_KEY))[0]:
            if change["table"] == "cycle" and change["id"] == cycle_id:
                rows.setdefault(cycle_id, {}).update(change["after"])
    return [
        {"id": cycle_id, **_read(row)}
        for cycle_id, row in rows.items()
        if not scope.years or row["year"] in scope.years
    ]


def _standing(conn: Connection, actor: ActorFacts, scope: Scope) -> list[dict[str, Any]]:
    """The same of this moment, as the rows have it."""
    conditions = [visible_cycles(actor)]
    if scope.years:
        conditions.append(CYCLE.c.year.in_(scope.years))
    return [dict(row) for row in conn.execute(select(*_CYCLE).where(*conditions)).mappings()]


def lines_at(conn: Connection, actor: ActorFacts, scope: Scope, moment: datetime) -> list[Line]:
    """Every cycle of the scope this person may see, as it stood at the moment, in plan order.

    Where no cycle has moved since, the moment is the present: the rows are what stands.
    """
    entry = AUDIT_ENTRY.c
    later = select(entry.id).where(entry.at > moment, entry.object_kind == "cycle").limit(1)
    if conn.execute(later).first() is None:
        return _lines(conn, _standing(conn, actor, scope), scope, moment)
    return lines_told(conn, actor, scope, moment)


def lines_told(conn: Connection, actor: ActorFacts, scope: Scope, moment: datetime) -> list[Line]:
    """The same from the log alone, of the present too: for those who do not believe the rows."""
    return _lines(conn, _told(conn, actor, scope, moment), scope, moment)


def line_of(conn: Connection, cycle_id: int, told: Mapping[str, Any], moment: datetime) -> Line:
    """One cycle in the words of the trail as a line."""
    (line,) = _lines(conn, [{"id": cycle_id, **_read(told)}], Scope(), moment)
    return line


def _lines(
    conn: Connection, rows: Iterable[Mapping[str, Any]], scope: Scope, moment: datetime
) -> list[Line]:
    """Rows of cycles with the words of the plan they were opened under."""
    agencies = {
        a["id"]: a
        for a in conn.execute(
            select(
                AGENCY.c.id, AGENCY.c.code, AGENCY.c.short, AGENCY.c.name, AGENCY.c.position,
                AGENCY.c.is_asked,
            )
        ).mappings()
    }  # fmt: skip
    wordings = {
        w["wording"]: w
        for w in conn.execute(
            select(
                TASK_VERSION.c.id.label("wording"), TASK_VERSION.c.title, TASK.c.code,
                TASK.c.clause, TASK.c.section, TASK.c.position, PLAN.c.standing_agency_id,
                PLAN.c.code.label("plan"),
            )
            .join(TASK, TASK.c.id == TASK_VERSION.c.task_id)
            .join(PLAN, PLAN.c.id == TASK.c.plan_id)
        ).mappings()
    }  # fmt: skip
    today = local_day(moment)
    found = []
    for row in rows:
        wording = wordings[row["task_version_id"]]
        if scope.plan and wording["plan"] != scope.plan:
            continue
        line = _line({**wording, **row}, agencies, today)
        if (scope.agency is None or line.agency == scope.agency) and _inside(line, scope.section):
            found.append(line)
    return sorted(found, key=lambda x: (x.position, x.agency_position, x.year, x.id))


def _inside(line: Line, section: str | None) -> bool:
    return (
        section is None
        or section in (line.section, line.clause)
        or line.clause.startswith(f"{section}.")
    )


def _line(row: dict[str, Any], agencies: dict[int, Any], today: date) -> Line:
    agency = agencies[row["agency_id"]]
    state, disposition = CycleState(row["state"]), Disposition(row["disposition"])
    due, late = row["effective_due_on"], row["late_days"]
    return Line(
        id=row["id"],
        task_id=row["task_id"],
        task_code=row["code"],
        task_title=row["title"],
        clause=row["clause"],
        section=row["section"],
        position=row["position"],
        agency_id=row["agency_id"],
        agency=agency["code"],
        agency_short=agency["short"],
        agency_name=agency["name"],
        agency_position=agency["position"],
        is_asked=agency["is_asked"],
        is_standing=row["agency_id"] == row["standing_agency_id"],
        kind=CycleKind(row["kind"]),
        year=row["year"],
        state=state,
        disposition=disposition,
        due_on=row["due_on"],
        effective_due_on=due,
        original_due_on=row["original_due_on"],
        late_days=late,
        reported_at=row["reported_at"],
        verified_at=row["verified_at"],
        completed_at=row["completed_at"],
        progress_at=row["progress_at"],
        percent=row["percent"],
        return_count=row["return_count"],
        withdraw_count=row["withdraw_count"],
        reopen_count=row["reopen_count"],
        extension_count=row["extension_count"],
        report_id=row["report_id"],
        version=row["version"],
        box=box_of(state, disposition, due, late, today),
        overdue=overdue_days(state, due, late, today) if disposition == Disposition.ACTIVE else 0,
    )


def audit_position(conn: Connection, moment: datetime) -> int:
    """The last entry of the trail that had been written at the moment; 0: none."""
    found = conn.execute(
        select(func.max(AUDIT_ENTRY.c.id)).where(AUDIT_ENTRY.c.at <= moment)
    ).scalar_one()
    return int(found or 0)


def years_seen(conn: Connection, actor: ActorFacts) -> Sequence[int]:
    """Years that have cycles this person may see, oldest first."""
    statement = select(CYCLE.c.year).where(visible_cycles(actor)).distinct()
    return sorted(conn.execute(statement).scalars())
