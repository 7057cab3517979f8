"""Xác nhận: the queue of reports, and one of them read beside the verdict."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import RowMapping

from models.states import CycleState, Quality, Role, Verdict
from web import db
from web.cycles import papers, steps
from web.cycles.acts import ACTS
from web.cycles.views import choices, dossier_of, line_of
from web.home import jobs
from web.requires import me, requires, today, visitor
from workflow import dossiers, inbox, lists, words
from workflow.law.errors import NotFound, Refused
from workflow.law.machine import available, obstacles
from workflow.law.transitions import Command

blueprint = Blueprint("verify", __name__, url_prefix="/verify")

AHEAD = 8
JUDGES = (Role.HEAD, Role.OFFICER, Role.OFFICE)


@blueprint.get("")
@requires(*JUDGES)
def queue() -> ResponseReturnValue:
    """Reports I may judge, oldest deadline first; below, those of my own house, locked."""
    conn, actor, day = db.conn(), me(), today()
    return render_template(
        "pages/verify/queue.html",
        groups=[
            (jobs.title(group.why), group) for group in inbox.queue(conn, actor, day) if group.total
        ],
        own=_own_reported(),
    )


def _own_reported() -> lists.Page | None:
    """Reports of the standing agency itself: somebody else judges them."""
    found = visitor()
    mine = [
        m.agency_code
        for m in me().memberships
        if found is not None and m.agency_id in found.standing_agency_ids
    ]
    if not mine:
        return None
    wanted = lists.CycleFilter(agency=mine[0], state=CycleState.REPORTED)
    return lists.cycles(db.conn(), me(), wanted, today())


@blueprint.get("/<int:cycle_id>")
@requires(*JUDGES)
def read(cycle_id: int) -> ResponseReturnValue:
    """One report: what it says, what changed since last time, and my verdict."""
    dossier = dossier_of(cycle_id)
    facts = dossier.found.facts
    report = dossier.standing_report
    if report is None:
        raise NotFound("report")
    mine = available(me(), facts, today())
    verdict = next((c for c in (Command.VERIFY, Command.APPRAISE) if c in mine), None)
    blocked = obstacles(Command.VERIFY, me(), facts, today()) if verdict is None else ()
    return render_template(
        "pages/verify/read.html",
        d=dossier,
        cycle=line_of(dossier),
        report=report,
        files=[papers.paper(cycle_id, f) for f in dossier.files_of(report["id"])],
        previous=dossiers.previous_report(db.conn(), cycle_id),
        act=ACTS[verdict] if verdict else None,
        sends_back=ACTS[Command.RETURN] if Command.RETURN in mine else None,
        reasons=words.sentences(Refused(*blocked), _) if blocked else [],
        who_can=steps.who(Command.VERIFY, facts),
        qualities=choices(Quality),
        verdicts=choices(Verdict),
        earlier=dossier.last_return,
        ahead=_ahead(cycle_id),
    )


def _ahead(cycle_id: int) -> list[RowMapping]:
    """The next reports of my queue, to go on without the way back."""
    rows = [row for group in inbox.queue(db.conn(), me(), today()) for row in group.rows]
    return [row for row in rows if row["id"] != cycle_id][:AHEAD]
