"""What can be done to a cycle: every row of the law that has no report in it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from models.states import Capacity, Role
from models.tables import CONTRIBUTION, CYCLE, DOCUMENT, PROGRESS_UPDATE, SUPPORT_REQUEST
from workflow import spans
from workflow.access import CycleFound, cycle_for
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.errors import Stale, WorkflowError
from workflow.law.facts import Details, DocumentFacts
from workflow.law.machine import Permit, decide
from workflow.law.transitions import EVENTS, Command


@dataclass(frozen=True)
class Passing:
    """A command under way: the cycle as found and the law's permit."""

    found: CycleFound
    permit: Permit
    entry: Entry


def found_for(tx: Transaction, cycle_id: int, seen_version: int | None) -> CycleFound:
    """The cycle, as this person may see it and as he saw it; NotFound or Stale."""
    found = cycle_for(tx.conn, tx.actor, cycle_id, tx.today)
    if seen_version is not None and seen_version != found.facts.version:
        raise Stale("cycle", cycle_id, seen_version, found.facts.version)
    return found


def passing(
    tx: Transaction,
    command: Command,
    cycle_id: int,
    seen_version: int | None,
    details: Details,
) -> Passing:
    """Ask the law and open the audit entry; every command on a cycle begins here."""
    try:
        found = found_for(tx, cycle_id, seen_version)
        permit = decide(command, tx.actor, found.facts, tx.today, details)
    except WorkflowError as no:
        no.asked = command.value
        raise
    doc = details.document
    entry = tx.note(
        Entry(
            command=command.value,
            event=EVENTS[command],
            object_kind="cycle",
            object_id=cycle_id,
            object_label=found.label,
            membership=permit.membership,
            capacity=_capacity(permit, details),
            on_behalf_of=details.authorization or (doc.authorization if doc else None),
            from_state=found.facts.state.value,
            to_state=permit.target.value,
            version_before=found.facts.version,
            version_after=found.facts.version + 1,
            reason=details.reason,
            document=asdict(doc) if doc else None,
        )
    )
    return Passing(found, permit, entry)


def _capacity(permit: Permit, details: Details) -> str | None:
    """In what capacity he acts: as he says, else as he signed; an officer signs nothing."""
    if details.capacity is not None:
        return details.capacity.value
    if details.document is not None:
        return details.document.capacity.value
    return None if permit.membership.role is Role.OFFICER else Capacity.HEAD.value


def move(tx: Transaction, p: Passing, **values: Any) -> Mapping[str, Any]:
    """Set the cycle to the permitted state with these columns; Stale when somebody was faster."""
    if p.permit.target != p.found.facts.state:
        values["state"] = p.permit.target.value
    changed = tx.update(CYCLE, p.found.row, changed_at=tx.now, **values)
    spans.follow(tx, p.found.row, {**p.found.row, **changed})
    return changed


def keep_document(tx: Transaction, doc: DocumentFacts | None) -> int | None:
    """Remember the document an act rests on; its id."""
    if doc is None:
        return None
    return tx.insert(
        DOCUMENT,
        notation=doc.notation,
        number=doc.number,
        symbol=doc.symbol,
        issued_on=doc.issued_on,
        signer_name=doc.signer_name,
        signer_post=doc.signer_post or None,
        capacity=doc.capacity.value,
        authorization=doc.authorization,
        authorization_until=doc.authorization_until,
        created_at=tx.now,
    )


def answer(p: Passing, **data: Any) -> Outcome:
    """The outcome every command on a cycle gives."""
    return Outcome("cycle", p.found.facts.id, {"state": p.permit.target.value, **data})


@dataclass(frozen=True)
class AcceptTask:
    """Row 2: the lead takes the task on and names its focal person."""

    cycle_id: int
    focal_person: str
    seen_version: int | None = None


@handles(AcceptTask)
def accept_task(tx: Transaction, c: AcceptTask) -> Outcome:
    details = Details(focal_person=c.focal_person)
    p = passing(tx, Command.ACCEPT, c.cycle_id, c.seen_version, details)
    move(tx, p, focal_person=c.focal_person.strip())
    return answer(p)


@dataclass(frozen=True)
class DeclineTask:
    """Row 2b: the head asks to adjust. Not an escape: the task stays until the assigner answers."""

    cycle_id: int
    reason: str
    document: DocumentFacts
    seen_version: int | None = None


@handles(DeclineTask)
def decline_task(tx: Transaction, c: DeclineTask) -> Outcome:
    details = Details(reason=c.reason, document=c.document)
    p = passing(tx, Command.DECLINE, c.cycle_id, c.seen_version, details)
    keep_document(tx, c.document)
    move(tx, p, objection=c.reason.strip())
    return answer(p)


@dataclass(frozen=True)
class AnswerDecline:
    """Row 2b: the assigner answers the request; the task stays with the agency."""

    cycle_id: int
    reason: str
    seen_version: int | None = None
    capacity: Capacity | None = None
    authorization: str | None = None


@handles(AnswerDecline)
def answer_decline(tx: Transaction, c: AnswerDecline) -> Outcome:
    details = Details(reason=c.reason, capacity=c.capacity, authorization=c.authorization)
    p = passing(tx, Command.ANSWER_DECLINE, c.cycle_id, c.seen_version, details)
    move(tx, p, objection=None)
    return answer(p)


@dataclass(frozen=True)
class UpdateProgress:
    """Row 3: where it stands, in percent and words."""

    cycle_id: int
    percent: int
    text: str
    seen_version: int | None = None


@handles(UpdateProgress)
def update_progress(tx: Transaction, c: UpdateProgress) -> Outcome:
    details = Details(percent=c.percent, text=c.text)
    p = passing(tx, Command.UPDATE_PROGRESS, c.cycle_id, c.seen_version, details)
    tx.insert(
        PROGRESS_UPDATE,
        cycle_id=c.cycle_id,
        percent=c.percent,
        text=c.text.strip(),
        by_id=tx.actor.person_id,
        at=tx.now,
    )
    move(tx, p, percent=c.percent, progress_at=tx.now)
    return answer(p)


@dataclass(frozen=True)
class Contribute:
    """Row 3: a supporting or co-leading agency gives its part to the lead."""

    cycle_id: int
    text: str


@handles(Contribute)
def contribute(tx: Transaction, c: Contribute) -> Outcome:
    p = passing(tx, Command.CONTRIBUTE, c.cycle_id, None, Details(text=c.text))
    p.entry.version_after = p.entry.version_before
    tx.insert(
        CONTRIBUTION,
        cycle_id=c.cycle_id,
        agency_id=p.permit.membership.agency_id,
        text=c.text.strip(),
        by_id=tx.actor.person_id,
        at=tx.now,
    )
    asked = select(SUPPORT_REQUEST).where(
        SUPPORT_REQUEST.c.cycle_id == c.cycle_id,
        SUPPORT_REQUEST.c.agency_id == p.permit.membership.agency_id,
        SUPPORT_REQUEST.c.answered_at.is_(None),
    )
    for request in tx.rows(asked):
        tx.update(SUPPORT_REQUEST, request, answered_at=tx.now)
    return answer(p)


# Whoever judges a cycle sets its deadline, and the page names him for ever.
_SETS: dict[Role, str] = {
    Role.HEAD: "cơ quan thường trực",
    Role.OFFICE: "Văn phòng UBND tỉnh",
    Role.CHAIRMAN: "Chủ tịch UBND tỉnh",
}


@dataclass(frozen=True)
class SetDeadline:
    """A cycle "không hạn" is given a deadline by its judge, with a reason."""

    cycle_id: int
    due_on: date
    reason: str
    seen_version: int | None = None
    capacity: Capacity | None = None
    authorization: str | None = None


@handles(SetDeadline)
def set_deadline(tx: Transaction, c: SetDeadline) -> Outcome:
    details = Details(
        reason=c.reason, day=c.due_on, capacity=c.capacity, authorization=c.authorization
    )
    p = passing(tx, Command.SET_DEADLINE, c.cycle_id, c.seen_version, details)
    basis = f"{_SETS[p.permit.membership.role]} ấn định: {c.reason.strip()}"
    move(
        tx, p, due_on=c.due_on, original_due_on=c.due_on, effective_due_on=c.due_on, due_basis=basis
    )
    return answer(p)


@dataclass(frozen=True)
class CompleteCycle:
    """Row 8: UBND closes a verified cycle on a document (the consolidated report)."""

    cycle_id: int
    document: DocumentFacts
    seen_version: int | None = None


@handles(CompleteCycle)
def complete_cycle(tx: Transaction, c: CompleteCycle) -> Outcome:
    p = passing(tx, Command.COMPLETE, c.cycle_id, c.seen_version, Details(document=c.document))
    keep_document(tx, c.document)
    move(tx, p, completed_at=tx.now)
    return answer(p)


@dataclass(frozen=True)
class ReopenCycle:
    """Row 9: back to work on a reason and a document; copies of the old report stay as they are."""

    cycle_id: int
    reason: str
    document: DocumentFacts
    seen_version: int | None = None


@handles(ReopenCycle)
def reopen_cycle(tx: Transaction, c: ReopenCycle) -> Outcome:
    details = Details(reason=c.reason, document=c.document)
    p = passing(tx, Command.REOPEN, c.cycle_id, c.seen_version, details)
    keep_document(tx, c.document)
    move(
        tx,
        p,
        completed_at=None,
        verified_at=None,
        quality=None,
        report_id=None,
        reported_at=None,
        late_days=None,
        submitted_by_id=None,
        appraised_by_id=None,
        resend_by=None,
        first_sent_on_time=None,
        effective_due_on=p.found.row["due_on"],
        reopen_count=p.found.row["reopen_count"] + 1,
    )
    return answer(p)
