"""Xác nhận: the queue, the report beside its verdict, and the reports of one's own house."""

from datetime import date

import pytest

from models.states import CycleState, Role
from tests.make import AWARDS, LEAD, OTHER, STANDING, World
from tests.web.conftest import Open
from workflow.commands import results
from workflow.commands.yearwork import RecordAnnualPlan


def test_the_queue_holds_what_i_may_judge(world: World, as_: Open) -> None:
    mine = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    own = world.bring(world.cycle("II.4-a", STANDING), CycleState.REPORTED)

    judge, office = as_(world.judge).get("/verify"), as_(world.office).get("/verify")

    assert f"/verify/{mine}" in judge.links
    assert f"/verify/{own}" not in judge.links
    assert f"/verify/{own}" in office.links
    assert f"/verify/{mine}" not in office.links


def test_reports_of_my_own_house_are_shown_locked_with_the_reason(world: World, as_: Open) -> None:
    own = world.bring(world.cycle("II.4-a", STANDING), CycleState.REPORTED)

    page = as_(world.judge).get("/verify")

    assert "Báo cáo của chính cơ quan bạn" in page.text
    assert page.links[f"/cycles/{own}/why-not"] == "Vì sao tôi không được xác nhận?"


def test_an_empty_queue_says_so(world: World, as_: Open) -> None:
    page = as_(world.judge).get("/verify")

    assert page.title == "Xác nhận — Đôn Đốc"
    assert "Không có báo cáo nào chờ bạn" in page.text


def test_a_verdict_is_given_beside_the_report_and_leads_back_to_the_queue(
    world: World, as_: Open
) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    reader = as_(world.judge)

    page = reader.get(f"/verify/{cycle_id}")
    assert "Đã làm xong" in page.text
    assert "Xác nhận kết quả" in page.buttons
    sent = page.form(f"/cycles/{cycle_id}/verify") | {"quality": "partly_met"}
    answer = reader.post(f"/cycles/{cycle_id}/verify", sent)

    assert answer.location == "/verify"
    row = world.row(cycle_id)
    assert (row["state"], row["quality"]) == (CycleState.VERIFIED, "partly_met")
    assert "Đã xác nhận kết quả" in reader.get("/verify").text


def test_sending_back_leads_back_to_the_queue_too(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    reader = as_(world.judge)

    href = next(h for h in reader.get(f"/verify/{cycle_id}").links if "/return" in h)
    sent = reader.get(href).form(f"/cycles/{cycle_id}/return")
    words = {"reason": "Thiếu", "missing": "Số liệu", "resend_by": "20/3/2026"}
    answer = reader.post(f"/cycles/{cycle_id}/return", sent | words)

    assert answer.location == "/verify"
    assert world.row(cycle_id)["return_count"] == 1


def test_what_was_mended_since_the_return_is_marked(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    back = results.ReturnReport(cycle_id, "Thiếu số liệu", "Số căn", date(2026, 3, 20))
    world.do(back, world.judge)
    world.do(world.report(cycle_id, result="Đã làm xong 12 căn"), world.head())

    page = as_(world.judge).get(f"/verify/{cycle_id}")

    (added,) = page.all("ins")
    assert "".join(added.itertext()).strip() == "12 căn"
    assert "Thiếu số liệu" in page.text


def test_an_appraiser_proposes_and_the_judge_reads_the_proposal(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    officer = as_(world.officer(STANDING))

    sent = officer.get(f"/verify/{cycle_id}").form(f"/cycles/{cycle_id}/appraise")
    officer.post(f"/cycles/{cycle_id}/appraise", sent | {"verdict": "verify", "note": "Đủ số"})
    page = as_(world.judge).get(f"/verify/{cycle_id}")

    assert "Đề nghị xác nhận" in page.text
    assert "Đủ số" in page.text


def test_who_may_not_judge_reads_why(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)

    page = as_(world.head()).get(f"/verify/{cycle_id}")

    assert "Chưa xác nhận được" in page.text
    assert "Xác nhận kết quả" not in page.buttons


def test_the_next_reports_are_at_hand(world: World, as_: Open) -> None:
    first = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    second = world.bring(world.cycle("II.3-a", OTHER), CycleState.REPORTED)

    page = as_(world.judge).get(f"/verify/{first}")

    assert f"/verify/{second}" in page.links


def test_there_is_nothing_to_read_before_a_report_was_sent(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)

    as_(world.judge).get(f"/verify/{cycle_id}", 404)


def test_what_you_may_not_see_is_not_in_the_queue_either(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)

    as_(world.head(OTHER)).get(f"/verify/{cycle_id}", 404)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.AWARD_APPRAISER, Role.ADMIN])
def test_the_queue_is_closed_to_those_who_judge_nothing(
    world: World, as_: Open, role: Role
) -> None:
    as_(world.person(role, AWARDS, 5)).get("/verify", 403)


def test_an_agency_without_reports_to_judge_sees_an_empty_queue(world: World, as_: Open) -> None:
    world.bring(world.cycle("II.3-a", OTHER), CycleState.REPORTED)

    assert "Không có báo cáo nào chờ bạn" in as_(world.head(LEAD)).get("/verify").text


@pytest.mark.parametrize("year", [None, 2026, 2025])
def test_the_reviewer_sees_whether_the_agency_has_its_plan_of_the_year(
    world: World, as_: Open, year: int | None
) -> None:
    """Clause IV.1 makes it the criterion of the year: a warning, and the verdict stays open."""
    cycle = world.bring(world.cycle(), CycleState.REPORTED)
    if year:
        own = RecordAnnualPlan(world.plan, LEAD, year, world.document("5/KH-SCT"))
        world.do(own, world.head())

    page = as_(world.judge).get(f"/verify/{cycle}")

    has_it = year == 2026
    said = "Kế hoạch năm 5/KH-SCT" if has_it else "Cơ quan chưa ban hành kế hoạch năm 2026"
    assert said in page.text
    assert "Xác nhận kết quả" in page.buttons
