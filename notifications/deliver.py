"""Sends what is due. Every mail has one Message-ID for all its attempts; what is untrue stays.

Between the final dot and the answer 250 a sender cannot know (RFC 1047): a worker that dies there
sends the same mail again, with the same id. Everything else is exactly once.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, or_, select, update

from models.states import LABELS, MessageState, Role
from models.tables import AGENCY, MEMBERSHIP, MESSAGE, PERSON
from notifications.channels import Channel, Envelope, Failed
from notifications.concerned import still_concerned
from notifications.notices import of_message
from notifications.render import Mail, Reader, render
from workflow.door import ajar
from workflow.law.deadlines import local_day

AT_ONCE = 10
# A worker that dies gives its mails back after the lease. A mail is begun only while enough of it
# is left for the slowest server: eight answers, each at the end of the channel's patience.
LEASE, LONGEST_MAIL = timedelta(minutes=10), timedelta(minutes=4)
# One mail may upset a server; two lines cut in a row, and it is the server.
CUTS_IN_A_ROW = 2
QUICK_TRIES, QUICK_PAUSE = 12, timedelta(minutes=5)
SLOW_PAUSE, GIVEN_UP_AFTER = timedelta(minutes=30), timedelta(days=7)


@dataclass
class Delivered:
    """How a round went."""

    sent: int = 0
    superseded: int = 0
    failed: int = 0
    dead: int = 0
    is_down: bool = False

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Post:
    """What a mail needs beside its lines."""

    base_url: str
    checkpoint: str | None = None


def next_try(attempts: int, created_at: datetime, now: datetime) -> datetime | None:
    """When to try again after so many failures; None: give up (dead letter)."""
    pause = QUICK_PAUSE if attempts <= QUICK_TRIES else SLOW_PAUSE
    return now + pause if now + pause <= created_at + GIVEN_UP_AFTER else None


def deliver(
    engine: Engine,
    channel: Channel,
    post: Post,
    now: datetime,
    clock: Callable[[], datetime] | None = None,
) -> Delivered:
    """Send everything that is due at this moment.

    `clock` is the machine's, by which workers keep out of each other's way; without it time stands.
    """
    done, cuts = Delivered(), 0
    time = clock or (lambda: now)
    try:
        while not done.is_down and (claimed := _claim(engine, now, time())):
            while claimed and not done.is_down:
                if time() > claimed[0]["claimed_until"] - LONGEST_MAIL:
                    break
                was_cut = _send(engine, channel, post, claimed.pop(0), now, done)
                cuts = cuts + 1 if was_cut else 0
                done.is_down = done.is_down or cuts == CUTS_IN_A_ROW
            # Nothing gets through, or the lease runs out: no attempt of theirs.
            _let_go(engine, [m["id"] for m in claimed])
    finally:
        channel.close()
    return done


def _claim(engine: Engine, now: datetime, at: datetime) -> list[dict[str, Any]]:
    """Some mails nobody else sends meanwhile; for each person the oldest, so order is kept."""
    earlier = MESSAGE.alias("earlier")
    waiting = MessageState.WAITING.value
    free = (
        select(MESSAGE.c.id)
        .where(
            MESSAGE.c.state == waiting,
            MESSAGE.c.next_try_at <= now,
            or_(MESSAGE.c.claimed_until.is_(None), MESSAGE.c.claimed_until <= at),
            ~select(earlier.c.id)
            .where(
                earlier.c.person_id == MESSAGE.c.person_id,
                earlier.c.state == waiting,
                earlier.c.id < MESSAGE.c.id,
            )
            .exists(),
        )
        .order_by(MESSAGE.c.next_try_at, MESSAGE.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    writer = engine.execution_options(write=True)
    with ajar("outbox bookkeeping"), writer.connect() as conn, conn.begin():
        ids = list(conn.execute(free).scalars())
        if not ids:
            return []
        conn.execute(update(MESSAGE).where(MESSAGE.c.id.in_(ids)).values(claimed_until=at + LEASE))
        rows = conn.execute(
            select(MESSAGE, PERSON.c.name)
            .join(PERSON, PERSON.c.id == MESSAGE.c.person_id)
            .where(MESSAGE.c.id.in_(ids))
            .order_by(MESSAGE.c.id)
        ).mappings()
        return [dict(r) for r in rows]


def _send(
    engine: Engine,
    channel: Channel,
    post: Post,
    message: dict[str, Any],
    now: datetime,
    done: Delivered,
) -> bool:
    """Try one mail; True when the line was cut under it."""
    with engine.connect() as conn:
        day = local_day(now)
        lines = [n for n in of_message(conn, message["id"], day) if n.is_true]
        lines = still_concerned(conn, message["person_id"], lines, day)
        what = _what(conn, message["person_id"], now)
    if not lines:
        _mark(engine, message, state=MessageState.SUPERSEDED.value)
        done.superseded += 1
        return False
    reader = Reader(message["name"], message["address"], what)
    mail = render(reader, lines, day, post.base_url, post.checkpoint)
    tasks = sorted({n.task_id for n in lines if n.task_id is not None})
    envelope = _envelope(message, mail, tasks)
    try:
        channel.send(envelope)
    except Failed as failure:
        attempts = message["attempts"] + 1
        again = None if failure.is_permanent else next_try(attempts, message["created_at"], now)
        _mark(
            engine,
            message,
            state=(MessageState.WAITING if again else MessageState.DEAD).value,
            attempts=attempts,
            next_try_at=again or message["next_try_at"],
            last_error=str(failure),
            subject=mail.subject,
        )
        done.failed += 1
        done.dead += again is None
        done.is_down = failure.is_channel
        return failure.is_cut
    _mark(
        engine,
        message,
        state=MessageState.SENT.value,
        attempts=message["attempts"] + 1,
        sent_at=now,
        last_error=None,
        subject=mail.subject,
    )
    done.sent += 1
    return False


def _envelope(message: dict[str, Any], mail: Mail, tasks: list[int]) -> Envelope:
    # A mail about one task belongs to its thread; a digest begins one of its own.
    domain = message["uid"].rpartition("@")[2]
    threads = [f"<task-{tasks[0]}@{domain}"] if len(tasks) == 1 else []
    return Envelope(
        message_id=message["uid"],
        address=message["address"],
        name=message["name"],
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        references=threads,
    )


def _what(conn: Connection, person_id: int, now: datetime) -> str:
    """What somebody is, for the line that says why he gets a mail."""
    day = local_day(now)
    row = conn.execute(
        select(MEMBERSHIP.c.role, AGENCY.c.name)
        .join(AGENCY, AGENCY.c.id == MEMBERSHIP.c.agency_id)
        .where(
            MEMBERSHIP.c.person_id == person_id,
            MEMBERSHIP.c.valid_from <= day,
            or_(MEMBERSHIP.c.valid_to.is_(None), MEMBERSHIP.c.valid_to >= day),
        )
        .order_by(MEMBERSHIP.c.id)
        .limit(1)
    ).first()
    return f"{LABELS[Role(row.role)]}, {row.name}" if row else "người dùng của hệ thống"


def _mark(engine: Engine, message: dict[str, Any], **values: Any) -> None:
    writer = engine.execution_options(write=True)
    with ajar("outbox bookkeeping"), writer.connect() as conn, conn.begin():
        conn.execute(
            update(MESSAGE)
            .where(MESSAGE.c.id == message["id"])
            .values(claimed_until=None, version=MESSAGE.c.version + 1, **values)
        )


def _let_go(engine: Engine, ids: list[int]) -> None:
    if not ids:
        return
    writer = engine.execution_options(write=True)
    with ajar("outbox bookkeeping"), writer.connect() as conn, conn.begin():
        conn.execute(update(MESSAGE).where(MESSAGE.c.id.in_(ids)).values(claimed_until=None))
