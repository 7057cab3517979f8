"""The plan as a living register: text, tasks in versions, groups, indicators, doubts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import DIGEST, At, Base, Pk
from models.states import ConflictStatus, PartyRole


class Plan(Base):
    """One plan with its standing agency and the day its yearly reports are due."""

    __tablename__ = "plan"

    id: Mapped[Pk]
    code: Mapped[str] = mapped_column(String(80), unique=True, comment="2940/KH-UBND")
    title: Mapped[str]
    issued_on: Mapped[date]
    start_year: Mapped[int]
    end_year: Mapped[int]
    issuing_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    standing_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    office_agency_id: Mapped[int | None] = mapped_column(
        ForeignKey("agency.id"), comment="VP UBND itself: what it leads, its people do not judge"
    )
    report_last_month: Mapped[int] = mapped_column(comment="last good day of the yearly report")
    report_last_day: Mapped[int]
    report_verbatim: Mapped[str]
    edition: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)


class PlanEdition(Base):
    """The whole plan file as it was loaded: nothing in the data is lost."""

    __tablename__ = "plan_edition"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[At]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, info=DIGEST)


class Section(Base):
    """A part, section or clause of the document, in its order."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    code: Mapped[str] = mapped_column(String(40), comment="III, III.2, III.2.1")
    parent_code: Mapped[str | None] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(20))
    title: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, info=DIGEST)
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)


class AgencyGroup(Base):
    """A class of agencies the document names without listing ("các sở, ngành")."""

    __tablename__ = "agency_group"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    code: Mapped[str] = mapped_column(String(120))
    name: Mapped[str]
    is_complete: Mapped[bool]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, info=DIGEST)
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)


class GroupMember(Base):
    """An agency, or another group, in a group from one day until another."""

    __tablename__ = "group_member"

    id: Mapped[Pk]
    group_id: Mapped[int] = mapped_column(ForeignKey("agency_group.id"), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    included_group_id: Mapped[int | None] = mapped_column(ForeignKey("agency_group.id"))
    source: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class Task(Base):
    """A task of the plan by its code; its wording stands in versions."""

    __tablename__ = "task"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    code: Mapped[str] = mapped_column(String(60), comment="III.2.1-a")
    clause: Mapped[str] = mapped_column(String(40))
    section: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    current_version_id: Mapped[int | None]
    ended_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class TaskVersion(Base):
    """The official wording of a task as one edition of the plan gives it."""

    __tablename__ = "task_version"
    __table_args__ = (UniqueConstraint("task_id", "number"),)

    id: Mapped[Pk]
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    number: Mapped[int]
    edition: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    lead_mode: Mapped[str] = mapped_column(String(30))
    timing_kind: Mapped[str] = mapped_column(String(30))
    timing_verbatim: Mapped[str | None]
    timing_start: Mapped[date | None]
    timing_due: Mapped[date | None]
    search: Mapped[str] = mapped_column(comment="folded code, title and text")
    data: Mapped[dict[str, Any]] = mapped_column(
        JSON, info=DIGEST, comment="the task as it stands in the file"
    )
    sha256: Mapped[str] = mapped_column(String(64))


class TaskParty(Base):
    """Who leads, co-operates or is directed, by agency or by group, as the document names them."""

    __tablename__ = "task_party"
    __table_args__ = (Index("ix_task_party_version", "task_version_id"),)

    id: Mapped[Pk]
    task_version_id: Mapped[int] = mapped_column(ForeignKey("task_version.id"))
    role: Mapped[PartyRole] = mapped_column(String(20))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("agency_group.id"))
    position: Mapped[int]


class Indicator(Base):
    """An indicator as the document states it; values come with later work."""

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str]
    unit: Mapped[str]
    tracking_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON, info=DIGEST)
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)


class CitedDocument(Base):
    """A document the plan cites."""

    __tablename__ = "cited_document"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    code: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(60))
    number: Mapped[str | None]
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, info=DIGEST)
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)


class PlanConflict(Base):
    """A place where the document disagrees with itself, and what a person ruled about it."""

    __tablename__ = "plan_conflict"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(20))
    title: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, info=DIGEST)
    position: Mapped[int]
    status: Mapped[ConflictStatus] = mapped_column(String(10), default=ConflictStatus.OPEN)
    ruling: Mapped[str | None]
    ruled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ruled_at: Mapped[datetime | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    version: Mapped[int] = mapped_column(default=1)


class ConflictLink(Base):
    """A conflict touches a task or an indicator; the link is shown on both."""

    __tablename__ = "conflict_link"

    id: Mapped[Pk]
    conflict_id: Mapped[int] = mapped_column(ForeignKey("plan_conflict.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)
    indicator_id: Mapped[int | None] = mapped_column(ForeignKey("indicator.id"), index=True)
