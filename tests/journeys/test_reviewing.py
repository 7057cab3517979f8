"""Review mode by its keys: what is gathered can be undone, outlives a reload, acts on nothing."""

from playwright.sync_api import Page, expect

from models.states import CycleState
from tests.journeys.conftest import OTHERS, Office
from tests.make import STANDING


def at(page: Page, cycle_id: int) -> None:
    expect(page.locator("[data-item]")).to_have_attribute("data-item", str(cycle_id))


def test_verdicts_wait_can_be_undone_and_outlive_a_reload(office: Office, page: Page) -> None:
    ids = [office.cycle(code, STANDING) for code in OTHERS]
    office.enter(page, office.world.office)
    page.goto(f"{office.url}/verify/review?at={ids[0]}")
    count, said = page.locator("[data-count]"), page.locator("[data-said]")

    page.keyboard.press("x")
    at(page, ids[1])
    expect(page.locator("[data-heading]")).to_be_focused()
    expect(said).to_contain_text(f"Đã ghi nhận Xác nhận: {OTHERS[0]}")
    page.keyboard.press("t")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    at(page, ids[2])
    expect(count).to_have_text("2")
    page.keyboard.press("z")
    at(page, ids[1])
    expect(count).to_have_text("1")
    expect(said).to_contain_text("Đã hoàn tác")
    page.keyboard.press("c")
    page.get_by_role("dialog").get_by_label("Lý do").fill("Số liệu cần hỏi lại xx")
    page.keyboard.press("Enter")
    at(page, ids[2])

    page.get_by_label("Ý kiến").press_sequentially("x t c b z")
    expect(page.get_by_label("Ý kiến")).to_have_value("x t c b z")
    at(page, ids[2])
    page.reload()
    expect(count).to_have_text("2")
    marks = page.locator("[data-queue] li").filter(has=page.locator("[data-mark]:not(:empty)"))
    expect(marks).to_have_count(2)
    assert {office.state(i) for i in ids} == {CycleState.REPORTED}, "nothing is done by a key"


def test_keys_that_are_switched_off_do_nothing(office: Office, page: Page) -> None:
    cycle_id = office.cycle(OTHERS[2], STANDING)
    office.enter(page, office.world.office)
    page.goto(f"{office.url}/account#shortcuts")
    page.get_by_role("form", name="Phím tắt").get_by_role("button", name="Tắt").click()
    page.goto(f"{office.url}/verify/review?at={cycle_id}")
    page.wait_for_load_state()

    for key in "xtcb":
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    at(page, cycle_id)
    page.get_by_role("button", name="Xác nhận", exact=True).click()
    expect(page.locator("[data-count]")).to_have_text("1")
