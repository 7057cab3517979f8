"""Mở kỳ: every cycle a year would open and why, confirmed once; opening again opens nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from models.states import Role
from web import db
from web.forms import Form, read
from web.requires import me, perform, requires, today
from workflow import register
from workflow.commands.years import OpenYear, YearPlan, last_opened, may_assign, plan_year
from workflow.law.errors import Refused

blueprint = Blueprint("years", __name__, url_prefix="/plans/<int:plan_id>/years/<int:year>")
GIVERS = (Role.HEAD, Role.OFFICER, Role.OFFICE)


@dataclass(frozen=True)
class Line:
    """What a task would open: for whom, until when, and why that day."""

    code: str
    title: str
    agencies: list[str]
    due_on: date | None
    why: str


class Confirmed(Form):
    """Nothing but the key: what is opened was shown."""


@blueprint.app_template_global()
def year_to_open(plan: Mapping[str, Any]) -> int | None:
    """The next year of a plan, for whoever may open it while it is near."""
    try:
        may_assign(me(), plan["standing_agency_id"])
    except Refused:
        return None
    last = last_opened(db.conn(), plan["id"]) or max(plan["start_year"], today().year) - 1
    following = last + 1
    return following if following <= min(plan["end_year"], today().year + 1) else None


@blueprint.get("")
@requires(*GIVERS)
def ask(plan_id: int, year: int) -> ResponseReturnValue:
    """What opening would do today; nothing is done by looking."""
    plan = register.plan_document(db.conn(), me(), plan_id, today()).plan
    may_assign(me(), plan["standing_agency_id"])
    found = plan_year(db.conn(), plan, year, today())
    return render_template("pages/years/open.html", plan=plan, found=found, lines=_lines(found))


def _lines(found: YearPlan) -> list[Line]:
    """One line a task: the agencies it is given to with the same day for the same reason."""
    lines: dict[tuple[int, date | None, str], Line] = {}
    for p in found.to_open:
        key = (p.task.id, p.due_on, p.why)
        if key not in lines:
            lines[key] = Line(p.task.code, found.titles[p.task.id], [], p.due_on, p.why)
        lines[key].agencies.append(found.agencies[p.agency_id]["short"])
    return list(lines.values())


@blueprint.post("")
@requires(*GIVERS)
def open_year(plan_id: int, year: int) -> ResponseReturnValue:
    """Open it, in one act with an entry for each cycle."""
    form = read(Confirmed, request.form)
    plan = register.plan_document(db.conn(), me(), plan_id, today()).plan
    done = perform(OpenYear(plan["code"], year), form.idempotency_key).data
    said = ngettext(
        "Đã mở %(num)s kỳ năm %(year)s", "Đã mở %(num)s kỳ năm %(year)s", done["opened"], year=year
    )
    flash(f"{said}. " + _("Cơ quan chủ trì thấy trong Việc của tôi và nhận thư."), "success")
    return redirect(url_for("tasks.index", year=year), 303)
