"""Việc của tôi: only what waits for me, with the verb that does it."""

from datetime import date, timedelta

import pytest

from models.states import CycleState, Role
from tests.make import LEAD, OTHER, STANDING, SUPPORTING, World, on
from tests.web.conftest import Open
from workflow.commands import cycles, results


def test_the_first_page_leads_a_stranger_to_the_public_page(as_: Open) -> None:
    assert as_(None).get("/", 303).location == "/public"


def test_the_first_page_leads_a_person_to_his_work(world: World, as_: Open) -> None:
    assert as_(world.head()).get("/", 303).location == "/inbox"


def test_a_stranger_is_asked_to_sign_in_and_brought_back(as_: Open) -> None:
    assert as_(None).get("/inbox", 303).location.endswith("/sign-in?next=/inbox")


def test_a_new_task_waits_to_be_accepted(world: World, as_: Open) -> None:
    cycle_id = world.cycle("II.2-a")

    page = as_(world.head()).get("/inbox")

    assert "Mới giao, chờ tiếp nhận" in page.text
    assert page.links[f"/cycles/{cycle_id}"]
    assert "Tiếp nhận" in page.links.values()


def test_the_count_stands_in_the_title(world: World, as_: Open) -> None:
    page = as_(world.head()).get("/inbox")

    jobs = [li for li in page.all("li") if "dd-job" in (li.get("class") or "").split()]
    assert page.title == f"Việc của tôi ({len(jobs)}) — Đôn Đốc"


def test_overdue_stands_first_and_says_by_how_much(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    world.today = date(2027, 1, 13)

    page = as_(world.head()).get("/inbox")

    assert page.all("h2")[0].get("id") == "overdue-title"
    assert "Quá hạn 30 ngày" in page.text
    assert page.links[f"/cycles/{cycle_id}/report"] == "Báo cáo"


def test_an_officer_is_asked_to_draft_where_the_head_is_asked_to_report(
    world: World, as_: Open
) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    world.today = date(2026, 12, 1)

    page = as_(world.officer()).get("/inbox")

    assert page.links[f"/cycles/{cycle_id}/report"] == "Soạn báo cáo"


def test_a_draft_waits_for_the_head_and_not_for_the_officer(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    world.do(results.SaveDraft(cycle_id, "Đã làm"), world.officer())

    head, officer = as_(world.head()).get("/inbox"), as_(world.officer()).get("/inbox")

    assert head.links[f"/cycles/{cycle_id}/report/check"] == "Kiểm tra và gửi"
    assert f"/cycles/{cycle_id}/report/check" not in officer.links


def test_a_returned_report_says_until_when(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    back = results.ReturnReport(cycle_id, "Thiếu", "Số liệu", world.today + timedelta(days=9))
    world.do(back, world.judge)

    page = as_(world.head()).get("/inbox")

    assert "Gửi lại trước hết ngày 11/03/2026" in page.text
    assert page.links[f"/cycles/{cycle_id}/report"] == "Bổ sung"


def test_the_judge_finds_the_report_and_its_sender_does_not(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)

    judge, head = as_(world.judge).get("/inbox"), as_(world.head()).get("/inbox")

    assert judge.links[f"/verify/{cycle_id}"] == "Đọc và xác nhận"
    assert f"/verify/{cycle_id}" not in head.links


def test_the_work_of_the_standing_agency_waits_for_the_office(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.4-a", STANDING), CycleState.REPORTED)

    office, judge = as_(world.office).get("/inbox"), as_(world.judge).get("/inbox")

    assert f"/verify/{cycle_id}" in office.links
    assert f"/verify/{cycle_id}" not in judge.links


def test_a_verified_result_waits_for_the_office_to_complete(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.VERIFIED)

    page = as_(world.office).get("/inbox")

    assert page.links[f"/cycles/{cycle_id}/complete"] == "Hoàn thành"


def test_a_request_to_adjust_waits_for_its_answer_in_its_own_words(world: World, as_: Open) -> None:
    cycle_id = world.cycle("II.2-a")
    decline = cycles.DeclineTask(cycle_id, "Thiếu kinh phí năm nay", world.document())
    world.do(decline, world.head())

    page = as_(world.judge).get("/inbox")

    assert "Thiếu kinh phí năm nay" in page.text
    assert page.links[f"/cycles/{cycle_id}/answer-decline"] == "Trả lời"


def test_an_empty_inbox_says_so_and_what_comes_next(world: World, as_: Open) -> None:
    page = as_(world.officer(SUPPORTING)).get("/inbox")

    assert "Không còn việc nào chờ bạn" in page.text
    assert page.links["/tasks"] == "Xem các nhiệm vụ"


def test_what_is_not_pressing_is_folded_and_not_counted(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.3-a", OTHER), CycleState.IN_PROGRESS)
    with on(world, world.today):
        page = as_(world.head(OTHER)).get("/inbox")

    (upcoming,) = page.all("details", class_="dd-sheet dd-sheet-flush dd-upcoming")
    assert any(a.get("href") == f"/cycles/{cycle_id}" for a in upcoming.iter())
    assert upcoming.get("open") is None


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.CHAIRMAN, Role.ADMIN])
def test_who_has_nothing_to_do_sees_no_work_of_others(world: World, as_: Open, role: Role) -> None:
    world.bring(world.cycle("II.2-a"), CycleState.REPORTED)

    page = as_(world.person(role, LEAD, 7)).get("/inbox")

    assert page.title == "Việc của tôi — Đôn Đốc"
    assert "Nhiệm vụ II.2-a" not in page.text
