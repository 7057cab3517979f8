"""Acts about the log itself: what is taken out of it, a new key, a new epoch, found tampering."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.states import Role
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.errors import Reason, Refusal, Refused
from workflow.law.facts import MembershipFacts

TEXT_LIMIT = 2000
LOG = "log"
# What leaves: the whole log to be verified elsewhere, or the answer to a question as a sheet.
TAKEN = {"bundle": "Gói kiểm chứng", "sheet": "Bảng Excel"}
# Who may take the whole log away: whoever inspects, and the system's own operator.
TAKERS = (Role.INSPECTOR, Role.SYSTEM)


def _as(tx: Transaction, *roles: Role) -> MembershipFacts:
    for role in roles:
        if membership := tx.actor.holds(role):
            return membership
    raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": " ".join(r.value for r in roles)}))


def needed(value: str, field: str) -> str:
    """A text that must be there; Refused when it is blank or too long."""
    value = value.strip()
    if not value:
        raise Refused(Refusal(Reason.MISSING, {"field": field}))
    if len(value) > TEXT_LIMIT:
        raise Refused(Refusal(Reason.TOO_LONG, {"field": field, "limit": str(TEXT_LIMIT)}))
    return value


def _note(
    tx: Transaction,
    command: str,
    event: str,
    membership: MembershipFacts,
    label: str,
    details: dict[str, Any],
    reason: str | None = None,
) -> Outcome:
    tx.note(
        Entry(
            command=command,
            event=event,
            object_kind=LOG,
            object_id=None,
            object_label=label,
            membership=membership,
            reason=reason,
            details=details,
        )
    )
    return Outcome(LOG, None, {})


@dataclass(frozen=True)
class SearchLog:
    """Somebody whose reading of the log is itself on record looked for something."""

    question: str
    found: int


@handles(SearchLog, when_read_only=True)
def search_log(tx: Transaction, c: SearchLog) -> Outcome:
    membership = _as(tx, Role.INSPECTOR)
    details = {"question": c.question[:TEXT_LIMIT], "found": c.found}
    return _note(tx, "search_log", "log_searched", membership, "Nhật ký", details)


@dataclass(frozen=True)
class TakeExport:
    """The log leaves the house, whole, under an inspection decision."""

    decision: str
    scope: str
    kind: str = "bundle"
    inspection_id: int | None = None
    question: str = ""


@handles(TakeExport, when_read_only=True)
def take_export(tx: Transaction, c: TakeExport) -> Outcome:
    membership = _as(tx, *TAKERS)
    details = {
        "decision": needed(c.decision, "decision"),
        "scope": needed(c.scope, "scope"),
        "kind": c.kind,
        "inspection": c.inspection_id,
        "question": c.question[:TEXT_LIMIT],
    }
    return _note(tx, "take_export", "export_taken", membership, TAKEN[c.kind], details)


@dataclass(frozen=True)
class RotateKey:
    """The sealer goes on with another key; the one before says so with its signature."""

    old: str
    new: str
    signature: str
    reason: str


@handles(RotateKey)
def rotate_key(tx: Transaction, c: RotateKey) -> Outcome:
    membership = _as(tx, Role.SYSTEM)
    details = {"old": c.old, "new": c.new, "signature": c.signature}
    label = "Khóa niêm phong"
    reason = needed(c.reason, "reason")
    return _note(tx, "rotate_key", "key_rotated", membership, label, details, reason)


@dataclass(frozen=True)
class OpenEpoch:
    """After a restore that lost entries: the log goes on, and says what was lost and why.

    `lost` is the newest head that is missing; `lost_before` are the last ones of the epochs before
    it that are missing as well, oldest first.
    """

    epoch: int
    lost: str
    lost_before: tuple[str, ...]
    kept: int
    reason: str
    document: str


@handles(OpenEpoch)
def open_epoch(tx: Transaction, c: OpenEpoch) -> Outcome:
    membership = _as(tx, Role.SYSTEM)
    details = {
        "epoch": c.epoch,
        "lost": c.lost,
        "lost_before": list(c.lost_before),
        "kept": c.kept,
        "document": needed(c.document, "document"),
    }
    reason = needed(c.reason, "reason")
    return _note(tx, "open_epoch", "epoch_opened", membership, f"Kỳ {c.epoch}", details, reason)


@dataclass(frozen=True)
class RecordTampering:
    """The system has verified itself and something is wrong: inspectors and VP UBND are told.

    `since` is the first look that found it bad, by its id.
    """

    size: int
    findings: tuple[tuple[str, str], ...]
    since: int


@handles(RecordTampering, when_read_only=True)
def record_tampering(tx: Transaction, c: RecordTampering) -> Outcome:
    membership = _as(tx, Role.SYSTEM)
    details = {"size": c.size, "findings": dict(c.findings), "since": c.since}
    said = " ".join(message for _, message in c.findings)[:TEXT_LIMIT]
    return _note(tx, "record_tampering", "tampering_found", membership, "Nhật ký", details, said)


@dataclass(frozen=True)
class RecordUnsealed:
    """Entries have waited too long for their seal: inspectors and VP UBND are told."""

    since: datetime
    why: str


@handles(RecordUnsealed, when_read_only=True)
def record_unsealed(tx: Transaction, c: RecordUnsealed) -> Outcome:
    membership = _as(tx, Role.SYSTEM)
    said = c.why[:TEXT_LIMIT]
    details = {"since": c.since}
    return _note(tx, "record_unsealed", "left_unsealed", membership, "Nhật ký", details, said)
