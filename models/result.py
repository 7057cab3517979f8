"""What agencies hand in: progress, contributions, reports in versions, the documents and files."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk
from models.states import Capacity, ReportStatus


class Document(Base):
    """The document an act rests on: number, symbol, day, signer and the capacity he signed in."""

    __tablename__ = "document"

    id: Mapped[Pk]
    notation: Mapped[str] = mapped_column(comment="as typed: 123/BC-SXD, 145-KH/TU")
    number: Mapped[str] = mapped_column(String(40))
    symbol: Mapped[str] = mapped_column(String(80))
    issued_on: Mapped[date]
    signer_name: Mapped[str]
    signer_post: Mapped[str | None]
    capacity: Mapped[Capacity] = mapped_column(String(10))
    authorization: Mapped[str | None] = mapped_column(comment="giấy ủy quyền, for TUQ.")
    authorization_until: Mapped[date | None]
    created_at: Mapped[At]


class ProgressUpdate(Base):
    """One line of progress, by whom and when."""

    __tablename__ = "progress_update"

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    percent: Mapped[int]
    text: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]


class Contribution(Base):
    """What a supporting or co-leading agency gave to the lead's cycle."""

    __tablename__ = "contribution"

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    text: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]


class Report(Base):
    """One version of a cycle's result report. Once sent its words never change."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("cycle_id", "number"),)

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    number: Mapped[int]
    status: Mapped[ReportStatus] = mapped_column(String(20))
    result: Mapped[str]
    product: Mapped[str]
    figures: Mapped[str | None] = mapped_column(comment="one a line; none before there was a field")
    difficulties: Mapped[str]
    proposals: Mapped[str]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    document_draft: Mapped[str | None] = mapped_column(comment="document fields typed so far, JSON")
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    drafted_at: Mapped[At]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    capacity: Mapped[str | None] = mapped_column(String(10))
    late_days: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(
        String(64), comment="SHA-256 of the words and attachments as sent"
    )
    appraised_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    appraised_at: Mapped[datetime | None]
    proposed_verdict: Mapped[str | None] = mapped_column(String(20))
    appraisal_note: Mapped[str | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    judged_digest: Mapped[str | None] = mapped_column(String(64))
    return_reason: Mapped[str | None]
    missing: Mapped[str | None]
    resend_by: Mapped[date | None]
    withdraw_reason: Mapped[str | None]
    quality: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)


class TypedWords(Base):
    """Words of a report that are being typed: one person's own, until he saves the draft."""

    __tablename__ = "typed_words"
    __table_args__ = (UniqueConstraint("person_id", "cycle_id"),)

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    fields: Mapped[str] = mapped_column(comment="the fields of the form as typed, JSON")
    seen_draft: Mapped[int] = mapped_column(comment="the draft they began from; 0: there was none")
    at: Mapped[At]


class Attachment(Base):
    """A file by its content. The bytes lie under their SHA-256 in the data folder."""

    __tablename__ = "attachment"

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str]
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[At]


class ReportAttachment(Base):
    """A file as part of one version of a report."""

    __tablename__ = "report_attachment"
    __table_args__ = (
        UniqueConstraint("report_id", "attachment_id"),
        Index("ix_report_attachment_attachment", "attachment_id"),
    )

    id: Mapped[Pk]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
