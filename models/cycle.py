"""The cycle: one task carried out by one lead agency in one year, or once until its date."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk
from models.states import CycleKind, CycleState, Disposition, PartyRole


class Cycle(Base):
    """It carries the state, the deadline, the frozen lateness and the version.

    States are text without a CHECK: the Python enum refuses unknown words, the door is the only
    writer, and Alembic would not see a changed CHECK.
    """

    __tablename__ = "cycle"
    __table_args__ = (
        UniqueConstraint("task_id", "agency_id", "kind", "year"),
        Index("ix_cycle_agency_year", "agency_id", "year"),
        # The order of a list: within a year by the day, those without a day last.
        Index("ix_cycle_year_due", "year", "effective_due_on", "id"),
        Index("ix_cycle_state_due", "state", "effective_due_on"),
        # All that the tally of a year and a search in it ask, so that counting reads no row.
        Index(
            "ix_cycle_tally",
            "year",
            "state",
            "effective_due_on",
            "late_days",
            "plan_id",
            "agency_id",
            "task_version_id",
            "id",
        ),
    )

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    task_version_id: Mapped[int] = mapped_column(
        ForeignKey("task_version.id"), comment="the wording this cycle was opened under"
    )
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), comment="lead agency")
    kind: Mapped[CycleKind] = mapped_column(String(20))
    year: Mapped[int] = mapped_column(comment="annual: its year; until_date: the year it is due")
    opened_on: Mapped[date]
    state: Mapped[CycleState] = mapped_column(String(20))
    disposition: Mapped[Disposition] = mapped_column(String(30), default=Disposition.ACTIVE)
    due_on: Mapped[date | None] = mapped_column(comment="the last good day; NULL: không hạn")
    original_due_on: Mapped[date | None]
    effective_due_on: Mapped[date | None] = mapped_column(
        comment="lateness counts from it: due_on, or resend_by after a first sending on time"
    )
    due_basis: Mapped[str] = mapped_column(comment="why this is the day, in words")
    resend_by: Mapped[date | None] = mapped_column(comment="day given with the last return")
    missed_due_on: Mapped[date | None] = mapped_column(
        comment="the deadline that had passed when UBND extended late: lateness counts from it"
    )
    extension_count: Mapped[int] = mapped_column(default=0)
    extension_asked: Mapped[date | None] = mapped_column(comment="the day of an open request")
    explanation_by: Mapped[date | None] = mapped_column(comment="of an open question")
    first_sent_on_time: Mapped[bool | None] = mapped_column(
        comment="of the first sending that was not withdrawn; NULL: none yet"
    )
    reported_at: Mapped[datetime | None] = mapped_column(comment="of the sending that stands")
    late_days: Mapped[int | None] = mapped_column(comment="frozen at reporting; 0: on time")
    return_count: Mapped[int] = mapped_column(default=0)
    withdraw_count: Mapped[int] = mapped_column(default=0)
    reopen_count: Mapped[int] = mapped_column(default=0)
    focal_person: Mapped[str | None]
    percent: Mapped[int] = mapped_column(default=0)
    progress_at: Mapped[datetime | None]
    report_id: Mapped[int | None] = mapped_column(comment="the report that stands or is judged")
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    appraised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    objection: Mapped[str | None] = mapped_column(comment="the lead's open request to adjust")
    quality: Mapped[str | None] = mapped_column(String(20))
    verified_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    changed_at: Mapped[At]
    version: Mapped[int] = mapped_column(default=1)


class CycleParty(Base):
    """A co-lead or supporting agency of a cycle, as the groups stood on the day of opening."""

    __tablename__ = "cycle_party"
    __table_args__ = (
        UniqueConstraint("cycle_id", "agency_id"),
        Index("ix_cycle_party_agency", "agency_id", "cycle_id"),
    )

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    role: Mapped[PartyRole] = mapped_column(String(20))
