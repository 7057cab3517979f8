"""Every paper of a year by one command."""

import json
from pathlib import Path

import docx
import pytest

from cli import command_line
from reports.catalogue import KINDS
from tests.reports.conftest import House


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
