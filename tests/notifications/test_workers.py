"""Several machines: workers woken through PostgreSQL send every row once, under its one id."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from config import BadSettings, from_env
from models.states import MessageState
from models.tables import MESSAGE
from notifications.deliver import LEASE
from notifications.dispatch import Loop, dispatcher
from notifications.workers import Workers, make_tables
from tests.engines import wanted
from tests.make import World
from tests.notifications.post_office import PostOffice, many, open_office

pytestmark = pytest.mark.parametrize(
    "engine_name", [n for n in wanted() if n == "postgresql"], indirect=True, scope="session"
)
ROOT = Path(__file__).parents[2]
MAILS = 60


@dataclass
class Watched(PostOffice):
    """It sees which process brings a mail, and kills one that has brought five, before its 250."""

    workers: list[int] = field(default_factory=list)
    brought: Counter[int] = field(default_factory=Counter)
    killed: list[str] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.03)
        pid = next((p for p in self.workers if session.peer[1] in ports(p)), 0)
        self.brought[pid] += 1
        if not self.killed and len(self.brought) == 2 and self.brought[pid] >= 5:
            self.killed.append(message_from_bytes(envelope.content)["Message-ID"])
            os.kill(pid, signal.SIGKILL)
        return answer


def ports(pid: int) -> set[int]:
    with suppress(psutil.NoSuchProcess):
        return {c.laddr.port for c in psutil.Process(pid).net_connections("tcp")}
    return set()


def until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.1)


@dataclass
class Machines:
    """Worker processes, each with a data folder of its own, beside one database."""

    world: World
    office: PostOffice
    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, now: datetime) -> int:
        """One more, whose clock stands there; its process, once it listens."""
        before = self.listening()
        offset = (now - datetime.now(UTC)).total_seconds()
        settings = self.world.app.extensions["dondoc"].settings
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("DONDOC_")},
            "PYTHONPATH": str(ROOT),
            "DONDOC_PROFILE": "demo",
            "DONDOC_HOME": str(self.folder / f"machine-{len(self.running)}"),
            "DONDOC_DATABASE_URL": settings.database_url,
            "DONDOC_SMTP_URL": self.office.url,
            "DONDOC_DELIVERY": "workers",
            "DONDOC_CLOCK_OFFSET": str(round(offset)),
        }
        command = [sys.executable, "-P", "-m", "cli", "scheduler", "deliver-worker"]
        process = subprocess.Popen(
            [*command, "--with-parent"], env=environment, cwd=ROOT, stdin=subprocess.PIPE
        )
        self.running.append(process)
        # A worker that comes up forgets the dead ones: it is known by its number, not by how many.
        until(lambda: self.listening() - before != set(), "the worker did not come up")
        return process.pid

    def listening(self) -> set[Any]:
        return set(self.asked("SELECT id FROM dispatch.procrastinate_workers"))

    def asked(self, statement: Any) -> list[Any]:
        url = self.world.app.extensions["dondoc"].settings.database_url
        with psycopg.connect(plain(url)) as conn:
            return conn.execute(statement).fetchall()

    def stop(self) -> None:
        for process in self.running:
            assert process.stdin is not None
            process.stdin.close()
        for process in self.running:
            process.wait(60)


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def machines(world: World, tmp_path: Path) -> Iterator[Machines]:
    make_tables(world.app.extensions["dondoc"].settings.database_url)
    with open_office(Watched()) as office:
        found = Machines(world, office, tmp_path)
        try:
            yield found
        finally:
            for process in found.running:
                assert process.stdin is not None
                process.stdin.close()
                process.kill()
                process.wait()


def rows(world: World) -> dict[str, str]:
    with world.engine.connect() as conn:
        return {r.uid: r.state for r in conn.execute(select(MESSAGE.c.uid, MESSAGE.c.state))}


def test_two_workers_and_one_killed_send_every_row_under_its_one_id(
    world: World, machines: Machines
) -> None:
    office = machines.office
    assert isinstance(office, Watched)
    office.workers = [machines.start(world.now), machines.start(world.now)]
    many(world, MAILS, people=MAILS)
    services = world.app.extensions["dondoc"]
    services = replace(services, settings=replace(services.settings, delivery="workers"))
    woken = dispatcher(services)
    assert isinstance(woken, Workers)

    woken.wake(world.now)
    until(lambda: bool(office.killed), "nobody was killed")

    def waiting() -> int:
        return sum(state == MessageState.WAITING for state in rows(world).values())

    # The other one goes on; what the dead one had claimed, ten at most, is left to its lease.
    woken.wake(world.now)
    until(lambda: waiting() <= 10, "the other worker stopped as well")
    assert waiting() > 0, "the claim of the dead one was not kept"
    machines.stop()  # or it takes the wake, and by its clock the lease is not over
    later = world.now + LEASE + timedelta(minutes=1)
    office.workers.append(machines.start(later))
    woken.wake(later)
    until(lambda: waiting() == 0, "what the dead one had claimed was lost")
    machines.stop()

    sent = Counter(office.ids())
    assert set(sent) == set(rows(world))
    assert {uid for uid, n in sent.items() if n > 1} <= set(office.killed)
    assert set(rows(world).values()) == {MessageState.SENT.value}
    assert len(office.brought) == 3, "all three took part"


def test_wakes_that_nobody_has_heard_yet_are_one(world: World) -> None:
    services = world.app.extensions["dondoc"]
    woken = Workers(services)

    for _ in range(5):
        woken.wake(world.now)

    with psycopg.connect(plain(services.settings.database_url)) as conn:
        jobs = conn.execute("SELECT task_name FROM dispatch.procrastinate_jobs").fetchall()
    assert jobs == [("deliver",)]


def test_the_loop_stays_what_is_done_unless_workers_are_asked_for(world: World) -> None:
    assert isinstance(dispatcher(world.app.extensions["dondoc"]), Loop)


def test_workers_are_for_postgresql_and_say_so(world: World, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="PostgreSQL"):
        from_env(
            {"DONDOC_PROFILE": "demo", "DONDOC_HOME": str(tmp_path), "DONDOC_DELIVERY": "workers"}
        )
    with world.app.app_context():
        done = world.app.test_cli_runner().invoke(args=["scheduler", "deliver-worker"])
    assert done.exit_code == 1
    assert "DONDOC_DELIVERY=workers" in done.output
