"""Nothing that is typed is lost: a killed browser, a session that ended, two minutes offline."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs

import psutil
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response, expect

from run import find_chromium
from tests.browser import FLAGS
from tests.journeys.conftest import MINE, Office

TWO_MINUTES = 120_000


def draft_of(office: Office, page: Page, code: str) -> str:
    """The page of a draft, open before its writer, on a clock that only tests move."""
    office.enter(page, office.world.officer())
    page.clock.install()
    address = f"{office.url}/cycles/{office.cycle(code)}/report"
    look_again(page, address)
    page.clock.pause_at(page.evaluate("Date.now()") + 1_000)
    return address


def look_again(page: Page, address: str) -> None:
    page.goto(address)
    page.clock.run_for(1_000)


def kept(words: str) -> Callable[[Response], bool]:
    """The answer to a keeping of these words."""

    def is_it(answer: Response) -> bool:
        sent = parse_qs(answer.request.post_data or "")
        return answer.url.endswith("/draft/typed") and sent["result"] == [words]

    return is_it


def kill(profile: Path) -> None:
    """The whole browser at once, as a power cut would."""
    for process in psutil.process_iter(["cmdline"]):
        if f"--user-data-dir={profile}" in (process.info["cmdline"] or ()):
            with suppress(psutil.NoSuchProcess):
                process.kill()


def test_a_killed_browser_loses_five_seconds_at_most(
    office: Office, page: Page, chromium: Browser, tmp_path: Path
) -> None:
    doomed: BrowserContext = chromium.browser_type.launch_persistent_context(
        tmp_path / "profile", executable_path=find_chromium(), args=FLAGS
    )
    there = doomed.pages[0]
    draft_of(office, there, MINE[3])
    # He types without a pause; what is five seconds old when the light goes out is safe.
    told = "Đã phê duyệt chương trình nhà ở xã hội năm 2026"
    for words in told.split(" ")[:-1]:
        there.get_by_label("Kết quả thực hiện").press_sequentially(f"{words} ")
        there.clock.run_for(1_000)
    there.get_by_label("Kết quả thực hiện").press_sequentially("2026")
    with there.expect_response(kept(told)):
        there.clock.run_for(5_000)
    there.get_by_label("Kết quả thực hiện").press_sequentially(" còn nữa")
    kill(tmp_path / "profile")
    with suppress(Error):
        doomed.close()

    draft_of(office, page, MINE[3])

    expect(page.get_by_label("Kết quả thực hiện")).to_have_value(re.compile(f"^{told}"))
    expect(page.get_by_role("main")).to_contain_text("chưa được lưu vào dự thảo")


def test_two_minutes_offline_lose_nothing_and_say_so(office: Office, page: Page) -> None:
    address = draft_of(office, page, MINE[4])
    result, said = page.get_by_label("Kết quả thực hiện"), page.locator("[data-typed-said]")
    result.press_sequentially("Trước khi mất mạng")
    expect(page.locator("#typed")).to_contain_text("đã giữ")

    page.context.set_offline(True)
    result.press_sequentially(", trong lúc mất mạng")
    page.clock.run_for(5_000)
    expect(said).to_contain_text("Mất kết nối")
    page.get_by_role("main").get_by_role("button", name="Lưu nháp").click()
    expect(result).to_be_visible()  # the page stays: nothing was sent into the void
    page.clock.run_for(TWO_MINUTES)
    page.context.set_offline(False)
    page.clock.run_for(10_000)
    expect(said).to_contain_text("Đã có kết nối lại")

    look_again(page, address)
    expect(page.get_by_label("Kết quả thực hiện")).to_have_value(
        "Trước khi mất mạng, trong lúc mất mạng"
    )


def test_a_session_that_ended_loses_nothing(office: Office, page: Page) -> None:
    address = draft_of(office, page, MINE[5])
    result = page.get_by_label("Kết quả thực hiện")
    page.context.clear_cookies()
    result.press_sequentially("Gõ khi phiên đã hết")
    page.clock.run_for(3_000)
    expect(page.locator("[data-typed-said]")).to_contain_text("Phiên làm việc đã hết")
    expect(page.get_by_role("link", name="Đăng nhập lại")).to_be_visible()

    office.enter(page, office.world.officer())
    look_again(page, address)
    expect(result).to_have_value("Gõ khi phiên đã hết")
    expect(page.locator("[data-typed-said]")).to_contain_text("Đã đưa lại nội dung")
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã lưu nháp")
    look_again(page, address)
    expect(result).to_have_value("Gõ khi phiên đã hết")
    expect(page.get_by_role("main")).not_to_contain_text("chưa được lưu vào dự thảo")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_who_is_about_to_be_signed_out_is_told_and_can_go_on(office: Office, page: Page) -> None:
    office.enter(page, office.world.officer())
    page.clock.install()
    page.goto(f"{office.url}/inbox")
    idle = office.world.app.extensions["dondoc"].settings.idle_minutes
    told = page.get_by_role("alert").filter(has_text="Phiên làm việc sẽ hết sau 5 phút")
    page.clock.run_for((idle - 6) * 60_000)
    expect(told).to_have_count(0)

    page.clock.run_for(60_000)
    expect(told).to_be_visible()
    page.get_by_role("button", name="Làm việc tiếp").click()
    expect(told).to_have_count(0)
    page.clock.run_for((idle - 5) * 60_000)
    expect(told).to_be_visible()
