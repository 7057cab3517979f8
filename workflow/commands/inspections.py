"""Case folders of inspections: one decision, its questions, private notes and findings."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, select

from models.states import Role
from models.tables import (
    AUDIT_ENTRY,
    FINDING_ENTRY,
    INSPECTION,
    INSPECTION_FINDING,
    INSPECTION_NOTE,
    INSPECTION_QUESTION,
)
from workflow.commands.ledger import needed
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import MembershipFacts


def _inspector(tx: Transaction) -> MembershipFacts:
    membership = tx.actor.holds(Role.INSPECTOR)
    if membership is None:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.INSPECTOR.value}))
    return membership


def _note(tx: Transaction, command: str, event: str, case: RowMapping) -> Entry:
    return tx.note(
        Entry(
            command=command,
            event=event,
            object_kind="inspection",
            object_id=case["id"],
            object_label=case["decision"],
            membership=_inspector(tx),
        )
    )


def _case(tx: Transaction, inspection_id: int) -> RowMapping:
    """The folder, still open; NotFound when there is none."""
    _inspector(tx)
    case = tx.get(INSPECTION, inspection_id)
    if case["closed_at"] is not None:
        raise NotFound("inspection")
    return case


@dataclass(frozen=True)
class OpenInspection:
    """A folder for one inspection decision, with its scope and period."""

    decision: str
    decided_on: date
    scope: str
    period_from: date
    period_to: date


@handles(OpenInspection)
def open_inspection(tx: Transaction, c: OpenInspection) -> Outcome:
    membership = _inspector(tx)
    if c.period_to < c.period_from:
        raise Refused(Refusal(Reason.ENDS_BEFORE_IT_BEGINS, {"field": "period_to"}))
    if c.decided_on > tx.today:
        raise Refused(Refusal(Reason.DOCUMENT_IN_FUTURE, {"field": "decided_on"}))
    decision = needed(c.decision, "decision")
    inspection_id = tx.insert(
        INSPECTION,
        decision=decision,
        decided_on=c.decided_on,
        scope=needed(c.scope, "scope"),
        period_from=c.period_from,
        period_to=c.period_to,
        opened_by_id=tx.actor.person_id,
        opened_at=tx.now,
    )
    tx.note(
        Entry(
            command="open_inspection",
            event="inspection_opened",
            object_kind="inspection",
            object_id=inspection_id,
            object_label=decision,
            membership=membership,
            version_after=1,
        )
    )
    return Outcome("inspection", inspection_id)


@dataclass(frozen=True)
class KeepQuestion:
    """A search of the log that will be asked again."""

    inspection_id: int
    name: str
    query: str


@handles(KeepQuestion)
def keep_question(tx: Transaction, c: KeepQuestion) -> Outcome:
    case = _case(tx, c.inspection_id)
    _note(tx, "keep_question", "question_kept", case)
    tx.insert(
        INSPECTION_QUESTION,
        inspection_id=case["id"],
        name=needed(c.name, "name"),
        query=c.query[:2000],
        by_id=tx.actor.person_id,
        at=tx.now,
    )
    return Outcome("inspection", case["id"])


@dataclass(frozen=True)
class WriteNote:
    """A note for oneself: that there is one is on record, its words are not."""

    inspection_id: int
    text: str


@handles(WriteNote)
def write_note(tx: Transaction, c: WriteNote) -> Outcome:
    case = _case(tx, c.inspection_id)
    _note(tx, "write_note", "note_written", case)
    tx.insert(
        INSPECTION_NOTE,
        inspection_id=case["id"],
        text=needed(c.text, "text"),
        by_id=tx.actor.person_id,
        at=tx.now,
    )
    return Outcome("inspection", case["id"])


@dataclass(frozen=True)
class RecordFinding:
    """What was found, what is proposed, and the entries it rests on."""

    inspection_id: int
    text: str
    proposal: str
    entry_uids: tuple[str, ...] = ()


@handles(RecordFinding)
def record_finding(tx: Transaction, c: RecordFinding) -> Outcome:
    case = _case(tx, c.inspection_id)
    _note(tx, "record_finding", "finding_recorded", case)
    finding_id = tx.insert(
        INSPECTION_FINDING,
        inspection_id=case["id"],
        text=needed(c.text, "text"),
        proposal=c.proposal.strip(),
        by_id=tx.actor.person_id,
        at=tx.now,
    )
    for uid in dict.fromkeys(c.entry_uids):
        if tx.one(select(AUDIT_ENTRY.c.id).where(AUDIT_ENTRY.c.uid == uid)) is None:
            raise NotFound("audit_entry")
        tx.insert(FINDING_ENTRY, finding_id=finding_id, entry_uid=uid)
    return Outcome("inspection", case["id"])


@dataclass(frozen=True)
class CloseInspection:
    """Nothing is added any more; everything stays readable."""

    inspection_id: int


@handles(CloseInspection)
def close_inspection(tx: Transaction, c: CloseInspection) -> Outcome:
    case = _case(tx, c.inspection_id)
    entry = _note(tx, "close_inspection", "inspection_closed", case)
    entry.version_before, entry.version_after = case["version"], case["version"] + 1
    tx.update(INSPECTION, case, closed_at=tx.now)
    return Outcome("inspection", case["id"])
