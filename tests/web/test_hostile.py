"""What no page of ours sends, and what somebody sends all the same: refused with a sentence."""

import gc
import json
import re
import warnings
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from bench import hostile, odd
from models.states import CycleState, Role
from tests.make import INSPECTORATE, OTHER, World
from tests.visitors import SetClock, Visitor
from tests.web.conftest import Open
from tests.web.reader import Page, Reader
from web.gate import LONGEST_QUERY

TYPED = "Ba trang đã viết trong buổi sáng"
HUGE = str(2**63)
LONG = "9" * 5_000
# Of the campaign of `python -m bench hostile`, one request in so many.
MANY = 499


# --- headers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Origin", "http://[", 400),
        ("Origin", "http://localhost\uff0fevil", 400),
        ("Referer", "http://[", 303),
        ("Accept-Language", "x" * 5_000 + ";q=nan", 303),
        ("X-Forwarded-For", "nonsense, ::1%eth0", 303),
    ],
)
def test_a_header_of_nonsense_is_answered(as_: Open, name: str, value: str, status: int) -> None:
    reader = as_(None)
    sent = {"csrf_token": reader.token, "language": "en", "next": "/public"}

    answer = reader.client.post(
        "/language", data=sent, headers={name: value.encode().decode("latin-1")}
    )

    assert answer.status_code == status, answer.text[:500]


@pytest.mark.parametrize("cookie", ["remember_token=1|\xff", "remember_token=1|a", "dondoc=\xff.x"])
def test_a_cookie_of_nonsense_is_a_stranger(world: World, cookie: str) -> None:
    client = world.app.test_client(use_cookies=False)

    assert client.get("/sign-in", headers={"Cookie": cookie}).status_code == 200


def test_the_way_back_leads_to_nobody_else(as_: Open) -> None:
    page = as_(None).client.post(
        "/language", headers={"Referer": "http://localhost//evil.example/"}
    )

    assert page.status_code == 400
    assert "evil.example" not in page.text


# --- addresses -----------------------------------------------------------------------------


def test_an_address_longer_than_any_of_ours_says_so(world: World, as_: Open) -> None:
    reader = as_(world.head())
    # SQLite looks for no text of 50,000 bytes.
    for path in ("/tasks?section=", "/tasks?agency=", "/search?q="):
        page = Page(reader.client.get(path + "x" * 60_000))
        assert page.status == 414
        assert page.h1 == "Địa chỉ quá dài"
        assert "Rút ngắn nội dung tìm" in page.text


def test_a_stranger_is_led_to_the_door_whatever_he_asked_for(world: World) -> None:
    visitor = Visitor(world.app)
    for length in (10, 2_500, LONGEST_QUERY - 10):
        door = visitor.get("/tasks?q=" + "%25" * (length // 3))
        assert visitor.get(door.location).status_code == 200


@pytest.mark.parametrize("number", ["0", "-1", "٣", "²", HUGE, LONG])
def test_no_number_of_a_template_breaks_the_page(world: World, as_: Open, number: str) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.REPORTED)

    as_(world.judge).get(f"/cycles/{cycle_id}/return?template={number}")


# --- what no form sends --------------------------------------------------------------------

NOT_OURS: list[tuple[str, dict[str, Any], str]] = [
    ("a field of another form", {"is_admin": "1"}, "không có trường “is_admin”"),
    ("twice", {"text": [TYPED, TYPED]}, "được gửi nhiều lần"),
    ("NUL", {"text": "a\0b"}, "ký tự rỗng không lưu được"),
    ("NUL in a name", {"a\0b": "1"}, "ký tự rỗng không lưu được"),
    (
        "a key nobody could keep",
        {"idempotency_key": uuid4().hex * 3},
        "“idempotency_key” không còn",
    ),
    ("no version", {"seen_version": "hai"}, "“seen_version” không còn"),
    ("a version of many digits", {"seen_version": LONG}, "“seen_version” không còn"),
    ("a version below all", {"seen_version": "-" + HUGE}, "“seen_version” không còn"),
]


@pytest.mark.parametrize(
    ("sent", "sentence"), [n[1:] for n in NOT_OURS], ids=[n[0] for n in NOT_OURS]
)
def test_what_no_form_sends_is_named(
    world: World, as_: Open, sent: dict[str, Any], sentence: str
) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    version = world.row(cycle_id)["version"]
    whole = {"percent": "40", "text": TYPED} | sent

    page = as_(world.head()).post(f"/cycles/{cycle_id}/progress", whole, status=400)

    assert sentence in page.text
    assert "mở lại trang" in page.text or "gõ lại" in page.text
    assert world.row(cycle_id)["version"] == version
    assert TYPED in page.text or "text" in sent


# --- values --------------------------------------------------------------------------------


@pytest.mark.parametrize("cycle", [HUGE, str(2**31), LONG, "-1", "٣", "²", "x", ""])
def test_no_cycle_is_urged_by_a_number_it_cannot_have(world: World, as_: Open, cycle: str) -> None:
    sent = {"cycle": cycle, "level": "reminder", "text": TYPED, "answer_by": "10/3/2026"}
    page = as_(world.judge).post("/urge", sent, status=422)

    assert page.errors == ["Chưa chọn nhiệm vụ nào."]


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("/urge", {"text": TYPED, "level": "", "cycle": "1"}),
        ("/reports/reviews", {"kind": "", "year": "năm nay", "reason": TYPED}),
        ("/awards", {"kind": TYPED, "first_year": "", "last_year": ""}),
    ],
)
def test_who_is_shown_no_form_still_has_what_he_typed(
    world: World, as_: Open, address: str, sent: dict[str, str]
) -> None:
    page = as_(world.head()).post(address, sent, status=422)

    assert TYPED in page.text
    assert page.errors


@pytest.mark.parametrize(
    "decisions",
    [
        json.dumps([{"cycle_id": 2**63, "act": "verify", "fields": {}}]),
        '[{"cycle_id": -1, "act": "verify", "fields": {}}]',
        '[{"cycle_id": 1, "act": "verify", "fields": {"note": "\\ud800"}}]',
        "[" * 20_000,
        "{}",
    ],
)
def test_no_verdict_is_read_out_of_nonsense(world: World, as_: Open, decisions: str) -> None:
    as_(world.judge).post("/verify/review", {"decisions": decisions}, status=400)


def test_what_nobody_can_see_inside_of_a_verdict_is_left_out(world: World, as_: Open) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.REPORTED)
    version = world.row(cycle_id)["version"]
    fields = {"seen_version": str(version), "quality": "met", "note": "a\0\u202eb"}
    sent = json.dumps([{"cycle_id": cycle_id, "act": "verify", "fields": fields}])

    as_(world.judge).post("/verify/review", {"decisions": sent}, status=200)

    assert world.row(cycle_id)["state"] == CycleState.VERIFIED


@pytest.mark.parametrize("hour", ["٧:٣٠", LONG, f"7:{LONG}", "24:00", "7:60", "-1:00", "²"])
def test_no_hour_but_an_hour_is_taken(world: World, as_: Open, hour: str) -> None:
    sent = {"starts_on": "2/3/2026", "starts_at": hour, "ends_on": "2/3/2026", "ends_at": "8:00"}

    page = as_(world.office).post("/calendar/outages/new", sent, status=422)

    assert "Giờ bắt đầu chưa đúng: nhập giờ:phút, ví dụ 07:30." in page.errors


@pytest.mark.parametrize(
    ("upto", "sentence"),
    [(f"-{HUGE}", "quá nhỏ"), (HUGE, "quá lớn"), (LONG, "quá lớn"), ("NaN", "nhập một số")],
)
def test_no_whole_number_is_wider_than_a_column(
    world: World, as_: Open, upto: str, sentence: str
) -> None:
    page = as_(world.head()).post("/notifications/read", {"upto": upto}, status=422)

    assert sentence in page.text


LONG_LINES = {
    "document_signer_name": "x" * 201,
    "document_signer_post": "x" * 201,
    "document_notation": "1/BC-" + "S" * 200,
    "document_authorization": "x" * 201,
    "reason": "ệ" * 20_001,
}


@pytest.mark.parametrize("field", LONG_LINES)
def test_no_text_is_longer_than_a_paper_can_hold(world: World, as_: Open, field: str) -> None:
    cycle_id = world.cycle()
    sent = {
        "reason": TYPED,
        "document_notation": "1/BC-SXD",
        "document_issued_on": "1/3/2026",
        "document_signer_name": "Nguyễn Văn An",
        field: LONG_LINES[field],
    }

    page = as_(world.head()).post(f"/cycles/{cycle_id}/decline", sent, status=422)

    assert any("quá dài: rút xuống còn tối đa" in fault for fault in page.errors), page.errors


@pytest.mark.parametrize("question", ["http://[", "?words=%00", "//\uff0f?from=%ff", "x" * 1_900])
def test_any_question_is_one_to_the_log(world: World, as_: Open, question: str) -> None:
    reader = as_(world.person(Role.INSPECTOR, INSPECTORATE))
    case = {
        "decision": "1/QĐ-TTr",
        "decided_on": "1/3/2026",
        "scope": "Toàn tỉnh",
        "period_from": "1/1/2026",
        "period_to": "1/3/2026",
    }
    folder = reader.post("/inspections", case).location
    reader.post(f"{folder}/questions", {"name": "Câu hỏi", "query": question})

    sheet = reader.client.post(
        f"{folder}/sheet",
        data={
            "csrf_token": reader.token,
            "decision": "1/QĐ-TTr",
            "scope": "Toàn tỉnh",
            "question": question,
        },
    )

    assert sheet.status_code == 200
    sheet.close()


# --- files ---------------------------------------------------------------------------------

PARTS = ("xl/workbook.xml", "entries.ndjson", "checkpoints.ndjson", "manifest.json")
WHOLE = odd.packed(dict.fromkeys(PARTS, b'{"a": 1}\n' * 99))


def changed(at: bytes, offset: int, value: int) -> bytes:
    """The archive with one byte of each of its records set: what a record is, begins with `at`."""
    content = bytearray(WHOLE)
    for found in re.finditer(re.escape(at), WHOLE):
        content[found.start() + offset] = value
    return bytes(content)


ARCHIVES = {
    "of a version to come": changed(b"PK\1\2", 6, 220),
    "packed by a method to come": changed(b"PK\1\2", 10, 97),
    "with a password": changed(b"PK\1\2", 8, 1),
    "whose names are no UTF-8": changed(b"PK\1\2", 9, 8).replace(b"xl/work", b"xl/\xff\xff\xffk"),
    "packed wrongly": changed(b"PK\3\4", 47, 255),
    "cut off": WHOLE[:-9],
}


@pytest.mark.parametrize("content", ARCHIVES.values(), ids=ARCHIVES)
def test_no_archive_breaks_the_page_it_is_brought_to(
    world: World, as_: Open, content: bytes
) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    reader = as_(world.head())
    answers = {
        address: reader.client.post(
            address,
            data={"csrf_token": reader.token, name: (BytesIO(content), "a.xlsx"), **sent},
        )
        for address, name, sent in (
            ("/excel", "sheet", {}),
            ("/audit/verify", "file", {}),
            (f"/cycles/{cycle_id}/draft", "file", {"secrecy": "no", "then": "save"}),
        )
    }

    assert {a.status_code for a in answers.values()} <= {200, 303, 422}, answers
    for answer in answers.values():
        if answer.status_code != 303:  # the names of an archive are readable, so it is kept
            assert any(mark in answer.text for mark in hostile.SAYS_WHY)


# --- everything together -------------------------------------------------------------------


@pytest.fixture
def stage(world: World, as_: Open, clock: SetClock) -> Iterator[hostile.Stage]:
    """A few people in a world where every kind of page has something to show."""
    world.bring(world.cycle(), CycleState.REPORTED)
    world.bring(world.cycle("II.3-a", OTHER), CycleState.IN_PROGRESS)
    world.cycle("II.6-a")
    readers: dict[str, Reader] = {
        "stranger": as_(None),
        "standing head": as_(world.judge),
        "inspector": as_(world.person(Role.INSPECTOR, INSPECTORATE)),
    }
    with hostile.staged(world.app, date(2026, 3, 2), readers) as found:
        yield found


def test_a_handful_of_everything_hostile_leaves_nothing_behind(stage: hostile.Stage) -> None:
    hostile.explore(stage, of_a_kind=1)
    forms, lot = len(stage.forms), odd.Lot(MANY)
    with warnings.catch_warnings():
        # werkzeug leaves the file of a part that breaks off to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        for part in (hostile.try_addresses, hostile.try_pages, hostile.try_forms):
            part(stage, lot)
        gc.collect()

    assert forms > 15
    assert {200, 303, 400, 404, 422} <= set(stage.answers), stage.answers
    assert hostile.told(stage.faults) == []
