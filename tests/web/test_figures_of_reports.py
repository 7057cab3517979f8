"""Số liệu chính: typed a line each, sent with the report, held against the year before."""

import hashlib
from datetime import date

import pytest

from models.states import CycleState
from tests.make import World
from tests.web.conftest import Open
from tests.web.reader import words
from tests.web.test_cycles import REPORTED
from workflow import canonical
from workflow.commands import results
from workflow.commands.results import report_digest

BEFORE = "Số căn nhà: 480 căn\nTỷ lệ đạt: 96 %"
NOW = "SỐ CĂN NHÀ\t512 căn (ước)\nSố xã: 12"


@pytest.fixture
def working(world: World) -> int:
    """A cycle under way, with a report of last year that was verified."""
    world.open_year(2025)
    before = world.bring(world.cycle("II.2-a", year=2025), CycleState.IN_PROGRESS)
    world.do(world.report(before, figures=BEFORE), world.head())
    world.do(results.VerifyResult(before), world.judge)
    return world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)


def test_figures_are_drafted_checked_and_sent(world: World, as_: Open, working: int) -> None:
    head, here = as_(world.head()), f"/cycles/{working}"

    checked = head.follow(f"{here}/draft", REPORTED | {"figures": NOW, "then": "check"})
    sent = head.follow(f"{here}/report", checked.form(f"{here}/report"))

    assert "512 căn (ước)" in checked.text
    assert "chưa ghi số liệu riêng" not in checked.text
    assert "512 căn (ước)" in sent.text


def test_a_report_without_figures_may_be_sent_and_that_is_said_before(
    world: World, as_: Open, working: int
) -> None:
    head, here = as_(world.head()), f"/cycles/{working}"

    checked = head.follow(f"{here}/draft", REPORTED | {"then": "check"})

    assert "chưa ghi số liệu riêng" in checked.text
    head.follow(f"{here}/report", checked.form(f"{here}/report"))
    assert world.row(working)["state"] == CycleState.REPORTED


def test_who_verifies_sees_each_figure_beside_that_of_last_year(
    world: World, as_: Open, working: int
) -> None:
    world.do(world.report(working, figures=NOW), world.head())

    page = as_(world.judge).get(f"/verify/{working}")

    rows = [[words(cell) for cell in row] for row in page.all("tr")]
    assert rows == [
        ["Số liệu", "Kỳ này", "Năm 2025"],
        ["SỐ CĂN NHÀ", "512 căn (ước)", "480 căn"],
        ["Số xã", "12", ""],
    ]


def test_what_was_counted_is_copied_from_last_year_and_how_much_is_not(
    world: World, as_: Open, working: int
) -> None:
    reader, here = as_(world.officer()), f"/cycles/{working}"

    answer = reader.follow(f"{here}/draft", {"then": "copy"})

    assert answer.form(f"{here}/draft")["figures"] == "Số căn nhà: \nTỷ lệ đạt: "
    typed = reader.follow(f"{here}/draft", {"figures": NOW, "then": "copy"})
    assert typed.form(f"{here}/draft")["figures"] == NOW


def test_figures_that_were_corrected_after_a_return_are_shown(
    world: World, as_: Open, working: int
) -> None:
    world.do(world.report(working, figures="Số căn nhà: 50"), world.head())
    back = results.ReturnReport(working, "Sai số", "Số căn", date(2026, 3, 20))
    world.do(back, world.judge)
    world.do(world.report(working, figures="Số căn nhà: 512"), world.head())

    page = as_(world.judge).get(f"/verify/{working}")

    assert "Đã sửa so với lần bị trả lại" in page.text
    assert [words(d) for d in page.all("del")] == ["50"]


def test_the_digest_of_a_report_from_before_the_field_is_the_same_as_then() -> None:
    """Else the page would say in red that every old report has been changed."""
    told = {"result": "Xong", "product": "Báo cáo", "difficulties": "", "proposals": ""}
    then = canonical.encode(told | {"document": "1/BC", "files": []})

    assert (
        report_digest(told | {"figures": None}, "1/BC", [])
        == hashlib.sha256(then.encode()).hexdigest()
    )
    assert report_digest(told | {"figures": ""}, "1/BC", []) != report_digest(
        told | {"figures": None}, "1/BC", []
    )
