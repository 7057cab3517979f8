"""Tampering with every right in the database: fourteen classes, 10,000 cases; then with the key.

1,008 of them run with the tests, `python -m bench tamper` runs the whole campaign.
"""

import random
import time
from pathlib import Path

from flask import Flask

from bench.databases import addresses, application, place
from bench.tables import keep, show
from ledger import keys
from ledger.checkpoint import Signer
from ledger.sealer import Sealer
from tests.ledger import scene
from tests.ledger.tampering import CLASSES
from tests.make import settle

CASES = {"sqlite": 715, "postgresql": 72}  # of each class: 10,010 and 1,008
THEFTS = 300


def thefts(told: scene.Told, signer: Signer, outside: list[str], cases: int) -> int:
    """Rewrites by a superuser who also has the sealer's key: how many are found."""
    found = 0
    with scene.remembering(), scene.as_superuser(told) as (su, source):
        for case in range(cases):
            with scene.taken_back(su):
                CLASSES["rewrite"](su, random.Random(case))
                su.resign(signer)
                found += not scene.look(source, outside, str(signer.public))["ok"]
    return found


def told_log(app: Flask, folder: Path) -> tuple[scene.Told, Signer]:
    """A log with a story in it, and the key it is sealed with."""
    world = settle(app, folder)
    world.open_year(2026)
    signer = keys.make(folder / "ledger", "bench.example/dondoc")
    scene.tell_a_story(world, Sealer(world.engine, folder / "ledger", lambda: world.now))
    return scene.told(world, folder / "files"), signer


def main() -> None:
    rows, figures = [], {}
    with addresses() as urls:
        for engine, url in urls.items():
            with application(url) as app, place() as folder:
                told, signer = told_log(app, folder)
                begin = time.perf_counter()
                missed = scene.campaign(told, str(signer.public), CASES[engine])
                seconds = time.perf_counter() - begin
                cases = CASES[engine] * len(CLASSES)
                one = thefts(told, signer, list(told.kept[-1:]), THEFTS)
                none = thefts(told, signer, [], THEFTS)
                rows.append((engine, cases, cases - len(missed), seconds, one, none, THEFTS))
                figures[engine] = {
                    "cases": cases,
                    "missed": missed,
                    "seconds": seconds,
                    "thefts": THEFTS,
                    "found_with_a_copy_outside": one,
                    "found_without": none,
                }
    show(
        "Sửa trộm nhật ký với mọi quyền trong cơ sở dữ liệu; trộm cả khóa, có và không có bản sao",
        ("engine", "cases", "found", "seconds", "key + copy", "key, no copy", "of"),
        rows,
    )
    print(f"\n{keep('tamper', figures)}")
