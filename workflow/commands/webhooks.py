"""Systems that are told of the plan's news: added and removed by the administrator."""

import uuid
from dataclasses import dataclass

from sqlalchemy import RowMapping, select, update

from models.states import MessageState, Role
from models.tables import WEBHOOK, WEBHOOK_CALL
from workflow.door import Entry, Outcome, Transaction, ajar, handles
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import MembershipFacts


def _keeper(tx: Transaction) -> MembershipFacts:
    keeper = tx.actor.holds(Role.ADMIN) or tx.actor.holds(Role.SYSTEM)
    if keeper is None:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.ADMIN.value}))
    return keeper


def _standing(tx: Transaction, webhook_id: int) -> RowMapping:
    wanted = (WEBHOOK.c.id == webhook_id, WEBHOOK.c.removed_at.is_(None))
    row = tx.one(select(WEBHOOK).where(*wanted))
    if row is None:
        raise NotFound("webhook")
    return row


@dataclass(frozen=True)
class AddWebhook:
    """From now on this address is told what happens. Where it may lie, the settings say."""

    name: str
    url: str


@handles(AddWebhook)
def add_webhook(tx: Transaction, c: AddWebhook) -> Outcome:
    keeper, name, url = _keeper(tx), c.name.strip(), c.url.strip()
    missing = [f for f, v in (("webhook", name), ("url", url)) if not v]
    if missing:
        raise Refused(*(Refusal(Reason.MISSING, {"field": f}) for f in missing))
    tx.note(
        Entry(
            command="add_webhook",
            event="webhook_added",
            object_kind="webhook",
            object_id=None,
            object_label=name,
            membership=keeper,
            details={"url": url},
        )
    )
    added = tx.insert(
        WEBHOOK,
        uid=uuid.uuid4().hex,
        name=name,
        url=url,
        added_by_id=tx.actor.person_id,
        added_at=tx.now,
    )
    return Outcome("webhook", added)


@dataclass(frozen=True)
class RemoveWebhook:
    """It is told nothing any more; what was still on its way stays here."""

    webhook_id: int
    reason: str


@handles(RemoveWebhook)
def remove_webhook(tx: Transaction, c: RemoveWebhook) -> Outcome:
    keeper, row = _keeper(tx), _standing(tx, c.webhook_id)
    if not c.reason.strip():
        raise Refused(Refusal(Reason.MISSING, {"field": "reason"}))
    tx.note(
        Entry(
            command="remove_webhook",
            event="webhook_removed",
            object_kind="webhook",
            object_id=row["id"],
            object_label=row["name"],
            membership=keeper,
            reason=c.reason.strip(),
        )
    )
    tx.update(WEBHOOK, row, removed_at=tx.now)
    with ajar("outbox bookkeeping"):
        tx.conn.execute(
            update(WEBHOOK_CALL)
            .where(
                WEBHOOK_CALL.c.webhook_id == row["id"],
                WEBHOOK_CALL.c.state.in_([MessageState.WAITING.value, MessageState.DEAD.value]),
            )
            .values(state=MessageState.SUPERSEDED.value, version=WEBHOOK_CALL.c.version + 1)
        )
    return Outcome("webhook", row["id"])


@dataclass(frozen=True)
class ResendCalls:
    """Try again what one webhook did not take: the same webhook-ids, for another seven days."""

    webhook_id: int


@handles(ResendCalls)
def resend_calls(tx: Transaction, c: ResendCalls) -> Outcome:
    keeper, row = _keeper(tx), _standing(tx, c.webhook_id)
    dead = (WEBHOOK_CALL.c.webhook_id == row["id"], WEBHOOK_CALL.c.state == MessageState.DEAD.value)
    with ajar("outbox bookkeeping"):
        calls = tx.conn.execute(
            update(WEBHOOK_CALL)
            .where(*dead)
            .values(
                state=MessageState.WAITING.value,
                created_at=tx.now,
                next_try_at=tx.now,
                attempts=0,
                version=WEBHOOK_CALL.c.version + 1,
            )
        ).rowcount
    if not calls:
        raise NotFound("webhook_call")
    tx.note(
        Entry(
            command="resend_calls",
            event="calls_resent",
            object_kind="webhook",
            object_id=row["id"],
            object_label=row["name"],
            membership=keeper,
            details={"calls": calls},
        )
    )
    return Outcome("webhook", row["id"], {"calls": calls})
