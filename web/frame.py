"""What the frame of every page shows: who I am, where I can go, in which language."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, session
from flask_babel import gettext as _

from models.states import LABELS
from web import languages, navigation
from web.requires import now, visitor
from workflow.identity import Visitor

THEMES = ("light", "dark")


def viewer(known: Visitor) -> dict[str, Any]:
    """A person as he is addressed: name, post, and what he is in which agency."""
    memberships = known.actor.memberships
    return {
        "name": known.actor.name,
        "post": known.post,
        "posts": [f"{_(LABELS[m.role])} · {m.agency_name}" for m in memberships],
        "agency": memberships[0].agency_name if memberships else "",
    }


def words() -> dict[str, Any]:
    """Names for the templates."""
    known = None if g.get("without_database") else visitor()

    def places(section: str | None = None) -> list[navigation.Place]:
        if known is None:
            return []
        return navigation.places(known.actor, known.standing_agency_ids, section)

    return {
        "viewer": viewer(known) if known else None,
        "places": places,
        "now": now,
        "language": languages.current(),
        "theme": session.get("theme"),
    }


def init_app(app: Flask) -> None:
    """Give the templates these names."""
    app.context_processor(words)
