"""Nhiệm vụ: the register of cycles with its filters in the address, and one task with its years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.states import LABELS, CycleState, DueClass, Role
from web import db, numbers
from web.cycles.labels import by_role
from web.requires import me, requires, today
from web.tasks import filters, rollup
from workflow import dossiers, lists
from workflow.law.facts import ActorFacts

blueprint = Blueprint("tasks", __name__)

# Everybody with business in a plan; the administrator has none.
BUSINESS = tuple(role for role in Role if role not in (Role.ADMIN, Role.SYSTEM))


@blueprint.get("/tasks")
@requires(*BUSINESS)
def index() -> ResponseReturnValue:
    """One page of cycles; every choice stands in the address."""
    conn, actor, day = db.conn(), me(), today()
    chosen = filters.read(request.args, day)
    page = lists.cycles(conn, actor, chosen.filter, day, chosen.page)
    agencies = lists.lead_agencies(conn, actor)
    return render_template(
        "pages/tasks/index.html",
        chosen=chosen,
        page=page,
        columns=filters.columns(chosen),
        views=filters.views(chosen, my_agency(actor)),
        chips=filters.chips(chosen, agencies),
        tallies=filters.tallies(chosen, page.tally),
        years=[(year, year) for year in lists.years(conn, actor)],
        states=[(state.value, _(LABELS[state])) for state in CycleState],
        classes=[(due.value, _(LABELS[due])) for due in DueClass],
        per_page=lists.PER_PAGE,
        agencies=[(a["code"], a["short"]) for a in agencies],
        search_words=chosen.filter.q,
    )


@blueprint.get("/tasks/<int:task_id>")
@requires(*BUSINESS)
def show(task_id: int) -> ResponseReturnValue:
    """One task: its wording, who carries it out, its doubts, and how its cycles stand."""
    day = today()
    found = dossiers.task_dossier(db.conn(), me(), task_id, day)
    year = _year(found, day)
    return render_template(
        "pages/tasks/show.html",
        found=found,
        task=found.task,
        year=year,
        parts=rollup.parts(found.roll_up, year, task_id),
        year_views=[
            {
                "label": one,
                "href": url_for(".show", task_id=task_id, year=one),
                "is_current": one == year,
            }
            for one in found.years
        ],
        parties=by_role(
            (
                p["role"],
                p["agency_short"] or p["group_name"],
                p["agency_name"] or p["group_name"],
            )
            for p in found.parties
        ),
        conflicts=[(c, _sides(c["data"])) for c in found.conflicts],
        matrix=rollup.matrix(found.matrix, day),
    )


def my_agency(actor: ActorFacts) -> str | None:
    """The agency whose work is "của cơ quan tôi"."""
    working = (m for m in actor.memberships if m.role in (Role.HEAD, Role.OFFICER))
    return next((m.agency_code for m in working), None)


def _sides(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """The two places of the document that do not agree, as the plan's data has them."""
    return [
        {"text": side.get("value", ""), "clause": side.get("clause", "")}
        for side in (data.get("a"), data.get("b"))
        if side
    ]


def _year(found: dossiers.TaskDossier, day: date) -> int | None:
    """The year the roll-up shows: the one asked for, else this one, else the last there is."""
    asked = numbers.year()
    years = found.years
    if asked in years:
        return asked
    return day.year if day.year in years else max(years, default=None)
