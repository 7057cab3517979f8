"""The life of a plan, day by day: what people do, when the clock ticks, what came of it."""

import random
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, select

from models.states import Anchor, CycleState, ReasonClass, Role
from models.tables import AGENCY, ALERT, CYCLE, LADDER_RUNG, NOTICE, PERSON, TASK
from tests.make import World, noon, on
from workflow.commands import cycles, extensions, results
from workflow.commands.calendar import RecordOutage, SeedCalendar
from workflow.commands.ladder import TickLadder
from workflow.commands.rungs import SeedLadders
from workflow.law.deadlines import local_day
from workflow.law.errors import Refused
from workflow.law.facts import SYSTEM, ActorFacts
from workflow.law.ladder import days_to_tell, in_words
from workflow.workdays import calendar_of

DAY = timedelta(days=1)
MORNING = timedelta(hours=-4, minutes=-30)  # 07:30 in Vietnam, counted from noon
PAST_MIDNIGHT = timedelta(hours=12, minutes=10)
SCHEDULERS = 5

Tick = Callable[[date], object]


def days(first: date, last: date) -> list[date]:
    return [first + DAY * n for n in range((last - first).days + 1)]


def tick(world: World, day: date, **options: bool) -> dict[str, int]:
    """The tick of a morning."""
    done = world.door.perform(TickLadder(day, **options), SYSTEM, noon(day) + MORNING)
    return dict(done.data)


def tick_at(world: World, moment: datetime) -> dict[str, int]:
    """The timetable's tick when the clock says this."""
    return dict(world.door.perform(TickLadder(by_clock=True), SYSTEM, moment).data)


def staff(world: World, agencies: Iterable[str]) -> World:
    """Everybody the ladder may want to tell, the calendar and the rungs."""
    for seed in (SeedCalendar(), SeedLadders()):
        world.do(seed, SYSTEM, now=noon(world.since))
    for agency in agencies:
        world.head(agency)
        world.officer(agency)
    assert world.office
    assert world.chairman
    return world


# ------------------------------------------------------------------------------ what came of it


def made(world: World) -> list[tuple[date, date | None, str]]:
    """Every alert: its day, the day it stopped being true, and what it says."""
    with world.engine.connect() as conn:
        rows = conn.execute(
            select(
                TASK.c.code.label("task"),
                CYCLE.c.year,
                ALERT.c.due_on,
                ALERT.c.rung,
                ALERT.c.post,
                AGENCY.c.code.label("agency"),
                ALERT.c.fires_on,
                ALERT.c.superseded_on,
                CYCLE.c.agency_id,
            )
            .join(CYCLE, CYCLE.c.id == ALERT.c.cycle_id)
            .join(TASK, TASK.c.id == CYCLE.c.task_id)
            .join(AGENCY, AGENCY.c.id == ALERT.c.agency_id)
        ).all()
    return [
        (
            r.fires_on,
            r.superseded_on,
            f"{r.task} {r.year} của {r.agency_id} hạn {r.due_on} {r.rung} → {r.post} {r.agency}",
        )
        for r in rows
    ]


def alerts(world: World) -> list[str]:
    """Everything the ladder has made, in an order both databases share."""
    return sorted(f"{fired} {said} hết {ended}" for fired, ended, said in made(world))


def told(world: World) -> list[tuple[date, str]]:
    """Every line of the ladder under a bell: the day it was told, to whom, of what, in which words.

    The words are those of that day's digest.
    """
    with world.engine.connect() as conn:
        calendar = calendar_of(conn)
        rows = conn.execute(
            select(
                NOTICE.c.at,
                PERSON.c.login,
                TASK.c.code,
                CYCLE.c.year,
                CYCLE.c.agency_id,
                ALERT.c.due_on,
                LADDER_RUNG.c.anchor,
                LADDER_RUNG.c.text,
            )
            .join(PERSON, PERSON.c.id == NOTICE.c.person_id)
            .join(ALERT, ALERT.c.id == NOTICE.c.alert_id)
            .join(CYCLE, CYCLE.c.id == ALERT.c.cycle_id)
            .join(TASK, TASK.c.id == CYCLE.c.task_id)
            .join(
                LADDER_RUNG,
                and_(LADDER_RUNG.c.plan_id == CYCLE.c.plan_id, LADDER_RUNG.c.code == ALERT.c.rung),
            )
        ).all()
    found = []
    for r in rows:
        day = local_day(r.at)
        days = days_to_tell(Anchor(r.anchor), r.due_on, calendar, day)
        of = f"{r.code} {r.year} của {r.agency_id} hạn {r.due_on}"
        found.append((day, f"{day} {r.login}: {of} {in_words(r.text, days, r.due_on)}"))
    return sorted(found)


# ------------------------------------------------------------------------------ what people do


class Life:
    """What happens to the plan, the same in every telling: the ticks are the teller's.

    An act whose moment has passed by then (a request for a report already sent) is not done;
    `done` and `not_done` count both.
    """

    def __init__(self, world: World, seed: str = "đời kế hoạch") -> None:
        self.world, self._seed = world, seed
        self._acts: dict[date, list[Callable[[], object]]] = {}
        self.done = self.not_done = 0

    def _at(self, day: date, who: ActorFacts, act: Callable[[], Any]) -> None:
        def performed() -> None:
            with suppress(Refused):
                self.world.do(act(), who)
                self.done += 1
                return
            self.not_done += 1

        self._acts.setdefault(day, []).append(performed)

    def _plan_year(self, year: int) -> None:
        world = self.world
        world.open_year(year)
        with world.engine.connect() as conn:
            rows = conn.execute(
                select(CYCLE.c.id, TASK.c.code, AGENCY.c.code.label("agency"), CYCLE.c.due_on)
                .join(TASK, TASK.c.id == CYCLE.c.task_id)
                .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
                .where(CYCLE.c.year == year, CYCLE.c.state == CycleState.ASSIGNED.value)
                .order_by(TASK.c.code, AGENCY.c.code, CYCLE.c.kind)
            ).all()
        for row in rows:
            rng = random.Random(f"{self._seed} {row.code} {row.agency} {year} {row.due_on}")
            self._plan_cycle(row.id, row.agency, row.due_on, rng)

    def _plan_cycle(
        self, cycle_id: int, agency: str, due_on: date | None, rng: random.Random
    ) -> None:
        world, head = self.world, self.world.head(agency)
        judge = world.judge_of(cycle_id)
        due = due_on or date(world.today.year, 11, 1)

        def give_back() -> object:
            again = world.today + DAY * 6
            return results.ReturnReport(cycle_id, "Thiếu", "Số liệu", again)

        begun = world.today + DAY * rng.randint(1, 30)
        self._at(begun, head, lambda: cycles.AcceptTask(cycle_id, "Đầu mối"))
        fate = rng.random()
        sent = max(begun + DAY, due + DAY * rng.randint(-50, 50))
        self._change_deadline(cycle_id, head, judge, due_on, begun, rng)
        if fate < 0.15:
            return  # never reported
        self._at(sent, head, lambda: world.report(cycle_id))
        if fate < 0.4:
            back = sent + DAY * rng.randint(0, 12)
            if fate < 0.3:
                self._at(back, judge, give_back)
            else:
                self._at(back, head, lambda: results.WithdrawReport(cycle_id, "Nhầm tệp"))
            self._at(back + DAY * rng.randint(1, 14), head, lambda: world.report(cycle_id))

    def _change_deadline(
        self,
        cycle_id: int,
        head: ActorFacts,
        judge: ActorFacts,
        due_on: date | None,
        begun: date,
        rng: random.Random,
    ) -> None:
        """Extended in time or late, refused, or set where the plan sets none."""
        world, fate = self.world, rng.random()
        if due_on is None:
            if fate < 0.3:
                day = begun + DAY * rng.randint(40, 200)
                self._at(begun + DAY, judge, lambda: cycles.SetDeadline(cycle_id, day, "Theo đợt"))
            return
        later = due_on + DAY * rng.randint(15, 75)
        why = (ReasonClass.OBJECTIVE, "Chờ số liệu")
        if fate < 0.08:
            asked = max(begun + DAY, due_on - DAY * rng.randint(2, 15))
            granted = rng.random() < 0.7
            self._at(
                asked,
                head,
                lambda: extensions.AskExtension(cycle_id, later, *why, world.document("7/CV-THU")),
            )
            self._at(
                asked + DAY * rng.randint(1, 6),
                world.chairman,
                lambda: extensions.DecideExtension(
                    cycle_id, granted, "Đã xem xét", world.document("8/UBND-VX")
                ),
            )
        elif fate < 0.14:
            self._at(
                due_on + DAY * rng.randint(1, 20),
                world.chairman,
                lambda: extensions.ExtendLate(
                    cycle_id, later + DAY * 10, *why, world.document("9/UBND-VX")
                ),
            )

    def _outage(self, day: date) -> None:
        """The system was down over the deadline of the year: 14 and 15 December."""
        first = date(day.year, 12, 14)
        self._at(
            day,
            self.world.person(Role.ADMIN, self.world.ubnd),
            lambda: RecordOutage(
                noon(first), noon(first + DAY), "Mất điện", self.world.document("5/TB-THU")
            ),
        )

    def live(self, first: date, last: date, tick_on: Tick) -> None:
        """Every day: the tick of the morning, then what people do at noon."""
        for day in days(first, last):
            with on(self.world, day):
                tick_on(day)
                if day == first or ((day.month, day.day) == (1, 5) and day.year > first.year):
                    self._plan_year(day.year)
                if (day.month, day.day) == (12, 16) and day.year % 2:
                    self._outage(day)
                for act in self._acts.pop(day, ()):
                    act()


# ------------------------------------------------------------------------------ how it ticks


def ticking(world: World, down: Collection[date] = ()) -> Tick:
    """A scheduler that ticks every morning but on the days it is down."""
    return lambda day: None if day in down else tick(world, day, by_clock=True)


def down_days(first: date, last: date, share: float, seed: int) -> set[date]:
    rng = random.Random(seed)
    return {day for day in days(first, last) if rng.random() < share}


@contextmanager
def together(world: World) -> Iterator[Tick]:
    """Five schedulers begin the tick of a morning at the same moment."""
    start = threading.Barrier(SCHEDULERS)

    def one(day: date) -> dict[str, int]:
        start.wait()
        return tick(world, day, by_clock=True)

    with ThreadPoolExecutor(SCHEDULERS) as pool:
        yield lambda day: list(pool.map(one, [day] * SCHEDULERS))


def with_a_bad_clock(world: World, share: float = 0.05) -> Tick:
    """Some mornings the clock runs ahead by thirty days and comes back; some nights, by an hour."""
    rng = random.Random(7)

    def morning(day: date) -> None:
        if rng.random() < share:
            midnight = noon(day - DAY) + PAST_MIDNIGHT
            tick_at(world, midnight)
            tick_at(world, midnight - timedelta(hours=1))
        if rng.random() < share:
            tick(world, day + DAY * 30, by_clock=True)
        tick(world, day, by_clock=True)

    return morning
