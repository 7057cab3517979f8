"""Ten thousand treated sheets come back through a file and the guard, and bombs do not.

DONDOC_BENCH_SHEETS=3000: another number. Every hundredth is read by the guarded process.
"""

import os
import subprocess
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path

from bench.databases import place
from bench.tables import keep, show
from reports.excel import read_upload
from reports.excel_guard import SheetRefused, read_cells
from tests.reports.sheets import judged, perturbed, saved

HOW_MANY = 10_000
FIRST = 1_000_000  # other seeds than those of the suite
SECONDS, MEGABYTES = 2.0, 512


def campaign(number: int, folder: Path) -> tuple[Counter[str], float]:
    """Fates of all rows; an AssertionError names the seed whose cell went astray."""
    fates: Counter[str] = Counter()
    begun = time.perf_counter()
    for seed in range(FIRST, FIRST + number):
        book, edits = perturbed(seed)
        file = folder / "sheet"
        file.write_bytes(saved(book))
        try:
            found = judged(read_upload(file) if seed % 100 == 0 else read_cells(file), edits)
        except Exception as fault:
            raise SystemExit(f"seed {seed}: {fault!r}") from fault
        fates.update(diff.fate.value for diff in found)
    return fates, time.perf_counter() - begun


def harmful(folder: Path) -> dict[str, Path]:
    """Files that must be refused before they cost anything."""
    parts: dict[str, dict[str, bytes]] = {
        "zip bomb": {"xl/worksheets/sheet1.xml": b"0" * 400_000_000},
        "nhiều phần": {f"p{n}": b"x" for n in range(50_000)},
        "macro": {"xl/vbaProject.bin": b"x" * 1_000_000},
        "thực thể XML": {"xl/styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'},
        "nhiều ô": {"xl/worksheets/sheet1.xml": b"<row>" * 3_900_000},
    }
    made: dict[str, Path] = {}
    for name, content in parts.items():
        made[name] = folder / f"{len(made)}.xlsx"
        with zipfile.ZipFile(made[name], "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b"<x/>")
            for part, text in content.items():
                archive.writestr(part, text)
    return made


_CHILD = """
import os, subprocess, sys, time
begun = time.perf_counter()
child = subprocess.Popen([sys.executable, "-m", "reports.excel_guard", "read", sys.argv[1]],
                         stdout=subprocess.DEVNULL)
_, _, used = os.wait4(child.pid, 0)
print(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)
"""


def cost(file: Path) -> tuple[float, float, int]:
    """Seconds, processor seconds and megabytes that refusing one file took."""
    told = subprocess.run(
        [sys.executable, "-c", _CHILD, str(file)], capture_output=True, text=True, check=True
    ).stdout.split()
    return float(told[0]), float(told[1]), int(told[2])


def main() -> None:
    number = int(os.environ.get("DONDOC_BENCH_SHEETS", HOW_MANY))
    with place() as folder:
        rows = []
        for name, file in harmful(folder).items():
            try:
                read_upload(file)
                raise SystemExit(f"{name}: was read")
            except SheetRefused as refused:
                why = refused.why
            measured = cost(file) if hasattr(os, "wait4") else (0.0, 0.0, 0)
            rows.append((name, why, *measured))
        show("Tệp nguy hại bị từ chối", ("tệp", "lý do", "giây", "giây CPU", "MB"), rows)
        fates, seconds = campaign(number, folder)
    shown = [(fate, n) for fate, n in sorted(fates.items())]
    show(f"{number} bảng tính, {seconds:.0f} giây, không ô nào sai lặng lẽ", ("dòng", "số"), shown)
    keep("sheets", {"sheets": number, "seconds": seconds, "rows": dict(fates), "refused": rows})
    if dear := [r[0] for r in rows if r[3] > SECONDS or r[4] > MEGABYTES]:
        raise SystemExit(f"too dear: {', '.join(dear)}")
