"""What the clock does by itself, performed by the system."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update

from models.states import Role
from models.tables import IDEMPOTENCY, PERSON_SESSION, SIGN_IN_FAILURE
from workflow.door import Outcome, Transaction, ajar, handles
from workflow.identity import LONGEST_PAUSE, LONGEST_SESSION
from workflow.law.errors import Reason, Refusal, Refused

KEYS_KEPT = timedelta(days=30)
FAILURES_KEPT = LONGEST_PAUSE + timedelta(hours=24)


@dataclass(frozen=True)
class SweepExpired:
    """Forget remembered answers and wrong tries that are old, end sessions whose time is over."""


@handles(SweepExpired)
def sweep_expired(tx: Transaction, c: SweepExpired) -> Outcome:
    """No act of a person and nothing anybody could still use: it leaves no entry."""
    if not tx.actor.holds(Role.SYSTEM):
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.SYSTEM.value}))
    with ajar("sweep"):
        answers = tx.conn.execute(
            delete(IDEMPOTENCY).where(IDEMPOTENCY.c.at < tx.now - KEYS_KEPT)
        ).rowcount
        failures = tx.conn.execute(
            delete(SIGN_IN_FAILURE).where(SIGN_IN_FAILURE.c.last_at < tx.now - FAILURES_KEPT)
        ).rowcount
        sessions = tx.conn.execute(
            update(PERSON_SESSION)
            .where(
                PERSON_SESSION.c.ended_at.is_(None),
                PERSON_SESSION.c.created_at < tx.now - LONGEST_SESSION,
            )
            .values(ended_at=tx.now, ended_why="time")
        ).rowcount
    return Outcome("sweep", None, {"answers": answers, "failures": failures, "sessions": sessions})
