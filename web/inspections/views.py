"""Thanh tra: case folders, ready questions, and the bundle an inspector takes away."""

import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ledger import bundle
from ledger.source import database
from models.states import LABELS, Role
from reports.boxes import BOX_LABELS
from reports.cycle_then import cycle_then
from reports.moment import Line, Scope, audit_position, lines_told, years_seen
from web import db, numbers
from web.audit.wanted import wanted_of
from web.cycles.papers import paper
from web.filters import day
from web.forms import BadForm, Form, FormState, read, state_of
from web.inspections import sheet
from web.inspections.forms import (
    CaseForm,
    ExportForm,
    FindingForm,
    MomentForm,
    NoteForm,
    QuestionForm,
)
from web.languages import vi
from web.ledger.views import ledger
from web.requires import me, now, perform, requires, today
from web.telling import tell
from workflow import audit, inspections, people, seals, text
from workflow.commands.inspections import (
    CloseInspection,
    KeepQuestion,
    OpenInspection,
    RecordFinding,
    WriteNote,
)
from workflow.commands.ledger import SearchLog, TakeExport
from workflow.law.deadlines import VIETNAM, local_day
from workflow.law.errors import Refused

blueprint = Blueprint("inspections", __name__, url_prefix="/inspections")
inspector = requires(Role.INSPECTOR)
MOST_ROWS = 20_000
# No moment before it was ever written down; the first days of the calendar cannot be reckoned with.
FIRST_DAY = date(2000, 1, 1)


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
        done = perform(command, form.idempotency_key)
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
        "overridden": _told(answers.overridden),
        "reopened": _told(answers.reopened),
        "refused": _told(answers.refused),
    }
    page = render_template(
        "pages/inspections/show.html",
        case=case,
        judging=answers.judging,
        judges=answers.judges,
        shorts={a["code"]: a["short"] for a in people.agencies(db.conn())},
        told=told,
        findings=[(f, [(e, tell(e)) for e in es]) for f, es in case.findings],
        questions=[(q["query"], q["name"]) for q in case.questions],
        states=states,
        today=today(),
    )
    return page, status


def _told(found: Any) -> list[tuple[Any, Any, str]]:
    return [(s.entry, tell(s.entry), _why(s)) for s in found]


def _why(found: inspections.Suspicion) -> str:
    """What makes an entry worth a look: how fast it was, or the words that stand in it."""
    if found.is_against:
        return _("khác ý kiến thẩm định")
    return vi(found.why) if found.seconds is None else _("%(n)s giây", n=found.seconds)


def _add(inspection_id: int, name: str, kind: Any, make: Any, done: str) -> ResponseReturnValue:
    """One form of the folder: shown again with what was typed when it is not right."""
    try:
        form = read(kind, request.form)
        perform(make(form), form.idempotency_key)
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
        return KeepQuestion(inspection_id, form.name, _question(form.query))

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
    perform(CloseInspection(inspection_id), read(Form, request.form).idempotency_key)
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


@blueprint.post("/<int:inspection_id>/sheet")
@inspector
def sheet_of(inspection_id: int) -> ResponseReturnValue:
    """The answer to a question as Excel; on record before the first byte leaves."""
    try:
        form = read(ExportForm, request.form)
    except BadForm as bad:
        return _show(inspection_id, 422, export=bad.state)
    case = inspections.case(db.conn(), me(), inspection_id).row
    query = _question(form.question)
    asked = {name: text.clean(value) for name, value in parse_qsl(query)}
    if not asked:
        asked = {"from": day(case["period_from"]), "to": day(case["period_to"])}
        query = urlencode(asked)
    perform(TakeExport(form.decision, form.scope, "sheet", inspection_id, query))
    conn = db.conn()
    rows = audit.taken_out(conn, me(), wanted_of(asked, me()))
    content = sheet.workbook(
        rows, form.decision, form.scope, query, seals.newest(conn), now(), MOST_ROWS
    )
    name = f"nhat-ky-{_day(today())}.xlsx"
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return send_file(BytesIO(content), media, as_attachment=True, download_name=name)


def _question(address: str) -> str:
    """The question in the address of a search, or the question alone; any text is one of the two.

    Cut by hand: urlsplit raises on [ and on letters that look like a slash.
    """
    return address.partition("#")[0].rpartition("?")[2]


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


# --- as of ---------------------------------------------------------------------------------


@blueprint.get("/as-of")
@inspector
def as_of() -> ResponseReturnValue:
    """A task, an agency or the whole plan as it stood at a moment, from the log alone."""
    try:
        form = _asked_moment()
    except BadForm as bad:
        return _refused(bad), 422
    at = _moment(form)
    year = numbers.year() or local_day(at).year
    agency, task = request.args.get("agency") or None, request.args.get("task", "").strip()[:60]
    found = lines_told(db.conn(), me(), Scope(years=(year,), agency=agency), at)
    lines = [x for x in found if not task or x.task_code == task]
    if form.at is not None:
        question = "as-of?" + request.query_string.decode("utf-8", "replace")
        perform(SearchLog(question, len(lines)))
    return _as_of(at, lines, FormState(request.args.to_dict() | {"year": str(year)}))


def _as_of(at: datetime | None, lines: Sequence[Line], state: FormState) -> str:
    conn = db.conn()
    return render_template(
        "pages/inspections/as_of.html",
        at=at,
        state=state,
        years=[(str(y), y) for y in years_seen(conn, me())],
        lines=lines,
        moment_args={k: state.values[k] for k in ("at", "time") if state.values.get(k)},
        position=audit_position(conn, at) if at else None,
        labels=LABELS,
        boxes=BOX_LABELS,
        agencies=[(a["code"], a["short"]) for a in people.agencies(conn)],
    )


def _refused(bad: BadForm) -> str:
    return _as_of(None, [], FormState(request.args.to_dict(), bad.state.errors))


def _asked_moment() -> MomentForm:
    """What the address asks; BadForm where it is no moment."""
    known = {k: v for k, v in request.args.items() if k in MomentForm.model_fields}
    return read(MomentForm, MultiDict(known))


def _moment(form: MomentForm) -> datetime:
    """The end of the minute that was asked, of the day where no hour was; never still to come."""
    if form.at is None:
        return now()
    minute = datetime.combine(max(form.at, FIRST_DAY), form.time or time(23, 59), VIETNAM)
    return min(now(), minute.astimezone(UTC) + timedelta(seconds=59, milliseconds=999))


@blueprint.get("/as-of/<int:cycle_id>")
@inspector
def cycle_as_of(cycle_id: int) -> ResponseReturnValue:
    """One cycle as it stood at a moment: the report, the files and the progress of then."""
    try:
        form = _asked_moment()
    except BadForm as bad:
        return _refused(bad), 422
    at = _moment(form)
    found = cycle_then(db.conn(), me(), cycle_id, at)
    args: dict[str, Any] = request.args.to_dict() | {"year": str(found.line.year)}
    if form.at is not None:
        question = f"as-of/{cycle_id}?" + request.query_string.decode("utf-8", "replace")
        perform(SearchLog(question, 1))
    return render_template(
        "pages/inspections/cycle_as_of.html",
        at=at,
        x=found.line,
        report=found.report,
        files=[paper(cycle_id, file) for file in found.files],
        progress=found.progress,
        story=[tell(entry) for entry in found.entries],
        state_word=_(LABELS[found.line.state]),
        box_word=_(BOX_LABELS[found.line.box]),
        back=url_for("inspections.as_of", **args),
    )
