"""Every paper of a year by one command."""

import json
from pathlib import Path

import docx
import pytest

from cli import command_line
from models.states import UrgeLevel
from reports import catalogue
from reports.catalogue import KINDS, Asked
from reports.figures import figures
from reports.gather import Pressure
from reports.moment import Scope
from reports.papers.paper import Para
from reports.papers.parts import urging_sentence
from tests.reports.conftest import House, at
from workflow.law.facts import SYSTEM


def test_one_command_drafts_every_paper_of_the_year(
    half: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["report", "draft", "all", "--year", "2024", "--agency", "so-y-te"]
    with pytest.raises(SystemExit) as end:
        command_line(half.app, [*asked, "--out", str(tmp_path), "--json"])

    told = capsys.readouterr()
    papers = json.loads(told.out)
    assert end.value.code in (0, None)
    made = {paper["kind"] for paper in papers}
    assert made >= {"year", "interim", "final", "agency-sheet", "agency-year"}
    left = {line.split(":")[0] for line in told.err.splitlines() if ": " in line}
    assert made | (left & set(KINDS)) == set(KINDS), "what cannot be drafted yet is named"
    for file in tmp_path.rglob("*.docx"):
        assert docx.Document(str(file)).paragraphs or docx.Document(str(file)).tables
    written = {Path(f["file"]).name for paper in papers for f in paper["files"]}
    assert {file.name for file in tmp_path.rglob("*") if file.is_file()} == written


# (as of, agencies with something due, of whom nothing was sent)
DUE = [("2025-06-30", 0, 0), ("2025-12-15", 43, 42), ("2025-12-31", 43, 42)]


@pytest.mark.parametrize(("day", "due", "silent"), DUE)
def test_only_who_has_something_due_can_have_reported_or_not(busy, day, due, silent):
    """In June nobody has sent anything, and the report must not say that all have."""
    with busy.reading() as conn:
        found = figures(conn, SYSTEM, Scope(years=(2025,)), at(day))
        (paper,) = catalogue.make(conn, SYSTEM, "year", Asked(2025, at(day))).papers

    assert (found.agencies_due, len(found.without_report)) == (due, silent)
    said = " ".join(b.text for b in paper.body if isinstance(b, Para))
    sent, all_of_them = (f"{n:02d}" if 0 < n < 10 else str(n) for n in (due - silent, due))
    assert f"Có {sent}/{all_of_them} cơ quan có nhiệm vụ đến hạn đã gửi báo cáo kết quả" in said


def test_ubnd_keeps_its_letters_within_a_sentence():
    pressed = Pressure(urged={1: 1}, levels={UrgeLevel.UBND_LETTER: 1}, answered=0)

    assert "(công văn của UBND tỉnh: 01)" in urging_sentence(pressed, 1).text
