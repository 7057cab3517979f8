"""My own account: what I see of it and what I can do."""

import pytest
from sqlalchemy import select

from models.tables import PERSON_SESSION, SIGN_IN_FAILURE
from tests.make import PASSWORD, World
from tests.visitors import SetClock, Visitor, visit
from tests.web.conftest import Open
from web.frame import browser_name

NEW = {"new_password": "thuyền ra khơi xa", "new_password_again": "thuyền ra khơi xa"}


def test_i_see_who_i_am_and_where(world: World, as_: Open) -> None:
    who = world.head()

    page = as_(who).get("/account")

    assert who.name in page.text
    assert who.login in page.text
    assert who.memberships[0].agency_name in page.text
    assert "(phiên này)" in page.text


@pytest.mark.parametrize(
    ("form", "field", "says"),
    [
        ({"current_password": "sai"} | NEW, "current_password", "Mật khẩu đang dùng chưa đúng"),
        (
            {"current_password": PASSWORD, **NEW, "new_password_again": "khác hẳn cái trên"},
            "new_password_again",
            "chưa giống nhau",
        ),
        (
            {"current_password": PASSWORD, "new_password": "ngắn", "new_password_again": "ngắn"},
            "new_password",
            "ít nhất 12 ký tự",
        ),
        (
            {
                "current_password": PASSWORD,
                "new_password": "matkhau123456",
                "new_password_again": "matkhau123456",
            },
            "new_password",
            "quá dễ đoán",
        ),
        (
            {
                "current_password": PASSWORD,
                "new_password": PASSWORD,
                "new_password_again": PASSWORD,
            },
            "new_password",
            "trùng mật khẩu đang dùng",
        ),
        (
            {"current_password": "", "new_password": "", "new_password_again": ""},
            "current_password",
            "Chưa nhập mật khẩu đang dùng",
        ),
    ],
)
def test_a_password_is_changed_only_for_a_good_one(
    world: World, clock: SetClock, as_: Open, form: dict[str, str], field: str, says: str
) -> None:
    reader = as_(world.head())

    page = reader.post("/account/password", form, status=422)

    assert any(says in line for line in page.errors), page.errors
    assert any(a.get("href") == f"#field-{field}" for a in page.all("a"))
    for value in form.values():
        assert not value or f'value="{value}"' not in page.html


def test_a_stolen_session_cannot_try_passwords_for_ever(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())
    for _ in range(5):
        visitor.post("/account/password", {"current_password": "sai"} | NEW)

    answer = visitor.post("/account/password", {"current_password": PASSWORD} | NEW)

    assert answer.status_code == 422
    with world.engine.connect() as conn:
        assert conn.execute(select(SIGN_IN_FAILURE.c.count)).scalar_one() == 5


def test_a_changed_password_is_the_one_that_opens(world: World, clock: SetClock) -> None:
    who = world.head()
    visitor = visit(world, who)

    answer = visitor.post("/account/password", {"current_password": PASSWORD} | NEW)

    assert answer.location == "/"
    assert visitor.is_signed_in
    assert Visitor(world.app).sign_in(who.login).status_code == 422
    assert Visitor(world.app).sign_in(who.login, NEW["new_password"]).status_code == 303


def test_i_end_a_session_of_mine_elsewhere_and_nobody_elses(world: World, clock: SetClock) -> None:
    who = world.head()
    here, there = visit(world, who), Visitor(world.app, "203.0.113.9")
    there.sign_in(who.login)
    somebody = visit(world, world.officer())

    def open_ids(person_id: int | None) -> list[int]:
        with world.engine.connect() as conn:
            return list(
                conn.execute(
                    select(PERSON_SESSION.c.id)
                    .where(
                        PERSON_SESSION.c.person_id == person_id,
                        PERSON_SESSION.c.ended_at.is_(None),
                    )
                    .order_by(PERSON_SESSION.c.id)
                ).scalars()
            )

    theirs = open_ids(world.officer().person_id)[-1]
    assert here.post(f"/account/sessions/{theirs}/end").status_code == 404
    assert somebody.is_signed_in

    assert here.post(f"/account/sessions/{open_ids(who.person_id)[-1]}/end").status_code == 303
    assert not there.is_signed_in
    assert here.is_signed_in


def test_the_colours_are_chosen_and_stay(world: World, clock: SetClock) -> None:
    who = world.head()
    visitor = visit(world, who)

    visitor.post("/account/theme", {"theme": "dark"})
    assert 'media="screen"' in visitor.get("/account").text
    visitor.post("/sign-out")
    visitor.sign_in(who.login)
    assert 'media="screen"' in visitor.get("/account").text
    visitor.post("/account/theme", {"theme": "system"})
    assert "prefers-color-scheme" in visitor.get("/account").text


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) coc_coc_browser/120.0 Chrome/114.0 Safari/537.36",
            "Cốc Cốc, Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("<script>alert(1)</script>", "Trình duyệt khác"),
    ],
)
def test_a_browser_is_named(world: World, user_agent: str, name: str) -> None:
    with world.app.test_request_context():
        assert browser_name(user_agent) == name
