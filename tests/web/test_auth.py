"""Coming in, staying in and going out, by HTTP."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.states import Role
from models.tables import AUDIT_ENTRY, PERSON_SESSION, SIGN_IN_FAILURE
from tests.make import PASSWORD, STANDING, World, let_in
from tests.visitors import SetClock, Visitor, admit, visit
from web.security import safe_next
from workflow import identity, people
from workflow.commands.people import EndMembership, LockPerson
from workflow.law.deadlines import end_of_day
from workflow.law.facts import ActorFacts

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng"


def test_a_person_signs_in_and_out(world: World, clock: SetClock) -> None:
    who = admit(world, world.head())
    visitor = Visitor(world.app)

    answer = visitor.sign_in(who.login)

    assert (answer.status_code, answer.location) == (303, "/")
    assert who.name in visitor.get("/account").text
    assert visitor.post("/sign-out").status_code == 303
    assert not visitor.is_signed_in


def test_the_sign_in_name_may_be_typed_in_capitals(world: World, clock: SetClock) -> None:
    who = admit(world, world.head())

    assert Visitor(world.app).sign_in(f" {who.login.upper()} ").status_code == 303


def test_one_who_is_signed_in_is_not_asked_again(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())

    assert visitor.get("/sign-in?next=/audit").location == "/audit"


@pytest.mark.parametrize("how", ["sign-out", "lock", "password"])
def test_a_copied_cookie_is_dead_with_its_session(world: World, clock: SetClock, how: str) -> None:
    who = world.head()
    visitor = visit(world, who)
    thief = Visitor(world.app)
    thief.take_cookie(visitor.cookie())
    assert thief.is_signed_in

    if how == "sign-out":
        visitor.post("/sign-out")
    elif how == "lock":
        world.do(LockPerson(who.person_id or 0, "Nghỉ việc"), world.person(Role.ADMIN, STANDING))
    else:
        changed = visitor.post(
            "/account/password",
            {
                "current_password": PASSWORD,
                "new_password": "thuyền ra khơi xa",
                "new_password_again": "thuyền ra khơi xa",
            },
        )
        assert changed.status_code == 303, changed.text

    assert not thief.is_signed_in
    assert visitor.is_signed_in == (how == "password")


def test_a_token_known_before_signing_in_is_worth_nothing_after(
    world: World, clock: SetClock
) -> None:
    who = admit(world, world.head())
    visitor = Visitor(world.app)
    before = visitor.token()
    cookie_before = visitor.cookie()

    visitor.sign_in(who.login)

    assert visitor.cookie() != cookie_before
    assert visitor.post("/sign-out", token=before).status_code == 400
    assert visitor.is_signed_in


def test_every_sign_in_makes_a_session_of_its_own(world: World, clock: SetClock) -> None:
    who = world.head()
    first = visit(world, who)
    second = Visitor(world.app)
    second.sign_in(who.login)

    second.post("/sign-out")

    assert first.is_signed_in
    with world.engine.connect() as conn:
        kept = conn.execute(select(PERSON_SESSION.c.token_hash)).scalars().all()
    assert len(set(kept)) == len(kept)
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in kept if value)


def test_a_session_ends_when_nobody_uses_it(world: World, clock: SetClock) -> None:
    idle = timedelta(minutes=world.app.extensions["dondoc"].settings.idle_minutes)
    visitor = visit(world, world.head())

    clock.at += idle
    assert visitor.is_signed_in
    clock.at += idle
    assert visitor.is_signed_in  # the page before counted
    clock.at += idle + timedelta(minutes=2)
    assert not visitor.is_signed_in


def test_a_session_is_noted_as_used_at_most_once_a_minute(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())

    def seen() -> list[object]:
        with world.engine.connect() as conn:
            return list(conn.execute(select(PERSON_SESSION.c.seen_at)).scalars())

    clock.move(seconds=59)
    before = seen()
    visitor.get("/account")
    assert seen() == before
    clock.move(seconds=2)
    visitor.get("/account")
    assert seen() != before


# --- who may not -------------------------------------------------------------------------


def test_nobody_learns_which_sign_in_names_there_are(world: World, clock: SetClock) -> None:
    known = admit(world, world.head()).login
    locked = admit(world, world.officer())
    world.do(LockPerson(locked.person_id or 0, "Nghỉ"), world.person(Role.ADMIN, STANDING))
    without_password = world.office.login

    def told(login: str) -> list[tuple[int, str]]:
        """What the page says to seven wrong tries in a row."""
        visitor = Visitor(world.app, address="10.7.7.7")
        found = []
        for _ in range(7):
            answer = visitor.sign_in(login, "sai mat khau")
            page = re.sub(r'value="[^"]*"', "", answer.text)
            found.append((answer.status_code, page))
        return found

    reference = told("khong-co-ai-ten-nay")
    assert WRONG in reference[0][1]
    assert "Thử lại sau" in reference[5][1]
    for login in (known, locked.login, without_password, "x'; --", "Ai đó"):
        assert told(login) == reference, login


def test_the_password_is_tried_once_whoever_is_named(
    world: World, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str | None] = []
    real = identity.matches

    def watched(password_hash: str | None, password: str) -> bool:
        tried.append(password_hash and password_hash[:30])
        return real(password_hash, password)

    monkeypatch.setattr(identity, "matches", watched)
    who = admit(world, world.head())

    for login in (who.login, "khong-co-ai"):
        Visitor(world.app).sign_in(login, "sai mat khau")

    assert len(tried) == 2


def test_five_wrong_tries_keep_one_network_out_and_not_the_person(
    world: World, clock: SetClock
) -> None:
    who = admit(world, world.head())
    attacker = Visitor(world.app, address="203.113.7.200")
    for _ in range(1000 // 100):
        attacker.sign_in(who.login, "sai mat khau")

    from_there = Visitor(world.app, address="203.113.7.9").sign_in(who.login)
    from_home = Visitor(world.app, address="10.1.2.3").sign_in(who.login)

    assert from_there.status_code == 422
    assert "Thử lại sau" in from_there.text
    assert from_home.status_code == 303


def test_the_pause_grows_and_ends_by_itself(world: World, clock: SetClock) -> None:
    who = admit(world, world.head())
    visitor = Visitor(world.app)
    for _ in range(5):
        visitor.sign_in(who.login, "sai")

    clock.move(minutes=4)
    assert visitor.sign_in(who.login).status_code == 422
    clock.move(minutes=2)
    visitor.sign_in(who.login, "sai")
    clock.move(minutes=6)
    assert visitor.sign_in(who.login).status_code == 422  # ten minutes this time
    clock.move(minutes=5)
    assert visitor.sign_in(who.login).status_code == 303
    with world.engine.connect() as conn:
        assert conn.execute(select(SIGN_IN_FAILURE)).first() is None


def test_tries_during_a_pause_are_not_written_down(world: World, clock: SetClock) -> None:
    visitor = Visitor(world.app)
    for _ in range(20):
        visitor.sign_in("khong-co-ai", "sai")

    with world.engine.connect() as conn:
        entries = conn.execute(
            select(AUDIT_ENTRY.c.id).where(AUDIT_ENTRY.c.command == "record_failed_sign_in")
        ).all()
    assert len(entries) == 5


def test_a_locked_person_with_the_right_password_is_told_why(world: World, clock: SetClock) -> None:
    who = admit(world, world.head())
    world.do(LockPerson(who.person_id or 0, "Nghỉ"), world.person(Role.ADMIN, STANDING))

    answer = Visitor(world.app).sign_in(who.login)

    assert answer.status_code == 422
    assert "đang bị khóa" in answer.text


def test_a_role_that_ended_yesterday_is_gone_today(world: World, clock: SetClock) -> None:
    admin = world.person(Role.ADMIN, STANDING)
    who = world.officer()
    visitor = visit(world, who)
    with world.engine.connect() as conn:
        role = people.memberships(conn, who.person_id or 0, world.today)[0]
    world.do(EndMembership(role["id"], world.today, "Điều động"), admin)
    assert visitor.get("/tasks").status_code == 200

    clock.at = end_of_day(world.today) - timedelta(seconds=1)
    assert visit_again(world, who).get("/tasks").status_code == 200
    clock.move(seconds=1)
    assert visit_again(world, who).get("/tasks").status_code == 403


def visit_again(world: World, who: ActorFacts) -> Visitor:
    visitor = Visitor(world.app)
    visitor.sign_in(who.login)
    return visitor


# --- the initial password ----------------------------------------------------------------


def test_an_initial_password_must_be_changed_before_anything_else(
    world: World, clock: SetClock
) -> None:
    who = world.head()
    let_in(world, who)
    visitor = Visitor(world.app)
    visitor.sign_in(who.login)

    for path in ("/inbox", "/account", "/audit", f"/cycles/{world.cycle()}"):
        assert visitor.get(path).location == "/account/password", path
    refused = visitor.post(f"/cycles/{world.cycle()}/accept", {"focal_person": "Ai"})
    assert (refused.status_code, refused.location) == (303, "/account/password")

    same = {"new_password": PASSWORD, "new_password_again": PASSWORD}
    assert (
        visitor.post("/account/password", same | {"current_password": PASSWORD}).status_code == 422
    )
    new = {"new_password": "thuyền ra khơi xa", "new_password_again": "thuyền ra khơi xa"}
    assert visitor.post("/account/password", new | {"current_password": PASSWORD}).location == "/"
    assert visitor.get("/account").status_code == 200


def test_one_who_has_yet_to_choose_a_password_can_still_leave(
    world: World, clock: SetClock
) -> None:
    who = world.head()
    let_in(world, who)
    visitor = Visitor(world.app)
    visitor.sign_in(who.login)

    assert visitor.post("/sign-out").location == "/sign-in"
    assert visitor.get("/account/password").status_code == 303


# --- where to afterwards -----------------------------------------------------------------

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "http:evil.example",
    "http:/evil.example",
    "https:///evil.example",
    "HTTPS://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "evil.example",
    "evil.example/",
    "@evil.example",
    "/@evil.example\\",
    "/..//evil.example\\x",
    "%2f%2fevil.example",
    "?next=//evil.example",
    "#//evil.example",
    "/\u0000/evil.example",
    "/\r\nLocation: https://evil.example",
    "/x\r\nSet-Cookie: a=b",
    "",
]


BEGINNINGS = ["//", "///", "/\\", "\\\\", "/\t/", "/\n/", "\t//", "\r//", " //", "http://"]
NAMES = [
    *("evil.example", "evil.example:80", "user@evil.example", "[::1]", "%65vil.example"),
    *("localhost@evil.example", "xn--evl-1ma.example"),
]
ENDS = ["", "/..", "?next=/"]


@pytest.mark.parametrize(
    "target", ELSEWHERE + [a + b + c for a in BEGINNINGS for b in NAMES for c in ENDS]
)
def test_nobody_is_sent_elsewhere_after_signing_in(target: str) -> None:
    assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/", "/audit", "/tasks?q=a%2Fb&page=2", "/cycles/17/report#x"])
def test_a_place_of_ours_is_kept(target: str) -> None:
    assert safe_next(target) == target


def test_the_place_asked_for_survives_a_wrong_try(world: World, clock: SetClock) -> None:
    who = admit(world, world.head())
    visitor = Visitor(world.app)

    wrong = visitor.sign_in(who.login, "sai", "/audit?command=report")
    right = visitor.sign_in(who.login, target="/audit?command=report")

    assert 'name="next" value="/audit?command=report"' in wrong.text
    assert right.location == "/audit?command=report"
    assert visitor.sign_in(who.login, target="//evil.example").location == "/"


def test_the_language_stays_and_so_does_the_page(world: World, clock: SetClock) -> None:
    visitor = Visitor(world.app)

    answer = visitor.post("/language", {"language": "en", "next": "/help"})

    assert answer.location == "/help"
    assert '<html lang="en">' in visitor.get("/help").text
    assert visitor.post("/language", {"language": "xx", "next": "/help"}).status_code == 422
    assert visitor.post("/language", {"language": "vi", "next": "//evil.example"}).location == "/"


def test_a_form_sent_after_the_session_ended_is_shown_back(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())
    token = visitor.token()
    clock.move(hours=13)

    answer = visitor.post(
        f"/cycles/{world.cycle()}/progress", {"percent": "10", "text": "Hai trang đã viết"}, token
    )

    assert answer.status_code == 401
    assert "Hai trang đã viết" in answer.text
    assert 'href="/sign-in"' in answer.text
