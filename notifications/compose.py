"""Puts untold lines into mails: one digest a person a working day, urgent ones by themselves."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.states import MessageState
from models.tables import MAIL_CHOICE, MESSAGE, NOTICE, PERSON
from notifications.notices import Line, not_mailed
from workflow.door import ajar
from workflow.law.deadlines import local_day


def remind(engine: Engine, day: date, now: datetime, is_working_day: bool, domain: str) -> int:
    """The digests of this day, one a person; nothing on a day off. How many mails were made.

    Their Message-IDs end with the domain, whatever it is called when they are sent.

    Asked again on the same day it makes none: what came meanwhile waits for the next working day.
    A digest that could not be sent yet goes into the new one, so that nobody gets two.
    """
    if not is_working_day:
        return 0
    with ajar("outbox bookkeeping"), _writing(engine) as conn, conn.begin():
        wanting, made = _addresses(conn), 0
        by_person: dict[int, list[Line]] = defaultdict(list)
        for line in not_mailed(conn, day, is_urgent=False):
            if line.is_true and wanting.get(line.person_id, ("", False))[1]:
                by_person[line.person_id].append(line)
        for person_id, lines in sorted(by_person.items()):
            address = wanting[person_id][0]
            message_id = _message(
                conn, person_id, address, f"digest:{day.isoformat()}", now, domain
            )
            if message_id is None:
                continue
            ids = [n.id for n in lines] + _left_over(conn, person_id, message_id)
            _carry(conn, message_id, ids)
            made += 1
        return made


def has_digest(engine: Engine, day: date) -> bool:
    """Whether the digests of this day were made."""
    with engine.connect() as conn:
        found = select(MESSAGE.c.id).where(MESSAGE.c.key == f"digest:{day.isoformat()}").limit(1)
        return conn.execute(found).first() is not None


def urgent(engine: Engine, now: datetime, domain: str) -> int:
    """A mail at once for each urgent line; how many were made."""
    with ajar("outbox bookkeeping"), _writing(engine) as conn, conn.begin():
        wanting, made = _addresses(conn), 0
        for line in not_mailed(conn, local_day(now), is_urgent=True):
            if not line.is_true or line.person_id not in wanting:
                continue
            address = wanting[line.person_id][0]
            message_id = _message(conn, line.person_id, address, f"line:{line.id}", now, domain)
            if message_id is not None:
                _carry(conn, message_id, [line.id])
                made += 1
        return made


def _writing(engine: Engine) -> Any:
    return engine.execution_options(write=True).connect()


def _addresses(conn: Connection) -> dict[int, tuple[str, bool]]:
    """Address and wish for a digest of everybody who has an address and may sign in."""
    rows = conn.execute(
        select(PERSON.c.id, PERSON.c.email, MAIL_CHOICE.c.wants_digest)
        .outerjoin(MAIL_CHOICE, MAIL_CHOICE.c.person_id == PERSON.c.id)
        .where(PERSON.c.email.is_not(None), PERSON.c.email != "", PERSON.c.locked_at.is_(None))
    )
    return {r.id: (r.email, r.wants_digest is not False) for r in rows}


def _message(
    conn: Connection, person_id: int, address: str, key: str, now: datetime, domain: str
) -> int | None:
    """A new mail; None when this person has one under this key."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    made = (
        dialect.insert(MESSAGE)
        .values(
            uid=f"<{uuid.uuid4().hex}@{domain}>",
            person_id=person_id,
            key=key,
            address=address,
            state=MessageState.WAITING.value,
            created_at=now,
            next_try_at=now,
            attempts=0,
            version=1,
        )
        .on_conflict_do_nothing()
        .returning(MESSAGE.c.id)
    )
    found: int | None = conn.execute(made).scalar()
    return found


def _left_over(conn: Connection, person_id: int, message_id: int) -> list[int]:
    """Lines of an earlier digest that nobody has tried to send: it gives way to the new one."""
    earlier = list(
        conn.execute(
            select(MESSAGE.c.id).where(
                MESSAGE.c.person_id == person_id,
                MESSAGE.c.id != message_id,
                MESSAGE.c.key.like("digest:%"),
                MESSAGE.c.state == MessageState.WAITING.value,
                MESSAGE.c.claimed_until.is_(None),
            )
        ).scalars()
    )
    if not earlier:
        return []
    conn.execute(
        update(MESSAGE).where(MESSAGE.c.id.in_(earlier)).values(state=MessageState.SUPERSEDED.value)
    )
    lines = select(NOTICE.c.id).where(NOTICE.c.message_id.in_(earlier))
    return list(conn.execute(lines).scalars())


def _carry(conn: Connection, message_id: int, line_ids: Iterable[int]) -> None:
    conn.execute(
        update(NOTICE).where(NOTICE.c.id.in_(list(line_ids))).values(message_id=message_id)
    )
