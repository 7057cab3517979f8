"""Tìm: one box for codes, words, document numbers, agencies, people."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.states import Role
from web import db
from web.requires import me, signed_in, today
from web.saved.views import named
from workflow.search import Found, Kind, search

blueprint = Blueprint("search", __name__)


def address(found: Found) -> str:
    """The page of what was found."""
    business = bool(me().roles - {Role.ADMIN})
    match found.kind:
        case Kind.TASK:
            if business:
                return url_for("tasks.show", task_id=found.key)
            return url_for("plans.task", plan_id=found.plan_id, task_id=found.key)
        case Kind.DOCUMENT:
            return url_for("cycles.show", cycle_id=found.key)
        case Kind.AGENCY:
            return _agency(str(found.key))
        case Kind.INDICATOR:
            if business:
                return url_for("indicators.show", code=found.key)
            return url_for("plans.indicators", plan_id=found.plan_id)
        case Kind.CITED:
            return url_for("plans.documents", plan_id=found.plan_id)
        case Kind.CONFLICT:
            return url_for("plans.conflict", conflict_id=found.key)
        case Kind.PERSON:
            if Role.ADMIN in me().roles:
                return url_for("admin.show", person_id=found.key)
            return _agency(str(found.key))


def _agency(code: str) -> str:
    """Its year for those who may know all; its tasks, as far as they are theirs, for others."""
    roles = me().roles
    if roles == {Role.ADMIN}:
        return url_for("admin.index", agency=code)
    if roles & {Role.OFFICE, Role.CHAIRMAN, Role.INSPECTOR}:
        return url_for("dashboard.agency", code=code)
    return url_for("tasks.index", agency=code)


def titles() -> dict[Kind, str]:
    return {
        Kind.TASK: _("Nhiệm vụ"),
        Kind.DOCUMENT: _("Văn bản báo cáo"),
        Kind.AGENCY: _("Cơ quan"),
        Kind.INDICATOR: _("Chỉ tiêu"),
        Kind.CITED: _("Văn bản được viện dẫn"),
        Kind.CONFLICT: _("Chỗ không khớp"),
        Kind.PERSON: _("Người"),
    }


@blueprint.get("/search")
@signed_in
def results() -> ResponseReturnValue:
    """What holds every word of the query, by kind."""
    query = request.args.get("q", "").strip()
    actor = me()
    return render_template(
        "pages/search/results.html",
        query=query,
        groups=search(db.conn(), actor, query, today()) if query else [],
        looks=named(query) if query else [],
        titles=titles(),
        address=address,
        has_business=bool(actor.roles - {Role.ADMIN}),
        search_words=query,
    )
