"""The timetable: one process does what is due, however many are started."""

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import click
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from filelock import FileLock, Timeout
from flask import current_app
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from cli import refused
from cli.children import when_parent_goes
from cli.database import sqlite_file
from workflow import heartbeat
from workflow.timetable import TIMES, Times

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
# Any number, but the same in every process of this system.
ADVISORY_LOCK = 2940_202308
NIGHT = 2  # the hour of Vietnam in which long work is done
log = logging.getLogger("dondoc.scheduler")


@dataclass(frozen=True)
class Job:
    """A line of the timetable. What it does must be safe to do twice and late."""

    name: str
    trigger: BaseTrigger
    act: Callable[[], Any]


def timetable(services: Any) -> list[Job]:
    """Weekdays by name: APScheduler's numbers begin with Monday as 0, cron's with Sunday.

    Whether a day is worked is asked of the calendar by the job itself: some Saturdays are.
    """
    from ledger.service import Ledger
    from notifications.dispatch import tell_round
    from notifications.rounds import remind_if_due, tick_round
    from workflow.commands.clock import SweepExpired
    from workflow.law.facts import SYSTEM

    def sweep() -> None:
        services.door.perform(SweepExpired(), SYSTEM, services.clock.now())

    def tick() -> None:
        tick_round(services, services.clock.now(), by_clock=True)

    def remind() -> None:
        remind_if_due(services, services.clock.now())

    def deliver() -> None:
        tell_round(services, services.clock.now())

    log = Ledger(
        services.engine, services.settings.home, services.settings.files, services.clock.now
    )

    def verify_log() -> None:
        is_night = services.clock.now().astimezone(ZONE).hour == NIGHT
        log.verify_and_tell(services.door, whole=is_night or log.is_small())

    def watch_sealing() -> None:
        log.tell_if_unsealed(services.door)

    acts = {
        "sweep": sweep,
        "tick": tick,
        "remind": remind,
        # The whole log every hour while that is a matter of seconds; then once a night, and every
        # hour what is new.
        "verify-log": verify_log,
        "watch-sealing": watch_sealing,
        "deliver": deliver,
    }
    return [Job(name, trigger(times), acts[name]) for name, times in TIMES.items()]


def trigger(times: Times) -> BaseTrigger:
    """A line of the timetable as APScheduler needs it."""
    found: BaseTrigger
    if times.every is not None:
        found = IntervalTrigger(seconds=int(times.every.total_seconds()), timezone=ZONE)
    else:
        hour = "*" if times.hour is None else times.hour
        minutes = ",".join(map(str, times.minutes))
        found = CronTrigger(day_of_week="mon-sun", hour=hour, minute=minutes, timezone=ZONE)
    return OrTrigger([DateTrigger(timezone=ZONE), found]) if times.also_at_start else found


# ------------------------------------------------------------------------------ who leads


class Leadership(Protocol):
    """At most one process has it; who loses it is told by `held`."""

    def take(self) -> bool: ...

    def held(self) -> bool: ...

    def leave(self) -> None: ...


class FileLeadership:
    """SQLite lives on one machine: a file lock, which the system gives back even after a kill."""

    def __init__(self, file: Path) -> None:
        self._lock = FileLock(file)

    def take(self) -> bool:
        with suppress(Timeout):
            self._lock.acquire(blocking=False)
        return self._lock.is_locked

    def held(self) -> bool:
        return self._lock.is_locked

    def leave(self) -> None:
        self._lock.release()


class AdvisoryLeadership:
    """PostgreSQL: a lock of one connection; when the connection is gone, so is the lead."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._conn: Connection | None = None

    def take(self) -> bool:
        try:
            if self._conn is None:
                self._conn = self._engine.connect()
            taken = self._conn.execute(text(f"SELECT pg_try_advisory_lock({ADVISORY_LOCK})"))
            return bool(taken.scalar())
        except DBAPIError:
            self._drop()
            return False

    def held(self) -> bool:
        try:
            if self._conn is not None:
                self._conn.execute(text("SELECT 1"))
                return True
        except DBAPIError:
            self._drop()
        return False

    def leave(self) -> None:
        if self._conn is not None:
            # Said aloud: a closed connection is noticed by the server only a little later.
            with suppress(DBAPIError):
                self._conn.execute(text(f"SELECT pg_advisory_unlock({ADVISORY_LOCK})"))
        self._drop()

    def _drop(self) -> None:
        if self._conn is not None:
            # Not back into the pool: a connection that lives on would keep the lock.
            self._conn.invalidate()
            self._conn.close()
            self._conn = None


def leadership(services: Any) -> Leadership:
    if sqlite_file(services.settings.database_url) is not None:
        return FileLeadership(services.settings.home / "scheduler.lock")
    return AdvisoryLeadership(services.engine)


# ------------------------------------------------------------------------------ running


@contextmanager
def running(jobs: list[Job]) -> Iterator[BackgroundScheduler]:
    scheduler = BackgroundScheduler(timezone=ZONE)
    for job in jobs:
        scheduler.add_job(
            job.act,
            job.trigger,
            id=job.name,
            name=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # late is better than never: a job asks what is due now
        )
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.shutdown(wait=False)


def run(services: Any, stop: threading.Event, pause: float = 0.5) -> None:
    """Compete for the lead; while leading, do what is due; begin again when the lead is lost."""
    lead = leadership(services)
    home, clock = services.settings.home, services.clock
    beats = threading.Event()

    def pulse() -> None:
        while not stop.is_set():
            heartbeat.beat(home, clock.now(), beats.is_set())
            stop.wait(heartbeat.EVERY.total_seconds())

    pulsing = threading.Thread(target=pulse, name="heartbeat", daemon=True)
    pulsing.start()
    jobs = timetable(services)
    while not stop.is_set():
        if not lead.take():
            stop.wait(pause)
            continue
        log.info("leading")
        beats.set()
        try:
            with running(jobs):
                while not stop.wait(pause) and lead.held():
                    pass
        finally:
            beats.clear()
            lead.leave()
    pulsing.join()
    heartbeat.leave(home)


@click.group("scheduler")
def group() -> None:
    """Lịch chạy các việc định kỳ."""


@group.command("run")
@click.option("--with-parent", is_flag=True, help="Dừng khi nơi khởi động nó dừng (stdin đóng).")
def run_command(with_parent: bool) -> None:
    """Chạy tới khi được bảo dừng; chạy nhiều nơi cùng lúc thì một nơi làm việc."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if with_parent:
        when_parent_goes(stop.set)
    run(current_app.extensions["dondoc"], stop)


@group.command("deliver-worker")
@click.option("--with-parent", is_flag=True, help="Dừng khi nơi khởi động nó dừng (stdin đóng).")
def deliver_worker_command(with_parent: bool) -> None:
    """Gửi thư tới khi được bảo dừng; chạy được trên nhiều máy cùng lúc (PostgreSQL)."""
    services = current_app.extensions["dondoc"]
    if services.settings.delivery != "workers":
        refused(["Chưa đặt DONDOC_DELIVERY=workers: bộ lịch đang tự gửi thư."])
    from notifications.workers import work

    async def until_stopped() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()

        def stop_now() -> None:
            loop.call_soon_threadsafe(stop.set)

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop_now())
        if with_parent:
            when_parent_goes(stop_now)
        await work(services, stop)

    asyncio.run(until_stopped())
