"""Small pieces of a page that look the same wherever they stand: drawn by their macro once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from datetime import date
from typing import Any

from flask import Flask, current_app, has_request_context, request
from markupsafe import Markup

from web.badges import counts_down, days_late
from web.languages import remembered

Drawn = Callable[..., Markup]


def piece(app: Flask, template: str, macro: str) -> Drawn:
    """A macro that is drawn once for each set of arguments.

    A list shows fifty badges of six kinds, and to draw one takes thirty times as long as to
    remember it: half of what a long page cost was spent on drawing the same again.
    """

    @remembered
    def draw(root: str, *args: Hashable, **named: Hashable) -> Markup:
        macros = app.jinja_env.get_template(template).module
        drawn: Markup = getattr(macros, macro)(*args, **named)
        return drawn

    def drawn(*args: Hashable, **named: Hashable) -> Markup:
        # The address of a drawing begins with where the application hangs.
        return draw(request.script_root if has_request_context() else "", *args, **named)

    return drawn


def of_rows(app: Flask, badge: Drawn, deadline: Drawn) -> dict[str, Drawn]:
    """The badge and the deadline of a row of a list: what is counted today is counted for it."""

    def today() -> date:
        day: date = app.extensions["dondoc"].clock.today()
        return day

    def row_badge(row: Mapping[str, Any]) -> Markup:
        return badge(row["state"], row["due_class"], days_late(row, today()), row["disposition"])

    def row_deadline(row: Mapping[str, Any]) -> Markup:
        return deadline(row["effective_due_on"], today(), left=counts_down(row), terse=True)

    return {"row_badge": row_badge, "row_deadline": row_deadline}


def icon(name: str) -> Markup:
    """A symbol of the house, for a view that puts hundreds of them into a page."""
    draw: Any = current_app.jinja_env.globals["icon"]
    drawn: Markup = draw(name)
    return drawn


def init_app(app: Flask) -> None:
    """Give the templates the pieces by the names of their macros."""
    badge = piece(app, "components/badge.html", "badge")
    deadline = piece(app, "components/deadline.html", "deadline")
    app.jinja_env.globals.update(
        icon=piece(app, "components/icon.html", "icon"),
        symbol=piece(app, "components/badge.html", "symbol"),
        badge=badge,
        deadline=deadline,
        **of_rows(app, badge, deadline),
    )
