"""One cycle as it stood at a moment, with the report, the files and the progress of then.

From the entries alone: what the tables say today is not asked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from models.tables import (
    ATTACHMENT,
    AUDIT_ENTRY,
    CYCLE,
    DOCUMENT,
    PROGRESS_UPDATE,
    REPORT,
    REPORT_ATTACHMENT,
)
from reports.moment import Line, entries_until, line_of
from workflow.fold import Fold, Row
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts

_TABLES = (CYCLE, REPORT, DOCUMENT, REPORT_ATTACHMENT, ATTACHMENT, PROGRESS_UPDATE)


@dataclass(frozen=True)
class Then:
    """A cycle of then. `report` is the version that stood, else the last one begun; progress and
    entries are newest first."""

    line: Line
    report: Mapping[str, Any] | None
    files: Sequence[Mapping[str, Any]]
    progress: Sequence[Mapping[str, Any]]
    entries: Sequence[RowMapping]


def cycle_then(conn: Connection, actor: ActorFacts, cycle_id: int, moment: datetime) -> Then:
    """What the log tells of a cycle until the moment; NotFound when it was not there yet."""
    fold = Fold(_TABLES)
    entries = list(
        conn.execute(
            select(AUDIT_ENTRY)
            .where(*entries_until(actor, moment), AUDIT_ENTRY.c.object_id == cycle_id)
            .order_by(AUDIT_ENTRY.c.id)
        ).mappings()
    )
    # Who sent and who wrote, by the name he had: report or line of progress -> name.
    sent_by: dict[int, str] = {}
    written_by: dict[int, str] = {}
    for entry in entries:
        body = json.loads(entry["body"])
        for change in body["changes"]:
            fold.take(change)
            if change["table"] == REPORT.name and body["command"] == "report":
                sent_by[change["id"]] = body["actor"]["name"]
            if change["table"] == PROGRESS_UPDATE.name:
                written_by[change["id"]] = body["actor"]["name"]
    cycle = fold.of(CYCLE).get(cycle_id)
    if cycle is None:
        raise NotFound("cycle")
    number = cycle.get("report_id") or _last(fold.of(REPORT))
    return Then(
        line=line_of(conn, cycle_id, cycle, moment),
        report=None if number is None else _report(fold, number, sent_by.get(number)),
        files=_files(fold, number),
        progress=[
            {**row, "at": datetime.fromisoformat(row["at"]), "by": written_by[row_id]}
            for row_id, row in sorted(fold.of(PROGRESS_UPDATE).items(), reverse=True)
        ],
        entries=entries[::-1],
    )


def _last(reports: Mapping[int, Row]) -> int | None:
    return max(reports, key=lambda number: reports[number]["number"], default=None)


def _report(fold: Fold, number: int, sent_by: str | None) -> dict[str, Any]:
    """The report with its document, named as pages name a report that stands today."""
    report = fold.of(REPORT)[number]
    document = fold.of(DOCUMENT).get(report.get("document_id", 0), {})
    day, sent = document.get("issued_on"), report.get("submitted_at")
    return {
        **report,
        "submitted_at": sent and datetime.fromisoformat(sent),
        "submitted_by": sent_by,
        "notation": document.get("notation"),
        "document_on": day and date.fromisoformat(day),
        "signer_name": document.get("signer_name"),
        "signer_capacity": document.get("capacity"),
        "signer_post": document.get("signer_post"),
    }


def _files(fold: Fold, number: int | None) -> list[dict[str, Any]]:
    links = fold.of(REPORT_ATTACHMENT).values()
    mine = sorted(link["attachment_id"] for link in links if link["report_id"] == number)
    return [{"id": file_id, **fold.of(ATTACHMENT)[file_id]} for file_id in mine]
