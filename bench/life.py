"""The whole life of a plan, day by day: the same alerts on both databases, whatever was down."""

import hashlib
import random
import tempfile
import time
from datetime import date
from pathlib import Path

from bench.databases import addresses, application
from bench.tables import keep, show
from tests.make import settle
from tests.notifications.conftest import staff
from tests.notifications.life import DAY, Life, alerts, days, tick

FIRST, LAST = date(2024, 1, 2), date(2030, 12, 31)


def down_days(seed: int | None) -> set[date]:
    """Random days without a scheduler; seed None: it never stops."""
    if seed is None:
        return set()
    rng = random.Random(seed)
    return {d for d in days(FIRST, LAST) if rng.random() < 0.6}


def main() -> None:
    rows, lists = [], {}
    for name, down, runs_ahead in (
        ("mỗi ngày một nhịp", down_days(None), False),
        ("nghỉ ngẫu nhiên 60% số ngày", down_days(1), False),
        ("đồng hồ chạy trước 30 ngày rồi về", down_days(None), True),
    ):
        with addresses() as found:
            for engine_name, url in found.items():
                with application(url) as app, tempfile.TemporaryDirectory() as folder:
                    world = staff(settle(app, Path(folder)))
                    rng = random.Random(3)

                    def morning(
                        day: date,
                        world: object = world,
                        down: set[date] = down,
                        ahead: bool = runs_ahead,
                        rng: random.Random = rng,
                    ) -> None:
                        if ahead and rng.random() < 0.02:
                            tick(world, day + DAY * 30, by_clock=True)  # type: ignore[arg-type]
                        if day not in down:
                            tick(world, day, by_clock=True)  # type: ignore[arg-type]

                    begun = time.perf_counter()
                    Life(world).live(FIRST, LAST, morning)
                    tick(world, LAST, by_clock=True)
                    seconds = time.perf_counter() - begun
                    lines = alerts(world)
                digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
                lists[f"{name} {engine_name}"] = digest
                rows.append((name, engine_name, len(lines), digest[:16], seconds))
    show(f"{FIRST} – {LAST}", ("cách", "máy", "nhắc", "danh sách", "giây"), rows)
    keep("life", {"lists": lists, "same": len(set(lists.values())) == 1})
    if len(set(lists.values())) != 1:
        raise SystemExit("the lists differ")
