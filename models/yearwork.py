"""What an agency owes each year beside its tasks: its own plan, its budget, its yearly report."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk
from models.states import AgencyReportState


class AnnualPlan(Base):
    """The agency's own plan for a year (IV.1), by its document; a newer one replaces it."""

    __tablename__ = "annual_plan"
    __table_args__ = (UniqueConstraint("plan_id", "agency_id", "year", "number"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    number: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    note: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]


class BudgetLine(Base):
    """Million đồng asked, allocated, disbursed (III.10); a change is a row, the newest counts."""

    __tablename__ = "budget_line"
    __table_args__ = (UniqueConstraint("plan_id", "agency_id", "year", "number"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    number: Mapped[int]
    asked: Mapped[str] = mapped_column(String(30), comment="decimal, as canonical text")
    allocated: Mapped[str | None] = mapped_column(String(30))
    disbursed: Mapped[str | None] = mapped_column(String(30))
    note: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]


class AgencyReport(Base):
    """The agency's yearly report to the standing agency: drafted, sent by the head, judged."""

    __tablename__ = "agency_report"
    __table_args__ = (UniqueConstraint("plan_id", "agency_id", "year"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    state: Mapped[AgencyReportState] = mapped_column(String(20))
    texts: Mapped[str] = mapped_column(comment="people's words by place, JSON")
    cutoff_at: Mapped[datetime | None] = mapped_column(comment="of the figures as sent")
    figures_sha256: Mapped[str | None] = mapped_column(String(64))
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    first_sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime | None]
    late_days: Mapped[int | None] = mapped_column(comment="frozen at the first sending")
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    judged_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    return_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
