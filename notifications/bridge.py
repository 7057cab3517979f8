"""Events become postings for the systems that are told, and postings go out, each with one id."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from models.states import MessageState
from models.tables import WEBHOOK, WEBHOOK_CALL
from notifications.channels import Failed
from notifications.channels.webhook import Posting, WebhookChannel, key_of
from notifications.deliver import Delivered, next_try
from notifications.plan import words
from workflow.access import CycleFound
from workflow.door import ajar

AT_ONCE = 10
# Ten postings at the end of the channel's patience fit into it.
LEASE = timedelta(minutes=5)


def standing(conn: Connection) -> list[dict[str, Any]]:
    """The webhooks that are told, oldest first."""
    found = select(WEBHOOK).where(WEBHOOK.c.removed_at.is_(None)).order_by(WEBHOOK.c.id)
    return [dict(row) for row in conn.execute(found).mappings()]


def news(event: Mapping[str, Any], body: Mapping[str, Any], cycle: CycleFound | None) -> str:
    """What is posted of an event: the facts, no names of people and nothing anybody wrote.

    Whoever needs more follows the path, signs in and reads what he may.
    """
    unsaid = {**body, "reason": None, "details": {**body["details"], "message": None}}
    row = cycle.row if cycle else None
    due = row["effective_due_on"] if row else None
    data: dict[str, Any] = {"entry": event["entry_uid"], "text": words(event["name"], unsaid, due)}
    if row:
        data |= {
            "cycle": row["id"],
            "year": row["year"],
            "plan": row["plan_code"],
            "task": row["task_code"],
            "agency": row["agency_code"],
            "state": body["to"] or row["state"],
            "due_on": due.isoformat() if due else None,
            "path": f"/cycles/{row['id']}",
        }
    said = {
        "type": f"{event['object_kind']}.{event['name']}",
        "timestamp": event["at"].astimezone(UTC).isoformat(timespec="seconds"),
        "data": data,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def keep(conn: Connection, told: list[tuple[Mapping[str, Any], str]], now: datetime) -> None:
    """A posting of each event for each webhook that stood when it happened; each once."""
    hooks = standing(conn) if told else []
    rows = [
        {
            "uid": uuid.uuid4().hex,
            "webhook_id": hook["id"],
            "event_id": event["id"],
            "name": json.loads(body)["type"],
            "body": body,
            "state": MessageState.WAITING.value,
            "created_at": now,
            "next_try_at": now,
            "attempts": 0,
            "version": 1,
        }
        for event, body in told
        for hook in hooks
        if event["at"] >= hook["added_at"]
    ]
    if rows:
        dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
        conn.execute(dialect.insert(WEBHOOK_CALL).on_conflict_do_nothing(), rows)


def post_news(engine: Engine, channel: WebhookChannel, secret_key: str, now: datetime) -> Delivered:
    """Post everything that is due; where nobody answers, the rest waits for the next round."""
    done = Delivered()
    with engine.connect() as conn:
        hooks = standing(conn)
    for hook in hooks:
        key = key_of(secret_key, hook["uid"])
        is_down = False
        while not is_down and (claimed := _claim(engine, hook["id"], now)):
            while claimed and not is_down:
                is_down = _post(engine, channel, hook, key, claimed.pop(0), now, done)
            _mark(engine, [call["id"] for call in claimed])
        done.is_down = done.is_down or is_down
    return done


def _claim(engine: Engine, webhook_id: int, now: datetime) -> list[dict[str, Any]]:
    """Some postings nobody else sends meanwhile, oldest first."""
    free = (
        select(WEBHOOK_CALL.c.id)
        .where(
            WEBHOOK_CALL.c.webhook_id == webhook_id,
            WEBHOOK_CALL.c.state == MessageState.WAITING.value,
            WEBHOOK_CALL.c.next_try_at <= now,
            or_(WEBHOOK_CALL.c.claimed_until.is_(None), WEBHOOK_CALL.c.claimed_until <= now),
        )
        .order_by(WEBHOOK_CALL.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    writer = engine.execution_options(write=True)
    with ajar("outbox bookkeeping"), writer.connect() as conn, conn.begin():
        ids = list(conn.execute(free).scalars())
        mine = WEBHOOK_CALL.c.id.in_(ids)
        conn.execute(update(WEBHOOK_CALL).where(mine).values(claimed_until=now + LEASE))
        rows = conn.execute(select(WEBHOOK_CALL).where(mine).order_by(WEBHOOK_CALL.c.id))
        return [dict(row) for row in rows.mappings()]


def _post(
    engine: Engine,
    channel: WebhookChannel,
    hook: dict[str, Any],
    key: str,
    call: dict[str, Any],
    now: datetime,
    done: Delivered,
) -> bool:
    """Try one posting; True when the other side is not to be reached."""
    attempts = call["attempts"] + 1
    try:
        channel.send(Posting(hook["url"], key, call["uid"], call["body"]), now)
    except Failed as failure:
        again = None if failure.is_permanent else next_try(attempts, call["created_at"], now)
        _mark(
            engine,
            [call["id"]],
            state=(MessageState.WAITING if again else MessageState.DEAD).value,
            attempts=attempts,
            next_try_at=again or call["next_try_at"],
            last_error=str(failure),
        )
        done.failed += 1
        done.dead += again is None
        return failure.is_channel or failure.is_cut
    sent = MessageState.SENT.value
    _mark(engine, [call["id"]], state=sent, attempts=attempts, sent_at=now, last_error=None)
    done.sent += 1
    return False


def _mark(engine: Engine, ids: list[int], **values: Any) -> None:
    if not ids:
        return
    # Removed meanwhile: it stays superseded.
    waiting = WEBHOOK_CALL.c.state == MessageState.WAITING.value
    writer = engine.execution_options(write=True)
    with ajar("outbox bookkeeping"), writer.connect() as conn, conn.begin():
        conn.execute(
            update(WEBHOOK_CALL)
            .where(WEBHOOK_CALL.c.id.in_(ids), waiting)
            .values(claimed_until=None, version=WEBHOOK_CALL.c.version + 1, **values)
        )
