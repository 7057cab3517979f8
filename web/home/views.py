"""Việc của tôi: only what waits for this person, why, and the verb that does it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from web import db
from web.home import jobs
from web.requires import me, public, signed_in, today, visitor
from workflow import inbox as waiting

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def first_page() -> ResponseReturnValue:
    """To one's own work, or to what everybody may read."""
    return redirect("/inbox" if visitor() else "/public", 303)


@blueprint.get("/inbox")
@signed_in
def inbox() -> ResponseReturnValue:
    """What waits for me, the most harmful first."""
    found = waiting.inbox(db.conn(), me(), today())
    return render_template(
        "pages/home/inbox.html",
        total=found.total,
        sections=[jobs.section(one, me(), today()) for one in found.waiting],
        upcoming=jobs.section(found.upcoming, me(), today()),
    )
