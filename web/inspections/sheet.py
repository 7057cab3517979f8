"""The log as an Excel sheet: days that are days, texts that are never formulas."""

import json
from collections.abc import Iterable
from datetime import date, datetime

from openpyxl import Workbook
from sqlalchemy import RowMapping

from models.states import LABELS, Capacity, Role
from reports.workbook import Sheet, saved
from workflow import audit, history
from workflow.seals import Seal

COLUMNS = (
    ("Số mục", 10),
    ("Lúc", 17),
    ("Người", 26),
    ("Tên đăng nhập", 22),
    ("Vai trò", 20),
    ("Cơ quan", 30),
    ("Tư cách", 16),
    ("Theo ủy quyền", 26),
    ("Việc", 22),
    ("Đối tượng", 34),
    ("Từ trạng thái", 16),
    ("Đến trạng thái", 16),
    ("Lý do", 40),
    ("Nội dung", 60),
    ("Văn bản", 26),
    ("Ngày văn bản", 14),
    ("Người ký", 26),
    ("Trước", 50),
    ("Sau", 50),
    ("Mạng", 18),
    ("Mã dòng", 36),
    ("Mã băm", 68),
)
HEAD_ROWS = 6


def workbook(
    rows: Iterable[RowMapping],
    decision: str,
    scope: str,
    question: str,
    seal: Seal | None,
    at: datetime,
    limit: int,
) -> bytes:
    """The entries, newest first, under the decision that asked for them; at most `limit`."""
    book = Workbook(write_only=True)
    sheet = Sheet(book, "Nhật ký", [width for _, width in COLUMNS], f"C{HEAD_ROWS + 1}")
    sheet.title("NHẬT KÝ XUẤT THEO QUYẾT ĐỊNH THANH TRA")
    for label, value in (
        ("Quyết định", decision),
        ("Phạm vi", scope),
        ("Câu hỏi", question or "toàn bộ"),
        ("Niêm phong lúc xuất", seal.line if seal else "chưa có"),
    ):
        sheet.line([label, value], grid=False)
    sheet.line([name for name, _ in COLUMNS], bold=True)
    for written, row in enumerate(rows):
        if written == limit:
            sheet.line([f"Còn nữa: chỉ xuất {limit} mục mới nhất, hãy thu hẹp câu hỏi."], bold=True)
            break
        sheet.line(_cells(row))
    return saved(book, at)


def _cells(row: RowMapping) -> list[object]:
    body = json.loads(row["body"])
    actor, document = body["actor"], body["document"] or {}
    changes = audit.changes_of(row)
    return [
        row["position"],
        row["at"],
        row["actor_name"],
        actor["login"],
        LABELS[Role(actor["role"])] if actor["role"] else None,
        actor["agency_name"],
        LABELS[Capacity(actor["capacity"])] if actor["capacity"] else None,
        actor["on_behalf_of"],
        history.ACTS.get(row["command"], row["command"]),
        row["object_label"],
        history.STATES.get(row["from_state"], row["from_state"]),
        history.STATES.get(row["to_state"], row["to_state"]),
        row["reason"],
        history.tell(row).sentence,
        document.get("notation"),
        date.fromisoformat(document["issued_on"]) if document else None,
        document.get("signer_name"),
        _lines((c, c.before) for c in changes),
        _lines((c, c.after) for c in changes),
        body["origin"]["network"],
        row["uid"],
        row["leaf_hash"],
    ]


def _lines(values: Iterable[tuple[audit.Change, str | None]]) -> str | None:
    """One line a column, named so that before and after can be laid side by side."""
    told = (f"{c.table} {c.row_id}, {c.column}: {v}" for c, v in values if v is not None)
    return "\n".join(told) or None
