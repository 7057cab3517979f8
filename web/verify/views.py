"""Xác nhận: the queue of reports, one of them beside the verdict, and reading many in a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models.states import CycleState, Quality, Role, Verdict
from web import db, numbers, telling
from web.cycles import papers, steps
from web.cycles.acts import ACTS
from web.cycles.views import choices, dossier_of, line_of, resend_day
from web.forms import read as read_form
from web.home import jobs
from web.requires import me, requires, today
from web.verify import decisions
from web.verify.checklist import checklist
from web.verify.reasons import TEMPLATES
from workflow import dossiers, inbox, lists
from workflow.law.errors import NotFound, Refused
from workflow.law.machine import available, obstacles
from workflow.law.transitions import Command

blueprint = Blueprint("verify", __name__, url_prefix="/verify")

AHEAD = 8
JUDGES = (Role.HEAD, Role.OFFICER, Role.OFFICE, Role.CHAIRMAN)


@blueprint.get("")
@requires(*JUDGES)
def queue() -> ResponseReturnValue:
    """Reports I may judge, oldest deadline first; below, those of my own house, locked."""
    conn, actor, day = db.conn(), me(), today()
    return render_template(
        "pages/verify/queue.html",
        groups=[
            (str(jobs.TITLES[group.why]), group)
            for group in inbox.queue(conn, actor, day)
            if group.total
        ],
        own=_own_reported(),
    )


def _own_reported() -> lists.Page | None:
    """Reports of the standing agency itself: somebody else judges them."""
    mine = [m.agency_code for m in me().memberships if m.stands_for]
    if not mine:
        return None
    wanted = lists.CycleFilter(agency=mine[0], state=CycleState.REPORTED)
    return lists.cycles(db.conn(), me(), wanted, today())


@blueprint.get("/<int:cycle_id>")
@requires(*JUDGES)
def read(cycle_id: int) -> ResponseReturnValue:
    """One report: what it says, what changed since last time, and my verdict."""
    ahead = [row for row in _waiting() if row["id"] != cycle_id][:AHEAD]
    return render_template("pages/verify/read.html", ahead=ahead, **_reading(cycle_id))


def _waiting() -> list[Mapping[str, Any]]:
    """The reports of my queue, each once: what I may verify before what I may appraise."""
    found = [row for group in inbox.queue(db.conn(), me(), today()) for row in group.rows]
    return list({row["id"]: row for row in found}.values())


def _reading(cycle_id: int) -> dict[str, Any]:
    """Everything that is read of one report, and what I may do about it."""
    dossier = dossier_of(cycle_id)
    facts = dossier.found.facts
    report = dossier.standing_report
    if report is None:
        raise NotFound("report")
    mine = available(me(), facts, today())
    verdict = next((c for c in (Command.VERIFY, Command.APPRAISE) if c in mine), None)
    blocked = obstacles(Command.VERIFY, me(), facts, today()) if verdict is None else ()
    files = [papers.paper(cycle_id, f) for f in dossier.files_of(report["id"])]
    previous = dossiers.previous_report(db.conn(), cycle_id)
    return {
        "d": dossier,
        "cycle": line_of(dossier),
        "report": report,
        "files": files,
        "previous": previous,
        "checks": checklist(
            dossier, report, files, previous, dossiers.annual_plan(db.conn(), cycle_id)
        ),
        "decided": [r for r in reversed(dossier.reports) if r["decided_at"]],
        "act": ACTS[verdict] if verdict else None,
        "sends_back": ACTS[Command.RETURN] if Command.RETURN in mine else None,
        "flags": ACTS[Command.FLAG] if Command.FLAG in mine else None,
        "templates": TEMPLATES,
        "resend_by": resend_day(),
        "reasons": telling.refusals(Refused(*blocked)) if blocked else [],
        "who_can": steps.who(Command.VERIFY, facts),
        "qualities": choices(Quality),
        "verdicts": choices(Verdict),
        "earlier": dossier.last_return,
    }


# --- many in a row -----------------------------------------------------------------------


@blueprint.get("/review")
@requires(*JUDGES)
def review() -> ResponseReturnValue:
    """The queue on the left, one report beside its verdict; the page's script does the rest.

    Without the script each verdict is a form of its own, and the next report follows.
    """
    rows = _waiting()
    asked = numbers.number("at")
    at = asked if asked is not None else next((row["id"] for row in rows), None)
    if at is None:
        return render_template("pages/verify/review_empty.html")
    following = [row["id"] for row in rows if row["id"] != at]
    return render_template(
        "pages/verify/review.html",
        rows=rows,
        at=at,
        following=url_for(".review", at=following[0]) if following else url_for(".queue"),
        own=_own_reported(),
        **_reading(at),
    )


@blueprint.post("/review/check")
@requires(*JUDGES)
def check_review() -> ResponseReturnValue:
    """All gathered verdicts in words, to be confirmed once; nothing is done yet."""
    form = read_form(decisions.Decisions, request.form)
    found = [decisions.looked_at(one) for one in decisions.given(form.decisions)]
    ready = [one for one in found if not one.problems]
    page = render_template(
        "pages/verify/review_check.html",
        held=[one for one in found if one.problems],
        ready=ready,
        ready_json=decisions.as_json(ready),
        counted=decisions.counted(ready),
    )
    return page, 200 if ready else 422


@blueprint.post("/review")
@requires(*JUDGES)
def decide_review() -> ResponseReturnValue:
    """Carry every verdict out by a command of its own; what is refused says why."""
    form = read_form(decisions.Decisions, request.form)
    done = [
        decisions.carry_out(one, form.idempotency_key) for one in decisions.given(form.decisions)
    ]
    return render_template(
        "pages/verify/review_done.html",
        done=done,
        carried=sum(not one.problems for one in done),
        waiting=len(_waiting()),
    )
