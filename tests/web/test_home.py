"""Việc của tôi: only what waits for me, with the verb that does it."""

from datetime import date, timedelta

import pytest
from lxml.html import HtmlElement as Element

from models.states import CycleState, ReasonClass, Role, UrgeLevel
from tests.make import LEAD, OTHER, STANDING, SUPPORTING, World, on
from tests.web.conftest import Open
from tests.web.reader import Page, words
from workflow.commands import cycles, extensions, results, urging
from workflow.commands.views import FinishTour


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
    world.do(FinishTour(), world.head())

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


def test_a_returned_report_gives_the_reason_in_its_own_words(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    reason = "Số liệu chưa khớp với phụ lục.\n" + "Rà soát lại từng dòng. " * 20
    back = results.ReturnReport(cycle_id, reason, "Số liệu", world.today + timedelta(days=9))
    world.do(back, world.judge)

    in_time = said(as_(world.head()).get("/inbox"), cycle_id)
    with on(world, date(2027, 1, 13)):
        overdue = said(as_(world.head()).get("/inbox"), cycle_id)

    assert in_time == overdue
    assert in_time.startswith("Số liệu chưa khớp với phụ lục. Rà soát lại")
    assert in_time.endswith("…")
    assert len(in_time) <= 160


# ------------------------------------------------------------------ what people ask of each other


def rows(page: Page, cycle_id: int) -> list[Element]:
    """Where a cycle waits; what is only coming up is left out."""
    return [
        li
        for section in page.all("section")
        for li in section.iter("li")
        if any(a.get("href") == f"/cycles/{cycle_id}" for a in li.iter())
    ]


def line(page: Page, cycle_id: int) -> str:
    """The row of a cycle in words; "" when it does not wait."""
    return " ".join(words(li) for li in rows(page, cycle_id))


def said(page: Page, cycle_id: int) -> str:
    (quote,) = [words(q) for li in rows(page, cycle_id) for q in li.iter("q")]
    return quote


def test_an_extension_waits_for_those_who_decide_it(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    later, paper = date(2027, 1, 29), world.document("7/CV-THU")
    ask = extensions.AskExtension(cycle_id, later, ReasonClass.OBJECTIVE, "Chờ số liệu", paper)
    world.do(ask, world.head())

    for who in (world.office, world.chairman):
        page = as_(who).get("/inbox")
        assert page.links[f"/cycles/{cycle_id}/decide-extension"] == "Quyết định"
        assert "Lần 1, đề nghị hạn mới 29/01/2027" in line(page, cycle_id)
        assert said(page, cycle_id) == "Chờ số liệu"
    assert line(as_(world.judge).get("/inbox"), cycle_id) == ""
    refuse = extensions.DecideExtension(cycle_id, False, "Không", world.document("8/UBND-VX"))
    world.do(refuse, world.chairman)
    assert line(as_(world.office).get("/inbox"), cycle_id) == ""


def test_an_explanation_waits_for_the_head_and_when_late_for_who_asked(
    world: World, as_: Open
) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    ask = urging.AskExplanation(cycle_id, "Vì sao chậm?", world.today + timedelta(days=7))
    world.do(ask, world.chairman)
    head, office = as_(world.head()), as_(world.office)

    page = head.get("/inbox")
    assert page.links[f"/cycles/{cycle_id}/explain"] == "Giải trình"
    assert "Trả lời trước hết ngày 09/03/2026" in line(page, cycle_id)
    assert said(page, cycle_id) == "Vì sao chậm?"
    assert line(as_(world.officer()).get("/inbox"), cycle_id) == ""
    assert line(office.get("/inbox"), cycle_id) == ""

    with on(world, world.today + timedelta(days=10)):
        late, asked = as_(world.head()).get("/inbox"), as_(world.office).get("/inbox")
        assert "quá hạn 3 ngày" in line(late, cycle_id)
        (bar,) = [h.get("class") for h in late.all("div") if "tone-red" in h.get("class", "")]
        assert bar
        assert "Giải trình quá ngày" in asked.text
        assert line(asked, cycle_id)
        world.do(urging.Explain(cycle_id, "Chờ số liệu của huyện"), world.head())
        assert line(as_(world.office).get("/inbox"), cycle_id) == ""
        assert line(as_(world.head()).get("/inbox"), cycle_id) == ""


def test_a_request_for_support_waits_for_the_asked_and_its_silence_for_the_lead(
    world: World, as_: Open
) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    day = world.today + timedelta(days=7)
    world.do(urging.AskSupport(cycle_id, SUPPORTING, "Cho số liệu năm", day), world.officer())

    page = as_(world.officer(SUPPORTING)).get("/inbox")
    assert page.links[f"/cycles/{cycle_id}/contribute"] == "Trả lời"
    assert "Trả lời trước hết ngày 09/03/2026" in line(page, cycle_id)
    assert said(page, cycle_id) == "Cho số liệu năm"
    assert line(as_(world.head(OTHER)).get("/inbox"), cycle_id) == ""
    with on(world, day + timedelta(days=2)):
        lead = as_(world.officer()).get("/inbox")
        assert lead.links[f"/cycles/{cycle_id}/note-silence"] == "Ghi nhận"
        assert f"Chưa nhận được ý kiến của Cơ quan {SUPPORTING}" in line(lead, cycle_id)
        world.do(urging.NoteSilence(cycle_id, SUPPORTING, "Đã nhắc hai lần"), world.head())
        assert "note-silence" not in " ".join(as_(world.officer()).get("/inbox").links)
        assert line(as_(world.head(SUPPORTING)).get("/inbox"), cycle_id)
        world.do(cycles.Contribute(cycle_id, "Số liệu đây"), world.officer(SUPPORTING))
        assert line(as_(world.head(SUPPORTING)).get("/inbox"), cycle_id) == ""


def test_an_urging_without_an_answer_waits_for_who_may_urge_louder(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    own = world.bring(world.cycle("II.4-a", STANDING), CycleState.IN_PROGRESS)
    day = world.today + timedelta(days=7)
    for urged, who in ((cycle_id, world.judge), (cycle_id, world.judge), (own, world.office)):
        world.do(urging.Urge(urged, UrgeLevel.REMINDER, "Đề nghị báo cáo", day), who)

    assert "Đôn đốc quá ngày trả lời" not in as_(world.judge).get("/inbox").text
    with on(world, day + timedelta(days=1)):
        page = as_(world.officer(STANDING)).get("/inbox")
        assert page.links[f"/cycles/{cycle_id}/urge"] == "Đôn đốc tiếp"
        assert "Đôn đốc lần 2, hẹn trả lời ngày 09/03/2026" in line(page, cycle_id)
        assert line(page, own) == ""
        assert line(as_(world.office).get("/inbox"), own)
        world.do(world.report(cycle_id), world.head())
        assert line(as_(world.officer(STANDING)).get("/inbox"), cycle_id).count("hẹn") == 0


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

    (upcoming,) = page.all("details", class_="dd-sheet dd-sheet-flush")
    assert any(a.get("href") == f"/cycles/{cycle_id}" for a in upcoming.iter())
    assert upcoming.get("open") is None


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.CHAIRMAN, Role.ADMIN])
def test_who_has_nothing_to_do_sees_no_work_of_others(world: World, as_: Open, role: Role) -> None:
    world.bring(world.cycle("II.2-a"), CycleState.REPORTED)

    page = as_(world.person(role, LEAD, 7)).get("/inbox")

    assert page.title == "Việc của tôi — Đôn Đốc"
    assert "Nhiệm vụ II.2-a" not in page.text


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM}))
def test_whatever_the_menu_and_the_empty_inbox_lead_to_opens(
    world: World, as_: Open, role: Role
) -> None:
    reader = as_(world.person(role, OTHER))

    inbox = reader.get("/inbox")

    hrefs = {a.get("href") or "" for a in inbox.all("a")}
    led_to = {h for h in hrefs if h.startswith("/") and h not in ("/", "/inbox?tour=2")}
    assert {"/plans", "/audit", "/account"} < led_to
    for href in sorted(led_to):
        reader.get(href)
