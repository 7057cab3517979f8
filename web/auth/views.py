"""Signing in and out, and the language of the pages."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import db, filters
from web.auth.forms import LanguageForm, SignInForm
from web.forms import BadForm, FormState, read
from web.requires import before_password, now, perform, public, services, today, visitor
from web.security import safe_next
from web.sessions import close_session, device, network, open_session
from workflow import identity
from workflow.commands.people import RecordFailedSignIn, SignIn, SignOut
from workflow.law.errors import Stale
from workflow.law.facts import STRANGER

blueprint = Blueprint("auth", __name__)


def _page(status: int, state: FormState | None, target: str) -> tuple[str, int]:
    is_demo = services().settings.is_demo
    page = render_template("pages/auth/sign_in.html", state=state, next=target, is_demo=is_demo)
    return page, status


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    target = safe_next(request.args.get("next"), "")
    if visitor() is not None:
        return redirect(target or "/", 303)
    return _page(200, None, target)


@blueprint.post("/sign-in")
@public
def sign_in_now() -> ResponseReturnValue:
    target = safe_next(request.form.get("next"), "")
    try:
        form = read(SignInForm, request.form)
    except BadForm as bad:
        return _page(422, bad.state, target)
    tried = identity.attempt(db.conn(), form.login, form.password, network(), now())
    if tried.person is None:
        return _page(422, FormState({"login": form.login}, {"": _failed(tried)}), target)
    token = identity.new_token()
    actor = identity.actor_of(db.conn(), tried.person["id"], today())
    command = SignIn(
        person_id=tried.person["id"],
        seen_version=tried.person["version"],
        token_hash=identity.digest_of(token),
        network=network(),
        device=device(),
        # The account itself is evidence: while the system is read-only it stays as it is.
        renewed_hash=None
        if services().door.closed()
        else identity.renewed(tried.person["password_hash"], form.password),
    )
    perform(command, actor=actor)
    open_session(token)
    return redirect(target or "/", 303)


def _failed(tried: identity.Attempt) -> str:
    """Count a wrong try. The sentence does not tell which of the two was wrong."""
    if tried.is_locked:
        return _("Tài khoản đang bị khóa. Liên hệ người quản trị hệ thống của tỉnh.")
    until = tried.paused_until or _count(tried)
    if until is None:
        return _("Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra bộ gõ và phím Caps Lock.")
    return _(
        "Đã nhập sai nhiều lần từ mạng này. Thử lại sau %(moment)s, "
        "hoặc đề nghị người quản trị cấp lại mật khẩu.",
        moment=filters.moment(until),
    )


def _count(tried: identity.Attempt) -> datetime | None:
    command = RecordFailedSignIn(tried.counted_as, network(), tried.known_id)
    try:
        outcome = perform(command, actor=STRANGER)
    except Stale:
        # Two first wrong tries at the same moment: this one counts on the row of the other.
        outcome = perform(command, actor=STRANGER)
    until = outcome.data["paused_until"]
    return datetime.fromisoformat(until) if until else None


@blueprint.post("/sign-out")
@before_password
def sign_out() -> ResponseReturnValue:
    known = visitor()
    if known is not None:
        perform(SignOut(known.session_id))
    close_session()
    flash(_("Đã đăng xuất."), "success")
    return redirect("/sign-in", 303)


@blueprint.post("/language")
@public
def language() -> ResponseReturnValue:
    form = read(LanguageForm, request.form)
    session["language"] = form.language
    return redirect(safe_next(form.next), 303)
