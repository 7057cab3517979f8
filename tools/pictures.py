"""Takes the pictures of the main pages for README and docs, from the demo story on one fixed day.

Usage, inside the environment that `python3 run.py test` makes: python tools/pictures.py [folder]
It tells the story into a folder that is thrown away, serves it, and photographs it in Chromium.
"""

import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, Page

from cli.database import prepare
from config import Settings
from demo.story import load
from tests.browser import chromium, serving
from workflow.clock import Clock
from wsgi import create_app

TO = Path(__file__).parents[1] / "docs" / "pictures"
DAY = date(2026, 11, 23)
MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PASSWORD = "anh-cua-ban-demo-2026"

# name, sign-in name, what to open (or whose link to follow), width, height
PICTURES: tuple[tuple[str, str, str, int, int], ...] = (
    ("inbox", "gd.so-xay-dung", "/inbox", 1366, 800),
    ("inbox-phone", "gd.so-xay-dung", "/inbox", 360, 740),
    ("tasks", "gd.so-ldtbxh", "/tasks", 1366, 800),
    ("cycle", "gd.so-xay-dung", '/inbox main a[href*="/cycles/"]', 1366, 900),
    ("report", "gd.so-xay-dung", '/inbox main a[href$="/report"]', 1366, 900),
    ("verify", "gd.so-ldtbxh", '/verify main a[href^="/verify/"]', 1366, 900),
    ("dashboard", "vp.ubnd-tinh", "/dashboard", 1366, 900),
    ("plan", "gd.so-ldtbxh", "/plans/1", 1366, 900),
    ("audit", "ttv.thanh-tra-tinh", "/audit", 1366, 800),
)


def sign_in(page: Page, base: str, login: str) -> None:
    page.goto(f"{base}/sign-in")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{base}/inbox")
    if (skip := page.get_by_role("button", name="Bỏ qua")).count():
        skip.click()  # the first steps of somebody new
        page.wait_for_load_state()


def take(browser: Browser, base: str, folder: Path) -> None:
    """Every picture, each as the person it is about."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, login, path, width, height in PICTURES:
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", reduced_motion="reduce"
        )
        page = context.new_page()
        sign_in(page, base, login)
        address, _, link = path.partition(" ")
        page.goto(base + address)
        if link:
            page.locator(link).first.click()
            page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}.png")
        context.close()
        print(f"{name}.png", flush=True)


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        ahead = (MORNING - Clock().now()).total_seconds()
        settings = Settings(
            home=Path(home),
            database_url=f"sqlite:///{home}/demo.sqlite3",
            profile="demo",
            secret_key="pictures" * 8,
            clock_offset=ahead,
        )
        prepare(settings)
        load(settings, DAY, PASSWORD, print)
        app = create_app(settings)
        with serving(app) as live, chromium() as browser:
            take(browser, live.url, folder)
        app.extensions["dondoc"].engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TO)
