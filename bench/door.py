"""Commands a second through the door beside raw driver calls that do only the five statements.

Both in the same run, in turns, with 1 and with 4 processes; then what the rest pays for.
"""

import cProfile
import json
import multiprocessing
import pstats
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from sqlalchemy import create_engine, insert, select
from sqlalchemy.engine import make_url

from bench.databases import addresses, application, place
from bench.tables import keep, show
from models.database import install_manners
from models.tables import CYCLE
from tests.make import LEAD, settle
from workflow import commands  # noqa: F401  (handlers register themselves)
from workflow.clock import Clock
from workflow.commands.cycles import AcceptTask
from workflow.door import Door, Origin, ajar, guard
from workflow.identity import actor_of
from workflow.law.facts import ActorFacts

ROUNDS, WARM_UP, COMMANDS, PROCESSES = 5, 40, 200, (1, 4)
ORIGIN = Origin("web", "10.0.0.0/24", "0123456789ab", "bench")


@dataclass(frozen=True)
class Share:
    """What one process works on: its own cycles, so that nobody waits for a row."""

    person_id: int
    first: int
    count: int
    key: str


# --- the two ways ------------------------------------------------------------------------------

CAS = (
    "UPDATE cycle SET state = {p}, version = {p}, focal_person = {p}, changed_at = {p} "
    "WHERE id = {p} AND version = {p}"
)
READ = (
    "SELECT cycle.*, task.code, agency.short, agency.name, plan.standing_agency_id FROM cycle "
    "JOIN task ON task.id = cycle.task_id JOIN agency ON agency.id = cycle.agency_id "
    "JOIN plan ON plan.id = cycle.plan_id WHERE cycle.id = {p}"
)
AUDIT = (
    "INSERT INTO audit_entry (uid, at, actor_id, actor_name, role, agency_code, command, "
    "object_kind, object_id, object_label, from_state, to_state, reason, body, leaf_hash) "
    "VALUES ({p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p}, {p})"
)
OUTBOX = (
    "INSERT INTO outbox_event (at, name, entry_uid, object_kind, object_id) "
    "VALUES ({p}, {p}, {p}, {p}, {p})"
)
REMEMBER = (
    "INSERT INTO idempotency (key, actor_id, digest, outcome, at) VALUES ({p}, {p}, {p}, {p}, {p})"
)
# About as long as the body of a real entry.
BODY = json.dumps({"body": "x" * 1150})
HASH = "0" * 64


def raw(address: str, first: Share) -> Callable[[Share, int], None]:
    """The five statements in one transaction, with the driver alone."""
    url = make_url(address)
    sqlite = url.get_backend_name() == "sqlite"
    now = Clock().now()
    at = now.replace(tzinfo=None).isoformat(" ") if sqlite else now
    mark = "?" if sqlite else "%s"
    cas, read, audit, outbox, remember = (
        s.replace("{p}", mark) for s in (CAS, READ, AUDIT, OUTBOX, REMEMBER)
    )
    if sqlite:
        conn: Any = sqlite3.connect(str(url.database), isolation_level=None)
        for pragma in ("busy_timeout=15000", "foreign_keys=ON", "synchronous=FULL"):
            conn.execute(f"PRAGMA {pragma}")
    else:
        conn = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def one(share: Share, cycle_id: int) -> None:
        uid = f"raw-{share.key}-{cycle_id}"
        label = ("accept", "cycle", cycle_id, "II.2-a · so-chu-tri · năm 2026")
        conn.execute("BEGIN IMMEDIATE" if sqlite else "BEGIN")
        found = conn.execute(read, (cycle_id,)).fetchone()
        assert found is not None
        changed = conn.execute(cas, ("in_progress", 2, "Đầu mối", at, cycle_id, 1))
        assert changed.rowcount == 1
        conn.execute(
            audit,
            (uid, at, share.person_id, "Người", "head", LEAD, *label, "assigned", "in_progress")
            + (None, BODY, HASH),
        )
        conn.execute(outbox, (at, "accepted", uid, "cycle", cycle_id))
        conn.execute(remember, (uid, share.person_id, HASH, "{}", at))
        conn.execute("COMMIT")

    return one


def through_the_door(address: str, first: Share) -> Callable[[Share, int], None]:
    """The same act as everybody does it."""
    engine = create_engine(address)
    install_manners(engine)
    guard(engine)
    door, clock = Door(engine), Clock()
    with engine.connect() as conn:
        who: ActorFacts = actor_of(conn, first.person_id, date(2026, 3, 2))

    def one(share: Share, cycle_id: int) -> None:
        command = AcceptTask(cycle_id, "Đầu mối", 1)
        door.perform(command, who, clock.now(), key=f"door-{share.key}-{cycle_id}", origin=ORIGIN)

    return one


WAYS = {"raw": raw, "door": through_the_door}


def works(pipe: Any, url: str) -> None:
    """A process of the crew: does the shares it is told, each way over one connection."""
    acts: dict[str, Callable[[Share, int], None]] = {}
    while told := pipe.recv():
        way, share = told
        act = acts.setdefault(way, WAYS[way](url, share))
        pipe.send("ready")
        pipe.recv()
        begin, cpu = time.perf_counter(), time.process_time()
        for cycle_id in range(share.first, share.first + share.count):
            act(share, cycle_id)
        pipe.send((time.perf_counter() - begin, time.process_time() - cpu))


class Crew:
    """Processes that begin together."""

    def __init__(self, url: str, processes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipes, self.processes = [], []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=works, args=(theirs, url), daemon=True)
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def do(self, way: str, shares: list[Share]) -> tuple[float, float]:
        """Commands a second of all together, and milliseconds of our own work per command."""
        for pipe, share in zip(self.pipes, shares, strict=True):
            pipe.send((way, share))
        for pipe in self.pipes:
            pipe.recv()
        for pipe in self.pipes:
            pipe.send("go")
        found = [pipe.recv() for pipe in self.pipes]
        count = sum(s.count for s in shares)
        return count / max(wall for wall, _ in found), 1000 * sum(cpu for _, cpu in found) / count

    def leave(self) -> None:
        for pipe, process in zip(self.pipes, self.processes, strict=True):
            pipe.send(None)
            process.join()


# --- measuring -----------------------------------------------------------------------------------


class Supply:
    """Cycles nobody has touched, copied by the database; handed out once."""

    def __init__(self, url: str) -> None:
        self.url, self.year = url, 10_000
        with application(url) as app, place() as folder:
            world = settle(app, folder)
            self.template, self.person_id = world.cycle(), world.head().person_id or 0
        self.engine = create_engine(url)
        install_manners(self.engine)

    def shares(self, processes: int, count: int) -> list[Share]:
        """New cycles for each process: the same task in years to come."""
        found = []
        with ajar("measurement"), self.engine.execution_options(write=True).begin() as conn:
            row = dict(
                conn.execute(select(CYCLE).where(CYCLE.c.id == self.template)).mappings().one()
            )
            del row["id"]
            for _ in range(processes):
                years = range(self.year, self.year + count)
                ids = conn.execute(
                    insert(CYCLE).returning(CYCLE.c.id), [row | {"year": y} for y in years]
                ).scalars()
                found.append(Share(self.person_id, min(ids), count, str(self.year)))
                self.year += count
        return found


def compare(supply: Supply, processes: int, count: int) -> dict[str, Any]:
    """Both ways in turns by the same processes; medians over the rounds."""
    crew = Crew(supply.url, processes)
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    costs: dict[str, list[float]] = {way: [] for way in WAYS}
    for way in WAYS:
        crew.do(way, supply.shares(processes, WARM_UP))
    for n in range(ROUNDS):
        for way in sorted(WAYS, reverse=bool(n % 2)):
            a_second, cpu = crew.do(way, supply.shares(processes, count))
            rates[way].append(a_second)
            costs[way].append(cpu)
    crew.leave()
    ratios = [d / r for d, r in zip(rates["door"], rates["raw"], strict=True)]
    return {
        "processes": processes,
        "raw": statistics.median(rates["raw"]),
        "door": statistics.median(rates["door"]),
        "ratio": statistics.median(ratios),
        "raw_cpu_ms": statistics.median(costs["raw"]),
        "door_cpu_ms": statistics.median(costs["door"]),
        "rounds": rates,
    }


# --- what the rest pays for --------------------------------------------------------------------

PARTS = {
    "the driver and the server": ("psycopg", "_queries", "sqlite3", "selectors"),
    "SQLAlchemy": ("sqlalchemy",),
    "the law and pytransitions": ("workflow/law", "transitions/core"),
    "the canonical body and its hash": ("workflow/canonical", "json/", "hashlib", "unicodedata"),
    "the door and its commands": ("workflow/",),
}


def profile(supply: Supply, count: int) -> list[tuple[str, float]]:
    """Our own work by part, without the waiting (the profiler adds its share to each)."""
    [warm, share] = supply.shares(1, WARM_UP) + supply.shares(1, count)
    act = through_the_door(supply.url, share)
    for cycle_id in range(warm.first, warm.first + warm.count):
        act(warm, cycle_id)
    profiler = cProfile.Profile(time.process_time)
    profiler.enable()
    for cycle_id in range(share.first, share.first + share.count):
        act(share, cycle_id)
    profiler.disable()
    found = dict.fromkeys([*PARTS, "the rest of Python"], 0.0)
    stats: Any = pstats.Stats(profiler)
    for (file, _, function), (_, _, own, _, _) in stats.stats.items():
        where = f"{file}:{function}".replace("\\", "/")
        part = next((p for p, marks in PARTS.items() if any(m in where for m in marks)), None)
        found[part or "the rest of Python"] += own
    total = sum(found.values())
    return [(part, own / total) for part, own in sorted(found.items(), key=lambda x: -x[1])]


def main() -> None:
    figures: dict[str, Any] = {}
    rows, parts = [], []
    with addresses() as urls:
        for engine, url in urls.items():
            supply = Supply(url)
            found = [compare(supply, n, COMMANDS) for n in PROCESSES]
            pays = profile(supply, COMMANDS)
            supply.engine.dispose()
            figures[engine] = {"compared": found, "parts": dict(pays)}
            for f in found:
                cpu = (f["raw_cpu_ms"], f["door_cpu_ms"])
                rows.append((engine, f["processes"], f["raw"], f["door"], f["ratio"], *cpu))
            parts += [(engine, part, f"{own:.0%}") for part, own in pays]
    show(
        "Lệnh mỗi giây: năm câu SQL trần và qua cửa; CPU của tiến trình, ms mỗi lệnh",
        ("engine", "processes", "raw/s", "door/s", "ratio", "raw CPU", "door CPU"),
        rows,
    )
    show("CPU của một lệnh qua cửa trả cho gì", ("engine", "part", "share"), parts)
    print(f"\n{keep('door', figures)}")
