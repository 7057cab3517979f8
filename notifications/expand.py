"""Outbox events become lines under the bells of those concerned, each exactly once."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.tables import AUDIT_ENTRY, NOTICE, OUTBOX_EVENT
from notifications import bridge
from notifications.plan import TELLINGS, TO_WATCHERS, words
from notifications.recipients import Holders, anywhere, holders, people
from workflow.access import CycleFound, facts_by_id
from workflow.door import ajar
from workflow.law.deadlines import local_day

AT_ONCE = 500
# Older news is no news: what is still open of it stands in the inbox and on the ladder.
TOLD_FOR = timedelta(days=30)


def expand(engine: Engine, now: datetime) -> int:
    """Tell every event that has not been told; how many lines were written.

    The lines and the mark on the event are one transaction; a line is unique for a person and an
    event, so that two workers, or a worker killed half-way, write it once.
    """
    written = 0
    writer = engine.execution_options(write=True)
    while True:
        with ajar("outbox bookkeeping"), writer.connect() as conn, conn.begin():
            events = _untold(conn)
            if not events:
                return written
            written += _tell(conn, events, now)
            conn.execute(
                update(OUTBOX_EVENT)
                .where(OUTBOX_EVENT.c.id.in_([e["id"] for e in events]))
                .values(expanded_at=now)
            )


def _untold(conn: Connection) -> list[dict[str, Any]]:
    waiting = (
        select(OUTBOX_EVENT)
        .where(OUTBOX_EVENT.c.expanded_at.is_(None))
        .order_by(OUTBOX_EVENT.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    return [dict(e) for e in conn.execute(waiting).mappings()]


def _tell(conn: Connection, events: list[dict[str, Any]], now: datetime) -> int:
    news = [e for e in events if now - e["at"] <= TOLD_FOR]
    of_cycles = [e for e in news if e["name"] in TELLINGS and e["object_kind"] == "cycle"]
    of_the_log = [e for e in news if e["name"] in TO_WATCHERS]
    if not of_cycles and not of_the_log:
        return 0
    held = holders(conn, local_day(now))
    bodies = _bodies(conn, [*of_cycles, *of_the_log])
    cycles = facts_by_id(conn, [e["object_id"] for e in of_cycles])
    rows = [
        *_about_cycles(of_cycles, bodies, cycles, held),
        *_to_watchers(of_the_log, bodies, held),
    ]
    bridge.keep(conn, [*_postings(of_cycles, bodies, cycles), *_postings(of_the_log, bodies)], now)
    if rows:
        dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
        conn.execute(dialect.insert(NOTICE).on_conflict_do_nothing(), rows)
    return len(rows)


def _bodies(conn: Connection, events: list[dict[str, Any]]) -> dict[str, Any]:
    uids = [e["entry_uid"] for e in events]
    return {
        r.uid: json.loads(r.body)
        for r in conn.execute(
            select(AUDIT_ENTRY.c.uid, AUDIT_ENTRY.c.body).where(AUDIT_ENTRY.c.uid.in_(uids))
        )
    }


def _postings(
    events: list[dict[str, Any]],
    bodies: Mapping[str, Any],
    cycles: Mapping[int, CycleFound] | None = None,
) -> Iterator[tuple[dict[str, Any], str]]:
    """What other systems are told of it."""
    for event in events:
        cycle = cycles[event["object_id"]] if cycles is not None else None
        yield event, bridge.news(event, bodies[event["entry_uid"]], cycle)


def _about_cycles(
    events: list[dict[str, Any]],
    bodies: Mapping[str, Any],
    cycles: Mapping[int, CycleFound],
    held: Holders,
) -> Iterator[dict[str, Any]]:
    for event in events:
        body, cycle = bodies[event["entry_uid"]], cycles[event["object_id"]]
        telling = TELLINGS[event["name"]]
        asked = body["details"].get("agency_id")
        # Nobody is told what he did himself.
        told = people(telling.posts, cycle.facts, held, asked) - {body["actor"]["id"]}
        due_on, is_asked = cycle.row["effective_due_on"], cycle.row["is_asked"]
        text = words(event["name"], body, due_on, is_asked)
        for person_id in sorted(told):
            yield _line(event, person_id, event["object_id"], text, telling.is_urgent)


def _to_watchers(
    events: list[dict[str, Any]], bodies: Mapping[str, Any], held: Holders
) -> Iterator[dict[str, Any]]:
    """What the whole house must hear of, whoever keeps the machine: a mail of its own, at once."""
    for event in events:
        text = words(event["name"], bodies[event["entry_uid"]], None)
        for person_id in sorted(
            set().union(*(anywhere(held, r) for r in TO_WATCHERS[event["name"]]))
        ):
            yield _line(event, person_id, None, text, is_urgent=True)


def _line(
    event: dict[str, Any], person_id: int, cycle_id: int | None, text: str, is_urgent: bool
) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "key": f"event:{event['id']}",
        "name": event["name"],
        "cycle_id": cycle_id,
        "text": text,
        "is_urgent": is_urgent,
        "at": event["at"],
        "version": 1,
    }
