"""Kế hoạch: the document as a tree with its tasks, figures, agencies, citations and doubts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.states import LABELS, Anchor, Capacity, ConflictStatus, PartyRole
from web import assets, db
from web.forms import FormState, carried_out
from web.languages import current, vi
from web.plans import forms, labels
from web.requires import me, repeats, signed_in, today
from web.tasks.views import BUSINESS
from workflow import register, words
from workflow.law.plans import RULES_ON_CONFLICTS, SETS_LADDER, keeper_of_ladder, post_to_rule
from workflow.law.rules import Post
from workflow.law.transitions import PASSAGES
from workflow.register import ConflictFound, PlanDocument
from workflow.rungs import ladder_version, rungs_of

blueprint = Blueprint("plans", __name__, url_prefix="/plans")
blueprint.app_context_processor(labels.words)
blueprint.add_app_template_filter(labels.written_day)
blueprint.add_app_template_filter(labels.written_month_day)

DIAGRAM = {"vi": "img/workflow.svg", "en": "img/workflow.en.svg"}
# An entry of the plan's file.
Entry = dict[str, Any]


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Every plan in the register."""
    return render_template("pages/plans/index.html", plans=register.plan_list(db.conn()))


def _found(plan_id: int) -> PlanDocument:
    return register.plan_document(db.conn(), me(), plan_id, today())


def _marked(names: Mapping[str, str]) -> dict[str, Any]:
    """Names by code, told apart on a page of another language."""
    return {code: vi(name) for code, name in names.items()}


def _page(template: str, tab: str, found: PlanDocument, **given: Any) -> str:
    """A page of one plan: its head, the way to its other pages, and its own content."""
    data = found.data
    tabs = [
        ("show", _("Văn bản"), len(data["tasks"])),
        ("indicators", _("Chỉ tiêu"), len(data.get("indicators", ()))),
        ("agencies", _("Cơ quan, nhóm"), len(data["agencies"])),
        ("conflicts", _("Chỗ không khớp"), found.open_conflicts),
        ("documents", _("Văn bản viện dẫn"), len(data.get("documents", ()))),
        ("ladder", _("Thang nhắc hạn"), None),
        ("about", _("Về kế hoạch"), None),
    ]
    return render_template(
        f"pages/plans/{template}.html",
        found=found,
        plan=found.plan,
        data=data,
        task_ids=found.task_ids,
        has_business=bool(me().roles & frozenset(BUSINESS)),
        tabs=[
            {
                "label": label,
                "href": url_for(f"plans.{name}", plan_id=found.plan["id"]),
                "is_current": name == tab,
                "count": count,
            }
            for name, label, count in tabs
        ],
        **given,
    )


@blueprint.get("/<int:plan_id>")
@signed_in
def show(plan_id: int) -> ResponseReturnValue:
    """The document: parts, sections, clauses and tasks, with how many cycles stand where."""
    found = _found(plan_id)
    return _page(
        "show",
        "show",
        found,
        parts={node.row["code"]: labels.parts(node.states) for node in found.tree},
    )


@blueprint.get("/<int:plan_id>/tasks/<int:task_id>")
@signed_in
def task(plan_id: int, task_id: int) -> ResponseReturnValue:
    """One task with everything the data knows about its place in the document."""
    found = _found(plan_id)
    line = found.task(task_id)
    return _page(
        "task",
        "show",
        found,
        task=line,
        entry=line.row["data"],
        parties=[(_(LABELS[role]), line.named(role)) for role in PartyRole if line.named(role)],
        names=_marked(found.names),
        documents={entry["code"]: entry for entry in found.data.get("documents", ())},
        indicators={entry["code"]: entry for entry in found.data.get("indicators", ())},
    )


@blueprint.get("/<int:plan_id>/indicators")
@signed_in
def indicators(plan_id: int) -> ResponseReturnValue:
    """What is to be reached, by year, and who tracks it."""
    found = _found(plan_id)
    years = sorted({year for row in found.indicators for year in row["data"]["targets"]})
    return _page("indicators", "indicators", found, years=years, names=_marked(found.names))


@blueprint.get("/<int:plan_id>/agencies")
@signed_in
def agencies(plan_id: int) -> ResponseReturnValue:
    """Who is named, and which classes of agencies hold whom today."""
    found = _found(plan_id)
    return _page(
        "agencies",
        "agencies",
        found,
        names=_marked(found.names),
        entries={entry["code"]: entry for entry in found.data["agencies"]},
        leading=_tasks_of(found, "lead"),
        supporting=_tasks_of(found, "cooperate"),
        groups_of=_groups_of(found),
    )


def _tasks_of(found: PlanDocument, part: str) -> dict[str, list[Entry]]:
    """Tasks by the code of the agency or group that has this part in them."""
    named: dict[str, list[Entry]] = {}
    for task in found.data["tasks"]:
        for code in task[part]:
            named.setdefault(code, []).append(task)
    return named


def _groups_of(found: PlanDocument) -> dict[str, list[str]]:
    """Names of the groups an agency is in today, by its code."""
    inside: dict[str, list[str]] = {}
    for group in found.groups:
        for code in group.all_codes:
            inside.setdefault(code, []).append(group.row["name"])
    return inside


@blueprint.get("/<int:plan_id>/documents")
@signed_in
def documents(plan_id: int) -> ResponseReturnValue:
    """The documents the plan cites, and by which tasks."""
    found = _found(plan_id)
    citing: dict[str, list[Entry]] = {}
    for task in found.data["tasks"]:
        for ref in dict.fromkeys(cited["ref"] for cited in task.get("legal_basis", ())):
            citing.setdefault(ref, []).append(task)
    return _page("documents", "documents", found, citing=citing)


@blueprint.get("/<int:plan_id>/about")
@signed_in
def about(plan_id: int) -> ResponseReturnValue:
    """The rest of the file: aims, reporting, recipients, and how the text came to be data."""
    found = _found(plan_id)
    return _page("about", "about", found, names=_marked(found.names))


# --- the ladder of reminders -------------------------------------------------------------


@blueprint.get("/<int:plan_id>/ladder")
@signed_in
def ladder(plan_id: int) -> ResponseReturnValue:
    """Who is reminded when, and in which words; its form for whoever keeps it."""
    return _ladder_page(plan_id, None)


@blueprint.post("/<int:plan_id>/ladder")
@repeats(*forms.LadderForm.many)
@signed_in
def set_ladder(plan_id: int) -> ResponseReturnValue:
    """All the rungs from now on."""
    done = carried_out(forms.LadderForm, lambda form: form.command(plan_id))
    if isinstance(done, FormState):
        return _ladder_page(plan_id, done), 422
    flash(_("Đã sửa thang nhắc hạn. Lời nhắc đã gửi giữ nguyên."), "success")
    return redirect(url_for(".ladder", plan_id=plan_id), 303)


def _ladder_page(plan_id: int, state: FormState | None) -> str:
    found = _found(plan_id)
    rungs = rungs_of(db.conn(), plan_id).get(plan_id, [])
    standing = found.plan["standing_agency_id"]
    return _page(
        "ladder",
        "ladder",
        found,
        rungs=rungs,
        days={r.code: _(words.RUNGS[r.anchor]) % {"days": r.days} for r in rungs},
        rows=forms.rows_typed(request.form) if state else forms.rows_of(rungs),
        version=ladder_version(db.conn(), plan_id),
        may_set=keeper_of_ladder(me(), standing) is not None,
        who_can=", ".join(words.post_name(post, _) for post in SETS_LADDER),
        anchors=[
            (Anchor.BEFORE.value, _("ngày làm việc trước hạn")),
            (Anchor.DUE.value, _("ngày làm việc cuối cùng")),
            (Anchor.AFTER.value, _("ngày sau hạn")),
        ],
        posts=[(post.value, words.post_name(post, _)) for post in Post],
        state=state,
    )


@blueprint.get("/workflow")
@signed_in
def workflow() -> ResponseReturnValue:
    """The way of a task, drawn and told from the table of the law."""
    drawn = DIAGRAM[current()]
    return render_template(
        "pages/plans/workflow.html",
        diagram=drawn if drawn in assets.read() else None,
        passages=[
            {
                "row": passage.row,
                "command": _(words.COMMANDS[passage.command]),
                "sources": [_(LABELS[state]) for state in passage.sources],
                "target": _(LABELS[passage.target]) if passage.target else None,
                "who": [words.post_name(post, _) for post in passage.who],
            }
            for passage in PASSAGES
        ],
    )


# --- the places where the document disagrees with itself ---------------------------------


@blueprint.get("/<int:plan_id>/conflicts")
@signed_in
def conflicts(plan_id: int) -> ResponseReturnValue:
    """Every conflict, the open ones first to be seen."""
    found = _found(plan_id)
    status = request.args.get("status", "")
    chosen = ConflictStatus(status) if status in set(ConflictStatus) else None
    looks = [(None, _("Tất cả")), *((one, _(LABELS[one])) for one in ConflictStatus)]
    return _page(
        "conflicts",
        "conflicts",
        found,
        rows=[c for c in found.conflicts if chosen in (None, c["status"])],
        looks=[
            {
                "label": label,
                "href": url_for(".conflicts", plan_id=plan_id, status=one and one.value),
                "is_current": one is chosen,
                "count": sum(one in (None, c["status"]) for c in found.conflicts),
            }
            for one, label in looks
        ],
    )


@blueprint.get("/conflicts/<int:conflict_id>")
@signed_in
def conflict(conflict_id: int) -> ResponseReturnValue:
    """Both sides as they are written, what they touch, and the ruling or its form."""
    return _conflict_page(register.conflict_found(db.conn(), conflict_id), None)


@blueprint.post("/conflicts/<int:conflict_id>/ruling")
@signed_in
def rule(conflict_id: int) -> ResponseReturnValue:
    """Say how it is to be read; a form that is not right comes back with everything typed."""
    done = carried_out(forms.Ruling, lambda form: form.command(conflict_id))
    if isinstance(done, FormState):
        return _conflict_page(register.conflict_found(db.conn(), conflict_id), done), 422
    flash(_("Đã ghi ý kiến xử lý."), "success")
    return redirect(url_for(".conflict", conflict_id=conflict_id), 303)


def _conflict_page(found: ConflictFound, state: FormState | None) -> str:
    row = found.row
    is_open = row["status"] == ConflictStatus.OPEN
    return render_template(
        "pages/plans/conflict.html",
        found=found,
        conflict_row=row,
        sides=labels.sides(row["data"]),
        is_open=is_open,
        may_rule=is_open and post_to_rule(me(), row["standing_agency_id"]) is not None,
        who_can=", ".join(words.post_name(post, _) for post in RULES_ON_CONFLICTS),
        state=state,
        capacities=[(one.value, _(LABELS[one])) for one in Capacity],
        has_business=bool(me().roles & frozenset(BUSINESS)),
    )
