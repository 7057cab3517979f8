"""Reports of the province: frozen figures, people's texts, the files as issued, in versions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import DIGEST, At, Base, Pk
from models.states import ReviewKind, ReviewState


class Review(Base):
    """One version of a consolidated report. What it counted never changes once frozen."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("plan_id", "kind", "year", "number"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    kind: Mapped[ReviewKind] = mapped_column(String(20))
    year: Mapped[int]
    number: Mapped[int] = mapped_column(comment="1, and one more for each đính chính")
    state: Mapped[ReviewState] = mapped_column(String(20))
    cutoff_at: Mapped[At]
    position: Mapped[int] = mapped_column(comment="last entry of the trail it counts")
    figures: Mapped[str] = mapped_column(info=DIGEST, comment="canonical text of the figures")
    figures_sha256: Mapped[str] = mapped_column(String(64))
    texts: Mapped[str] = mapped_column(comment="people's words by place, JSON")
    reason: Mapped[str | None] = mapped_column(comment="why the version before is corrected")
    frozen_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    frozen_at: Mapped[At]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    issued_at: Mapped[datetime | None]
    docx_sha256: Mapped[str | None] = mapped_column(String(64))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
