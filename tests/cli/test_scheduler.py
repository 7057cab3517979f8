"""However many schedulers run, one works; when it goes, the next takes over."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from typing import Any

import pytest
from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from sqlalchemy import text

from cli import scheduler
from workflow import heartbeat


@pytest.fixture
def services(app: Flask) -> Any:
    return app.extensions["dondoc"]


@pytest.fixture
def rivals(services: Any) -> Iterator[tuple[scheduler.Leadership, scheduler.Leadership]]:
    with ExitStack() as stack:
        pair = scheduler.leadership(services), scheduler.leadership(services)
        for one in pair:
            stack.callback(one.leave)
        yield pair


Rivals = tuple[scheduler.Leadership, scheduler.Leadership]


def test_one_leads_until_it_leaves(rivals: Rivals) -> None:
    first, second = rivals

    assert first.take()
    assert not second.take()
    assert first.held()
    first.leave()

    assert second.take()


def test_a_leader_whose_connection_is_cut_is_told_and_followed(
    rivals: Rivals, services: Any
) -> None:
    first, second = rivals
    if not isinstance(first, scheduler.AdvisoryLeadership):
        return
    assert first.take()

    with services.engine.connect() as conn:
        conn.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks "
                "WHERE locktype = 'advisory' AND granted "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )

    assert not first.held()
    assert second.take()


def test_who_leads_does_what_is_due_and_says_that_it_lives(
    services: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, done = threading.Event(), threading.Event()
    job = scheduler.Job("every second", CronTrigger(second="*"), done.set)
    monkeypatch.setattr(scheduler, "timetable", lambda _: [job])
    runner = threading.Thread(target=scheduler.run, args=(services, stop, 0.01))

    runner.start()
    worked = done.wait(30)
    assert (services.settings.home / heartbeat.FILE).exists()
    stop.set()
    runner.join(30)

    assert worked
    assert not runner.is_alive()
    assert not (services.settings.home / heartbeat.FILE).exists()
    heir = scheduler.leadership(services)
    assert heir.take()
    heir.leave()


def test_who_does_not_lead_does_nothing(services: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    leader = scheduler.leadership(services)
    assert leader.take()
    stop, asked = threading.Event(), threading.Event()
    begun: list[str] = []
    monkeypatch.setattr(scheduler, "running", lambda _: nullcontext(begun.append("work")))
    monkeypatch.setattr(scheduler, "timetable", lambda _: [])
    real = scheduler.leadership(services)

    class Watched:
        def take(self) -> bool:
            taken = real.take()
            asked.set()
            return taken

    monkeypatch.setattr(scheduler, "leadership", lambda _: Watched())
    runner = threading.Thread(target=scheduler.run, args=(services, stop, 0.01))

    runner.start()
    assert asked.wait(30)
    stop.set()
    runner.join(30)

    assert begun == [], "two schedulers work at the same time"
    assert not runner.is_alive()
    leader.leave()
    real.leave()


def test_every_line_of_the_timetable_can_be_done_twice(services: Any) -> None:
    for job in scheduler.timetable(services):
        job.act()
        job.act()
