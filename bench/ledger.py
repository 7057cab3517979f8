"""The log at full size: a million entries verified by the program that needs nothing of ours;
the door's throughput with and without sealing afterwards, and with one lock at commit instead; how
long an act waits for its head.
"""

import multiprocessing
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select

from bench.databases import addresses, application
from bench.tables import keep, show
from ledger import keys, tree, verify
from ledger.checkpoint import Signer, head, sign
from ledger.sealer import EVERY_SECONDS, Sealer
from models.tables import LEDGER_CHECKPOINT, LEDGER_PLACE, metadata
from tests.make import LEAD, TASKS, TaskSpec, World, settle
from workflow import canonical
from workflow.commands.cycles import AcceptTask, UpdateProgress

ENTRIES = int(os.environ.get("DONDOC_BENCH_ENTRIES", "1000000"))
CYCLES = 40_000
HEADS = 500
SECONDS = float(os.environ.get("DONDOC_BENCH_SECONDS", "10"))
AT = datetime(2026, 1, 5, 1, tzinfo=UTC)
PROGRESS = "update_progress"


def body_of(number: int, cycle: int, version: int, at: datetime) -> dict[str, Any]:
    """An entry as the door writes it: a cycle begun, or its progress noted."""
    begun = version > 1
    row = {"percent": number % 100, "changed_at": at, "version": version}
    old: dict[str, Any] = {"percent": (number - CYCLES) % 100, "version": version - 1}
    old["changed_at"] = AT + timedelta(seconds=number - CYCLES)
    change = {"table": "cycle", "id": cycle, "after": row}
    if begun:
        change["before"] = old
    else:
        row["state"] = "assigned"
    return {
        "schema": 1,
        "uid": f"{number:032x}",
        "batch": None,
        "at": at,
        "actor": {
            "id": cycle % 500 + 1,
            "login": f"cv{cycle % 500}.so-xay-dung",
            "name": "Nguyễn Thị Hồng Phượng",
            "role": "officer",
            "agency": "so-xay-dung",
            "agency_name": "Sở Xây dựng",
            "capacity": "head",
            "on_behalf_of": None,
        },
        "origin": {"channel": "web", "network": "10.1.2.0/24", "session": "ab12", "request": "c3"},
        "command": PROGRESS if begun else "assign",
        "object": {
            "kind": "cycle",
            "id": cycle,
            "label": "III.2.1-a · Sở Xây dựng · năm 2026",
            "version_before": version - 1 if begun else None,
            "version_after": version,
        },
        "from": "in_progress" if begun else None,
        "to": "in_progress" if begun else "assigned",
        "reason": None,
        "document": None,
        "details": {},
        "digests": [],
        "changes": [change],
    }


def million(file: Path, entries: int, signer: Signer) -> None:
    """A log of this many entries, with tiles, heads and the rows they add up to."""
    engine = create_engine(f"sqlite:///{file}")
    metadata.create_all(engine)
    engine.dispose()
    growing, versions = tree.Range(), dict[int, int]()
    last: dict[int, dict[str, Any]] = {}
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.execute("PRAGMA foreign_keys=OFF")
        db.execute("BEGIN")
        tiles: list[list[bytes]] = [[]]
        for number in range(entries):
            cycle = number % CYCLES + 1
            version = versions[cycle] = versions.get(cycle, 0) + 1
            at = AT + timedelta(seconds=number)
            body = body_of(number, cycle, version, at)
            if version == 2:  # the first progress follows the acceptance that is told with it
                body["command"], body["from"] = "accept", "assigned"
                change = body["changes"][0]
                change["before"]["state"], change["after"]["state"] = "assigned", "in_progress"
            last[cycle] = body["changes"][0]["after"]
            encoded = canonical.encode(body)
            leaf = tree.leaf_hash(encoded.encode())
            spaced = at.strftime("%Y-%m-%d %H:%M:%S.%f")
            actor, thing = body["actor"], body["object"]
            db.execute(
                "INSERT INTO audit_entry VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    number + 1,
                    body["uid"],
                    spaced,
                    actor["id"],
                    actor["name"],
                    actor["role"],
                    actor["agency"],
                    body["command"],
                    "cycle",
                    cycle,
                    thing["label"],
                    body["from"],
                    body["to"],
                    None,
                    encoded,
                    leaf.hex(),
                ),
            )
            db.execute("INSERT INTO ledger_place VALUES (?,?)", (number, body["uid"]))
            growing.append(leaf)
            _tile(db, tiles, number, leaf)
            if (number + 1) % max(1, entries // HEADS) == 0 or number + 1 == entries:
                checkpoint = head(f"{signer.name}/1", number + 1, growing.root(), at)
                db.execute(
                    "INSERT OR IGNORE INTO ledger_checkpoint VALUES (?,?,?,?,?)",
                    (
                        number + 1,
                        checkpoint.origin,
                        checkpoint.root.hex(),
                        spaced,
                        sign(checkpoint, signer),
                    ),
                )
        names = [c.name for c in metadata.tables["cycle"].c]
        # Only what the entries speak of: this log is about its size.
        db.execute("DROP TABLE cycle")
        db.execute(
            "CREATE TABLE cycle (id INTEGER PRIMARY KEY, percent INTEGER, "
            "changed_at DATETIME, version INTEGER, state TEXT)"
        )
        assert {"percent", "changed_at", "version", "state"} <= set(names)
        for cycle, row in last.items():
            state = "assigned" if versions[cycle] == 1 else "in_progress"
            spaced = row["changed_at"].strftime("%Y-%m-%d %H:%M:%S.%f")
            db.execute(
                "INSERT INTO cycle VALUES (?,?,?,?,?)",
                (cycle, row["percent"], spaced, row["version"], state),
            )
        db.execute("COMMIT")


def _tile(db: sqlite3.Connection, tiles: list[list[bytes]], number: int, leaf: bytes) -> None:
    from ledger.tiles import reduce

    level, index = 0, number
    while True:
        if level == len(tiles):
            tiles.append([])
        tiles[level].append(leaf)
        if len(tiles[level]) < 256:
            return
        index //= 256
        db.execute("INSERT INTO ledger_tile VALUES (?,?,?)", (level, index, b"".join(tiles[level])))
        leaf, tiles[level] = reduce(tiles[level]), []
        level += 1


def verified() -> dict[str, Any]:
    """Seconds and megabytes of verify.py over the whole log, in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        signer = keys.make(folder / "ledger", "bench.example/dondoc")
        file = folder / "million.sqlite3"
        million(file, ENTRIES, signer)
        program = [sys.executable, verify.__file__, str(file), "--key", str(signer.public)]
        started = time.monotonic()
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - started
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        size = file.stat().st_size / 1024**2
    return {"entries": ENTRIES, "seconds": seconds, "cpu": cpu, "megabytes": peak, "file_mb": size}


WAYS = ("none", "afterwards", "one lock", "one lock", "afterwards", "none")


class Writers:
    """So many processes that act through the door, each on a cycle of its own."""

    def __init__(self, world: World, count: int) -> None:
        self.world = world
        self.person = world.head()
        self.cycles = [world.cycle(f"II.{99 + n}-a") for n in range(1, count + 1)]
        for cycle in self.cycles:
            world.do(AcceptTask(cycle, "Đầu mối"), self.person)
        self.lock = multiprocessing.Lock()

    def write(self, seconds: float, lock: Any = None) -> list[tuple[str, float]]:
        """The entries of so many seconds, each with the moment its act was acknowledged."""
        self.world.engine.dispose()
        until = time.monotonic() + seconds
        pipes = []
        for cycle in self.cycles:
            ours, theirs = multiprocessing.Pipe(duplex=False)
            if os.fork() == 0:
                try:
                    theirs.send(self._child(cycle, until, lock or nullcontext()))
                finally:
                    os._exit(0)
            theirs.close()
            pipes.append(ours)
        done = [one for pipe in pipes for one in pipe.recv()]
        for _ in pipes:
            os.wait()
        return done

    def _child(self, cycle: int, until: float, lock: Any) -> list[tuple[str, float]]:
        done: list[tuple[str, float]] = []
        while time.monotonic() < until:
            act = UpdateProgress(cycle, len(done) % 100, "Đo")
            # One lock: nobody writes while another has not committed, as one chain would have it.
            with lock:
                outcome = self.world.do(act, self.person)
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


def throughput(address: str, count: int) -> list[tuple[str, float]]:
    """Commands a second through the door, each way of sealing on the same database."""
    found = []
    with writing(address, count) as (world, writers, folder):
        for way in WAYS:
            beside = sealing(world, folder, EVERY_SECONDS) if way == "afterwards" else nullcontext()
            with beside:
                lock = writers.lock if way == "one lock" else None
                found.append((way, len(writers.write(SECONDS, lock)) / SECONDS))
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
        "verify.py trên toàn bộ nhật ký (đích: 60 giây, 1.024 MB cho 1.000.000 mục)",
        ["mục", "giây", "giây CPU", "MB cao nhất", "MB tệp"],
        [[told["entries"], told["seconds"], told["cpu"], told["megabytes"], told["file_mb"]]],
    )
    rows = []
    for engine_name, writers in (("sqlite", 1), ("postgresql", 1), ("postgresql", 16)):
        ways: dict[str, list[float]] = {}
        with addresses((engine_name,)) as found:
            for way, rate in throughput(found[engine_name], writers):
                ways.setdefault(way, []).append(rate)
        base = sum(ways["none"]) / len(ways["none"])
        for way, rates in ways.items():
            rate = sum(rates) / len(rates)
            rows.append([engine_name, writers, way, rate, rate / base])
    show(
        "Lệnh mỗi giây qua cửa (tỷ lệ so với không niêm phong)",
        ["máy", "người ghi", "niêm phong", "lệnh/giây", "tỷ lệ"],
        rows,
    )
    waits = {}
    for engine_name, writers in (("sqlite", 4), ("postgresql", 16)):
        with addresses((engine_name,)) as found:
            waits[engine_name] = lag(found[engine_name], writers, 6 * SECONDS)
    show(
        "Từ lúc được trả lời đến lúc có niêm phong (đích: p99 dưới 15 giây)",
        ["máy", "mục", "mục/giây", "p50", "p99", "lâu nhất"],
        [[name, *figures.values()] for name, figures in waits.items()],
    )
    keep("ledger", {"verify": told, "throughput": rows, "lag": waits})
