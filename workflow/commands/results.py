"""The result report: drafted by officers, sent by heads, appraised, returned or verified."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, func, select

from models.states import Capacity, Quality, ReportStatus, Verdict
from models.tables import ATTACHMENT, DOCUMENT, REPORT, REPORT_ATTACHMENT
from workflow import canonical
from workflow.commands.cycles import answer, keep_document, move, passing
from workflow.commands.extensions import lapse
from workflow.door import Outcome, Transaction, handles
from workflow.law.deadlines import effective_due, freeze
from workflow.law.errors import NotFound, Reason, Refusal, Refused, Stale
from workflow.law.facts import Details, DocumentFacts
from workflow.law.transitions import Command

WORDS = ("result", "product", "figures", "difficulties", "proposals")


def draft_of(tx: Transaction, cycle_id: int) -> RowMapping | None:
    """The one open draft of a cycle."""
    return tx.one(
        select(REPORT).where(REPORT.c.cycle_id == cycle_id, REPORT.c.status == ReportStatus.DRAFT)
    )


def attachments_of(tx: Transaction, report_id: int) -> list[RowMapping]:
    """Files of one version of a report, by the order they came."""
    return tx.rows(
        select(ATTACHMENT)
        .join(REPORT_ATTACHMENT, REPORT_ATTACHMENT.c.attachment_id == ATTACHMENT.c.id)
        .where(REPORT_ATTACHMENT.c.report_id == report_id)
        .order_by(ATTACHMENT.c.id)
    )


def report_digest(words: Mapping[str, Any], notation: str, files: Sequence[str]) -> str:
    """SHA-256 over the words as sent, the document's number and the files' digests (sorted).

    A report from before figures had a field of their own has none, and its digest knows none.
    """
    said = {w: words[w] for w in WORDS if words[w] is not None}
    body = said | {"document": notation, "files": sorted(files)}
    return hashlib.sha256(canonical.encode(body).encode()).hexdigest()


def _new_draft(tx: Transaction, cycle_id: int, **words: Any) -> int:
    number = tx.one(
        select(func.coalesce(func.max(REPORT.c.number), 0).label("n")).where(
            REPORT.c.cycle_id == cycle_id
        )
    )
    blank = dict.fromkeys(WORDS, "")
    return tx.insert(
        REPORT,
        cycle_id=cycle_id,
        number=(number["n"] if number else 0) + 1,
        status=ReportStatus.DRAFT.value,
        drafted_by_id=tx.actor.person_id,
        drafted_at=tx.now,
        **(blank | words),
    )


def _draft_again(tx: Transaction, report: RowMapping, document: RowMapping | None) -> None:
    """A report that came back is a draft again: nothing that was typed is lost."""
    fields = {}
    if document is not None:
        fields = {
            k: document[k]
            for k in ("notation", "signer_name", "signer_post", "capacity", "authorization")
        } | {
            k: document[k] and document[k].isoformat() for k in ("issued_on", "authorization_until")
        }
    draft_id = _new_draft(
        tx,
        report["cycle_id"],
        document_draft=json.dumps(fields, ensure_ascii=False) if fields else None,
        **{w: report[w] or "" for w in WORDS},
    )
    for file in attachments_of(tx, report["id"]):
        tx.insert(REPORT_ATTACHMENT, report_id=draft_id, attachment_id=file["id"])


def _as_seen(draft: RowMapping, seen: int | None) -> None:
    """Nobody's newer words are overwritten unseen."""
    if seen is not None and seen != draft["version"]:
        raise Stale("report", draft["id"], seen, draft["version"])


@dataclass(frozen=True)
class SaveDraft:
    """Row 4, first half: keep what is typed so far. Whoever drafts need not be who sends.

    `document_fields` are the document's fields as typed, complete or not.
    """

    cycle_id: int
    result: str = ""
    product: str = ""
    difficulties: str = ""
    proposals: str = ""
    document_fields: tuple[tuple[str, str], ...] = ()
    seen_draft: int | None = None
    figures: str = ""


@handles(SaveDraft)
def save_draft(tx: Transaction, c: SaveDraft) -> Outcome:
    p = passing(tx, Command.SAVE_DRAFT, c.cycle_id, None, Details())
    p.entry.version_after = p.entry.version_before
    words: dict[str, Any] = {w: getattr(c, w) for w in WORDS}
    words["document_draft"] = json.dumps(dict(c.document_fields), ensure_ascii=False)
    draft = draft_of(tx, c.cycle_id)
    if draft is None:
        report_id = _new_draft(tx, c.cycle_id, **words)
        return answer(p, report_id=report_id, draft_version=1)
    _as_seen(draft, c.seen_draft)
    tx.update(REPORT, draft, drafted_by_id=tx.actor.person_id, drafted_at=tx.now, **words)
    return answer(p, report_id=draft["id"], draft_version=draft["version"] + 1)


@dataclass(frozen=True)
class PresentDraft:
    """An officer hands the draft to the head, who is told; drafting goes on as before."""

    cycle_id: int


@handles(PresentDraft)
def present_draft(tx: Transaction, c: PresentDraft) -> Outcome:
    p = passing(tx, Command.SAVE_DRAFT, c.cycle_id, None, Details())
    p.entry.command, p.entry.event = "present_draft", "draft_presented"
    p.entry.version_after = p.entry.version_before
    if draft_of(tx, c.cycle_id) is None:
        raise NotFound("draft")
    return answer(p)


@dataclass(frozen=True)
class AttachFile:
    """A file for the draft; its bytes already lie in the store under their digest."""

    cycle_id: int
    sha256: str
    name: str
    size: int
    media_type: str
    is_secret: bool = False


@handles(AttachFile)
def attach_file(tx: Transaction, c: AttachFile) -> Outcome:
    p = passing(tx, Command.SAVE_DRAFT, c.cycle_id, None, Details())
    p.entry.command, p.entry.event = "attach_file", "file_attached"
    p.entry.version_after = p.entry.version_before
    p.entry.digests = (c.sha256,)
    if c.is_secret:
        # Luật Bảo vệ bí mật nhà nước: nothing secret on a machine that is on a network.
        raise Refused(Refusal(Reason.SECRET_DOCUMENT))
    draft = draft_of(tx, c.cycle_id)
    report_id = draft["id"] if draft else _new_draft(tx, c.cycle_id)
    attachment_id = tx.insert(
        ATTACHMENT,
        cycle_id=c.cycle_id,
        sha256=c.sha256,
        name=c.name,
        media_type=c.media_type,
        size=c.size,
        by_id=tx.actor.person_id,
        at=tx.now,
    )
    tx.insert(REPORT_ATTACHMENT, report_id=report_id, attachment_id=attachment_id)
    return answer(p, attachment_id=attachment_id)


@dataclass(frozen=True)
class DetachFile:
    """A file is taken off the draft; earlier versions of the report keep it."""

    cycle_id: int
    attachment_id: int


@handles(DetachFile)
def detach_file(tx: Transaction, c: DetachFile) -> Outcome:
    p = passing(tx, Command.SAVE_DRAFT, c.cycle_id, None, Details())
    p.entry.command, p.entry.event = "detach_file", "file_detached"
    p.entry.version_after = p.entry.version_before
    draft = draft_of(tx, c.cycle_id)
    link = draft and tx.one(
        select(REPORT_ATTACHMENT).where(
            REPORT_ATTACHMENT.c.report_id == draft["id"],
            REPORT_ATTACHMENT.c.attachment_id == c.attachment_id,
        )
    )
    if not link:
        raise NotFound("attachment")
    tx.delete(REPORT_ATTACHMENT, link)
    return answer(p)


@dataclass(frozen=True)
class ReportResult:
    """Row 4: the head sends the report. Lateness is frozen here; the words never change again.

    `figures` are lines of what was counted and how much (workflow.text.counted).
    """

    cycle_id: int
    result: str
    product: str
    document: DocumentFacts
    difficulties: str = ""
    proposals: str = ""
    figures: str = ""
    seen_version: int | None = None
    seen_draft: int | None = None
    capacity: Capacity | None = None
    authorization: str | None = None


@handles(ReportResult)
def report_result(tx: Transaction, c: ReportResult) -> Outcome:
    details = Details(
        result=c.result,
        product=c.product,
        document=c.document,
        capacity=c.capacity,
        authorization=c.authorization,
    )
    p = passing(tx, Command.REPORT, c.cycle_id, c.seen_version, details)
    row = p.found.row
    # After a late extension the mark stays: lateness counts from the deadline that was missed.
    counts_from = row["missed_due_on"] or row["effective_due_on"]
    late = freeze(counts_from, tx.today, row["first_sent_on_time"])
    words = {w: getattr(c, w).strip() for w in WORDS}
    draft = draft_of(tx, c.cycle_id) or tx.get(REPORT, _new_draft(tx, c.cycle_id, **words))
    _as_seen(draft, c.seen_draft)
    files = [f["sha256"] for f in attachments_of(tx, draft["id"])]
    digest = report_digest(words, c.document.notation, files)
    p.entry.digests = (digest, *files)
    tx.update(
        REPORT,
        draft,
        **words,
        status=ReportStatus.SUBMITTED.value,
        document_id=keep_document(tx, c.document),
        document_draft=None,
        submitted_by_id=tx.actor.person_id,
        submitted_at=tx.now,
        capacity=p.entry.capacity,
        late_days=late.late_days,
        digest=digest,
    )
    move(
        tx,
        p,
        reported_at=tx.now,
        late_days=late.late_days,
        first_sent_on_time=late.first_sent_on_time,
        submitted_by_id=tx.actor.person_id,
        report_id=draft["id"],
        appraised_by_id=None,
        percent=100,
        progress_at=tx.now,
    )
    return answer(p, report_id=draft["id"], late_days=late.late_days)


def _standing_report(
    tx: Transaction, report_id: int | None
) -> tuple[RowMapping, RowMapping | None]:
    """The report that waits for a verdict, and its document."""
    if report_id is None:
        raise NotFound("report")
    report = tx.get(REPORT, report_id)
    document = tx.get(DOCUMENT, report["document_id"]) if report["document_id"] else None
    return report, document


@dataclass(frozen=True)
class WithdrawReport:
    """Row 5: the head takes the report back before anybody has begun to appraise it."""

    cycle_id: int
    reason: str
    seen_version: int | None = None
    capacity: Capacity | None = None
    authorization: str | None = None


@handles(WithdrawReport)
def withdraw_report(tx: Transaction, c: WithdrawReport) -> Outcome:
    details = Details(reason=c.reason, capacity=c.capacity, authorization=c.authorization)
    p = passing(tx, Command.WITHDRAW, c.cycle_id, c.seen_version, details)
    row = p.found.row
    report, document = _standing_report(tx, row["report_id"])
    tx.update(
        REPORT,
        report,
        status=ReportStatus.WITHDRAWN.value,
        withdraw_reason=c.reason.strip(),
        decided_by_id=tx.actor.person_id,
        decided_at=tx.now,
    )
    _draft_again(tx, report, document)
    # A sending that was never judged does not count: the next one is the first again, unless one
    # was returned before (resend_by stands from the return until a reopening).
    first = row["first_sent_on_time"] if row["resend_by"] else None
    move(
        tx,
        p,
        reported_at=None,
        late_days=None,
        submitted_by_id=None,
        report_id=None,
        first_sent_on_time=first,
        effective_due_on=effective_due(row["due_on"], first, row["resend_by"]),
        withdraw_count=row["withdraw_count"] + 1,
    )
    return answer(p)


@dataclass(frozen=True)
class AppraiseReport:
    """Row 7, first half: an officer takes the report up and may propose a verdict."""

    cycle_id: int
    verdict: Verdict | None = None
    note: str = ""
    seen_version: int | None = None


@handles(AppraiseReport)
def appraise_report(tx: Transaction, c: AppraiseReport) -> Outcome:
    p = passing(tx, Command.APPRAISE, c.cycle_id, c.seen_version, Details())
    report, _ = _standing_report(tx, p.found.row["report_id"])
    tx.update(
        REPORT,
        report,
        appraised_by_id=tx.actor.person_id,
        appraised_at=tx.now,
        proposed_verdict=c.verdict.value if c.verdict else None,
        appraisal_note=c.note.strip() or None,
    )
    move(tx, p, appraised_by_id=tx.actor.person_id)
    return answer(p)


@dataclass(frozen=True)
class ReturnReport:
    """Row 6: sent back, with a reason that is kept for ever and a day to send again."""

    cycle_id: int
    reason: str
    missing: str
    resend_by: date
    seen_version: int | None = None
    capacity: Capacity | None = None
    authorization: str | None = None


@handles(ReturnReport)
def return_report(tx: Transaction, c: ReturnReport) -> Outcome:
    details = Details(
        reason=c.reason,
        missing=c.missing,
        day=c.resend_by,
        capacity=c.capacity,
        authorization=c.authorization,
    )
    p = passing(tx, Command.RETURN, c.cycle_id, c.seen_version, details)
    row = p.found.row
    report, document = _standing_report(tx, row["report_id"])
    p.entry.details = {"missing": c.missing.strip(), "resend_by": c.resend_by}
    p.entry.digests = (report["digest"],)
    tx.update(
        REPORT,
        report,
        status=ReportStatus.RETURNED.value,
        return_reason=c.reason.strip(),
        missing=c.missing.strip(),
        resend_by=c.resend_by,
        decided_by_id=tx.actor.person_id,
        decided_at=tx.now,
        judged_digest=report["digest"],
    )
    _draft_again(tx, report, document)
    move(
        tx,
        p,
        reported_at=None,
        late_days=None,
        submitted_by_id=None,
        report_id=None,
        appraised_by_id=None,
        resend_by=c.resend_by,
        effective_due_on=effective_due(row["due_on"], row["first_sent_on_time"], c.resend_by),
        return_count=row["return_count"] + 1,
    )
    return answer(p)


@dataclass(frozen=True)
class VerifyResult:
    """Row 7: the judge confirms the result, with a quality mark if he wishes."""

    cycle_id: int
    quality: Quality | None = None
    note: str = ""
    seen_version: int | None = None
    capacity: Capacity | None = None
    authorization: str | None = None


@handles(VerifyResult)
def verify_result(tx: Transaction, c: VerifyResult) -> Outcome:
    details = Details(
        reason=c.note.strip() or None, capacity=c.capacity, authorization=c.authorization
    )
    p = passing(tx, Command.VERIFY, c.cycle_id, c.seen_version, details)
    report, document = _standing_report(tx, p.found.row["report_id"])
    files = [f["sha256"] for f in attachments_of(tx, report["id"])]
    judged = report_digest(dict(report), document["notation"] if document else "", files)
    p.entry.digests = (judged, *files)
    quality = c.quality.value if c.quality else None
    tx.update(
        REPORT,
        report,
        status=ReportStatus.VERIFIED.value,
        quality=quality,
        decided_by_id=tx.actor.person_id,
        decided_at=tx.now,
        judged_digest=judged,
    )
    lapsed = lapse(tx, p.found.row, "kết quả đã được xác nhận")
    move(tx, p, verified_at=tx.now, quality=quality, **lapsed)
    return answer(p)
