"""Every kind of page once, in turn at each width and in each theme; all of them: `bench access`."""

from collections.abc import Iterator
from itertools import cycle, product

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests import browser as browsers
from tests.access import walk
from tests.demo.conftest import UNTIL, story_app
from tests.visitors import set_clock
from tests.web.reader import Reader
from workflow.law.deadlines import end_of_day

__all__ = ["story_app"]

HEAVIEST = 30 * 1024  # bytes of HTML on the wire


@pytest.fixture(scope="module")
def app(story_app: Flask) -> Flask:
    set_clock(story_app, end_of_day(UNTIL))
    return story_app


@pytest.fixture(scope="module")
def tour(app: Flask) -> list[tuple[Reader, list[walk.Stop]]]:
    """Each reader with the kinds of page that no reader before reached, and the first page."""
    found, known = [], set()
    for who in walk.READERS:
        read = walk.reader(app, who)
        own = list(walk.stops(app, who, read))
        found.append(
            (read, [stop for n, stop in enumerate(own) if n == 0 or stop.kind not in known])
        )
        known |= {stop.kind for stop in own}
    return found


@pytest.fixture(scope="module")
def live(app: Flask) -> Iterator[browsers.LiveServer]:
    with browsers.serving(app) as found:
        yield found


def test_axe_and_the_narrowest_window_find_nothing(
    live: browsers.LiveServer, chromium: Browser, tour: list[tuple[Reader, list[walk.Stop]]]
) -> None:
    turns = cycle(product(walk.WIDTHS, walk.THEMES))
    wrong: list[walk.Look] = []
    looked = 0
    for read, stops in tour:
        with walk.window(chromium, live.url, read) as page:
            for stop in stops:
                width, theme = next(turns)
                wrong += [
                    (stop, *look)
                    for look in walk.looks(page, live.url + stop.path, [width], [theme])
                ]
                looked += 1

    assert walk.table(wrong) == []
    assert looked > 60, "hardly a page was looked at"


def test_no_page_is_heavy(tour: list[tuple[Reader, list[walk.Stop]]]) -> None:
    weights = {stop.path: stop.weight for _, stops in tour for stop in stops}

    assert {path: weight for path, weight in weights.items() if weight > HEAVIEST} == {}


def test_axe_sees_what_is_wrong(live: browsers.LiveServer, chromium: Browser, app: Flask) -> None:
    with walk.window(chromium, live.url, walk.reader(app, "stranger")) as page:
        page.goto(live.url + "/help")
        page.evaluate(
            """() => {
              const picture = document.querySelector('main').appendChild(new Image());
              picture.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
            }"""
        )
        found = page.evaluate(walk.JUDGEMENT)

    assert [line.split(":")[0] for line in found] == ["image-alt"]
