"""Many clients at once on one cycle: one wins, everybody else is told; the trail has one entry.

A few rounds run with the tests, `python -m bench races` runs the whole campaign.
"""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bench.databases import addresses, application, place
from bench.tables import keep, show
from models.states import CycleState
from models.tables import AUDIT_ENTRY
from tests.make import STANDING, World, settle
from workflow.commands import cycles, results
from workflow.door import Outcome
from workflow.law.errors import Refused, Stale
from workflow.law.facts import ActorFacts

CLIENTS, ROUNDS = 64, 500


@dataclass(frozen=True)
class Round:
    """How a race ended: what each client was told, and what the trail holds of it."""

    winners: Sequence[Outcome]
    refused: int
    others: Sequence[BaseException]
    entries: int
    seconds: float

    @property
    def is_fair(self) -> bool:
        """One winner, one entry, and a clear refusal for everybody else."""
        return len(self.winners) == 1 and self.entries == 1 and not self.others


def race(world: World, contestants: Sequence[tuple[Any, ActorFacts]]) -> Round:
    """All at once through the door."""
    before = last_entry(world)
    start = threading.Barrier(len(contestants))
    told: list[Any] = [None] * len(contestants)

    def run(number: int, command: Any, who: ActorFacts) -> None:
        start.wait()
        try:
            told[number] = world.do(command, who)
        except BaseException as failure:
            told[number] = failure

    threads = [
        threading.Thread(target=run, args=(n, *contestant))
        for n, contestant in enumerate(contestants)
    ]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Round(
        winners=[t for t in told if isinstance(t, Outcome)],
        refused=sum(isinstance(t, Refused | Stale) for t in told),
        others=[t for t in told if not isinstance(t, Outcome | Refused | Stale)],
        entries=last_entry(world) - before,
        seconds=time.perf_counter() - begin,
    )


def last_entry(world: World) -> int:
    with world.engine.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(AUDIT_ENTRY)).scalar_one())


class Course:
    """One cycle that is raced for again and again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
        self.heads = [world.head(), world.head(number=2)]
        self.judges = [world.judge, world.head(STANDING, 2)]

    def reports(self, clients: int) -> Round:
        """Everybody sends the same report; two heads, half of them from a page they saw."""
        version = self.world.row(self.cycle)["version"]
        return race(
            self.world,
            [
                (
                    self.world.report(self.cycle, seen_version=version if n % 4 < 2 else None),
                    self.heads[n % 2],
                )
                for n in range(clients)
            ],
        )

    def verdicts(self, clients: int) -> Round:
        """Half verify, half return."""
        version = self.world.row(self.cycle)["version"]

        def command(n: int) -> Any:
            seen = version if n % 4 < 2 else None
            if n % 2:
                return results.VerifyResult(self.cycle, seen_version=seen)
            return results.ReturnReport(self.cycle, "Thiếu", "Số liệu", self.world.today, seen)

        return race(self.world, [(command(n), self.judges[n % 2]) for n in range(clients)])

    def back_to_work(self) -> None:
        """To the start, by the acts it takes."""
        if self.world.row(self.cycle)["state"] == CycleState.VERIFIED:
            document = self.world.document("5/QĐ-UBND")
            self.world.do(cycles.ReopenCycle(self.cycle, "Chạy lại", document), self.world.chairman)


RACES: dict[str, Callable[[Course, int], Round]] = {
    "report": Course.reports,
    "verify or return": Course.verdicts,
}


def campaign(course: Course, rounds: int, clients: int) -> dict[str, list[Round]]:
    """Both races in turns."""
    found: dict[str, list[Round]] = {name: [] for name in RACES}
    for _ in range(rounds):
        for name, run in RACES.items():
            found[name].append(run(course, clients))
        course.back_to_work()
    return found


def main() -> None:
    rows, figures = [], {}
    with addresses() as urls:
        for engine, url in urls.items():
            with application(url) as app, place() as folder:
                course = Course(settle(app, folder))
                for name, rounds in campaign(course, ROUNDS, CLIENTS).items():
                    fair = sum(r.is_fair for r in rounds)
                    wins = Counter(w.data.get("state") for r in rounds for w in r.winners)
                    took = statistics.median(r.seconds for r in rounds)
                    refused = sum(r.refused for r in rounds)
                    rows.append((engine, name, len(rounds), fair, refused, took))
                    figures[f"{engine}, {name}"] = {
                        "rounds": len(rounds),
                        "fair": fair,
                        "refused": refused,
                        "wins": dict(wins),
                        "median_seconds": took,
                        "others": [repr(o) for r in rounds for o in r.others],
                    }
    show(
        f"{CLIENTS} người cùng lúc: mỗi vòng một người được, những người khác được báo",
        ("engine", "race", "rounds", "fair", "refused", "s/round"),
        rows,
    )
    print(f"\n{keep('races', figures)}")
