"""Cycles as they stood at any earlier moment: today's rows with every later act undone.

Each act on a cycle left an entry with the columns before and after it, so walking back from now
gives the row of then exactly, whatever was returned, reopened or moved since.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, func, select

from models.base import Moment
from models.states import CycleKind, CycleState, Disposition
from models.tables import AGENCY, AUDIT_ENTRY, CYCLE, PLAN, TASK, TASK_VERSION
from reports.boxes import Box, age_class, box_of, overdue_days
from workflow.access import visible_cycles
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


# Columns of a cycle that change by acts, and are therefore walked back.
_LIVING = (
    "agency_id", "state", "disposition", "due_on", "effective_due_on", "original_due_on",
    "late_days", "reported_at", "verified_at", "completed_at", "progress_at", "percent",
    "return_count", "withdraw_count", "reopen_count", "extension_count", "report_id", "version",
)  # fmt: skip


def _reader(column: str) -> Callable[[Any], Any]:
    kind = CYCLE.c[column].type
    if isinstance(kind, Moment):
        return lambda v: None if v is None else datetime.fromisoformat(v)
    if isinstance(kind, Date):
        return lambda v: None if v is None else date.fromisoformat(v)
    return lambda v: v


_READ = {column: _reader(column) for column in _LIVING}


def _undo(conn: Connection, wanted: Any, moment: datetime) -> dict[int, dict[str, Any] | None]:
    """What to put back, by cycle; None: the cycle was not there yet."""
    undone: dict[int, dict[str, Any] | None] = {}
    later = conn.execute(
        select(AUDIT_ENTRY.c.object_id, AUDIT_ENTRY.c.body)
        .where(
            AUDIT_ENTRY.c.object_kind == "cycle",
            AUDIT_ENTRY.c.at > moment,
            AUDIT_ENTRY.c.object_id.in_(wanted),
        )
        .order_by(AUDIT_ENTRY.c.id.desc())
    )
    for cycle_id, body in later:
        for change in json.loads(body)["changes"]:
            if change["table"] != "cycle" or change["id"] != cycle_id:
                continue
            before = change.get("before")
            if before is None:
                undone[cycle_id] = None
                continue
            back = undone.setdefault(cycle_id, {})
            if back is not None:
                back.update({c: _READ[c](v) for c, v in before.items() if c in _READ})
    return undone


def lines_at(conn: Connection, actor: ActorFacts, scope: Scope, moment: datetime) -> list[Line]:
    """Every cycle of the scope this person may see, as it stood at the moment, in plan order."""
    conditions = [visible_cycles(actor)]
    if scope.years:
        conditions.append(CYCLE.c.year.in_(scope.years))
    if scope.plan:
        conditions.append(CYCLE.c.plan_id.in_(select(PLAN.c.id).where(PLAN.c.code == scope.plan)))
    agencies = {
        a["id"]: a
        for a in conn.execute(
            select(
                AGENCY.c.id, AGENCY.c.code, AGENCY.c.short, AGENCY.c.name, AGENCY.c.position,
                AGENCY.c.is_asked,
            )
        ).mappings()
    }  # fmt: skip
    undone = _undo(conn, select(CYCLE.c.id).where(*conditions), moment)
    today = local_day(moment)
    rows = conn.execute(
        select(
            CYCLE.c.id, CYCLE.c.task_id, CYCLE.c.kind, CYCLE.c.year,
            *(CYCLE.c[c] for c in _LIVING),
            TASK.c.code, TASK.c.clause, TASK.c.section, TASK.c.position,
            TASK_VERSION.c.title, PLAN.c.standing_agency_id,
        )
        .join(TASK, TASK.c.id == CYCLE.c.task_id)
        .join(TASK_VERSION, TASK_VERSION.c.id == CYCLE.c.task_version_id)
        .join(PLAN, PLAN.c.id == CYCLE.c.plan_id)
        .where(*conditions)
        .order_by(TASK.c.position, CYCLE.c.year, CYCLE.c.id)
    ).mappings()  # fmt: skip
    found = []
    for row in rows:
        back = undone.get(row["id"], {})
        if back is None:
            continue
        line = _line({**row, **back}, agencies, today)
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
