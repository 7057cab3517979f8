"""Nhật ký: the log with its filters in the address, and one entry with everything it proves."""

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import RowMapping

from models.states import LABELS, Capacity, Role
from web import db, numbers
from web.audit import changes
from web.audit.wanted import FILTERS, wanted_of
from web.languages import vi
from web.requires import me, perform, signed_in
from web.telling import tell
from workflow import audit, history, people
from workflow.canonical import leaf_hash
from workflow.commands.ledger import SearchLog

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    args = request.args
    before = numbers.number("before")
    if args.get("before") and before is None:
        abort(404)
    wanted = wanted_of(args, me(), before)
    page = audit.search(db.conn(), me(), wanted)
    chosen: dict[str, Any] = {k: args[k] for k in FILTERS if args.get(k)}
    if chosen and Role.INSPECTOR in me().roles:
        # Who inspects is on record as well (QCVN 12:2026/BCA, 3.9.2.2.6).
        perform(SearchLog(request.query_string.decode("utf-8", "replace"), len(page.rows)))
    agencies = people.agencies(db.conn())
    others = {k: v for k, v in chosen.items() if k != "about"}
    shape = "timeline" if args.get("shape") == "timeline" else None
    return render_template(
        "pages/audit/index.html",
        entries=[(row, _told(row, shape)) for row in page.rows],
        older=url_for("audit.index", **chosen, shape=shape, before=page.older)
        if page.older
        else None,
        newest=url_for("audit.index", **chosen, shape=shape) if wanted.before else None,
        chosen=chosen,
        shape=shape,
        shapes=[
            {
                "label": label,
                "href": url_for("audit.index", **chosen, shape=name, before=before),
                "is_current": name == shape,
            }
            for name, label in ((None, _("Bảng")), ("timeline", _("Dòng thời gian")))
        ],
        views=[
            {
                "label": label,
                "href": url_for("audit.index", **others, about=about, shape=shape),
                "is_current": (wanted.about if wanted.about in audit.ABOUT else None) == about,
            }
            for about, label in (
                (None, _("Mọi việc")),
                ("plan", _("Việc của kế hoạch")),
                ("accounts", _("Tài khoản")),
            )
        ],
        agencies=[(a["code"], a["short"]) for a in agencies],
        shorts={a["code"]: a["short"] for a in agencies},
        commands=[(name, _(label)) for name, label in history.ACTS.items()],
        state_label=state_label,
    )


def _told(row: RowMapping, shape: str | None) -> history.Told:
    """An entry as a line of the table; in the timeline it names its object itself."""
    told = tell(row)
    if shape is None:
        return told
    return replace(told, sentence=vi(row["object_label"]) + ": " + told.sentence)


@blueprint.get("/<int:entry_id>")
@signed_in
def show(entry_id: int) -> ResponseReturnValue:
    entry = audit.entry_for(db.conn(), me(), entry_id)
    body = json.loads(entry["body"])
    changed = body["changes"][: changes.MOST_ROWS]
    names = audit.names_of(db.conn(), changes.wanted_names(changed))
    return render_template(
        "pages/audit/entry.html",
        entry=entry,
        told=tell(entry),
        body=body,
        rows=changes.rows_of(changed, names),
        rows_left=len(body["changes"]) - len(changed),
        is_whole=leaf_hash(entry["body"]) == entry["leaf_hash"],
        state_label=state_label,
        capacity_label=capacity_label,
    )


def capacity_label(capacity: str) -> str:
    """In what capacity somebody acted, in words."""
    return str(_(LABELS[Capacity(capacity)]))


def state_label(state: str | None) -> str:
    """A state of a cycle in words; other objects have their own, shown as they are."""
    return str(_(history.STATES.get(state, state))) if state else ""
