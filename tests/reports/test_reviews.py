"""A report of the province: frozen, written, submitted, issued, corrected; and closing a year."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from models.states import AgencyReportState, CycleState, ReviewKind, ReviewState, Role
from models.tables import AGENCY_REPORT, CYCLE, MEMBERSHIP, REVIEW
from reports import reviews
from reports.yearwork import year_work
from tests.reports.conftest import PLAN_CODE, House, at, paper
from tests.visitors import set_clock
from workflow.commands.closing import CloseYear
from workflow.commands.people import AddMembership, EndMembership
from workflow.commands.reports import FreezeReview, IssueReview, SubmitReview, WriteReview
from workflow.commands.yearwork import (
    JudgeAgencyReport,
    RecordAnnualPlan,
    SendAgencyReport,
    SetBudget,
    WriteAgencyReport,
)
from workflow.identity import actor_of
from workflow.law.errors import Reason, Refused
from workflow.law.facts import SYSTEM


def reasons(refused) -> set[Reason]:
    return {r.reason for r in refused.value.refusals}


@pytest.fixture
def year(half: House) -> House:
    return half


def freeze(house: House, day="2024-12-20", on="2024-12-19", who="gd.so-ldtbxh", reason=""):
    with house.reading() as conn:
        made = reviews.counted(conn, ReviewKind.YEAR, 2024, at(on, 23))
    command = FreezeReview(
        PLAN_CODE, ReviewKind.YEAR, 2024, at(on, 23), made.figures.position,
        made.figures.text(), reason,
    )  # fmt: skip
    return int(house.do(command, who, at(day)).object_id or 0)


def review(house: House, review_id: int):
    with house.reading() as conn:
        return reviews.review(conn, review_id)


def issue(house: House, review_id: int, day="2024-12-24") -> None:
    document = paper(at(day).date(), "321/BC-UBND")
    command = IssueReview(review_id, document, "a" * 64, "b" * 64)
    house.do(command, "vp.ubnd-tinh", at(day))


def test_figures_stay_frozen_through_returns_and_reopenings(year):
    one = freeze(year)
    cycle = year.cycle("III.4.1-a", "so-y-te", 2024)
    year.complete(cycle, "2025-01-20")
    year.reopen(cycle, "2025-02-01")

    found = review(year, one)

    assert found.still_the_same
    assert found.figures["boxes"]["done_on_time"] == 2


def test_papers_are_not_made_of_other_figures_than_the_frozen_ones(year):
    wrong = FreezeReview(PLAN_CODE, ReviewKind.YEAR, 2024, at("2024-12-19", 23), 1, "{}")
    one = int(year.do(wrong, "gd.so-ldtbxh", at("2024-12-20")).object_id or 0)

    with year.reading() as conn, pytest.raises(Refused) as why:
        reviews.issued_files(conn, one, paper(at("2024-12-24").date(), "321/BC-UBND"))
    assert reasons(why) == {Reason.FIGURES_MOVED}
    assert not review(year, one).still_the_same


def test_its_way_from_draft_to_issue_and_its_correction(year):
    one = freeze(year)
    with pytest.raises(Refused) as why:
        issue(year, one)
    assert reasons(why) == {Reason.WRONG_STEP}
    year.do(WriteReview(one, (("strengths", "Đã chủ động."),)), "cv.so-ldtbxh", at("2024-12-21"))
    with pytest.raises(Refused):
        year.do(SubmitReview(one), "cv.so-ldtbxh", at("2024-12-22"))
    year.do(SubmitReview(one), "gd.so-ldtbxh", at("2024-12-22"))
    with pytest.raises(Refused):
        year.do(WriteReview(one, ()), "gd.so-ldtbxh", at("2024-12-22"))
    issue(year, one)
    with pytest.raises(Refused) as why:
        freeze(year, "2025-01-10")
    assert reasons(why) == {Reason.MISSING}

    two = freeze(year, "2025-01-10", reason="Sai số liệu")
    year.do(SubmitReview(two), "gd.so-ldtbxh", at("2025-01-11"))
    issue(year, two, "2025-01-12")

    with year.reading() as conn:
        states = dict(conn.execute(select(REVIEW.c.id, REVIEW.c.state)).all())
    assert states == {one: ReviewState.CORRECTED, two: ReviewState.ISSUED}
    assert review(year, two).row["texts"] == review(year, one).row["texts"]


def test_issuing_from_the_command_line_keeps_the_files_as_issued(year, tmp_path):
    set_clock(year.app, at("2024-12-24"))
    out = tmp_path / "out"
    one = freeze(year)
    words = ["report", "issue", str(one), "--document", "321/BC-UBND", "--issued-on", "2024-12-24"]
    words += ["--signer", "Trần Văn An", "--as", "vp.ubnd-tinh", "--out", str(out), "--json"]
    with year.app.app_context():
        refused = year.app.test_cli_runner().invoke(args=words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert not out.exists()
    year.do(SubmitReview(one), "gd.so-ldtbxh", at("2024-12-22"))

    with year.app.app_context():
        done = year.app.test_cli_runner().invoke(args=words)

    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    row = review(year, one).row
    assert row["state"] == ReviewState.ISSUED
    assert told["sha256"] == {"docx": row["docx_sha256"], "pdf": row["pdf_sha256"]}
    for file, digest in zip(told["files"], told["sha256"].values(), strict=True):
        assert sha256(Path(file).read_bytes()).hexdigest() == digest
    assert Path(told["files"][1]).read_bytes().startswith(b"%PDF")


def test_only_the_standing_agency_freezes_and_only_what_has_been(year):
    for who in ("gd.so-y-te", "vp.ubnd-tinh", "admin"):
        with pytest.raises(Refused):
            freeze(year, who=who)
    with pytest.raises(Refused):
        freeze(year, "2024-12-10", "2024-12-20")
    freeze(year)
    with pytest.raises(Refused) as why:
        freeze(year)
    assert reasons(why) == {Reason.REVIEW_STANDS}


def test_closing_the_year_completes_what_is_verified_and_nothing_else(year):
    command = CloseYear(PLAN_CODE, 2024, paper(at("2025-01-19").date(), "14/BC-UBND"))
    with pytest.raises(Refused):
        year.do(command, "gd.so-ldtbxh", at("2025-01-20"))

    done = year.do(command, "vp.ubnd-tinh", at("2025-01-20")).data
    again = year.do(command, "vp.ubnd-tinh", at("2025-01-21")).data

    assert (done["closed"], again["closed"]) == (2, 0)
    with year.reading() as conn:
        states = conn.execute(select(CYCLE.c.state)).scalars().all()
    assert states.count(CycleState.COMPLETED) == 2


def send(house: House, day: str) -> None:
    document = paper(at(day).date(), "9/BC-SYT")
    command = SendAgencyReport(PLAN_CODE, "so-y-te", 2024, document, at(day), "{}")
    house.do(command, "gd.so-y-te", at(day))


def test_the_yearly_report_of_an_agency(year):
    write = WriteAgencyReport(PLAN_CODE, "so-y-te", 2024, (("next", "Tiếp tục"),))
    year.do(write, "cv.so-y-te", at("2024-12-10"))
    send(year, "2024-12-14")
    with year.reading() as conn:
        row = conn.execute(select(AGENCY_REPORT)).mappings().one()
    with pytest.raises(Refused) as why:
        year.do(JudgeAgencyReport(row["id"], True), "gd.so-y-te", at("2024-12-16"))
    assert Reason.NOT_YOUR_ROLE in reasons(why)
    year.do(JudgeAgencyReport(row["id"], False, "Thiếu"), "gd.so-ldtbxh", at("2024-12-16"))
    send(year, "2024-12-20")
    year.do(JudgeAgencyReport(row["id"], True), "gd.so-ldtbxh", at("2024-12-21"))

    with year.reading() as conn:
        row = conn.execute(select(AGENCY_REPORT)).mappings().one()
        work = year_work(conn, SYSTEM, (2024,), at("2025-01-01"))
        before = year_work(conn, SYSTEM, (2024,), at("2024-12-13"))
    assert (row["state"], row["late_days"]) == (AgencyReportState.ACCEPTED, 0)
    assert (work.reports, work.reports_in_time, before.reports) == (1, 1, 0)


def test_who_sent_the_yearly_report_does_not_accept_it_from_his_next_post(year):
    year.do(WriteAgencyReport(PLAN_CODE, "so-y-te", 2024, ()), "cv.so-y-te", at("2024-12-10"))
    send(year, "2024-12-12")
    sender = year.actors["gd.so-y-te"].person_id
    with year.reading() as conn:
        report = conn.execute(select(AGENCY_REPORT.c.id)).scalar_one()
        held = conn.execute(select(MEMBERSHIP.c.id).where(MEMBERSHIP.c.person_id == sender))
        post = held.scalar_one()
    last = at("2024-12-15")
    year.do(EndMembership(post, last.date(), "Điều động"), "system", last)
    moved = AddMembership(sender, "so-ldtbxh", Role.HEAD, at("2024-12-16").date())
    year.do(moved, "system", last)
    with year.reading() as conn:
        year.actors["gd.so-y-te"] = actor_of(conn, sender, at("2024-12-16").date())

    with pytest.raises(Refused) as why:
        year.do(JudgeAgencyReport(report, True), "gd.so-y-te", at("2024-12-16"))

    assert reasons(why) == {Reason.OWN_REPORT}
    year.do(JudgeAgencyReport(report, True), "gd.so-ldtbxh", at("2024-12-16"))


def test_sent_after_the_fourteenth_it_is_late(year):
    year.do(WriteAgencyReport(PLAN_CODE, "so-y-te", 2024, ()), "cv.so-y-te", at("2024-12-10"))
    send(year, "2024-12-15")

    with year.reading() as conn:
        assert conn.execute(select(AGENCY_REPORT.c.late_days)).scalar_one() == 1


def test_plans_and_budgets_are_counted(year):
    document = paper(at("2024-01-15").date(), "3/KH-SYT")
    year.do(RecordAnnualPlan(PLAN_CODE, "so-y-te", 2024, document), "cv.so-y-te", at("2024-01-20"))
    year.do(SetBudget(PLAN_CODE, "so-y-te", 2024, asked="1.250,5"), "cv.so-y-te", at("2024-01-21"))
    with pytest.raises(Refused):
        year.do(
            SetBudget(PLAN_CODE, "so-y-te", 2024, allocated="9"), "cv.so-y-te", at("2024-02-01")
        )
    year.do(
        SetBudget(PLAN_CODE, "so-y-te", 2024, allocated="1.000"),
        "kh.so-tai-chinh",
        at("2024-02-01"),
    )

    with year.reading() as conn:
        work = year_work(conn, SYSTEM, (2024,), at("2024-12-31"))
        earlier = year_work(conn, SYSTEM, (2024,), at("2024-01-25"))

    assert work.plans == 1
    assert (str(work.budget.asked), str(work.budget.allocated)) == ("1250.5", "1000")
    assert str(earlier.budget.allocated) == "0"
