"""Before any view: who is this, and is the page open to him?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager
from sqlalchemy.exc import OperationalError

from models.states import LABELS
from web import db, errors, forms
from web.requires import gate_of, now, services, today, turned_away, visitor
from web.security import safe_next
from workflow import identity

# Longer than any of ours, and far below where SQLite gives up looking for a text.
LONGEST_QUERY = 8_000


class Doorman(LoginManager):
    """Who is signed in stands in the session; a cookie to remember somebody by is none of ours."""

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        return None


def load_visitor(token: str) -> identity.Visitor | None:
    """Whose session the cookie names; None when it has ended."""
    idle = timedelta(minutes=services().settings.idle_minutes)
    found = identity.visitor_of(db.conn(), token, now(), today(), idle)
    if found is not None and identity.wants_touch(found, now()):
        db.release()
        try:
            identity.touch(services().engine, found, now())
        except OperationalError as error:
            # A full disk must not keep people from reading.
            errors.log.warning("a session could not be noted: %s", error.orig)
    return found


def _view() -> Any:
    return current_app.view_functions[request.endpoint or ""]


def pass_gate() -> ResponseReturnValue | None:
    """Let in, ask to sign in, or refuse."""
    if request.endpoint is None:
        return None
    gate = gate_of(_view())
    if gate is None:
        raise RuntimeError(f"{request.endpoint} does not say who may open it")
    _refuse_what_no_form_sends()
    if gate.is_public:
        return None
    found = visitor()
    if found is None:
        return _ask_to_sign_in()
    if found.must_change_password and not gate.before_password:
        return redirect(url_for("account.change_password"), 303)
    if not gate.lets_in(found.actor):
        if request.method == "POST":
            turned_away()
        who = ", ".join(str(_(LABELS[role])) for role in sorted(gate.roles))
        return errors.page(403, who_can=who)
    return None


def _refuse_what_no_form_sends() -> None:
    """The same parameter twice means two things; a view that takes lists says @repeats.

    NUL can be typed nowhere, and PostgreSQL keeps no text with it.
    """
    if len(request.query_string) > LONGEST_QUERY:
        abort(414)
    many: frozenset[str] = getattr(_view(), "__repeats__", frozenset())
    for sent in (request.args, request.form):
        for name, found in sent.lists():
            if len(found) > 1 and name not in many:
                raise forms.Odd(name, forms.TWICE)
            if any("\0" in value for value in (name, *found)):
                raise forms.Odd(name, forms.NUL)
    if "\0" in request.path:
        abort(400)
    for name, file in request.files.items():
        if "\0" in (file.filename or ""):
            raise forms.Odd(name, forms.NUL)


def _ask_to_sign_in() -> ResponseReturnValue:
    """A page to read is asked for again afterwards; a form is shown back, nothing is lost."""
    if request.method in ("GET", "HEAD"):
        path = request.full_path.rstrip("?")
        # An address nobody is led back to is not carried along either: it would only grow.
        target = safe_next(path, "/")
        return redirect(url_for("auth.sign_in", next=None if target == "/" else target), 303)
    typed = forms.kept(request.form)
    if typed:
        return errors.page(401, kept=typed)
    flash(_("Phiên làm việc đã hết. Đăng nhập lại để tiếp tục."), "warning")
    return redirect(url_for("auth.sign_in"), 303)


def init_app(app: Flask) -> None:
    """Nobody reaches a view but through here."""
    login = Doorman()
    # A phone changes its address under way; the server keeps the session instead.
    login.session_protection = None
    login.user_loader(load_visitor)
    # Its name for templates would ask the database again on the page that says it is away.
    login.init_app(app, add_context_processor=False)
    app.before_request(pass_gate)
