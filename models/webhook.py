"""Bridges to other systems: where news of the plan is posted to, and each posting on its way."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk
from models.states import MessageState


class Webhook(Base):
    """A system that is told. Its key is derived from `uid` and the server's; it lies nowhere."""

    __tablename__ = "webhook"

    id: Mapped[Pk]
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str]
    url: Mapped[str]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[At]
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class WebhookCall(Base):
    """One event for one webhook; `uid` is its webhook-id, the same for every attempt."""

    __tablename__ = "webhook_call"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_call_due", "state", "next_try_at", "id"),
    )

    id: Mapped[Pk]
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("outbox_event.id"))
    name: Mapped[str] = mapped_column(String(60), comment="of the event, cycle.returned")
    body: Mapped[str] = mapped_column(comment="JSON as it is posted and signed")
    state: Mapped[MessageState] = mapped_column(String(20))
    created_at: Mapped[At]
    next_try_at: Mapped[At]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
