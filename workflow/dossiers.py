"""Everything about one task or one cycle that a page shows, in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from models.states import CycleState, PartyRole, ReportStatus
from models.tables import (
    AGENCY,
    AGENCY_GROUP,
    ANNUAL_PLAN,
    ATTACHMENT,
    AUDIT_ENTRY,
    CONFLICT_LINK,
    CONTRIBUTION,
    CYCLE,
    CYCLE_PARTY,
    DOCUMENT,
    PERSON,
    PLAN,
    PLAN_CONFLICT,
    PROGRESS_UPDATE,
    REPORT,
    REPORT_ATTACHMENT,
    TASK,
    TASK_PARTY,
    TASK_VERSION,
)
from workflow.access import CycleFound, cycle_for, sees_drafts, visible_cycles
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts
from workflow.lists import due_class_column

MATRIX_YEARS = 10


@dataclass(frozen=True)
class TaskDossier:
    """A task with its wording, parties, doubts and the roll-up of its cycles."""

    task: RowMapping
    parties: Sequence[RowMapping]
    conflicts: Sequence[RowMapping]
    versions: Sequence[RowMapping]
    roll_up: Sequence[RowMapping]
    matrix: Sequence[RowMapping]

    @property
    def years(self) -> list[int]:
        return sorted({r["year"] for r in self.roll_up})


def task_dossier(conn: Connection, actor: ActorFacts, task_id: int, today: date) -> TaskDossier:
    """A task as this person may see it: the wording is public inside the house, cycles are not.

    `roll_up` has one row per kind, year, state and due class with its count; `matrix` one row per
    cycle (agency × year) for tasks that many agencies carry out.
    """
    task = (
        conn.execute(
            select(
                TASK,
                TASK_VERSION.c.number.label("version_number"),
                TASK_VERSION.c.title,
                TASK_VERSION.c.text,
                TASK_VERSION.c.lead_mode,
                TASK_VERSION.c.timing_kind,
                TASK_VERSION.c.timing_verbatim,
                TASK_VERSION.c.timing_start,
                TASK_VERSION.c.timing_due,
                TASK_VERSION.c.data,
                PLAN.c.code.label("plan_code"),
                PLAN.c.title.label("plan_title"),
            )
            .join(TASK_VERSION, TASK_VERSION.c.id == TASK.c.current_version_id)
            .join(PLAN, PLAN.c.id == TASK.c.plan_id)
            .where(TASK.c.id == task_id)
        )
        .mappings()
        .first()
    )
    if task is None:
        raise NotFound("task")
    parties = conn.execute(
        select(
            TASK_PARTY.c.role,
            AGENCY.c.code.label("agency_code"),
            AGENCY.c.short.label("agency_short"),
            AGENCY.c.name.label("agency_name"),
            AGENCY_GROUP.c.code.label("group_code"),
            AGENCY_GROUP.c.name.label("group_name"),
        )
        .outerjoin(AGENCY, AGENCY.c.id == TASK_PARTY.c.agency_id)
        .outerjoin(AGENCY_GROUP, AGENCY_GROUP.c.id == TASK_PARTY.c.group_id)
        .where(TASK_PARTY.c.task_version_id == task["current_version_id"])
        .order_by(TASK_PARTY.c.position)
    ).mappings()
    conflicts = conn.execute(
        select(PLAN_CONFLICT)
        .join(CONFLICT_LINK, CONFLICT_LINK.c.conflict_id == PLAN_CONFLICT.c.id)
        .where(CONFLICT_LINK.c.task_id == task_id)
        .order_by(PLAN_CONFLICT.c.position)
    ).mappings()
    versions = conn.execute(
        select(TASK_VERSION.c.id, TASK_VERSION.c.number, TASK_VERSION.c.title, TASK_VERSION.c.text)
        .where(TASK_VERSION.c.task_id == task_id)
        .order_by(TASK_VERSION.c.number)
    ).mappings()
    visible = visible_cycles(actor)
    klass = due_class_column(today).label("due_class")
    roll_up = conn.execute(
        select(CYCLE.c.kind, CYCLE.c.year, CYCLE.c.state, klass, func.count().label("n"))
        .where(CYCLE.c.task_id == task_id, visible)
        .group_by(CYCLE.c.kind, CYCLE.c.year, CYCLE.c.state, klass)
    ).mappings()
    recent = today.year - MATRIX_YEARS
    matrix = conn.execute(
        select(
            CYCLE.c.id,
            CYCLE.c.year,
            CYCLE.c.state,
            CYCLE.c.disposition,
            CYCLE.c.effective_due_on,
            CYCLE.c.late_days,
            klass,
            AGENCY.c.code.label("agency_code"),
            AGENCY.c.short.label("agency_short"),
            AGENCY.c.name.label("agency_name"),
        )
        .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .where(CYCLE.c.task_id == task_id, CYCLE.c.year > recent, visible)
        .order_by(AGENCY.c.position, CYCLE.c.year, CYCLE.c.kind)
        .limit(600)
    ).mappings()
    return TaskDossier(
        task, list(parties), list(conflicts), list(versions), list(roll_up), list(matrix)
    )


@dataclass(frozen=True)
class CycleDossier:
    """A cycle with its wording, parties, reports, files, progress, contributions and trail."""

    found: CycleFound
    wording: RowMapping
    parties: Sequence[RowMapping]
    reports: Sequence[RowMapping]
    files: Sequence[RowMapping]
    progress: Sequence[RowMapping]
    contributions: Sequence[RowMapping]
    conflicts: Sequence[RowMapping]
    entries: Sequence[RowMapping]

    @property
    def draft(self) -> RowMapping | None:
        """The open draft; only people of the lead agency are given it."""
        return next((r for r in self.reports if r["status"] == ReportStatus.DRAFT), None)

    @property
    def standing_report(self) -> RowMapping | None:
        """The report that waits for a verdict or was verified."""
        wanted = self.found.row["report_id"]
        return next((r for r in self.reports if r["id"] == wanted), None)

    @property
    def last_return(self) -> RowMapping | None:
        """The last report that was sent back, with its reason."""
        returned = [r for r in self.reports if r["status"] == ReportStatus.RETURNED]
        return returned[-1] if returned else None

    def files_of(self, report_id: int) -> list[RowMapping]:
        """Files of one version of the report."""
        return [f for f in self.files if f["report_id"] == report_id]


def _people(column: str, name: str) -> ColumnElement[Any]:
    return (
        select(PERSON.c.name).where(PERSON.c.id == REPORT.c[column]).scalar_subquery().label(name)
    )


def cycle_dossier(conn: Connection, actor: ActorFacts, cycle_id: int, today: date) -> CycleDossier:
    """A cycle as this person may see it; NotFound when it does not exist for him."""
    found = cycle_for(conn, actor, cycle_id, today)
    row = found.row
    wording = (
        conn.execute(
            select(
                TASK_VERSION,
                TASK.c.clause,
                TASK.c.section,
                TASK.c.current_version_id,
                due_class_column(today).label("due_class"),
            )
            .join(TASK, TASK.c.id == TASK_VERSION.c.task_id)
            .join(CYCLE, CYCLE.c.task_version_id == TASK_VERSION.c.id)
            .where(CYCLE.c.id == cycle_id)
        )
        .mappings()
        .one()
    )
    lead_first = case((CYCLE_PARTY.c.role == PartyRole.CO_LEAD.value, 0), else_=1)
    parties = conn.execute(
        select(CYCLE_PARTY.c.role, AGENCY.c.id, AGENCY.c.code, AGENCY.c.short, AGENCY.c.name)
        .join(AGENCY, AGENCY.c.id == CYCLE_PARTY.c.agency_id)
        .where(CYCLE_PARTY.c.cycle_id == cycle_id)
        .order_by(lead_first, AGENCY.c.position)
    ).mappings()
    reports_wanted = [REPORT.c.cycle_id == cycle_id]
    if not sees_drafts(actor, found.facts):
        reports_wanted.append(REPORT.c.status != ReportStatus.DRAFT.value)
    reports = conn.execute(
        select(
            REPORT,
            DOCUMENT.c.notation,
            DOCUMENT.c.issued_on.label("document_on"),
            DOCUMENT.c.signer_name,
            DOCUMENT.c.signer_post,
            DOCUMENT.c.capacity.label("signer_capacity"),
            DOCUMENT.c.authorization,
            _people("drafted_by_id", "drafted_by"),
            _people("submitted_by_id", "submitted_by"),
            _people("appraised_by_id", "appraised_by"),
            _people("decided_by_id", "decided_by"),
        )
        .outerjoin(DOCUMENT, DOCUMENT.c.id == REPORT.c.document_id)
        .where(*reports_wanted)
        .order_by(REPORT.c.number)
    ).mappings()
    files = conn.execute(
        select(ATTACHMENT, REPORT_ATTACHMENT.c.report_id)
        .join(REPORT_ATTACHMENT, REPORT_ATTACHMENT.c.attachment_id == ATTACHMENT.c.id)
        .join(REPORT, REPORT.c.id == REPORT_ATTACHMENT.c.report_id)
        .where(*reports_wanted)
        .order_by(ATTACHMENT.c.id)
    ).mappings()
    progress = conn.execute(
        select(PROGRESS_UPDATE, PERSON.c.name.label("by_name"))
        .join(PERSON, PERSON.c.id == PROGRESS_UPDATE.c.by_id)
        .where(PROGRESS_UPDATE.c.cycle_id == cycle_id)
        .order_by(PROGRESS_UPDATE.c.id.desc())
    ).mappings()
    contributions = conn.execute(
        select(
            CONTRIBUTION,
            PERSON.c.name.label("by_name"),
            AGENCY.c.short.label("agency_short"),
            AGENCY.c.code.label("agency_code"),
        )
        .join(PERSON, PERSON.c.id == CONTRIBUTION.c.by_id)
        .join(AGENCY, AGENCY.c.id == CONTRIBUTION.c.agency_id)
        .where(CONTRIBUTION.c.cycle_id == cycle_id)
        .order_by(CONTRIBUTION.c.id)
    ).mappings()
    conflicts = conn.execute(
        select(PLAN_CONFLICT.c.id, PLAN_CONFLICT.c.code, PLAN_CONFLICT.c.title)
        .add_columns(PLAN_CONFLICT.c.severity, PLAN_CONFLICT.c.status, PLAN_CONFLICT.c.ruling)
        .join(CONFLICT_LINK, CONFLICT_LINK.c.conflict_id == PLAN_CONFLICT.c.id)
        .where(CONFLICT_LINK.c.task_id == row["task_id"])
        .order_by(PLAN_CONFLICT.c.position)
    ).mappings()
    entries = conn.execute(
        select(AUDIT_ENTRY)
        .where(AUDIT_ENTRY.c.object_kind == "cycle", AUDIT_ENTRY.c.object_id == cycle_id)
        .order_by(AUDIT_ENTRY.c.id.desc())
    ).mappings()
    shown = [e for e in entries if sees_drafts(actor, found.facts) or _public(e)]
    return CycleDossier(
        found,
        wording,
        list(parties),
        list(reports),
        list(files),
        list(progress),
        list(contributions),
        list(conflicts),
        shown,
    )


# Work on a draft is the lead agency's own; its entries are not told to the others.
DRAFTING = frozenset({"save_draft", "present_draft", "attach_file", "detach_file"})


def _public(entry: RowMapping) -> bool:
    return entry["command"] not in DRAFTING


def previous_report(conn: Connection, cycle_id: int) -> RowMapping | None:
    """The last verified report of the same task and agency in an earlier year, to copy from."""
    this = select(CYCLE).where(CYCLE.c.id == cycle_id).subquery()
    return (
        conn.execute(
            select(REPORT, CYCLE.c.year)
            .join(CYCLE, CYCLE.c.report_id == REPORT.c.id)
            .join(
                this,
                (this.c.task_id == CYCLE.c.task_id)
                & (this.c.agency_id == CYCLE.c.agency_id)
                & (this.c.kind == CYCLE.c.kind),
            )
            .where(
                CYCLE.c.year < this.c.year,
                CYCLE.c.state.in_([CycleState.VERIFIED.value, CycleState.COMPLETED.value]),
            )
            .order_by(CYCLE.c.year.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )


def annual_plan(conn: Connection, cycle_id: int) -> str | None:
    """The number of the lead agency's own plan for the year of a cycle; None when there is none.

    Clause IV.1: it is what an agency's year is judged by. Its absence is shown and blocks nothing.
    """
    of_cycle = (
        select(DOCUMENT.c.notation)
        .join(ANNUAL_PLAN, ANNUAL_PLAN.c.document_id == DOCUMENT.c.id)
        .join(
            CYCLE,
            (CYCLE.c.plan_id == ANNUAL_PLAN.c.plan_id)
            & (CYCLE.c.agency_id == ANNUAL_PLAN.c.agency_id)
            & (CYCLE.c.year == ANNUAL_PLAN.c.year),
        )
        .where(CYCLE.c.id == cycle_id)
        .order_by(ANNUAL_PLAN.c.number.desc())
    )
    return conn.execute(of_cycle.limit(1)).scalar()
