"""People and agencies: who has an account, what he is where, and who is kept out.

Only accounts: the administrator has no page of the plan's work and no business command.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import RowMapping

from models.states import LABELS, Role
from web import db, numbers
from web.admin.forms import (
    EndMembershipForm,
    MembershipForm,
    NewPersonForm,
    NothingForm,
    PersonForm,
    ReasonForm,
)
from web.forms import Form, FormState, carried_out, read
from web.requires import now, perform, requires, today
from workflow import identity, people
from workflow.commands.people import (
    GIVEN_ROLES,
    AddMembership,
    AddPerson,
    ChangePerson,
    EndMembership,
    LockPerson,
    ResetPassword,
    UnlockPerson,
)

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
administrator = requires(Role.ADMIN)


def _role(typed: str | None) -> Role | None:
    return Role(typed) if typed in set(GIVEN_ROLES) else None


def _roles() -> list[tuple[str, str]]:
    return [(role.value, _(LABELS[role])) for role in GIVEN_ROLES]


def _agencies() -> list[tuple[str, str]]:
    return [
        (a["code"], a["name"])
        for a in people.agencies(db.conn())
        if a["valid_to"] is None or a["valid_to"] >= today()
    ]


@blueprint.get("")
@administrator
def index() -> ResponseReturnValue:
    args = request.args
    page = numbers.number("page") or 1
    role = _role(args.get("role"))
    found = people.search(
        db.conn(),
        today(),
        q=args.get("q", "")[:200],
        agency=args.get("agency") or None,
        role=role,
        state=args.get("state") or None,
        page=page,
    )
    chosen: dict[str, Any] = {k: args[k] for k in ("q", "agency", "role", "state") if args.get(k)}
    return render_template(
        "pages/admin/people.html",
        found=found,
        chosen=chosen,
        agencies=_agencies(),
        roles=_roles(),
        link=lambda n: url_for("admin.index", **chosen, page=n),
        per_page=people.PAGE,
    )


# --- one person --------------------------------------------------------------------------


def _new_page(state: FormState | None, status: int) -> tuple[str, int]:
    page = render_template(
        "pages/admin/new_person.html", state=state, agencies=_agencies(), roles=_roles()
    )
    return page, status


@blueprint.get("/people/new")
@administrator
def new_person() -> ResponseReturnValue:
    return _new_page(None, 200)


@blueprint.post("/people/new")
@administrator
def add_person() -> ResponseReturnValue:
    def command(form: NewPersonForm) -> AddPerson:
        return AddPerson(
            login=form.login,
            name=form.name,
            post=form.post,
            email=form.email,
            agency_code=form.agency_code,
            role=form.role,
            valid_from=form.valid_from,
        )

    done = carried_out(NewPersonForm, command)
    if isinstance(done, FormState):
        return _new_page(done, 422)
    _form, made = done
    flash(_("Đã thêm tài khoản. Cấp mật khẩu ban đầu để người này đăng nhập được."), "success")
    return redirect(url_for("admin.show", person_id=made.object_id), 303)


def _page(person_id: int, initial_password: str | None = None) -> str:
    conn = db.conn()
    return render_template(
        "pages/admin/person.html",
        person=people.person(conn, person_id),
        memberships=people.memberships(conn, person_id, today()),
        sessions=people.count_open_sessions(conn, person_id, now()),
        initial_password=initial_password,
    )


@blueprint.get("/people/<int:person_id>")
@administrator
def show(person_id: int) -> ResponseReturnValue:
    return _page(person_id)


# --- what can be done to an account ------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """An act on an account: what it asks for and the command it becomes."""

    form: type[Form]
    command: Callable[[int, Any], Any]


ACTS: dict[str, Act] = {
    "change": Act(
        PersonForm, lambda i, f: ChangePerson(i, f.name, f.post, f.email, f.seen_version)
    ),
    "lock": Act(ReasonForm, lambda i, f: LockPerson(i, f.reason, f.seen_version)),
    "unlock": Act(ReasonForm, lambda i, f: UnlockPerson(i, f.reason, f.seen_version)),
    "membership": Act(
        MembershipForm,
        lambda i, f: AddMembership(i, f.agency_code, f.role, f.valid_from, f.valid_to),
    ),
}
ACT_PATH = "/people/<int:person_id>/<any(change, lock, unlock, membership):act>"


def _act_page(
    person_id: int, act: str, state: FormState | None, membership: RowMapping | None = None
) -> tuple[str, int]:
    page = render_template(
        "pages/admin/act.html",
        person=people.person(db.conn(), person_id),
        act=act,
        state=state,
        membership=membership,
        agencies=_agencies(),
        roles=_roles(),
    )
    return page, 422 if state else 200


@blueprint.get(ACT_PATH)
@administrator
def ask(person_id: int, act: str) -> ResponseReturnValue:
    return _act_page(person_id, act, None)


@blueprint.post(ACT_PATH)
@administrator
def act(person_id: int, act: str) -> ResponseReturnValue:
    said = {
        "change": _("Đã lưu thông tin tài khoản."),
        "lock": _("Đã khóa tài khoản; mọi phiên đăng nhập của người này đã kết thúc."),
        "unlock": _("Đã mở khóa tài khoản."),
        "membership": _("Đã giao vai trò."),
    }
    done = carried_out(ACTS[act].form, lambda form: ACTS[act].command(person_id, form))
    if isinstance(done, FormState):
        return _act_page(person_id, act, done)
    flash(said[act], "success")
    return redirect(url_for("admin.show", person_id=person_id), 303)


@blueprint.get("/people/<int:person_id>/password")
@administrator
def ask_password(person_id: int) -> ResponseReturnValue:
    return _act_page(person_id, "password", None)


@blueprint.post("/people/<int:person_id>/password")
@administrator
def reset_password(person_id: int) -> ResponseReturnValue:
    """The initial password is shown on this answer and nowhere else: it is not kept."""
    read(NothingForm, request.form)
    login = people.person(db.conn(), person_id)["login"]
    password = identity.initial_password()
    perform(ResetPassword(person_id, identity.new_hash(password, login)))
    return _page(person_id, initial_password=password)


@blueprint.get("/memberships/<int:membership_id>/end")
@administrator
def ask_end(membership_id: int) -> ResponseReturnValue:
    row = people.membership(db.conn(), membership_id)
    return _act_page(row["person_id"], "end", None, row)


@blueprint.post("/memberships/<int:membership_id>/end")
@administrator
def end_membership(membership_id: int) -> ResponseReturnValue:
    row = people.membership(db.conn(), membership_id)

    def command(form: EndMembershipForm) -> EndMembership:
        return EndMembership(membership_id, form.last_day, form.reason, form.seen_version)

    done = carried_out(EndMembershipForm, command)
    if isinstance(done, FormState):
        return _act_page(row["person_id"], "end", done, row)
    flash(_("Đã ghi ngày cuối của vai trò."), "success")
    return redirect(url_for("admin.show", person_id=row["person_id"]), 303)


# --- agencies ----------------------------------------------------------------------------


@blueprint.get("/agencies")
@administrator
def agencies() -> ResponseReturnValue:
    return render_template(
        "pages/admin/agencies.html",
        agencies=people.agencies(db.conn(), today()),
        kind_label=kind_label,
    )


def kind_label(kind: str) -> str:
    """The kind of an agency in words; a kind of another plan's file is shown as it is."""
    kinds = {
        "department": _("Sở"),
        "district-peoples-committee": _("UBND huyện, thị xã, thành phố"),
        "mass-organisation": _("Tổ chức chính trị - xã hội, hội"),
        "central-branch": _("Cơ quan ngành dọc"),
        "provincial-board": _("Ban, đơn vị thuộc tỉnh"),
        "press": _("Báo, đài"),
        "party": _("Cơ quan Đảng"),
        "bank": _("Ngân hàng"),
        "other": _("Khác"),
    }
    return kinds.get(kind, kind)
