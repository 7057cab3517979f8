"""The morning tick over a million open cycles of which 50,000 fell overdue since yesterday.

As sets in the database, beside a loop that takes one cycle after the other (on a part of them).
"""

import os
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, text
from sqlalchemy.engine import Result

from bench.databases import addresses, application
from bench.tables import keep, show
from models.states import CycleKind, CycleState, Disposition, Role
from models.tables import (
    AGENCY,
    ALERT,
    CYCLE,
    CYCLE_SPAN,
    LADDER_TICK,
    MEMBERSHIP,
    NOTICE,
    PERSON,
    PLAN,
    TASK,
)
from tests.make import STANDING, TaskSpec, noon, settle
from workflow.commands.calendar import SeedCalendar
from workflow.commands.ladder import TickLadder
from workflow.commands.rungs import SeedLadders
from workflow.door import ajar
from workflow.law.facts import SYSTEM
from workflow.law.ladder import Span, ought_to_exist
from workflow.rungs import rungs_of
from workflow.workdays import calendar_of

CYCLES = int(os.environ.get("DONDOC_BENCH_CYCLES", "1000000"))
NEWLY_LATE_SHARE = 20  # one in twenty: 50,000 of a million
AGENCIES = 1000
LOOPED = 2000
DUE, FAR = date(2026, 6, 30), date(2026, 12, 14)
MORNING = DUE + timedelta(days=1)


def numbers(conn: Connection, upto: int) -> str:
    """A set of the numbers 1 to upto, as either database writes it."""
    if conn.dialect.name == "postgresql":
        return f"(SELECT generate_series(1, {upto}) AS n) numbers"
    return (
        f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {upto}) "
        "SELECT n FROM c) numbers"
    )


def one(result: Result[Any]) -> int:
    return int(result.scalar_one())


def fill(engine: Engine) -> None:
    """Agencies with a head and an officer each, and the cycles, half a year old."""
    now = noon(date(2026, 1, 5))
    tasks = CYCLES // AGENCIES
    with ajar("measurement"), engine.execution_options(write=True).begin() as conn:
        plan = one(conn.execute(select(PLAN.c.id)))
        task = conn.execute(select(TASK).order_by(TASK.c.id.desc())).mappings().first()
        assert task is not None
        first_agency = one(conn.execute(select(func.max(AGENCY.c.id)))) + 1
        first_person = (conn.execute(select(func.max(PERSON.c.id))).scalar() or 0) + 1
        first_task = task["id"] + 1
        standing = one(conn.execute(select(AGENCY.c.id).where(AGENCY.c.code == STANDING)))
        sample = conn.execute(select(AGENCY).where(AGENCY.c.id == standing)).mappings().one()
        conn.execute(
            insert(AGENCY),
            [
                {**sample, "id": first_agency + n, "code": f"bench-{n}", "position": 1000 + n}
                for n in range(AGENCIES)
            ],
        )
        people, posts = [], []
        for n in range(AGENCIES):
            for at, role in enumerate((Role.HEAD, Role.OFFICER)):
                person_id = first_person + 2 * n + at
                people.append(
                    {
                        "id": person_id,
                        "login": f"{role.value}.{n}",
                        "name": f"Người {n}",
                        "post": "",
                        "created_at": now,
                    }
                )
                posts.append(
                    {
                        "person_id": person_id,
                        "agency_id": first_agency + n,
                        "role": role.value,
                        "valid_from": date(2024, 1, 1),
                    }
                )
        conn.execute(insert(PERSON), people)
        conn.execute(insert(MEMBERSHIP), posts)
        conn.execute(
            insert(TASK),
            [
                {**task, "id": first_task + n, "code": f"B.{n}", "position": 10_000 + n}
                for n in range(tasks)
            ],
        )
        day = "DATE " if conn.dialect.name == "postgresql" else ""
        due = f"CASE WHEN n % {NEWLY_LATE_SHARE} = 0 THEN {day}'{DUE}' ELSE {day}'{FAR}' END"
        first = (conn.execute(select(func.max(CYCLE.c.id))).scalar() or 0) + 1
        conn.execute(
            text(
                "INSERT INTO cycle (id, plan_id, task_id, task_version_id, agency_id, kind, year, "
                "opened_on, state, disposition, due_on, original_due_on, effective_due_on, "
                "due_basis, return_count, withdraw_count, reopen_count, extension_count, percent, "
                f"changed_at, version) SELECT {first} + n, {plan}, "
                f"{first_task} + (n - 1) / {AGENCIES}, {task['current_version_id']}, "
                f"{first_agency} + (n - 1) % {AGENCIES}, '{CycleKind.ANNUAL.value}', 2026, "
                f"{day}'2026-01-05', '{CycleState.IN_PROGRESS.value}', "
                f"'{Disposition.ACTIVE.value}', {due}, {due}, {due}, 'đo', 0, 0, 0, 0, 0, "
                f"'2026-01-05 05:00:00', 1 FROM {numbers(conn, tasks * AGENCIES)}"
            )
        )
        spans = select(CYCLE.c.id, CYCLE.c.agency_id, CYCLE.c.effective_due_on, CYCLE.c.opened_on)
        names = ["cycle_id", "agency_id", "due_on", "since_on"]
        conn.execute(insert(CYCLE_SPAN).from_select(names, spans.where(CYCLE.c.id >= first)))
        conn.execute(
            insert(LADDER_TICK),
            {
                "at": noon(DUE),
                "since_on": DUE,
                "upto_on": DUE,
                "created": 0,
                "superseded": 0,
                "withdrawn": 0,
            },
        )
        conn.exec_driver_sql("ANALYZE")


def loop(engine: Engine) -> float:
    """Seconds for LOOPED cycles, one after the other: read, decide, write; then all undone."""
    with ajar("measurement"), engine.execution_options(write=True).connect() as conn:
        transaction = conn.begin()
        begun = time.perf_counter()
        calendar, rungs = calendar_of(conn), rungs_of(conn)
        rows = conn.execute(
            select(CYCLE.c.id, CYCLE.c.plan_id, CYCLE.c.agency_id).limit(LOOPED)
        ).all()
        for row in rows:
            found = conn.execute(select(CYCLE_SPAN).where(CYCLE_SPAN.c.cycle_id == row.id)).all()
            spans = [Span(s.due_on, s.since_on, s.until_on) for s in found]
            posts = {r.code: r.posts for r in rungs[row.plan_id]}
            for f in ought_to_exist(rungs[row.plan_id], spans, calendar, DUE, MORNING):
                for post in posts[f.rung]:
                    conn.execute(
                        insert(ALERT),
                        {
                            "cycle_id": row.id,
                            "due_on": f.due_on,
                            "rung": f.rung,
                            "post": post,
                            "agency_id": row.agency_id,
                            "fires_on": f.fires_on,
                            "position": f.position,
                            "span_id": found[0].id,
                        },
                    )
        seconds = time.perf_counter() - begun
        transaction.rollback()
    return seconds


def main() -> None:
    rows, figures = [], {}
    with addresses() as found:
        for engine_name, url in found.items():
            with application(url) as app, tempfile.TemporaryDirectory() as folder:
                world = settle(app, Path(folder), [TaskSpec("II.2-a")])
                for seed in (SeedCalendar(), SeedLadders()):
                    world.do(seed, SYSTEM, now=noon(date(2026, 1, 5)))
                fill(world.engine)
                by_loop = loop(world.engine)
                begun = time.perf_counter()
                done = world.do(TickLadder(MORNING), SYSTEM, now=noon(MORNING)).data
                seconds = time.perf_counter() - begun
                begun = time.perf_counter()
                again = world.do(TickLadder(MORNING), SYSTEM, now=noon(MORNING)).data
                idle = time.perf_counter() - begun
                with world.engine.connect() as conn:
                    late = one(conn.execute(select(func.count(func.distinct(ALERT.c.cycle_id)))))
                    lines = one(conn.execute(select(func.count()).select_from(NOTICE)))
            assert again["created"] == 0
            looped = by_loop / LOOPED * CYCLES
            rows.append(
                (engine_name, late, done["created"], lines, seconds, idle, looped, looped / seconds)
            )
            figures[engine_name] = {
                "cycles": CYCLES,
                "newly_overdue": late,
                "alerts": done["created"],
                "notices": lines,
                "seconds": seconds,
                "again_seconds": idle,
                "loop_seconds_estimated": looped,
                "ratio": looped / seconds,
            }
    show(
        f"Nhịp sáng trên {CYCLES:,} kỳ đang mở",
        ("máy", "mới quá hạn", "nhắc", "thông báo", "giây", "lần nữa", "vòng lặp (ước)", "lần"),
        rows,
    )
    keep("sweep", figures)
