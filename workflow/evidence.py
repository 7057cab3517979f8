"""What a verdict judged, against what lies there now.

What ought to lie there is told by the entries of the cycle. That those are the ones that were
sealed is the verifier's to say, who reads the whole log.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, or_, select

from models.states import CycleState, ReportStatus
from models.tables import ATTACHMENT, AUDIT_ENTRY, CYCLE, DOCUMENT, REPORT, REPORT_ATTACHMENT
from workflow import canonical
from workflow.files import FileStore
from workflow.fold import Fold, Row, as_told

JUDGED = (CycleState.VERIFIED.value, CycleState.COMPLETED.value)


class What(StrEnum):
    """What differs."""

    LOG = "log"
    CYCLE = "cycle"
    REPORT = "report"
    DOCUMENT = "document"
    ATTACHMENT = "attachment"


@dataclass(frozen=True)
class Difference:
    """One of them; `name` is the file's, where only its content is another one."""

    what: What
    name: str = ""


def differences(conn: Connection, files: FileStore, cycle_id: int) -> list[Difference]:
    """Where a cycle that was ever verified is not what its entries say: rows, entries, files.

    Empty for a cycle no verification is told of and none is claimed by a row.
    """
    told, bodies, is_whole = _told(conn, cycle_id)
    verified = [body for body in bodies if body["command"] == "verify"]
    expected = _ground(told, cycle_id)
    there = _there(conn, cycle_id, expected)
    if not verified and not _claims(there):
        return []
    found = []
    if not verified or not is_whole or told.is_torn:
        found.append(Difference(What.LOG))
    for what, tables in _PARTS.items():
        if any(expected[table] != there[table] for table in tables):
            found.append(Difference(what))
    names = {row["sha256"]: row["name"] for row in expected[ATTACHMENT].values()}
    for digest in dict.fromkeys(d for body in verified for d in body["digests"][1:]):
        if not _is_kept(files.path(digest), digest):
            found.append(Difference(What.ATTACHMENT, names.get(digest, digest[:12])))
    return found


Ground = dict[Table, dict[int, Row]]
_PARTS: dict[What, tuple[Table, ...]] = {
    What.CYCLE: (CYCLE,),
    What.REPORT: (REPORT,),
    What.DOCUMENT: (DOCUMENT,),
    What.ATTACHMENT: (REPORT_ATTACHMENT, ATTACHMENT),
}
_GROUND = [table for tables in _PARTS.values() for table in tables]


def _told(conn: Connection, cycle_id: int) -> tuple[Fold, list[dict[str, Any]], bool]:
    """What the entries of a cycle add up to, their bodies, and whether each is as written.

    An entry moved to another cycle leaves a hole, at which the sum is torn.
    """
    fold, bodies, is_whole = Fold(_GROUND), [], True
    for entry in conn.execute(
        select(AUDIT_ENTRY)
        .where(AUDIT_ENTRY.c.object_kind == "cycle", AUDIT_ENTRY.c.object_id == cycle_id)
        .order_by(AUDIT_ENTRY.c.id)
    ).mappings():
        if canonical.leaf_hash(entry["body"]) != entry["leaf_hash"]:
            is_whole = False  # not what was sealed: nothing of it is believed
            continue
        body = json.loads(entry["body"])
        is_whole = is_whole and _is_found_by_its_words(entry, body)
        bodies.append(body)
        for change in body["changes"]:
            fold.take(change)
    return fold, bodies, is_whole


def _is_found_by_its_words(entry: RowMapping, body: Mapping[str, Any]) -> bool:
    """The columns to search by say what the body says."""
    actor, about = body["actor"], body["object"]
    columns = {
        "uid": body["uid"],
        "at": body["at"],
        "actor_id": actor["id"],
        "actor_name": actor["name"],
        "role": actor["role"],
        "agency_code": actor["agency"],
        "command": body["command"],
        "object_kind": about["kind"],
        "object_id": about["id"],
        "object_label": about["label"],
        "from_state": body["from"],
        "to_state": body["to"],
        "reason": body["reason"],
    }
    return all(canonical.plain(entry[column]) == value for column, value in columns.items())


def _ground(told: Fold, cycle_id: int) -> Ground:
    """What the verdicts on a cycle rest on, as told: itself, the reports judged, all of theirs."""
    reports = {
        number: row
        for number, row in told.of(REPORT).items()
        if row["status"] == ReportStatus.VERIFIED.value
    }
    links = {
        number: row
        for number, row in told.of(REPORT_ATTACHMENT).items()
        if row["report_id"] in reports
    }
    return {
        CYCLE: _only(told.of(CYCLE), [cycle_id]),
        REPORT: reports,
        DOCUMENT: _only(told.of(DOCUMENT), _numbers(reports, "document_id")),
        REPORT_ATTACHMENT: links,
        ATTACHMENT: _only(told.of(ATTACHMENT), _numbers(links, "attachment_id")),
    }


def _there(conn: Connection, cycle_id: int, told: Ground) -> Ground:
    """The same as it lies in the tables, and what lies there beside it."""
    is_judged = REPORT.c.status == ReportStatus.VERIFIED.value
    reports = _rows(
        conn,
        REPORT,
        select(REPORT).where(
            or_(REPORT.c.id.in_(told[REPORT]), (REPORT.c.cycle_id == cycle_id) & is_judged)
        ),
    )
    of_reports = REPORT_ATTACHMENT.c.report_id.in_({*told[REPORT], *reports})
    links = _rows(conn, REPORT_ATTACHMENT, select(REPORT_ATTACHMENT).where(of_reports))
    documents = {*told[DOCUMENT], *_numbers(reports, "document_id")}
    files = {*told[ATTACHMENT], *_numbers(links, "attachment_id")}
    return {
        CYCLE: _rows(conn, CYCLE, select(CYCLE).where(CYCLE.c.id == cycle_id)),
        REPORT: reports,
        DOCUMENT: _rows(conn, DOCUMENT, select(DOCUMENT).where(DOCUMENT.c.id.in_(documents))),
        REPORT_ATTACHMENT: links,
        ATTACHMENT: _rows(conn, ATTACHMENT, select(ATTACHMENT).where(ATTACHMENT.c.id.in_(files))),
    }


def _rows(conn: Connection, table: Table, wanted: Select[Any]) -> dict[int, Row]:
    return {row["id"]: as_told(table, row) for row in conn.execute(wanted).mappings()}


def _only(rows: Mapping[int, Row], numbers: Collection[int]) -> dict[int, Row]:
    return {number: row for number, row in rows.items() if number in numbers}


def _numbers(rows: Mapping[int, Row], column: str) -> set[int]:
    return {row[column] for row in rows.values() if column in row}


def _claims(there: Ground) -> bool:
    """A row says that the cycle was verified."""
    cycles: Iterable[Row] = there[CYCLE].values()
    return bool(there[REPORT]) or any(
        row["state"] in JUDGED or "verified_at" in row for row in cycles
    )


def _is_kept(path: Path, digest: str) -> bool:
    """The file still lies there and has this content."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest
