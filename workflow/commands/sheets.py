"""Rows of a sheet applied together: every one or none, each with its own entry in the trail."""

import json
from dataclasses import dataclass

from workflow.commands.cycles import UpdateProgress, found_for, update_progress
from workflow.commands.results import WORDS, SaveDraft, draft_of, save_draft
from workflow.door import Outcome, Transaction, handles
from workflow.law.errors import Reason, Refusal, Refused


@dataclass(frozen=True)
class SheetRow:
    """What one row changes; None leaves it as it is."""

    cycle_id: int
    seen_version: int
    seen_draft: int
    percent: int | None = None
    text: str | None = None
    result: str | None = None
    product: str | None = None
    figures: str | None = None
    difficulties: str | None = None
    proposals: str | None = None


@dataclass(frozen=True)
class ApplySheet:
    """The chosen rows of an uploaded sheet, in one transaction."""

    sha256: str
    rows: tuple[SheetRow, ...]


@handles(ApplySheet)
def apply_sheet(tx: Transaction, c: ApplySheet) -> Outcome:
    if not c.rows:
        raise Refused(Refusal(Reason.MISSING, {"field": "text"}))
    for row in c.rows:
        words = {w: getattr(row, w) for w in WORDS if getattr(row, w) is not None}
        if words:
            draft = draft_of(tx, row.cycle_id)
            kept = {w: (draft and draft[w]) or "" for w in WORDS} | words
            # The document typed so far is no column of the sheet; it stays with the draft.
            typed = json.loads(draft["document_draft"] or "{}") if draft else {}
            save_draft(
                tx,
                SaveDraft(
                    row.cycle_id, **kept, document_fields=tuple(typed.items()),
                    seen_draft=row.seen_draft if draft else None,
                ),
            )  # fmt: skip
        if row.text is not None:
            found = found_for(tx, row.cycle_id, row.seen_version)
            percent = found.row["percent"] if row.percent is None else row.percent
            update_progress(tx, UpdateProgress(row.cycle_id, percent, row.text, row.seen_version))
    return Outcome("sheet", None, {"rows": len(c.rows), "sha256": c.sha256})
