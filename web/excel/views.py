"""Download my tasks, upload the sheet, see row by row what would change, apply all or some."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.states import Role
from reports import excel
from reports.excel import (
    DIFFICULTIES,
    FIGURES,
    KEY,
    PERCENT,
    PRODUCT,
    PROGRESS,
    PROPOSALS,
    RESULT,
    Current,
    Fate,
    RowDiff,
    parse_key,
)
from reports.excel_guard import MAX_FILE, OLE, SheetRefused
from web import db, numbers
from web.forms import Form, Words, read
from web.languages import speak, vi
from web.reports.views import MEDIA
from web.requires import me, now, perform, repeats, requires, services, today, took
from workflow.commands.sheets import ApplySheet, SheetRow
from workflow.files import FileRefused
from workflow.law.errors import NotFound

blueprint = Blueprint("excel", __name__, url_prefix="/excel")
REMEMBERED = 5  # sheets a session knows as its own
_SHA = re.compile(r"[0-9a-f]{64}")
LOOKS = {
    Fate.CHANGED: ("blue", "edit"),
    Fate.CONFLICT: ("orange", "conflict"),
    Fate.ERROR: ("red", "alert"),
    Fate.UNCHANGED: ("grey", "check"),
}


class Apply(Form):
    rows: tuple[str, ...] = ()
    sha256: Words

    many: ClassVar[frozenset[str]] = frozenset({"rows"})


def whys() -> dict[str, str]:
    """Why a file is not read, and what to do."""
    return {
        "too_big": _("Tệp lớn hơn 10 MB. Xóa hình ảnh, trang tính không cần rồi tải lại."),
        "old_or_encrypted": _("Tệp .xls đời cũ hoặc có mật khẩu. Lưu lại dạng .xlsx."),
        "not_a_workbook": _("Tệp không phải là Excel (.xlsx) hoặc đã hỏng. Tải lại mẫu."),
        "too_many_parts": _("Tệp có quá nhiều thành phần. Chép số liệu sang tệp mới tải xuống."),
        "macros": _("Tệp có macro, đối tượng nhúng hoặc liên kết ngoài: không đọc."),
        "swells": _("Tệp giải nén quá lớn, không đọc. Chép số liệu sang tệp mới tải xuống."),
        "too_many_cells": _("Tệp có quá nhiều ô. Chỉ giữ các dòng nhiệm vụ của cơ quan."),
        "not_ready": _("Hệ thống chưa sẵn sàng đọc Excel. Báo người quản trị."),
        "no_rows": speak("Không tìm thấy cột “%(column)s”. Dùng tệp tải xuống từ đây.")
        % {"column": vi(KEY)},
        "empty": _("Chưa chọn tệp."),
    }  # fmt: skip


@blueprint.get("")
@requires(Role.HEAD, Role.OFFICER)
def index() -> ResponseReturnValue:
    """Down and up."""
    return _index(None)


def _index(problem: str | None) -> str:
    rows = excel.current_rows(db.conn(), me(), today().year, today())
    return render_template(
        "pages/excel/index.html", count=len(rows), year=today().year, problem=problem
    )


@blueprint.get("/download.xlsx")
@requires(Role.HEAD, Role.OFFICER)
def download() -> ResponseReturnValue:
    """My tasks of the year."""
    year = numbers.year() or today().year
    rows = excel.current_rows(db.conn(), me(), year, today())
    name = f"nhiem-vu-{year}.xlsx"
    took(name, "sheet", None)
    return _sheet(excel.export(list(rows.values()), now()), name)


def _sheet(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=MEDIA["xlsx"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("")
@requires(Role.HEAD, Role.OFFICER)
def upload() -> ResponseReturnValue:
    """A sheet comes up: read in a guarded process, kept by its digest, shown as a comparison."""
    sent = request.files.get("sheet")
    if sent is None or not sent.filename:
        return _index(whys()["empty"]), 422
    content = sent.stream.read(MAX_FILE + 1)
    try:
        if len(content) > MAX_FILE:
            raise SheetRefused("too_big")
        kept = services().files.put(io.BytesIO(content))
        found, _current = _compared(services().files.path(kept.sha256))
    except SheetRefused as refused:
        return _index(whys()[refused.why]), 422
    except FileRefused as refused:
        old = "old_or_encrypted" if content.startswith(OLE) else "not_a_workbook"
        why = "macros" if refused.why == "macros" else old
        return _index(whys()[why]), 422
    if not found:
        return _index(whys()["no_rows"]), 422
    session["sheets"] = [kept.sha256, *session.get("sheets", [])][:REMEMBERED]
    return redirect(url_for(".preview", sha256=kept.sha256), 303)


def _compared(path: Path) -> tuple[list[RowDiff], dict[int, Current]]:
    """Their rows beside what stands now."""
    sheets = excel.read_upload(path)
    current = excel.current_rows(db.conn(), me(), None, today())
    return excel.compare(sheets, current), current


def _kept(sha256: str) -> Path:
    """A sheet of whoever brought it up: its digest stands in the trail, where others read it."""
    if not _SHA.fullmatch(sha256) or sha256 not in session.get("sheets", []):
        raise NotFound("sheet")
    path = services().files.path(sha256)
    if not path.is_file():
        raise NotFound("sheet")
    return path


def _diffs(sha256: str) -> tuple[list[RowDiff], dict[int, Current]]:
    try:
        return _compared(_kept(sha256))
    except SheetRefused as refused:
        raise NotFound("sheet") from refused


@blueprint.get("/<sha256>")
@requires(Role.HEAD, Role.OFFICER)
def preview(sha256: str) -> ResponseReturnValue:
    """Row by row: unchanged, old → new, conflict, error."""
    found, current = _diffs(sha256)
    counted = Counter(r.fate for r in found)
    order = list(LOOKS)
    return render_template(
        "pages/excel/preview.html",
        sha256=sha256,
        keys={cycle_id: there.key for cycle_id, there in current.items()},
        rows=sorted(found, key=lambda r: (order.index(r.fate), r.row)),
        counted=[(fate, counted[fate]) for fate in Fate],
        looks=LOOKS,
        said=lambda problem: problem.said(speak, vi),
        words={
            Fate.UNCHANGED: _("không đổi"),
            Fate.CHANGED: _("sẽ đổi"),
            Fate.CONFLICT: _("xung đột"),
            Fate.ERROR: _("lỗi"),
        },
        wrong=counted[Fate.ERROR] + counted[Fate.CONFLICT],
        can_apply=counted[Fate.CHANGED] + counted[Fate.CONFLICT],
    )


@blueprint.get("/<sha256>/annotated.xlsx")
@requires(Role.HEAD, Role.OFFICER)
def annotated(sha256: str) -> ResponseReturnValue:
    """Their own workbook with comments."""
    path, (found, _current) = _kept(sha256), _diffs(sha256)
    try:
        content = excel.annotated(path, excel.comments_of(found))
    except SheetRefused as refused:
        raise NotFound("sheet") from refused
    return _sheet(content, "can-sua.xlsx")


@blueprint.post("/<sha256>")
@repeats("rows")
@requires(Role.HEAD, Role.OFFICER)
def apply(sha256: str) -> ResponseReturnValue:
    """The chosen rows, all of them or none, as they stood when they were compared.

    Each is chosen by the key it had on that page: what somebody changes meanwhile makes it stale
    and is not written over unseen.
    """
    form = read(Apply, request.form)
    keys = (parse_key(key) for key in form.rows)
    chosen = {key[0]: key[1:] for key in keys if key}
    rows = [
        _command(diff, *chosen[diff.cycle_id])
        for diff in _diffs(sha256)[0]
        if diff.cycle_id in chosen and diff.fate in (Fate.CHANGED, Fate.CONFLICT)
    ]
    if not rows:
        flash(_("Chưa chọn dòng nào để áp dụng."), "warning")
        return redirect(url_for(".preview", sha256=sha256), 303)
    perform(ApplySheet(sha256, tuple(rows)), form.idempotency_key)
    flash(_("Đã áp dụng %(n)s dòng.", n=len(rows)), "success")
    return redirect(url_for(".index"), 303)


def _command(diff: RowDiff, version: int, draft: int) -> SheetRow:
    new: dict[str, Any] = {label: pair[1] for label, pair in diff.changes.items()}
    percent = new.get(PERCENT)
    return SheetRow(
        diff.cycle_id or 0, version, draft,
        int(percent) if percent is not None else None,
        new.get(PROGRESS), new.get(RESULT), new.get(PRODUCT), new.get(FIGURES),
        new.get(DIFFICULTIES), new.get(PROPOSALS),
    )  # fmt: skip
