"""What a verdict judged, against what lies there now."""

import hashlib
import json
from pathlib import Path

from sqlalchemy import Connection, select

from models.tables import ATTACHMENT, AUDIT_ENTRY, CYCLE, DOCUMENT, REPORT, REPORT_ATTACHMENT
from workflow.commands.results import report_digest
from workflow.files import FileStore


def differences(conn: Connection, files: FileStore, cycle_id: int) -> list[str]:
    """What is no longer as the last verification of this cycle saw it: report, file names."""
    where = (AUDIT_ENTRY.c.object_kind == "cycle", AUDIT_ENTRY.c.object_id == cycle_id)
    entry = conn.execute(
        select(AUDIT_ENTRY.c.body)
        .where(*where, AUDIT_ENTRY.c.command == "verify")
        .order_by(AUDIT_ENTRY.c.id.desc())
        .limit(1)
    ).scalar()
    report = (
        conn.execute(
            select(REPORT, DOCUMENT.c.notation)
            .join(CYCLE, CYCLE.c.report_id == REPORT.c.id)
            .outerjoin(DOCUMENT, DOCUMENT.c.id == REPORT.c.document_id)
            .where(CYCLE.c.id == cycle_id, CYCLE.c.verified_at.is_not(None))
        )
        .mappings()
        .first()
    )
    if entry is None or report is None:
        return []
    judged: list[str] = json.loads(entry)["digests"]
    attached = conn.execute(
        select(ATTACHMENT.c.sha256, ATTACHMENT.c.name)
        .join(REPORT_ATTACHMENT, REPORT_ATTACHMENT.c.attachment_id == ATTACHMENT.c.id)
        .where(REPORT_ATTACHMENT.c.report_id == report["id"])
    ).all()
    found = []
    now = report_digest(dict(report), report["notation"] or "", [a.sha256 for a in attached])
    if not judged or now != judged[0] or report["judged_digest"] != judged[0]:
        found.append("report")
    for digest in judged[1:]:
        name = next((a.name for a in attached if a.sha256 == digest), digest[:12])
        path = files.path(digest)
        if not path.is_file() or _digest(path) != digest:
            found.append(name)
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
