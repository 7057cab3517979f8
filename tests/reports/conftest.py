"""A small house for the tests of figures: people, and the acts of a cycle in one line each."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from models.states import Capacity, Role
from models.tables import CYCLE, PERSON, TASK
from workflow.commands import cycles, people, results, years
from workflow.door import Outcome
from workflow.identity import actor_of
from workflow.law.deadlines import VIETNAM
from workflow.law.facts import SYSTEM, ActorFacts, DocumentFacts

PLAN_CODE = "2940/KH-UBND"
BORN = datetime(2023, 8, 9, 8, tzinfo=VIETNAM)
PEOPLE = (
    ("gd.so-xay-dung", "so-xay-dung", Role.HEAD),
    ("cv.so-xay-dung", "so-xay-dung", Role.OFFICER),
    ("gd.so-y-te", "so-y-te", Role.HEAD),
    ("cv.so-y-te", "so-y-te", Role.OFFICER),
    ("gd.so-ldtbxh", "so-ldtbxh", Role.HEAD),
    ("cv.so-ldtbxh", "so-ldtbxh", Role.OFFICER),
    ("gd.so-nnptnt", "so-nnptnt", Role.HEAD),
    ("cv.so-nnptnt", "so-nnptnt", Role.OFFICER),
    ("gd.so-noi-vu", "so-noi-vu", Role.HEAD),
    ("td.so-noi-vu", "so-noi-vu", Role.AWARD_APPRAISER),
    ("kh.so-tai-chinh", "so-tai-chinh", Role.BUDGET_OFFICER),
    ("vp.ubnd-tinh", "ubnd-tinh", Role.OFFICE),
    ("ct.ubnd-tinh", "ubnd-tinh", Role.CHAIRMAN),
    ("admin", "vp-ubnd-tinh", Role.ADMIN),
)


def at(day: date | str, hour: int = 9) -> datetime:
    """A moment of this day in Vietnam."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM)


def paper(day: date, notation: str = "12/BC-SXD", **more: Any) -> DocumentFacts:
    number, symbol = notation.split("/", 1)
    given: dict[str, Any] = {"signer_name": "Trần Văn An", "signer_post": "Giám đốc"} | more
    return DocumentFacts(notation, number, symbol, day, **given)


class House:
    """The plan with people, and short words for what they do."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.services = app.extensions["dondoc"]
        for login, agency, role in PEOPLE:
            made = self.services.door.perform(
                people.AddPerson(
                    login=login, name=f"Người {login}", post=f"Chức vụ {login}",
                    password_hash="x", must_change_password=False,
                ),
                SYSTEM, BORN,
            )  # fmt: skip
            self.services.door.perform(
                people.AddMembership(made.object_id, agency, role, BORN.date()), SYSTEM, BORN
            )
        with self.reading() as conn:
            ids = dict(conn.execute(select(PERSON.c.login, PERSON.c.id)).all())
            self.actors: dict[str, ActorFacts] = {
                login: actor_of(conn, ids[login], BORN.date()) for login, _, _ in PEOPLE
            }

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.services.engine.connect() as conn:
            yield conn

    def do(self, command: Any, who: str, moment: datetime) -> Outcome:
        actor = SYSTEM if who == "system" else self.actors[who]
        found: Outcome = self.services.door.perform(command, actor, moment)
        return found

    def open_year(self, year: int, day: str | None = None) -> None:
        self.do(years.OpenYear(PLAN_CODE, year), "gd.so-ldtbxh", at(day or f"{year}-01-08"))

    def cycle(self, task: str, agency: str, year: int) -> int:
        from models.tables import AGENCY

        with self.reading() as conn:
            return int(
                conn.execute(
                    select(CYCLE.c.id)
                    .join(TASK, TASK.c.id == CYCLE.c.task_id)
                    .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
                    .where(TASK.c.code == task, AGENCY.c.code == agency, CYCLE.c.year == year)
                    .order_by(CYCLE.c.kind)
                    .limit(1)
                ).scalar_one()
            )

    def accept(self, cycle: int, agency: str, day: str) -> None:
        self.do(cycles.AcceptTask(cycle, "Nguyễn Đầu Mối"), f"gd.{agency}", at(day))

    def report(self, cycle: int, agency: str, day: str, text: str = "Đã làm xong.") -> None:
        self.do(
            results.ReportResult(
                cycle, text, "Báo cáo năm", paper(date.fromisoformat(day)),
                capacity=Capacity.HEAD,
            ),
            f"gd.{agency}", at(day),
        )  # fmt: skip

    def send_back(self, cycle: int, day: str, judge: str = "gd.so-ldtbxh") -> None:
        resend = date.fromisoformat(day) + timedelta(days=7)
        self.do(results.ReturnReport(cycle, "Thiếu số liệu", "Số liệu", resend), judge, at(day))

    def verify(self, cycle: int, day: str, judge: str = "gd.so-ldtbxh") -> None:
        self.do(results.VerifyResult(cycle), judge, at(day, 15))

    def complete(self, cycle: int, day: str) -> None:
        document = paper(date.fromisoformat(day), "14/BC-UBND")
        self.do(cycles.CompleteCycle(cycle, document), "vp.ubnd-tinh", at(day))

    def reopen(self, cycle: int, day: str) -> None:
        document = paper(date.fromisoformat(day), "77/CV-UBND")
        self.do(cycles.ReopenCycle(cycle, "Số liệu sai", document), "ct.ubnd-tinh", at(day))


@pytest.fixture
def house(plan_app: Flask) -> House:
    return House(plan_app)
