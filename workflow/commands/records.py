"""Entries about what changed nothing: an act that was refused, a file that was taken away."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from models.tables import AUDIT_ENTRY
from workflow.access import cycle_for
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.deadlines import end_of_day, local_day
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts, MembershipFacts

REFUSAL, READING = "refusal", "reading"
REFUSE, DOWNLOAD = "refuse", "download"
# So many entries of one person a day; the last one says that it is the last.
A_DAY = {REFUSE: 200, DOWNLOAD: 2000}


def kept_today(conn: Connection, actor: ActorFacts, command: str, now: datetime) -> int:
    """How many entries of this kind this person has left since midnight."""
    entry = AUDIT_ENTRY.c
    return conn.execute(
        select(func.count()).where(
            entry.actor_id == actor.person_id,
            entry.at >= end_of_day(local_day(now) - timedelta(days=1)),
            entry.command == command,
        )
    ).scalar_one()


def _is_last(tx: Transaction, command: str) -> bool:
    return kept_today(tx.conn, tx.actor, command, tx.now) == A_DAY[command] - 1


def _post(tx: Transaction) -> MembershipFacts | None:
    """One of the posts of whoever it was: the entry has room for one."""
    return next(iter(tx.actor.memberships), None)


@dataclass(frozen=True)
class RecordRefusal:
    """Somebody asked for what is not his to do: what, of which object, and what he was told."""

    asked: str
    about: str
    object_id: int | None
    reasons: tuple[str, ...]
    said: str


@handles(RecordRefusal, when_read_only=True)
def record_refusal(tx: Transaction, c: RecordRefusal) -> Outcome:
    tx.note(
        Entry(
            command=REFUSE,
            event="act_refused",
            object_kind=REFUSAL,
            object_id=c.object_id,
            object_label=_label(tx, c),
            membership=_post(tx),
            reason=c.said,
            details={
                "asked": c.asked,
                "about": c.about,
                "reasons": list(c.reasons),
                "last_today": _is_last(tx, REFUSE),
            },
        )
    )
    return Outcome(REFUSAL, c.object_id)


def _label(tx: Transaction, c: RecordRefusal) -> str:
    """The object as this person may know it: his own log must not tell him more."""
    if c.object_id is None:
        return c.about
    if c.about == "cycle":
        try:
            return cycle_for(tx.conn, tx.actor, c.object_id, tx.today).label
        except NotFound:
            pass
    return f"{c.about} {c.object_id}"


@dataclass(frozen=True)
class RecordDownload:
    """Somebody took a file or a paper away; `digest` is its SHA-256 where it is kept."""

    name: str
    about: str
    object_id: int | None
    digest: str = ""


@handles(RecordDownload, when_read_only=True)
def record_download(tx: Transaction, c: RecordDownload) -> Outcome:
    tx.note(
        Entry(
            command=DOWNLOAD,
            event="file_taken",
            object_kind=READING,
            object_id=c.object_id,
            object_label=c.name,
            membership=_post(tx),
            details={"about": c.about, "last_today": _is_last(tx, DOWNLOAD)},
            digests=(c.digest,) if c.digest else (),
        )
    )
    return Outcome(READING, c.object_id)
