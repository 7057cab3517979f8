"""What every command leaves: its audit entry, its event for others, its remembered answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import At, Base, Pk


class AuditEntry(Base):
    """One act. `body` is the exact text that is hashed; the other columns only help to search.

    Append-only by trigger in both databases. The id is no place in the log: the sealer gives it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_object", "object_kind", "object_id"),
        Index("ix_audit_entry_agency_at", "agency_code", "at"),
        Index("ix_audit_entry_actor_at", "actor_id", "at"),
    )

    id: Mapped[Pk]
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    at: Mapped[At] = mapped_column(index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    role: Mapped[str | None] = mapped_column(String(30))
    agency_code: Mapped[str | None] = mapped_column(String(120))
    command: Mapped[str] = mapped_column(String(60), index=True)
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    object_label: Mapped[str]
    from_state: Mapped[str | None] = mapped_column(String(30))
    to_state: Mapped[str | None] = mapped_column(String(30))
    reason: Mapped[str | None]
    body: Mapped[str]
    leaf_hash: Mapped[str] = mapped_column(String(64))


class AuditWords(Base):
    """What an entry is found by, folded; worked out from its body, so no evidence itself."""

    __tablename__ = "audit_words"

    entry_uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    who: Mapped[str] = mapped_column(comment="name and sign-in name as they were, on whose behalf")
    words: Mapped[str] = mapped_column(comment="everything that was said, without keys")


class OutboxEvent(Base):
    """What has happened, for those who tell others. Written with the act, expanded afterwards."""

    __tablename__ = "outbox_event"

    id: Mapped[Pk]
    at: Mapped[At]
    name: Mapped[str] = mapped_column(String(60))
    entry_uid: Mapped[str] = mapped_column(String(32))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    expanded_at: Mapped[datetime | None] = mapped_column(index=True)


class Idempotency(Base):
    """The answer given to a form that was sent, so that sending it again changes nothing."""

    __tablename__ = "idempotency"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), comment="of the command that was asked")
    outcome: Mapped[str]
    at: Mapped[At] = mapped_column(index=True)
