"""Every mail in words: compared with what was read and approved, letter by letter."""

import io
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.generator import BytesGenerator
from email.header import decode_header, make_header
from email.utils import getaddresses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from notifications.channels import Envelope, email
from notifications.notices import Line
from notifications.plan import TELLINGS, TEXTS_TO_ASKED, words
from notifications.render import LINES_SHOWN, SUBJECT_LIMIT, Reader, render, sentence, short
from workflow.law.ladder import in_words
from workflow.law.transitions import EVENTS
from workflow.rungs import as_a_wish, seed_rungs

APPROVED = Path(__file__).parent / "mails"
READER = Reader("Nguyễn Văn An", "an@example.vn", "Thủ trưởng, Sở Xây dựng")
TODAY = date(2026, 12, 3)
LINE = Line(
    id=1,
    person_id=1,
    key="event:1",
    name="before_7",
    text="",
    at=datetime(2026, 12, 3, tzinfo=UTC),
    read_at=None,
    is_urgent=False,
    is_true=True,
    cycle_id=17,
    task_id=3,
    task_code="III.2.1-a",
    task_title="Đào tạo nghề gắn với nhu cầu của thị trường lao động",
    agency_short="Sở Xây dựng",
    is_asked=False,
    plan_code="2940/KH-UBND",
    due_on=date(2026, 12, 14),
    position=0,
)
BODY = {
    "reason": "Chưa có số liệu của hai huyện",
    "actor": {"id": 5},
    "details": {
        "number": 2,
        "old": "Sở Xây dựng",
        "new": "Sở Nội vụ",
        "resend_by": "2026-12-20",
        "answer_by": "2026-12-18",
        "asked_due_on": "2027-01-31",
    },
}


def rung_line(code: str, **changed: object) -> Line:
    """As told when it fires."""
    rung = next(r for r in seed_rungs() if r.code == code)
    line = replace(LINE, name=code, position=rung.position, anchor=rung.anchor, **changed)  # type: ignore[arg-type]
    leaders, pattern = "chairman" in rung.posts, as_a_wish(rung.text, line.is_asked)
    return replace(line, text=in_words(pattern, rung.days, line.due_on), for_leaders=leaders)


def event_line(name: str, **changed: object) -> Line:
    is_asked = bool(changed.get("is_asked"))
    return replace(LINE, name=name, text=words(name, BODY, LINE.due_on, is_asked), **changed)  # type: ignore[arg-type]


UNION: dict[str, object] = {"agency_short": "LĐLĐ tỉnh", "is_asked": True}
TAMPERING = replace(
    LINE,
    name="tampering_found",
    text=words("tampering_found", {"reason": "mục 118 không khớp", "details": {}}, None),
    cycle_id=None,
    task_id=None,
    task_code="",
    task_title="",
    agency_short="",
    plan_code="",
    due_on=None,
)


MAILS: dict[str, list[Line]] = {
    **{f"rung-{r.code}": [rung_line(r.code)] for r in seed_rungs()},
    **{f"event-{name}": [event_line(name)] for name in TELLINGS},
    "digest": [
        rung_line("before_7", id=2, task_code="III.3.2-a", task_title="Chuyển đổi số"),
        rung_line("overdue_15", id=3, due_on=date(2026, 11, 18)),
        event_line("verified"),
    ],
    "digest-long": [
        rung_line("overdue_1", id=n, cycle_id=n, task_code=f"III.6.{n}-a") for n in range(1, 36)
    ],
    **{f"asked-rung-{r.code}": [rung_line(r.code, **UNION)] for r in seed_rungs()},
    **{f"asked-event-{name}": [event_line(name, **UNION)] for name in TEXTS_TO_ASKED},
    "asked-digest": [
        rung_line("overdue_7", id=2, due_on=date(2026, 11, 26), **UNION),
        rung_line("before_7", id=3, **UNION),
    ],
    "event-tampering_found": [TAMPERING],
}
# What orders or threatens is not said to bodies that are asked and not ordered.
ORDERS = (
    "Cần báo cáo",
    "Quá hạn",
    "quá hạn",
    "hết hạn",
    "Yêu cầu",
    "khẩn trương",
    "Ấn định",
    "Trả lại",
    "báo cáo lãnh đạo",
)


@pytest.mark.parametrize("name", sorted(MAILS))
def test_a_mail_reads_as_approved(name: str) -> None:
    mail = render(READER, MAILS[name], TODAY, "https://dondoc.example.vn", "2940 · 118 · 9f2c")

    approved(f"{name}.txt", f"Tiêu đề: {mail.subject}\n\n{mail.text}")
    approved(f"{name}.html", mail.html)
    assert len(mail.subject) <= SUBJECT_LIMIT


def approved(name: str, written: str) -> None:
    file = APPROVED / name
    if os.environ.get("DONDOC_WRITE_GOLDEN"):
        file.write_text(written, encoding="utf-8")
    assert written == file.read_text(encoding="utf-8")


def test_every_approved_mail_is_still_written() -> None:
    assert {f.stem for f in APPROVED.iterdir()} == set(MAILS)


@pytest.mark.parametrize("name", sorted(n for n in MAILS if n.startswith("asked")))
def test_bodies_that_are_asked_are_not_ordered(name: str) -> None:
    mail = render(READER, MAILS[name], TODAY, "https://dondoc.example.vn")

    said = f"{mail.subject} {mail.text} {mail.html}"
    assert [order for order in ORDERS if order in said] == []
    assert "Kính đề nghị quý cơ quan" in mail.text


@pytest.mark.parametrize(
    ("typed", "ends"),
    [
        ("Đề nghị báo cáo.", "Đề nghị báo cáo.\n"),
        ("Vì sao?", "Vì sao?\n"),
        ("Còn hai huyện…", "huyện…\n"),
    ],
)
def test_a_sentence_ends_once(typed: str, ends: str) -> None:
    mail = render(READER, [replace(LINE, text=typed)], TODAY, "https://x.vn")

    assert ends in mail.text
    assert not re.search(r"[.?…]\.", mail.text.partition("\n1. ")[0])
    assert not re.search(r"[.?…]\.", mail.html)


@pytest.mark.parametrize("name", sorted(MAILS))
def test_the_html_says_the_same_and_acts_on_nothing(name: str) -> None:
    mail = render(READER, MAILS[name], TODAY, "https://dondoc.example.vn")

    for line in MAILS[name][:LINES_SHOWN]:
        assert escape(sentence(line)).rstrip(".") in mail.html
        assert line.task_title in mail.html
    assert "?" not in "".join(re.findall(r'href="([^"]*)"', mail.html))
    assert "<form" not in mail.html
    assert "<script" not in mail.html
    assert "<img" not in mail.html


def test_what_people_typed_is_text_in_html() -> None:
    nasty = replace(LINE, text="Trả lại: <script>alert(1)</script>")

    assert "<script>" not in render(READER, [nasty], TODAY, "https://x.vn").html


def test_the_subject_begins_with_the_act_and_the_day() -> None:
    subject = render(READER, [rung_line("before_7")], TODAY, "https://x.vn").subject

    assert subject.startswith("Cần báo cáo đến hết 14/12/2026: III.2.1-a Đào tạo nghề")


def test_every_event_of_the_law_is_told_or_said_to_be_silent() -> None:
    silent = {"accepted", "progress_updated", "draft_saved", "appraised"}
    # What is told of a decision is whether it was granted; a lowered mark and a noted silence
    # ask nobody for anything.
    silent |= {"extension_decided", "flag_lowered", "silence_noted"}

    assert set(EVENTS.values()) - set(TELLINGS) <= silent


def test_a_long_text_is_cut_at_a_word() -> None:
    assert short("Đào tạo nghề gắn với thị trường", 20) == "Đào tạo nghề gắn…"
    assert len(short("a" * 300, 70)) == 70


def on_the_wire(subject: str, name: str = READER.name) -> bytes:
    """The mail as SMTP carries it."""
    mail = Envelope("<1@example.vn>", READER.address, name, subject, "Chữ", "<p>Chữ</p>")
    written = io.BytesIO()
    BytesGenerator(written).flatten(
        email.written(mail, "don-doc@example.vn", LINE.at), linesep="\r\n"
    )
    return written.getvalue()


def decoded(raw: bytes, header: str) -> str:
    """A header as RFC 2047 reads it."""
    return str(make_header(decode_header(message_from_bytes(raw)[header])))


@pytest.mark.parametrize("name", sorted(MAILS))
def test_a_subject_arrives_as_it_was_written(name: str) -> None:
    subject = render(READER, MAILS[name], TODAY, "https://dondoc.example.vn").subject

    raw = on_the_wire(subject)

    assert decoded(raw, "Subject") == subject
    assert message_from_bytes(raw, policy=policy.default)["Subject"] == subject
    assert all(len(line) <= 78 for line in raw.splitlines())


@given(st.text(alphabet="aàáạăặâậđeéêếioơợuưựyỹĐẶ  ,.:<>@\"'()…", min_size=1, max_size=120))
def test_no_space_and_no_letter_of_any_subject_or_name_is_lost(text: str) -> None:
    said = " ".join(text.split())
    raw = on_the_wire(text, text)

    assert decoded(raw, "Subject") == said
    assert decoded(raw, "To").strip() == f"{said} <{READER.address}>".strip()
    assert [a for _, a in getaddresses([message_from_bytes(raw)["To"]])] == [READER.address]


def test_nobody_writes_a_header_of_his_own() -> None:
    raw = on_the_wire("Trả lại\r\nBcc: x@example.vn", "An\nBcc: y@example.vn")

    assert message_from_bytes(raw)["Bcc"] is None


DUE = date(2026, 12, 14)
# (event, is asked and not ordered, its day, what is told)
WITHOUT = [
    ("assigned", False, DUE, "Giao nhiệm vụ mới, hạn 14/12/2026"),
    ("assigned", False, None, "Giao nhiệm vụ mới, không hạn"),
    ("assigned", True, DUE, "Đề nghị phối hợp thực hiện nhiệm vụ mới, thời gian 14/12/2026"),
    ("assigned", True, None, "Đề nghị phối hợp thực hiện nhiệm vụ mới"),
    ("resumed", False, None, "Tiếp tục thực hiện: Chưa có số liệu của hai huyện"),
    ("resumed", True, None, "Tiếp tục thực hiện: Chưa có số liệu của hai huyện"),
    ("reopened", True, None, "Đề nghị tiếp tục thực hiện nhiệm vụ: Chưa có số liệu của hai huyện"),
]


@pytest.mark.parametrize(("name", "is_asked", "due_on", "told"), WITHOUT)
def test_a_task_without_a_deadline_is_not_told_to_have_the_deadline_none(
    name: str, is_asked: bool, due_on: date | None, told: str
) -> None:
    assert words(name, BODY, due_on, is_asked) == told
