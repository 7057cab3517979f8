"""In English nothing is left in Vietnamese but what is the province's own, and that is marked."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.states import (
    AwardForm,
    CampaignKind,
    CycleState,
    FlagKind,
    NomineeKind,
    ReasonClass,
    ReviewKind,
    UrgeLevel,
    ValueKind,
)
from models.tables import AGENCY, AUDIT_ENTRY, CYCLE, CYCLE_PARTY
from notifications.rounds import tick_round
from reports import awards, reviews
from tests.access import walk
from tests.demo.conftest import UNTIL, story_app
from tests.reports.conftest import paper
from tests.visitors import set_clock
from tests.web.endpoints import endpoints
from tests.web.reader import Reader
from tests.web.voices import vietnamese
from workflow.commands.awards import Nominate, OpenCampaign
from workflow.commands.extensions import AskExtension
from workflow.commands.indicators import EnterValue
from workflow.commands.inspections import KeepQuestion, OpenInspection, RecordFinding, WriteNote
from workflow.commands.people import LockPerson
from workflow.commands.reports import FreezeReview, WriteReview
from workflow.commands.urging import AskExplanation, AskSupport, RaiseFlag, Urge
from workflow.commands.yearwork import RecordAnnualPlan, SetBudget
from workflow.identity import actor_by_login
from workflow.law.facts import SYSTEM

__all__ = ["story_app"]

PLAN = "2940/KH-UBND"
NOW = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 5, tzinfo=UTC)
NEXT_WEEK = UNTIL + timedelta(days=7)
# Together they reach every kind of page.
READERS = ("stranger", "head", "standing head", "office", "inspector", "award appraiser",
           "administrator")  # fmt: skip
# What no link leads to as it is here: filters, files, pages that are not there.
MORE = (
    "/tasks?q=y+te&agency=so-y-te&state=reported&due=overdue&section=III.2", "/tasks?q=khong+co",
    "/admin/people?q=khong-co", "/audit?who=gd&command=report", "/audit?who=khong-co",
    "/dashboard/list?year=2023&agency=so-y-te&section=III.2&late=1", "/dashboard?on=31/12/2023",
    "/dashboard/list?year=2023&age=1&soon=30", "/urge?agency=so-y-te", "/calendar?month=2024-04",
    "/nothing-here", "/jobs",
)  # fmt: skip
# What is typed into every form, and forms after which nobody, or no English, is there any more.
FIELDS: tuple[dict[str, str], ...] = ({}, {"reason": "x"}, {"text": "x"})
LEAVING = ("auth.sign_out", "auth.language")


class Province:
    """The story's people, acting once more on its last day."""

    def __init__(self, app: Flask) -> None:
        self.app, self.services = app, app.extensions["dondoc"]
        self.standing, self.office = self.actor("gd.so-ldtbxh"), self.actor("vp.ubnd-tinh")

    def actor(self, login: str) -> Any:
        with self.services.engine.connect() as conn:
            return actor_by_login(conn, login, UNTIL)

    def do(self, command: Any, who: Any, days: int = 0) -> Any:
        return self.services.door.perform(command, who, NOW + timedelta(days=days))

    def cycle(self, state: CycleState, *more: Any) -> Any:
        """A cycle of this year in a state, with its head; `more` narrows it."""
        statement = (
            select(CYCLE.c.id, AGENCY.c.code)
            .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
            .where(CYCLE.c.state == state, CYCLE.c.year == UNTIL.year, AGENCY.c.code != "so-ldtbxh")
            .where(AGENCY.c.code.like("so-%"), *more)
            .order_by(CYCLE.c.id)
        )
        with self.services.engine.connect() as conn:
            found = conn.execute(statement).first()
        assert found is not None
        return found.id, self.actor(f"gd.{found.code}")

    def live_on(self) -> None:
        """What the story's first months do not tell of."""
        cycle, head = self.cycle(CycleState.IN_PROGRESS, CYCLE.c.due_on.is_not(None))
        with self.services.engine.connect() as conn:
            asked = conn.execute(
                select(AGENCY.c.code).join(CYCLE_PARTY, CYCLE_PARTY.c.agency_id == AGENCY.c.id)
                .where(CYCLE_PARTY.c.cycle_id == cycle, CYCLE_PARTY.c.role == "supporting")
            ).scalar()  # fmt: skip
        self.do(RaiseFlag(cycle, FlagKind.FLAG, "Chậm so với kế hoạch"), self.office)
        self.do(Urge(cycle, UrgeLevel.REMINDER, "Đề nghị báo cáo", NEXT_WEEK), self.standing)
        self.do(AskExplanation(cycle, "Vì sao chậm?", NEXT_WEEK), self.office)
        reason = "Chờ văn bản của trung ương"
        self.do(
            AskExtension(cycle, date(UNTIL.year, 12, 31), ReasonClass.OBJECTIVE, reason,
                         paper(UNTIL)), head,
        )  # fmt: skip
        if asked:
            self.do(AskSupport(cycle, asked, "Đề nghị gửi số liệu", NEXT_WEEK), head)
        value = EnterValue("CT-05", 2023, ValueKind.PRELIMINARY, "19.500", "Sở LĐTBXH, báo cáo")
        self.do(value, self.actor("cv.so-ldtbxh"))
        self._praise_and_freeze()
        self._inspect()
        self.do(
            RecordAnnualPlan(PLAN, "so-y-te", UNTIL.year, paper(UNTIL)), self.actor("gd.so-y-te")
        )
        self.do(SetBudget(PLAN, "so-y-te", UNTIL.year, asked="1.200,5"), self.actor("gd.so-y-te"))
        self.do(LockPerson(self.actor("cv.so-y-te").person_id, "Chuyển công tác"),
                self.actor("admin"))  # fmt: skip
        tick_round(self.services, NOW, UNTIL)

    def _praise_and_freeze(self) -> None:
        campaign = self.do(OpenCampaign(PLAN, CampaignKind.YEARLY, 2023, 2023), self.standing)
        with self.services.engine.connect() as conn:
            row = awards.campaign_row(conn, SYSTEM, campaign.object_id)
            best = awards.candidates(conn, row, NOW)[0]
            made = reviews.counted(conn, ReviewKind.YEAR, 2023, NOW)
        nominate = Nominate(
            campaign.object_id, NomineeKind.COLLECTIVE, best.code, "Hoàn thành tốt",
            AwardForm.CERTIFICATE, best.plain(), NOW,
        )  # fmt: skip
        self.do(nominate, self.standing)
        figures = made.figures
        freeze = FreezeReview(
            PLAN, ReviewKind.YEAR, 2023, NOW, figures.position, figures.text(), ""
        )
        frozen = self.do(freeze, self.standing)
        self.do(WriteReview(frozen.object_id, (("strengths", "Các sở vào cuộc sớm"),)),
                self.standing)  # fmt: skip

    def _inspect(self) -> None:
        inspector = self.actor("ttv.thanh-tra-tinh")
        case = self.do(
            OpenInspection("12/QĐ-TTr", UNTIL, "Việc giải quyết việc làm", date(2023, 8, 1), UNTIL),
            inspector,
        ).object_id
        with self.services.engine.connect() as conn:
            uid = conn.execute(
                select(AUDIT_ENTRY.c.uid).where(AUDIT_ENTRY.c.command == "return").limit(1)
            ).scalar_one()
        self.do(KeepQuestion(case, "Báo cáo bị trả lại", "command=return"), inspector)
        self.do(WriteNote(case, "Hỏi thêm Sở Y tế"), inspector)
        self.do(RecordFinding(case, "Trả lại nhiều lần", "Hướng dẫn rõ hơn", (uid,)), inspector)


@pytest.fixture(scope="module")
def app(story_app: Flask) -> Flask:
    set_clock(story_app, NOW)
    Province(story_app).live_on()
    return story_app


def english(app: Flask, who: str) -> Reader:
    """Somebody who has chosen English."""
    read = walk.reader(app, who)
    with read.client.session_transaction() as cookie:
        cookie["language"] = "en"
    return read


def test_no_page_is_left_in_vietnamese(app: Flask) -> None:
    left: dict[str, list[str]] = {}
    read_by: Counter[str] = Counter()
    for who in READERS:
        # Two readers of a kind of page are enough.
        known = {kind for kind, n in read_by.items() if n > 1}
        for stop in walk.stops(app, who, english(app, who), known):
            read_by[stop.kind] += 1
            if said := vietnamese(stop.html):
                left[f"{stop.path} as {who}"] = said[:5]

    assert left == {}
    assert len(read_by) > 50, "hardly a page was read"


def test_nor_is_a_page_no_link_leads_to(app: Flask) -> None:
    left = {}
    for who in ("standing head", "administrator"):
        read = english(app, who)
        for path in MORE:
            answer = read.client.get(path)
            if said := vietnamese(answer.text):
                left[f"{path} as {who}"] = said[:5]
            answer.close()

    assert left == {}


def test_nor_is_what_is_answered_to_a_form(app: Flask) -> None:
    """Every form, sent empty and with nonsense: mistakes, refusals, what does not exist."""
    left, answered = {}, Counter[int]()
    with app.extensions["dondoc"].engine.connect() as conn:
        theirs = select(CYCLE.c.id).join(AGENCY).where(AGENCY.c.code == "so-xay-dung")
        cycle = conn.execute(theirs.where(CYCLE.c.state == CycleState.COMPLETED)).scalars().first()
    for who, typed in (("head", FIELDS), ("administrator", FIELDS[:1])):
        read = english(app, who)
        sent = {"csrf_token": read.token}
        for one in endpoints(app, "POST", cycle_id=cycle or 0, code="so-y-te", session_id=0):
            for fields in typed if one.endpoint not in LEAVING else ():
                answer = read.client.post(one.path, data=sent | fields)
                answered[answer.status_code] += 1
                if answer.mimetype == "text/html" and (said := vietnamese(answer.text)):
                    left[f"{one.path} as {who}"] = said[:5]
                answer.close()

    assert left == {}
    assert min(answered[403], answered[404], answered[409], answered[422]) > 2, answered


@pytest.mark.parametrize(
    "html",
    [
        "<html lang='en'><p>Quá hạn</p>",
        "<html lang='en'><p title='Quá hạn'>Overdue</p>",
        "<html lang='en'><p><span lang='vi'>Sở Y tế</span> đã gửi</p>",
        "<html lang='en'><input placeholder='ngày'>",
        "<html lang='en'><ul><li lang='vi'>Sở Y tế</li><li>Sở Xây dựng</li></ul>",
        "<title>Nhiệm vụ — Đôn Đốc</title>",
    ],
)
def test_a_vietnamese_word_is_seen(html: str) -> None:
    assert vietnamese(html)


@pytest.mark.parametrize(
    "html",
    [
        "<html lang='en'><p><span lang='vi' title='Sở Y tế'>Sở <b>Y tế</b></span> has sent</p>",
        "<html lang='en'><p>Task — Đôn Đốc, 125/QĐ-UBND</p><br><p>next</p>",
        "<html lang='en'><textarea>Đã làm xong</textarea><input value='Sở Y tế'>",
    ],
)
def test_what_is_marked_or_typed_is_let_be(html: str) -> None:
    assert not vietnamese(html)
