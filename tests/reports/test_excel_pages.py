"""The sheet on its pages: up, compared, some rows applied; refused in words, never half written."""

import io
import zipfile
from typing import Any
from uuid import uuid4

import openpyxl
import pytest

from reports.excel import PERCENT, PROGRESS
from tests.reports.conftest import House, at
from tests.reports.sheets import column, saved
from tests.web.reader import Page, Reader
from web.excel import views
from workflow.commands.cycles import UpdateProgress

DAY = "2025-11-20"
A, B = "III.4.1-a", "III.4.1-b"
SAID = "Đã khám xong ở 12 huyện."


def sheet_of(reader: Reader) -> tuple[openpyxl.Workbook, Any, dict[str, int]]:
    """My sheet of the year as it is downloaded, and the row of each task."""
    with reader.client.get("/excel/download.xlsx?year=2025") as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    sheet = book.worksheets[0]
    code = column(sheet, "Mã nhiệm vụ")
    return book, sheet, {sheet.cell(n, code).value: n for n in range(2, sheet.max_row + 1)}


def written(reader: Reader, **said: str) -> bytes:
    """The sheet with progress on tasks a and b of Sở Y tế."""
    book, sheet, rows = sheet_of(reader)
    for letter, words in said.items():
        row = rows[f"III.4.1-{letter}"]
        sheet.cell(row, column(sheet, PROGRESS)).value = words
        sheet.cell(row, column(sheet, PERCENT)).value = 80
    return saved(book)


def stands(reader: Reader, task: str) -> int:
    """The percentage a task of my sheet stands at."""
    _book, sheet, rows = sheet_of(reader)
    percent: int = sheet.cell(rows[task], column(sheet, PERCENT)).value
    return percent


def brought(reader: Reader, content: bytes, status: int = 303, name: str = "viec.xlsx") -> Page:
    sent = {
        "csrf_token": reader.token,
        "idempotency_key": uuid4().hex,
        "sheet": (io.BytesIO(content), name),
    }
    page = Page(reader.client.post("/excel", data=sent, content_type="multipart/form-data"))
    assert page.status == status, page.html[:2000]
    return page


def keys(page: Page) -> list[str]:
    """The rows that can be applied, by the keys they have on this page."""
    return [i.get("value", "") for i in page.all("input", type="checkbox", name="rows")]


@pytest.fixture
def officer(house: House) -> Reader:
    house.open_year(2025)
    for letter in "ab":
        cycle = house.cycle(f"III.4.1-{letter}", "so-y-te", 2025)
        house.accept(cycle, "so-y-te", "2025-02-01")
    return house.reader("cv.so-y-te", DAY)


def test_each_row_tells_its_fate_and_only_what_is_chosen_is_written(officer: Reader) -> None:
    where = brought(officer, written(officer, a=SAID, b=SAID)).location
    page = officer.get(where)
    chosen = keys(page)

    assert "sẽ đổi 2" in page.text
    assert "lỗi 0" in page.text
    assert SAID in page.text
    assert len(chosen) == 2
    assert stands(officer, A) == 0, "a comparison writes nothing"

    officer.post(where, {"sha256": where.rsplit("/", 1)[1], "rows": chosen[0]})
    assert {stands(officer, A), stands(officer, B)} == {80, 0}


def test_what_somebody_changed_meanwhile_is_not_written_over_unseen(
    house: House, officer: Reader
) -> None:
    where = brought(officer, written(officer, a=SAID)).location
    (key,) = keys(officer.get(where))
    cycle = house.cycle(A, "so-y-te", 2025)
    house.do(UpdateProgress(cycle, 30, "Trưởng phòng ghi."), "gd.so-y-te", at(DAY))
    sent = {"sha256": where.rsplit("/", 1)[1], "rows": key}

    officer.post(where, sent, status=409)
    assert stands(officer, A) == 30

    page = officer.get(where)
    assert "xung đột 1" in page.text
    officer.post(where, sent | {"rows": keys(page)[0]})
    assert stands(officer, A) == 80, "seen and chosen, it goes over the other"


def test_a_sheet_is_shown_to_who_brought_it_and_to_nobody_else(
    house: House, officer: Reader
) -> None:
    where = brought(officer, written(officer, a=SAID)).location

    for path in (where, f"{where}/annotated.xlsx"):
        house.reader("cv.so-xay-dung", DAY).get(path, status=404)


def packed(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr(name, content)
    return made.getvalue()


def test_what_is_no_sheet_of_ours_is_refused_in_a_sentence(
    officer: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = openpyxl.Workbook()
    refused = {
        "Tệp không phải là Excel": b"%PDF-1.7 not a workbook",
        "Tệp giải nén quá lớn": packed("xl/worksheets/sheet1.xml", b"0" * 300_000_000),
        "Tệp có macro": packed("xl/vbaProject.bin", b"x"),
        "Tệp .xls đời cũ": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "Không tìm thấy cột": saved(other),
    }
    told = {why: brought(officer, content, 422).text for why, content in refused.items()}

    assert {why: why in text for why, text in told.items()} == dict.fromkeys(refused, True)
    assert "Chưa chọn tệp" in brought(officer, b"", 422, name="").text
    monkeypatch.setattr(views, "MAX_FILE", 400)
    assert "Tệp lớn hơn 10 MB" in brought(officer, written(officer, a=SAID), 422).text


def test_nothing_chosen_changes_nothing_and_says_so(officer: Reader) -> None:
    where = brought(officer, written(officer, a=SAID)).location

    page = officer.follow(where, {"sha256": where.rsplit("/", 1)[1]})
    assert "Chưa chọn dòng nào" in "".join(page.tree.itertext())
    assert stands(officer, A) == 0
