"""The twelve journeys, each in as many clicks and keys as it may take and not one more."""

import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Literal

import openpyxl
from playwright.sync_api import Browser, Locator, Page, expect

from ledger import verify
from models.states import CycleState, Role, UrgeLevel
from reports.excel import KEY, PERCENT, PROGRESS
from tests.journeys.conftest import LATE, MINE, OWN, SHEET, TO_READ, Office
from tests.journeys.counting import Record, journey
from tests.make import CO_LEAD, INSPECTORATE, OTHER, PASSWORD, STANDING, SUPPORTING, password_hash
from workflow.commands.inspections import OpenInspection
from workflow.commands.people import AddMembership, AddPerson, ResetPassword
from workflow.commands.results import ReturnReport
from workflow.commands.urging import Urge
from workflow.law.facts import SYSTEM


def write_report(page: Page) -> None:
    """Everything a report must hold; typing is the work itself and is not counted."""
    page.get_by_label("Kết quả thực hiện").fill("Đã hoàn thành 1.240 căn, đạt 103,3%.")
    page.get_by_label("Sản phẩm đầu ra").fill("Báo cáo năm 2026")
    page.get_by_label("Số, ký hiệu").fill("125/BC-THU")
    page.locator("input[name=document_issued_on]").fill("19/11/2026")
    page.get_by_role("textbox", name="Người ký", exact=True).fill("Nguyễn Văn An")


def main(
    page: Page, name: str | re.Pattern[str], role: Literal["button", "link"] = "button"
) -> Locator:
    """Something in the main part of the page, by what it is called."""
    return page.get_by_role("main").get_by_role(role, name=name)


def test_j1_a_head_reports_from_the_mail(
    office: Office, page: Page, record_property: Record
) -> None:
    world, cycle_id = office.world, office.cycle(MINE[0])
    urging = Urge(cycle_id, UrgeLevel.REMINDER, "Đề nghị báo cáo.", date(2026, 11, 27))
    world.do(urging, world.judge)
    link = office.mail(world.head(), rf"/cycles/{cycle_id}/next")
    office.enter(page, world.head())

    with journey(record_property, page, "J1", "Thủ trưởng báo cáo từ thư", 3) as hand:
        hand.open(link)
        write_report(page)
        hand.click(main(page, "Kiểm tra và gửi"))
        hand.click(main(page, "Gửi báo cáo chính thức"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Biên nhận báo cáo")
    assert office.state(cycle_id) == CycleState.REPORTED


def test_j2_an_officer_drafts_and_the_head_sends(
    office: Office, page: Page, record_property: Record
) -> None:
    world, cycle_id = office.world, office.cycle(MINE[1])
    office.enter(page, world.officer())
    page.goto(f"{office.url}/cycles/{cycle_id}/report")

    with journey(record_property, page, "J2", "Chuyên viên soạn và trình lãnh đạo", 1) as hand:
        write_report(page)
        hand.click(main(page, "Trình lãnh đạo"))
        expect(page.get_by_role("main")).to_contain_text("Đã trình lãnh đạo")
    link = office.mail(world.head(), rf"/cycles/{cycle_id}/next")
    page.context.clear_cookies()
    office.enter(page, world.head())
    with journey(record_property, page, "J2", "Thủ trưởng gửi dự thảo đã trình", 2) as hand:
        hand.open(link)
        expect(page.get_by_role("main")).to_contain_text("1.240 căn")
        hand.click(main(page, "Gửi báo cáo chính thức"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Biên nhận báo cáo")
    assert office.state(cycle_id) == CycleState.REPORTED


def test_j3_a_returned_report_is_sent_again(
    office: Office, page: Page, record_property: Record
) -> None:
    world, cycle_id = office.world, office.cycle(MINE[2])
    world.do(world.report(cycle_id), world.head())
    back = ReturnReport(cycle_id, "Chưa có số căn", "Số căn theo huyện", date(2026, 11, 30))
    world.do(back, world.judge)
    link = office.mail(world.head(), rf"/cycles/{cycle_id}/next")
    office.enter(page, world.head())

    with journey(record_property, page, "J3", "Bổ sung báo cáo bị trả lại, từ thư", 3) as hand:
        hand.open(link)
        expect(page.get_by_role("main")).to_contain_text("Chưa có số căn")
        result = page.get_by_label("Kết quả thực hiện")
        result.fill(result.input_value() + " Đã xong 1.240 căn.")
        hand.click(main(page, "Kiểm tra và gửi"))
        hand.click(main(page, "Gửi báo cáo chính thức"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Biên nhận báo cáo")
    assert office.state(cycle_id) == CycleState.REPORTED


def test_j4_twenty_reports_are_judged_and_confirmed_once(
    office: Office, page: Page, record_property: Record
) -> None:
    world = office.world
    ids = [office.cycle(code, CO_LEAD) for code in TO_READ]
    office.enter(page, world.judge)
    page.goto(f"{office.url}/inbox")

    with journey(record_property, page, "J4", "Duyệt và chốt hai mươi báo cáo", 25) as hand:
        hand.click(main(page, "Duyệt lần lượt", "link"))
        page.wait_for_load_state()
        read = page.locator("[data-item]")
        for cycle_id in ids:
            expect(read).to_have_attribute("data-item", str(cycle_id))
            hand.press("x")
        hand.click(main(page, "Chốt"))
        expect(page.get_by_role("main")).to_contain_text("Xác nhận kết quả 20")
        assert office.state(ids[0]) == CycleState.REPORTED, "nothing before the confirmation"
        hand.click(main(page, "Chốt 20 quyết định"))
        expect(page.get_by_role("main")).to_contain_text("Đã thực hiện 20 trên 20 quyết định")
    assert {office.state(cycle_id) for cycle_id in ids} == {CycleState.VERIFIED}


def test_j5_one_report_is_sent_back_with_a_reason_in_three_keys(
    office: Office, page: Page, record_property: Record
) -> None:
    world, cycle_id = office.world, office.cycle(OWN, STANDING)
    office.enter(page, world.office)
    page.goto(f"{office.url}/verify/{cycle_id}")

    with journey(record_property, page, "J5", "Trả lại một báo cáo theo lý do mẫu", 3) as hand:
        hand.press("t")
        expect(page.get_by_role("dialog")).to_be_visible()
        hand.press("2")
        page.get_by_role("dialog").get_by_label("Lý do").press_sequentially(" Gửi lại trong tuần.")
        hand.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text("Đã trả lại báo cáo")
    assert world.row(cycle_id)["return_count"] == 1
    page.goto(f"{office.url}/cycles/{cycle_id}")
    expect(page.get_by_role("main")).to_contain_text("người có thẩm quyền. Gửi lại trong tuần.")


def test_j6_a_leader_on_a_phone_finds_who_is_late_and_urges(
    office: Office, page: Page, record_property: Record
) -> None:
    world = office.world
    link = office.mail(world.office, "/dashboard")
    office.enter(page, world.office)
    page.set_viewport_size({"width": 360, "height": 740})

    with journey(
        record_property, page, "J6", "Lãnh đạo tìm nơi chậm và đôn đốc, điện thoại", 4
    ) as hand:
        hand.open(link)
        hand.click(page.locator("#agencies tbody a").first)
        expect(page.get_by_role("heading", level=1)).to_contain_text(SUPPORTING)
        hand.click(main(page, "Đôn đốc", "link"))
        hand.click(main(page, "Đôn đốc"))
        expect(page.get_by_role("main")).to_contain_text("Đã đôn đốc 2 trên 2 nhiệm vụ")
    page.goto(f"{office.url}/cycles/{office.cycle(LATE[0], SUPPORTING)}")
    expect(page.get_by_role("main")).to_contain_text("đôn đốc lần 1")


def test_j7_an_inspector_proves_one_event_offline(
    office: Office, page: Page, chromium: Browser, tmp_path: Path, record_property: Record
) -> None:
    world = office.world
    log = office.log()
    office.enter(page, world.person(Role.INSPECTOR, INSPECTORATE))
    page.goto(f"{office.url}/audit")

    with journey(
        record_property, page, "J7", "Thanh tra chứng minh một việc, ngoài mạng", 4
    ) as hand:
        page.get_by_label("Mã nhiệm vụ").fill(TO_READ[0])
        page.get_by_label("Việc", exact=True).select_option("report")
        hand.click(main(page, "Lọc"))
        hand.click(page.locator("main tbody a").first)
        with page.expect_download() as download:
            hand.click(main(page, "Tải biên nhận", "link"))
        proof = tmp_path / download.value.suggested_filename
        download.value.save_as(proof)
        alone = chromium.new_context(offline=True)
        offline = alone.new_page()
        offline.goto(Path(verify.__file__).with_name("verify.html").as_uri())
        offline.get_by_label("Dòng khóa công khai").fill(log.key_lines()[0])
        hand.drop(offline.get_by_label("Biên nhận"), proof)
        expect(offline.locator("#answer")).to_contain_text("ĐÚNG: mục này nằm trong nhật ký")
        expect(offline.locator("#answer")).to_contain_text("report: in_progress → reported")
        alone.close()


def test_j8_an_inspector_checks_everything(
    office: Office, page: Page, tmp_path: Path, record_property: Record
) -> None:
    world = office.world
    inspector = world.person(Role.INSPECTOR, INSPECTORATE)
    decision = "12/QĐ-TTr"
    world.do(
        OpenInspection(
            decision, date(2026, 11, 2), "Việc xác nhận", date(2026, 1, 1), date(2026, 11, 20)
        ),
        inspector,
    )
    log = office.log()
    office.enter(page, inspector)
    page.goto(f"{office.url}/audit")

    with journey(record_property, page, "J8", "Thanh tra kiểm chứng toàn bộ nhật ký", 2) as hand:
        hand.click(main(page, "Xuất gói kiểm chứng", "link"))
        with page.expect_download() as download:
            hand.click(main(page, "Xuất gói kiểm chứng"))
        bundle = tmp_path / download.value.suggested_filename
        download.value.save_as(bundle)
    with zipfile.ZipFile(bundle) as packed:
        packed.extract("verify.py", tmp_path)
    told = subprocess.run(
        [sys.executable, "-I", tmp_path / "verify.py", bundle, "--key", log.key_lines()[0]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
    assert "KẾT LUẬN: đúng ở 6 phép kiểm" in told.stdout


def test_j9_twelve_tasks_come_back_in_one_sheet(
    office: Office, page: Page, tmp_path: Path, record_property: Record
) -> None:
    world = office.world
    office.enter(page, world.officer(OTHER))
    page.goto(f"{office.url}/excel")

    with journey(record_property, page, "J9", "Cập nhật mười hai nhiệm vụ bằng Excel", 2) as hand:
        with page.expect_download() as download:
            hand.click(main(page, "Tải bảng nhiệm vụ", "link"))
        sheet = tmp_path / "nhiem-vu.xlsx"
        download.value.save_as(sheet)
        update_progress(sheet, SHEET)
        hand.drop(page.get_by_label("Tệp Excel"), sheet)
        expect(page.get_by_role("heading", level=1)).to_have_text("Thay đổi trong tệp Excel")
        hand.click(main(page, "Áp dụng các dòng đã chọn"))
        expect(page.get_by_role("status").first).to_contain_text("12")
    assert {world.row(office.cycle(code, OTHER))["percent"] for code in SHEET} == {65}


def update_progress(sheet: Path, codes: tuple[str, ...]) -> None:
    """What an officer does in Excel."""
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    names = {cell.value: cell.column for row in page.iter_rows(max_row=3) for cell in row}
    for row in range(2, page.max_row + 1):
        code = page.cell(row, names["Mã nhiệm vụ"]).value
        if code in codes and page.cell(row, names[KEY]).value:
            page.cell(row, names[PERCENT]).value = 65
            page.cell(row, names[PROGRESS]).value = "Đã nghiệm thu đợt 2"
    book.save(sheet)


def test_j10_a_new_year_is_opened(office: Office, page: Page, record_property: Record) -> None:
    office.enter(page, office.world.judge)
    page.goto(f"{office.url}/plans/1")

    with journey(record_property, page, "J10", "Cơ quan thường trực mở kỳ của năm mới", 2) as hand:
        hand.click(main(page, "Mở kỳ năm 2027", "link"))
        expect(page.get_by_role("main")).to_contain_text("kỳ sẽ mở")
        hand.click(main(page, re.compile(r"^Mở \d+ kỳ$")))
        expect(page.get_by_role("status").first).to_contain_text("Đã mở")
    page.goto(f"{office.url}/plans/1")
    expect(main(page, "Mở kỳ năm", "link")).to_have_count(0)


def test_j11_a_citizen_reads_the_public_page(
    office: Office, page: Page, record_property: Record
) -> None:
    with journey(record_property, page, "J11", "Người dân xem trang công khai", 1) as hand:
        page.goto(office.url)
        expect(page).to_have_url(f"{office.url}/public")
        expect(page.get_by_role("main")).to_contain_text("2026/KH-THU")
        assert hand.count == 0


def test_j12_a_new_officers_first_day(office: Office, page: Page, record_property: Record) -> None:
    world = office.world
    made = world.do(AddPerson("moi.so-chu-tri", "Đỗ Thị Mới", "Chuyên viên"), SYSTEM)
    world.do(AddMembership(made.object_id, "so-chu-tri", Role.OFFICER, world.today), SYSTEM)
    world.do(ResetPassword(made.object_id, password_hash()), SYSTEM)

    with journey(record_property, page, "J12", "Ngày đầu của một chuyên viên mới", 6) as hand:
        hand.open(f"{office.url}/sign-in")
        page.get_by_label("Tên đăng nhập").fill("moi.so-chu-tri")
        page.locator("input[name=password]").fill(PASSWORD)
        hand.click(main(page, "Đăng nhập"))
        page.locator("input[name=current_password]").fill(PASSWORD)
        page.locator("input[name=new_password]").fill("Con thuyền ra khơi buổi sớm 27")
        page.locator("input[name=new_password_again]").fill("Con thuyền ra khơi buổi sớm 27")
        hand.click(main(page, "Đổi mật khẩu"))
        expect(page.get_by_role("main")).to_contain_text("Bước 1/5")
        hand.click(main(page, "Bỏ qua"))
        expect(page.get_by_role("main")).not_to_contain_text("Bước 1/5")
        expect(page.get_by_role("heading", level=1)).to_have_text("Việc của tôi")
        expect(page.get_by_role("main")).to_contain_text(MINE[5])
