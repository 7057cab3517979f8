"""What the administrator and a person himself can do to an account, and what the trail keeps."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from models.states import Role
from models.tables import AUDIT_ENTRY, MEMBERSHIP, PERSON, PERSON_SESSION
from tests.make import LEAD, OTHER, STANDING, UBND, World, password_hash
from tests.visitors import admit
from workflow import identity, people
from workflow.commands import cycles, results
from workflow.commands.clock import SweepExpired
from workflow.commands.people import (
    AddMembership,
    AddPerson,
    ChangePassword,
    ChangePerson,
    EndMembership,
    EndSession,
    LockPerson,
    RecordFailedSignIn,
    ResetPassword,
    SignIn,
    SignOut,
    UnlockPerson,
)
from workflow.door import HANDLERS
from workflow.law.errors import NotFound, Reason, Refused, Stale
from workflow.law.facts import SYSTEM, ActorFacts


@pytest.fixture
def admin(world: World) -> ActorFacts:
    return world.person(Role.ADMIN, STANDING)


def person(world: World, who: ActorFacts) -> Any:
    with world.engine.connect() as conn:
        return conn.execute(select(PERSON).where(PERSON.c.id == who.person_id)).mappings().one()


def reasons(refused: pytest.ExceptionInfo[Refused]) -> list[Reason]:
    return [refusal.reason for refusal in refused.value.refusals]


def bodies(world: World, command: str) -> list[dict[str, Any]]:
    with world.engine.connect() as conn:
        rows = conn.execute(
            select(AUDIT_ENTRY.c.body)
            .where(AUDIT_ENTRY.c.command == command)
            .order_by(AUDIT_ENTRY.c.id)
        )
        return [json.loads(body) for (body,) in rows]


def every_command(someone: int) -> list[Any]:
    return [
        AddPerson("ai-do", "Ai Đó", "Chuyên viên"),
        ChangePerson(someone, "Tên Khác", "Chức vụ"),
        AddMembership(someone, OTHER, Role.OFFICER, date(2026, 1, 1)),
        EndMembership(1, date(2026, 3, 2), "Nghỉ hưu"),
        LockPerson(someone, "Nghỉ việc"),
        UnlockPerson(someone, "Đi làm lại"),
        ResetPassword(someone, password_hash()),
    ]


@pytest.mark.parametrize("number", range(7))
def test_only_the_administrator_manages_accounts(world: World, number: int) -> None:
    someone = world.officer(OTHER)
    command = every_command(someone.person_id or 0)[number]
    others = [
        world.head(),
        world.officer(),
        world.judge,
        world.office,
        world.chairman,
        world.person(Role.INSPECTOR, "thanh-tra-thu"),
    ]

    for who in others:
        with pytest.raises(Refused) as refused:
            world.do(command, who)
        assert reasons(refused) == [Reason.NOT_YOUR_ROLE]


def test_a_person_is_added_with_his_first_role_in_one_act(world: World, admin: ActorFacts) -> None:
    command = AddPerson(
        " CV2.So-Khac ", "Lê Thị Bình", "Chuyên viên", None, OTHER, Role.OFFICER, date(2026, 3, 1)
    )

    made = world.do(command, admin)

    who = world.actor(made.object_id or 0)
    assert (who.login, who.name) == ("cv2.so-khac", "Lê Thị Bình")
    assert [(m.role, m.agency_code) for m in who.memberships] == [(Role.OFFICER, OTHER)]
    assert person(world, who)["password_hash"] is None
    batch = bodies(world, "add_person")[-1]["batch"]
    assert batch is not None
    assert bodies(world, "add_membership")[-1]["batch"] == batch


def test_a_person_whose_first_role_cannot_be_given_is_not_added(
    world: World, admin: ActorFacts
) -> None:
    with pytest.raises(NotFound):
        world.do(AddPerson("cv3.khong-co", "Ai", "Gì", None, "khong-co", Role.OFFICER), admin)
    with world.engine.connect() as conn:
        assert not conn.execute(select(PERSON).where(PERSON.c.login == "cv3.khong-co")).first()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"login": "head1.so-chu-tri"}, Reason.NAME_TAKEN),
        ({"login": "HEAD1.so-chu-tri"}, Reason.NAME_TAKEN),
        ({"login": "có dấu"}, Reason.NOT_A_LOGIN),
        ({"name": " "}, Reason.MISSING),
        ({"post": ""}, Reason.MISSING),
        ({"name": "x" * 201}, Reason.TOO_LONG),
        ({"role": Role.SYSTEM, "agency_code": OTHER}, Reason.NOT_YOUR_ROLE),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    world: World, admin: ActorFacts, change: dict[str, Any], reason: Reason
) -> None:
    fields = {"login": "moi", "name": "Tên", "post": "Chức vụ"} | change

    with pytest.raises(Refused) as refused:
        world.do(AddPerson(**fields), admin)

    assert reasons(refused) == [reason]


def test_a_changed_account_keeps_its_sign_in_name_and_the_loser_of_a_race_is_told(
    world: World, admin: ActorFacts
) -> None:
    who = world.officer()
    seen = person(world, who)["version"]

    world.do(ChangePerson(who.person_id or 0, "Tên Mới", "Phó Giám đốc", "a@b.vn", seen), admin)

    assert person(world, who)["name"] == "Tên Mới"
    assert person(world, who)["login"] == who.login
    with pytest.raises(Stale):
        world.do(ChangePerson(who.person_id or 0, "Tên Khác", "Chức vụ", None, seen), admin)


def test_the_trail_shows_what_changed_and_never_a_hash(world: World, admin: ActorFacts) -> None:
    who = world.officer()

    world.do(ResetPassword(who.person_id or 0, password_hash()), admin)

    body = bodies(world, "reset_password")[-1]
    change = body["changes"][0]
    assert change["after"]["password_hash"] == "(bí mật)"
    assert body["object"]["version_after"] == body["object"]["version_before"] + 1
    with world.engine.connect() as conn:
        everything = "".join(conn.execute(select(AUDIT_ENTRY.c.body)).scalars())
    assert "argon2" not in everything


# --- roles -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "overlaps"),
    [
        (date(2026, 1, 1), None, True),
        (date(2023, 1, 1), date(2023, 12, 31), False),
        (date(2023, 1, 1), date(2024, 1, 1), True),
        (date(2026, 3, 31), None, True),
        (date(2026, 4, 1), None, False),
    ],
)
def test_the_same_role_twice_at_the_same_time_is_refused(
    world: World, admin: ActorFacts, first: date, last: date | None, overlaps: bool
) -> None:
    who = world.head()  # head of the lead since 01/01/2024
    with world.engine.connect() as conn:
        held = people.memberships(conn, who.person_id or 0, world.today)[0]
    world.do(EndMembership(held["id"], date(2026, 3, 31), "Điều động"), admin)
    again = AddMembership(who.person_id or 0, LEAD, Role.HEAD, first, last)

    if overlaps:
        with pytest.raises(Refused) as refused:
            world.do(again, admin)
        assert reasons(refused) == [Reason.MEMBERSHIP_OVERLAPS]
    else:
        assert world.do(again, admin).data["membership_id"]


def test_a_role_counts_from_its_first_to_its_last_day(world: World, admin: ActorFacts) -> None:
    who = world.officer()
    role = AddMembership(who.person_id or 0, OTHER, Role.HEAD, date(2026, 3, 10), date(2026, 3, 12))
    world.do(role, admin)

    def heads(day: date) -> bool:
        with world.engine.connect() as conn:
            return identity.actor_of(conn, who.person_id or 0, day).holds(Role.HEAD) is not None

    assert [heads(date(2026, 3, d)) for d in (9, 10, 12, 13)] == [False, True, True, False]


def test_a_role_cannot_end_before_it_began(world: World, admin: ActorFacts) -> None:
    who = world.officer()
    backwards = AddMembership(
        who.person_id or 0, OTHER, Role.HEAD, date(2026, 3, 10), date(2026, 3, 9)
    )
    with pytest.raises(Refused) as refused:
        world.do(backwards, admin)
    assert reasons(refused) == [Reason.ENDS_BEFORE_IT_BEGINS]


def test_nobody_takes_the_last_administrator_away(world: World, admin: ActorFacts) -> None:
    admit(world, admin)
    with world.engine.connect() as conn:
        role = people.memberships(conn, admin.person_id or 0, world.today)[0]
    lock = LockPerson(admin.person_id or 0, "Nghỉ")
    end = EndMembership(role["id"], world.today, "Nghỉ")

    for command in (lock, end):
        with pytest.raises(Refused) as refused:
            world.do(command, admin)
        assert reasons(refused) == [Reason.LAST_ADMIN]

    second = world.do(
        AddPerson("admin2", "Người Hai", "Quản trị", None, STANDING, Role.ADMIN), admin
    )
    with pytest.raises(Refused):
        world.do(end, admin)  # the second one has no password yet: he cannot come in
    world.do(ResetPassword(second.object_id or 0, password_hash()), admin)
    assert world.do(end, admin).object_id == admin.person_id


# --- kept out and let in -----------------------------------------------------------------


def signed_in(world: World, who: ActorFacts, network: str = "10.0.0.0/24") -> str:
    token = identity.new_token()
    version = person(world, who)["version"]
    command = SignIn(who.person_id or 0, version, identity.digest_of(token), network, "Firefox")
    world.do(command, who)
    return token


def is_open(world: World, token: str, after: timedelta = timedelta()) -> bool:
    with world.engine.connect() as conn:
        now = world.now + after
        found = identity.visitor_of(conn, token, now, world.today, timedelta(minutes=15))
    return found is not None


def test_a_session_is_kept_as_a_digest_and_names_its_person(world: World) -> None:
    who = world.head()

    token = signed_in(world, who)

    with world.engine.connect() as conn:
        kept = conn.execute(select(PERSON_SESSION.c.token_hash)).scalars().all()
        found = identity.visitor_of(conn, token, world.now, world.today, timedelta(minutes=15))
    assert token not in kept
    assert found is not None
    assert found.actor == who
    assert found.actor.standing_agency_ids == frozenset()


def test_the_standing_agency_knows_itself(world: World) -> None:
    token = signed_in(world, world.judge)

    with world.engine.connect() as conn:
        found = identity.visitor_of(conn, token, world.now, world.today, timedelta(minutes=15))

    assert found is not None
    assert found.actor.standing_agency_ids == world.judge.agency_ids


def test_who_is_signed_in_costs_one_statement(world: World) -> None:
    token = signed_in(world, world.head())
    statements: list[str] = []

    def count(*given: Any) -> None:
        statements.append(given[2])

    with world.engine.connect() as conn:
        conn.execute(select(1))
        event.listen(world.engine, "before_cursor_execute", count)
        identity.visitor_of(conn, token, world.now, world.today, timedelta(minutes=15))
        event.remove(world.engine, "before_cursor_execute", count)

    assert len(statements) == 1


@pytest.mark.parametrize("how", ["sign_out", "end", "lock", "reset", "change"])
def test_a_session_dies_at_once(world: World, admin: ActorFacts, how: str) -> None:
    who = world.head()
    token = signed_in(world, who)
    other = signed_in(world, who, "10.9.9.0/24")
    with world.engine.connect() as conn:
        session_id = conn.execute(
            select(PERSON_SESSION.c.id).where(
                PERSON_SESSION.c.token_hash == identity.digest_of(token)
            )
        ).scalar_one()
    version = person(world, who)["version"]
    acts: dict[str, tuple[Any, ActorFacts]] = {
        "sign_out": (SignOut(session_id), who),
        "end": (EndSession(session_id), who),
        "lock": (LockPerson(who.person_id or 0, "Nghỉ việc"), admin),
        "reset": (ResetPassword(who.person_id or 0, password_hash()), admin),
        "change": (
            ChangePassword(who.person_id or 0, password_hash(), version, "0" * 64, "n", "d"),
            who,
        ),
    }

    world.do(*acts[how])

    assert not is_open(world, token)
    assert is_open(world, other) == (how in ("sign_out", "end"))


def test_a_session_ends_by_itself(world: World) -> None:
    token = signed_in(world, world.head())

    assert is_open(world, token, timedelta(minutes=15))
    assert not is_open(world, token, timedelta(minutes=15, seconds=1))


def test_a_session_in_use_ends_after_twelve_hours_all_the_same(world: World) -> None:
    token = signed_in(world, world.head())
    with world.engine.connect() as conn:
        found = identity.visitor_of(conn, token, world.now, world.today, timedelta(minutes=15))
    assert found is not None
    for minutes in range(10, 12 * 60 + 10, 10):
        identity.touch(world.engine, found, world.now + timedelta(minutes=minutes))

    assert is_open(world, token, timedelta(hours=12))
    assert not is_open(world, token, timedelta(hours=12, seconds=1))


def test_nobody_ends_the_session_of_somebody_else(world: World, admin: ActorFacts) -> None:
    signed_in(world, world.head())
    with world.engine.connect() as conn:
        session_id = conn.execute(select(PERSON_SESSION.c.id)).scalars().all()[-1]

    for who in (world.officer(), admin):
        for command in (SignOut(session_id), EndSession(session_id)):
            with pytest.raises(NotFound):
                world.do(command, who)


def test_a_locked_person_cannot_sign_in_and_an_unlocked_one_can(
    world: World, admin: ActorFacts
) -> None:
    who = world.head()
    world.do(LockPerson(who.person_id or 0, "Nghỉ việc"), admin)

    with pytest.raises(Refused) as refused:
        signed_in(world, who)
    assert reasons(refused) == [Reason.ACCOUNT_LOCKED]
    with pytest.raises(Refused):
        world.do(LockPerson(who.person_id or 0, "Lần nữa"), admin)

    world.do(UnlockPerson(who.person_id or 0, "Đi làm lại"), admin)
    assert is_open(world, signed_in(world, who))
    with pytest.raises(Refused) as refused:
        world.do(UnlockPerson(who.person_id or 0, "Lần nữa"), admin)
    assert reasons(refused) == [Reason.NOT_LOCKED]


def test_a_password_changed_while_somebody_signs_in_makes_him_stale(
    world: World, admin: ActorFacts
) -> None:
    who = world.head()
    seen = person(world, who)["version"]
    world.do(ResetPassword(who.person_id or 0, password_hash()), admin)

    with pytest.raises(Stale):
        world.do(SignIn(who.person_id or 0, seen, "0" * 64, "n", "d"), who)


def test_nobody_signs_in_or_chooses_a_password_for_somebody_else(
    world: World, admin: ActorFacts
) -> None:
    who = world.head()
    version = person(world, who)["version"]
    for command in (
        SignIn(who.person_id or 0, version, "0" * 64, "n", "d"),
        ChangePassword(who.person_id or 0, password_hash(), version, "0" * 64, "n", "d"),
    ):
        with pytest.raises(NotFound):
            world.do(command, admin)


# --- wrong tries -------------------------------------------------------------------------

STRANGER = ActorFacts(None, "", "Khách")


def tried(world: World, who: ActorFacts, password: str, network: str = "10.0.0.0/24") -> Any:
    with world.engine.connect() as conn:
        found = identity.attempt(conn, who.login, password, network, world.now)
    if found.person is None and found.paused_until is None:
        world.do(RecordFailedSignIn(found.counted_as, network, found.known_id), STRANGER)
    return found


def test_the_fifth_wrong_try_pauses_one_network_and_no_other(world: World) -> None:
    who = admit(world, world.head())
    for _ in range(5):
        assert tried(world, who, "sai").person is None

    here = tried(world, who, "cau-vong-sau-mua-2026")
    there = tried(world, who, "cau-vong-sau-mua-2026", "10.0.1.0/24")

    assert here.person is None
    assert here.paused_until == world.now + timedelta(minutes=5)
    assert there.person is not None


def test_signing_in_forgets_the_wrong_tries_of_this_network(world: World) -> None:
    who = admit(world, world.head())
    for _ in range(4):
        tried(world, who, "sai")

    signed_in(world, who)
    for _ in range(4):
        tried(world, who, "sai")

    assert tried(world, who, "cau-vong-sau-mua-2026").person is not None


def test_a_new_initial_password_ends_the_pause(world: World, admin: ActorFacts) -> None:
    who = admit(world, world.head())
    for _ in range(5):
        tried(world, who, "sai")

    world.do(ResetPassword(who.person_id or 0, password_hash()), admin)

    assert tried(world, who, "cau-vong-sau-mua-2026").person is not None


def test_a_name_nobody_has_is_kept_as_a_digest_only(world: World) -> None:
    nobody = ActorFacts(None, "mat-khau-go-nham-o-day", "")

    tried(world, nobody, "sai")

    body = bodies(world, "record_failed_sign_in")[-1]
    assert body["object"]["id"] is None
    assert "mat-khau-go-nham" not in json.dumps(body)


# --- the clock ---------------------------------------------------------------------------


def test_the_sweep_forgets_what_is_old_and_leaves_what_is_not(world: World) -> None:
    token = signed_in(world, world.head())
    tried(world, world.head(), "sai")
    world.do(AddPerson("moi", "Mới", "Mới"), SYSTEM)
    world.do(
        ChangePerson(world.officer().person_id or 0, "Tên", "Chức vụ"),
        world.person(Role.ADMIN, STANDING),
        key="a" * 32,
    )

    early = world.do(SweepExpired(), SYSTEM)
    late = world.do(SweepExpired(), SYSTEM, now=world.now + timedelta(days=31))

    assert dict(early.data) == {"answers": 0, "failures": 0, "sessions": 0}
    assert dict(late.data) == {"answers": 1, "failures": 1, "sessions": 1}
    assert not is_open(world, token)


def test_nobody_but_the_clock_sweeps(world: World, admin: ActorFacts) -> None:
    for who in (admin, world.chairman):
        with pytest.raises(Refused):
            world.do(SweepExpired(), who)


# --- the administrator has no business ---------------------------------------------------


def test_the_administrator_may_do_nothing_to_a_cycle(world: World, admin: ActorFacts) -> None:
    cycle_id = world.cycle()
    acts = [
        cycles.AcceptTask(cycle_id, "Đầu mối"),
        cycles.UpdateProgress(cycle_id, 10, "Đang làm"),
        results.SaveDraft(cycle_id, "Kết quả"),
        world.report(cycle_id),
        results.VerifyResult(cycle_id),
        cycles.CompleteCycle(cycle_id, world.document()),
    ]

    for act in acts:
        with pytest.raises(NotFound):
            world.do(act, admin)


def test_every_command_of_accounts_has_a_handler() -> None:
    assert {type(c) for c in every_command(1)} <= set(HANDLERS)


def test_people_are_found_without_marks_and_sorted_by_given_name(
    world: World, admin: ActorFacts
) -> None:
    for number, name in enumerate(("Trần Thị Yến", "Nguyễn Văn Ánh", "Đỗ Đức Đạt")):
        world.do(AddPerson(f"tim-{number}", name, "Người tìm được"), admin)

    with world.engine.connect() as conn:
        all_three = people.search(conn, world.today, q="tim duoc")
        one = people.search(conn, world.today, q="do duc")

    assert [row["name"] for row in all_three.rows] == [
        "Nguyễn Văn Ánh",
        "Đỗ Đức Đạt",
        "Trần Thị Yến",
    ]
    assert [row["name"] for row in one.rows] == ["Đỗ Đức Đạt"]
    assert "password_hash" not in one.rows[0]


def test_people_can_be_filtered(world: World, admin: ActorFacts) -> None:
    world.do(LockPerson(world.officer().person_id or 0, "Nghỉ"), admin)

    with world.engine.connect() as conn:
        heads = people.search(conn, world.today, agency=LEAD, role=Role.HEAD)
        locked = people.search(conn, world.today, state="locked")
        office = people.search(conn, world.today, agency=UBND, role=Role.OFFICE)
        ghosts = people.search(conn, world.today, q="không có ai tên thế này", page=9)

    assert heads.total == 2
    assert [row["id"] for row in locked.rows] == [world.officer().person_id]
    assert office.total == 2
    assert (ghosts.total, ghosts.page, ghosts.pages) == (0, 1, 1)


def test_a_membership_of_yesterday_is_shown_after_those_of_today(
    world: World, admin: ActorFacts
) -> None:
    who = world.officer()
    world.do(
        AddMembership(who.person_id or 0, OTHER, Role.OFFICER, date(2020, 1, 1), date(2020, 2, 1)),
        admin,
    )

    with world.engine.connect() as conn:
        shown = people.memberships(conn, who.person_id or 0, world.today)
        kept = conn.execute(
            select(MEMBERSHIP.c.id).where(MEMBERSHIP.c.person_id == who.person_id)
        ).all()

    assert [row["is_valid"] for row in shown] == [True, False]
    assert len(kept) == 2
