"""axe, the narrowest window and the weight of every page, for every reader, width and theme.

The suite looks at each kind of page once; this looks at all of them. The figures are the heaviest
pages and whatever was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product

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
def story() -> Iterator[Flask]:
    """The demo story on its last day, in a folder that is thrown away."""
    with addresses(("sqlite",)) as urls:
        url = urls["sqlite"]
        with application(url) as app:
            try:
                command_line(app, ["demo", "load", "--on", TOLD_UNTIL])
            except SystemExit as end:
                if end.code:
                    raise
        with application(url) as app:
            set_clock(app, end_of_day(date.fromisoformat(TOLD_UNTIL)))
            yield app


def main() -> None:
    found, weights = [], {}
    with story() as app, browsers.chromium() as chromium, browsers.serving(app) as live:
        for who in walk.READERS:
            read = walk.reader(app, who)
            with walk.window(chromium, live.url, read) as page:
                for stop in walk.stops(app, who, read):
                    weights[stop.kind, who] = stop.weight
                    for width, theme in product(walk.WIDTHS, walk.THEMES):
                        wrong = walk.faults(page, live.url + stop.path, width, theme)
                        found.append((stop, width, theme, wrong))
                        for fault in walk.table([found[-1]]):
                            print(f"  {fault}", flush=True)
            print(f"  … {who}: {len(found)} lần xem", flush=True)
    faults = walk.table(found)
    worst = sorted(weights.items(), key=lambda item: -item[1])[:HEAVIEST]
    show(
        f"{len(found)} lần xem, {len(faults)} lỗi; trang nặng nhất, byte khi gửi",
        ("page", "reader", "bytes"),
        [(kind, who, weight) for (kind, who), weight in worst],
    )
    for fault in faults:
        print(fault)
    figures = {
        "looks": len(found),
        "faults": faults,
        "weights": {f"{kind} as {who}": weight for (kind, who), weight in weights.items()},
    }
    print(f"\n{keep('access', figures)}")
