"""My tasks as a workbook and back: written, read in a guarded process, compared row by row.

A row is known by its key (cycle, version and draft as they were when it was written, with a check
digit), never by its place. An empty cell means "no change": nothing is ever cleared by a sheet.
"""

import json
import re
import subprocess
import sys
import tempfile
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import PatternFill, Protection
from sqlalchemy import Connection, select

from models.states import LABELS, CycleState, ReportStatus
from models.tables import CYCLE, REPORT
from reports.excel_guard import CPU_SECONDS, SheetRefused
from reports.workbook import Sheet, saved
from workflow.access import work_agencies
from workflow.law.facts import ActorFacts
from workflow.lists import CycleFilter, all_cycles
from workflow.text import clean, fold, parse_number
from workflow.words import Own, Translate, as_written

KEY = "Mã dòng"
PERCENT, PROGRESS = "Tiến độ (%)", "Diễn biến tiến độ"
RESULT, PRODUCT, FIGURES = "Kết quả", "Sản phẩm", "Số liệu chính"
DIFFICULTIES, PROPOSALS = "Khó khăn, vướng mắc", "Kiến nghị, đề xuất"
FIELDS: dict[str, str] = {
    PERCENT: "percent",
    PROGRESS: "text",
    RESULT: "result",
    PRODUCT: "product",
    FIGURES: "figures",
    DIFFICULTIES: "difficulties",
    PROPOSALS: "proposals",
}
READ_ONLY = ("TT", "Mã nhiệm vụ", "Nội dung nhiệm vụ", "Cơ quan", "Năm", "Hạn", "Trạng thái")
LONGEST = 20_000
HEADER_ROWS = 40
# What is wrong with a row; `column` and `state` are words, `places` and `limit` numbers.
PROBLEMS: dict[str, str] = {
    "no_key": "Dòng không có mã dòng.",
    "wrong_key": "Mã dòng không đúng: giữ nguyên mã như tệp tải xuống.",
    "not_yours": "Không phải nhiệm vụ cơ quan bạn chủ trì trong năm này.",
    "state": "Nhiệm vụ đang ở trạng thái “%(state)s”, không cập nhật được.",
    "no_progress": "%(column)s: đổi tiến độ thì phải ghi diễn biến.",
    "stale": "Có người đã sửa trên hệ thống sau khi tải tệp: xem giá trị hiện nay rồi chọn.",
    "twice": "Nhiệm vụ này có ở nhiều dòng (%(places)s) với nội dung khác nhau.",
    "not_a_number": "%(column)s: không phải là số",
    "not_whole": "%(column)s: phải là số nguyên",
    "not_a_percent": "%(column)s: phải từ 0 đến 100",
    "cell_error": "%(column)s: ô báo lỗi %(value)s",
    "cell_boolean": "%(column)s: ô là giá trị đúng/sai, cần nhập chữ",
    "too_long": "%(column)s: dài quá %(limit)s ký tự",
    "old_font": "%(column)s: phông chữ cũ (TCVN3, VNI): chuyển sang Unicode rồi tải lại",
}

# Letters of the old one-byte fonts (TCVN3, VNI) as they look when read as Unicode.
_TCVN3 = re.compile(
    "[\u00b8\u00b5\u00b6\u00b7\u00b9\u00a8\u00bb\u00be\u00bc\u00bd\u00ae\u00a9\u00ac]"
)
_VNI = re.compile(
    "(?:[aeiouyAEIOUY][\u00f9\u00f8\u00fb\u00f5\u00ef\u00eb\u00e4\u00e5\u00fc]|\u00f1)"
)
_UNICODE = re.compile("[\u0103\u0111\u01a1\u01b0\u1ea0-\u1ef9]", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, to be said in a language."""

    code: str
    detail: Mapping[str, str] = field(default_factory=dict)

    def said(self, translate: Translate = as_written, own: Own = as_written) -> str:
        """The sentence; names of columns and states are filled in."""
        detail = dict(self.detail)
        if column := detail.get("column"):
            detail["column"] = own(column)
        if state := detail.get("state"):
            detail["state"] = translate(LABELS[CycleState(state)])
        return translate(PROBLEMS[self.code]) % detail


class BadCell(ValueError):
    """A cell that cannot be what its column holds."""

    def __init__(self, code: str, **detail: str) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Fate(StrEnum):
    """What would happen to a row."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    CONFLICT = "conflict"
    ERROR = "error"


@dataclass(frozen=True)
class Current:
    """A cycle as it stands now: what may be changed, and its versions."""

    cycle_id: int
    version: int
    draft_version: int
    task_code: str
    title: str
    agency: str
    year: int
    due_on: date | None
    state: CycleState
    values: Mapping[str, str]

    @property
    def key(self) -> str:
        return key_of(self.cycle_id, self.version, self.draft_version)


@dataclass(frozen=True)
class RowDiff:
    """One row of their sheet: where it stands and what it would change."""

    sheet: str
    row: int
    key: str
    fate: Fate
    cycle_id: int | None = None
    task_code: str = ""
    title: str = ""
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    problem: Problem | None = None
    column: int = 1
    seen_version: int = 0
    seen_draft: int = 0


def key_of(cycle_id: int, version: int, draft: int) -> str:
    """K12.3.0-7f: a mistyped key is noticed by its last two signs."""
    body = f"K{cycle_id}.{version}.{draft}"
    return f"{body}-{zlib.crc32(body.encode()) & 0xFF:02x}"


_KEY = re.compile(r"K(\d{1,9})\.(\d{1,9})\.(\d{1,9})-[0-9a-f]{2}")


def parse_key(text: str) -> tuple[int, int, int] | None:
    """Cycle, version, draft version; None when it is no key of ours."""
    found = _KEY.fullmatch(text)
    if found is None:
        return None
    numbers = (int(found[1]), int(found[2]), int(found[3]))
    return numbers if key_of(*numbers) == text else None


def current_rows(
    conn: Connection, actor: ActorFacts, year: int | None, today: date
) -> dict[int, Current]:
    """What this person's agencies lead, by cycle."""
    mine = set(work_agencies(actor))
    lines = [
        x for x in all_cycles(conn, actor, CycleFilter(year=year), today)
        if x["agency_id"] in mine
    ]  # fmt: skip
    drafts: dict[int, Any] = {}
    texts: dict[int, str] = {}
    ids = [x["id"] for x in lines]
    for start in range(0, len(ids), 500):
        batch = ids[start : start + 500]
        for kept in conn.execute(
            select(REPORT).where(
                REPORT.c.cycle_id.in_(batch), REPORT.c.status == ReportStatus.DRAFT.value
            )
        ).mappings():
            drafts[kept["cycle_id"]] = kept
        for cycle_id, percent in conn.execute(
            select(CYCLE.c.id, CYCLE.c.percent).where(CYCLE.c.id.in_(batch))
        ):
            texts[cycle_id] = str(percent)
    found = {}
    for x in lines:
        draft = drafts.get(x["id"])
        values = {PERCENT: texts[x["id"]], PROGRESS: ""}
        for label in FIELDS.keys() - values.keys():
            values[label] = (draft and draft[FIELDS[label]]) or ""
        found[x["id"]] = Current(
            x["id"], x["version"], draft["version"] if draft else 0, x["task_code"],
            x["task_title"], x["agency_short"], x["year"], x["effective_due_on"],
            CycleState(x["state"]), values,
        )  # fmt: skip
    return found


def export(rows: Sequence[Current], moment: datetime) -> bytes:
    """The workbook: one header row, frozen and filtered; grey columns are not read back."""
    book = Workbook(write_only=True)
    widths = [14, 6, 12, 46, 20, 8, 12, 20, 12, 34, 44, 30, 34, 34, 34]
    sheet = Sheet(book, "Nhiệm vụ", widths, "E2")
    grey = PatternFill("solid", start_color="FFEDEDED", end_color="FFEDEDED")
    headings = [KEY, *READ_ONLY, *FIELDS]
    sheet.line(headings, bold=True)
    last = len(rows) + 1
    sheet.sheet.auto_filter.ref = f"A1:N{max(2, last)}"
    open_cell = Protection(locked=False)
    for number, x in enumerate(rows, 1):
        cells = [
            sheet.cell(v)
            for v in (
                x.key, number, x.task_code, x.title, x.agency, x.year, x.due_on,
                LABELS[x.state], int(x.values[PERCENT]),
                *(x.values[label] for label in FIELDS if label != PERCENT),
            )
        ]  # fmt: skip
        for cell in cells[: len(READ_ONLY) + 1]:
            cell.fill = grey
        for cell in cells[len(READ_ONLY) + 1 :]:
            cell.protection = open_cell
        sheet.sheet.append(cells)
    return saved(book, moment)


def read_upload(path: Path) -> list[dict[str, Any]]:
    """The cells of an uploaded workbook, read by the guarded process."""
    return list(_child(["read", str(path)])["sheets"])


def annotated(path: Path, comments: Sequence[Mapping[str, Any]]) -> bytes:
    """Their own workbook with comments where something is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "annotated.xlsx"
        _child(["annotate", str(path), str(out)], json.dumps(list(comments)))
        return out.read_bytes()


def _child(arguments: list[str], told: str = "") -> dict[str, Any]:
    root = Path(__file__).parent.parent
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reports.excel_guard", *arguments],
            input=told, capture_output=True, text=True, timeout=2 * CPU_SECONDS, cwd=root,
            check=False,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        raise SheetRefused("swells") from None
    if "refused" in answer:
        raise SheetRefused(answer["refused"])
    return answer


# --- comparing ---------------------------------------------------------------------------


def compare(sheets: Sequence[Mapping[str, Any]], current: Mapping[int, Current]) -> list[RowDiff]:
    """Row by row what would change. A sheet without our heading is passed over."""
    found: list[RowDiff] = []
    for sheet in sheets:
        columns, after = _columns(sheet["rows"])
        if KEY not in columns:
            continue
        for row in sheet["rows"]:
            if row["row"] > after and (diff := _row(sheet["title"], row, columns, current)):
                found.append(diff)
    return _without_doubles(found)


def _columns(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, int], int]:
    """Where each of our columns stands, whatever was inserted, moved or renamed around them."""
    wanted = {fold(label): label for label in (KEY, *FIELDS)}
    for row in rows[:HEADER_ROWS]:
        here: dict[str, int] = {}
        for index, cell in enumerate(row["cells"]):
            if cell and cell[0] == "s" and (label := wanted.get(fold(cell[1]))):
                if label in here:
                    return {}, 0
                here[label] = index
        if KEY in here and len(here) > 1:
            return here, row["row"]
    return {}, 0


def _row(
    sheet: str, row: Mapping[str, Any], columns: Mapping[str, int], current: Mapping[int, Current]
) -> RowDiff | None:
    cells = row["cells"]

    def cell(label: str) -> list[Any] | None:
        at = columns.get(label, -1)
        return cells[at] if 0 <= at < len(cells) else None

    raw = cell(KEY)
    typed = {label: c for label in FIELDS if (c := cell(label)) is not None}
    if raw is None:
        if not typed:
            return None
        return RowDiff(
            sheet, row["row"], "", Fate.ERROR, problem=Problem("no_key"),
            column=columns[KEY] + 1,
        )  # fmt: skip
    key = unicodedata.normalize("NFKC", str(raw[1])).strip()
    numbers = parse_key(key)
    if numbers is None:
        if fold(key) == fold(KEY):  # the heading again, pasted further down
            return None
        return RowDiff(
            sheet, row["row"], key[:40], Fate.ERROR,
            problem=Problem("wrong_key"),
            column=columns[KEY] + 1,
        )  # fmt: skip
    there = current.get(numbers[0])
    if there is None:
        return RowDiff(
            sheet, row["row"], key, Fate.ERROR,
            problem=Problem("not_yours"),
            column=columns[KEY] + 1,
        )  # fmt: skip
    base = RowDiff(
        sheet, row["row"], key, Fate.UNCHANGED, there.cycle_id, there.task_code, there.title,
        seen_version=numbers[1], seen_draft=numbers[2],
    )  # fmt: skip
    return _judged(base, typed, there, columns)


def _judged(
    base: RowDiff, typed: Mapping[str, list[Any]], there: Current, columns: Mapping[str, int]
) -> RowDiff:
    changes: dict[str, tuple[str, str]] = {}
    for label, cell in typed.items():
        try:
            new = percent_of(cell) if label == PERCENT else text_of(cell)
        except BadCell as wrong:
            why = Problem(wrong.code, {"column": label, **wrong.detail})
            return _as(base, Fate.ERROR, {}, why, columns[label] + 1)
        if new and new != there.values[label]:
            changes[label] = (there.values[label], new)
    if not changes:
        return base
    if there.state is not CycleState.IN_PROGRESS:
        why = Problem("state", {"state": there.state.value})
        return _as(base, Fate.ERROR, changes, why, columns[KEY] + 1)
    if PERCENT in changes and PROGRESS not in changes:
        why = Problem("no_progress", {"column": PROGRESS})
        return _as(base, Fate.ERROR, changes, why, columns.get(PROGRESS, columns[PERCENT]) + 1)
    stale = there.version != base.seen_version
    if set(changes) - {PERCENT, PROGRESS}:
        stale = stale or there.draft_version != base.seen_draft
    if stale:
        return _as(base, Fate.CONFLICT, changes, Problem("stale"), columns[KEY] + 1)
    return _as(base, Fate.CHANGED, changes, None, 1)


def _as(
    base: RowDiff,
    fate: Fate,
    changes: Mapping[str, tuple[str, str]],
    problem: Problem | None,
    column: int,
) -> RowDiff:
    return RowDiff(
        base.sheet, base.row, base.key, fate, base.cycle_id, base.task_code, base.title,
        changes, problem, column, base.seen_version, base.seen_draft,
    )  # fmt: skip


def percent_of(cell: Sequence[Any]) -> str:
    """A whole number from 0 to 100, from a number, a percent cell or text; else BadCell."""
    kind, value = cell
    number: Decimal | None
    if kind in ("n", "p"):
        try:
            number = Decimal(value) * (100 if kind == "p" else 1)
        except InvalidOperation:
            number = None
    elif kind == "s":
        parsed = parse_number(unicodedata.normalize("NFKC", value))
        number = parsed.value if parsed else None
    else:
        number = None
    if number is None or not number.is_finite():
        raise BadCell("not_a_number")
    rounded = number.quantize(Decimal("0.000001"))
    if rounded != rounded.to_integral_value():
        raise BadCell("not_whole")
    if not 0 <= rounded <= 100:
        raise BadCell("not_a_percent")
    return str(int(rounded))


def text_of(cell: Sequence[Any]) -> str:
    """Text as it is stored; BadCell for what cannot be one."""
    kind, value = cell
    if kind == "e":
        raise BadCell("cell_error", value=str(value))
    if kind == "b":
        raise BadCell("cell_boolean")
    if kind == "d":
        moment = datetime.fromisoformat(value) if len(value) > 8 else None
        return f"{moment:%d/%m/%Y}" if moment else str(value)
    text = clean(str(value))
    if kind == "n" and text.endswith(".0"):
        text = text[:-2]
    text = "".join(c for c in text if c >= " " or c in "\n\t")
    if len(text) > LONGEST:
        raise BadCell("too_long", limit=str(LONGEST))
    if old_font(text):
        raise BadCell("old_font")
    return text


def old_font(text: str) -> bool:
    """Text in TCVN3 or VNI looks like a rain of odd signs and holds no letter of Unicode."""
    if _UNICODE.search(text):
        return False
    odd = len(_TCVN3.findall(text)) + len(_VNI.findall(text))
    return odd >= 2 and odd * 40 >= len(text)


def _without_doubles(rows: Sequence[RowDiff]) -> list[RowDiff]:
    """The same cycle twice: once when both say the same, else an error on each."""
    by_cycle: dict[int, list[RowDiff]] = {}
    for row in rows:
        if row.cycle_id is not None:
            by_cycle.setdefault(row.cycle_id, []).append(row)
    found = []
    for row in rows:
        twins = by_cycle.get(row.cycle_id, [row]) if row.cycle_id is not None else [row]
        if len(twins) == 1:
            found.append(row)
        elif all(t.changes == row.changes and t.fate == row.fate for t in twins):
            if row is twins[0]:
                found.append(row)
        else:
            places = ", ".join(str(t.row) for t in twins)
            why = Problem("twice", {"places": places})
            found.append(_as(row, Fate.ERROR, row.changes, why, row.column))
    return found


def comments_of(rows: Sequence[RowDiff]) -> list[dict[str, Any]]:
    """What to write into their workbook, which is Vietnamese as its headings are."""
    return [
        {"sheet": r.sheet, "row": r.row, "column": r.column, "text": r.problem.said()}
        for r in rows
        if r.problem is not None
    ]
