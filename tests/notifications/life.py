"""The life of a small plan, day by day: what people do, when the clock ticks, what came of it."""

import random
from collections.abc import Callable, Collection
from datetime import date, timedelta

from sqlalchemy import select

from models.states import CycleState
from models.tables import AGENCY, ALERT, CYCLE, TASK
from tests.make import STANDING, World, noon, on
from workflow.commands import cycles, results
from workflow.commands.ladder import TickLadder
from workflow.law.facts import SYSTEM

DAY = timedelta(days=1)
MORNING = timedelta(hours=-4, minutes=-30)  # 07:30 in Vietnam, counted from noon


def days(first: date, last: date) -> list[date]:
    return [first + DAY * n for n in range((last - first).days + 1)]


def tick(world: World, day: date, **options: bool) -> dict[str, int]:
    """The tick of a morning."""
    done = world.door.perform(TickLadder(day, **options), SYSTEM, noon(day) + MORNING)
    return dict(done.data)


def alerts(world: World) -> list[str]:
    """Everything the ladder has made, in an order both databases share."""
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
    lines = [
        f"{r.fires_on} {r.task} {r.year} của {r.agency_id} hạn {r.due_on} {r.rung} → "
        f"{r.post} {r.agency} hết {r.superseded_on}"
        for r in rows
    ]
    return sorted(lines)


class Life:
    """What happens to the plan, the same in every telling: the ticks are the teller's."""

    def __init__(self, world: World, seed: str = "đời kế hoạch") -> None:
        self.world, self._seed = world, seed
        self._acts: dict[date, list[Callable[[], object]]] = {}

    def _at(self, day: date, act: Callable[[], object]) -> None:
        self._acts.setdefault(day, []).append(act)

    def _plan_year(self, year: int) -> None:
        world = self.world
        world.open_year(year)
        with world.engine.connect() as conn:
            rows = conn.execute(
                select(CYCLE.c.id, TASK.c.code, AGENCY.c.code.label("agency"), CYCLE.c.due_on)
                .join(TASK, TASK.c.id == CYCLE.c.task_id)
                .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
                .where(CYCLE.c.year == year, CYCLE.c.state == CycleState.ASSIGNED.value)
                .order_by(TASK.c.code, AGENCY.c.code)
            ).all()
        for row in rows:
            rng = random.Random(f"{self._seed} {row.code} {row.agency} {year}")
            self._plan_cycle(row.id, row.agency, row.due_on or date(year, 11, 1), rng)

    def _plan_cycle(self, cycle_id: int, agency: str, due: date, rng: random.Random) -> None:
        world, head = self.world, self.world.head(agency)
        judge = world.office if agency == STANDING else world.judge
        if world._co_led_by_standing(cycle_id):
            judge = world.office

        def accept() -> object:
            return world.do(cycles.AcceptTask(cycle_id, "Đầu mối"), head)

        def report() -> object:
            return world.do(world.report(cycle_id), head)

        def give_back() -> object:
            again = world.today + DAY * 6
            return world.do(results.ReturnReport(cycle_id, "Thiếu", "Số liệu", again), judge)

        def withdraw() -> object:
            return world.do(results.WithdrawReport(cycle_id, "Nhầm tệp"), head)

        begun = world.today + DAY * rng.randint(1, 30)
        self._at(begun, accept)
        fate = rng.random()
        sent = max(begun + DAY, due + DAY * rng.randint(-50, 50))
        if fate < 0.15:
            return  # never reported
        self._at(sent, report)
        if fate < 0.4:
            back = sent + DAY * rng.randint(0, 12)
            self._at(back, give_back if fate < 0.3 else withdraw)
            self._at(back + DAY * rng.randint(1, 14), report)

    def live(self, first: date, last: date, tick_on: Callable[[date], object]) -> None:
        """Every day: the tick of the morning, then what people do at noon."""
        for day in days(first, last):
            with on(self.world, day):
                tick_on(day)
                if day == first or ((day.month, day.day) == (1, 5) and day.year > first.year):
                    self._plan_year(day.year)
                for act in self._acts.pop(day, ()):
                    act()


def ticking(world: World, down: Collection[date] = ()) -> Callable[[date], object]:
    """A scheduler that ticks every morning but on the days it is down."""
    return lambda day: None if day in down else tick(world, day)
