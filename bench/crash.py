"""SIGKILL under load: nothing that was acknowledged is lost, nothing is done by half.

A child process acts with several threads and says each act that was acknowledged; it is killed
at a random moment. A few cycles run with the tests, `python -m bench crash` runs the campaign.
"""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, func, select, text

from bench.databases import addresses, application, place
from bench.tables import keep, show
from models.database import install_manners
from models.states import CycleState
from models.tables import AUDIT_ENTRY, IDEMPOTENCY, OUTBOX_EVENT
from tests.fold import Fold
from tests.make import World, settle
from workflow import commands  # noqa: F401  (handlers register themselves)
from workflow.clock import Clock
from workflow.commands import cycles, results
from workflow.door import Door, guard
from workflow.identity import actor_of

ROOT = Path(__file__).parents[1]
CYCLES, THREADS = 200, 4


def command(cycle_id: int, key: str) -> Any:
    """The act of a key: the same key is always the same act."""
    number = int(key.rsplit("-", 1)[1])
    if number % 3:
        return cycles.UpdateProgress(cycle_id, number % 101, f"Tiến độ {key}")
    return results.SaveDraft(cycle_id, result=f"Bản nháp {key}")


# --- the child -------------------------------------------------------------------------------


def act_until_killed(url: str, person_id: int, cycle_ids: list[int], run: str) -> None:
    """Every thread on its own cycle; each act is told before it begins and when it is done."""
    engine = create_engine(url)
    install_manners(engine)
    guard(engine)
    door, clock = Door(engine), Clock()
    with engine.connect() as conn:
        who = actor_of(conn, person_id, date(2026, 3, 2))

    def work(number: int, cycle_id: int) -> None:
        for n in range(1_000_000):
            key = f"{run}-{number}-{n}"
            say("begin", key, cycle_id)
            door.perform(command(cycle_id, key), who, clock.now(), key=key)
            say("done", key, cycle_id)

    def say(*words: Any) -> None:
        os.write(1, (json.dumps(words) + "\n").encode())  # one write: lines do not mix

    for number, cycle_id in enumerate(cycle_ids):
        threading.Thread(target=work, args=(number, cycle_id)).start()


# --- the parent ------------------------------------------------------------------------------


@dataclass
class Tally:
    """What came of all the kills."""

    kills: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    unacknowledged: int = 0
    committed_unheard: int = 0
    differences: list[str] = field(default_factory=list)


class Campaign:
    """A world, four cycles in progress, and what has been acknowledged so far."""

    def __init__(self, app: Flask, folder: Path, world: World | None = None) -> None:
        self.world = world or settle(app, folder)
        self.cycles = [
            self.world.bring(self.world.cycle(year=2024 + n), CycleState.IN_PROGRESS)
            for n in range(THREADS)
        ]
        self.who = self.world.head()
        self.fold = Fold()
        self.tally = Tally()

    def kill_once(self, after: float) -> None:
        """One child, killed `after` seconds of acting; then everything is checked."""
        self.tally.kills += 1
        url = self.world.engine.url.render_as_string(hide_password=False)
        order = [url, self.who.person_id, self.cycles, f"k{self.tally.kills}"]
        with subprocess.Popen(
            [sys.executable, "-m", "bench.crash", json.dumps(order)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            env=dict(os.environ, PYTHONPATH=str(ROOT)),
        ) as child:
            assert child.stdout is not None
            first = child.stdout.readline()
            killer = threading.Timer(after, child.kill)
            killer.start()
            told = [first, *child.stdout]
        self.check([json.loads(line) for line in told if line.endswith(b"\n")])

    def check(self, told: list[Any]) -> None:
        done = {key for what, key, _ in told if what == "done"}
        begun = {key: cycle for what, key, cycle in told if what == "begin"}
        self.tally.acknowledged += len(done)
        remembered = self._remembered()
        self.tally.lost += sorted(done - remembered)
        for key in sorted(begun.keys() - done):
            self.tally.unacknowledged += 1
            # The person clicks again: the act is there exactly once, whether or not it was.
            again = self.world.do(command(begun[key], key), self.who, key=key)
            self.tally.committed_unheard += again.replayed
            assert again.replayed == (key in remembered)
        self.tally.differences += list(self._halves())

    def _remembered(self) -> set[str]:
        with self.world.engine.connect() as conn:
            return set(conn.execute(select(IDEMPOTENCY.c.key)).scalars())

    def _halves(self) -> Iterator[str]:
        """Everything that would show an act done by half."""
        with self.world.engine.connect() as conn:
            if conn.dialect.name == "sqlite":
                for (line,) in conn.execute(text("PRAGMA integrity_check")):
                    if line != "ok":
                        yield line
            self.fold.follow(conn)
            yield from self.fold.differences(conn)
            entries = conn.execute(select(func.count()).select_from(AUDIT_ENTRY)).scalar_one()
            events = conn.execute(
                select(func.count(func.distinct(OUTBOX_EVENT.c.entry_uid)))
            ).scalar_one()
            if entries != events:
                yield f"{entries} entries, {events} with an event"
            answers = select(IDEMPOTENCY.c.outcome)
            uids = [json.loads(o)["entry_uid"] for o in conn.execute(answers).scalars()]
            there = set(conn.execute(select(AUDIT_ENTRY.c.uid)).scalars())
            yield from (f"answer without entry {uid}" for uid in uids if uid not in there)
            if len(uids) != len(set(uids)):
                yield "two answers name one entry"


def main() -> None:
    rows, figures = [], {}
    with addresses() as urls:
        for engine, url in urls.items():
            with application(url) as app, place() as folder:
                campaign = Campaign(app, folder)
                begin = time.perf_counter()
                for _ in range(CYCLES):
                    campaign.kill_once(random.uniform(0.05, 0.6))
                t = campaign.tally
                took = time.perf_counter() - begin
                rows.append(
                    (engine, t.kills, t.acknowledged, len(t.lost), t.committed_unheard)
                    + (len(t.differences), took)
                )
                figures[engine] = vars(t) | {"seconds": took}
    show(
        "SIGKILL khi đang ghi",
        ("engine", "kills", "acknowledged", "lost", "done unheard", "halves", "seconds"),
        rows,
    )
    print(f"\n{keep('crash', figures)}")


if __name__ == "__main__":
    act_until_killed(*json.loads(sys.argv[1]))
