"""The bell, the ladder, the calendar and its feed, the job page."""

import io
import re
from datetime import date, timedelta

import pytest
from docx import Document
from sqlalchemy import func, select, update

from models.states import FlagKind, Role, UrgeLevel
from models.tables import AGENCY, LADDER_TICK
from tests.make import LEAD, OTHER, STANDING, World, on
from tests.visitors import SetClock
from tests.web.conftest import Open
from tests.web.reader import Reader
from workflow import heartbeat
from workflow.commands import cycles, results, urging
from workflow.commands.calendar import SeedCalendar
from workflow.commands.ladder import TickLadder
from workflow.commands.rungs import SeedLadders
from workflow.door import ajar
from workflow.law.facts import SYSTEM

LATE = date(2026, 12, 30)


def docx_text(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [c.text for table in paper.tables for row in table.rows for c in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


@pytest.fixture
def late(world: World) -> int:
    """A cycle sixteen days over its deadline, and the tick of that morning."""
    world.do(SeedCalendar(), SYSTEM)
    world.do(SeedLadders(), SYSTEM)
    cycle_id = world.cycle()
    world.today = LATE
    world.do(TickLadder(), SYSTEM)
    return cycle_id


# ------------------------------------------------------------------------------ the bell


def test_the_bell_tells_what_is_true_and_is_read_once(world: World, as_: Open, late: int) -> None:
    reader = as_(world.head())

    page = reader.get("/notifications")
    assert "Đã quá hạn báo cáo 16 ngày" in page.text
    assert f"/cycles/{late}" in page.links
    upto = page.form("/notifications/read")["upto"]
    after = reader.follow("/notifications/read", {"upto": upto})

    assert "0 chưa đọc" in after.text
    assert "Thông báo 0" not in after.html


def test_nobody_reads_or_marks_the_lines_of_another(world: World, as_: Open, late: int) -> None:
    stranger = as_(world.head("so-phoi-hop"))

    assert "Chưa có thông báo nào" in stranger.get("/notifications").text
    stranger.post("/notifications/read", {"upto": "999999"})

    assert "0 chưa đọc" not in as_(world.head()).get("/notifications").text


def test_the_digest_can_be_declined_and_wanted_again(world: World, as_: Open) -> None:
    reader = as_(world.head())

    def is_ticked() -> bool:
        (box,) = reader.get("/notifications/choice").all("input", name="wants_digest")
        return box.get("checked") is not None

    assert is_ticked()
    reader.post("/notifications/choice", {})
    assert not is_ticked()
    reader.post("/notifications/choice", {"wants_digest": "yes"})
    assert is_ticked()


# ------------------------------------------------------------------------------ the ladder


def test_the_ladder_shows_rung_urgings_and_what_comes_next(
    world: World, as_: Open, late: int
) -> None:
    reminder = urging.UrgeLevel.REMINDER
    for _ in range(4):
        world.do(urging.Urge(late, reminder, "Đề nghị báo cáo", LATE), world.judge)
    world.do(urging.RaiseFlag(late, FlagKind.STAR, "Trọng điểm"), world.chairman)

    reader = as_(world.judge)
    waits = reader.get(f"/urge?agency={LEAD}").text
    assert "4 lần, Nhắc trên hệ thống" in waits
    assert "chờ trả lời" in waits
    assert "Hơn ba lần" not in waits, "today they may still answer"
    assert waits.count("Đề xuất") == 1, "of the task nobody has urged yet"

    world.today = LATE + timedelta(days=1)
    text = as_(world.judge).get(f"/urge?agency={LEAD}").text

    assert "Đã quá hạn báo cáo 17 ngày" in text
    assert "Hơn ba lần chưa trả lời" in text
    assert "chưa trả lời" in text
    assert "Đề xuất: Đưa ra họp giao ban" in text
    assert "Gắn sao" in text


def test_an_explanation_and_a_returned_report_are_answers(
    world: World, as_: Open, late: int
) -> None:
    """What was answered is not counted any more, and the page tells which answer came."""
    for _ in range(4):
        world.do(urging.Urge(late, UrgeLevel.REMINDER, "Đề nghị báo cáo", LATE), world.judge)
    world.today = date(2027, 1, 4)
    world.do(urging.AskExplanation(late, "Vì sao chậm?", date(2027, 1, 8)), world.chairman)
    world.do(urging.Explain(late, "Chờ số liệu của hai huyện"), world.head())
    reader = as_(world.judge)

    explained = reader.get(f"/urge?agency={LEAD}").text
    assert "Đã giải trình 12:00 04/01/2027" in explained
    assert "Hơn ba lần" not in explained
    assert "Đề xuất: Nhắc trên hệ thống" in explained

    world.do(cycles.AcceptTask(late, "Đầu mối"), world.head())
    world.do(world.report(late), world.head())
    back = results.ReturnReport(late, "Thiếu số liệu", "Bảng 2", date(2027, 1, 11))
    world.do(back, world.judge)
    returned = reader.get(f"/urge?agency={LEAD}").text
    assert "Đã gửi báo cáo 12:00 04/01/2027" in returned
    assert "Bị trả lại 12:00 04/01/2027" in returned


def test_the_lowest_level_proposed_is_chosen_beforehand(world: World, as_: Open, late: int) -> None:
    address = f"/urge?agency={LEAD}"
    boxes = as_(world.judge).get(address).all("input", name="cycle")
    owed = [int(box.get("value")) for box in boxes]
    assert len(owed) > 1

    def chosen_after(*urged: int) -> str:
        with on(world, LATE):
            for cycle_id in urged:
                reminder = urging.Urge(cycle_id, UrgeLevel.REMINDER, "Đề nghị báo cáo", LATE)
                world.do(reminder, world.judge)
        with on(world, LATE + timedelta(days=1)):
            return as_(world.judge).get(address).form(address)["level"]

    assert chosen_after(owed[0]) == "reminder", "the others were not urged yet"
    assert chosen_after(*owed[1:]) == "agency_letter"


def test_bodies_that_are_asked_are_not_pressed(world: World, as_: Open, late: int) -> None:
    reader = as_(world.judge)
    address = f"/urge?agency={LEAD}"
    assert "khẩn trương" in reader.get(address).form(address)["text"]
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        conn.execute(update(AGENCY).where(AGENCY.c.code == LEAD).values(is_asked=True))

    page = reader.get(address)

    assert "khẩn trương" not in page.form(address)["text"]
    assert page.form(address)["text"].startswith("Trân trọng đề nghị quý cơ quan")
    assert "Đã qua ngày đề nghị gửi báo cáo 15 ngày" in page.text


def test_an_answer_day_on_which_nobody_works_is_refused_with_the_next_one(
    world: World, as_: Open, late: int
) -> None:
    given = {"level": "agency_letter", "text": "Đề nghị", "cycle": str(late)}

    page = as_(world.judge).post("/urge", {**given, "answer_by": "01/01/2027"}, status=200)

    assert "01/01/2027 là ngày nghỉ" in page.text
    assert "Ngày làm việc kế tiếp: 04/01/2027." in page.text
    assert "Đã đôn đốc 0 trên 1" in page.text


def test_a_co_lead_is_told_why_it_may_not_urge(world: World, as_: Open, late: int) -> None:
    own = world.cycle("II.4-a", STANDING)
    sent = {"cycle": str(own), "level": "reminder", "text": "Đề nghị", "answer_by": "05/01/2027"}

    page = as_(world.judge).post("/urge", sent, status=200)

    assert "Bạn không được đôn đốc hay quyết định về nhiệm vụ do cơ quan mình chủ trì" in page.text


def test_a_zalo_message_is_three_lines_without_a_secret(world: World, as_: Open, late: int) -> None:
    page = as_(world.judge).get(f"/urge?agency={LEAD}")

    fields = [f for f in page.all("textarea") if f.get("readonly") is not None]
    assert all(f.get("name") is None for f in fields), "it is to be copied, not sent"
    messages = ["".join(f.itertext()).strip().splitlines() for f in fields]
    message = next(m for m in messages if "II.2-a" in m[0])
    assert len(message) == 3
    assert message[0].startswith("II.2-a")
    assert message[1] == f"Hạn: 14/12/2026 · {LEAD}"
    assert re.fullmatch(r"https?://[^/?]+/cycles/\d+", message[2])


def test_many_are_urged_in_one_act_with_a_result_each(world: World, as_: Open, late: int) -> None:
    own = world.cycle("II.4-a", STANDING)
    other = world.cycle("II.3-a", OTHER)
    sent = {
        "cycle": [str(late), str(other), str(own), "999999"],
        "level": "agency_letter",
        "text": "Đề nghị báo cáo",
        "answer_by": "05/01/2027",
    }

    page = as_(world.judge).post("/urge", sent, status=200)

    assert "Đã đôn đốc 2 trên 4 nhiệm vụ" in page.text
    assert "2 công văn" in page.text
    assert "Không tìm thấy." in page.text
    assert "cơ quan mình chủ trì" in page.text


def test_a_letter_is_drafted_and_gets_its_number_afterwards(
    world: World, as_: Open, late: int
) -> None:
    """One letter an agency; the number stands with each of its tasks once văn thư has given it."""
    second, reader = world.cycle("II.7-a"), as_(world.judge)
    other = world.cycle("II.3-a", OTHER)
    sent = {
        "cycle": [str(late), str(second), str(other)],
        "level": "agency_letter",
        "text": "Đề nghị báo cáo",
        "answer_by": "05/01/2027",
    }
    done = reader.post("/urge", sent, status=200)
    assert done.links["/urge/letters"] == "Xem công văn"

    page = reader.get("/urge/letters")
    assert "2 công văn chưa có số" in page.text
    drafts = [link for link in page.links if link.endswith(".docx")]
    numbering = [link for link in page.links if link.endswith("/number")]
    assert len(drafts) == len(numbering) == 2
    texts = [docx_text(reader.get(link).data) for link in drafts]
    (text,) = [t for t in texts if "II.2-a" in t]
    assert "II.7-a" in text
    assert "II.3-a" not in text
    assert "Đề nghị báo cáo." in text
    assert "trước hết thứ Ba, ngày 05 tháng 01 năm 2027" in text

    address = numbering[[("II.2-a" in t) for t in texts].index(True)]
    typed = reader.get(address).form(address) | {
        "document_notation": "77/STT-TH",
        "document_issued_on": "31/12/2026",
        "document_signer_name": "Nguyễn Văn An",
    }
    assert "Ngày văn bản ở sau hôm nay" in reader.post(address, typed, status=422).errors[0]
    after = reader.follow(address, typed | {"document_issued_on": "30/12/2026"})
    assert "Đã ghi số công văn." in after.text
    assert "1 công văn chưa có số" in after.text
    assert reader.get("/urge").text.count("77/STT-TH") == 2
    world.do(cycles.AcceptTask(second, "Đầu mối"), world.head())
    world.do(world.report(second), world.head())
    assert "II.7-a" not in docx_text(reader.get(drafts[texts.index(text)]).data)


def test_letters_are_kept_by_those_who_write_them(world: World, as_: Open, late: int) -> None:
    letter = UrgeLevel.AGENCY_LETTER
    world.do(urging.Urge(late, letter, "Đề nghị", date(2027, 1, 5)), world.judge)
    head, stranger = as_(world.head()), as_(world.head(OTHER))

    page = head.get("/urge/letters")
    assert "chưa có số" in page.text
    assert not [link for link in page.links if "number" in link or "draft" in link]
    assert "Chưa có công văn đôn đốc nào" in stranger.get("/urge/letters").text
    for who in (head, stranger):
        who.get(f"/urge/letters/{late}-1/number", status=404)
        who.get(f"/urge/letters/{late}-1/draft.pdf", status=404)
    as_(world.judge).get(f"/urge/letters/{late}-1/draft.exe", status=404)
    as_(world.judge).get("/urge/letters/khong-co/number", status=404)


def test_urging_nobody_or_without_words_is_sent_back(world: World, as_: Open, late: int) -> None:
    reader = as_(world.judge)
    given = {"level": "reminder", "text": "Đề nghị", "answer_by": "05/01/2027"}

    assert "Chưa chọn nhiệm vụ nào." in reader.post("/urge", given, status=422).text
    assert reader.post("/urge", {**given, "text": "", "cycle": str(late)}, status=422).errors


def test_a_lead_sees_its_own_ladder_and_urges_nobody(world: World, as_: Open, late: int) -> None:
    page = as_(world.head()).get("/urge")

    assert "II.2-a" in page.text
    assert "II.4-a" not in page.text
    assert page.all("input", name="cycle") == []


# ------------------------------------------------------------------------------ the calendar


def test_a_month_shows_deadlines_and_days_off_with_their_source(
    world: World, as_: Open, late: int
) -> None:
    reader = as_(world.head())

    december = reader.get("/calendar?month=2026-12").text
    november = reader.get("/calendar?month=2026-11").text

    assert "II.2-a" in december
    assert "Ngày Văn hóa Việt Nam" in november
    assert "chưa xác nhận" in november
    assert reader.get("/calendar?month=khong").status == 200


def test_a_feed_is_private_valid_and_revocable(world: World, as_: Open, late: int) -> None:
    reader = as_(world.head())
    address = reader.post("/calendar/feed", status=200).text
    found = re.search(r"/calendar/feed/[\w-]+\.ics", address)
    assert found
    stranger = as_(None)

    body = stranger.get(found.group())
    lines = body.data.decode().split("\r\n")

    assert body.headers["Content-Type"].startswith("text/calendar")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20261214" in lines
    assert lines.count("BEGIN:VALARM") == 2 * lines.count("BEGIN:VEVENT")
    assert all(len(line.encode()) <= 75 for line in lines)
    tag = body.headers["ETag"]
    again = stranger.client.get(found.group(), headers={"If-None-Match": tag})
    assert again.status_code == 304
    reader.post("/calendar/feed/revoke")
    stranger.get(found.group(), status=404)


def test_a_new_feed_ends_the_old_one(world: World, as_: Open, late: int) -> None:
    reader = as_(world.head())
    addresses = []
    for _ in range(2):
        text = reader.post("/calendar/feed", status=200).text
        addresses.append(re.search(r"/calendar/feed/[\w-]+\.ics", text).group())  # type: ignore[union-attr]

    as_(None).get(addresses[0], status=404)
    assert as_(None).get(addresses[1]).status == 200


# ------------------------------------------------------------------------------ jobs


def test_the_administrator_sees_the_last_tick_and_the_next_digest(
    world: World, as_: Open, late: int
) -> None:
    page = as_(world.person(Role.ADMIN, STANDING)).get("/admin/jobs")

    assert "12:00 30/12/2026" in page.text
    assert "07:30 31/12/2026" in page.text
    assert "DONDOC_SMTP_URL" in page.text
    as_(world.head()).get("/admin/jobs", status=403)


def test_a_tick_that_finds_nothing_is_seen_all_the_same(world: World, as_: Open, late: int) -> None:
    world.do(TickLadder(), SYSTEM, now=world.now + timedelta(minutes=25))

    page = as_(world.person(Role.ADMIN, STANDING)).get("/admin/jobs").text

    assert "12:25 30/12/2026" in page
    with world.engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(LADDER_TICK)).scalar_one() == 1


@pytest.mark.parametrize(
    ("heard", "ticked", "said", "is_dead"),
    [
        (timedelta(seconds=40), timedelta(0), "đang chạy", False),
        (timedelta(minutes=5), timedelta(0), "không chạy nghe lần cuối 11:55 30/12/2026", True),
        # In another home: its ticks speak for it.
        (None, timedelta(0), "đang chạy nghe lần cuối 12:00 30/12/2026", False),
        (None, timedelta(hours=2), "không chạy nghe lần cuối 12:00 30/12/2026", True),
    ],
)
def test_the_page_shows_whether_the_scheduler_lives(
    world: World, as_: Open, late: int, heard: timedelta | None, ticked: timedelta,
    said: str, is_dead: bool, clock: SetClock,
) -> None:  # fmt: skip
    home = world.app.extensions["dondoc"].settings.home
    admin = world.person(Role.ADMIN, STANDING)
    reader = as_(admin)
    if ticked:
        clock.at = world.now + ticked
        reader = Reader(world.app, admin)
    if heard is not None:
        heartbeat.beat(home, clock.at - heard, leads=True)

    page = reader.get("/admin/jobs")

    assert said in page.text
    red = [e for e in page.all("span") if "tone-red" in (e.get("class") or "")]
    assert any("không chạy" in "".join(e.itertext()) for e in red) == is_dead
    for job in ("Tính thang nhắc hạn", "Gửi thư và tin đến lượt", "Kiểm tra nhật ký"):
        assert job in page.text


def test_over_a_weekend_the_next_digest_waits(world: World, as_: Open, late: int) -> None:
    with on(world, LATE + timedelta(days=3)):
        page = as_(world.person(Role.ADMIN, STANDING)).get("/admin/jobs")

    assert "07:30 04/01/2027" in page.text
