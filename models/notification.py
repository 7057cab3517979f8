"""What is told to whom: the ladder, the alerts it makes, notices to people, mails on their way."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk
from models.states import Anchor, MessageState


class LadderRung(Base):
    """A rung of a plan's ladder: when, to which posts, in which words. Data, not code."""

    __tablename__ = "ladder_rung"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[Pk]
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    code: Mapped[str] = mapped_column(String(30), comment="before_30, due, overdue_7, leadership")
    anchor: Mapped[Anchor] = mapped_column(String(20))
    days: Mapped[int] = mapped_column(comment="working days before, calendar days after")
    posts: Mapped[list[str]] = mapped_column(JSON, comment="who is told")
    text: Mapped[str] = mapped_column(comment="one sentence; {due} {days}")
    position: Mapped[int] = mapped_column(comment="of its day: stays when other rungs change")
    removed_at: Mapped[datetime | None] = mapped_column(
        comment="no longer on the ladder; alerts it made keep its words"
    )
    version: Mapped[int] = mapped_column(default=1)


class CycleSpan(Base):
    """From which day until which day the deadline of a cycle was running, and towards which day.

    Kept by every command that changes a cycle: it lets a late tick know what was true on each of
    the days it missed. Running on a day means running at its first minute.
    """

    __tablename__ = "cycle_span"
    __table_args__ = (
        Index("ix_cycle_span_cycle", "cycle_id"),
        Index("ix_cycle_span_due", "due_on", "until_on"),
        Index("ix_cycle_span_until", "until_on"),
    )

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), comment="who led meanwhile")
    due_on: Mapped[date]
    since_on: Mapped[date]
    until_on: Mapped[date | None] = mapped_column(comment="the day it stopped; NULL: runs")


class Alert(Base):
    """One rung of one cycle for one recipient: a fact about a day, made by the tick."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("cycle_id", "due_on", "rung", "post", "agency_id"),
        Index("ix_alert_fires", "fires_on"),
        Index("ix_alert_agency", "agency_id", "post", "id"),
        Index("ix_alert_span", "span_id"),
        # What is true now: the next rung of a deadline looks for it every tick.
        Index(
            "ix_alert_true",
            "due_on",
            sqlite_where=text("superseded_on IS NULL"),
            postgresql_where=text("superseded_on IS NULL"),
        ),
    )

    id: Mapped[Pk]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    due_on: Mapped[date] = mapped_column(comment="the occurrence: a new deadline climbs anew")
    rung: Mapped[str] = mapped_column(String(30))
    post: Mapped[str] = mapped_column(String(30), comment="the recipient: whoever holds this post")
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    fires_on: Mapped[date]
    position: Mapped[int] = mapped_column(comment="of the rung in the ladder")
    span_id: Mapped[int] = mapped_column(ForeignKey("cycle_span.id"))
    superseded_on: Mapped[date | None] = mapped_column(comment="since when it is no longer true")


class LadderTick(Base):
    """A tick that found something or was the first of its day: until where the facts are made."""

    __tablename__ = "ladder_tick"

    id: Mapped[Pk]
    at: Mapped[At]
    since_on: Mapped[date] = mapped_column(comment="days after this one were computed")
    upto_on: Mapped[date]
    created: Mapped[int]
    superseded: Mapped[int]
    withdrawn: Mapped[int] = mapped_column(comment="of days that a wrong clock had made")
    looked_at: Mapped[datetime | None] = mapped_column(
        comment="when a later tick last looked and found nothing to add"
    )


class Notice(Base):
    """A line under somebody's bell. `key` is what it is about: the same is never told twice."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_notice_unread", "person_id", "read_at", "id"),
        Index("ix_notice_message", "message_id"),
        Index("ix_notice_alert", "alert_id"),
    )

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(60), comment="the event, or the rung")
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycle.id"))
    alert_id: Mapped[int | None] = mapped_column(comment="of the ladder; may have been taken back")
    asked_id: Mapped[int | None] = mapped_column(
        comment="the support request or explanation whose answer is owed; `name` says"
    )
    text: Mapped[str]
    is_urgent: Mapped[bool] = mapped_column(comment="told by a mail of its own, at once")
    at: Mapped[At]
    read_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    version: Mapped[int] = mapped_column(default=1)


class Message(Base):
    """A mail on its way."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_message_due", "state", "next_try_at", "id"),
    )

    id: Mapped[Pk]
    uid: Mapped[str] = mapped_column(
        String(300), unique=True, comment="the whole Message-ID, the same for every attempt"
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(String(120), comment="digest:2026-12-14, event:417")
    address: Mapped[str]
    state: Mapped[MessageState] = mapped_column(String(20))
    created_at: Mapped[At]
    next_try_at: Mapped[At]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    subject: Mapped[str | None] = mapped_column(comment="as it went out")
    version: Mapped[int] = mapped_column(default=1)


class MailChoice(Base):
    """What somebody chose about mails; without a row: everything, as a digest."""

    __tablename__ = "mail_choice"

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    wants_digest: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)
