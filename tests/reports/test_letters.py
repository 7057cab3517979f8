"""Every công văn đôn đốc in words: compared with what was read and approved, line by line."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from docx import Document

from models.states import CycleKind, CycleState, Disposition, UrgeLevel
from reports.boxes import Box
from reports.figures import count
from reports.moment import Line, Scope
from reports.owing import Owing
from reports.papers.docx_writer import write_docx
from reports.papers.letters import Act, answer_day, urging_letter
from reports.papers.names import contact_of
from reports.papers.paper import Paper, Para, Table
from workflow.law.calendar import work_calendar
from workflow.workdays import seed_days

APPROVED = Path(__file__).parent / "letters"
NOW = datetime(2026, 12, 30, 2, 0, tzinfo=UTC)
TODAY = date(2026, 12, 30)
STANDING = {
    "code": "so-ldtbxh",
    "name": "Sở Lao động - Thương binh và Xã hội tỉnh Bình Thuận",
    "short": "Sở LĐTBXH",
    "kind": "department",
    "is_asked": False,
}
COMMITTEE = {
    "code": "ubnd-tinh",
    "name": "Ủy ban nhân dân tỉnh Bình Thuận",
    "short": "UBND tỉnh",
    "kind": "provincial-peoples-committee",
    "is_asked": False,
}
HEALTH = {
    "code": "so-y-te",
    "name": "Sở Y tế tỉnh Bình Thuận",
    "short": "Sở Y tế",
    "kind": "department",
    "is_asked": False,
}
UNION = {
    "code": "ldld-tinh",
    "name": "Liên đoàn Lao động tỉnh Bình Thuận",
    "short": "LĐLĐ tỉnh",
    "kind": "mass-organisation",
    "is_asked": True,
}


def line(number: int, due: date, state: CycleState = CycleState.IN_PROGRESS) -> Line:
    """The n-th task of Sở Y tế with its deadline."""
    overdue = (TODAY - due).days
    is_late = overdue > 0 and state is not CycleState.REPORTED
    return Line(
        id=number,
        task_id=number,
        task_code=f"III.6.{number}-a",
        task_title=("Phát triển y tế cơ sở", "Bảo hiểm y tế toàn dân", "Nước sạch")[number - 1],
        clause=f"III.6.{number}",
        section="III.6",
        position=number,
        agency_id=1,
        agency="so-y-te",
        agency_short="Sở Y tế",
        agency_name=HEALTH["name"],
        agency_position=1,
        is_asked=False,
        is_standing=False,
        kind=CycleKind.ANNUAL,
        year=2026,
        state=state,
        disposition=Disposition.ACTIVE,
        due_on=due,
        effective_due_on=due,
        original_due_on=due,
        late_days=None,
        reported_at=None,
        verified_at=None,
        completed_at=None,
        progress_at=None,
        percent=40,
        return_count=0,
        withdraw_count=0,
        reopen_count=0,
        extension_count=0,
        report_id=None,
        version=3,
        box=Box.OPEN_OVERDUE if is_late else Box.OPEN_IN_TIME,
        overdue=max(0, overdue) if is_late else 0,
    )


LATE, SOON = date(2026, 12, 14), date(2027, 1, 15)
ASKED = "Đề nghị gửi kèm số liệu của các trung tâm y tế huyện"


def act(numbers: dict[int, int], level: UrgeLevel = UrgeLevel.AGENCY_LETTER) -> Act:
    return Act(numbers, level, ASKED, date(2027, 1, 6))


# name: (lines, agency, act, earlier urgings)
LETTERS: dict[str, tuple[list[Line], dict[str, object], Act | None, dict[int, int]]] = {
    "draft-overdue": ([line(1, LATE), line(2, date(2026, 11, 2))], HEALTH, None, {1: 1}),
    "draft-third-time": ([line(1, LATE)], HEALTH, None, {1: 2}),
    "near-due": ([line(1, SOON), line(2, SOON)], HEALTH, act({1: 1, 2: 1}), {}),
    "late-and-near-due": ([line(1, LATE), line(2, SOON)], HEALTH, act({1: 2, 2: 1}), {}),
    "of-ubnd": ([line(1, LATE)], HEALTH, act({1: 3}, UrgeLevel.UBND_LETTER), {}),
    "asked-not-ordered": ([line(1, LATE)], UNION, act({1: 1}), {}),
    "no-yearly-plan": ([], HEALTH, None, {}),
    "no-yearly-report": ([], HEALTH, None, {}),
    "no-figures": ([], HEALTH, None, {}),
    "overdue-and-all-of-it": ([line(1, LATE)], HEALTH, None, {}),
    "asked-for-all-of-it": ([], UNION, None, {}),
}
BEDS = ("Số giường bệnh trên 10.000 dân", "Tỷ lệ dân số tham gia bảo hiểm y tế")
ALL_OF_IT = Owing(2026, True, LATE, BEDS)
# What is owed beside tasks.
OWING: dict[str, Owing] = {
    "no-yearly-plan": Owing(2026, plan=True),
    "no-yearly-report": Owing(2026, report_due_on=LATE),
    "no-figures": Owing(2026, figures=BEDS),
    "overdue-and-all-of-it": ALL_OF_IT,
    "asked-for-all-of-it": ALL_OF_IT,
}
PLAN = {
    "code": "2940/KH-UBND",
    "issued_on": date(2023, 8, 8),
    "issuing_name": COMMITTEE["name"],
}
CALENDAR = work_calendar((d.day, d.kind) for d in seed_days())
CONTACT = contact_of("Trần Thị Bình", "Chuyên viên Sở LĐTBXH", "0252 3822 000")


def letter(name: str) -> Paper | None:
    lines, agency, made_by, urged = LETTERS[name]
    found = count(lines, Scope(), NOW)
    return urging_letter(
        STANDING, agency, PLAN, found, urged, CONTACT, CALENDAR, made_by, COMMITTEE, OWING.get(name)
    )


def written(paper: Paper) -> Iterator[str]:
    """The paper as lines of text, in the order of the page."""
    head = paper.letterhead
    yield " / ".join(([head.parent] if head.parent else []) + list(head.issuer))
    yield paper.notation
    yield f"V/v {paper.subject}"
    yield paper.place_and_day
    yield f"Kính gửi: {'; '.join(paper.addressees)}"
    for block in paper.body:
        if isinstance(block, Para):
            yield block.text
        if isinstance(block, Table):
            yield " | ".join(column.title for column in block.columns)
            yield from (" | ".join(row) for row in block.rows)
    yield " / ".join(paper.signature.lines)
    yield "Nơi nhận: " + "; ".join(paper.recipients)


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_a_letter_reads_as_approved(name: str) -> None:
    paper = letter(name)
    assert paper is not None
    text = "\n\n".join(written(paper)) + "\n"
    file = APPROVED / f"{name}.txt"
    if os.environ.get("DONDOC_WRITE_GOLDEN"):
        file.write_text(text, encoding="utf-8")

    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_a_letter_opens_in_word_and_says_there_what_was_approved(name: str) -> None:
    """What LibreOffice makes of it is looked at by `bench papers`."""
    paper = letter(name)
    assert paper is not None
    document = Document(io.BytesIO(write_docx(paper)))

    text = [p.text for p in document.paragraphs]
    cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
    for block in paper.body:
        if isinstance(block, Para):
            assert block.text in text
        if isinstance(block, Table):
            assert {cell for row in block.rows for cell in row} <= set(cells)
    assert f"V/v {paper.subject}" in " ".join(" ".join(cells).split())


def test_what_has_been_reported_since_is_left_out_of_its_letter() -> None:
    lines = [line(1, LATE), line(2, LATE, CycleState.REPORTED)]
    made = urging_letter(
        STANDING,
        HEALTH,
        PLAN,
        count(lines, Scope(), NOW),
        {},
        "",
        CALENDAR,
        act({1: 1, 2: 1}),
        COMMITTEE,
    )
    assert made is not None
    (table,) = [b for b in made.body if isinstance(b, Table)]
    assert [row[1] for row in table.rows] == ["III.6.1-a. Phát triển y tế cơ sở"]

    gone = count([line(2, LATE, CycleState.REPORTED)], Scope(), NOW + timedelta(days=1))
    nothing = urging_letter(STANDING, HEALTH, PLAN, gone, {}, "", CALENDAR, act({2: 1}), COMMITTEE)
    assert nothing is None


def test_the_answer_day_is_one_on_which_somebody_works() -> None:
    """Ten days after 06/02/2026 is the eve of Tết; the offices open again on the 23rd."""
    assert answer_day(date(2026, 2, 6), CALENDAR) == date(2026, 2, 23)
    assert answer_day(date(2026, 12, 30), CALENDAR) == date(2027, 1, 11)
    assert answer_day(date(2026, 3, 3), CALENDAR) == date(2026, 3, 13)


def test_another_plan_is_named_in_its_letter_and_no_other() -> None:
    """The plan is the cycle's own, in the trích yếu and where it is cited in full."""
    other = {**PLAN, "code": "15/KH-UBND", "issued_on": date(2024, 1, 5)}
    found = count([line(1, LATE)], Scope(), NOW)
    paper = urging_letter(STANDING, HEALTH, other, found, {}, CONTACT, CALENDAR, act({1: 1}))

    assert paper is not None
    text = "\n".join(written(paper))
    assert "V/v đôn đốc thực hiện Kế hoạch số 15/KH-UBND" in text
    assert "Kế hoạch số 15/KH-UBND ngày 05/01/2024 của Ủy ban nhân dân tỉnh" in text
    assert "2940" not in text


def test_without_a_number_to_call_the_draft_shows_brackets() -> None:
    assert contact_of("An", "Chuyên viên", None) == "An, Chuyên viên, điện thoại [số điện thoại]"
