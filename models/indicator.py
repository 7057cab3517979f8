"""Values of indicators by year: each entry a row of its own, none ever overwritten."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk
from models.states import ValueKind


class IndicatorValue(Base):
    """One value of an indicator (or of a part of it) for one year, as entered at one moment."""

    __tablename__ = "indicator_value"
    __table_args__ = (
        UniqueConstraint("indicator_id", "part", "year", "kind", "number"),
        Index("ix_indicator_value_entered", "entered_at"),
    )

    id: Mapped[Pk]
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    part: Mapped[str] = mapped_column(
        String(40), default="", comment="code of the sub-indicator; empty: the indicator itself"
    )
    year: Mapped[int]
    kind: Mapped[ValueKind] = mapped_column(String(20))
    number: Mapped[int] = mapped_column(comment="1, and one more for each correction")
    value: Mapped[str] = mapped_column(String(40), comment="decimal, as canonical text")
    source: Mapped[str] = mapped_column(comment="document or publication it is taken from")
    note: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(comment="why an earlier entry is corrected")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[At]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
