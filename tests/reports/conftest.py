"""A small house for the tests of figures: people, and the acts of a cycle in one line each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from models.states import Capacity, Role
from models.tables import AGENCY, CYCLE, PERSON, TASK
from reports.moment import Scope, lines_at
from tests.conftest import application, copied, settings_for
from tests.engines import Databases
from tests.make import password_hash
from tests.visitors import set_clock
from tests.web.reader import Reader
from workflow.access import cycle_for
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

    def reader(self, who: str, day: date | str) -> Reader:
        """Somebody at his desk on this day: from here on the house's clock stands there."""
        set_clock(self.app, at(day))
        return Reader(self.app, self.actors[who])

    def open_year(self, year: int) -> None:
        self.do(years.OpenYear(PLAN_CODE, year), "gd.so-ldtbxh", at(f"{year}-01-08"))

    def cycle(self, task: str, agency: str, year: int) -> int:
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
                figures="Số lớp: 12 lớp\nSố xã: 3", capacity=Capacity.HEAD,
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


def furnish(app: Flask) -> None:
    """Everybody at his desk, and the year 2024 opened."""
    door = app.extensions["dondoc"].door
    for login, agency, role in PEOPLE:
        person = people.AddPerson(
            login, f"Người {login}", f"Chức vụ {login}",
            password_hash=password_hash(), must_change_password=False,
        )  # fmt: skip
        made = door.perform(person, SYSTEM, BORN)
        place = people.AddMembership(made.object_id, agency, role, BORN.date())
        door.perform(place, SYSTEM, BORN)
    House(app).open_year(2024)


def next_year(house: House) -> None:
    """2025 is opened, and two tasks of Sở Y tế are taken on."""
    house.open_year(2025)
    for letter in "ab":
        house.accept(house.cycle(f"III.4.1-{letter}", "so-y-te", 2025), "so-y-te", "2025-02-01")


def busy_year(house: House) -> None:
    """2025 with two results of Sở Y tế, one in time and one late, and nothing else done."""
    next_year(house)
    for letter, day in (("a", "2025-12-01"), ("b", "2025-12-20")):
        cycle = house.cycle(f"III.4.1-{letter}", "so-y-te", 2025)
        house.report(cycle, "so-y-te", day, "Đã khám sức khỏe cho 12.000 lượt người.")
        house.verify(cycle, "2025-12-28")


def half_year(house: House) -> None:
    """2024 with two results of Sở Y tế in time."""
    for letter in "ab":
        cycle = house.cycle(f"III.4.1-{letter}", "so-y-te", 2024)
        house.accept(cycle, "so-y-te", "2024-02-01")
        house.report(cycle, "so-y-te", "2024-12-01")
        house.verify(cycle, "2024-12-05")


def diligent_year(house: House) -> None:
    """In 2025 Sở Y tế has done everything in time, nobody else anything."""
    house.open_year(2025)
    with house.reading() as conn:
        mine = lines_at(conn, SYSTEM, Scope((2025,), "so-y-te"), at("2025-01-09"))
    for x in mine:
        house.accept(x.id, "so-y-te", "2025-02-01")
        house.report(x.id, "so-y-te", "2025-12-01")
        # What the standing agency leads jointly is judged by the office.
        with house.reading() as conn:
            facts = cycle_for(conn, SYSTEM, x.id, date(2025, 12, 5)).facts
        judge = "vp.ubnd-tinh" if facts.judged_by_office else "gd.so-ldtbxh"
        house.verify(x.id, "2025-12-05", judge)


PASTS: dict[str, Callable[[House], None]] = {
    f.__name__: f for f in (next_year, busy_year, half_year, diligent_year)
}


def past(databases: Databases, plan: str, home: Path, name: str) -> str:
    """The template of the house, or of the house after one of its pasts; made once per run."""

    def fill(act: Callable[[Flask], object]) -> Callable[[str], None]:
        def filled(url: str) -> None:
            with application(settings_for(home / name, url)) as app:
                act(app)

        return filled

    databases.template("house", fill(furnish), base=plan)
    if name != "house":
        databases.template(f"house-{name}", fill(lambda app: PASTS[name](House(app))), base="house")
        return f"house-{name}"
    return "house"


@contextmanager
def moved_in(databases: Databases, plan: str, home: Path, name: str) -> Iterator[House]:
    """A house of one's own with this past."""
    template = past(databases, plan, home, name)
    with copied(databases, template, home / "own") as settings, application(settings) as app:
        yield House(app)


@pytest.fixture
def house(databases: Databases, plan_template: str, tmp_path: Path) -> Iterator[House]:
    """The house before anything was done in it."""
    with moved_in(databases, plan_template, tmp_path, "house") as found:
        yield found


@pytest.fixture
def busy(databases: Databases, plan_template: str, tmp_path: Path) -> Iterator[House]:
    with moved_in(databases, plan_template, tmp_path, "busy_year") as found:
        yield found


@pytest.fixture
def half(databases: Databases, plan_template: str, tmp_path: Path) -> Iterator[House]:
    with moved_in(databases, plan_template, tmp_path, "half_year") as found:
        yield found


@pytest.fixture
def diligent(databases: Databases, plan_template: str, tmp_path: Path) -> Iterator[House]:
    with moved_in(databases, plan_template, tmp_path, "diligent_year") as found:
        yield found
