"""The sheet comes back however officers treat it: no silent wrong cell, no fault of ours."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from models.states import CycleState
from reports import excel, excel_guard
from reports.excel import (
    FIGURES,
    KEY,
    PERCENT,
    PROGRESS,
    RESULT,
    Current,
    Fate,
    Problem,
    compare,
    export,
    key_of,
    old_font,
    parse_key,
    percent_of,
    read_upload,
)
from reports.excel_guard import SheetRefused, read_cells
from tests.engines import Databases
from tests.reports.conftest import House, at, moved_in
from tests.reports.sheets import (
    BASE,
    CURRENT,
    NOW,
    cells_of,
    column,
    current,
    fresh,
    judged,
    perturbed,
    saved,
)
from workflow.commands.sheets import ApplySheet, SheetRow
from workflow.law.errors import Stale, WorkflowError


def edited(change) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(BASE))
    change(book)
    return saved(book)


def test_unedited_it_changes_nothing():
    found = judged(cells_of(fresh()), {})

    assert [r.fate for r in found] == [Fate.UNCHANGED] * 5


def test_text_never_becomes_a_formula():
    evil = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("x")']
    rows = [current(i, **{RESULT: e, PROGRESS: e}) for i, e in enumerate(evil, 1)]

    content = export(rows, NOW)

    book = openpyxl.load_workbook(io.BytesIO(content))
    kinds = {c.data_type for row in book.active.iter_rows() for c in row}
    assert "f" not in kinds
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


# Every tenth goes through a file and the guard; ten thousand more: `python -m bench sheets`.
@pytest.mark.parametrize("tens", range(5))
def test_whatever_is_done_to_the_sheet_no_cell_goes_astray(tens, tmp_path):
    fates = set()
    for seed in range(100 * tens, 100 * tens + 100):
        book, edits = perturbed(seed)
        sheets = cells_of(book)
        if seed % 10 == 0:
            (tmp_path / "sheet").write_bytes(saved(book))
            sheets = read_cells(tmp_path / "sheet")
        fates |= {diff.fate for diff in judged(sheets, edits)}

    assert fates >= {Fate.UNCHANGED, Fate.CHANGED, Fate.ERROR}


def test_a_cell_that_went_astray_would_be_noticed():
    book = fresh()
    sheet = book.active
    sheet.cell(2, column(sheet, PROGRESS)).value = "của dòng khác"

    with pytest.raises(AssertionError, match="của dòng khác"):
        judged(cells_of(book), {2: (50, "của dòng khác")})


def test_a_key_is_checked_and_never_guessed():
    key = key_of(12, 3, 1)

    assert parse_key(key) == (12, 3, 1)
    assert parse_key(key.replace("12", "13")) is None
    assert parse_key("K12.3.1") is None


def test_conflicts_doubles_strangers_and_closed_tasks():
    def change(book):
        sheet = book.active
        result = column(sheet, RESULT)
        for row in range(2, 7):
            sheet.cell(row, result).value = f"Mới {row}"
        again = [c.value for c in sheet[3]]
        again[result - 1] = "Khác"
        sheet.append(again)
        sheet.append([key_of(99, 1, 0), *[None] * (result - 2), "Lạ"])

    book = fresh()
    change(book)
    sheets = cells_of(book)
    now_is = dict(CURRENT)
    now_is[1] = Current(**{**vars_of(CURRENT[1]), "version": 4})
    now_is[4] = Current(**{**vars_of(CURRENT[4]), "state": CycleState.REPORTED})

    found = compare(sheets, now_is)

    by_row = {r.row: r for r in found}
    assert by_row[2].fate is Fate.CONFLICT
    assert by_row[3].fate is by_row[7].fate is Fate.ERROR
    assert by_row[3].problem == Problem("twice", {"places": "3, 7"})
    assert by_row[4].fate is Fate.CHANGED
    assert by_row[4].changes == {RESULT: ("Kết quả 3", "Mới 4")}
    assert by_row[5].fate is Fate.ERROR
    assert by_row[8].fate is Fate.ERROR


def vars_of(row: Current) -> dict:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


@pytest.mark.parametrize(
    ("cell", "percent"),
    [(["n", "45"], "45"), (["n", "45.0"], "45"), (["p", "0.45"], "45"), (["p", "0.07"], "7"),
     (["s", "45%"], "45"), (["s", " 45 "], "45"), (["s", "45,0"], "45"), (["s", "１００"], "100")],
)  # fmt: skip
def test_percents_as_people_write_them(cell, percent):
    assert percent_of(cell) == percent


@pytest.mark.parametrize(
    "cell",
    [["n", "45.5"], ["n", "101"], ["n", "-1"], ["s", "nhiều"], ["b", True], ["d", "2025-01-05"],
     ["e", "#REF!"], ["n", "nan"], ["n", "inf"], ["s", ""]],
)  # fmt: skip
def test_what_is_no_percent_is_an_error(cell):
    with pytest.raises(ValueError, match=r"."):
        percent_of(cell)


def test_old_fonts_are_noticed_and_vietnamese_is_not_taken_for_them():
    assert old_font("B¸o c¸o kÕt qu¶ thùc hiÖn")
    assert old_font("Baùo caùo keát quaû thöïc hieän")
    assert not old_font("Báo cáo kết quả thực hiện")
    assert not old_font("Plan 2025, 30 m2/nguoi")
    assert not old_font("à la carte")


def archive(tmp_path, name: str, parts: dict[str, bytes], packing=zipfile.ZIP_DEFLATED):
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", packing) as out:
        for part, content in parts.items():
            out.writestr(part, content)
    return path


def refused(path) -> str:
    with pytest.raises(SheetRefused) as why:
        read_upload(path)
    return why.value.why


def test_bombs_macros_and_strangers_are_refused(tmp_path):
    bomb = archive(tmp_path, "bomb.xlsx", {
        "xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": b"0" * 60_000_000,
    })  # fmt: skip
    many = archive(tmp_path, "many.xlsx", {
        "xl/workbook.xml": b"<x/>", **{f"p{i}": b"x" for i in range(150)},
    })  # fmt: skip
    macro = archive(tmp_path, "macro.xlsx", {"xl/workbook.xml": b"<x/>", "xl/vbaProject.bin": b"x"})
    entity = archive(tmp_path, "entity.xlsx", {
        "xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    })  # fmt: skip
    word = archive(tmp_path, "word.xlsx", {"word/document.xml": b"<x/>"})
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 900)
    junk = tmp_path / "junk.xlsx"
    junk.write_bytes(b"PK\x03\x04 nothing")

    assert refused(bomb) == "swells"
    assert refused(many) == "too_many_parts"
    assert refused(macro) == "macros"
    assert refused(entity) == "not_a_workbook"
    assert refused(word) == "not_a_workbook"
    assert refused(old) == "old_or_encrypted"
    assert refused(junk) == "not_a_workbook"


def test_a_real_sheet_is_read_by_the_guarded_process_and_annotated(tmp_path):
    def change(book):
        sheet = book.active
        sheet.cell(2, column(sheet, PERCENT)).value = "nhiều"
        sheet.cell(3, column(sheet, RESULT)).value = "Mới"

    path = tmp_path / "0123abcd"  # the store names files by content
    path.write_bytes(edited(change))

    found = compare(read_upload(path), CURRENT)
    back = openpyxl.load_workbook(io.BytesIO(excel.annotated(path, excel.comments_of(found))))

    assert [r.fate for r in found][:2] == [Fate.ERROR, Fate.CHANGED]
    sheet = back.active
    assert "không phải là số" in sheet.cell(2, column(sheet, PERCENT)).comment.text
    assert sheet.cell(3, column(sheet, RESULT)).value == "Mới"


@pytest.fixture
def begun(databases: Databases, plan_template: str, tmp_path: Path) -> Iterator[House]:
    with moved_in(databases, plan_template, tmp_path, "next_year") as found:
        yield found


def rows_of(house: House) -> dict[int, Current]:
    with house.reading() as conn:
        return excel.current_rows(conn, house.actors["cv.so-y-te"], 2025, date(2025, 3, 1))


def test_rows_are_applied_all_or_none(begun):
    first, second = (begun.cycle(f"III.4.1-{x}", "so-y-te", 2025) for x in "ab")
    there = rows_of(begun)
    good = SheetRow(
        first, there[first].version, there[first].draft_version, 40, "Đang làm", result="Đã xong",
        figures="Số lớp: 12\nSố xã: 3",
    )  # fmt: skip
    stale = SheetRow(second, there[second].version - 1, 0, 50, "Đang làm")

    with pytest.raises(Stale):
        begun.do(ApplySheet("0" * 64, (good, stale)), "cv.so-y-te", at("2025-03-02"))
    assert rows_of(begun)[first].values[PERCENT] == "0"
    begun.do(ApplySheet("0" * 64, (good,)), "cv.so-y-te", at("2025-03-02"))

    after = rows_of(begun)[first].values
    assert (after[PERCENT], after[RESULT]) == ("40", "Đã xong")
    assert after[FIGURES] == "Số lớp: 12\nSố xã: 3"


def test_nobody_applies_a_row_of_another_agency(begun):
    first = begun.cycle("III.4.1-a", "so-y-te", 2025)
    row = SheetRow(first, rows_of(begun)[first].version, 0, 40, "Đang làm")

    with pytest.raises(WorkflowError):
        begun.do(ApplySheet("0" * 64, (row,)), "cv.so-xay-dung", at("2025-03-02"))
    assert rows_of(begun)[first].values[PERCENT] == "0"


def test_the_answer_of_the_child_is_plain(tmp_path):
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(export(list(CURRENT.values()), NOW))

    assert json.dumps(read_upload(path))
    assert KEY in [c[1] for c in read_upload(path)[0]["rows"][0]["cells"] if c]


@pytest.mark.parametrize(
    ("fault", "why"), [(MemoryError(), "swells"), (KeyError("xl/styles.xml"), "not_a_workbook")]
)
def test_a_sheet_too_big_for_the_memory_is_not_called_no_sheet(
    fault, why, tmp_path, monkeypatch, capsys
):
    def fail(*_arguments, **_options):
        raise fault

    (tmp_path / "sheet").write_bytes(BASE)
    monkeypatch.setattr(excel_guard, "limit", lambda *_: None)
    monkeypatch.setattr(openpyxl, "load_workbook", fail)

    excel_guard.main(["read", str(tmp_path / "sheet")])

    assert json.loads(capsys.readouterr().out) == {"refused": why}
