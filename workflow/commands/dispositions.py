"""What a document does to a cycle beside its state: put on hold, resumed, ended, led by another."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, or_, select

from models.states import Disposition, PartyRole
from models.tables import AGENCY, CYCLE, CYCLE_PARTY, CYCLE_SPAN
from workflow import spans
from workflow.commands.cycles import answer, keep_document, move, passing
from workflow.commands.extensions import lapse
from workflow.door import Outcome, Transaction, handles
from workflow.law.deadlines import effective_due, missed_before_hold
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import Details, DocumentFacts
from workflow.law.transitions import Command


@dataclass(frozen=True)
class HoldCycle:
    """Row 10: on hold by a document; nothing is asked of it and nobody is reminded meanwhile."""

    cycle_id: int
    reason: str
    document: DocumentFacts
    seen_version: int | None = None


@handles(HoldCycle)
def hold_cycle(tx: Transaction, c: HoldCycle) -> Outcome:
    details = Details(reason=c.reason, document=c.document)
    p = passing(tx, Command.HOLD, c.cycle_id, c.seen_version, details)
    keep_document(tx, c.document)
    move(tx, p, disposition=Disposition.ON_HOLD.value)
    return answer(p)


@dataclass(frozen=True)
class ResumeCycle:
    """Row 10: it goes on. The deadline stays as it was, unless the document names a later one."""

    cycle_id: int
    reason: str
    document: DocumentFacts
    due_on: date | None = None
    seen_version: int | None = None


@handles(ResumeCycle)
def resume_cycle(tx: Transaction, c: ResumeCycle) -> Outcome:
    details = Details(reason=c.reason, day=c.due_on, document=c.document)
    p = passing(tx, Command.RESUME, c.cycle_id, c.seen_version, details)
    row = p.found.row
    keep_document(tx, c.document)
    if c.due_on is None:
        move(tx, p, disposition=Disposition.ACTIVE.value)
        return answer(p)
    missed = row["missed_due_on"] or missed_before_hold(row["effective_due_on"], _held_on(tx, row))
    move(
        tx,
        p,
        disposition=Disposition.ACTIVE.value,
        due_on=c.due_on,
        original_due_on=row["original_due_on"] or c.due_on,
        effective_due_on=effective_due(c.due_on, row["first_sent_on_time"], row["resend_by"]),
        # As with a late extension: a deadline missed before the hold is not washed off by it.
        missed_due_on=missed,
        due_basis=f"tiếp tục sau tạm dừng: {c.document.notation}"
        + (f"; tính quá hạn từ {missed:%d/%m/%Y}" if missed else ""),
    )
    return answer(p, due_on=c.due_on.isoformat())


def _held_on(tx: Transaction, row: RowMapping) -> date | None:
    """The day on which the hold stopped the deadline; None where none was running."""
    stopped = select(CYCLE_SPAN.c.until_on).where(CYCLE_SPAN.c.cycle_id == row["id"])
    last = tx.one(stopped.order_by(CYCLE_SPAN.c.id.desc()).limit(1))
    return last["until_on"] if last else None


@dataclass(frozen=True)
class EndCycle:
    """Row 11: abolished or replaced by a document of UBND; counted apart from then on."""

    cycle_id: int
    reason: str
    document: DocumentFacts
    seen_version: int | None = None


@handles(EndCycle)
def end_cycle(tx: Transaction, c: EndCycle) -> Outcome:
    details = Details(reason=c.reason, document=c.document)
    p = passing(tx, Command.END, c.cycle_id, c.seen_version, details)
    keep_document(tx, c.document)
    lapsed = lapse(tx, p.found.row, "nhiệm vụ kết thúc theo văn bản")
    move(tx, p, disposition=Disposition.CLOSED_BY_DOCUMENT.value, **lapsed)
    return answer(p)


@dataclass(frozen=True)
class TransferLead:
    """Row 13: another agency leads, with the state, deadline and counts as they are.

    What was reported and told before keeps the name of who led then; the old lead stays as a
    supporting agency or leaves.
    """

    cycle_id: int
    agency_code: str
    reason: str
    document: DocumentFacts
    stays_supporting: bool = False
    seen_version: int | None = None


@handles(TransferLead)
def transfer_lead(tx: Transaction, c: TransferLead) -> Outcome:
    new = _agency(tx, c.agency_code) if c.agency_code else None
    details = Details(
        reason=c.reason, document=c.document, agency_id=new["id"] if new is not None else None
    )
    p = passing(tx, Command.TRANSFER, c.cycle_id, c.seen_version, details)
    if new is None:
        raise NotFound("agency")
    row = p.found.row
    _leads_no_other(tx, row, new["id"])
    p.entry.details = {"agency_id": row["agency_id"], "old": row["agency_short"],
                       "new": new["short"]}  # fmt: skip
    keep_document(tx, c.document)
    parties = tx.rows(
        select(CYCLE_PARTY).where(
            CYCLE_PARTY.c.cycle_id == c.cycle_id, CYCLE_PARTY.c.agency_id == new["id"]
        )
    )
    for party in parties:
        tx.delete(CYCLE_PARTY, party)
    if c.stays_supporting:
        tx.insert(
            CYCLE_PARTY,
            cycle_id=c.cycle_id,
            agency_id=row["agency_id"],
            role=PartyRole.SUPPORTING.value,
        )
    # The person to ask was of the agency that led; its request to adjust is answered by this.
    changed = move(tx, p, agency_id=new["id"], focal_person=None, objection=None)
    spans.hand_over(tx, {**row, **changed})
    return answer(p, agency_id=new["id"])


def _agency(tx: Transaction, code: str) -> RowMapping:
    """An agency that exists today."""
    found = tx.one(
        select(AGENCY).where(
            AGENCY.c.code == code,
            or_(AGENCY.c.valid_from.is_(None), AGENCY.c.valid_from <= tx.today),
            or_(AGENCY.c.valid_to.is_(None), AGENCY.c.valid_to >= tx.today),
        )
    )
    if found is None:
        raise NotFound("agency", code)
    return found


def _leads_no_other(tx: Transaction, row: RowMapping, agency_id: int) -> None:
    """A task has one cycle a lead, kind and year."""
    twin = tx.one(
        select(CYCLE.c.id).where(
            CYCLE.c.task_id == row["task_id"],
            CYCLE.c.agency_id == agency_id,
            CYCLE.c.kind == row["kind"],
            CYCLE.c.year == row["year"],
        )
    )
    if twin is not None:
        raise Refused(Refusal(Reason.LEADS_ALREADY))
