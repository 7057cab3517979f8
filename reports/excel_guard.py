"""Opens a workbook somebody sent, in a process of its own with limits, and writes its cells out.

`python -m reports.excel_guard read FILE` prints JSON; `annotate FILE OUT` takes comments on
standard input. What could harm is refused before anything is parsed: archives that swell, too many
parts or cells, macros, objects, links to elsewhere, document types, encryption, old formats.
"""

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from reports.limits import limit
from workflow.files import UNREADABLE

MAX_FILE = 10 * 1024 * 1024
MAX_UNPACKED = 20 * 1024 * 1024
MAX_RATIO = 100
MAX_PARTS = 100
MAX_CELLS = 50_000
MAX_COLUMNS = 200
MAX_ROWS = 20_000
MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FORBIDDEN = (
    "vbaproject.bin",
    "externallinks/",
    "embeddings/",
    "oleobject",
    "activex/",
    "macrosheets/",
)


class SheetRefused(Exception):
    """The file is not read; `why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check_archive(path: Path) -> None:
    """Refuse by size, kind and parts, counting unpacked bytes while unpacking."""
    if path.stat().st_size > MAX_FILE:
        raise SheetRefused("too_big")
    with path.open("rb") as file:
        start = file.read(8)
    if start == OLE:
        raise SheetRefused("old_or_encrypted")
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE:
        raise SheetRefused("not_a_workbook") from None
    with archive:
        parts = archive.infolist()
        names = [part.filename.lower() for part in parts]
        if "xl/workbook.xml" not in names or len(set(names)) != len(names):
            raise SheetRefused("not_a_workbook")
        if len(parts) > MAX_PARTS:
            raise SheetRefused("too_many_parts")
        if any(bad in name for name in names for bad in _FORBIDDEN):
            raise SheetRefused("macros")
        total = 0
        for part in parts:
            total += _unpacked(archive, part, MAX_UNPACKED - total)
        if total > MAX_RATIO * path.stat().st_size:
            raise SheetRefused("swells")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> int:
    if part.flag_bits & 1:
        raise SheetRefused("old_or_encrypted")
    size = 0
    tail = b""
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(65_536):
                size += len(chunk)
                if size > room:
                    raise SheetRefused("swells")
                seen = tail + chunk
                if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                    raise SheetRefused("not_a_workbook")
                tail = chunk[-16:]
    except UNREADABLE:
        raise SheetRefused("not_a_workbook") from None
    return size


def read_cells(path: Path) -> list[dict[str, Any]]:
    """Every sheet's rows with their numbers; formulas by the value they had."""
    check_archive(path)
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise SheetRefused("not_ready")
    # From its bytes: the store names files by content, without an ending.
    content = io.BytesIO(path.read_bytes())
    with _only_workbooks():
        book = openpyxl.load_workbook(content, read_only=True, data_only=True, keep_links=False)
    cells = 0
    sheets = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        rows = []
        for number, row in enumerate(_rows(sheet), 1):
            if len(row) > MAX_COLUMNS or number > MAX_ROWS:
                raise SheetRefused("too_many_cells")
            values = [cell_value(cell) for cell in row]
            cells += sum(v is not None for v in values)
            if cells > MAX_CELLS:
                raise SheetRefused("too_many_cells")
            if any(v is not None for v in values):
                rows.append({"row": number, "cells": values})
        sheets.append({"title": sheet.title, "rows": rows})
    return sheets


@contextmanager
def _only_workbooks() -> Iterator[None]:
    """Whatever the library says of a file somebody sent: it is no workbook.

    openpyxl promises no exception of its own: a damaged file ends in KeyError, ValueError,
    ParseError or what else its parts run into, and none of it is a fault of this house.
    """
    try:
        yield
    except (SheetRefused, MemoryError):  # it unpacks to more than there is room for
        raise
    except Exception:
        raise SheetRefused("not_a_workbook") from None


def _rows(sheet: Any) -> Iterator[Any]:
    with _only_workbooks():
        yield from sheet.iter_rows()


def cell_value(cell: Any) -> list[Any] | None:
    """[kind, value]: n number, p number shown as percent, s text, d day, b truth, e error."""
    value = cell.value
    if value is None or value == "":
        return None
    if getattr(cell, "data_type", "") == "e":
        return ["e", str(value)]
    if isinstance(value, bool):
        return ["b", value]
    if isinstance(value, int | float):
        shown = "p" if "%" in (getattr(cell, "number_format", "") or "") else "n"
        return [shown, repr(value)]
    if isinstance(value, datetime | date | time):
        return ["d", value.isoformat()]
    return ["s", str(value)]


def annotate(path: Path, out: Path, comments: list[dict[str, Any]]) -> None:
    """Their own workbook again, with a comment and a colour where something is wrong."""
    check_archive(path)
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), keep_links=False)
    red = PatternFill("solid", start_color="FFF4CCCC", end_color="FFF4CCCC")
    for one in comments:
        cell = book[one["sheet"]].cell(one["row"], one["column"])
        if type(cell).__name__ == "MergedCell":
            continue
        cell.comment = Comment(one["text"], "Đôn Đốc", width=320, height=120)
        cell.fill = red
    book.save(out)


def main(arguments: list[str]) -> None:
    """Answer on standard output: {"sheets": …}, {"done": true} or {"refused": code}."""
    limit(MEMORY, CPU_SECONDS)
    try:
        if arguments[0] == "read":
            told: dict[str, Any] = {"sheets": read_cells(Path(arguments[1]))}
        else:
            annotate(Path(arguments[1]), Path(arguments[2]), json.load(sys.stdin))
            told = {"done": True}
    except SheetRefused as refused:
        told = {"refused": refused.why}
    except MemoryError:
        told = {"refused": "swells"}
    sys.stdout.write(json.dumps(told, ensure_ascii=True))


if __name__ == "__main__":
    main(sys.argv[1:])
