"""What people do about a deadline: urge, flag, ask for an explanation, extend, ask supporters."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk
from models.states import ExtensionStatus, FlagKind, ReasonClass, UrgeLevel


class Urging(Base):
    """The standing agency (or VP UBND) urges a cycle; answered by the next report or answer."""

    __tablename__ = "urging"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        Index("ix_urging_letter", "letter"),
    )

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int] = mapped_column(comment="the n-th of this cycle")
    level: Mapped[UrgeLevel] = mapped_column(String(20))
    message: Mapped[str]
    answer_by: Mapped[date]
    letter: Mapped[str | None] = mapped_column(
        String(32), comment="urgings of one act to one agency share a letter"
    )
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("document.id"), comment="the letter's number, once văn thư has given it"
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]
    version: Mapped[int] = mapped_column(default=1)


class Flag(Base):
    """A mark on a cycle with its reason: a flag (to watch) or a star (the leader follows it)."""

    __tablename__ = "flag"
    __table_args__ = (Index("ix_flag_cycle", "cycle_id"),)

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    kind: Mapped[FlagKind] = mapped_column(String(10))
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]
    lowered_at: Mapped[datetime | None]
    lowered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lowered_why: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)


class Explanation(Base):
    """A leader's question to the head of the lead agency, and the answer."""

    __tablename__ = "explanation"
    __table_args__ = (Index("ix_explanation_cycle", "cycle_id"),)

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    question: Mapped[str]
    answer_by: Mapped[date]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[At]
    answer: Mapped[str | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Extension(Base):
    """A new deadline asked for before the old one, or granted late; the n-th of its cycle."""

    __tablename__ = "extension"
    __table_args__ = (UniqueConstraint("cycle_id", "number"),)

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int]
    status: Mapped[ExtensionStatus] = mapped_column(String(10))
    is_late: Mapped[bool] = mapped_column(comment="granted after the deadline: the mark stays")
    reason_class: Mapped[ReasonClass] = mapped_column(String(20))
    reason: Mapped[str]
    old_due_on: Mapped[date]
    asked_due_on: Mapped[date]
    granted_due_on: Mapped[date | None]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[At]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    decision_document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    version: Mapped[int] = mapped_column(default=1)


class SupportRequest(Base):
    """The lead asks a supporting agency for its part by a day of its own."""

    __tablename__ = "support_request"
    __table_args__ = (
        Index("ix_support_request_cycle", "cycle_id"),
        Index("ix_support_request_agency", "agency_id", "answered_at"),
    )

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    text: Mapped[str]
    due_on: Mapped[date]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[At]
    answered_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None] = mapped_column(
        comment="the lead recorded “chưa nhận được ý kiến”"
    )
    missed_note: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
