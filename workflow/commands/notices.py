"""What somebody does with what he is told: read it, choose his mails, subscribe to his days.

And the administrator with the mails nobody took: send them again.
"""

from dataclasses import dataclass

from sqlalchemy import func, select, update

from models.states import MessageState, Role
from models.tables import CALENDAR_FEED, MAIL_CHOICE, MESSAGE, NOTICE, PERSON
from workflow.door import Entry, Outcome, Transaction, ajar, handles
from workflow.law.errors import NotFound, Reason, Refusal, Refused


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
class ResendMails:
    """Try a dead letter again, or all of them (None): the same Message-ID, today's address."""

    message_id: int | None = None


@handles(ResendMails)
def resend_mails(tx: Transaction, c: ResendMails) -> Outcome:
    keeper = tx.actor.holds(Role.ADMIN)
    if keeper is None:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.ADMIN.value}))
    wanted = [MESSAGE.c.state == MessageState.DEAD.value]
    if c.message_id is not None:
        wanted.append(MESSAGE.c.id == c.message_id)
    dead = tx.rows(
        select(MESSAGE.c.id, PERSON.c.login)
        .join(PERSON, PERSON.c.id == MESSAGE.c.person_id)
        .where(*wanted)
        .order_by(MESSAGE.c.id)
    )
    if not dead:
        raise NotFound("message")
    readers = list(dict.fromkeys(row["login"] for row in dead))
    more = f" và {len(readers) - 1} người khác" if len(readers) > 1 else ""
    tx.note(
        Entry(
            command="resend_mails",
            event="mails_resent",
            object_kind="message",
            object_id=c.message_id,
            object_label=readers[0] + more,
            membership=keeper,
            details={"mails": len(dead)},
        )
    )
    address = select(PERSON.c.email).where(PERSON.c.id == MESSAGE.c.person_id).scalar_subquery()
    with ajar("outbox bookkeeping"):
        tx.conn.execute(
            update(MESSAGE)
            .where(MESSAGE.c.id.in_([row["id"] for row in dead]))
            .values(
                state=MessageState.WAITING.value,
                # Its seven days begin anew.
                created_at=tx.now,
                next_try_at=tx.now,
                attempts=0,
                address=func.coalesce(func.nullif(address, ""), MESSAGE.c.address),
                version=MESSAGE.c.version + 1,
            )
        )
    return Outcome("message", c.message_id, {"mails": len(dead)})


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
