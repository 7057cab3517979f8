"""Duyệt báo cáo: many reports in a row, one confirmation, a result for each."""

import json
from datetime import date
from typing import Any

from models.states import CycleState
from tests.make import LEAD, OTHER, STANDING, World
from tests.web.conftest import Open
from tests.web.reader import Page
from workflow.commands import results


def given(page: Page, act: str, **fields: str) -> dict[str, Any]:
    """What the script of the page gathers from the form of this act."""
    action = next(f.get("action", "") for f in page.all("form") if f"/{act}" in f.get("action", ""))
    sent = page.form(action) | fields
    sent = {k: v for k, v in sent.items() if k not in ("csrf_token", "idempotency_key")}
    return {"cycle_id": int(action.split("/")[2]), "act": act, "fields": sent}


def test_gathered_verdicts_are_told_and_then_carried_out_each_by_itself(
    world: World, as_: Open
) -> None:
    first = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    second = world.bring(world.cycle("II.3-a", OTHER), CycleState.REPORTED)
    third = world.bring(world.cycle("II.6-a"), CycleState.REPORTED)
    judge = as_(world.judge)
    pages = [judge.get(f"/verify/review?at={cycle_id}") for cycle_id in (first, second, third)]
    back = {"reason": "Chưa có số căn", "missing": "Số căn theo huyện", "resend_by": "20/3/2026"}
    sent = json.dumps(
        [
            given(pages[0], "verify", quality="met"),
            given(pages[1], "return", **back),
            given(pages[2], "flag", reason="Theo dõi sát"),
        ]
    )

    check = judge.post("/verify/review/check", {"decisions": sent}, 200)

    assert world.row(first)["state"] == CycleState.REPORTED, "nothing is done by looking"
    for words in ("Xác nhận kết quả 1", "Trả lại 1", "Chưa có số căn", "20/03/2026", "Đạt"):
        assert words in check.text
    assert check.buttons == ["Chốt 3 quyết định"]
    confirmed = check.form("/verify/review")
    done = judge.post("/verify/review", confirmed, 200)
    again = judge.post("/verify/review", confirmed, 200)

    assert "Đã thực hiện 3 trên 3 quyết định" in done.text
    assert "Đã thực hiện 3 trên 3 quyết định" in again.text, "the key makes each act once"
    assert (world.row(first)["state"], world.row(first)["quality"]) == ("verified", "met")
    assert (world.row(second)["return_count"], world.row(second)["state"]) == (1, "in_progress")
    assert world.row(third)["state"] == CycleState.REPORTED
    assert done.all("div", data_review_done=f"{first} {second} {third} ")


def test_what_cannot_be_done_says_why_and_holds_up_nothing_else(world: World, as_: Open) -> None:
    fine = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    withdrawn = world.bring(world.cycle("II.3-a", OTHER), CycleState.REPORTED)
    own = world.bring(world.cycle("II.4-a", STANDING), CycleState.REPORTED)
    judge = as_(world.judge)
    good, stale = (given(judge.get(f"/verify/review?at={i}"), "verify") for i in (fine, withdrawn))
    world.do(results.WithdrawReport(withdrawn, "Gửi nhầm"), world.head(OTHER))
    mine = {"cycle_id": own, "act": "verify", "fields": {"seen_version": "3"}}
    wrong = {"cycle_id": fine, "act": "return", "fields": {"reason": "", "resend_by": "31/2"}}

    check = judge.post("/verify/review/check", {"decisions": json.dumps([good, stale, mine])}, 200)
    refused = judge.post("/verify/review/check", {"decisions": json.dumps([wrong])}, 422)
    done = judge.post("/verify/review", {"decisions": json.dumps([good, stale, mine])}, 200)

    assert check.buttons == ["Chốt 1 quyết định"]
    assert "đã được người khác thay đổi" in check.text
    assert "Chưa nhập lý do" in refused.text
    assert "Đã thực hiện 1 trên 3 quyết định" in done.text
    assert "xung đột lợi ích" in done.text
    assert world.row(fine)["state"] == CycleState.VERIFIED
    assert world.row(own)["state"] == CycleState.REPORTED


def test_verdicts_that_no_page_of_ours_sends_are_refused(world: World, as_: Open) -> None:
    judge = as_(world.judge)
    twice = {"cycle_id": 1, "act": "verify", "fields": {}}

    for sent in ("nonsense", '[{"act": "complete"}]', json.dumps([twice, twice])):
        judge.post("/verify/review", {"decisions": sent}, 400)


def test_without_the_script_each_verdict_is_a_form_and_the_next_report_follows(
    world: World, as_: Open
) -> None:
    first = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    second = world.bring(world.cycle("II.3-a", OTHER), CycleState.REPORTED)
    judge = as_(world.judge)

    page = judge.get("/verify/review")
    assert f"/verify/review?at={second}" in page.links, "skipping is a link"
    answer = judge.post(f"/cycles/{first}/verify", page.form(f"/cycles/{first}/verify"))

    assert answer.location == "/verify/review"
    assert judge.get("/verify/review").all("div", data_item=str(second))
    judge.post(
        f"/cycles/{second}/verify",
        judge.get("/verify/review").form(f"/cycles/{second}/verify"),
    )
    assert "Không có báo cáo nào chờ bạn" in judge.get("/verify/review").text


def test_an_appraiser_proposes_in_a_row(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    officer = as_(world.officer(STANDING))
    one = {
        "cycle_id": cycle_id,
        "act": "appraise",
        "fields": {"verdict": "return", "note": "Thiếu", "seen_version": "3", "back": "review"},
    }

    check = officer.post("/verify/review/check", {"decisions": json.dumps([one])}, 200)
    officer.post("/verify/review", check.form("/verify/review"), 200)

    assert "Đề nghị trả lại" in as_(world.judge).get(f"/verify/{cycle_id}").text


def test_a_return_begins_with_a_reason_and_a_day(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    judge = as_(world.judge)

    page = judge.get(f"/cycles/{cycle_id}/return?back=verify")
    assert page.form(f"/cycles/{cycle_id}/return")["resend_by"] == "09/03/2026"
    href = next(h for h, words in page.links.items() if words == "Thiếu số liệu")
    begun = judge.get(href).form(f"/cycles/{cycle_id}/return")

    assert begun["reason"].startswith("Báo cáo chưa có số liệu")
    assert begun["missing"]
    assert begun["back"] == "verify"
    judge.post(f"/cycles/{cycle_id}/return", begun)
    assert world.row(cycle_id)["resend_by"] == date(2026, 3, 9)


def test_the_checklist_says_what_is_there_and_what_is_not(world: World, as_: Open) -> None:
    with_figures = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    world.do(world.report(with_figures, result="Xong 12 căn, đạt 103,3%"), world.head(LEAD))
    page = as_(world.judge).get(f"/verify/{with_figures}")

    for words in (
        "Có: Nêu 2 con số",
        "Có: Văn bản 12/BC-THU",
        "Cần xem lại: Không có tệp đính kèm",
        "Có: Gửi đúng hạn",
        "Cần xem lại: 0 trên 1 cơ quan phối hợp đã gửi nội dung",
    ):
        assert words in page.text


def test_single_keys_can_be_switched_off(world: World, as_: Open) -> None:
    world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    judge = as_(world.judge)
    assert judge.get("/verify/review").all("button", data_key="x")

    judge.post("/account/shortcuts", {"shortcuts": "off"})

    page = judge.get("/verify/review")
    assert not page.all("button", data_key="x")
    assert not page.all("kbd")
    judge.post("/account/shortcuts", {"shortcuts": "on"})
    assert judge.get("/verify/review").all("kbd")
