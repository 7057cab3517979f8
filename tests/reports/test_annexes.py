"""The annexes on what documents moved, and on the records that are left."""

import io
from collections.abc import Iterator
from datetime import date

import docx
import pytest

from reports import catalogue
from reports.catalogue import Asked
from reports.papers.annexes import ARCHIVE_TITLE, MOVES_TITLE
from reports.papers.docx_writer import write_docx
from reports.papers.paper import Appendix, Paper, Para, Table
from tests import engines
from tests.reports.conftest import House, at, moved_in, paper
from workflow.commands import dispositions
from workflow.law.facts import SYSTEM


@pytest.fixture(scope="module")
def house(
    databases: engines.Databases, plan_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """2025 with two results, one cycle on hold, one ended, one that went to another agency."""
    home = tmp_path_factory.mktemp("annexes")
    with moved_in(databases, plan_template, home, "busy_year") as found:
        for letter, day, kind, more in (
            ("c", "2025-06-02", dispositions.HoldCycle, {}),
            ("d", "2025-06-03", dispositions.EndCycle, {}),
            ("e", "2025-07-01", dispositions.TransferLead, {"agency_code": "so-noi-vu"}),
        ):
            cycle = found.cycle(f"III.4.1-{letter}", "so-y-te", 2025)
            document = paper(date.fromisoformat(day), "20/QĐ-UBND")
            command = kind(cycle_id=cycle, reason="Sắp xếp bộ máy", document=document, **more)
            found.do(command, "ct.ubnd-tinh", at(day))
        yield found


def made(house: House, kind: str, day: str) -> Paper:
    with house.reading() as conn:
        (found,) = catalogue.make(conn, SYSTEM, kind, Asked(2025, at(day))).papers
    return found


def annex(found: Paper, title: str) -> Appendix:
    (one,) = [a for a in found.appendices if a.title == title]
    return one


def told(one: Appendix) -> str:
    return "\n".join(b.text for b in one.blocks if isinstance(b, Para))


def rows(one: Appendix) -> list[list[str]]:
    return [row for b in one.blocks if isinstance(b, Table) for row in b.rows]


@pytest.mark.parametrize("kind", ["year", "interim", "final"])
def test_what_documents_moved_stands_in_every_report_of_the_province(
    house: House, kind: str
) -> None:
    now, before = made(house, kind, "2026-01-15"), made(house, kind, "2025-06-02")

    listed = rows(annex(now, MOVES_TITLE))
    assert [(r[1], r[3], r[5]) for r in listed] == [
        ("III.4.1-c", "Tạm dừng", "20/QĐ-UBND"),
        ("III.4.1-d", "Kết thúc theo văn bản", "20/QĐ-UBND"),
        ("III.4.1-e", "Chuyển cơ quan chủ trì", "20/QĐ-UBND"),
    ]
    assert listed[2][4] == "Sở Y tế → Sở Nội vụ"
    assert "01 lượt chuyển cơ quan chủ trì, 01 lượt tạm dừng" in told(annex(now, MOVES_TITLE))
    # As of the first of them, only the first.
    assert [r[1] for r in rows(annex(before, MOVES_TITLE))] == ["III.4.1-c"]


def test_what_is_not_asked_any_more_is_counted_apart(house: House) -> None:
    with house.reading() as conn:
        boxes = catalogue.make(conn, SYSTEM, "year", Asked(2025, at("2026-01-15"))).figures.boxes

    assert (boxes.on_hold, boxes.closed) == (1, 1)


def test_the_final_report_says_which_records_are_left(house: House) -> None:
    final = made(house, "final", "2026-01-15")

    listed = {r[1]: r[2:6] for r in rows(annex(final, ARCHIVE_TITLE))}

    assert listed == {
        "Báo cáo kết quả nhiệm vụ của các cơ quan": ["2", "01/12/2025", "20/12/2025", "20 năm"]
    }
    assert "nhật ký điện tử có" in told(annex(final, ARCHIVE_TITLE))
    assert rows(annex(made(house, "final", "2025-12-10"), ARCHIVE_TITLE))[0][2] == "1"
    assert [a for a in made(house, "interim", "2026-01-15").appendices
            if a.title == ARCHIVE_TITLE] == []  # fmt: skip


def test_both_stand_in_the_word_file(house: House) -> None:
    document = docx.Document(io.BytesIO(write_docx(made(house, "final", "2026-01-15"))))

    words = "\n".join(p.text for p in document.paragraphs)
    cells = {c.text for t in document.tables for r in t.rows for c in r.cells}
    for title in (MOVES_TITLE, ARCHIVE_TITLE):
        assert title.upper() in words.upper()
    assert {"Sở Y tế → Sở Nội vụ", "20/QĐ-UBND", "20 năm"} <= cells
