"""Thanh tra: case folders, ready questions, and the bundle an inspector takes away."""

import re
import tempfile
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ledger import bundle
from ledger.source import database
from models.states import Role
from web import db
from web.forms import BadForm, FormState, read, state_of
from web.inspections.forms import CaseForm, ExportForm, FindingForm, NoteForm, QuestionForm
from web.languages import vi
from web.ledger.views import ledger
from web.requires import me, now, perform, requires, today
from web.telling import tell
from workflow import inspections
from workflow.commands.inspections import (
    CloseInspection,
    KeepQuestion,
    OpenInspection,
    RecordFinding,
    WriteNote,
)
from workflow.commands.ledger import TakeExport
from workflow.law.errors import Refused

blueprint = Blueprint("inspections", __name__, url_prefix="/inspections")
inspector = requires(Role.INSPECTOR)


def _key() -> str | None:
    return request.form.get("idempotency_key") or None


@blueprint.get("")
@inspector
def index() -> ResponseReturnValue:
    return _index(None, 200)


def _index(state: FormState | None, status: int) -> tuple[str, int]:
    found = inspections.cases(db.conn(), me())
    return render_template("pages/inspections/index.html", cases=found, state=state), status


@blueprint.post("")
@inspector
def open_case() -> ResponseReturnValue:
    try:
        form = read(CaseForm, request.form)
        command = OpenInspection(
            form.decision, form.decided_on, form.scope, form.period_from, form.period_to
        )
        done = perform(command, key=_key())
    except BadForm as bad:
        return _index(bad.state, 422)
    except Refused as refused:
        state = state_of(refused, request.form)
        if state is None:
            raise
        return _index(state, 422)
    return redirect(url_for("inspections.show", inspection_id=done.object_id), 303)


@blueprint.get("/<int:inspection_id>")
@inspector
def show(inspection_id: int) -> ResponseReturnValue:
    return _show(inspection_id, 200)


def _show(inspection_id: int, status: int, **states: FormState) -> tuple[str, int]:
    case = inspections.case(db.conn(), me(), inspection_id)
    row = case.row
    answers = inspections.ready_answers(db.conn(), me(), row["period_from"], row["period_to"])
    told: dict[str, Any] = {
        "fast": _told(answers.fast),
        "same": _told(answers.same_reason),
        "reopened": _told(answers.reopened),
    }
    page = render_template(
        "pages/inspections/show.html",
        case=case,
        judging=answers.judging,
        told=told,
        findings=[(f, [(e, tell(e)) for e in es]) for f, es in case.findings],
        states=states,
        today=today(),
    )
    return page, status


def _told(found: Any) -> list[tuple[Any, Any, str]]:
    return [(s.entry, tell(s.entry), _why(s)) for s in found]


def _why(found: inspections.Suspicion) -> str:
    """What makes an entry worth a look: how fast it was, or the words that stand in it."""
    return vi(found.why) if found.seconds is None else _("%(n)s giây", n=found.seconds)


def _add(inspection_id: int, name: str, kind: Any, make: Any, done: str) -> ResponseReturnValue:
    """One form of the folder: shown again with what was typed when it is not right."""
    try:
        perform(make(read(kind, request.form)), key=_key())
    except BadForm as bad:
        return _show(inspection_id, 422, **{name: bad.state})
    except Refused as refused:
        state = state_of(refused, request.form)
        if state is None:
            raise
        return _show(inspection_id, 422, **{name: state})
    flash(done, "success")
    return redirect(url_for("inspections.show", inspection_id=inspection_id), 303)


@blueprint.post("/<int:inspection_id>/questions")
@inspector
def keep_question(inspection_id: int) -> ResponseReturnValue:
    def make(form: QuestionForm) -> KeepQuestion:
        query = urlsplit(form.query).query or form.query
        return KeepQuestion(inspection_id, form.name, query.lstrip("?"))

    return _add(inspection_id, "question", QuestionForm, make, _("Đã lưu câu hỏi."))


@blueprint.post("/<int:inspection_id>/notes")
@inspector
def write_note(inspection_id: int) -> ResponseReturnValue:
    def make(form: NoteForm) -> WriteNote:
        return WriteNote(inspection_id, form.note)

    return _add(inspection_id, "note", NoteForm, make, _("Đã lưu ghi chú."))


@blueprint.post("/<int:inspection_id>/findings")
@inspector
def record_finding(inspection_id: int) -> ResponseReturnValue:
    def make(form: FindingForm) -> RecordFinding:
        numbers = [int(n) for n in re.findall(r"\d{1,15}", form.entries)]
        uids = inspections.uids_of(db.conn(), numbers)
        return RecordFinding(inspection_id, form.text, form.proposal, uids)

    return _add(inspection_id, "finding", FindingForm, make, _("Đã ghi phát hiện."))


@blueprint.post("/<int:inspection_id>/close")
@inspector
def close(inspection_id: int) -> ResponseReturnValue:
    perform(CloseInspection(inspection_id), key=_key())
    return redirect(url_for("inspections.show", inspection_id=inspection_id), 303)


@blueprint.post("/<int:inspection_id>/export")
@inspector
def export(inspection_id: int) -> ResponseReturnValue:
    """The whole log as a zip. That it was taken is an entry before the first byte leaves."""
    try:
        form = read(ExportForm, request.form)
    except BadForm as bad:
        return _show(inspection_id, 422, export=bad.state)
    inspections.case(db.conn(), me(), inspection_id)
    perform(TakeExport(form.decision, form.scope, "bundle", inspection_id))
    log = ledger()
    about = {"decision": form.decision, "scope": form.scope, "at": now().isoformat()}
    target = tempfile.TemporaryFile()  # noqa: SIM115 (send_file closes it)
    with database(log.engine, log.files) as source:
        bundle.write(target, source, log.key_lines(), about, form.files == "yes")
    target.seek(0)
    name = f"goi-kiem-chung-{_day(today())}.zip"
    return send_file(target, "application/zip", as_attachment=True, download_name=name)


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")
