"""New deadlines: asked for before the old one, decided by UBND, or granted late with the mark."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, func, select

from models.states import ExtensionStatus, ReasonClass
from models.tables import EXTENSION
from workflow.commands.cycles import answer, keep_document, move, passing
from workflow.door import Outcome, Transaction, handles
from workflow.law.deadlines import effective_due
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import Details, DocumentFacts
from workflow.law.transitions import Command


@dataclass(frozen=True)
class AskExtension:
    """Row 12: the head asks for a later day, with the class of the reason and a document."""

    cycle_id: int
    due_on: date
    reason_class: ReasonClass
    reason: str
    document: DocumentFacts
    seen_version: int | None = None


@handles(AskExtension)
def ask_extension(tx: Transaction, c: AskExtension) -> Outcome:
    details = Details(
        reason=c.reason, reason_class=c.reason_class, day=c.due_on, document=c.document
    )
    p = passing(tx, Command.ASK_EXTENSION, c.cycle_id, c.seen_version, details)
    number = _last_number(tx, c.cycle_id) + 1
    p.entry.details = {
        "asked_due_on": c.due_on,
        "reason_class": c.reason_class,
        "number": number,
    }
    extension_id = tx.insert(
        EXTENSION,
        cycle_id=c.cycle_id,
        number=number,
        status=ExtensionStatus.ASKED.value,
        is_late=False,
        reason_class=c.reason_class.value,
        reason=c.reason.strip(),
        old_due_on=p.found.row["due_on"],
        asked_due_on=c.due_on,
        document_id=keep_document(tx, c.document),
        asked_by_id=tx.actor.person_id,
        asked_at=tx.now,
    )
    move(tx, p, extension_asked=c.due_on)
    return answer(p, extension_id=extension_id, number=number)


@dataclass(frozen=True)
class DecideExtension:
    """Row 12: UBND grants the day asked for (or another that it names), or refuses."""

    cycle_id: int
    is_granted: bool
    reason: str
    document: DocumentFacts
    granted_due_on: date | None = None
    seen_version: int | None = None


@handles(DecideExtension)
def decide_extension(tx: Transaction, c: DecideExtension) -> Outcome:
    details = Details(reason=c.reason, document=c.document)
    p = passing(tx, Command.DECIDE_EXTENSION, c.cycle_id, c.seen_version, details)
    row = p.found.row
    asked = _open_request(tx, c.cycle_id)
    granted: date | None = None
    if c.is_granted:
        granted = c.granted_due_on or asked["asked_due_on"]
    p.entry.event = "extension_granted" if granted else "extension_refused"
    p.entry.details = {
        "number": asked["number"],
        "asked_due_on": asked["asked_due_on"],
        "decision": f"đồng ý, hạn mới {granted:%d/%m/%Y}" if granted else "không đồng ý",
    }
    if granted:
        _later_or_refused(p.found.facts.due_on, granted)
        if granted < tx.today:
            raise Refused(Refusal(Reason.DAY_PASSED, {"field": "granted_due_on"}))
    status = ExtensionStatus.GRANTED if granted else ExtensionStatus.REFUSED
    tx.update(
        EXTENSION,
        asked,
        status=status.value,
        granted_due_on=granted,
        decided_by_id=tx.actor.person_id,
        decided_at=tx.now,
        decision_note=c.reason.strip(),
        decision_document_id=keep_document(tx, c.document),
    )
    if granted is None:
        move(tx, p, extension_asked=None)
        return answer(p, granted=False)
    move(
        tx,
        p,
        extension_asked=None,
        extension_count=row["extension_count"] + 1,
        due_on=granted,
        effective_due_on=effective_due(granted, row["first_sent_on_time"], row["resend_by"]),
        due_basis=f"gia hạn lần {asked['number']}: {c.document.notation}",
    )
    return answer(p, granted=True, due_on=granted.isoformat())


@dataclass(frozen=True)
class ExtendLate:
    """UBND sets a new day after the deadline; lateness counts from the old."""

    cycle_id: int
    due_on: date
    reason_class: ReasonClass
    reason: str
    document: DocumentFacts
    seen_version: int | None = None


@handles(ExtendLate)
def extend_late(tx: Transaction, c: ExtendLate) -> Outcome:
    details = Details(
        reason=c.reason, reason_class=c.reason_class, day=c.due_on, document=c.document
    )
    p = passing(tx, Command.EXTEND_LATE, c.cycle_id, c.seen_version, details)
    row = p.found.row
    number = _last_number(tx, c.cycle_id) + 1
    p.entry.details = {"number": number, "reason_class": c.reason_class}
    document_id = keep_document(tx, c.document)
    for asked in _open_requests(tx, c.cycle_id):
        # A late extension answers what was still asked.
        tx.update(
            EXTENSION,
            asked,
            status=ExtensionStatus.REFUSED.value,
            decided_by_id=tx.actor.person_id,
            decided_at=tx.now,
            decision_note="thay bằng gia hạn muộn",
            decision_document_id=document_id,
        )
    tx.insert(
        EXTENSION,
        cycle_id=c.cycle_id,
        number=number,
        status=ExtensionStatus.GRANTED.value,
        is_late=True,
        reason_class=c.reason_class.value,
        reason=c.reason.strip(),
        old_due_on=row["due_on"],
        asked_due_on=c.due_on,
        granted_due_on=c.due_on,
        document_id=document_id,
        asked_by_id=tx.actor.person_id,
        asked_at=tx.now,
        decided_by_id=tx.actor.person_id,
        decided_at=tx.now,
        decision_note=c.reason.strip(),
        decision_document_id=document_id,
    )
    move(
        tx,
        p,
        extension_asked=None,
        extension_count=row["extension_count"] + 1,
        # The first deadline that was missed is the one that counts, however often it is extended.
        missed_due_on=row["missed_due_on"] or row["effective_due_on"],
        due_on=c.due_on,
        effective_due_on=c.due_on,
        due_basis=f"gia hạn muộn: {c.document.notation}",
    )
    return answer(p, due_on=c.due_on.isoformat(), number=number)


def _last_number(tx: Transaction, cycle_id: int) -> int:
    row = tx.one(
        select(func.coalesce(func.max(EXTENSION.c.number), 0).label("n")).where(
            EXTENSION.c.cycle_id == cycle_id
        )
    )
    return row["n"] if row else 0


def _open_requests(tx: Transaction, cycle_id: int) -> list[RowMapping]:
    return tx.rows(
        select(EXTENSION).where(
            EXTENSION.c.cycle_id == cycle_id,
            EXTENSION.c.status == ExtensionStatus.ASKED.value,
        )
    )


def lapse(tx: Transaction, row: RowMapping, why: str) -> dict[str, None]:
    """Nobody decides what a cycle asked for before it was verified or ended: it lapses.

    What changes in the cycle by it: an open request would bar the next one after a reopening.
    """
    if row["extension_asked"] is None:
        return {}
    for asked in _open_requests(tx, row["id"]):
        tx.update(
            EXTENSION,
            asked,
            status=ExtensionStatus.LAPSED.value,
            decided_at=tx.now,
            decision_note=why,
        )
    return {"extension_asked": None}


def _open_request(tx: Transaction, cycle_id: int) -> RowMapping:
    found = _open_requests(tx, cycle_id)
    if not found:
        raise NotFound("extension")
    return found[0]


def _later_or_refused(due_on: date | None, granted: date) -> None:
    if due_on is not None and granted <= due_on:
        raise Refused(Refusal(Reason.NOT_LATER))
