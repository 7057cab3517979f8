"""A cycle through its pages: every act, the report from draft to receipt, and what is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from models.states import CycleState, FlagKind, ReasonClass
from models.tables import ATTACHMENT, AUDIT_ENTRY, REPORT
from tests.make import CO_LEAD, LEAD, OTHER, STANDING, SUPPORTING, World
from tests.web.conftest import Open
from web.cycles.acts import ACTS, BY_SEGMENT
from web.cycles.forms import REPORT_FIELDS
from workflow.commands import cycles, dispositions, extensions, results, urging
from workflow.law.facts import ActorFacts
from workflow.law.machine import available
from workflow.law.transitions import Command

DOCUMENT = {
    "document_notation": "125/BC-SXD",
    "document_issued_on": "1/3/2026",
    "document_signer_name": "Trần Văn Bình",
    "document_capacity": "head",
}
REPORTED = {
    "result": "Đã hoàn thành 1.240 căn nhà ở xã hội.",
    "product": "Báo cáo số 125",
    **DOCUMENT,
}
# What each act needs to be carried out.
GIVEN: dict[Command, dict[str, str]] = {
    Command.ACCEPT: {"focal_person": "Bà Hạnh, 0252 3821 000"},
    Command.DECLINE: {"reason": "Thiếu kinh phí", **DOCUMENT},
    Command.ANSWER_DECLINE: {"reason": "Tiếp tục thực hiện"},
    Command.UPDATE_PROGRESS: {"percent": "45%", "text": "Đã khởi công"},
    Command.CONTRIBUTE: {"text": "Số liệu của cơ quan phối hợp"},
    Command.SET_DEADLINE: {"due_on": "30/9/2026", "reason": "Theo Công văn 12"},
    Command.WITHDRAW: {"reason": "Bổ sung số liệu"},
    Command.APPRAISE: {"verdict": "return", "note": "Thiếu số liệu huyện"},
    Command.RETURN: {"reason": "Thiếu số liệu", "missing": "Số căn", "resend_by": "20/3/2026"},
    Command.VERIFY: {"quality": "met", "note": "Đủ"},
    Command.COMPLETE: {**DOCUMENT},
    Command.REOPEN: {"reason": "Kết luận thanh tra", **DOCUMENT},
    Command.REPORT: REPORTED,
    Command.ASK_EXTENSION: {
        "due_on": "29/1/2027",
        "reason_class": "objective",
        "reason": "Chờ số liệu",
        **DOCUMENT,
    },
    Command.DECIDE_EXTENSION: {"decision": "grant", "reason": "Đồng ý", **DOCUMENT},
    Command.EXTEND_LATE: {
        "due_on": "29/1/2027",
        "reason_class": "objective",
        "reason": "Thiên tai",
        **DOCUMENT,
    },
    Command.URGE: {"level": "reminder", "text": "Đề nghị báo cáo", "answer_by": "20/3/2026"},
    Command.FLAG: {"kind": "star", "reason": "Trọng điểm"},
    Command.LOWER_FLAG: {"kind": "star", "reason": "Đã xong"},
    Command.ASK_EXPLANATION: {"text": "Vì sao chậm?", "answer_by": "20/3/2026"},
    Command.EXPLAIN: {"text": "Chờ số liệu"},
    Command.ASK_SUPPORT: {
        "agency_code": SUPPORTING,
        "text": "Cho số liệu",
        "answer_by": "20/3/2026",
    },
    Command.HOLD: {"reason": "Chờ văn bản của trung ương", **DOCUMENT},
    Command.RESUME: {"reason": "Đã có hướng dẫn", **DOCUMENT},
    Command.END: {"reason": "Được thay thế", **DOCUMENT},
    Command.TRANSFER: {"new_lead": CO_LEAD, "reason": "Sắp xếp bộ máy", **DOCUMENT},
    Command.NOTE_SILENCE: {"agency_code": SUPPORTING, "text": "Chưa nhận được"},
}


def asked_to_extend(world: World, cycle_id: int) -> ActorFacts:
    day, why = date(2027, 1, 29), ReasonClass.OBJECTIVE
    asked = extensions.AskExtension(cycle_id, day, why, "Chờ số liệu", world.document())
    world.do(asked, world.head())
    return world.office


def overdue(world: World, cycle_id: int) -> ActorFacts:
    world.today = date(2026, 12, 20)
    return world.chairman


def starred(world: World, cycle_id: int) -> ActorFacts:
    world.do(urging.RaiseFlag(cycle_id, FlagKind.STAR, "Trọng điểm"), world.chairman)
    return world.judge


def questioned(world: World, cycle_id: int) -> ActorFacts:
    question = urging.AskExplanation(cycle_id, "Vì sao chậm?", date(2026, 3, 20))
    world.do(question, world.chairman)
    return world.head()


def unanswered(world: World, cycle_id: int) -> ActorFacts:
    asked = urging.AskSupport(cycle_id, SUPPORTING, "Cho số liệu", date(2026, 3, 20))
    world.do(asked, world.officer())
    world.today = date(2026, 3, 21)
    return world.head()


def on_hold(world: World, cycle_id: int) -> ActorFacts:
    held = dispositions.HoldCycle(cycle_id, "Chờ văn bản", world.document("3/CV-UBND"))
    world.do(held, world.chairman)
    return world.office


# Acts beside the five states: what has to be there first, and who then acts.
BESIDE: dict[Command, Callable[[World, int], ActorFacts]] = {
    Command.ASK_EXTENSION: lambda world, _: world.head(),
    Command.DECIDE_EXTENSION: asked_to_extend,
    Command.EXTEND_LATE: overdue,
    Command.URGE: lambda world, _: world.officer(STANDING),
    Command.FLAG: lambda world, _: world.chairman,
    Command.LOWER_FLAG: starred,
    Command.ASK_EXPLANATION: lambda world, _: world.office,
    Command.EXPLAIN: questioned,
    Command.ASK_SUPPORT: lambda world, _: world.officer(),
    Command.NOTE_SILENCE: unanswered,
    Command.HOLD: lambda world, _: world.office,
    Command.RESUME: on_hold,
    Command.END: lambda world, _: world.chairman,
    Command.TRANSFER: lambda world, _: world.chairman,
}


def case(world: World, command: Command) -> tuple[int, ActorFacts]:
    """A cycle from which the command may be given, and somebody who may."""
    if command is Command.SET_DEADLINE:
        return world.cycle("II.6-a"), world.judge
    cycle_id = world.cycle("II.2-a")
    if command is Command.ANSWER_DECLINE:
        decline = cycles.DeclineTask(cycle_id, "Thiếu kinh phí", world.document())
        world.do(decline, world.head())
        return cycle_id, world.judge
    if command in BESIDE:
        return cycle_id, BESIDE[command](world, cycle_id)
    states = {
        Command.ACCEPT: (CycleState.ASSIGNED, world.head()),
        Command.DECLINE: (CycleState.ASSIGNED, world.head()),
        Command.UPDATE_PROGRESS: (CycleState.IN_PROGRESS, world.officer()),
        Command.CONTRIBUTE: (CycleState.IN_PROGRESS, world.officer(SUPPORTING)),
        Command.REPORT: (CycleState.IN_PROGRESS, world.head()),
        Command.WITHDRAW: (CycleState.REPORTED, world.head()),
        Command.APPRAISE: (CycleState.REPORTED, world.officer(STANDING)),
        Command.RETURN: (CycleState.REPORTED, world.judge),
        Command.VERIFY: (CycleState.REPORTED, world.judge),
        Command.COMPLETE: (CycleState.VERIFIED, world.office),
        Command.REOPEN: (CycleState.COMPLETED, world.chairman),
    }
    state, who = states[command]
    return world.bring(cycle_id, state), who


def entries(world: World, cycle_id: int) -> list[str]:
    with world.engine.connect() as conn:
        told = conn.execute(
            select(AUDIT_ENTRY.c.command)
            .where(AUDIT_ENTRY.c.object_kind == "cycle", AUDIT_ENTRY.c.object_id == cycle_id)
            .order_by(AUDIT_ENTRY.c.id)
        )
        return list(told.scalars())


# --- the acts ----------------------------------------------------------------------------


def test_every_command_of_the_law_has_its_act_or_its_page() -> None:
    # Years are opened by the standing agency as a whole; a draft is saved on the report's page.
    assert set(Command) - set(ACTS) == {Command.ASSIGN, Command.SAVE_DRAFT}
    assert set(GIVEN) == set(ACTS)


@pytest.mark.parametrize("command", GIVEN, ids=str)
def test_an_act_is_a_page_that_says_what_it_will_do_and_a_form_that_does_it(
    world: World, as_: Open, command: Command
) -> None:
    cycle_id, who = case(world, command)
    reader, act = as_(who), ACTS[command]
    version = world.row(cycle_id)["version"]

    page = reader.get(f"/cycles/{cycle_id}/{act.segment}")
    assert str(act.consequence) in page.text or command is Command.REPORT
    reader.post(f"/cycles/{cycle_id}/{act.segment}", {"seen_version": version, **GIVEN[command]})

    assert entries(world, cycle_id)[-1] == command.value


@pytest.mark.parametrize("command", [c for c in GIVEN if c is not Command.REPORT], ids=str)
def test_the_link_to_an_act_is_there_when_the_law_allows_it_and_not_otherwise(
    world: World, as_: Open, command: Command
) -> None:
    cycle_id, who = case(world, command)
    segment = ACTS[command].segment

    page = as_(who).get(f"/cycles/{cycle_id}")
    actions = {form.get("action") for form in page.all("form")}
    offered = set(page.links) | actions
    stranger = as_(world.head(SUPPORTING, 2)).client.get(f"/cycles/{cycle_id}").text

    by_reading = command in (Command.VERIFY, Command.APPRAISE)
    wanted = f"/verify/{cycle_id}" if by_reading else f"/cycles/{cycle_id}/{segment}"
    assert wanted in offered
    if command is not Command.CONTRIBUTE:
        assert f'"{wanted}"' not in stranger


def test_the_card_offers_exactly_what_the_law_allows(world: World, as_: Open) -> None:
    """Whatever the state and the person: no button without a permit."""
    from workflow.access import cycle_for

    cycle_id = world.cycle("II.2-a")
    people = [world.head(), world.officer(), world.head(SUPPORTING), world.judge, world.office]
    for state in CycleState:
        world.bring(cycle_id, state) if state is CycleState.IN_PROGRESS else None
        for who in people:
            with world.engine.connect() as conn:
                facts = cycle_for(conn, who, cycle_id, world.today).facts
            page = as_(who).get(f"/cycles/{cycle_id}")
            offered = {*page.links, *(f.get("action") for f in page.all("form"))}
            segments = {s for s in BY_SEGMENT if f"/cycles/{cycle_id}/{s}" in offered}
            allowed = {
                a.segment for c, a in ACTS.items() if c in available(who, facts, world.today)
            }
            if "report" in segments:
                allowed |= {"report"}
            assert segments <= allowed


# A verdict needs no words; everything else demands something.
DEMANDING = [c for c in GIVEN if c not in (Command.VERIFY, Command.APPRAISE)]


@pytest.mark.parametrize("command", DEMANDING, ids=str)
def test_an_empty_form_comes_back_and_names_what_is_missing(
    world: World, as_: Open, command: Command
) -> None:
    cycle_id, who = case(world, command)
    before = entries(world, cycle_id)

    page = as_(who).post(f"/cycles/{cycle_id}/{ACTS[command].segment}", {}, 422)

    assert page.title.startswith("Lỗi: ")
    assert page.errors
    assert all(error.startswith("Chưa nhập ") for error in page.errors)
    assert entries(world, cycle_id) == before


def test_a_form_that_comes_back_keeps_every_word(world: World, as_: Open) -> None:
    cycle_id, who = case(world, Command.REPORT)
    sent = REPORTED | {"document_issued_on": "31/11/2026", "difficulties": "Vướng mặt bằng <b>"}

    page = as_(who).post(f"/cycles/{cycle_id}/report", sent, 422)

    shown = page.form(f"/cycles/{cycle_id}/draft")
    assert {name: shown[name] for name in sent} == sent
    assert page.errors == [
        "Ngày văn bản chưa đúng: nhập ngày/tháng/năm, ví dụ 05/12/2026.",
    ]
    assert page.all("input", id="field-document_issued_on")[0].get("aria-invalid") == "true"


def test_what_the_law_says_of_a_field_stands_beside_the_field(world: World, as_: Open) -> None:
    cycle_id, who = case(world, Command.RETURN)
    yesterday = (world.today - timedelta(days=1)).strftime("%d/%m/%Y")

    page = as_(who).post(
        f"/cycles/{cycle_id}/return", GIVEN[Command.RETURN] | {"resend_by": yesterday}, 422
    )

    assert page.errors == ["Phần ngày gửi lại đã qua: chọn từ hôm nay trở đi."]
    assert page.form(f"/cycles/{cycle_id}/return")["reason"] == "Thiếu số liệu"


def test_signing_by_authorisation_needs_the_letter(world: World, as_: Open) -> None:
    cycle_id, who = case(world, Command.REPORT)

    page = as_(who).post(
        f"/cycles/{cycle_id}/report",
        REPORTED | {"document_capacity": "TUQ", "document_authorization": ""},
        422,
    )

    assert page.errors == ["Ký TUQ. thì phải ghi giấy ủy quyền (số, ngày)."]
    assert page.all("input", id="field-document_authorization")[0].get("aria-invalid") == "true"


# --- refused, outdated, invisible --------------------------------------------------------


def test_a_refusal_says_why_who_can_and_keeps_the_words(world: World, as_: Open) -> None:
    cycle_id, _ = case(world, Command.VERIFY)

    page = as_(world.head()).post(f"/cycles/{cycle_id}/verify", {"note": "Tôi thấy đủ rồi"}, 409)

    assert "xung đột lợi ích" in page.text
    assert "Lãnh đạo cơ quan thường trực" in page.text
    assert "Tôi thấy đủ rồi" in page.text
    assert world.row(cycle_id)["state"] == CycleState.REPORTED


def test_an_old_page_cannot_act_and_learns_what_changed(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    seen = world.row(cycle_id)["version"]
    world.do(cycles.UpdateProgress(cycle_id, 70, "Người khác đã cập nhật"), world.head())

    page = as_(world.officer()).post(
        f"/cycles/{cycle_id}/progress",
        {"percent": "50", "text": "Nội dung của tôi", "seen_version": seen},
        409,
    )

    assert "đã được người khác thay đổi" in page.text
    assert "cập nhật tiến độ: 70%" in page.text
    assert "Nội dung của tôi" in page.text
    assert world.row(cycle_id)["percent"] == 70


def test_a_second_press_has_no_second_effect(world: World, as_: Open) -> None:
    cycle_id, who = case(world, Command.REPORT)
    reader, key = as_(who), uuid4().hex

    first = reader.post(f"/cycles/{cycle_id}/report", REPORTED | {"idempotency_key": key})
    second = reader.post(f"/cycles/{cycle_id}/report", REPORTED | {"idempotency_key": key})

    assert first.location == second.location
    assert entries(world, cycle_id).count("report") == 1


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/accept",
        "/report",
        "/report/check",
        "/report/sent",
        "/why-not",
        "/files/1",
        "/files/1/picture",
    ],
)
def test_what_you_may_not_see_does_not_exist(world: World, as_: Open, path: str) -> None:
    cycle_id = world.cycle("II.2-a")

    hidden = as_(world.head(OTHER)).get(f"/cycles/{cycle_id}{path}", 404)
    absent = as_(world.head(OTHER)).get(f"/cycles/999999{path}", 404)

    assert hidden.text == absent.text


@pytest.mark.parametrize("segment", sorted(BY_SEGMENT))
def test_acting_on_what_you_may_not_see_finds_nothing(
    world: World, as_: Open, segment: str
) -> None:
    cycle_id = world.cycle("II.2-a")
    given = GIVEN[BY_SEGMENT[segment].command]

    as_(world.head(OTHER)).post(f"/cycles/{cycle_id}/{segment}", given, 404)

    assert world.row(cycle_id)["state"] == CycleState.ASSIGNED


def test_an_act_nobody_knows_is_not_found(world: World, as_: Open) -> None:
    as_(world.head()).get(f"/cycles/{world.cycle('II.2-a')}/explode", 404)
    as_(world.head()).post(f"/cycles/{world.cycle('II.2-a')}/explode", {}, 404)


def test_an_unknown_field_is_refused(world: World, as_: Open) -> None:
    cycle_id = world.cycle("II.2-a")
    sent = {"focal_person": "Bà Hạnh", "state": "completed"}

    as_(world.head()).post(f"/cycles/{cycle_id}/accept", sent, 400)

    assert world.row(cycle_id)["state"] == CycleState.ASSIGNED


def test_a_forged_form_is_refused(world: World, as_: Open) -> None:
    cycle_id = world.cycle("II.2-a")
    sent = {"focal_person": "Bà Hạnh", "csrf_token": "forged"}

    as_(world.head()).post(f"/cycles/{cycle_id}/accept", sent, 400)

    assert world.row(cycle_id)["state"] == CycleState.ASSIGNED


# --- the page of a cycle -----------------------------------------------------------------


def test_a_cycle_says_where_it_stands_and_what_the_plan_says(world: World, as_: Open) -> None:
    page = as_(world.head()).get(f"/cycles/{world.cycle('II.2-a')}")

    (current,) = page.all("li", aria_current="step")
    assert "Đã giao" in "".join(current.itertext())
    assert "Thực hiện nhiệm vụ II.2-a." in page.text
    assert "thứ Hai, 14/12/2026" in page.text


def test_who_waits_is_told_for_whom_and_since_when(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)

    page = as_(world.officer()).get(f"/cycles/{cycle_id}")

    assert "Chờ: Xác nhận kết quả" in page.text
    assert "Lãnh đạo cơ quan thường trực làm việc này, từ 12:00 02/03/2026." in page.text
    assert page.links[f"/cycles/{cycle_id}/why-not"] == "Vì sao tôi không được xác nhận?"


def test_a_return_is_told_with_its_reason_and_the_rule_of_lateness(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    back = results.ReturnReport(cycle_id, "Thiếu số liệu", "Số căn", date(2026, 3, 20))
    world.do(back, world.judge)

    page = as_(world.head()).get(f"/cycles/{cycle_id}")

    assert "Báo cáo lần 1 bị trả lại" in page.text
    assert "Thiếu số liệu" in page.text
    assert "vẫn đúng hạn nếu lần đầu gửi đúng hạn" in page.text


def test_an_agency_that_has_not_contributed_is_named(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    reader = as_(world.head())

    silent = reader.get(f"/cycles/{cycle_id}").text
    world.do(cycles.Contribute(cycle_id, "Số liệu phối hợp"), world.officer(SUPPORTING))
    given = reader.get(f"/cycles/{cycle_id}").text

    assert f"Chưa gửi: {SUPPORTING}" in silent
    assert "Chưa gửi:" not in given
    assert "Số liệu phối hợp" in given


def test_the_why_not_page_names_every_obstacle_and_who_can(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.4-a", STANDING), CycleState.REPORTED)

    page = as_(world.judge).get(f"/cycles/{cycle_id}/why-not")

    assert "xung đột lợi ích" in page.text
    assert "Người làm được: Văn phòng UBND tỉnh" in page.text
    assert "Luật Phòng, chống tham nhũng" in page.text


def test_the_why_not_page_tells_the_judge_that_he_may(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)

    page = as_(world.judge).get(f"/cycles/{cycle_id}/why-not")

    assert "Bạn xác nhận được kết quả của kỳ này." in page.text


# --- the report --------------------------------------------------------------------------


@pytest.fixture
def working(world: World) -> int:
    """A cycle under way."""
    return world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)


def test_an_officer_drafts_the_head_checks_and_sends(world: World, as_: Open, working: int) -> None:
    officer, head = as_(world.officer()), as_(world.head())
    here = f"/cycles/{working}"

    checked = officer.follow(f"{here}/draft", REPORTED | {"then": "check"})
    assert "Gửi báo cáo chính thức" not in checked.buttons
    assert "chờ người có quyền gửi" in checked.text
    sending = head.get(f"{here}/report/check").form(f"{here}/report")
    receipt = head.follow(f"{here}/report", sending)

    assert receipt.h1 == "Biên nhận báo cáo"
    assert "đúng hạn" in receipt.text
    assert REPORTED["result"] in receipt.text
    row = world.row(working)
    assert (row["state"], row["late_days"]) == (CycleState.REPORTED, 0)


def test_the_receipt_can_be_opened_again(world: World, as_: Open, working: int) -> None:
    world.do(world.report(working), world.head())

    first, again = (as_(world.head()).get(f"/cycles/{working}/report/sent") for _ in range(2))

    assert first.text == again.text


def test_there_is_no_receipt_of_what_was_not_sent(world: World, as_: Open, working: int) -> None:
    as_(world.head()).get(f"/cycles/{working}/report/sent", 404)


def test_an_officer_cannot_send_even_by_hand(world: World, as_: Open, working: int) -> None:
    page = as_(world.officer()).post(f"/cycles/{working}/report", REPORTED, 409)

    assert "Thủ trưởng cơ quan chủ trì" in page.text
    assert world.row(working)["state"] == CycleState.IN_PROGRESS


def test_checking_an_unfinished_draft_shows_what_is_missing(
    world: World, as_: Open, working: int
) -> None:
    officer = as_(world.officer())
    there = officer.post(f"/cycles/{working}/draft", {"result": "Mới có kết quả", "then": "check"})

    page = officer.get(there.location, 422)

    assert page.errors == [
        "Chưa nhập số, ký hiệu văn bản.",
        "Chưa nhập ngày văn bản.",
        "Chưa nhập người ký.",
        "Chưa nhập sản phẩm đầu ra.",
    ]
    assert page.form(f"/cycles/{working}/draft")["result"] == "Mới có kết quả"


def test_a_draft_keeps_what_is_not_yet_right(world: World, as_: Open, working: int) -> None:
    odd = {"result": "Đang viết", "document_issued_on": "cuối tháng", "document_notation": "số ?"}

    page = as_(world.officer()).follow(f"/cycles/{working}/draft", odd)

    shown = page.form(f"/cycles/{working}/draft")
    assert {name: shown[name] for name in odd} == odd


def test_a_draft_somebody_else_saved_meanwhile_is_not_overwritten(
    world: World, as_: Open, working: int
) -> None:
    reader = as_(world.officer())
    reader.post(f"/cycles/{working}/draft", {"result": "Bản một"})
    mine = reader.get(f"/cycles/{working}/report").form(f"/cycles/{working}/draft")
    world.do(results.SaveDraft(working, "Bản của thủ trưởng"), world.head())

    page = reader.post(f"/cycles/{working}/draft", mine | {"result": "Bản của tôi"}, 409)

    assert "Bản của tôi" in page.text
    assert "Bản của thủ trưởng" in reader.get(f"/cycles/{working}/report").text


def test_a_draft_is_the_lead_agencys_own(world: World, as_: Open, working: int) -> None:
    world.do(results.SaveDraft(working, "Chưa cho ai xem"), world.officer())

    for who in (world.judge, world.office, world.head(SUPPORTING)):
        assert "Chưa cho ai xem" not in as_(who).get(f"/cycles/{working}").html
        as_(who).get(f"/cycles/{working}/report", 409)


def test_last_years_words_can_be_copied_to_be_worked_on(world: World, as_: Open) -> None:
    world.open_year(2025)
    before = world.bring(world.cycle("II.2-a", year=2025), CycleState.VERIFIED)
    with world.engine.connect() as conn:
        told = conn.execute(select(REPORT.c.result).where(REPORT.c.cycle_id == before)).scalar()
    now = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    reader, here = as_(world.officer()), f"/cycles/{now}"

    page = reader.get(f"{here}/report")
    assert "Chép lại để sửa" in page.buttons
    mine = page.form(f"{here}/draft") | {"product": "Của năm nay"}
    answer = reader.follow(f"{here}/draft", mine | {"then": "copy"})
    copied = answer.form(f"{here}/draft")

    assert copied["result"] == told
    assert copied["product"] == "Của năm nay", "what was typed is not written over"
    assert copied["document_notation"] == ""
    assert "Đã chép phần còn trống" in answer.text


def test_a_returned_report_is_a_draft_again_with_its_document(
    world: World, as_: Open, working: int
) -> None:
    world.do(world.report(working, result="Bản đã gửi"), world.head())
    back = results.ReturnReport(working, "Thiếu số liệu", "Số căn", date(2026, 3, 20))
    world.do(back, world.judge)

    page = as_(world.head()).get(f"/cycles/{working}/report")

    shown = page.form(f"/cycles/{working}/draft")
    assert shown["result"] == "Bản đã gửi"
    assert shown["document_notation"] == "12/BC-THU"
    assert shown["document_issued_on"] == "02/03/2026"
    assert "Thiếu số liệu" in page.text


def test_the_draft_form_offers_every_field_of_the_report(
    world: World, as_: Open, working: int
) -> None:
    page = as_(world.head()).get(f"/cycles/{working}/report")

    assert set(REPORT_FIELDS) <= set(page.form(f"/cycles/{working}/draft"))


# --- files -------------------------------------------------------------------------------

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


def attached(content: bytes = PDF, name: str = "Báo cáo.pdf", **sent: str) -> dict[str, Any]:
    return {"result": "Có tệp", "file": (BytesIO(content), name), "secrecy": "no", **sent}


def files(world: World) -> int:
    with world.engine.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(ATTACHMENT)).scalar_one())


def test_a_file_is_kept_with_the_draft_and_given_back_as_it_was(
    world: World, as_: Open, working: int
) -> None:
    reader = as_(world.officer())

    page = reader.follow(f"/cycles/{working}/draft", attached())
    href = next(h for h, w in page.links.items() if w == "Báo cáo.pdf")
    given = reader.get(href)

    assert given.data == PDF
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert given.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_a_draft_is_not_given_to_others(world: World, as_: Open, working: int) -> None:
    page = as_(world.officer()).follow(f"/cycles/{working}/draft", attached())
    href = next(h for h, w in page.links.items() if w == "Báo cáo.pdf")

    as_(world.judge).get(href, 404)
    as_(world.head(OTHER)).get(href, 404)


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (attached(secrecy=""), "Chưa trả lời: văn bản có độ mật hay không."),
        (attached(secrecy="yes"), "Không tải văn bản có độ mật lên hệ thống này."),
        (attached(b"<html>", "a.pdf"), "Chỉ nhận PDF, Word, Excel và ảnh PNG, JPEG"),
        (attached(b"", "a.pdf"), "Tệp không có nội dung."),
        (attached(b"PK\x03\x04 broken", "a.docx"), "Tệp bị hỏng"),
    ],
    ids=["not said", "secret", "by content, not by name", "empty", "broken"],
)
def test_a_file_that_may_not_be_kept_is_refused_and_the_words_stay(
    world: World, as_: Open, working: int, sent: dict[str, Any], error: str
) -> None:
    file, name = sent["file"]
    fresh = sent | {"file": (BytesIO(file.getvalue()), name)}

    page = as_(world.officer()).post(f"/cycles/{working}/draft", fresh, 422)

    assert page.errors[0].startswith(error)
    assert page.form(f"/cycles/{working}/draft")["result"] == "Có tệp"
    assert files(world) == 0
    saved = as_(world.officer()).get(f"/cycles/{working}/report")
    assert saved.form(f"/cycles/{working}/draft")["result"] == "Có tệp"


def test_a_file_can_be_taken_off_the_draft(world: World, as_: Open, working: int) -> None:
    reader = as_(world.officer())
    page = reader.follow(f"/cycles/{working}/draft", attached())
    (button,) = page.all("button", name="detach")

    after = reader.follow(f"/cycles/{working}/draft", {"detach": button.get("value")})

    assert "Báo cáo.pdf" not in after.text


def test_the_name_of_a_file_names_nothing_on_our_disk(
    world: World, as_: Open, working: int
) -> None:
    page = as_(world.officer()).follow(
        f"/cycles/{working}/draft", attached(name="../../etc/\x07mật\u202ekhẩu.pdf")
    )

    assert "mậtkhẩu.pdf" in page.links.values()


# --- parts of several agencies -----------------------------------------------------------


def test_a_co_lead_gives_its_part_and_does_not_report(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.3-a", OTHER), CycleState.IN_PROGRESS)
    reader = as_(world.head(CO_LEAD))

    page = reader.get(f"/cycles/{cycle_id}")

    assert f"/cycles/{cycle_id}/contribute" in page.links
    assert f"/cycles/{cycle_id}/report" not in page.links
    assert LEAD not in page.text
