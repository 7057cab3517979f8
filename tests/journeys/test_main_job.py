"""The main job in a real browser: from assigned to completed, through four hands."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.states import CycleState, Role
from models.tables import AGENCY, AUDIT_ENTRY, CYCLE, TASK
from tests import browser as browsers
from tests.make import PASSWORD, password_hash
from workflow.clock import Clock
from workflow.commands.people import AddMembership, AddPerson
from workflow.commands.years import OpenYear
from workflow.law.facts import SYSTEM

MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PEOPLE = (
    ("cv.so-xay-dung", "so-xay-dung", Role.OFFICER, "Lê Thị Mai", "Chuyên viên Sở Xây dựng"),
    ("gd.so-xay-dung", "so-xay-dung", Role.HEAD, "Trần Văn Bình", "Giám đốc Sở Xây dựng"),
    ("gd.so-ldtbxh", "so-ldtbxh", Role.HEAD, "Phạm Thu Hà", "Giám đốc Sở LĐTBXH"),
    ("vp.ubnd-tinh", "ubnd-tinh", Role.OFFICE, "Võ Minh Long", "Phó Chánh Văn phòng"),
)
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
def office(plan_app: Flask) -> Flask:
    """Plan 2940 on a morning in November 2026: its year open, four people at their desks."""
    services = plan_app.extensions["dondoc"]
    ahead = (MORNING - datetime.now(UTC)).total_seconds()
    plan_app.extensions["dondoc"] = replace(services, clock=Clock(ahead))
    opened = datetime(2026, 1, 8, 2, 0, tzinfo=UTC)
    for login, agency, role, name, post in PEOPLE:
        account = AddPerson(
            login, name, post, password_hash=password_hash(), must_change_password=False
        )
        made = services.door.perform(account, SYSTEM, opened)
        services.door.perform(
            AddMembership(made.object_id, agency, role, opened.date()), SYSTEM, opened
        )
    services.door.perform(OpenYear("2940/KH-UBND", 2026), SYSTEM, opened)
    return plan_app


@pytest.fixture
def address(office: Flask) -> Iterator[str]:
    with browsers.serving(office) as live:
        yield live.url


def row(app: Flask) -> object:
    with app.extensions["dondoc"].engine.connect() as conn:
        return conn.execute(
            select(CYCLE)
            .join(TASK, TASK.c.id == CYCLE.c.task_id)
            .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
            .where(TASK.c.code == "III.7.1-a", AGENCY.c.code == "so-xay-dung")
        ).one()


def come_in(page: Page, address: str, login: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    expect(page).to_have_url(f"{address}/inbox")


def test_a_task_goes_from_assigned_to_completed_through_four_hands(
    office: Flask, address: str, page: Page
) -> None:
    cycle = row(office)
    here = f"{address}/cycles/{cycle.id}"

    # The officer takes it on and writes the draft. He is not offered to send it.
    come_in(page, address, "cv.so-xay-dung")
    page.goto(here)
    page.get_by_label("Cán bộ đầu mối").fill("Lê Thị Mai, 0252 382 0000")
    page.get_by_role("main").get_by_role("button", name="Tiếp nhận").click()
    assert row(office).state == CycleState.IN_PROGRESS
    page.goto(f"{here}/report")
    page.get_by_label("Kết quả thực hiện").fill("Đã phê duyệt điều chỉnh chương trình nhà ở.")
    page.get_by_label("Sản phẩm đầu ra").fill("Quyết định và báo cáo năm 2026")
    page.get_by_label("Số, ký hiệu").fill("123/BC-SXD")
    page.locator("input[name=document_issued_on]").fill("19/11/2026")
    page.get_by_role("textbox", name="Người ký", exact=True).fill("Trần Văn Bình")
    page.get_by_label("Thêm tệp").set_input_files(
        {"name": "Báo cáo.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("radio", name="Không", exact=True).check()
    page.get_by_role("button", name="Trình lãnh đạo").click()
    expect(page.get_by_role("button", name="Gửi báo cáo chính thức")).to_have_count(0)
    assert row(office).state == CycleState.IN_PROGRESS

    # The head finds it in his inbox, checks and sends.
    come_in(page, address, "gd.so-xay-dung")
    mine = page.get_by_role("main")
    expect(mine).to_contain_text("III.7.1-a")
    page.goto(f"{here}/report/check")
    expect(page.get_by_role("main")).to_contain_text("Đã phê duyệt điều chỉnh chương trình nhà ở.")
    page.get_by_role("button", name="Gửi báo cáo chính thức").click()
    expect(page).to_have_url(f"{here}/report/sent")
    expect(page.get_by_role("main")).to_contain_text("đúng hạn")
    assert (row(office).state, row(office).late_days) == (CycleState.REPORTED, 0)

    # He cannot judge it: no button, and the page says why.
    page.goto(f"{here}/why-not")
    expect(page.get_by_role("main")).to_contain_text("xung đột lợi ích")

    # The standing agency reads and confirms.
    come_in(page, address, "gd.so-ldtbxh")
    page.goto(f"{address}/verify")
    page.get_by_role("link", name="Thực hiện Kế hoạch phát triển nhà ở").click()
    page.locator("input[name=quality][value=met]").check()
    page.get_by_role("button", name="Xác nhận kết quả").click()
    assert row(office).state == CycleState.VERIFIED

    # VP UBND closes it on the consolidated report.
    come_in(page, address, "vp.ubnd-tinh")
    page.goto(here)
    page.get_by_role("link", name="Hoàn thành").click()
    page.get_by_label("Số, ký hiệu").fill("15/BC-UBND")
    page.locator("input[name=document_issued_on]").fill("20/11/2026")
    page.get_by_role("textbox", name="Người ký", exact=True).fill("Võ Minh Long")
    page.get_by_role("main").get_by_role("button", name="Hoàn thành").click()
    assert row(office).state == CycleState.COMPLETED
    page.goto(here)
    expect(page.get_by_role("main")).to_contain_text("Hoàn thành")

    with office.extensions["dondoc"].engine.connect() as conn:
        told = conn.execute(
            select(AUDIT_ENTRY.c.command, AUDIT_ENTRY.c.actor_name)
            .where(AUDIT_ENTRY.c.object_kind == "cycle", AUDIT_ENTRY.c.object_id == cycle.id)
            .order_by(AUDIT_ENTRY.c.id)
        ).all()
    assert [tuple(t) for t in told if "draft" not in t[0] and t[0] != "attach_file"] == [
        ("assign", "Hệ thống"),
        ("accept", "Lê Thị Mai"),
        ("report", "Trần Văn Bình"),
        ("verify", "Phạm Thu Hà"),
        ("complete", "Võ Minh Long"),
    ]
