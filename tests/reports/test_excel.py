"""The sheet comes back however officers treat it: no silent wrong cell, no fault of ours."""

import io
import json
import random
import unicodedata
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.states import CycleState
from reports import excel
from reports.excel import (
    FIELDS,
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
    text_of,
)
from reports.excel_guard import SheetRefused, cell_value
from tests.reports.conftest import House, at
from workflow.commands.sheets import ApplySheet, SheetRow
from workflow.law.errors import Stale, WorkflowError

NOW = datetime(2025, 6, 1, tzinfo=UTC)
BLANK = dict.fromkeys(FIELDS, "") | {PERCENT: "25"}


def current(n: int, **values: str) -> Current:
    return Current(
        n, 3, 1, f"III.2.1-{n}", f"Nhiệm vụ {n}", "Sở Y tế", 2025, date(2025, 12, 14),
        CycleState.IN_PROGRESS, BLANK | {RESULT: f"Kết quả {n}"} | values,
    )  # fmt: skip


CURRENT = {n: current(n) for n in range(1, 6)}


def cells_of(content: bytes):
    """What the guarded process would tell, without the process."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
    return [
        {
            "title": s.title,
            "rows": [
                {"row": i, "cells": [cell_value(c) for c in row]}
                for i, row in enumerate(s.iter_rows(), 1)
                if any(c.value is not None for c in row)
            ],
        }
        for s in book.worksheets
    ]


BASE = export(list(CURRENT.values()), NOW)


def edited(change) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(BASE))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def column(sheet, label: str) -> int:
    return next(c.column for c in sheet[1] if c.value == label)


def test_unedited_it_changes_nothing():
    found = compare(cells_of(export(list(CURRENT.values()), NOW)), CURRENT)

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


PERTURBATIONS = st.lists(
    st.sampled_from(
        ["sort", "insert_column", "insert_rows", "title", "rename", "delete_row", "blank_rows",
         "move_column", "other_sheet", "spaces", "nfd", "drop_column", "header_again"]
    ),
    max_size=5,
)  # fmt: skip
EDITS = st.dictionaries(
    st.sampled_from(sorted(CURRENT)),
    st.tuples(
        st.sampled_from(
            ["50", 50, 50.0, "50%", " 50 ", "50,0", 0.5, "abc", 120, -1, True, "5/1/26"]
        ),
        st.text(
            st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=40
        ),
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(EDITS, PERTURBATIONS, st.integers(0, 2**32))
def test_whatever_is_done_to_the_sheet_no_cell_goes_astray(edits, treatments, seed):
    rng = random.Random(seed)

    def change(book):
        sheet = book.active
        percent, progress = column(sheet, PERCENT), column(sheet, PROGRESS)
        for row in range(2, sheet.max_row + 1):
            n = int(sheet.cell(row, 1).value[1:].split(".")[0])
            if n in edits:
                sheet.cell(row, percent).value = edits[n][0]
                if edits[n][0] == 0.5:
                    sheet.cell(row, percent).number_format = "0%"
                cell = sheet.cell(row, progress)
                cell.value = edits[n][1] or None
                if edits[n][1]:
                    cell.data_type = "s"
        for treatment in treatments:
            treat(book, treatment, rng)

    found = compare(cells_of(edited(change)), CURRENT)

    for diff in found:
        if diff.cycle_id is None or diff.fate is Fate.ERROR:
            continue
        wanted = edits.get(diff.cycle_id)
        for label, (old, new) in diff.changes.items():
            assert old == CURRENT[diff.cycle_id].values[label]
            assert wanted is not None, (label, new)
            if label == PERCENT:
                assert new == "50"
            else:
                assert label == PROGRESS
                assert new == text_of(["s", wanted[1]])


def treat(book, treatment: str, rng: random.Random) -> None:
    """What officers do to a sheet."""
    sheet = book.active
    if treatment == "sort":
        rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]
        formats = [[c.number_format for c in row] for row in sheet.iter_rows(min_row=2)]
        order = list(range(len(rows)))
        rng.shuffle(order)
        for to, source in enumerate(order, 2):
            for at_, value in enumerate(rows[source], 1):
                cell = sheet.cell(to, at_)
                cell.value = value
                cell.number_format = formats[source][at_ - 1]
                if isinstance(value, str):
                    cell.data_type = "s"
    elif treatment == "insert_column":
        sheet.insert_cols(rng.randint(1, 6))
    elif treatment == "insert_rows":
        sheet.insert_rows(rng.randint(1, 4), rng.randint(1, 3))
    elif treatment == "title":
        sheet.insert_rows(1)
        sheet.cell(1, 1).value = "BẢNG THEO DÕI CỦA PHÒNG"
    elif treatment == "rename":
        sheet.title = f"Sheet {rng.randint(1, 99)}"
    elif treatment == "delete_row":
        sheet.delete_rows(rng.randint(2, max(2, sheet.max_row)))
    elif treatment == "blank_rows":
        sheet.insert_rows(rng.randint(2, max(2, sheet.max_row)), 2)
    elif treatment == "move_column":
        width = sheet.max_column
        for row in sheet.iter_rows(min_col=1, max_col=width):
            source, target = row[0], sheet.cell(row[0].row, width + 1)
            target.value = source.value
            source.value = None
    elif treatment == "other_sheet":
        book.create_sheet("Ghi chú", 0).cell(1, 1).value = "của tôi"
        book.active = 1
    elif treatment in ("spaces", "nfd"):
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith(("Mã", "Tiến", "K")):
                    decomposed = unicodedata.normalize("NFD", cell.value)
                    cell.value = f"  {cell.value} " if treatment == "spaces" else decomposed
    elif treatment == "drop_column":
        sheet.delete_cols(rng.randint(2, 6))
    elif treatment == "header_again":
        for at_, cell in enumerate(list(sheet[1]), 1):
            sheet.cell(sheet.max_row + (1 if at_ == 1 else 0), at_).value = cell.value


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

    sheets = cells_of(edited(change))
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
def busy(house: House) -> House:
    house.open_year(2025)
    for letter in "ab":
        house.accept(house.cycle(f"III.4.1-{letter}", "so-y-te", 2025), "so-y-te", "2025-02-01")
    return house


def rows_of(house: House) -> dict[int, Current]:
    with house.reading() as conn:
        return excel.current_rows(conn, house.actors["cv.so-y-te"], 2025, date(2025, 3, 1))


def test_rows_are_applied_all_or_none(busy):
    first, second = (busy.cycle(f"III.4.1-{x}", "so-y-te", 2025) for x in "ab")
    there = rows_of(busy)
    good = SheetRow(
        first, there[first].version, there[first].draft_version, 40, "Đang làm", result="Đã xong"
    )
    stale = SheetRow(second, there[second].version - 1, 0, 50, "Đang làm")

    with pytest.raises(Stale):
        busy.do(ApplySheet("0" * 64, (good, stale)), "cv.so-y-te", at("2025-03-02"))
    assert rows_of(busy)[first].values[PERCENT] == "0"
    busy.do(ApplySheet("0" * 64, (good,)), "cv.so-y-te", at("2025-03-02"))

    after = rows_of(busy)[first].values
    assert (after[PERCENT], after[RESULT]) == ("40", "Đã xong")


def test_nobody_applies_a_row_of_another_agency(busy):
    first = busy.cycle("III.4.1-a", "so-y-te", 2025)
    row = SheetRow(first, rows_of(busy)[first].version, 0, 40, "Đang làm")

    with pytest.raises(WorkflowError):
        busy.do(ApplySheet("0" * 64, (row,)), "cv.so-xay-dung", at("2025-03-02"))
    assert rows_of(busy)[first].values[PERCENT] == "0"


def test_the_answer_of_the_child_is_plain(tmp_path):
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(export(list(CURRENT.values()), NOW))

    assert json.dumps(read_upload(path))
    assert KEY in [c[1] for c in read_upload(path)[0]["rows"][0]["cells"] if c]
