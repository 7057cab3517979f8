"""The whole life of plan 2940, day by day: the same alerts on both databases, whatever was down.

Every way of ticking must leave the golden list, which stands in the repository as one line a
month: how many alerts, and the SHA-256 of what they say; how many lines people were told, and the
SHA-256 of those. What was told is compared where somebody spoke every morning: after a silence
people hear only what is true by then. DONDOC_WRITE_GOLDEN=1 writes it anew.
DONDOC_BENCH_LIFE="năm bộ hẹn giờ cùng lúc, postgresql": only the ways whose name and engine have
these words; each takes many minutes.
"""

import csv
import hashlib
import os
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from bench.databases import addresses, application
from bench.tables import keep, show
from demo.story import PLAN_CODE, PLAN_FILE
from models.tables import AGENCY, CYCLE, LADDER_TICK
from tests.make import World
from tests.notifications.life import (
    Life,
    Tick,
    down_days,
    made,
    staff,
    tick,
    ticking,
    together,
    told,
    with_a_bad_clock,
)
from workflow.commands.plans import LoadPlan
from workflow.law.facts import SYSTEM

FIRST, LAST = date(2023, 8, 9), date(2030, 12, 31)
GOLDEN = Path(__file__).parent.parent / "tests/notifications/golden/2940-kh-ubnd-2023-2030.csv"

Way = Callable[[World], AbstractContextManager[Tick]]
# Another part of the days for each database.
WAYS: dict[str, dict[str, Way]] = {
    "mỗi ngày một nhịp": {
        "sqlite": lambda world: nullcontext(ticking(world)),
        "postgresql": lambda world: nullcontext(ticking(world)),
    },
    "ngừng ngẫu nhiên": {
        "sqlite": lambda world: nullcontext(ticking(world, down_days(FIRST, LAST, 0.6, 1))),
        "postgresql": lambda world: nullcontext(ticking(world, down_days(FIRST, LAST, 0.97, 2))),
    },
    "năm bộ hẹn giờ cùng lúc": {"sqlite": together, "postgresql": together},
    "đồng hồ lùi một giờ, chạy trước 30 ngày rồi về": {
        "sqlite": lambda world: nullcontext(with_a_bad_clock(world)),
        "postgresql": lambda world: nullcontext(with_a_bad_clock(world)),
    },
}


# Ways that speak every morning, and only of days that are there.
HEARD = ("mỗi ngày một nhịp", "năm bộ hẹn giờ cùng lúc")
Month = tuple[str, int, str, int, str]


def by_month(world: World) -> list[Month]:
    """Each month with its alerts, its told lines and the digests of what they say, sorted."""
    found: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for fired, ended, said in made(world):
        found[f"{fired:%Y-%m}"][0].append(f"{fired} {said} hết {ended}\n")
    for day, line in told(world):
        found[f"{day:%Y-%m}"][1].append(f"{line}\n")
    return [
        (month, len(alerts), digest(alerts), len(lines), digest(lines))
        for month, (alerts, lines) in sorted(found.items())
    ]


def digest(lines: list[str]) -> str:
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def golden(found: list[Month]) -> list[Month]:
    """The list as it was read and approved."""
    if os.environ.get("DONDOC_WRITE_GOLDEN"):
        head = ("month", "alerts", "sha256", "told", "told_sha256")
        with GOLDEN.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([head, *found])
    return approved()


def approved() -> list[Month]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [(month, int(n), digest, int(told), heard) for month, n, digest, told, heard in rows]


def astray(found: list[Month], way: str) -> list[str]:
    """The months that are not those of the list; what was told only where it can be compared.

    After a silence people are told things in months in which no rung fires.
    """
    columns = slice(None) if way in HEARD else slice(3)
    here, there = (
        {month[0]: month[columns] for month in months if way in HEARD or month[1]}
        for months in (found, golden(found))
    )
    return sorted(m for m in here.keys() | there.keys() if here.get(m) != there.get(m))


def born(app: Flask) -> World:
    """The plan as it was issued, with everybody the ladder may want to tell."""
    world = World(app, FIRST, PLAN_CODE, "so-ldtbxh", "ubnd-tinh", FIRST)
    world.do(LoadPlan(PLAN_FILE), SYSTEM)
    with world.engine.connect() as conn:
        agencies = list(conn.execute(select(AGENCY.c.code).order_by(AGENCY.c.id)).scalars())
    return staff(world, agencies)


def lived(url: str, way: Way) -> tuple[list[Month], dict[str, float]]:
    """One life on one database: what it told, and the figures of how."""
    with application(url) as app:
        world = born(app)
        life = Life(world)
        begun = time.perf_counter()
        with way(world) as tick_on:
            life.live(FIRST, LAST, tick_on)
        tick(world, LAST, by_clock=True)
        seconds = time.perf_counter() - begun
        found = by_month(world)
        with world.engine.connect() as conn:
            cycles = conn.execute(select(func.count()).select_from(CYCLE)).scalar_one()
            ticks = conn.execute(select(func.count()).select_from(LADDER_TICK)).scalar_one()
    figures = {
        "cycles": cycles,
        "acts": life.done,
        "not_done": life.not_done,
        "ticks_with_news": ticks,
        "alerts": sum(month[1] for month in found),
        "told": sum(month[3] for month in found),
        "seconds": seconds,
    }
    return found, figures


def main() -> None:
    rows, figures, lists = [], {}, {}
    wanted = os.environ.get("DONDOC_BENCH_LIFE", "")
    for name, ways in WAYS.items():
        engines = tuple(engine for engine in ways if wanted in f"{name}, {engine}")
        with addresses(engines) as found:
            for engine_name, url in found.items():
                months, of_it = lived(url, ways[engine_name])
                key = f"{name}, {engine_name}"
                lost = astray(months, name)
                lists[key] = not lost
                figures[key] = {**of_it, "is_golden": lists[key]}
                rows.append((name, engine_name, *of_it.values(), "có" if lists[key] else "KHÔNG"))
                print(*rows[-1], *lost, flush=True)
    head = ("cách", "máy", "kỳ", "việc", "không kịp", "nhịp có mới", "nhắc", "báo", "giây", "đúng")
    show(f"{FIRST:%d/%m/%Y} – {LAST:%d/%m/%Y}, {len(approved())} tháng", head, rows)
    keep("life", figures)
    if not all(lists.values()):
        raise SystemExit("the lists differ")
