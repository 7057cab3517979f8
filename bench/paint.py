"""When a page shows its biggest thing and how far things jump, on a first visit over slow 4G.

Each main page once for the first reader who reaches it, at two widths, with nothing in the
browser's cache: the worst a page can be. The goals are those of web.dev: LCP within 2.5 s; CLS
within 0.1, of which we want half.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser

from bench.access import story, told
from bench.tables import keep, show
from tests import browser as browsers
from tests.access import walk
from tests.web.reader import Reader

WIDTHS = (360, 1366)
MAIN = (
    "public.overview",
    "auth.sign_in",
    "home.inbox",
    "tasks.index",
    "tasks.show",
    "cycles.show",
    "cycles.draft",
    "verify.queue",
    "verify.read",
    "verify.review",
    "urge.index",
    "dashboard.show",
    "indicators.index",
    "reports.index",
    "plans.show",
    "audit.index",
)
LCP_GOAL, CLS_GOAL = 2500.0, 0.05
SHOWN = 20
# As Lighthouse does for phones: 1.6 Mbit/s down, 0.75 up, 150 ms there and back.
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6 * 1024 * 1024 / 8,
    "uploadThroughput": 0.75 * 1024 * 1024 / 8,
}
# Both are told with what happened before anybody asked.
WATCH = """() => new Promise(resolve => {
  let lcp = 0, cls = 0, biggest = '', moved = '';
  const name = node => !node || !node.tagName ? '' :
    node.tagName.toLowerCase() + (node.classList.length ? '.' + node.classList[0] : '');
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) { lcp = one.startTime; biggest = name(one.element); }
  }).observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) {
      if (one.hadRecentInput) continue;
      cls += one.value;
      moved = one.sources.map(source => name(source.node)).join(' ');
    }
  }).observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => setTimeout(() => resolve({lcp, cls, biggest, moved}), 200));
})"""


def painted(browser: Browser, url: str, read: Reader, path: str, width: int) -> dict[str, Any]:
    """LCP in ms, CLS, and what was biggest and what moved, of one first visit."""
    with walk.window(browser, url, read) as page:
        page.set_viewport_size({"width": width, "height": 800})
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", SLOW_4G)
        page.goto(url + path, wait_until="load")
        found: dict[str, Any] = page.evaluate(WATCH)
        return found


def main() -> None:
    rows: list[tuple[str, str, int, float, float, str, str]] = []
    known: set[str] = set()
    with (
        story() as url,
        told(url) as app,
        browsers.chromium() as chromium,
        browsers.serving(app) as live,
    ):
        for who in walk.READERS:
            if known == set(MAIN):
                break
            read = walk.reader(app, who)
            for stop in walk.stops(app, who, read):
                if stop.kind in known or stop.kind not in MAIN:
                    continue
                known.add(stop.kind)
                for width in WIDTHS:
                    p = painted(chromium, live.url, read, stop.path, width)
                    rows.append(
                        (stop.kind, who, width, p["lcp"], p["cls"], p["biggest"], p["moved"])
                    )
                if known == set(MAIN):
                    break
            print(f"  … {who}: {len(rows)} lần mở", flush=True)
    rows.sort(key=lambda row: (-(row[4] > CLS_GOAL), -row[3]))
    show(
        f"{len(rows)} lần mở đầu tiên trên 4G chậm, trang tệ nhất trước "
        f"(mục tiêu LCP ≤ {LCP_GOAL:.0f} ms, CLS ≤ {CLS_GOAL})",
        ("page", "reader", "width", "LCP", "CLS", "biggest", "moved"),
        [(*row[:3], round(row[3]), round(row[4], 3), *row[5:]) for row in rows[:SHOWN]],
    )
    late = [row for row in rows if row[3] > LCP_GOAL]
    jumpy = [row for row in rows if row[4] > CLS_GOAL]
    print(f"LCP trên {LCP_GOAL:.0f} ms: {len(late)}; CLS trên {CLS_GOAL}: {len(jumpy)}")
    names = ("page", "reader", "width", "lcp", "cls", "biggest", "moved")
    print(
        f"\n{keep('paint', {'first_visits': [dict(zip(names, row, strict=True)) for row in rows]})}"
    )
