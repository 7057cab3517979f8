"""What was asked of a cycle stands on its page, and on the page that answers it."""

from datetime import date, timedelta

from models.states import CycleState, FlagKind, ReasonClass, UrgeLevel
from tests.make import LEAD, SUPPORTING, World, on
from tests.web.conftest import Open
from workflow.commands import cycles, extensions, results, urging

LATER = date(2027, 1, 29)


def test_an_extension_shows_both_days_its_number_and_its_papers(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    objective = ReasonClass.OBJECTIVE
    ask = extensions.AskExtension(
        cycle_id, LATER, objective, "Chờ số liệu của huyện", world.document("7/CV-THU")
    )
    world.do(ask, world.head())

    answer = as_(world.office).get(f"/cycles/{cycle_id}/decide-extension")
    deciding = answer.text
    offered = answer.form(f"/cycles/{cycle_id}/decide-extension")
    assert offered["granted_due_on"] == "29/01/2027"
    assert "Lần 1 · Chờ quyết định · Khách quan Chờ số liệu của huyện" in deciding
    assert "Hạn trước: 14/12/2026. Đề nghị: 29/01/2027." in deciding
    assert "7/CV-THU" in deciding
    granted = date(2026, 12, 30)
    world.do(
        extensions.DecideExtension(
            cycle_id, True, "Đồng ý một lần", world.document("8/UBND-VX"), granted
        ),
        world.chairman,
    )

    text = as_(world.head()).get(f"/cycles/{cycle_id}").text
    assert "đã gia hạn 1 lần" in text
    assert "Hạn gốc: 14/12/2026. Hạn hiện nay: 30/12/2026." in text
    assert "Lần 1 · Đã gia hạn" in text
    assert "Hạn mới: 30/12/2026." in text
    assert "8/UBND-VX: “Đồng ý một lần”" in text


def test_a_late_extension_says_from_when_lateness_counts(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    with on(world, date(2026, 12, 20)):
        late = extensions.ExtendLate(
            cycle_id, LATER, ReasonClass.OBJECTIVE, "Bão số 9", world.document("9/UBND-VX")
        )
        world.do(late, world.chairman)
        text = as_(world.head()).get(f"/cycles/{cycle_id}").text

    assert "gia hạn muộn, dấu quá hạn vẫn giữ" in text
    assert "Tính quá hạn từ 14/12/2026." in text


def test_questions_urgings_and_marks_stand_with_their_answers(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    day = world.today + timedelta(days=7)
    world.do(urging.RaiseFlag(cycle_id, FlagKind.STAR, "Trọng điểm"), world.chairman)
    world.do(urging.AskExplanation(cycle_id, "Vì sao chậm?", day), world.chairman)
    for level in (UrgeLevel.REMINDER, UrgeLevel.AGENCY_LETTER):
        world.do(urging.Urge(cycle_id, level, "Đề nghị báo cáo", day), world.judge)
    head = as_(world.head())

    assert "Vì sao chậm?" in head.get(f"/cycles/{cycle_id}/explain").text
    assert "Lần 2 · Công văn" in as_(world.judge).get(f"/cycles/{cycle_id}/urge").text
    with on(world, day + timedelta(days=3)):
        text = as_(world.head()).get(f"/cycles/{cycle_id}").text
        assert "Gắn sao" in text
        assert "Trả lời trước hết ngày 09/03/2026, quá hạn 3 ngày" in text
        assert "(chưa có số) · chưa trả lời, hẹn 09/03/2026, quá hạn 3 ngày" in text
        world.do(urging.Explain(cycle_id, "Chờ số liệu"), world.head())
        world.do(world.report(cycle_id), world.head())
        after = as_(world.judge).get(f"/cycles/{cycle_id}").text
    assert "Vì sao chậm?" in after
    assert "Chờ số liệu" in after
    assert after.count("đã báo cáo 12:00 12/03/2026") == 2


def test_silence_of_a_supporter_is_seen_with_its_age(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)
    day = world.today + timedelta(days=7)
    world.do(urging.AskSupport(cycle_id, SUPPORTING, "Cho số liệu năm", day), world.officer())

    answering = as_(world.officer(SUPPORTING)).get(f"/cycles/{cycle_id}/contribute").text
    assert "Cho số liệu năm" in answering
    with on(world, day + timedelta(days=12)):
        noting = as_(world.head()).get(f"/cycles/{cycle_id}/note-silence").text
        assert "chưa trả lời, hẹn 09/03/2026, quá hạn 12 ngày" in noting
        world.do(urging.NoteSilence(cycle_id, SUPPORTING, "Đã nhắc hai lần"), world.head())
        text = as_(world.judge).get(f"/cycles/{cycle_id}").text
    assert "quá hạn 12 ngày" in text
    assert "Đã ghi nhận chưa nhận được ý kiến" in text
    assert "“Đã nhắc hai lần”" in text
    world.do(cycles.Contribute(cycle_id, "Số liệu đây"), world.officer(SUPPORTING))
    assert "đã trả lời 12:00 02/03/2026" in as_(world.head()).get(f"/cycles/{cycle_id}").text


def test_a_request_that_lapsed_says_why_and_names_nobody(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    asked = extensions.AskExtension(
        cycle_id, LATER, ReasonClass.OBJECTIVE, "Chờ số liệu", world.document()
    )
    world.do(asked, world.head())
    world.do(world.report(cycle_id), world.head(LEAD, 2))
    world.do(results.VerifyResult(cycle_id), world.judge)

    page = as_(world.head()).get(f"/cycles/{cycle_id}").text

    assert "Không còn cần" in page
    assert "kết quả đã được xác nhận" in page
    assert "None" not in page


def test_mistakes_are_listed_as_their_fields_stand_on_the_page(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle("II.2-a"), CycleState.IN_PROGRESS)

    page = as_(world.head()).post(f"/cycles/{cycle_id}/ask-extension", {}, status=422)

    listed = [href for href in page.links if href.startswith("#field-")]
    assert listed[:3] == ["#field-due_on", "#field-reason_class", "#field-reason"]
    assert all(href.startswith("#field-document_") for href in listed[3:])
    assert len(listed) > 3
