"""Lists as somebody likes to see them: kept by name, his alone, and only ever a list of ours."""

import pytest

from models.states import Role
from tests.make import LEAD, OTHER, STANDING, World
from tests.web.conftest import Open
from tests.web.reader import Reader, words
from workflow.commands.views import MOST, SaveView
from workflow.law.errors import Reason, Refused


def keep(reader: Reader, name: str, query: str, place: str = "tasks", status: int = 303) -> str:
    """Press "Lưu" under a list; where it leads."""
    return reader.post("/views", {"place": place, "name": name, "query": query}, status).location


def mine(reader: Reader, path: str = "/tasks") -> dict[str, str]:
    """The links to my views above a list: name -> address."""
    page = reader.get(path)
    rows = [n for n in page.all("nav") if n.get("aria-label") == "Cách xem của tôi"]
    links = [a for row in rows for a in row.iter("a")]
    return {words(a): a.get("href", "") for a in links}


def test_a_choice_is_kept_under_a_name_and_opened_again(world: World, as_: Open) -> None:
    reader = as_(world.judge)
    page = reader.get(f"/tasks?q=&year=&agency={OTHER}&state=assigned&page=1")
    form = page.form("/views")

    assert form["query"] == f"year=&agency={OTHER}&state=assigned"
    back = reader.post("/views", form | {"name": "  Sở khác, mới giao "}, 303).location
    assert mine(reader) == {"Sở khác, mới giao": back}
    opened = reader.get(back)
    assert opened.all("a", href=back, aria_current="true")
    assert "Bỏ cách xem này" in opened.buttons
    assert "Lưu cách xem này" not in opened.text


def test_this_year_stays_this_year(world: World, as_: Open) -> None:
    reader = as_(world.judge)

    back = keep(reader, "Quá hạn", f"year={world.today.year}&due=overdue")

    assert back == "/tasks?due=overdue"
    assert keep(reader, "Năm cũ", "year=2024") == "/tasks?year=2024"


def test_a_list_that_is_not_narrowed_has_nothing_to_keep(world: World, as_: Open) -> None:
    page = as_(world.judge).get("/tasks")

    assert page.all("form", action="/views") == []


def test_only_choices_of_our_lists_are_kept(world: World, as_: Open) -> None:
    reader = as_(world.judge)
    for place, query in (
        ("tasks", "next=//evil.example"),
        ("tasks", "due=overdue&due=due_soon"),
        ("tasks", "endpoint=admin.index"),
        ("audit", "due=overdue"),
        ("https://evil.example/", "q=a"),
        ("inbox", ""),
    ):
        keep(reader, "Lạ", query, place, 400)

    assert mine(reader) == {}


def test_what_was_kept_by_other_means_still_leads_to_the_list(world: World, as_: Open) -> None:
    world.do(SaveView("tasks", "Cũ", "gone=1&q=//evil.example&_external=1&_anchor=x"), world.judge)

    assert mine(as_(world.judge)) == {"Cũ": "/tasks?q=//evil.example"}


def test_the_same_name_means_the_newer_choice(world: World, as_: Open) -> None:
    reader = as_(world.judge)
    keep(reader, "Của tôi", "state=assigned")
    keep(reader, "Của tôi", "state=reported")

    assert mine(reader) == {"Của tôi": "/tasks?state=reported"}


def test_it_is_his_alone(world: World, as_: Open) -> None:
    keep(as_(world.head(LEAD)), "Riêng", "state=assigned")
    other = as_(world.officer(LEAD))

    assert mine(other) == {}
    other.post("/views/1/remove", {}, 404)
    assert "Riêng" not in other.get("/search?q=rieng").text
    assert mine(as_(world.head(LEAD)))


def test_it_is_let_go_of_where_it_is_shown(world: World, as_: Open) -> None:
    reader = as_(world.judge)
    back = keep(reader, "Tạm", "state=assigned")
    (action,) = [
        f.get("action", "")
        for f in reader.get(back).all("form")
        if f.get("action", "").endswith("/remove")
    ]

    page = reader.get(reader.post(action, {}, 303).location)

    assert mine(reader) == {}
    assert "Đã bỏ cách xem “Tạm”" in page.text
    assert page.all("form", action="/views")
    reader.post(action, {}, 404)


def test_lists_keep_their_views_apart(world: World, as_: Open) -> None:
    admin = as_(world.person(Role.ADMIN, STANDING))
    keep(admin, "Đang khóa", "state=locked", "admin")
    keep(admin, "Đăng nhập", "command=sign_in&shape=timeline", "audit")

    assert mine(admin, "/admin") == {"Đang khóa": "/admin?state=locked"}
    assert mine(admin, "/audit") == {"Đăng nhập": "/audit?command=sign_in&shape=timeline"}


def test_search_finds_them_by_name_without_accents(world: World, as_: Open) -> None:
    reader = as_(world.judge)
    keep(reader, "Đơn vị chậm", "due=overdue")

    page = reader.get("/search?q=don+vi")

    assert page.links["/tasks?due=overdue"] == "Đơn vị chậm"
    assert "/tasks?due=overdue" not in reader.get("/search?q=khac").links


def test_a_name_is_needed_and_there_are_not_too_many(world: World, as_: Open) -> None:
    reader = as_(world.judge)
    keep(reader, "  ", "due=overdue", status=422)
    keep(reader, "x" * 61, "due=overdue", status=422)
    for n in range(MOST):
        world.do(SaveView("tasks", f"Số {n}", f"q={n}"), world.judge)

    with pytest.raises(Refused) as refused:
        world.do(SaveView("tasks", "Thêm", "q=x"), world.judge)

    assert [r.reason for r in refused.value.refusals] == [Reason.ENOUGH_VIEWS]
    assert (
        "bỏ một cách xem"
        in reader.post("/views", {"place": "tasks", "name": "Thêm", "query": "q=x"}, 409).text
    )
    world.do(SaveView("tasks", "Số 1", "q=khac"), world.judge)
