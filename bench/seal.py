"""A seal cut at every system call it makes, by strace.

The suite cuts at every file call and statement from within (tests/ledger/test_crash.py); this cuts
from outside, so that what SQLite and the driver do is cut as well: EIO and SIGKILL at every call, a
full disk at every write, and the append to checkpoints.log ended after each of its bytes. Linux,
with strace installed.

A fault is a second head of one size, or a log that does not verify. A seal that waits is told and
ended: after a send that failed, libpq waits for the word of a server that has heard nothing.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from bench.databases import addresses, application, place
from bench.tables import keep, show
from ledger import keys, verify
from ledger.sealer import LOG, Sealer
from ledger.source import database
from models.database import install_manners
from tests.ledger.scene import full_after, heads
from tests.make import World, settle
from workflow.commands.ledger import TakeExport
from workflow.door import guard
from workflow.law.facts import SYSTEM

CALLS = "trace=%file,%desc,%network"
NAME = re.compile(r"^(?:\d+ +)?(\w+)\(", re.M)
PATIENCE = 5.0
HARMS = {"EIO": "error=EIO", "SIGKILL": "signal=SIGKILL", "ENOSPC": "error=ENOSPC"}
WRITES = {"write", "pwrite64", "writev", "pwritev"}  # what a full disk refuses


class Cuts:
    """One log that is sealed in children of this process, each of them harmed once."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.signer = keys.make(folder, "bench.example/dondoc")
        self.address = world.engine.url.render_as_string(hide_password=False)
        self.heads: dict[int, str] = {}
        self.exports = 0

    def seal(self, *inject: str) -> tuple[int, str]:
        """One more entry, sealed under strace: how the child ended, and what it called."""
        self.exports += 1
        self.world.do(TakeExport(f"{self.exports}/QĐ-TTr", "Tất cả"), SYSTEM)
        self.world.engine.dispose()
        child = os.fork()
        if child == 0:
            self._child()
        os.waitpid(child, os.WUNTRACED)
        with tempfile.NamedTemporaryFile("r") as told:
            options = ["-f", "-qq", "-o", told.name, "-e", CALLS, *inject]
            with subprocess.Popen(["strace", *options, "-p", str(child)]) as tracer:
                _wait_for(lambda: _tracer_of(child) != 0)
                os.kill(child, signal.SIGCONT)
                killer = threading.Timer(PATIENCE, os.kill, (child, signal.SIGABRT))
                killer.start()
                code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
                killer.cancel()
                tracer.wait()
            return code, told.read()

    def _child(self) -> None:
        code = 2
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # what it says of its harm is no news
        try:
            engine = create_engine(self.address)
            install_manners(engine)
            guard(engine)
            sealer = Sealer(engine, self.folder, lambda: self.world.now)
            os.kill(os.getpid(), signal.SIGSTOP)
            sealer.seal()
            code = 0
        finally:
            os._exit(code)

    def seal_short(self, count: int) -> int:
        """One more entry, its head cut after so many bytes; how many bytes it has in all."""
        self.exports += 1
        self.world.do(TakeExport(f"{self.exports}/QĐ-TTr", "Tất cả"), SYSTEM)
        sealer = Sealer(self.world.engine, self.folder, lambda: self.world.now)
        with suppress(OSError), full_after(count):
            sealer.seal()
        return len(f"{sealer.head()}\n".encode())

    def goes_on(self) -> list[str]:
        """The sealer after the harm finishes and seals the rest; forks, and heads not listed."""
        sealer = Sealer(self.world.engine, self.folder, lambda: self.world.now)
        while sealer.seal():
            pass
        faults = []
        there, listed = heads(self.world, self.folder), self._listed()
        for note in there:
            size = verify.Note(note).size
            if self.heads.setdefault(size, note) != note:
                faults.append(f"two heads of {size}")
        if there != set(listed) or len(there) < len(listed):
            faults.append(f"{len(there)} heads, and {len(listed)} in checkpoints.log")
        return faults

    def _listed(self) -> list[str]:
        return [*verify.notes_in((self.folder / LOG).read_text("utf-8"))]

    def verified(self) -> dict[str, Any]:
        """The log after all harms, against every head that ever left."""
        with database(self.world.engine) as source:
            key = verify.Key(str(self.signer.public))
            return verify.Verifier(source, [key], list(self.heads.values())).run()


def _tracer_of(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("ascii")
    return int(status.split("TracerPid:")[1].split()[0])


def _wait_for(condition: Any) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise SystemExit("strace does not attach: ptrace is not allowed here")
        time.sleep(0.002)


def campaign(world: World, folder: Path, calls_at_most: int | None = None) -> dict[str, Any]:
    """Every call of a seal, harmed in each way."""
    cuts = Cuts(world, folder)
    cuts.goes_on()
    _, told = cuts.seal()
    inventory = Counter(NAME.findall(told))
    steps = [(name, n) for name, times in sorted(inventory.items()) for n in range(1, times + 1)]
    faults: list[str] = []
    waited: list[str] = []
    ended: Counter[str] = Counter()
    for harm, what in HARMS.items():
        for name, n in steps[:calls_at_most]:
            if harm == "ENOSPC" and name not in WRITES:
                continue
            code, _ = cuts.seal("-e", f"inject={name}:{what}:when={n}")
            ended[f"{harm} {code}"] += 1
            if code == -signal.SIGABRT:
                waited.append(f"{harm} at {name} {n}")
            faults += [f"{harm} at {name} {n}: {fault}" for fault in cuts.goes_on()]
    count, length = 0, 1
    while count < length:
        length = cuts.seal_short(count)
        ended["short append"] += 1
        faults += [f"{count} bytes of an append: {fault}" for fault in cuts.goes_on()]
        count += 1
    found = cuts.verified()
    if not found["ok"]:
        faults.append(verify.say(found))
    return {
        "calls": dict(inventory),
        "harmed": sum(ended.values()),
        "ended": dict(ended),
        "heads": len(cuts.heads),
        "waited": waited,
        "faults": faults,
    }


def main() -> None:
    if shutil.which("strace") is None:
        raise SystemExit("strace không có trên máy này: apt-get install strace")
    rows, figures = [], {}
    with addresses() as urls:
        for engine, url in urls.items():
            with application(url) as app, place() as folder:
                begin = time.perf_counter()
                found = campaign(settle(app, folder), folder / "ledger")
                took = time.perf_counter() - begin
                calls = sum(found["calls"].values())
                told = (len(found["waited"]), len(found["faults"]))
                rows.append((engine, calls, found["harmed"], found["heads"], *told, took))
                figures[engine] = found | {"seconds": took}
    show(
        "Cắt ngang một lần niêm phong: EIO, SIGKILL, đầy đĩa ở từng lời gọi; ghi dở từng byte",
        ("engine", "calls", "harmed", "heads", "waited", "faults", "seconds"),
        rows,
    )
    print(f"\n{keep('seal', figures)}")
