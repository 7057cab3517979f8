"""The province's reports: figures frozen, words written, submitted, issued, corrected anew."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from models.states import LABELS, ReviewKind, ReviewState, Role
from models.tables import PLAN, REVIEW
from workflow.commands.cycles import keep_document
from workflow.commands.years import plan_by_code
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.documents import faults
from workflow.law.errors import Reason, Refusal, Refused, Stale
from workflow.law.facts import ActorFacts, DocumentFacts, MembershipFacts
from workflow.text import clean

LONGEST_TEXT = 20_000


def may_write(actor: ActorFacts, standing_agency_id: int) -> MembershipFacts | None:
    """The standing agency drafts; its officers write, its head submits."""
    return actor.holds(Role.HEAD, standing_agency_id) or actor.holds(
        Role.OFFICER, standing_agency_id
    )


def sees_reviews(actor: ActorFacts, standing_agency_id: int) -> bool:
    """Drafts are between the standing agency, VP UBND, the chairman and inspectors."""
    return bool(
        may_write(actor, standing_agency_id)
        or actor.roles & {Role.OFFICE, Role.CHAIRMAN, Role.INSPECTOR, Role.SYSTEM}
    )


def review_label(kind: ReviewKind, year: int, number: int) -> str:
    """Báo cáo năm 2025, bản đính chính lần 1."""
    text = f"{LABELS[kind]} {year}"
    return text if number == 1 else f"{text}, bản đính chính lần {number - 1}"


def _refuse(who: str) -> Refused:
    return Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": who}))


def _entry(tx: Transaction, command: str, event: str, row: RowMapping, m: MembershipFacts) -> Entry:
    label = review_label(ReviewKind(row["kind"]), row["year"], row["number"])
    return tx.note(
        Entry(
            command, event, "review", row["id"], label, m, from_state=row["state"],
            version_before=row["version"], version_after=row["version"] + 1,
        )
    )  # fmt: skip


def _standing(tx: Transaction, plan_id: int) -> int:
    found = tx.one(select(PLAN.c.standing_agency_id).where(PLAN.c.id == plan_id))
    return int(found["standing_agency_id"]) if found else 0


def _seen(row: RowMapping, seen: int | None) -> None:
    if seen is not None and seen != row["version"]:
        raise Stale("review", row["id"], seen, row["version"])


def in_state(row: RowMapping, *states: ReviewState) -> None:
    """Refused where the review stands at another step."""
    if row["state"] not in states:
        step = LABELS[ReviewState(row["state"])].lower()
        raise Refused(Refusal(Reason.WRONG_STEP, {"step": step}))


@dataclass(frozen=True)
class FreezeReview:
    """Chốt số liệu: the figures as counted at the cut-off. After an issued one: đính chính."""

    plan_code: str
    kind: ReviewKind
    year: int
    cutoff: datetime
    position: int
    figures: str
    reason: str = ""


@handles(FreezeReview)
def freeze_review(tx: Transaction, c: FreezeReview) -> Outcome:
    plan = plan_by_code(tx.conn, c.plan_code)
    membership = may_write(tx.actor, plan["standing_agency_id"])
    if membership is None:
        raise _refuse("standing_head standing_officer")
    if c.cutoff > tx.now:
        raise Refused(Refusal(Reason.DOCUMENT_IN_FUTURE))
    before = tx.rows(
        select(REVIEW)
        .where(REVIEW.c.plan_id == plan["id"], REVIEW.c.kind == c.kind, REVIEW.c.year == c.year)
        .order_by(REVIEW.c.number)
    )
    last = before[-1] if before else None
    if last is not None and last["state"] != ReviewState.ISSUED:
        raise Refused(Refusal(Reason.REVIEW_STANDS))
    if last is not None and not c.reason.strip():
        raise Refused(Refusal(Reason.MISSING, {"field": "reason"}))
    number = last["number"] + 1 if last else 1
    entry = tx.note(
        Entry(
            "freeze_review", "review_frozen", "review", None,
            review_label(c.kind, c.year, number), membership,
            to_state=ReviewState.DRAFT.value, reason=c.reason.strip() or None,
            details={"cutoff": c.cutoff, "position": c.position},
        )
    )  # fmt: skip
    sha = hashlib.sha256(c.figures.encode()).hexdigest()
    entry.digests = (sha,)
    review_id = tx.insert(
        REVIEW,
        plan_id=plan["id"],
        kind=c.kind.value,
        year=c.year,
        number=number,
        state=ReviewState.DRAFT.value,
        cutoff_at=c.cutoff,
        position=c.position,
        figures=c.figures,
        figures_sha256=sha,
        texts=last["texts"] if last else "{}",
        reason=clean(c.reason) or None,
        frozen_by_id=tx.actor.person_id,
        frozen_at=tx.now,
    )
    entry.object_id = review_id
    return Outcome("review", review_id, {"review_id": review_id, "figures_sha256": sha})


@dataclass(frozen=True)
class WriteReview:
    """People's words beside the generated ones, by place."""

    review_id: int
    texts: tuple[tuple[str, str], ...]
    seen_version: int | None = None


@handles(WriteReview)
def write_review(tx: Transaction, c: WriteReview) -> Outcome:
    row = tx.get(REVIEW, c.review_id)
    membership = may_write(tx.actor, _standing(tx, row["plan_id"]))
    if membership is None:
        raise _refuse("standing_head standing_officer")
    _seen(row, c.seen_version)
    in_state(row, ReviewState.DRAFT)
    too_long = [name for name, text in c.texts if len(text) > LONGEST_TEXT]
    if too_long:
        detail = {"field": "texts", "limit": str(LONGEST_TEXT)}
        raise Refused(Refusal(Reason.TOO_LONG, detail))
    _entry(tx, "write_review", "review_written", row, membership)
    texts = {name: clean(text) for name, text in c.texts if text.strip()}
    kept = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    tx.update(REVIEW, row, texts=kept)
    return Outcome("review", row["id"])


@dataclass(frozen=True)
class SubmitReview:
    """The head of the standing agency lays the draft before UBND."""

    review_id: int
    seen_version: int | None = None


@handles(SubmitReview)
def submit_review(tx: Transaction, c: SubmitReview) -> Outcome:
    row = tx.get(REVIEW, c.review_id)
    membership = tx.actor.holds(Role.HEAD, _standing(tx, row["plan_id"]))
    if membership is None:
        raise _refuse("standing_head")
    _seen(row, c.seen_version)
    in_state(row, ReviewState.DRAFT)
    _entry(tx, "submit_review", "review_submitted", row, membership)
    tx.update(
        REVIEW,
        row,
        state=ReviewState.SUBMITTED.value,
        submitted_by_id=tx.actor.person_id,
        submitted_at=tx.now,
    )
    return Outcome("review", row["id"])


@dataclass(frozen=True)
class IssueReview:
    """VP UBND records number and day from văn thư; the files as issued are kept by digest."""

    review_id: int
    document: DocumentFacts
    docx_sha256: str
    pdf_sha256: str
    seen_version: int | None = None


@handles(IssueReview)
def issue_review(tx: Transaction, c: IssueReview) -> Outcome:
    row = tx.get(REVIEW, c.review_id)
    membership = tx.actor.holds(Role.OFFICE)
    if membership is None:
        raise _refuse("office")
    _seen(row, c.seen_version)
    in_state(row, ReviewState.SUBMITTED)
    if wrong := faults(c.document, tx.today):
        raise Refused(*wrong)
    entry = _entry(tx, "issue_review", "review_issued", row, membership)
    entry.document = asdict(c.document)
    entry.digests = (row["figures_sha256"], c.docx_sha256, c.pdf_sha256)
    values: dict[str, Any] = {
        "state": ReviewState.ISSUED.value,
        "document_id": keep_document(tx, c.document),
        "issued_at": tx.now,
        "docx_sha256": c.docx_sha256,
        "pdf_sha256": c.pdf_sha256,
    }
    tx.update(REVIEW, row, **values)
    earlier = tx.rows(
        select(REVIEW).where(
            REVIEW.c.plan_id == row["plan_id"],
            REVIEW.c.kind == row["kind"],
            REVIEW.c.year == row["year"],
            REVIEW.c.state == ReviewState.ISSUED.value,
            REVIEW.c.id != row["id"],
        )
    )
    for old in earlier:
        tx.update(REVIEW, old, state=ReviewState.CORRECTED.value)
    return Outcome("review", row["id"])
