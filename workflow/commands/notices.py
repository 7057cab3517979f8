"""What somebody does with what he is told: read it, choose his mails, subscribe to his days."""

from dataclasses import dataclass

from sqlalchemy import select, update

from models.tables import CALENDAR_FEED, MAIL_CHOICE, NOTICE
from workflow.door import Entry, Outcome, Transaction, ajar, handles
from workflow.law.errors import NotFound


def _own(tx: Transaction, command: str, event: str, **details: object) -> None:
    """An act of a person about his own account."""
    if tx.actor.person_id is None:
        raise NotFound("person")
    tx.note(
        Entry(
            command=command,
            event=event,
            object_kind="person",
            object_id=tx.actor.person_id,
            object_label=tx.actor.login,
            membership=tx.actor.memberships[0] if tx.actor.memberships else None,
            details=details,
        )
    )


@dataclass(frozen=True)
class MarkRead:
    """The lines under my bell up to this one have been read. It changes nothing for others."""

    upto_id: int


@handles(MarkRead)
def mark_read(tx: Transaction, c: MarkRead) -> Outcome:
    with ajar("outbox bookkeeping"):
        read = tx.conn.execute(
            update(NOTICE)
            .where(
                NOTICE.c.person_id == tx.actor.person_id,
                NOTICE.c.id <= c.upto_id,
                NOTICE.c.read_at.is_(None),
            )
            .values(read_at=tx.now)
        ).rowcount
    return Outcome("notice", None, {"read": read})


@dataclass(frozen=True)
class ChooseMails:
    """Whether the daily digest comes by mail; urgent ones always do."""

    wants_digest: bool


@handles(ChooseMails)
def choose_mails(tx: Transaction, c: ChooseMails) -> Outcome:
    _own(tx, "choose_mails", "mails_chosen", wants_digest=c.wants_digest)
    row = tx.one(select(MAIL_CHOICE).where(MAIL_CHOICE.c.person_id == tx.actor.person_id))
    if row:
        tx.update(MAIL_CHOICE, row, wants_digest=c.wants_digest)
    else:
        tx.insert(MAIL_CHOICE, person_id=tx.actor.person_id, wants_digest=c.wants_digest)
    return Outcome("person", tx.actor.person_id)


@dataclass(frozen=True)
class OpenFeed:
    """A private address of my deadlines; only the hash of its token is kept. Ends the old one."""

    token_hash: str


@handles(OpenFeed)
def open_feed(tx: Transaction, c: OpenFeed) -> Outcome:
    _own(tx, "open_feed", "feed_opened")
    _end_feeds(tx)
    feed_id = tx.insert(
        CALENDAR_FEED,
        person_id=tx.actor.person_id,
        token_hash=c.token_hash,
        created_at=tx.now,
    )
    return Outcome("feed", feed_id)


@dataclass(frozen=True)
class RevokeFeed:
    """The address stops working at once."""


@handles(RevokeFeed)
def revoke_feed(tx: Transaction, c: RevokeFeed) -> Outcome:
    _own(tx, "revoke_feed", "feed_revoked")
    return Outcome("feed", None, {"revoked": _end_feeds(tx)})


def _end_feeds(tx: Transaction) -> int:
    standing = tx.rows(
        select(CALENDAR_FEED).where(
            CALENDAR_FEED.c.person_id == tx.actor.person_id,
            CALENDAR_FEED.c.revoked_at.is_(None),
        )
    )
    for feed in standing:
        tx.update(CALENDAR_FEED, feed, revoked_at=tx.now)
    return len(standing)
