"""My own account: who I am, my password, my open sessions, how I like my pages."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import db
from web.account.forms import EndSessionForm, PasswordForm, ShortcutsForm, ThemeForm
from web.forms import BadForm, FormState, read, state_of
from web.requires import before_password, me, now, perform, services, signed_in, today, visitor
from web.sessions import device, network, open_session
from workflow import identity, people
from workflow.commands.people import ChangePassword, EndSession, RecordFailedSignIn
from workflow.law.errors import Reason, Refusal, Refused

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@signed_in
def overview() -> ResponseReturnValue:
    known = visitor()
    sessions = people.open_sessions(db.conn(), me(), now(), services().settings.idle_minutes)
    return render_template(
        "pages/account/overview.html",
        person=people.person(db.conn(), me().person_id or 0),
        memberships=people.memberships(db.conn(), me().person_id or 0, today()),
        sessions=sessions,
        this_session=known.session_id if known else None,
        theme_now=session.get("theme", "system"),
    )


def _password_page(state: FormState | None, status: int) -> tuple[str, int]:
    known = visitor()
    forced = known is not None and known.must_change_password
    return render_template("pages/account/password.html", state=state, forced=forced), status


@blueprint.get("/password")
@before_password
def change_password() -> ResponseReturnValue:
    return _password_page(None, 200)


@blueprint.post("/password")
@before_password
def change_password_now() -> ResponseReturnValue:
    try:
        form = read(PasswordForm, request.form)
    except BadForm as bad:
        return _password_page(bad.state, 422)
    actor = me()
    tried = identity.attempt(db.conn(), actor.login, form.current_password, network(), now())
    token = identity.new_token()
    try:
        if tried.person is None:
            if tried.paused_until is None:
                perform(RecordFailedSignIn(tried.counted_as, network(), tried.known_id))
            raise Refused(Refusal(Reason.WRONG_PASSWORD))
        if form.new_password == form.current_password:
            raise Refused(Refusal(Reason.SAME_PASSWORD, {"field": "new_password"}))
        command = ChangePassword(
            person_id=tried.person["id"],
            password_hash=identity.new_hash(form.new_password, actor.login),
            seen_version=tried.person["version"],
            token_hash=identity.digest_of(token),
            network=network(),
            device=device(),
        )
        perform(command)
    except Refused as refused:
        state = state_of(refused, request.form)
        if state is None:
            raise
        return _password_page(state, 422)
    open_session(token)
    flash(_("Đã đổi mật khẩu. Các phiên đăng nhập khác đã kết thúc."), "success")
    return redirect("/", 303)


@blueprint.post("/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    form = read(EndSessionForm, request.form)
    perform(EndSession(session_id), key=form.idempotency_key)
    flash(_("Đã kết thúc phiên đăng nhập đó."), "success")
    return redirect(url_for("account.overview"), 303)


@blueprint.post("/theme")
@signed_in
def choose_theme() -> ResponseReturnValue:
    form = read(ThemeForm, request.form)
    if form.theme == "system":
        session.pop("theme", None)
    else:
        session["theme"] = form.theme
    return redirect(url_for("account.overview"), 303)


@blueprint.post("/shortcuts")
@signed_in
def choose_shortcuts() -> ResponseReturnValue:
    """Single keys can be switched off: whoever dictates would press them by talking."""
    form = read(ShortcutsForm, request.form)
    if form.shortcuts == "on":
        session.pop("shortcuts", None)
    else:
        session["shortcuts"] = "off"
    return redirect(url_for("account.overview") + "#shortcuts", 303)
