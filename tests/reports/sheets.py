"""What officers do to a sheet before they send it back, and whether a cell went astray by it.

Everything follows from one seed, so that a bad case is told again by its number.
"""

import io
import random
import unicodedata
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from models.states import CycleState
from reports.excel import (
    FIELDS,
    PERCENT,
    PROGRESS,
    RESULT,
    BadCell,
    Current,
    Fate,
    RowDiff,
    compare,
    export,
    percent_of,
    text_of,
)
from reports.excel_guard import cell_value

NOW = datetime(2025, 6, 1, tzinfo=UTC)
BLANK = dict.fromkeys(FIELDS, "") | {PERCENT: "25"}


def current(n: int, **values: str) -> Current:
    return Current(
        n, 3, 1, f"III.2.1-{n}", f"Nhiệm vụ {n}", "Sở Y tế", 2025, date(2025, 12, 14),
        CycleState.IN_PROGRESS, BLANK | {RESULT: f"Kết quả {n}"} | values,
    )  # fmt: skip


CURRENT = {n: current(n) for n in range(1, 6)}
BASE = export(list(CURRENT.values()), NOW)
PERCENTS = ("50", 50, 50.0, "50%", " 50 ", "50,0", 0.5, "abc", 120, -1, True, "5/1/26", 49.5)
WORDS = (
    "", "Đã xong", "=1+1", "@SUM(A1)", "-2", "+84 252", "#REF!", "B¸o c¸o kÕt qu¶", "hoà / hòa",
    "K1.3.1-00", "Mã kỳ", "0", "01/02/2025", "<b>x</b>", "“nháy”", "a\nb\tc", "  hai đầu  ", "·",
    "𝐅𝐚𝐧𝐜𝐲", "e\u0301\u0323", "\u200b", "NULL", "1e999", "x" * 5_001,
)  # fmt: skip
Edits = Mapping[int, tuple[Any, str]]


@cache
def _grid() -> Sequence[Sequence[tuple[Any, str]]]:
    sheet = openpyxl.load_workbook(io.BytesIO(BASE)).active
    assert sheet is not None
    return [[(c.value, c.number_format) for c in row] for row in sheet.iter_rows()]


def fresh() -> Workbook:
    """The exported sheet again, without reading the file each time."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row, cells in enumerate(_grid(), 1):
        for at, (value, shown) in enumerate(cells, 1):
            cell = sheet.cell(row, at)
            cell.value = value
            cell.number_format = shown
            if isinstance(value, str):
                cell.data_type = "s"
    return book


def column(sheet: Any, label: str) -> int:
    return next(int(c.column) for c in sheet[1] if c.value == label)


def perturbed(seed: int) -> tuple[Workbook, Edits]:
    """A sheet in which some cells were edited and much else was done, and the edits."""
    rng = random.Random(seed)
    edits = {
        n: (rng.choice(PERCENTS), _words(rng))
        for n in rng.sample(sorted(CURRENT), rng.randint(0, 4))
    }
    book = fresh()
    sheet = book.active
    assert sheet is not None
    percent, progress = column(sheet, PERCENT), column(sheet, PROGRESS)
    for row in range(2, sheet.max_row + 1):
        n = int(str(sheet.cell(row, 1).value)[1:].split(".")[0])
        if n in edits:
            value, words = edits[n]
            cell = sheet.cell(row, percent)
            cell.value = value
            if value == 0.5:
                cell.number_format = "0%"
            _write(sheet.cell(row, progress), words or None)
    for _ in range(rng.randint(0, 5)):
        _treat(book, rng.choice(TREATMENTS), rng)
    return book, edits


def _words(rng: random.Random) -> str:
    if rng.random() < 0.7:
        return rng.choice(WORDS)
    signs = [chr(rng.choice((rng.randint(32, 126), rng.randint(0xC0, 0x1EFF)))) for _ in range(40)]
    return "".join(s for s in signs if unicodedata.category(s)[0] != "C")


def _write(cell: Any, value: Any) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


TREATMENTS = (
    "sort", "insert_column", "insert_rows", "title", "rename", "delete_row", "blank_rows",
    "move_column", "other_sheet", "spaces", "nfd", "drop_column", "header_again", "copy_row",
    "sheet_twice", "merge",
)  # fmt: skip


def _treat(book: Workbook, treatment: str, rng: random.Random) -> None:
    sheet: Any = book.active
    if treatment == "sort":
        rows = [[(c.value, c.number_format) for c in r] for r in sheet.iter_rows(min_row=2)]
        rng.shuffle(rows)
        for to, cells in enumerate(rows, 2):
            for at, (value, shown) in enumerate(cells, 1):
                cell = sheet.cell(to, at)
                if type(cell).__name__ != "MergedCell":
                    _write(cell, value)
                    cell.number_format = shown
    elif treatment == "insert_column":
        sheet.insert_cols(rng.randint(1, 6))
    elif treatment == "insert_rows":
        sheet.insert_rows(rng.randint(1, 4), rng.randint(1, 3))
    elif treatment == "title":
        sheet.insert_rows(1)
        _put(sheet, 1, 1, "BẢNG THEO DÕI CỦA PHÒNG")
    elif treatment == "rename":
        sheet.title = f"Sheet {rng.randint(1, 99)}"
    elif treatment == "delete_row":
        sheet.delete_rows(rng.randint(2, max(2, sheet.max_row)))
    elif treatment == "blank_rows":
        sheet.insert_rows(rng.randint(2, max(2, sheet.max_row)), 2)
    elif treatment == "move_column":
        to = sheet.max_column + 1
        for row in range(1, sheet.max_row + 1):
            _put(sheet, row, to, sheet.cell(row, 1).value)
            _put(sheet, row, 1, None)
    elif treatment == "other_sheet":
        book.create_sheet("Ghi chú", 0).cell(1, 1).value = "của tôi"
        book.active = 1
    elif treatment in ("spaces", "nfd"):
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str) and cell.value.startswith(("Mã", "Tiến", "K")):
                    apart = unicodedata.normalize("NFD", cell.value)
                    _write(cell, f"  {cell.value} " if treatment == "spaces" else apart)
    elif treatment == "drop_column":
        sheet.delete_cols(rng.randint(2, 6))
    elif treatment == "header_again":
        last = sheet.max_row + 1
        for at, cell in enumerate(list(sheet[1]), 1):
            _put(sheet, last, at, cell.value)
    elif treatment == "copy_row":
        source, last = rng.randint(2, max(2, sheet.max_row)), sheet.max_row + 1
        for at in range(1, sheet.max_column + 1):
            _put(sheet, last, at, sheet.cell(source, at).value)
            sheet.cell(last, at).number_format = copy(sheet.cell(source, at).number_format)
    elif treatment == "sheet_twice":
        book.copy_worksheet(sheet)
    elif treatment == "merge":
        row = rng.randint(2, max(2, sheet.max_row))
        sheet.merge_cells(start_row=row, end_row=row, start_column=2, end_column=4)


def _put(sheet: Any, row: int, at: int, value: Any) -> None:
    cell = sheet.cell(row, at)
    if type(cell).__name__ != "MergedCell":
        _write(cell, value)


def cells_of(book: Workbook) -> list[dict[str, Any]]:
    """What the guard tells of the workbook."""
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


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def judged(sheets: Sequence[Mapping[str, Any]], edits: Edits) -> list[RowDiff]:
    """What would happen to the rows; AssertionError when a cell went astray unnoticed."""
    found = compare(sheets, CURRENT)
    for diff in found:
        if diff.cycle_id is None or diff.fate is Fate.ERROR:
            continue
        there = CURRENT[diff.cycle_id].values
        value, words = edits.get(diff.cycle_id, (None, ""))
        for label, (old, new) in diff.changes.items():
            assert old == there[label], (diff.cycle_id, label)
            assert new == _meant(label, value, words), (diff.cycle_id, label, new)
    return found


def _meant(label: str, value: Any, words: str) -> str | None:
    """What the officer wrote into this column of his row; None: nothing that could be kept."""
    try:
        if label == PERCENT and value is not None:
            shown = "p" if value == 0.5 else "s" if isinstance(value, str) else "n"
            return percent_of([shown, value if isinstance(value, str) else repr(value)])
        return text_of(["s", words]) if label == PROGRESS else None
    except BadCell:
        return None
