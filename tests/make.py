"""A small world for tests, made as the real one is: a plan file, people, and acts through the door.

Nothing is written behind the door, so a past that could not have happened cannot be built.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from sqlalchemy import select

from models.states import Capacity, CycleState, Role
from models.tables import AGENCY, CYCLE, PERSON, TASK
from workflow.commands import cycles, results
from workflow.commands.people import AddMembership, AddPerson
from workflow.commands.plans import LoadPlan
from workflow.commands.years import OpenYear
from workflow.door import Door, Outcome
from workflow.identity import HASHER, actor_of
from workflow.law.facts import SYSTEM, ActorFacts, DocumentFacts

PASSWORD = "cau-vong-sau-mua-2026"
PLAN = "2026/KH-THU"
# Everybody is appointed from the first day of the plan; years before today lie open.
SINCE = date(2024, 1, 1)
START, END = 2024, 2031
NOON = timedelta(hours=5)  # 12:00 in Vietnam

LEAD, CO_LEAD, SUPPORTING, OTHER = "so-chu-tri", "so-dong-chu-tri", "so-phoi-hop", "so-khac"
STANDING, UBND = "so-thuong-truc", "ubnd-thu"
INSPECTORATE, AWARDS, BUDGET = "thanh-tra-thu", "so-noi-vu-thu", "so-tai-chinh-thu"
OFFICE = "van-phong-thu"
AGENCIES = (
    *(LEAD, CO_LEAD, SUPPORTING, OTHER, STANDING, UBND, INSPECTORATE, AWARDS, BUDGET, OFFICE),
)


def noon(day: date) -> datetime:
    """Midday in Vietnam, as the instant it is."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + NOON


@dataclass(frozen=True)
class TaskSpec:
    """A task of an invented plan: who is named, and how its time is stated."""

    code: str
    lead: Sequence[str] = (LEAD,)
    cooperate: Sequence[str] = ()
    mode: str = "chu_tri"
    timing: str = "annual"
    start: date | None = None
    due: date | None = None


def plan_file(folder: Path, tasks: Sequence[TaskSpec], code: str = PLAN) -> Path:
    """A plan in the format every plan has, with these tasks."""
    reporting = TaskSpec("II.1-a", lead=("nhom-bao-cao",), mode="class")
    written = [reporting, *tasks]
    clauses = list(dict.fromkeys(t.code.rsplit("-", 1)[0] for t in written))
    data = {
        "schema_version": 1,
        "plan": {
            "number": {"value": code},
            "kind": "Kế hoạch",
            "title": {"value": "Kế hoạch đặt ra để thử"},
            "issued": {"date": date(2023, 12, 20), "verbatim": "ngày 20/12/2023"},
            "issuing_body": {"code": UBND},
            "scope_years": {"start": START, "end": END, "milestones": [END]},
            "standing_agency": {"code": STANDING, "task": reporting.code},
            "office": {"code": OFFICE},
            "reporting": {
                "task": reporting.code,
                "deadline": {
                    "month": 12,
                    "day": 15,
                    "strictly_before": True,
                    "last_day": "12-14",
                    "verbatim": "trước ngày 15/12 hằng năm",
                },
                "reporters_group": "nhom-bao-cao",
                "to": STANDING,
                "consolidated_for": UBND,
            },
        },
        "enums": {
            "agency_kind": {"department": "sở"},
            "lead_mode": {"chu_tri": "chủ trì", "joint": "nêu ngang nhau", "class": "nhóm"},
        },
        "agencies": [
            {
                "code": a,
                "name": f"Cơ quan {a}",
                "short": a,
                "kind": "department",
                "source": "document",
            }
            for a in AGENCIES
        ],
        "agency_groups": [
            {
                "code": "nhom-bao-cao",
                "name": "Nhóm báo cáo",
                "complete": True,
                "members": [{"code": OTHER, "source": "document"}],
                "includes_groups": [],
            }
        ],
        "sections": [
            {"id": "II", "title": "NHIỆM VỤ", "level": "part"},
            *({"id": c, "title": f"Mục {c}", "level": "section"} for c in clauses),
        ],
        "clauses": [
            {
                "clause": c,
                "section": c,
                "assignment": "Giao nhiệm vụ",
                "lead": [LEAD],
                "cooperate": [],
                "lead_mode": "chu_tri",
            }
            for c in clauses
        ],
        "tasks": [_task(t) for t in written],
        "indicators": [],
        "documents": [],
        "conflicts": [],
    }
    file = folder / f"{code.replace('/', '-')}.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def _task(t: TaskSpec) -> dict[str, Any]:
    verbatim = None if t.timing == "unstated" else "thời gian theo kế hoạch"
    return {
        "id": t.code,
        "clause": t.code.rsplit("-", 1)[0],
        "section": t.code.rsplit("-", 1)[0],
        "lead": list(t.lead),
        "lead_mode": t.mode,
        "cooperate": list(t.cooperate),
        "title": f"Nhiệm vụ {t.code}",
        "text": f"Thực hiện nhiệm vụ {t.code}.",
        "timing": {
            "kind": t.timing,
            "start": t.start,
            "due": t.due,
            "verbatim": verbatim,
            "source": "own_line" if verbatim else "none",
            "inherited_from": None,
        },
    }


# What most tests need: one task of each relation, one without a deadline, one until its date.
TASKS = (
    TaskSpec("II.2-a", cooperate=(SUPPORTING,)),
    TaskSpec("II.3-a", lead=(OTHER, CO_LEAD), mode="joint"),
    TaskSpec("II.4-a", lead=(STANDING,)),
    TaskSpec("II.5-a", lead=(OTHER, STANDING), mode="joint"),
    TaskSpec("II.6-a", timing="unstated"),
    TaskSpec("II.7-a", timing="by_date", due=date(2026, 6, 30)),
)


@dataclass
class World:
    """An application with its people, and the shortest way to each of its states."""

    app: Flask
    today: date = date(2026, 3, 2)
    plan: str = PLAN
    standing: str = STANDING
    ubnd: str = UBND
    since: date = SINCE
    _people: dict[str, ActorFacts] = field(default_factory=dict)

    @property
    def door(self) -> Door:
        door: Door = self.app.extensions["dondoc"].door
        return door

    @property
    def engine(self) -> Any:
        return self.app.extensions["dondoc"].engine

    @property
    def now(self) -> datetime:
        return noon(self.today)

    def do(self, command: Any, who: ActorFacts, **options: Any) -> Outcome:
        """Through the door, at noon of the world's day."""
        return self.door.perform(command, who, options.pop("now", self.now), **options)

    # --- who -----------------------------------------------------------------------------

    def person(self, role: Role, agency: str, number: int = 1) -> ActorFacts:
        """Somebody with this role in this agency; the same number is the same person."""
        login = f"{role.value.replace('_', '-')}{number}.{agency}"
        if login not in self._people:
            with self.engine.connect() as conn:
                found = conn.execute(select(PERSON.c.id).where(PERSON.c.login == login)).scalar()
            self._people[login] = self.actor(found or self._appoint(login, role, agency))
        return self._people[login]

    def _appoint(self, login: str, role: Role, agency: str) -> int:
        made = self.do(AddPerson(login, f"Người {login}", "Chức vụ"), SYSTEM)
        assert made.object_id is not None
        self.do(AddMembership(made.object_id, agency, role, self.since), SYSTEM)
        return made.object_id

    def actor(self, person_id: int) -> ActorFacts:
        with self.engine.connect() as conn:
            return actor_of(conn, person_id, self.today)

    def head(self, agency: str = LEAD, number: int = 1) -> ActorFacts:
        return self.person(Role.HEAD, agency, number)

    def officer(self, agency: str = LEAD, number: int = 1) -> ActorFacts:
        return self.person(Role.OFFICER, agency, number)

    @property
    def judge(self) -> ActorFacts:
        return self.head(self.standing)

    @property
    def office(self) -> ActorFacts:
        return self.person(Role.OFFICE, self.ubnd)

    @property
    def chairman(self) -> ActorFacts:
        return self.person(Role.CHAIRMAN, self.ubnd)

    # --- what ----------------------------------------------------------------------------

    def open_year(self, year: int, **options: Any) -> Outcome:
        return self.do(OpenYear(self.plan, year), SYSTEM, **options)

    def cycle(self, task: str = "II.2-a", agency: str = LEAD, year: int = 2026) -> int:
        """The cycle of a task and an agency, its year opened if it was not."""
        wanted = (
            select(CYCLE.c.id)
            .join(TASK, TASK.c.id == CYCLE.c.task_id)
            .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
            .where(TASK.c.code == task, AGENCY.c.code == agency, CYCLE.c.year == year)
        )
        with self.engine.connect() as conn:
            found = conn.execute(wanted).scalar()
        if found is None:
            self.open_year(year)
            with self.engine.connect() as conn:
                found = conn.execute(wanted).scalar_one()
        return int(found)

    def row(self, cycle_id: int) -> Mapping[str, Any]:
        with self.engine.connect() as conn:
            return conn.execute(select(CYCLE).where(CYCLE.c.id == cycle_id)).mappings().one()

    def lead_of(self, cycle_id: int) -> str:
        with self.engine.connect() as conn:
            code = select(AGENCY.c.code).join(CYCLE, CYCLE.c.agency_id == AGENCY.c.id)
            return str(conn.execute(code.where(CYCLE.c.id == cycle_id)).scalar_one())

    def document(self, notation: str = "12/BC-THU", **changed: Any) -> DocumentFacts:
        number, symbol = notation.split("/", 1)
        made = DocumentFacts(
            notation, number, symbol, self.today, "Nguyễn Văn An", "Giám đốc", Capacity.HEAD
        )
        return replace(made, **changed)

    def report(self, cycle_id: int, **changed: Any) -> results.ReportResult:
        words = {"result": "Đã làm xong", "product": "Báo cáo"} | changed
        words.setdefault("document", self.document())
        return results.ReportResult(cycle_id, **words)

    def bring(self, cycle_id: int, state: CycleState, sent_by: int = 2) -> int:
        """Carry a new cycle to a state by the acts of the people it takes.

        The report is sent by another head (number 2) than the one tests act as.
        """
        agency = self.lead_of(cycle_id)
        head = self.head(agency, sent_by)
        steps: list[tuple[CycleState, Any, ActorFacts]] = [
            (CycleState.IN_PROGRESS, cycles.AcceptTask(cycle_id, "Đầu mối"), head),
            (CycleState.REPORTED, self.report(cycle_id), head),
            (
                CycleState.VERIFIED,
                results.VerifyResult(cycle_id),
                self.judge_of(cycle_id, 2),
            ),
            (
                CycleState.COMPLETED,
                cycles.CompleteCycle(cycle_id, self.document("9/BC-UBND")),
                # Of a body that leads nothing: what UBND leads itself its chairman cannot close.
                self.person(Role.CHAIRMAN, SUPPORTING, 2),
            ),
        ]
        order = list(CycleState)
        for reached, command, who in steps:
            if order.index(reached) <= order.index(state):
                self.do(command, who)
        return cycle_id

    def judge_of(self, cycle_id: int, number: int = 1) -> ActorFacts:
        """Who judges it: VP UBND what the standing agency leads, the chairman what both do."""
        from workflow.access import cycle_for

        with self.engine.connect() as conn:
            found = cycle_for(conn, SYSTEM, cycle_id, self.today)
        if found.facts.judged_by_chairman:
            return self.person(Role.CHAIRMAN, self.ubnd, number)
        if found.facts.judged_by_office:
            return self.person(Role.OFFICE, self.ubnd, number)
        return self.head(self.standing, number)


def settle(app: Flask, folder: Path, tasks: Sequence[TaskSpec] = TASKS, **options: Any) -> World:
    """Load an invented plan into an empty register; the world it makes."""
    world = World(app, **options)
    world.do(LoadPlan(plan_file(folder, tasks)), SYSTEM)
    return world


def let_in(world: World, who: ActorFacts) -> None:
    """Give somebody the password of the tests."""
    from workflow.commands.people import ResetPassword

    world.do(ResetPassword(who.person_id or 0, password_hash()), SYSTEM)


@cache
def password_hash() -> str:
    """One hash for everybody: making it costs as much as it should."""
    return HASHER.hash(PASSWORD)


@contextmanager
def on(world: World, day: date) -> Iterator[World]:
    """The same world on another day."""
    before, world.today = world.today, day
    try:
        yield world
    finally:
        world.today = before
