"""The cookie of a session: opened and closed here, so that nothing of an old one stays."""

from __future__ import annotations

from flask import request, session
from flask_login import login_user, logout_user

from web import db
from web.gate import load_visitor
from workflow import identity

# How somebody likes his pages; nothing about who he is.
TASTES = ("language", "theme", "shortcuts")


def network() -> str:
    """The network this request came from."""
    return identity.network_of(request.remote_addr)


def device() -> str:
    """The browser, as the list of sessions names it."""
    return request.user_agent.string


def open_session(token: str) -> None:
    """A cookie with a new token, and nothing in it that somebody else may know."""
    close_session()
    db.release()
    login_user(load_visitor(token))


def close_session() -> None:
    """Forget who it was; the form token goes too."""
    logout_user()
    tastes = {name: session[name] for name in TASTES if name in session}
    session.clear()
    session.update(tastes)
