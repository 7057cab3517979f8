"""The log at full size: a million entries exported, and verified by the program that needs nothing
of ours; the throughput of the statements of an act without any hashing, sealed afterwards, and with
one head held to the commit instead; how long an act waits until anybody can see its head.
"""

import multiprocessing
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import Connection, Table, select
from sqlalchemy.engine import make_url

from bench import million
from bench.databases import addresses, application, place
from bench.tables import keep, show
from ledger import bundle, keys, store, verify
from ledger.sealer import EVERY_SECONDS, Sealer
from ledger.source import database
from models.tables import AUDIT_ENTRY, LEDGER_PLACE, OUTBOX_EVENT, PROGRESS_UPDATE
from tests.make import LEAD, TASKS, TaskSpec, World, settle
from workflow import canonical
from workflow.commands.cycles import AcceptTask, UpdateProgress

ENTRIES = int(os.environ.get("DONDOC_BENCH_ENTRIES", "1000000"))
SECONDS = float(os.environ.get("DONDOC_BENCH_SECONDS", "5"))
LAG_SECONDS = 6 * SECONDS
LOOK_SECONDS = 0.02
WRITERS = (1, 4, 16)


MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=sys.stderr)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""


def verified() -> list[dict[str, Any]]:
    """Seconds and megabytes of verify.py over the whole log, as a file and as an export."""
    with addresses(("sqlite",)) as found, application(found["sqlite"]) as app, place() as folder:
        world = settle(app, folder)
        world.open_year(2026)
        signer = keys.make(folder / "ledger", "bench.example/dondoc")
        sealer = Sealer(world.engine, folder / "ledger", lambda: datetime.now(UTC))
        entries = million.fill(world, sealer, ENTRIES)
        file, export = Path(str(world.engine.url.database)), folder / "export.zip"
        exporting, worked = time.monotonic(), time.process_time()
        with database(world.engine) as source, export.open("wb") as target:
            bundle.write(target, source, [str(signer.public)], {"decision": "bench"})
        exported = {"seconds": time.monotonic() - exporting, "cpu": time.process_time() - worked}
        world.engine.dispose()
        exported["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        exported["file_mb"] = export.stat().st_size / 1024**2
        key = str(signer.public)
        return [
            {"what": "xuất gói zip", "entries": entries, **exported},
            {"what": "kiểm tệp SQLite", "entries": entries, **_verify(file, key)},
            {"what": "kiểm gói zip", "entries": entries, **_verify(export, key)},
        ]


def _verify(path: Path, key: str) -> dict[str, Any]:
    """One run of the program, by a small process: a child begins with the peak of its parent."""
    program = [sys.executable, verify.__file__, str(path), "--key", key]
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *program], capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - started
    if done.returncode:
        raise SystemExit(done.stderr)
    cpu, peak = done.stdout.split()
    size = path.stat().st_size / 1024**2
    return {
        "seconds": seconds,
        "cpu": float(cpu),
        "megabytes": int(peak) / 1024,
        "file_mb": size,
    }


WAYS = ("no hashing", "afterwards", "one head", "one head", "afterwards", "no hashing")
# Five times as often as in earnest, so that sealing falls into the seconds that are measured.
SEALING = EVERY_SECONDS / 5
# A disk that takes a millisecond longer to sync: whoever syncs waits so long before, holding what
# the others need to sync, who then find themselves synced along.
SYNC_MICROSECONDS = 1000


class Act:
    """The statements of one act without the Python of the door, which is slower than any lock.

    They copy the rows of an act that went through the door; only the version, the uid, the body
    and the key of the form are new.
    """

    def __init__(self, conn: Connection, cycle: int, uid: str) -> None:
        self.cycle, self.uid = cycle, uid
        self.body: str = conn.execute(
            select(AUDIT_ENTRY.c.body).where(AUDIT_ENTRY.c.uid == uid)
        ).scalar_one()
        entry, event = ("uid", "body", "leaf_hash"), ("entry_uid",)
        update = max(conn.execute(select(PROGRESS_UPDATE.c.id)).scalars())
        self.entry = _again(AUDIT_ENTRY, entry, f"uid = '{uid}'")
        self.others = (
            (_again(PROGRESS_UPDATE, (), f"id = {update}"), 0),
            (_again(OUTBOX_EVENT, event, f"entry_uid = '{uid}'"), 1),
            (FORM, 1),
        )

    def perform(self, cursor: psycopg.Cursor[Any], way: str) -> None:
        """Once more, up to the commit."""
        uid = uuid4().hex
        body = self.body.replace(self.uid, uid)
        cursor.execute("UPDATE cycle SET version = version + 1 WHERE id = %s", [self.cycle])
        if way == "one head":  # what a chain or a numbering needs: held from here to the commit
            cursor.execute("UPDATE bench_head SET size = size + 1 RETURNING size")
        leaf = "0" * 64 if way == "no hashing" else canonical.leaf_hash(body)
        cursor.execute(self.entry, [uid, body, leaf])
        for statement, takes in self.others:
            cursor.execute(statement, [uid] * takes)


FORM = "INSERT INTO idempotency SELECT %s, min(id), '', '', now() FROM person"


def _again(table: Table, fresh: tuple[str, ...], where: str) -> str:
    """A row like that one, with these columns given."""
    same = [c.name for c in table.c if c.name not in (*fresh, "id")]
    names, told = ", ".join([*fresh, *same]), ", ".join([*["%s"] * len(fresh), *same])
    return f"INSERT INTO {table.name} ({names}) SELECT {told} FROM {table.name} WHERE {where}"


class Writers:
    """So many processes that act through the door, each on a cycle of its own."""

    def __init__(self, world: World, count: int) -> None:
        self.world = world
        self.person = world.head()
        self.cycles = [world.cycle(f"II.{99 + n}-a") for n in range(1, count + 1)]
        for cycle in self.cycles:
            world.do(AcceptTask(cycle, "Đầu mối"), self.person)

    def write(self, seconds: float) -> list[tuple[str, float]]:
        """The entries of so many seconds, each with the moment its act was acknowledged."""
        until = time.monotonic() + seconds
        parts = self._beside([partial(self._child, cycle, until) for cycle in self.cycles])
        return [one for part in parts for one in part]

    def write_plainly(self, url: str, seconds: float, way: str) -> int:
        """How many acts there were in so many seconds, with nothing but their statements."""
        first = self.world.do(UpdateProgress(self.cycles[0], 50, "Đo"), self.person)
        with self.world.engine.connect() as conn:
            acts = [Act(conn, cycle, first.entry_uid) for cycle in self.cycles]
        until = time.monotonic() + seconds

        def perform(act: Act) -> int:
            done = 0
            with psycopg.connect(url) as conn, conn.cursor() as cursor:
                while time.monotonic() < until:
                    with conn.transaction():
                        act.perform(cursor, way)
                    done += 1
            return done

        return sum(self._beside([partial(perform, act) for act in acts]))

    def _beside(self, works: list[Callable[[], Any]]) -> list[Any]:
        """What each of these comes to, in a process of its own."""
        self.world.engine.dispose()
        pipes = []
        for work in works:
            ours, theirs = multiprocessing.Pipe(duplex=False)
            if os.fork() == 0:
                try:
                    theirs.send(work())
                finally:
                    os._exit(0)
            theirs.close()
            pipes.append(ours)
        done = [pipe.recv() for pipe in pipes]
        for _ in pipes:
            os.wait()
        return done

    def _child(self, cycle: int, until: float) -> list[tuple[str, float]]:
        done: list[tuple[str, float]] = []
        while time.monotonic() < until:
            outcome = self.world.do(UpdateProgress(cycle, len(done) % 100, "Đo"), self.person)
            done.append((outcome.entry_uid, time.monotonic()))
        return done


@contextmanager
def writing(address: str, count: int) -> Iterator[tuple[World, Writers, Path]]:
    """An application with its writers, and the folder of a sealer with a key."""
    tasks = [*TASKS, *(TaskSpec(f"II.{99 + n}-a", lead=(LEAD,)) for n in range(1, count + 1))]
    with tempfile.TemporaryDirectory() as name, application(address) as app:
        world = settle(app, Path(name), tasks)
        world.open_year(2026)
        writers = Writers(world, count)
        keys.make(Path(name) / "ledger", "bench.example/dondoc")
        yield world, writers, Path(name) / "ledger"


@contextmanager
def sealing(world: World, folder: Path, every: float) -> Iterator[None]:
    """A sealer in a process of its own, as in production."""
    world.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            Sealer(world.engine, folder, lambda: datetime.now(UTC)).run(threading.Event(), every)
        finally:
            os._exit(0)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@contextmanager
def watching(world: World) -> Iterator[Callable[[], list[tuple[int, float]]]]:
    """A reader in a process of its own; at its end, each size with the moment it was seen."""
    world.engine.dispose()
    ours, theirs = multiprocessing.Pipe()
    child = os.fork()
    if child == 0:
        try:
            seen = [(0, time.monotonic())]
            with world.engine.connect() as conn:
                while not theirs.poll(LOOK_SECONDS):
                    size = store.last_size(conn)
                    if size > seen[-1][0]:
                        seen.append((size, time.monotonic()))
                    conn.rollback()  # or it would see what it saw at first
            theirs.send(seen)
        finally:
            os._exit(0)

    def end() -> list[tuple[int, float]]:
        ours.send(None)
        return list(ours.recv())

    try:
        yield end
    finally:
        ours.close()
        theirs.close()
        os.waitpid(child, 0)


def slow_disk(url: str) -> dict[str, Any]:
    """Make every sync of this server a millisecond longer; what it promises, and a commit's ms."""
    with psycopg.connect(url, autocommit=True) as conn:
        found: dict[str, Any] = {"commit_ms": _commit_ms(conn)}
        conn.execute(f"ALTER SYSTEM SET commit_delay = {SYNC_MICROSECONDS}")
        conn.execute("ALTER SYSTEM SET commit_siblings = 0")
        conn.execute("SELECT pg_reload_conf()")
    with psycopg.connect(url, autocommit=True) as conn:
        found["commit_ms_slowed"] = _commit_ms(conn)
        for name in ("server_version", "fsync", "synchronous_commit", "commit_delay"):
            row = conn.execute(f"SHOW {name}").fetchone()
            found[name] = row[0] if row else None
    return found


def _commit_ms(conn: psycopg.Connection[Any]) -> float:
    """The median of what one small write takes until it is on the disk."""
    conn.execute("CREATE TABLE IF NOT EXISTS bench_commit (n integer)")
    took = []
    for n in range(200):
        started = time.monotonic()
        conn.execute("INSERT INTO bench_commit VALUES (%s)", [n])
        took.append(time.monotonic() - started)
    return 1000 * statistics.median(took)


def throughput(address: str, count: int) -> list[tuple[str, float]]:
    """Acts a second, each way of sealing on the same database."""
    found = []
    with writing(address, count) as (world, writers, folder):
        url = plain_url(address)
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute("CREATE TABLE bench_head AS SELECT 0 AS size")
        for way in WAYS:
            beside = sealing(world, folder, SEALING) if way == "afterwards" else nullcontext()
            with beside:
                found.append((way, writers.write_plainly(url, SECONDS, way) / SECONDS))
    return found


def plain_url(address: str) -> str:
    """The address as psycopg reads it."""
    url = make_url(address).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def lag(address: str, count: int, seconds: float) -> dict[str, float]:
    """Seconds from the answer to somebody until a reader sees a signed head that covers his act.

    Not until the head's own time: that is signed before the commit that shows it to anybody.
    """
    with writing(address, count) as (world, writers, folder):
        with watching(world) as end, sealing(world, folder, EVERY_SECONDS):
            done = writers.write(seconds)
            time.sleep(2 * EVERY_SECONDS)
            seen = end()
        with world.engine.connect() as conn:
            places = dict(
                conn.execute(select(LEDGER_PLACE.c.entry_uid, LEDGER_PLACE.c.position)).all()
            )
    sizes, moments = [size for size, _ in seen], [at for _, at in seen]
    waits = sorted(max(0.0, moments[bisect_right(sizes, places[uid])] - at) for uid, at in done)
    return {
        "entries": len(waits),
        "per_second": len(waits) / seconds,
        "p50": waits[len(waits) // 2],
        "p99": waits[len(waits) * 99 // 100],
        "max": waits[-1],
    }


def main() -> None:
    told = verified()
    show(
        "Toàn bộ nhật ký: xuất, và verify.py (đích: 60 giây, 1.024 MB cho 1.000.000 mục)",
        ["việc", "mục", "giây", "giây CPU", "MB cao nhất", "MB tệp"],
        [[*line.values()] for line in told],
    )
    rows: list[list[Any]] = []
    server: dict[str, Any] = {}
    for count in WRITERS:
        ways: dict[str, list[float]] = {}
        with addresses(("postgresql",)) as found:
            server = slow_disk(plain_url(found["postgresql"]))
            for way, rate in throughput(found["postgresql"], count):
                ways.setdefault(way, []).append(rate)
        base = sum(ways["no hashing"])
        for way, rates in ways.items():
            rows.append([count, way, sum(rates) / len(rates), sum(rates) / base])
    show(
        f"Việc mỗi giây, chỉ các câu lệnh SQL, {server} (tỷ lệ so với không băm)",
        ["người ghi", "niêm phong", "việc/giây", "tỷ lệ"],
        rows,
    )
    waits = {}
    for engine_name, writers in (("sqlite", 4), ("postgresql", 16)):
        with addresses((engine_name,)) as found:
            waits[engine_name] = lag(found[engine_name], writers, LAG_SECONDS)
    show(
        "Từ lúc được trả lời đến lúc có niêm phong (đích: p99 dưới 15 giây)",
        ["máy", "mục", "mục/giây", "p50", "p99", "lâu nhất"],
        [[name, *figures.values()] for name, figures in waits.items()],
    )
    kept = keep("ledger", {"verify": told, "server": server, "throughput": rows, "lag": waits})
    print(f"\n{kept}")
