"""axe, the narrowest window and the weight of every page, for every reader, width and theme.

The suite looks at each kind of page once; this looks at all of them. The figures are the heaviest
pages and whatever was found.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from multiprocessing import get_context

from flask import Flask

from bench.databases import addresses, application
from bench.pages import TOLD_UNTIL
from bench.tables import keep, show
from cli import command_line
from tests import browser as browsers
from tests.access import walk
from tests.visitors import set_clock
from workflow.law.deadlines import end_of_day

HEAVIEST = 15


@contextmanager
def told(url: str) -> Iterator[Flask]:
    """An application on the last day of the story this database tells."""
    with application(url) as app:
        set_clock(app, end_of_day(date.fromisoformat(TOLD_UNTIL)))
        yield app


@contextmanager
def story() -> Iterator[str]:
    """The address of a database with the demo story, thrown away afterwards."""
    with addresses(("sqlite",)) as urls:
        with application(urls["sqlite"]) as app:
            try:
                command_line(app, ["demo", "load", "--on", TOLD_UNTIL])
            except SystemExit as end:
                if end.code:
                    raise
        yield urls["sqlite"]


def seen_by(url: str, who: str) -> list[walk.Look]:
    """Every page this reader reaches at every width in every theme."""
    with told(url) as app, browsers.chromium() as chromium, browsers.serving(app) as live:
        read = walk.reader(app, who)
        with walk.window(chromium, live.url, read) as page:
            return [
                (replace(stop, html=""), *look)
                for stop in walk.stops(app, who, read)
                for look in walk.looks(page, live.url + stop.path)
            ]


def main() -> None:
    looked: list[walk.Look] = []
    # A reader each for as many processes as there are processors; nobody writes.
    with story() as url, ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        waiting = {pool.submit(seen_by, url, who): who for who in walk.READERS}
        for done in as_completed(waiting):
            found = done.result()
            looked += found
            print(f"  … {waiting[done]}: {len(found)} lần xem", flush=True)
            for fault in walk.table(found):
                print(f"  {fault}", flush=True)
    faults = walk.table(looked)
    weights = {f"{stop.kind} as {stop.reader}": stop.weight for stop, *_ in looked}
    worst = sorted(weights.items(), key=lambda item: -item[1])[:HEAVIEST]
    show(
        f"{len(weights)} trang, {len(looked)} lần xem, {len(faults)} lỗi; "
        "trang nặng nhất, byte khi gửi",
        ("page", "bytes"),
        worst,
    )
    figures = {"looks": len(looked), "faults": faults, "weights": weights}
    print(f"\n{keep('access', figures)}")
