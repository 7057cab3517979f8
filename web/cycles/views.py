"""One cycle: its page, every act on it as a page of its own, and the report from draft to sent."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import RowMapping
from werkzeug.datastructures import FileStorage

from models.states import (
    LABELS,
    Capacity,
    FlagKind,
    Quality,
    ReasonClass,
    UrgeLevel,
    Verdict,
)
from reports.first_page import NotDrawn, first_page
from web import db, telling
from web.cycles import forms, labels, papers, steps
from web.cycles.acts import ACTS, BY_SEGMENT, Act
from web.filters import day, in_vietnam, moment
from web.forms import BadForm, FormState, carried_out, read
from web.requires import me, now, perform, requires, services, today, took
from web.tasks.views import BUSINESS
from web.verify.reasons import TEMPLATES, template
from workflow import asked, dossiers, lists, people, typed
from workflow.access import cycle_for
from workflow.commands import results
from workflow.files import JPEG, PDF, PNG, FileRefused
from workflow.law.errors import NotFound, Refused
from workflow.law.machine import decide, obstacles
from workflow.law.transitions import Command
from workflow.text import counted
from workflow.workdays import calendar_of

RESEND_DAYS = 5

blueprint = Blueprint("cycles", __name__, url_prefix="/cycles")
blueprint.app_context_processor(labels.words)


def line_of(dossier: dossiers.CycleDossier) -> dict[str, Any]:
    """The cycle as a line of a list: its row with the class of its deadline."""
    return {**dossier.found.row, "due_class": dossier.wording["due_class"]}


def dossier_of(cycle_id: int) -> dossiers.CycleDossier:
    """The cycle as I may see it today."""
    return dossiers.cycle_dossier(db.conn(), me(), cycle_id, today())


@blueprint.get("/<int:cycle_id>")
@requires(*BUSINESS)
def show(cycle_id: int) -> ResponseReturnValue:
    """Where the cycle stands, what comes next, what the plan says, what has happened."""
    dossier = dossier_of(cycle_id)
    report = dossier.standing_report
    given = {c["agency_code"] for c in dossier.contributions}
    return render_template(
        "pages/cycles/show.html",
        d=dossier,
        cycle=line_of(dossier),
        card=steps.next_step(dossier, me(), today()),
        reached=steps.reached(dossier.entries),
        report=report,
        files=_files_of(dossier, report),
        returned=dossier.last_return,
        older=[r for r in dossier.reports if r["submitted_at"] and r is not report],
        parties=labels.by_role((p["role"], p["short"], p["name"]) for p in dossier.parties),
        silent=[(p["short"], p["name"]) for p in dossier.parties if p["code"] not in given],
        story=telling.story(dossier.entries),
        asked=asked.of_cycle(db.conn(), cycle_id),
    )


@blueprint.get("/<int:cycle_id>/next")
@requires(*BUSINESS)
def step_on(cycle_id: int) -> ResponseReturnValue:
    """Where a mail leads: to what its reader can do now, or to the cycle when he waits."""
    card = steps.next_step(dossier_of(cycle_id), me(), today())
    if card.button is None or card.is_asked_here:
        return redirect(url_for(".show", cycle_id=cycle_id), 303)
    return redirect(card.button.href, 303)


@blueprint.get("/<int:cycle_id>/why-not")
@requires(*BUSINESS)
def why_not(cycle_id: int) -> ResponseReturnValue:
    """Vì sao tôi không được xác nhận? The rule, my obstacles, and who can."""
    dossier = dossier_of(cycle_id)
    facts = dossier.found.facts
    found = obstacles(Command.VERIFY, me(), facts, today())
    return render_template(
        "pages/cycles/why_not.html",
        d=dossier,
        cycle=line_of(dossier),
        reasons=telling.refusals(Refused(*found)) if found else [],
        who_can=steps.who(Command.VERIFY, facts),
        facts=facts,
    )


# --- the acts ----------------------------------------------------------------------------


@blueprint.get("/<int:cycle_id>/<segment>")
@requires(*BUSINESS)
def act(cycle_id: int, segment: str) -> ResponseReturnValue:
    """The page of one act: what it will do, and its form."""
    found = _act_of(segment)
    dossier = dossier_of(cycle_id)
    decide(found.command, me(), dossier.found.facts, today())
    return _act_page(found, dossier, _begun(found))


def _begun(found: Act) -> FormState | None:
    """What stands in a form before anything is typed: a day to begin with, a reason asked for."""
    if found.command is not Command.RETURN:
        return None
    chosen = template(request.args.get("template"))
    words_of = {"reason": chosen.reason, "missing": chosen.missing} if chosen else {}
    return FormState({"resend_by": day(resend_day()), **words_of})


def resend_day() -> date:
    """Until when a returned report is asked for again, unless its reader says otherwise."""
    return calendar_of(db.conn()).add_working_days(today(), RESEND_DAYS)


@blueprint.post("/<int:cycle_id>/<segment>")
@requires(*BUSINESS)
def perform_act(cycle_id: int, segment: str) -> ResponseReturnValue:
    """Carry the act out; a form that is not right comes back with everything typed."""
    found = _act_of(segment)
    done = carried_out(found.form, lambda form: form.command(cycle_id))
    if isinstance(done, FormState):
        return _shown_again(found, cycle_id, done)
    form, _outcome = done
    if found.command is Command.REPORT:
        typed.forget(services().engine, me().person_id or 0, cycle_id)
        return redirect(url_for("cycles.sent", cycle_id=cycle_id), 303)
    flash(str(found.done), "success")
    return redirect(_back_from(form.back, cycle_id), 303)


def _back_from(place: str, cycle_id: int) -> str:
    """Where somebody came from to act: his queue, his review, or the cycle itself."""
    places = {"verify": "verify.queue", "review": "verify.review"}
    return url_for(places[place]) if place else url_for(".show", cycle_id=cycle_id)


def _act_of(segment: str) -> Act:
    if segment not in BY_SEGMENT:
        raise NotFound("act")
    return BY_SEGMENT[segment]


def _shown_again(found: Act, cycle_id: int, state: FormState) -> ResponseReturnValue:
    """422: the form as it was, each mistake beside its field."""
    dossier = dossier_of(cycle_id)
    decide(found.command, me(), dossier.found.facts, today())
    if found.command is Command.REPORT:
        return _draft_page(dossier, state), 422
    return _act_page(found, dossier, state), 422


def _act_page(found: Act, dossier: dossiers.CycleDossier, state: FormState | None) -> str:
    return render_template(
        "pages/cycles/act.html",
        act=found,
        asked=asked.of_cycle(db.conn(), dossier.found.facts.id),
        d=dossier,
        cycle=line_of(dossier),
        state=state.in_order(found.fields) if state else None,
        back=request.values.get("back", ""),
        report=dossier.standing_report,
        capacities=choices(Capacity),
        qualities=choices(Quality),
        verdicts=choices(Verdict),
        reason_classes=choices(ReasonClass),
        urge_levels=choices(UrgeLevel),
        flag_kinds=choices(FlagKind),
        supporters=[(p["code"], p["short"]) for p in dossier.parties],
        other_leads=_other_leads(dossier) if found.command is Command.TRANSFER else (),
        templates=TEMPLATES if found.command is Command.RETURN else (),
    )


def _other_leads(dossier: dossiers.CycleDossier) -> list[tuple[str, str]]:
    """Agencies that exist today and do not lead this cycle."""
    return [
        (a["code"], a["name"])
        for a in people.agencies(db.conn(), today())
        if a["id"] != dossier.found.facts.lead_agency_id
        and (a["valid_to"] is None or a["valid_to"] >= today())
        and (a["valid_from"] is None or a["valid_from"] <= today())
    ]


def choices(kind: Any) -> list[tuple[str, str]]:
    """The words of an enum for a field to choose from."""
    return [(one.value, _(LABELS[one])) for one in kind]


# --- the report --------------------------------------------------------------------------


@blueprint.get("/<int:cycle_id>/report")
@requires(*BUSINESS)
def draft(cycle_id: int) -> ResponseReturnValue:
    """The draft, with what helps to write it: the last report, contributions, the demand."""
    dossier = dossier_of(cycle_id)
    decide(Command.SAVE_DRAFT, me(), dossier.found.facts, today())
    return _draft_page(dossier, None)


@blueprint.post("/<int:cycle_id>/draft")
@requires(*BUSINESS)
def save_draft(cycle_id: int) -> ResponseReturnValue:
    """Keep what was typed, then do what the pressed button says."""
    form = read(forms.Draft, request.form)
    outcome = perform(form.command(cycle_id), form.idempotency_key)
    typed.forget(services().engine, me().person_id or 0, cycle_id)
    problem = _take_file(cycle_id, request.files.get("file"), form)
    if form.detach is not None:
        perform(results.DetachFile(cycle_id, form.detach))
    if problem is not None:
        db.release()
        return _draft_page(dossier_of(cycle_id), problem), 422
    if form.then == "present" and _is_whole(form):
        perform(results.PresentDraft(cycle_id))
        said = _("Đã trình lãnh đạo. Thủ trưởng cơ quan thấy dự thảo trong Việc của tôi.")
        flash(said, "success")
    if form.then in ("check", "present"):
        return redirect(url_for(".check", cycle_id=cycle_id), 303)
    if form.then == "copy":
        return redirect(url_for(".draft", cycle_id=cycle_id, copy=1), 303)
    if not outcome.replayed:
        flash(_("Đã lưu nháp lúc %(at)s.", at=moment(now())), "success")
    return redirect(url_for(".draft", cycle_id=cycle_id), 303)


def _is_whole(form: forms.Draft) -> bool:
    """Whether the head could send it as it is."""
    try:
        read(forms.Report, papers.as_sent(form.typed()))
    except BadForm:
        return False
    return True


@blueprint.post("/<int:cycle_id>/draft/typed")
@requires(*BUSINESS)
def keep_typed(cycle_id: int) -> ResponseReturnValue:
    """Keep what is being typed, every few seconds; answers one line for the page to show."""
    form = read(forms.Draft, request.form)
    found = cycle_for(db.conn(), me(), cycle_id, today())
    decide(Command.SAVE_DRAFT, me(), found.facts, today())
    db.release()
    words_now = typed.Typed(form.typed(), form.seen_draft or 0, now())
    if not typed.keep(services().engine, me().person_id or 0, cycle_id, words_now):
        return "", 409
    return render_template("pages/cycles/typed.html", at=in_vietnam(now()))


def _take_file(cycle_id: int, sent: FileStorage | None, form: forms.Draft) -> FormState | None:
    """Keep a file that came with the draft; what is wrong with it, if it cannot be kept."""
    if sent is None or not sent.filename:
        return None
    typed = dict(request.form)
    if form.secrecy == "":
        return FormState(typed, {"secrecy": _("Chưa trả lời: văn bản có độ mật hay không.")})
    if form.secrecy == "yes":
        return FormState(typed, {"secrecy": telling.refusal(papers.SECRET)})
    try:
        kept = services().files.put(cast(BinaryIO, sent.stream))
    except FileRefused as refused:
        return FormState(typed, {"file": papers.file_problem(refused.why)})
    name = papers.clean_name(sent.filename)
    perform(results.AttachFile(cycle_id, kept.sha256, name, kept.size, kept.media_type))
    return None


@blueprint.get("/<int:cycle_id>/report/check")
@requires(*BUSINESS)
def check(cycle_id: int) -> ResponseReturnValue:
    """Check the answers: the whole report as it will be sent, and what sending means."""
    dossier = dossier_of(cycle_id)
    decide(Command.SAVE_DRAFT, me(), dossier.found.facts, today())
    values = papers.draft_values(dossier.draft)
    try:
        read(forms.Report, papers.as_sent(values))
    except BadForm as bad:
        return _draft_page(dossier, FormState(values, bad.state.errors)), 422
    blocked = obstacles(Command.REPORT, me(), dossier.found.facts, today())
    return render_template(
        "pages/cycles/check.html",
        d=dossier,
        cycle=line_of(dossier),
        values=values,
        files=_files_of(dossier, dossier.draft),
        receiver=_receiver(dossier),
        act=ACTS[Command.REPORT],
        reasons=telling.refusals(Refused(*blocked)) if blocked else [],
        sender=steps.who(Command.REPORT, dossier.found.facts),
    )


@blueprint.get("/<int:cycle_id>/report/sent")
@requires(*BUSINESS)
def sent(cycle_id: int) -> ResponseReturnValue:
    """The receipt of the report that stands: it can be opened again at any time."""
    dossier = dossier_of(cycle_id)
    report = dossier.standing_report
    if report is None:
        raise NotFound("report")
    return render_template(
        "pages/cycles/sent.html",
        d=dossier,
        cycle=line_of(dossier),
        report=report,
        files=_files_of(dossier, report),
        receiver=_receiver(dossier),
    )


def _draft_page(dossier: dossiers.CycleDossier, state: FormState | None) -> str:
    cycle_id = dossier.found.facts.id
    previous = dossiers.previous_report(db.conn(), cycle_id)
    values = papers.draft_values(dossier.draft)
    unsaved = typed.kept(db.conn(), me().person_id or 0, cycle_id)
    if unsaved is not None and (state is not None or unsaved.fields == values):
        unsaved = None
    draft_version = dossier.draft["version"] if dossier.draft else 0
    is_restored = unsaved is not None and unsaved.seen_draft == draft_version
    if unsaved is not None and is_restored:
        values |= unsaved.fields
    copied = []
    if request.args.get("copy") and previous is not None:
        copied = [w for w in results.WORDS if previous[w] and not values[w]]
        values |= {w: previous[w] for w in copied}
        # Last year's figures are not this year's: only what was counted is taken over.
        if "figures" in copied:
            values["figures"] = "\n".join(f"{c.name}: " for c in counted(values["figures"]))
    return render_template(
        "pages/cycles/draft.html",
        d=dossier,
        cycle=line_of(dossier),
        draft=dossier.draft,
        values=values,
        state=state,
        previous=previous,
        copied=copied,
        unsaved=unsaved,
        is_restored=is_restored,
        returned=dossier.last_return,
        files=_files_of(dossier, dossier.draft),
        capacities=choices(Capacity),
        may_send=not obstacles(Command.REPORT, me(), dossier.found.facts, today()),
    )


def _receiver(dossier: dossiers.CycleDossier) -> str:
    """Who judges this report: the post, and the agency where it is the standing agency."""
    facts = dossier.found.facts
    judge = steps.who(Command.VERIFY, facts)
    if facts.is_of_standing_agency:
        return judge
    return f"{judge} ({lists.agency_short(db.conn(), facts.standing_agency_id)})"


def _files_of(dossier: dossiers.CycleDossier, report: RowMapping | None) -> list[papers.Paper]:
    if report is None:
        return []
    return [papers.paper(dossier.found.facts.id, f) for f in dossier.files_of(report["id"])]


@blueprint.get("/<int:cycle_id>/files/<int:attachment_id>")
@requires(*BUSINESS)
def file(cycle_id: int, attachment_id: int) -> Response:
    """One file of a report I may see, to be kept on the reader's machine, never opened inside."""
    found, kept = _taken(cycle_id, attachment_id)
    answer = send_file(
        kept,
        mimetype=found["media_type"],
        as_attachment=True,
        download_name=found["name"],
    )
    return _harmless(answer)


@blueprint.get("/<int:cycle_id>/files/<int:attachment_id>/picture")
@requires(*BUSINESS)
def picture(cycle_id: int, attachment_id: int) -> Response:
    """The file to be looked at within a page: a picture itself, of a PDF its first page drawn.

    Who looks has had it in his hands as much as who saves it, and it is on record the same way.
    """
    found, kept = _taken(cycle_id, attachment_id)
    if found["media_type"] in (PNG, JPEG):
        return _harmless(send_file(kept, mimetype=found["media_type"]))
    if found["media_type"] != PDF:
        raise NotFound("picture")
    try:
        return _harmless(Response(first_page(kept), mimetype=PNG))
    except NotDrawn:
        raise NotFound("picture") from None


def _taken(cycle_id: int, attachment_id: int) -> tuple[RowMapping, Path]:
    """A file of a report I may see and where it lies; that I took it stays on record."""
    dossier = dossier_of(cycle_id)
    found = next((f for f in dossier.files if f["id"] == attachment_id), None)
    if found is None:
        raise NotFound("attachment")
    took(found["name"], "cycle", cycle_id, found["sha256"])
    return found, services().files.path(found["sha256"])


def _harmless(answer: Response) -> Response:
    """Opened by itself, it is shut in: what somebody sent gets no rights of our pages."""
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
