"""A yearly report with an annex of 2,000 tasks: counting it, and writing Word, PDF and Excel.

And what another program makes of our Word files: LibreOffice renders a letter into
`bench/results/look/`, for somebody to look at. Where there is none it says so and fails.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from bench.databases import addresses, application
from bench.tables import RESULTS, keep, show
from demo.story import PLAN_CODE, PLAN_FILE
from reports import catalogue
from reports.catalogue import Asked
from reports.figures import count
from reports.papers import reviews
from reports.papers.docx_writer import write_docx
from reports.papers.paper import Paper
from reports.papers.parts import Written
from reports.papers.pdf_writer import FONTS, write_pdf
from reports.workbook import figures_workbook
from workflow.commands.plans import LoadPlan
from workflow.commands.years import OpenYear
from workflow.law.facts import SYSTEM

T = TypeVar("T")
ROWS = 2_000
LIMIT = 10.0
YEARS = (2024, 2025)
# Every office has Times New Roman; this machine may not, and ours has the same widths.
LIKE_AN_OFFICE = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir>
<alias binding="same"><family>Times New Roman</family>
<prefer><family>Liberation Serif</family></prefer></alias></fontconfig>
"""
WHEN = datetime(2026, 1, 15, 2, tzinfo=UTC)


def measured(make: Callable[[], T]) -> tuple[T, float, float]:
    """What was made, seconds on the clock, seconds of the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    made = make()
    return made, time.perf_counter() - clock, time.process_time() - processor


def grown(conn: Connection, rows: int) -> reviews.Facts:
    """The facts of the plan's years, their cycles repeated until there are this many."""
    facts = reviews.facts_of(conn, SYSTEM, YEARS[-1], WHEN, years=YEARS)
    lines = facts.figures.lines
    many = [replace(lines[n % len(lines)], id=n + 1) for n in range(rows)]
    return replace(facts, figures=count(many, facts.figures.scope, WHEN))


def look(paper: Paper, into: Path) -> int:
    """How many pages LibreOffice makes of a paper; its PDF, and ours beside it, to look at."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise SystemExit("LibreOffice is not on this machine: nobody looked at the Word file")
    into.mkdir(parents=True, exist_ok=True)
    (into / "word.docx").write_bytes(write_docx(paper))
    (into / "ours.pdf").write_bytes(write_pdf(paper))
    with tempfile.TemporaryDirectory() as profile:
        fonts = Path(profile) / "fonts.conf"
        fonts.write_text(LIKE_AN_OFFICE.format(fonts=FONTS, cache=profile), encoding="utf-8")
        subprocess.run(
            [office, f"-env:UserInstallation=file://{profile}", "--headless"]
            + ["--convert-to", "pdf", "--outdir", str(into), str(into / "word.docx")],
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
            check=True,
            capture_output=True,
            timeout=300,
        )
    pages = re.findall(rb"/Type\s*/Page\b", (into / "word.pdf").read_bytes())
    return len(pages)


def main() -> None:
    with addresses(("sqlite",)) as found, application(found["sqlite"]) as app:
        door = app.extensions["dondoc"].door
        door.perform(LoadPlan(PLAN_FILE), SYSTEM, datetime(2023, 8, 9, tzinfo=UTC))
        for year in YEARS:
            door.perform(OpenYear(PLAN_CODE, year), SYSTEM, datetime(year, 1, 8, tzinfo=UTC))
        with app.extensions["dondoc"].engine.connect() as conn:
            facts, clock, processor = measured(lambda: grown(conn, ROWS))
            urging = Asked(YEARS[-1], WHEN, phone="0252 3822 000")
            letter = catalogue.make(conn, SYSTEM, "urging-letter", urging).papers[0]
    rows = [("đếm", clock, processor, 0)]
    paper, clock, processor = measured(lambda: reviews.consolidated_year(facts, Written()))
    rows.append(("xếp thành văn bản", clock, processor, 0))
    written: dict[str, Callable[[], bytes]] = {
        "Word": lambda: write_docx(paper),
        "PDF": lambda: write_pdf(paper),
        "Excel": lambda: figures_workbook(facts.figures, facts.indicators, facts.year),
    }
    for name, write in written.items():
        content, clock, processor = measured(write)
        rows.append((name, clock, processor, len(content)))
    head = ("việc", "giây", "giây CPU", "byte")
    show(f"Báo cáo năm, phụ lục {ROWS} nhiệm vụ (mỗi tệp dưới {LIMIT:.0f} giây)", head, rows)
    keep("papers", {"rows": ROWS, "steps": {r[0]: r[1:] for r in rows}})
    if slow := [name for name, _, processor, _ in rows if processor > LIMIT]:
        raise SystemExit(f"too slow: {', '.join(slow)}")
    for name, one in (("letter", letter), ("year", paper)):
        pages = look(one, RESULTS / "look" / name)
        print(f"  LibreOffice: {name}, {pages} trang, {RESULTS / 'look' / name}")
