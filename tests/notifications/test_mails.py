"""Every mail in words: compared with what was read and approved, letter by letter."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifications.notices import Line
from notifications.plan import TELLINGS, words
from notifications.render import SUBJECT_LIMIT, Reader, render, short
from workflow.law.ladder import in_words
from workflow.law.transitions import EVENTS
from workflow.rungs import seed_rungs

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
    leaders = "chairman" in rung.posts
    return replace(line, text=in_words(rung.text, rung.days, line.due_on), for_leaders=leaders)


def event_line(name: str) -> Line:
    return replace(LINE, name=name, text=words(name, BODY, LINE.due_on))


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
    "asked": [rung_line("overdue_7", agency_short="LĐLĐ tỉnh", is_asked=True)],
}


@pytest.mark.parametrize("name", sorted(MAILS))
def test_a_mail_reads_as_approved(name: str) -> None:
    mail = render(READER, MAILS[name], TODAY, "https://dondoc.example.vn", "2940 · 118 · 9f2c")
    written = f"Tiêu đề: {mail.subject}\n\n{mail.text}"
    file = APPROVED / f"{name}.txt"
    if os.environ.get("DONDOC_WRITE_GOLDEN"):
        file.write_text(written, encoding="utf-8")

    assert written == file.read_text(encoding="utf-8")
    assert len(mail.subject) <= SUBJECT_LIMIT


@pytest.mark.parametrize("name", ["digest", "rung-due"])
def test_the_html_says_the_same_and_acts_on_nothing(name: str) -> None:
    mail = render(READER, MAILS[name], TODAY, "https://dondoc.example.vn")

    for line in MAILS[name]:
        assert line.text in mail.html
        assert line.task_title in mail.html
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
    silent = {"accepted", "progress_updated", "draft_saved", "withdrawn", "appraised"}
    # What is told of a decision is whether it was granted; a lowered mark and a noted silence
    # ask nobody for anything.
    silent |= {"extension_decided", "flag_lowered", "silence_noted"}

    assert set(EVENTS.values()) - set(TELLINGS) <= silent


def test_a_long_text_is_cut_at_a_word() -> None:
    assert short("Đào tạo nghề gắn với thị trường", 20) == "Đào tạo nghề gắn…"
    assert len(short("a" * 300, 70)) == 70
