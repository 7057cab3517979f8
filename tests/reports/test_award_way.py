"""The way of a commendation in a real browser, by four people, from đề nghị to công bố."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from models.states import NominationState
from models.tables import NOMINATION
from tests import browser as browsers
from tests import engines
from tests.conftest import with_plan
from tests.reports.conftest import House, at, moved_in
from tests.visitors import set_clock
from tests.web.reader import Reader

DAY = "2026-01-06"


@dataclass
class Desk:
    """The house behind a real socket, and a browser that changes hands."""

    house: House
    url: str
    page: Page

    def hand_to(self, login: str, address: str) -> None:
        """Somebody sits down, signed in this morning, and opens an address."""
        cookie = Reader(self.house.app, self.house.actors[login]).client.get_cookie("dondoc")
        assert cookie is not None
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": "dondoc", "value": cookie.value, "url": self.url}])
        self.page.goto(self.url + address)

    def say(self, label: str, text: str) -> None:
        whole = re.compile(rf"^\s*{re.escape(label)}(\s*\*|\s*\(không bắt buộc\))?\s*$")
        self.page.get_by_role("main").get_by_label(whole).fill(text)

    def press(self, name: str) -> None:
        whole = re.compile(rf"^{re.escape(name)}")
        self.page.get_by_role("main").get_by_role("button", name=whole).click()
        expect(self.page.locator("[data-error-summary]")).to_have_count(0)

    def shows(self, text: str) -> None:
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def states(self) -> dict[str, str]:
        with self.house.reading() as conn:
            rows = conn.execute(select(NOMINATION.c.kind, NOMINATION.c.state))
            return dict(rows.all())


@pytest.fixture
def desk(
    both_engines: engines.Engines, tmp_path_factory: pytest.TempPathFactory, page: Page
) -> Iterator[Desk]:
    """Early in 2026, after a year in which Sở Y tế did everything in time."""
    databases, home = both_engines["sqlite"], tmp_path_factory.mktemp("awards")
    plan = with_plan(databases, tmp_path_factory)
    with moved_in(databases, plan, home, "diligent_year") as house:
        set_clock(house.app, at(DAY, 10))
        with browsers.serving(house.app) as live:
            yield Desk(house, live.url, page)


def minutes(desk: Desk, groups: int, people: int) -> None:
    for label, text in (
        ("Số tập thể", str(groups)), ("Số cá nhân", str(people)), ("Số thành viên", "9"),
        ("Số có mặt", "8"), ("Chủ trì", "Lê Văn An"), ("Thư ký", "Trần Thị Bình"),
        ("Số, ký hiệu", "03/BB-HĐTĐKT"), ("Người ký", "Lê Văn An"),
    ):  # fmt: skip
        desk.say(label, text)
    desk.page.locator("#minutes input[name=document_issued_on]").fill("05/01/2026")
    desk.press("Ghi biên bản")


def test_four_people_bring_a_commendation_to_its_end_and_one_nominee_is_withdrawn(
    desk: Desk,
) -> None:
    page = desk.page

    # The head of the standing agency opens the campaign and nominates a collective and a person.
    desk.hand_to("gd.so-ldtbxh", "/awards")
    desk.press("Mở đợt xét")
    campaign = page.url.removeprefix(desk.url)
    candidates = page.locator("#candidates tbody tr")
    expect(candidates.filter(has_text="đủ điều kiện xem xét").first).to_contain_text("Sở Y tế")
    page.get_by_label("Thuộc cơ quan").select_option("so-y-te")
    desk.say("Tóm tắt thành tích", "Hoàn thành đúng hạn toàn bộ nhiệm vụ năm 2025.")
    desk.press("Đề nghị")
    page.get_by_label("Đối tượng").select_option("individual")
    page.get_by_label("Thuộc cơ quan").select_option("so-y-te")
    desk.say("Tóm tắt thành tích", "Theo dõi, tổng hợp đầy đủ, đúng hạn.")
    page.get_by_label("Ông/Bà").select_option("Bà")
    desk.say("Họ và tên (cá nhân)", "Nguyễn Thị Hạnh")
    desk.say("Chức vụ", "Chuyên viên")
    desk.say("Đơn vị công tác", "Phòng Nghiệp vụ Y")
    desk.press("Đề nghị")

    # The council spoke of two collectives: the tờ trình is not printed until both agree.
    minutes(desk, 2, 0)
    desk.shows("Chưa in được")
    assert (
        page.request.get(f"{desk.url}/reports/download/award-submission.docx?year=2025").status
        == 409
    )
    minutes(desk, 1, 1)
    expect(page.get_by_role("main")).not_to_contain_text("Chưa in được")

    # A result of Sở Y tế turns out to be wrong: the collective no longer qualifies.
    cycle = desk.house.cycle("III.4.1-a", "so-y-te", 2025)
    desk.house.complete(cycle, DAY)
    desk.house.reopen(cycle, DAY)
    page.reload()
    desk.shows("Chưa in được")
    page.get_by_role("link", name="Sở Y tế").first.click()
    desk.shows("Số liệu hiện nay có mặt chưa thuận")
    page.locator("#step-withdraw textarea").fill("Số liệu đã thay đổi sau khi mở lại nhiệm vụ.")
    desk.press("Rút đề nghị")
    desk.shows("Số liệu đã thay đổi")
    page.goto(desk.url + campaign)
    minutes(desk, 0, 1)
    expect(page.get_by_role("main")).not_to_contain_text("Chưa in được")
    page.get_by_role("link", name="Nguyễn Thị Hạnh").click()
    nominee = page.url.removeprefix(desk.url)
    expect(page.get_by_role("button", name="Thẩm định: đồng ý")).to_have_count(0)

    # Sở Nội vụ appraises: first what excludes, then the opinion.
    desk.hand_to("td.so-noi-vu", nominee)
    expect(page.get_by_role("button", name="Thẩm định: đồng ý")).to_have_count(0)
    page.get_by_label("Tôi đã rà soát").check()
    desk.press("Xác nhận bảng kiểm")
    page.locator("#step-appraise textarea").fill("Đủ điều kiện, tiêu chuẩn.")
    desk.press("Thẩm định: đồng ý")

    # VP UBND submits, the chairman decides by a document, VP UBND publishes.
    desk.hand_to("vp.ubnd-tinh", nominee)
    desk.press("Trình Chủ tịch")
    desk.hand_to("ct.ubnd-tinh", nominee)
    desk.say("Số, ký hiệu", "55/QĐ-UBND")
    desk.say("Người ký", "Trần Văn Minh")
    page.locator("input[name=document_issued_on]").fill("06/01/2026")
    desk.press("Quyết định khen thưởng")
    desk.hand_to("vp.ubnd-tinh", nominee)
    desk.press("Công bố")

    assert desk.states() == {
        "collective": NominationState.WITHDRAWN,
        "individual": NominationState.PUBLISHED,
    }
    desk.shows("55/QĐ-UBND")
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
