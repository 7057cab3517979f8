"""A walk through every page a person can reach, as a browser shows it: axe, reflow, weight."""

from __future__ import annotations

import gzip
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException

from tests.web.reader import Reader
from workflow.identity import actor_by_login

# One of every kind of reader of the demo story; None has not signed in.
READERS: dict[str, str | None] = {
    "stranger": None,
    "head": "gd.so-xay-dung",
    "officer": "cv.so-xay-dung",
    "standing head": "gd.so-ldtbxh",
    "standing officer": "cv.so-ldtbxh",
    "office": "vp.ubnd-tinh",
    "chairman": "ct.ubnd-tinh",
    "inspector": "ttv.thanh-tra-tinh",
    "award appraiser": "td.so-noi-vu",
    "budget officer": "kh.so-tai-chinh",
    "administrator": "admin",
}
WIDTHS = (360, 768, 1366)
THEMES = ("light", "dark")
# WCAG 1.4.10: what 1280 px at 400 % leave.
NARROWEST = 320
# WCAG 2.2 AA and what axe calls good practice.
JUDGEMENT = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.map(v => `${v.id}: ` + v.nodes.slice(0, 3).map(
    n => n.target.join(' ') + ' | ' + (n.failureSummary || '').replace(/\\s+/g, ' ')).join(' ;; '));
}"""
LINK = re.compile(r'<a [^>]*href="([^"]+)"')
OVERFLOW = """() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"""


@dataclass(frozen=True)
class Stop:
    """One page for one reader; `kind` is the same for pages that differ in their data only."""

    reader: str
    kind: str
    path: str
    weight: int  # bytes as they go over the wire
    html: str = field(repr=False)


@cache
def axe() -> str:
    (file,) = (Path(__file__).parents[1] / "vendor").glob("axe-core-*/axe.min.js")
    return file.read_text(encoding="utf-8")


def kind_of(app: Flask, path: str) -> str | None:
    """The endpoint with those of its values that are words: /cycles/7/report is a kind."""
    try:
        endpoint, values = app.url_map.bind("").match(urlsplit(path).path, "GET")
    except HTTPException:
        return None
    words = [str(v) for k, v in values.items() if k in ("segment", "act")]
    return "/".join([endpoint, *words])


def reader(app: Flask, who: str) -> Reader:
    services = app.extensions["dondoc"]
    login = READERS[who]
    if login is None:
        return Reader(app)
    with services.engine.connect() as conn:
        actor = actor_by_login(conn, login, services.clock.today())
    return Reader(app, actor)


def stops(
    app: Flask, who: str, read: Reader, known: Collection[str] = frozenset()
) -> Iterator[Stop]:
    """One page of each kind that links lead this reader to, from the first page on.

    Kinds that are known already are passed by, the first pages excepted.
    """
    seen: set[str] = set(known) - {"home.inbox", "public.overview"}
    waiting = deque(["/inbox" if read.who else "/public", "/help", "/sign-in", "/account"])
    while waiting:
        path = waiting.popleft()
        kind = kind_of(app, path)
        if kind is None or kind in seen:
            continue
        answer = read.client.get(path)
        if answer.status_code == 200:
            seen.add(kind)  # a file as well: one of each kind is enough
        if answer.status_code == 200 and answer.mimetype == "text/html":
            weight = len(gzip.compress(answer.data, 6))
            yield Stop(who, kind, path, weight, answer.text)
            for link in LINK.findall(answer.text):
                target = urljoin(path, unescape(link))
                if not urlsplit(target).netloc and kind_of(app, target) not in seen:
                    waiting.append(target)
        answer.close()


@contextmanager
def window(browser: Browser, url: str, read: Reader) -> Iterator[Page]:
    """A browser in which this reader has signed in already."""
    # axe styles elements while it measures, which our policy rightly forbids to pages.
    context = browser.new_context(locale="vi-VN", reduced_motion="reduce", bypass_csp=True)
    try:
        cookie = read.client.get_cookie("dondoc")
        if cookie is not None:
            context.add_cookies([{"name": "dondoc", "value": cookie.value, "url": url}])
        context.add_init_script(axe())
        yield context.new_page()
    finally:
        context.close()


def looks(
    page: Page, address: str, widths: Iterable[int] = WIDTHS, themes: Iterable[str] = THEMES
) -> Iterator[tuple[int, str, list[str]]]:
    """The page as it comes at each width, in each theme, with what axe finds there and what sticks
    out of the narrowest window."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(address)
        for theme in themes:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            yield width, theme, [*page.evaluate(JUDGEMENT)]
        page.set_viewport_size({"width": NARROWEST, "height": 800})
        sideways: Any = page.evaluate(OVERFLOW)
        if sideways > 0:
            yield NARROWEST, "", [f"reflow: {sideways} px too wide"]


Look = tuple[Stop, int, str, list[str]]


def table(lines: Iterable[Look]) -> list[str]:
    """What was found, a line each: where, as whom, how wide, in which theme."""
    return [
        f"{stop.path} as {stop.reader}, {width} px, {theme}: {fault}"
        for stop, width, theme, found in lines
        for fault in found
    ]
