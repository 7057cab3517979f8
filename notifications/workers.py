"""Delivery on several machines: procrastinate wakes workers through PostgreSQL.

Its jobs carry nothing. A job of a worker that was killed may stay “doing” for ever (its issue
1518); the mails it had claimed are free again when their lease is over, and the next wake finds
them. Its tables stand in a schema of their own, so that ours is what our migrations say.
"""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status
from psycopg import connect, sql
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from models.states import MessageState
from models.tables import MESSAGE
from notifications.deliver import AT_ONCE, Delivered
from notifications.rounds import Services, deliver_round, prepare_round

SCHEMA = "dispatch"
TASK = "deliver"
# One wake waits at most; more would say nothing new.
ONE_WAITS = "deliver"
# The sweep of the workers themselves: also when no scheduler runs, and for leases that ran out.
EVERY_MINUTE = "* * * * *"
# Two machines that begin at once: one of them makes the tables.
MAKING = 2940_202309


class Workers:
    """Wakes one worker, wherever it runs; the work is done there."""

    def __init__(self, services: Services) -> None:
        make_tables(services.settings.database_url)
        self._app = App(connector=SyncPsycopgConnector(**_where(services.settings.database_url)))

    def wake(self, now: datetime) -> Delivered | None:
        with self._app.open(), suppress(AlreadyEnqueued):
            self._app.configure_task(TASK, queueing_lock=ONE_WAITS).defer()
        return None


def _where(database_url: str) -> dict[str, Any]:
    """How procrastinate's connections reach our database, and its own schema in it."""
    plain = make_url(database_url).set(drivername="postgresql")
    return {
        "conninfo": plain.render_as_string(hide_password=False),
        "kwargs": {"options": f"-c search_path={SCHEMA}"},
        "min_size": 1,
        "max_size": 4,
    }


def make_tables(database_url: str) -> None:
    """Procrastinate's own tables, where they are not there yet."""
    where = _where(database_url)
    with connect(where["conninfo"], **where["kwargs"]) as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        made = conn.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.procrastinate_jobs"]).fetchone()
        if made is None or made[0] is None:
            conn.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
            conn.execute(App(connector=SyncPsycopgConnector()).schema_manager.get_schema())


def is_much_due(services: Services, now: datetime) -> bool:
    """More waits than one claim takes: another worker has something to do as well."""
    with services.engine.connect() as conn:
        due = select(func.count()).where(
            MESSAGE.c.state == MessageState.WAITING.value,
            MESSAGE.c.next_try_at <= now,
            MESSAGE.c.claimed_until.is_(None),
        )
        return conn.execute(due).scalar_one() > AT_ONCE


def worker(services: Services) -> App:
    """What a worker process runs: told to, or every minute, it sends what is due."""
    app = App(connector=PsycopgConnector(**_where(services.settings.database_url)))

    @app.periodic(cron=EVERY_MINUTE)
    @app.task(name=TASK, queueing_lock=ONE_WAITS)
    async def deliver(timestamp: int = 0) -> None:
        now = services.clock.now()
        await asyncio.to_thread(prepare_round, services, now)
        if await asyncio.to_thread(is_much_due, services, now):
            with suppress(AlreadyEnqueued):
                await app.configure_task(TASK, queueing_lock=ONE_WAITS).defer_async()
        await asyncio.to_thread(deliver_round, services, now)

    return app


async def work(services: Services, stop: asyncio.Event) -> None:
    """Work until stopped; a round that has begun is finished."""
    make_tables(services.settings.database_url)
    app = worker(services)
    async with app.open_async():
        await _forget_the_dead(app)
        working = asyncio.ensure_future(
            app.run_worker_async(delete_jobs="always", install_signal_handlers=False)
        )
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


async def _forget_the_dead(app: App) -> None:
    """Jobs of workers that were killed: they carry nothing that could be lost."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
