"""Accounts and the log on the command line: for the first administrator, and for programs."""

import json
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select

from models.states import CycleState
from models.tables import AUDIT_ENTRY, PERSON
from tests.make import OTHER, STANDING, World
from tests.visitors import SetClock, Visitor
from workflow.canonical import leaf_hash


def cli(world: World, *arguments: str, **options: Any) -> Result:
    return world.app.test_cli_runner().invoke(args=list(arguments), **options)


ADD = (
    *("people", "add", "quan-tri", "--name", "Trần Thị Quản", "--post", "Chuyên viên"),
    *("--agency", STANDING, "--role", "admin"),
)


def test_the_first_administrator_is_made_and_comes_in(world: World, clock: SetClock) -> None:
    done = cli(world, *ADD, "--json")

    said = json.loads(done.output)
    assert done.exit_code == 0
    assert said["login"] == "quan-tri"
    answer = Visitor(world.app).sign_in("quan-tri", said["password"])
    assert answer.status_code == 303


def test_the_password_may_come_from_outside_and_is_not_said_then(
    world: World, clock: SetClock
) -> None:
    done = cli(world, *ADD, "--password-stdin", "--json", input="thuyền ra khơi xa\n")

    assert done.exit_code == 0
    assert "password" not in json.loads(done.output)
    assert Visitor(world.app).sign_in("quan-tri", "thuyền ra khơi xa").status_code == 303


@pytest.mark.parametrize(
    ("arguments", "typed", "says"),
    [
        ((*ADD, "--password-stdin"), "ngắn\n", "ít nhất 12 ký tự"),
        (("people", "lock", "khong-co", "--reason", "x"), None, "Không có tài khoản"),
        (("people", "password", "khong-co"), None, "Không có tài khoản"),
        (("people", "lock", "head1.so-khac", "--reason", " "), None, "Chưa nhập lý do."),
        (("audit", "show", "--object", "nonsense"), None, "viết loại:số"),
    ],
)
def test_a_refusal_says_why_and_leaves_with_one(
    world: World, arguments: tuple[str, ...], typed: str | None, says: str
) -> None:
    done = cli(world, *arguments, input=typed)

    assert done.exit_code == 1
    assert says in done.stderr
    assert done.stdout == ""


def test_wrong_usage_leaves_with_two(world: World) -> None:
    assert cli(world, "people", "add", "x").exit_code == 2
    assert cli(world, *ADD[:-1], "god").exit_code == 2


def test_people_are_listed_for_programs_and_for_people(world: World) -> None:
    everybody = json.loads(cli(world, "people", "list", "--json").output)
    some = cli(world, "people", "list", "--q", "officer1.so khac").output

    with world.engine.connect() as conn:
        logins = set(conn.execute(select(PERSON.c.login)).scalars())
    assert {row["login"] for row in everybody} == logins
    assert everybody[0].keys() == {"id", "login", "name", "post", "email", "locked", "roles"}
    assert "Chuyên viên so-khac" in some
    assert len(some.splitlines()) == 1


def test_a_person_is_locked_and_given_a_new_password(world: World, clock: SetClock) -> None:
    login = world.officer(OTHER).login

    made = json.loads(cli(world, "people", "password", login, "--json").output)
    assert Visitor(world.app).sign_in(login, made["password"]).status_code == 303
    cli(world, "people", "lock", login, "--reason", "Nghỉ việc")

    assert Visitor(world.app).sign_in(login, made["password"]).status_code == 422
    listed = json.loads(cli(world, "people", "list", "--q", login, "--json").output)
    assert listed[0]["locked"] is True


def test_the_log_is_printed_one_entry_a_line_with_its_proof(world: World) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.REPORTED)

    lines = [json.loads(line) for line in cli(world, "audit", "show", "--json").output.splitlines()]

    with world.engine.connect() as conn:
        entries = conn.execute(select(AUDIT_ENTRY.c.id)).all()
    assert len(lines) == len(entries)
    assert {"at", "actor", "agency", "command", "object", "from", "to", "reason"} <= lines[0].keys()
    assert all(leaf_hash(line["body"]) == line["leaf_hash"] for line in lines)
    sent = lines[-1]
    assert (sent["command"], sent["object"]) == ("report", f"cycle:{cycle_id}")
    assert (sent["from"], sent["to"]) == ("in_progress", "reported")
    assert sent["actor"] == "head2.so-chu-tri"


def test_the_log_can_be_asked_about_one_object_or_for_its_end(world: World) -> None:
    cycle_id = world.bring(world.cycle(), CycleState.REPORTED)

    about = cli(world, "audit", "show", "--object", f"cycle:{cycle_id}", "--json").output
    last_two = cli(world, "audit", "show", "--limit", "2").output.splitlines()

    commands = [json.loads(line)["command"] for line in about.splitlines()]
    assert commands == ["assign", "accept", "report"]
    assert len(last_two) == 2
    assert "gửi báo cáo kết quả" in last_two[1]


def test_an_address_is_written_down_changed_and_taken_away(world: World) -> None:
    login = world.officer(OTHER).login

    def address() -> str | None:
        listed = json.loads(cli(world, "people", "list", "--q", login, "--json").output)
        found: str | None = listed[0]["email"]
        return found

    assert address() is None
    done = cli(world, "people", "email", login, "an.nguyen@so-khac.gov.vn", "--json")
    assert json.loads(done.output) == {"login": login, "email": "an.nguyen@so-khac.gov.vn"}
    assert address() == "an.nguyen@so-khac.gov.vn"

    cli(world, "people", "email", login, "")
    assert address() is None
    with world.engine.connect() as conn:
        by = select(AUDIT_ENTRY.c.command).order_by(AUDIT_ENTRY.c.id.desc()).limit(2)
        assert list(conn.execute(by).scalars()) == ["change_person", "change_person"]


@pytest.mark.parametrize(
    "typed",
    [
        "an.nguyen",
        "an@máy.vn",
        "a@b.vn, c@d.vn",
        "An <a@b.vn>",
        "a b@c.vn",
        "a@b",
        "a@b.vn\nBcc: c",
    ],
)
def test_what_is_no_address_is_refused(world: World, typed: str) -> None:
    done = cli(world, "people", "email", world.officer(OTHER).login, typed)

    assert done.exit_code == 1
    assert "Địa chỉ thư điện tử chưa đúng" in done.output
