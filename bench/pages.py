"""Lists and details at 40,000 cycles: p50 and p95 through the whole application, both databases."""

import statistics
import time
from multiprocessing import get_context
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench.databases import addresses, application
from bench.tables import keep, show
from cli import command_line
from cli.listen import settle_down
from models.states import CycleState
from models.tables import AGENCY, CYCLE
from tests.web.reader import Reader
from workflow.door import ajar
from workflow.identity import actor_by_login

CYCLES, TIMES, GOAL = 40_000, 40, 100.0
TOLD_UNTIL = "2026-11-20"
PLAN = "plans/2940-kh-ubnd.yaml"
READERS = {
    "head": "gd.so-xay-dung",
    "standing head": "gd.so-ldtbxh",
    "office": "vp.ubnd-tinh",
    "inspector": "ttv.thanh-tra-tinh",
}


def paths(app: Flask) -> dict[str, list[tuple[str, str]]]:
    """Pages by reader: (name, address)."""
    with app.extensions["dondoc"].engine.connect() as conn:
        lead = select(AGENCY.c.id).where(AGENCY.c.code == "so-xay-dung").scalar_subquery()

        def cycle(state: CycleState) -> Any:
            return conn.execute(
                select(CYCLE.c.id, CYCLE.c.task_id)
                .where(CYCLE.c.agency_id == lead, CYCLE.c.state == state.value)
                .order_by(CYCLE.c.id.desc())
                .limit(1)
            ).first()

        done, working = cycle(CycleState.COMPLETED), cycle(CycleState.IN_PROGRESS)
    lists = [
        ("inbox", "/inbox"),
        ("list", "/tasks"),
        ("list, page 3", "/tasks?page=3"),
        ("list, search", "/tasks?q=nha+o+xa+hoi"),
        ("list, filters", "/tasks?year=2026&state=in_progress&sort=agency"),
        ("task", f"/tasks/{done.task_id}"),
        ("cycle, completed", f"/cycles/{done.id}"),
    ]
    found = {who: list(lists) for who in READERS}
    if working:
        found["head"] += [
            ("cycle, in progress", f"/cycles/{working.id}"),
            ("draft", f"/cycles/{working.id}/report"),
        ]
    found["standing head"] += [("queue", "/verify")]
    found["office"] += [("queue", "/verify")]
    found["inspector"] += [("log", "/audit")]
    return found


def measure(app: Flask) -> list[tuple[str, str, float, float]]:
    """(reader, page, p50, p95) in milliseconds."""
    services = app.extensions["dondoc"]
    rows = []
    for who, pages in paths(app).items():
        with services.engine.connect() as conn:
            actor = actor_by_login(conn, READERS[who], services.clock.today())
        reader = Reader(app, actor)
        for name, path in pages:
            taken = []
            for n in range(TIMES + 3):
                begin = time.perf_counter()
                answer = reader.client.get(path)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path} as {who}: {answer.status_code}")
                answer.get_data()
                if n >= 3:  # the first ones fill what is remembered
                    taken.append(1000 * (time.perf_counter() - begin))
                answer.close()
            taken.sort()
            p95 = taken[int(0.95 * (len(taken) - 1))]
            rows.append((who, name, statistics.median(taken), p95))
    return rows


def tell(app: Flask) -> None:
    """The story, multiplied."""
    for line in (
        ["plan", "load", PLAN],
        ["demo", "load", "--on", TOLD_UNTIL, "--scale", str(CYCLES)],
    ):
        try:
            command_line(app, line)
        except SystemExit as end:
            if end.code:
                raise


def settle(app: Flask) -> None:
    """As a database is a minute later: on PostgreSQL autovacuum has been there and counted."""
    engine = app.extensions["dondoc"].engine
    if engine.dialect.name == "postgresql":
        alone = engine.execution_options(isolation_level="AUTOCOMMIT")
        with ajar("measurement"), alone.connect() as conn:
            conn.exec_driver_sql("VACUUM ANALYZE")


def told(url: str) -> None:
    """In a process of its own: what measures must be as small as a server that has just begun."""
    with application(url) as app:
        tell(app)
        settle(app)


def main() -> None:
    rows, figures = [], {}
    with addresses() as urls:
        for engine, url in urls.items():
            teller = get_context("spawn").Process(target=told, args=(url,))
            teller.start()
            teller.join()
            if teller.exitcode:
                raise SystemExit(teller.exitcode)
            with application(url) as app:
                with app.extensions["dondoc"].engine.connect() as conn:
                    there = conn.execute(select(func.count()).select_from(CYCLE)).scalar_one()
                settle_down()  # as a worker of the server does
                found = measure(app)
            figures[engine] = {"cycles": there, "pages": found}
            rows += [(engine, *row, "" if row[3] <= GOAL else "over") for row in found]
    show(
        f"Trang ở {CYCLES:,} kỳ, ms (mục tiêu p95 ≤ {GOAL:.0f})",
        ("engine", "reader", "page", "p50", "p95", ""),
        rows,
    )
    print(f"\n{keep('pages', figures)}")
