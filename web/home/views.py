"""Việc của tôi: only what waits for this person, why, and the verb that does it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.states import Role
from web import db, touring
from web.forms import Form, read
from web.home import jobs
from web.navigation import Place, places
from web.requires import me, perform, public, signed_in, today, visitor
from workflow import inbox as waiting
from workflow.commands.views import FinishTour

blueprint = Blueprint("home", __name__)
# The first that fits: who also carries tasks out is led to the tasks.
OWN_PLACES = (
    (Role.HEAD, "/tasks"),
    (Role.OFFICER, "/tasks"),
    (Role.INSPECTOR, "/inspections"),
    (Role.AWARD_APPRAISER, "/awards"),
    (Role.BUDGET_OFFICER, "/dashboard"),
    (Role.OFFICE, "/tasks"),
    (Role.CHAIRMAN, "/tasks"),
    (Role.ADMIN, "/admin"),
)


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
        own_place=_own_place(me().roles),
        tour=_tour(),
    )


def _own_place(roles: frozenset[Role]) -> str:
    """Where somebody works for whom no task waits."""
    for role, path in OWN_PLACES:
        if role in roles:
            return path
    return "/tasks"


def _tour() -> tuple[int, touring.Step, Place | None] | None:
    """The step of the tour to show, and the place of the menu it speaks of."""
    known = visitor()
    found = touring.shown(known, request.args.get("tour", "")) if known else None
    if known is None or found is None:
        return None
    number, step = found
    menu = places(known.actor)
    return number, step, next((p for p in menu if p.path == step.path), None)


@blueprint.post("/inbox/tour")
@signed_in
def finish_tour() -> ResponseReturnValue:
    """Seen, or not wanted: it does not come by itself again."""
    perform(FinishTour(), read(Form, request.form).idempotency_key)
    return redirect(url_for(".inbox"), 303)
