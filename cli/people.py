"""`people …`: accounts by hand, for the first administrator and for emergencies."""

import getpass
import sys
from datetime import date
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from cli import answer
from cli.kinds import DATE
from models.states import LABELS, Role
from workflow import identity, people
from workflow.commands.people import (
    GIVEN_ROLES,
    AddPerson,
    ChangePerson,
    LockPerson,
    ResetPassword,
)
from workflow.door import Origin
from workflow.law.facts import SYSTEM


@click.group("people", cls=AppGroup)
def group() -> None:
    """Tài khoản: thêm, liệt kê, khóa, cấp mật khẩu, ghi địa chỉ thư."""


def _services() -> Any:
    return current_app.extensions["dondoc"]


def _perform(command: Any) -> Any:
    services = _services()
    return services.door.perform(
        command, SYSTEM, services.clock.now(), origin=Origin(channel="cli")
    )


def _person_id(login: str) -> int:
    services = _services()
    with services.engine.connect() as conn:
        return identity.actor_by_login(conn, login, services.clock.today()).person_id or 0


def _password(from_stdin: bool, login: str) -> tuple[str, str | None]:
    """The hash to keep, and the password when it was made here and must be told."""
    if not from_stdin:
        made = identity.initial_password()
        return identity.new_hash(made, login), made
    typed = sys.stdin.readline().rstrip("\r\n") if not sys.stdin.isatty() else getpass.getpass()
    return identity.new_hash(typed, login), None


from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Đọc mật khẩu từ đầu vào chuẩn thay vì tạo mới."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Trả lời bằng JSON.")


@group.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Họ và tên.")
@click.option("--post", required=True, help="Chức vụ.")
@click.option("--agency", required=True, help="Mã cơ quan, ví dụ so-xay-dung.")
@click.option("--role", required=True, type=click.Choice([r.value for r in GIVEN_ROLES]))
@click.option("--email")
@click.option("--on", type=DATE, help="Từ ngày; mặc định hôm nay.")
@from_stdin
@as_json
def add(
    login: str,
    name: str,
    post: str,
    agency: str,
    role: str,
    email: str | None,
    on: date | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Thêm tài khoản với vai trò đầu tiên; in mật khẩu ban đầu một lần."""
    password_hash, made = _password(password_stdin, login)
    outcome = _perform(
        AddPerson(
            login=login,
            name=name,
            post=post,
            email=email,
            agency_code=agency,
            role=Role(role),
            valid_from=on or _services().clock.today(),
            password_hash=password_hash,
        )
    )
    _told({"id": outcome.object_id, "login": identity.clean_login(login)}, made, as_json)


def _told(said: dict[str, Any], password: str | None, as_json: bool) -> None:
    if as_json:
        answer(said | ({"password": password} if password else {}))
        return
    click.echo(f"Tài khoản {said['login']}: xong.")
    if password:
        click.echo(f"Mật khẩu ban đầu (chỉ in một lần): {password}")


@group.command("list")
@click.option("--q", default="", help="Từ trong họ tên, tên đăng nhập, chức vụ.")
@as_json
def list_people(q: str, as_json: bool) -> None:
    """Liệt kê tài khoản, theo tên."""
    services = _services()
    with services.engine.connect() as conn:
        first = people.search(conn, services.clock.today(), q=q)
        pages = [first] + [
            people.search(conn, services.clock.today(), q=q, page=n)
            for n in range(2, first.pages + 1)
        ]
    rows = [(row, page.roles.get(row["id"], [])) for page in pages for row in page.rows]
    if as_json:
        answer(
            [
                {
                    "id": row["id"],
                    "login": row["login"],
                    "name": row["name"],
                    "post": row["post"],
                    "email": row["email"],
                    "locked": row["locked_at"] is not None,
                    "roles": [{"role": m["role"], "agency": m["short"]} for m in roles],
                }
                for row, roles in rows
            ]
        )
        return
    for row, roles in rows:
        held = ", ".join(f"{LABELS[Role(m['role'])]} {m['short']}" for m in roles) or "—"
        lock = "  [khóa]" if row["locked_at"] else ""
        click.echo(f"{row['login']:32}{row['name']:28}{held}{lock}")


@group.command("lock")
@click.argument("login")
@click.option("--reason", required=True, help="Lý do, được lưu lâu dài.")
@as_json
def lock(login: str, reason: str, as_json: bool) -> None:
    """Khóa tài khoản ngay; mọi phiên đăng nhập kết thúc."""
    _perform(LockPerson(_person_id(login), reason))
    _told({"login": login}, None, as_json)


@group.command("email")
@click.argument("login")
@click.argument("address")
@as_json
def email(login: str, address: str, as_json: bool) -> None:
    """Ghi địa chỉ nhận thư; địa chỉ rỗng là thôi nhận thư."""
    person_id, services = _person_id(login), _services()
    with services.engine.connect() as conn:
        row = people.person(conn, person_id)
    changed = ChangePerson(person_id, row["name"], row["post"], address, row["version"])
    _perform(changed)
    _told({"login": login, "email": address or None}, None, as_json)


@group.command("password")
@click.argument("login")
@from_stdin
@as_json
def password(login: str, password_stdin: bool, as_json: bool) -> None:
    """Cấp mật khẩu ban đầu, phải đổi khi đăng nhập lần đầu."""
    person_id = _person_id(login)
    password_hash, made = _password(password_stdin, login)
    _perform(ResetPassword(person_id, password_hash))
    _told({"login": login}, made, as_json)
