"""The administrator's pages: accounts from the first day to the last."""

import re
from datetime import date

import pytest
from sqlalchemy import event, select

from ledger import place
from models.states import Role
from models.tables import AUDIT_ENTRY, MEMBERSHIP, PERSON
from tests.make import OTHER, STANDING, World
from tests.visitors import Visitor
from tests.web.conftest import Open
from tests.web.reader import Reader
from workflow.commands.people import AddPerson
from workflow.law.facts import SYSTEM

NEW = {
    "name": "Lê Thị Bình",
    "post": "Chuyên viên Sở Khác",
    "login": "cv9.so-khac",
    "email": "",
    "agency_code": OTHER,
    "role": "officer",
    "valid_from": "2/3/2026",
}


@pytest.fixture
def admin(world: World, as_: Open) -> Reader:
    return as_(world.person(Role.ADMIN, STANDING))


def person_id(world: World, login: str) -> int:
    with world.engine.connect() as conn:
        return int(conn.execute(select(PERSON.c.id).where(PERSON.c.login == login)).scalar_one())


def test_a_person_is_added_given_a_password_and_comes_in(world: World, admin: Reader) -> None:
    page = admin.follow("/admin/people/new", NEW)
    assert (page.h1, "Chưa cấp mật khẩu" in page.text) == ("Lê Thị Bình", True)
    path = f"/admin/people/{person_id(world, NEW['login'])}"

    told = admin.post(f"{path}/password", status=200)

    password = re.search(r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){4}\b", told.text)
    assert password is not None
    assert password[0] not in admin.get(path).html
    visitor = Visitor(world.app)
    assert visitor.sign_in(NEW["login"], password[0]).status_code == 303
    assert visitor.get("/inbox").location == "/account/password"


def test_the_same_form_twice_makes_one_person(world: World, admin: Reader) -> None:
    twice = NEW | {"idempotency_key": "a" * 32}

    first = admin.post("/admin/people/new", twice)
    second = admin.post("/admin/people/new", twice)

    assert first.location == second.location
    with world.engine.connect() as conn:
        kept = conn.execute(
            select(AUDIT_ENTRY.c.id).where(AUDIT_ENTRY.c.command == "add_person")
        ).all()
        roles = conn.execute(
            select(MEMBERSHIP.c.id).where(MEMBERSHIP.c.person_id == person_id(world, NEW["login"]))
        ).all()
    assert len(kept) == len({row.id for row in kept})
    assert len(roles) == 1


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"name": " "}, "name", "Chưa nhập họ và tên."),
        ({"login": "có dấu"}, "login", "Tên đăng nhập chỉ gồm chữ không dấu"),
        ({"login": "officer1.so-khac"}, "login", "Tên đăng nhập đã có người dùng"),
        ({"role": "boss"}, "role", "Chưa chọn vai trò"),
        ({"valid_from": "31/02/2026"}, "valid_from", "Từ ngày chưa đúng"),
        ({"valid_from": ""}, "valid_from", "Chưa nhập từ ngày."),
        ({"post": "x" * 201}, "post", "tối đa 200 ký tự"),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(
    admin: Reader, change: dict[str, str], field: str, says: str
) -> None:
    page = admin.post("/admin/people/new", NEW | change, status=422)

    assert any(says in line for line in page.errors), page.errors
    assert page.form("/admin/people/new")["post"] == (NEW | change)["post"].strip()
    assert any(a.get("href") == f"#field-{field}" for a in page.all("a"))
    assert page.title.startswith("Lỗi: ")


def test_all_mistakes_come_at_once(admin: Reader) -> None:
    page = admin.post("/admin/people/new", dict.fromkeys(NEW, ""), status=422)

    assert len(page.errors) == len(NEW) - 1  # the address may be left out


def test_an_account_is_changed_locked_and_unlocked(world: World, admin: Reader) -> None:
    who = world.officer(OTHER)
    path = f"/admin/people/{who.person_id}"
    form = admin.get(f"{path}/change").form(f"{path}/change")

    changed = admin.follow(f"{path}/change", form | {"name": "Tên Mới", "post": "Phó phòng"})
    locked = admin.follow(f"{path}/lock", {"reason": "Nghỉ việc từ 01/03"})
    opened = admin.follow(f"{path}/unlock", {"reason": "Đi làm lại"})

    assert changed.h1 == "Tên Mới"
    assert "Nghỉ việc từ 01/03" in locked.text
    assert "Đang khóa" in locked.text
    assert "Nghỉ việc" not in opened.text


def test_the_loser_of_a_race_sees_who_was_faster_and_keeps_his_text(
    world: World, admin: Reader, as_: Open
) -> None:
    who = world.officer(OTHER)
    path = f"/admin/people/{who.person_id}/change"
    fast, slow = admin.get(path).form(path), admin.get(path).form(path)
    admin.post(path, fast | {"name": "Người Nhanh"})

    page = admin.post(path, slow | {"name": "Người Chậm"}, status=409)

    assert "sửa thông tin tài khoản" in page.text
    assert "Người Chậm" in page.text
    assert admin.get(f"/admin/people/{who.person_id}").h1 == "Người Nhanh"


def test_a_role_is_given_and_ended(world: World, admin: Reader) -> None:
    who = world.officer(OTHER)
    path = f"/admin/people/{who.person_id}"
    role = {
        "agency_code": STANDING,
        "role": "officer",
        "valid_from": "01/01/2026",
        "valid_to": "",
    }

    page = admin.follow(f"{path}/membership", role)
    ends = [href for href in page.links if href.endswith("/end")]
    overlap = admin.post(f"{path}/membership", role, status=409)
    ended = admin.follow(ends[0], {"last_day": "28/2/2026", "reason": "Hết biệt phái"})

    assert len(ends) == 2
    assert "đã có vai trò đó" in overlap.text
    assert "28/02/2026" in ended.text
    backwards = admin.post(ends[1], {"last_day": "01/01/2020", "reason": "Nhầm"}, status=422)
    assert any("trước ngày đầu" in line for line in backwards.errors)


def test_the_last_administrator_cannot_lock_himself_out(world: World, admin: Reader) -> None:
    me = world.person(Role.ADMIN, STANDING)

    page = admin.post(f"/admin/people/{me.person_id}/lock", {"reason": "Thử"}, status=409)

    assert "người quản trị cuối cùng" in page.text
    assert admin.get("/admin").h1 == "Người dùng"


@pytest.mark.parametrize(
    "path",
    [
        "/admin/people/999999",
        "/admin/people/999999/lock",
        "/admin/people/1/promote",
        "/admin/memberships/999999/end",
    ],
)
def test_who_does_not_exist_is_not_found(admin: Reader, path: str) -> None:
    admin.get(path, status=404)


def test_people_are_listed_fifty_a_page_with_the_filters_kept(world: World, admin: Reader) -> None:
    for number in range(60):
        world.do(AddPerson(f"them-{number}", f"Người Thêm {number:02}", "Người thêm"), SYSTEM)

    first = admin.get("/admin?q=nguoi+them")
    second = admin.get("/admin?q=nguoi+them&page=2")
    beyond = admin.get("/admin?q=nguoi+them&page=99")

    assert "Từ 1 đến 50 trong 60" in first.text
    assert "Từ 51 đến 60 trong 60" in second.text
    assert beyond.text == second.text
    assert "/admin?q=nguoi+them&page=2" in first.links
    assert "Không có tài khoản nào" in admin.get("/admin?q=zzzz").text
    assert admin.get("/admin?page=x&role=boss&state=gone").h1 == "Người dùng"


def test_a_page_of_people_costs_no_more_for_many(
    world: World, admin: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every two seconds some page asks whether the database has lost a head: not by what it shows.
    monkeypatch.setattr(place, "LOOK_AGAIN_SECONDS", float("inf"))

    def statements(path: str) -> int:
        seen: list[str] = []

        def count(*given: object) -> None:
            seen.append(str(given[2]))

        event.listen(world.engine, "before_cursor_execute", count)
        admin.get(path)
        event.remove(world.engine, "before_cursor_execute", count)
        return len(seen)

    few = statements("/admin")
    for number in range(40):
        world.do(AddPerson(f"them-{number}", f"Người Thêm {number:02}", "Người thêm"), SYSTEM)

    assert statements("/admin") == few


def test_agencies_are_listed_with_their_people(world: World, admin: Reader) -> None:
    page = admin.get("/admin/agencies")

    assert f"/admin?agency={STANDING}" in page.links
    with world.engine.connect() as conn:
        today = conn.execute(
            select(MEMBERSHIP.c.person_id)
            .where(MEMBERSHIP.c.valid_from <= date(2026, 3, 2))
            .distinct()
        ).all()
    assert len(today) > 20


def test_a_hash_is_on_no_page(world: World, admin: Reader) -> None:
    me = world.person(Role.ADMIN, STANDING)

    for path in ("/admin", f"/admin/people/{me.person_id}", "/account", "/audit"):
        assert "argon2" not in admin.get(path).html
