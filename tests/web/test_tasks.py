"""Nhiệm vụ: filters that stand in the address, search, and one task with its years."""

from datetime import date

import pytest
from sqlalchemy import select

from models.states import CycleState, Disposition, DueClass, Role
from models.tables import TASK
from tests.make import LEAD, OTHER, STANDING, SUPPORTING, World
from tests.web.conftest import Open
from tests.web.reader import Page
from web.tasks.rollup import matrix


def codes(page: Page) -> list[str]:
    """The codes in the table, line by line."""
    rows = [tr for tr in page.all("tr") if tr.get("data-href")]
    return ["".join(tr[0].itertext()).strip() for tr in rows]


def test_an_agency_sees_what_it_leads_and_supports_and_nothing_else(
    world: World, as_: Open
) -> None:
    assert set(codes(as_(world.officer(SUPPORTING)).get("/tasks"))) == {"II.2-a"}
    assert "II.3-a" not in codes(as_(world.head(LEAD)).get("/tasks"))


def test_the_standing_agency_sees_everything(world: World, as_: Open) -> None:
    assert {"II.2-a", "II.3-a", "II.4-a"} <= set(codes(as_(world.judge).get("/tasks")))


def test_this_year_is_meant_until_another_is_asked_for(world: World, as_: Open) -> None:
    world.open_year(2025)
    reader = as_(world.judge)

    this_year, before, every = (
        reader.get(path) for path in ("/tasks", "/tasks?year=2025", "/tasks?year=")
    )

    assert "năm 2026" in this_year.text
    assert "năm 2025" in before.text
    assert len(codes(every)) == len(codes(this_year)) + len(codes(before))


@pytest.mark.parametrize("words", ["nhiem vu ii 2", "NHIỆM VỤ II.2-a", "ii 2 a", "so chu tri ii.2"])
def test_search_does_not_mind_accents_capitals_or_signs(
    world: World, as_: Open, words: str
) -> None:
    page = as_(world.judge).get(f"/tasks?q={words}")

    assert codes(page) == ["II.2-a"]
    assert page.all("input", id="search")[0].get("value") == words


def test_what_was_searched_for_is_shown_as_words_not_as_markup(world: World, as_: Open) -> None:
    page = as_(world.judge).get("/tasks?q=<script>alert(1)</script>")

    assert "Không có nhiệm vụ nào" in page.text
    assert all(script.get("src") for script in page.all("script"))


def test_a_chip_takes_its_own_filter_away(world: World, as_: Open) -> None:
    page = as_(world.judge).get(f"/tasks?agency={OTHER}&state=assigned&year=2026")

    chips = {w: href for href, w in page.links.items() if w.startswith("Bỏ lọc")}
    assert set(chips) == {f"Bỏ lọc Chủ trì: {OTHER}", "Bỏ lọc Đã giao"}
    assert "agency" not in chips[f"Bỏ lọc Chủ trì: {OTHER}"]
    assert "state=assigned" in chips[f"Bỏ lọc Chủ trì: {OTHER}"]


def test_the_looks_of_an_agency_are_links(world: World, as_: Open) -> None:
    page = as_(world.head(SUPPORTING)).get("/tasks")
    supporting = next(h for h, w in page.links.items() if w == "Cơ quan tôi phối hợp")

    followed = as_(world.head(SUPPORTING)).get(supporting)

    assert codes(followed) == ["II.2-a"]
    (current,) = followed.all("a", aria_current="true")
    assert current.get("href") == supporting


def test_the_sorted_column_says_so(world: World, as_: Open) -> None:
    page = as_(world.judge).get("/tasks?sort=task")

    (sorted_by,) = [th for th in page.all("th") if th.get("aria-sort")]
    assert "Mã" in "".join(sorted_by.itertext())
    assert codes(page) == sorted(codes(page))


@pytest.mark.parametrize(
    "query",
    ["state=nothing", "due=x", "sort=id;drop", "page=-4", "page=999", "year=abc", "part=boss"],
)
def test_what_cannot_be_read_is_left_out(world: World, as_: Open, query: str) -> None:
    assert as_(world.judge).get(f"/tasks?{query}")


def test_overdue_can_be_asked_for(world: World, as_: Open) -> None:
    world.bring(world.cycle("II.7-a"), CycleState.IN_PROGRESS)
    world.today = date(2026, 7, 12)

    page = as_(world.judge).get("/tasks?due=overdue")

    assert codes(page) == ["II.7-a"]
    assert "Quá hạn 12 ngày" in page.text


def test_a_page_of_the_list_says_which_it_is(world: World, as_: Open) -> None:
    for year in range(2024, 2032):
        world.open_year(year)
    reader = as_(world.judge)

    first, second = reader.get("/tasks?year="), reader.get("/tasks?year=&page=2")

    assert len(codes(first)) == 50
    assert first.title == "Nhiệm vụ — Đôn Đốc"
    assert second.title.startswith("Nhiệm vụ (trang 2 trên 2)")
    assert "Từ 51 đến" in second.text


def test_the_administrator_has_no_business_here(world: World, as_: Open) -> None:
    page = as_(world.person(Role.ADMIN, STANDING)).get("/tasks", 403)

    assert "không dành cho vai trò của bạn" in page.h1


# --- one task ----------------------------------------------------------------------------


def task(world: World, code: str) -> int:
    with world.engine.connect() as conn:
        return int(conn.execute(select(TASK.c.id).where(TASK.c.code == code)).scalar_one())


def test_a_task_shows_its_wording_who_and_when(world: World, as_: Open) -> None:
    page = as_(world.judge).get(f"/tasks/{task(world, 'II.2-a')}")

    assert "Thực hiện nhiệm vụ II.2-a." in page.text
    assert "Mục II.2" in page.text
    assert SUPPORTING in page.text
    assert "thời gian theo kế hoạch" in page.text


def test_the_roll_up_leads_to_the_list_it_was_counted_from(world: World, as_: Open) -> None:
    world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    reader = as_(world.judge)
    page = reader.get(f"/tasks/{task(world, 'II.2-a')}")

    href = next(h for h, w in page.links.items() if w == "Đã báo cáo – chờ xác nhận, Đúng hạn")

    assert codes(reader.get(href)) == ["II.2-a"]


def test_cycles_one_may_not_see_are_not_counted(world: World, as_: Open) -> None:
    page = as_(world.head(LEAD)).get(f"/tasks/{task(world, 'II.3-a')}")

    assert "Chưa có kỳ thực hiện nào bạn được xem" in page.text


def test_another_year_is_a_link(world: World, as_: Open) -> None:
    world.open_year(2025)
    reader = as_(world.judge)
    here = f"/tasks/{task(world, 'II.2-a')}"

    page = reader.get(here)

    assert f"{here}?year=2025" in page.links
    assert reader.get(f"{here}?year=2025").all("a", aria_current="true")


def test_a_task_that_is_not_there_is_not_found(world: World, as_: Open) -> None:
    assert "Không tìm thấy" in as_(world.judge).get("/tasks/999999", 404).h1


def test_both_cycles_of_a_year_stand_in_the_matrix(world: World) -> None:
    """A task due each year and by a day has two of them in the year of that day."""
    row = {
        "year": 2026,
        "state": CycleState.REPORTED,
        "due_class": DueClass.DONE_ON_TIME,
        "disposition": Disposition.ACTIVE,
        "late_days": 0,
        "agency_code": "so-y-te",
        "agency_short": "Sở Y tế",
        "agency_name": "Sở Y tế",
    }
    with world.app.test_request_context():
        found = matrix([{**row, "id": 1}, {**row, "id": 2}], world.today)

    (line,) = found.lines
    assert [cell.href for cell in line.cells[2026]] == ["/cycles/1", "/cycles/2"]
