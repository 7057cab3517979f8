"""Reports and files as a page shows them: the values of a draft, the lines of attachments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import RowMapping
from werkzeug.datastructures import MultiDict

from web.cycles.forms import REPORT_FIELDS
from web.filters import day
from workflow import files
from workflow.law.errors import Reason, Refusal

SECRET = Refusal(Reason.SECRET_DOCUMENT)
KINDS = {
    files.PDF: "pdf",
    files.DOCX: "docx",
    files.DOC: "docx",
    files.XLSX: "xlsx",
    files.XLS: "xlsx",
}
LONGEST_NAME = 180


@dataclass(frozen=True)
class Paper:
    """A file as a line: where it is had, what it is, how big, its digest."""

    id: int
    name: str
    href: str
    kind: str
    size: int
    sha256: str
    picture: str | None = None  # where it can be looked at, if it can


def paper(cycle_id: int, row: Mapping[str, Any] | RowMapping) -> Paper:
    """A row of attachments as a line."""
    href = url_for("cycles.file", cycle_id=cycle_id, attachment_id=row["id"])
    kind = KINDS.get(row["media_type"], "image")
    can_be_seen = kind in ("pdf", "image")
    look = url_for("cycles.picture", cycle_id=cycle_id, attachment_id=row["id"])
    picture = look if can_be_seen else None
    return Paper(row["id"], row["name"], href, kind, row["size"], row["sha256"], picture)


def clean_name(name: str) -> str:
    """The name a file came with, for people to recognise it; it names nothing on our disk."""
    last = re.split(r"[\\/]", name)[-1]
    last = "".join(c for c in last if c.isprintable()).strip(" .")
    return last[-LONGEST_NAME:] or _("tệp không tên")


def file_problem(why: str) -> str:
    """Why a file was not kept, and what to do."""
    return {
        "too_big": _("Tệp lớn hơn 20 MB. Chia nhỏ hoặc quét lại ở độ phân giải thấp hơn."),
        "empty": _("Tệp không có nội dung. Kiểm tra lại tệp rồi chọn lần nữa."),
        "unknown_type": _("Chỉ nhận PDF, Word, Excel và ảnh PNG, JPEG (xét theo nội dung tệp)."),
        "macros": _("Tệp có macro. Lưu lại thành .docx hoặc .xlsx không macro rồi tải lên."),
        "not_whole": _("Tệp bị hỏng hoặc chưa tải xong. Mở thử tệp trên máy rồi chọn lại."),
    }[why]


def draft_values(draft: RowMapping | None) -> dict[str, str]:
    """What the draft holds, under the names of the form."""
    values = dict.fromkeys(REPORT_FIELDS, "")
    if draft is None:
        return values
    document: Mapping[str, str | None] = json.loads(draft["document_draft"] or "{}")
    for name in REPORT_FIELDS:
        short = name.removeprefix("document_")
        found = document.get(short) if short != name else draft[name]
        values[name] = found or ""
    values["document_issued_on"] = _as_typed(values["document_issued_on"])
    values["document_authorization_until"] = _as_typed(values["document_authorization_until"])
    return values


def _as_typed(value: str) -> str:
    """A day kept by the system is shown as people write it; what was typed stays as typed."""
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value


def as_sent(values: Mapping[str, str]) -> MultiDict[str, str]:
    """The values of a draft as the form would send them."""
    return MultiDict(values)
