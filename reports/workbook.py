"""Excel files: figures and lists, written row by row, with text that can never be a formula."""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from models.states import LABELS
from reports.boxes import AGE_LABELS, BOX_LABELS, Boxes
from reports.figures import Figures, Row
from reports.indicators import IndicatorLine
from reports.moment import Line
from workflow.law.deadlines import VIETNAM
from workflow.seals import Seal

_THIN = Side(style="thin", color="999999")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
FONT = "Times New Roman"
LINE = 16  # points a line of 12 takes
LETTERS = 1.1  # of 12 points in the width of one digit of the sheet, a little fewer than fit


class Sheet:
    """One sheet of a write-only workbook, with its styles resolved once."""

    def __init__(
        self, book: Any, title: str, widths: Sequence[int], freeze: str | None,
        *, tall: bool = False,
    ) -> None:  # fmt: skip
        """`tall`: each row is as high as its words need. LibreOffice does not see to it, and a row
        with a height of its own no longer grows under who types in it."""
        self.sheet = book.create_sheet(title)
        self._widths, self._tall, self._written = widths, tall, 0
        self._looks: dict[tuple[Any, ...], Any] = {}
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.paperSize = 9
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        if freeze:
            self.sheet.freeze_panes = freeze
        for index, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(index)].width = width

    def cell(
        self, value: Any, *, bold: bool = False, grid: bool = True, size: int = 12,
        wrap: bool = True,
    ) -> Any:  # fmt: skip
        """A cell; text stays text whatever it begins with."""
        cell: Any = WriteOnlyCell(self.sheet, value=None)
        put(cell, value)
        # openpyxl compares whole styles at every assignment: most of the time of a long list.
        look = (cell.number_format, bold, grid, size, wrap)
        if known := self._looks.get(look):
            cell._style = copy(known)
            return cell
        cell.font = Font(name=FONT, size=size, bold=bold)
        cell.alignment = Alignment(vertical="top", wrap_text=wrap)
        if grid:
            cell.border = _GRID
        self._looks[look] = copy(cell._style)
        return cell

    def line(self, values: Iterable[Any], *, bold: bool = False, grid: bool = True) -> None:
        self._append([self.cell(v, bold=bold, grid=grid) for v in values])

    def title(self, text: str, size: int = 13) -> None:
        self._append([self.cell(text, bold=True, grid=False, size=size, wrap=False)])

    def overflowing(self, label: str, text: str) -> None:
        """A value in one piece, over the empty cells at its right."""
        self._append([self.cell(label), self.cell(text, wrap=False)])

    def _append(self, cells: list[Any]) -> None:
        self._written += 1
        if self._tall:
            lines = max(
                ceil(len(c.value) / (width * LETTERS)) if isinstance(c.value, str) else 1
                for c, width in zip(cells, self._widths, strict=False)
            )
            if lines > 1:
                self.sheet.row_dimensions[self._written].height = LINE * lines
        self.sheet.append(cells)


def put(cell: Any, value: Any) -> None:
    """Set a cell; numbers and days as such, text never as a formula."""
    if isinstance(value, Decimal):
        cell.value = float(value)
        cell.number_format = "#,##0.##"
    elif isinstance(value, datetime):
        cell.value = value.astimezone(VIETNAM).replace(tzinfo=None)
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = "dd/mm/yyyy"
    elif isinstance(value, str):
        cell.value = _legible(value)
        cell.data_type = "s"
    else:
        cell.value = value


def _legible(text: str) -> str:
    """Without control characters, which no sheet can hold, and not longer than a cell."""
    return "".join(c for c in text if c >= " " or c in "\n\t")[:32_000]


HEADINGS = (
    "Tổng có hạn", "Hoàn thành đúng hạn", "Hoàn thành quá hạn", "Chưa hoàn thành, trong hạn",
    "Chưa hoàn thành, quá hạn", "Không hạn", "Tạm dừng", "Kết thúc theo văn bản",
    "Tỷ lệ hoàn thành (%)", "Tỷ lệ đúng hạn (%)", "Tỷ lệ quá hạn (%)",
)  # fmt: skip


def _counts(b: Boxes) -> list[Any]:
    return [
        b.total, b.done_on_time, b.done_late, b.open_in_time, b.open_overdue, b.no_deadline,
        b.on_hold, b.closed, b.completion_rate, b.on_time_rate, b.overdue_rate,
    ]  # fmt: skip


def _rows(book: Any, title: str, what: str, rows: Sequence[Row], total: Boxes) -> None:
    sheet = Sheet(book, title, [6, 46, *[13] * len(HEADINGS), 12, 12], "C2", tall=True)
    sheet.line(["TT", what, *HEADINGS, "Báo cáo chậm", "Lượt trả lại"], bold=True)
    for i, row in enumerate(rows, 1):
        sheet.line([i, row.label, *_counts(row.boxes), row.late_reports, row.returns])
    sheet.line(
        ["", "Tổng cộng", *_counts(total), sum(r.late_reports for r in rows),
         sum(r.returns for r in rows)],
        bold=True,
    )  # fmt: skip


def figures_workbook(
    figures: Figures,
    indicators: Sequence[IndicatorLine],
    year: int,
    seal: Seal | None = None,
) -> bytes:
    """The figures of a paper as a workbook: the same numbers, and the list behind them."""
    book = Workbook(write_only=True)
    first = Sheet(book, "Tổng hợp", [46, 18], None)
    first.title("TỔNG HỢP KẾT QUẢ THỰC HIỆN KẾ HOẠCH 2940/KH-UBND")
    first.line(["Số liệu chốt lúc", figures.cutoff])
    first.line(["Vị trí nhật ký", figures.position])
    first.overflowing("SHA-256 của bộ số liệu", figures.digest())
    if seal:
        first.overflowing("Niêm phong nhật ký", seal.line)
    for label, value in zip(HEADINGS, _counts(figures.boxes), strict=True):
        first.line([label, value])
    for label, n in zip(AGE_LABELS, figures.ages, strict=True):
        first.line([f"Quá hạn {label}", n])
    first.line(["Báo cáo gửi chậm", figures.all.late_reports])
    first.line(["Đúng hạn sau gia hạn (chậm so với hạn gốc)", figures.all.after_extension])
    first.line(["Lượt trả lại", figures.all.returns])
    _rows(book, "Theo cơ quan", "Cơ quan", figures.by_agency, figures.boxes)
    _rows(book, "Theo nhóm", "Nhóm nhiệm vụ", figures.by_section, figures.boxes)
    _rows(book, "Theo năm", "Năm", figures.by_year, figures.boxes)
    goals = Sheet(book, "Chỉ tiêu", [10, 50, 16, 22, 22, 16, 16, 26], "C2", tall=True)
    goals.line(
        ["Mã", "Chỉ tiêu", "Đơn vị", "Mục tiêu 2025", "Mục tiêu 2030", f"Năm {year - 1}",
         f"Năm {year}", "Đánh giá"],
        bold=True,
    )  # fmt: skip
    for x in indicators:
        targets = {m.target.year: m.target.text for m in x.milestones}
        goals.line(
            [x.code, x.name, x.unit, targets.get(2025), targets.get(2030), x.value(year - 1),
             x.value(year), x.current.word]
        )  # fmt: skip
    _list(book, figures.lines)
    return saved(book, figures.cutoff)


def _list(book: Any, lines: Sequence[Line]) -> None:
    widths = [6, 12, 60, 26, 8, 22, 14, 14, 18, 24, 10]
    sheet = Sheet(book, "Danh mục", widths, "D2", tall=True)
    sheet.line(
        ["TT", "Mã", "Nhiệm vụ", "Cơ quan chủ trì", "Năm", "Trạng thái", "Hạn", "Hạn gốc",
         "Báo cáo lúc", "Xếp vào", "Ngày quá hạn"],
        bold=True,
    )  # fmt: skip
    for i, x in enumerate(lines, 1):
        sheet.line(
            [i, x.task_code, x.task_title, x.agency_name, x.year, LABELS[x.state],
             x.effective_due_on, x.original_due_on, x.reported_at, BOX_LABELS[x.box], x.overdue]
        )  # fmt: skip


_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def saved(book: Any, moment: datetime) -> bytes:
    """The bytes; dates of the archive fixed, so that equal content is equal bytes."""
    book.properties.creator = "Đôn Đốc"
    book.properties.created = book.properties.modified = moment.astimezone(UTC).replace(tzinfo=None)
    stamp = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}".encode()
    raw, out = io.BytesIO(), io.BytesIO()
    book.save(raw)
    with (
        zipfile.ZipFile(raw) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            content = source.read(name)
            if name == "docProps/core.xml":
                # openpyxl stamps the machine's time while saving.
                content = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            target.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
