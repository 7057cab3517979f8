"""However many schedulers run, one works; when it goes, the next takes over."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from cli import scheduler
from workflow import heartbeat
from workflow.timetable import TIMES, next_run


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


@pytest.mark.parametrize("name", [n for n, times in TIMES.items() if times.every is None])
@given(microseconds=st.integers(0, 366 * 24 * 3600 * 10**6))
def test_what_the_page_says_comes_next_is_what_runs_next(name: str, microseconds: int) -> None:
    """Without what runs at the start of the process, which the page cannot foresee."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    times = replace(TIMES[name], also_at_start=False)

    found = next_run(times, at)

    # APScheduler counts a moment itself as one to come.
    after = at + timedelta(microseconds=1)
    assert found == scheduler.trigger(times).get_next_fire_time(None, after)


def test_the_timetable_has_its_six_lines(services: Any) -> None:
    now = datetime(2026, 12, 30, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam

    assert {job.name for job in scheduler.timetable(services)} == set(TIMES)
    assert {n: f"{next_run(t, now):%H:%M %d/%m}" for n, t in TIMES.items()} == {
        "tick": "12:05 30/12",
        "remind": "07:30 31/12",
        "deliver": "12:01 30/12",
        "sweep": "12:17 30/12",
        "verify-log": "12:47 30/12",
        "watch-sealing": "12:05 30/12",
    }
