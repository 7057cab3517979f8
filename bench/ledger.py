"""The log at full size: a million entries exported, and verified by the program that needs nothing
of ours; the door's throughput without any hashing, sealed afterwards, and with one head lock at
commit instead; how long an act waits for its head.
"""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, select, text

from bench import million
from bench.databases import addresses, application, place
from bench.tables import keep, show
from ledger import bundle, keys, verify
from ledger.sealer import EVERY_SECONDS, Sealer
from ledger.source import database
from models.tables import LEDGER_CHECKPOINT, LEDGER_PLACE
from tests.make import LEAD, TASKS, TaskSpec, World, settle
from workflow import canonical
from workflow.commands.cycles import AcceptTask, UpdateProgress
from workflow.door import ajar

ENTRIES = int(os.environ.get("DONDOC_BENCH_ENTRIES", "1000000"))
SECONDS = float(os.environ.get("DONDOC_BENCH_SECONDS", "5"))
LAG_SECONDS = 6 * SECONDS
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


def no_hashing(_world: World) -> None:
    """The body is written as ever, but nobody takes its hash."""
    setattr(canonical, "leaf_hash", lambda body: "0" * 64)  # noqa: B010 (mypy: it is a function)


def one_head(world: World) -> None:
    """What a chain or a numbering at commit needs: the one head, held from here to the commit."""

    @event.listens_for(world.engine, "before_cursor_execute")
    def take(_conn: Connection, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO audit_entry"):
            cursor.execute("UPDATE bench_head SET size = size + 1 RETURNING size")


HOW: dict[str, Callable[[World], None]] = {"no hashing": no_hashing, "one head": one_head}


class Writers:
    """So many processes that act through the door, each on a cycle of its own."""

    def __init__(self, world: World, count: int) -> None:
        self.world = world
        self.person = world.head()
        self.cycles = [world.cycle(f"II.{99 + n}-a") for n in range(1, count + 1)]
        for cycle in self.cycles:
            world.do(AcceptTask(cycle, "Đầu mối"), self.person)

    def write(self, seconds: float, way: str = "") -> list[tuple[str, float]]:
        """The entries of so many seconds, each with the moment its act was acknowledged."""
        self.world.engine.dispose()
        until = time.monotonic() + seconds
        pipes = []
        for cycle in self.cycles:
            ours, theirs = multiprocessing.Pipe(duplex=False)
            if os.fork() == 0:
                try:
                    if way in HOW:
                        HOW[way](self.world)
                    theirs.send(self._child(cycle, until))
                finally:
                    os._exit(0)
            theirs.close()
            pipes.append(ours)
        done = [one for pipe in pipes for one in pipe.recv()]
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


def facts(address: str) -> dict[str, str]:
    """What the server promises."""
    with application(address) as app, app.extensions["dondoc"].engine.connect() as conn:
        return {
            name: str(conn.execute(text(f"SHOW {name}")).scalar())
            for name in ("server_version", "fsync", "synchronous_commit")
        }


def throughput(address: str, count: int) -> list[tuple[str, float]]:
    """Commands a second through the door, each way of sealing on the same database."""
    found = []
    with writing(address, count) as (world, writers, folder):
        with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
            conn.execute(text("CREATE TABLE bench_head (size integer)"))
            conn.execute(text("INSERT INTO bench_head VALUES (0)"))
        for way in WAYS:
            beside = sealing(world, folder, SEALING) if way == "afterwards" else nullcontext()
            with beside:
                found.append((way, len(writers.write(SECONDS, way)) / SECONDS))
    return found


def lag(address: str, count: int, seconds: float) -> dict[str, float]:
    """Seconds from the answer to somebody until a signed head covers his act."""
    with writing(address, count) as (world, writers, folder):
        offset = time.time() - time.monotonic()
        with sealing(world, folder, EVERY_SECONDS):
            done = writers.write(seconds)
            time.sleep(2 * EVERY_SECONDS)
        with world.engine.connect() as conn:
            places = dict(
                conn.execute(select(LEDGER_PLACE.c.entry_uid, LEDGER_PLACE.c.position)).all()
            )
            heads = conn.execute(
                select(LEDGER_CHECKPOINT.c.size, LEDGER_CHECKPOINT.c.at).order_by("size")
            ).all()
    sizes = [size for size, _ in heads]
    signed = [at.timestamp() - offset for _, at in heads]
    waits = sorted(max(0.0, signed[bisect_right(sizes, places[uid])] - at) for uid, at in done)
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
    server: dict[str, str] = {}
    for count in WRITERS:
        ways: dict[str, list[float]] = {}
        with addresses(("postgresql",)) as found:
            server = facts(found["postgresql"])
            for way, rate in throughput(found["postgresql"], count):
                ways.setdefault(way, []).append(rate)
        base = sum(ways["no hashing"])
        for way, rates in ways.items():
            rows.append([count, way, sum(rates) / len(rates), sum(rates) / base])
    show(
        f"Lệnh mỗi giây qua cửa, PostgreSQL {server} (tỷ lệ so với không băm)",
        ["người ghi", "niêm phong", "lệnh/giây", "tỷ lệ"],
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
