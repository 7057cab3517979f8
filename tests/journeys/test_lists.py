"""A long list in the hands of somebody who goes through it: it waits where he left it."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Office

AT = "() => Math.round(scrollY)"


@pytest.mark.parametrize("width", [360, 1366])
def test_a_list_stands_where_it_was_left(office: Office, page: Page, width: int) -> None:
    office.enter(page, office.world.judge)
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{office.url}/tasks?sort=task")
    rows = page.locator("main tbody tr a.dd-title")
    far = rows.nth(rows.count() - 3)
    far.scroll_into_view_if_needed()
    left = page.evaluate(AT)
    assert left > 300, "the list is too short to say anything"

    far.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Nhiệm vụ")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhiệm vụ")

    page.wait_for_function(f"() => Math.abs(scrollY - {left}) < 3")


def test_a_view_is_kept_by_hand_and_named_in_the_search(office: Office, page: Page) -> None:
    office.enter(page, office.world.judge)
    page.goto(f"{office.url}/tasks")
    page.get_by_label("Trạng thái").select_option("reported")
    page.get_by_role("button", name="Lọc").click()

    page.get_by_text("Lưu cách xem này").click()
    page.get_by_label("Tên cách xem").fill("Chờ tôi đọc")
    page.get_by_role("button", name="Lưu", exact=True).click()

    mine = page.get_by_role("navigation", name="Cách xem của tôi")
    expect(mine.get_by_role("link", name="Chờ tôi đọc")).to_have_attribute("aria-current", "true")
    page.get_by_role("searchbox", name="Tìm trong toàn hệ thống").fill("cho toi doc")
    page.keyboard.press("Enter")
    page.get_by_role("main").get_by_role("link", name="Chờ tôi đọc").click()
    expect(page).to_have_url(f"{office.url}/tasks?state=reported")
    page.get_by_role("button", name="Bỏ cách xem này").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã bỏ cách xem")
