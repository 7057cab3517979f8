"""What the frame of every page shows: who I am, where I can go, in which language."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, session
from flask_babel import gettext as _

from models.states import LABELS, Role
from web import languages, navigation
from web.guidance import guidance
from web.languages import vi
from web.requires import now, services, visitor
from workflow.identity import Visitor


def viewer(known: Visitor) -> dict[str, Any]:
    """A person as he is addressed: name, post, and what he is in which agency."""
    memberships = known.actor.memberships
    return {
        "id": known.actor.person_id,
        "name": known.actor.name,
        "post": known.post,
        "posts": [_(LABELS[m.role]) + " · " + vi(m.agency_name) for m in memberships],
        "agency": memberships[0].agency_name if memberships else "",
    }


def words() -> dict[str, Any]:
    """Names for the templates."""
    known = None if g.get("without_database") else visitor()

    def places(section: str | None = None) -> list[navigation.Place]:
        if known is None:
            return []
        return navigation.places(known.actor, section)

    def help_here(section: str | None = None, state: str | None = None) -> list[str]:
        return guidance(section, known.actor.roles, state) if known else []

    return {
        "viewer": viewer(known) if known else None,
        "places": places,
        "guidance": help_here,
        "now": now,
        "language": languages.current(),
        "theme": session.get("theme"),
        "idle_minutes": services().settings.idle_minutes,
        "shortcuts": session.get("shortcuts") != "off",
    }


def role_label(role: str) -> str:
    """A role in words."""
    return str(_(LABELS[Role(role)]))


_BROWSERS = (
    ("coc_coc_browser", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_MACHINES = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """The browser and the machine a session was opened with, as far as they tell."""
    named = [
        next((name for mark, name in marks if mark in user_agent), None)
        for marks in (_BROWSERS, _MACHINES)
    ]
    return ", ".join(name for name in named if name) or str(_("Trình duyệt khác"))


def init_app(app: Flask) -> None:
    """Give the templates these names."""
    app.context_processor(words)
    app.jinja_env.globals.update(role_label=role_label, browser_name=browser_name)
