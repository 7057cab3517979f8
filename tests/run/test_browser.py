"""The tests' browser: it opens our pages, and tells when one breaks its own rules."""

from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page

from tests.browser import LiveServer, one_page


def test_it_opens_a_page_of_ours(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/sign-in")

    assert page.locator("html").get_attribute("lang") == "vi"


def visit(browser: Browser, url: str, script: str = "0") -> None:
    with one_page(browser) as page:
        page.goto(url)
        page.evaluate(script)


def test_a_page_that_reaches_outside_is_noticed(chromium: Browser, live_server: LiveServer) -> None:
    reach = "fetch('http://elsewhere.invalid/').catch(() => 0)"

    with pytest.raises(AssertionError, match="Content Security Policy"):
        visit(chromium, f"{live_server.url}/sign-in", reach)


def test_a_page_that_leads_outside_is_noticed(chromium: Browser) -> None:
    def leave() -> None:
        with one_page(chromium) as page, suppress(Error):
            page.goto("http://elsewhere.invalid/")

    with pytest.raises(AssertionError, match=r"asked for http://elsewhere\.invalid"):
        leave()


def test_a_script_that_breaks_is_noticed(chromium: Browser, live_server: LiveServer) -> None:
    breaks = (
        "new Promise(done => { setTimeout(done, 1); "
        "setTimeout(() => { throw new Error('broken on purpose') }) })"
    )

    with pytest.raises(AssertionError, match="broken on purpose"):
        visit(chromium, f"{live_server.url}/sign-in", breaks)
