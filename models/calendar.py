"""The calendar of working days, outages of the system, and the feeds people subscribe to."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SECRET, At, Base, Pk
from models.states import DayKind


class CalendarDay(Base):
    """A day that differs from its weekday: off though Monday to Friday, or worked on a weekend.

    A row that is no longer true is taken back (`revoked_at`) and stays to be seen.
    """

    __tablename__ = "calendar_day"

    id: Mapped[Pk]
    day: Mapped[date] = mapped_column(unique=True)
    kind: Mapped[DayKind] = mapped_column(String(20))
    name: Mapped[str]
    source: Mapped[str] = mapped_column(comment="the document it rests on, or the law")
    is_confirmed: Mapped[bool] = mapped_column(comment="false: the arrangement is not settled")
    revoked_at: Mapped[datetime | None]
    changed_at: Mapped[At]
    version: Mapped[int] = mapped_column(default=1)


class Outage(Base):
    """From when until when the system could not be used, by which document."""

    __tablename__ = "outage"

    id: Mapped[Pk]
    starts_at: Mapped[At]
    ends_at: Mapped[At]
    reason: Mapped[str]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    moved_to: Mapped[date] = mapped_column(comment="end of the next working day")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[At]


class CalendarFeed(Base):
    """A private address of somebody's deadlines (iCal). Only the hash of its token stands here."""

    __tablename__ = "calendar_feed"

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    created_at: Mapped[At]
    revoked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
