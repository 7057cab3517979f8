"""One agency's year: record its plan, keep its budget, write and send its yearly report."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import Field

from models.states import LABELS, AgencyReportState, Capacity, Role
from reports import catalogue
from reports.catalogue import KINDS, PLACES, Asked
from reports.dossier import agency_year
from reports.gather import agency_row, plan_row
from web import db
from web.forms import DocumentForm, Form, FormState, MaybeWords, OptionalFigure, Ticked, carried_out
from web.requires import me, now, requires
from web.tasks.views import BUSINESS
from workflow.commands.yearwork import (
    JudgeAgencyReport,
    RecordAnnualPlan,
    SendAgencyReport,
    SetBudget,
    WriteAgencyReport,
)
from workflow.law.errors import NotFound
from workflow.law.facts import SYSTEM

blueprint = Blueprint("yearwork", __name__, url_prefix="/agencies/<code>/years/<int:year>")


class PlanForm(DocumentForm):
    note: MaybeWords = Field("", max_length=500)


class BudgetForm(Form):
    asked: OptionalFigure = None
    allocated: OptionalFigure = None
    disbursed: OptionalFigure = None
    note: MaybeWords = Field("", max_length=500)


class ReportForm(Form):
    leadership: MaybeWords = Field("", max_length=20_000)
    causes: MaybeWords = Field("", max_length=20_000)
    next: MaybeWords = Field("", max_length=20_000)
    proposals: MaybeWords = Field("", max_length=20_000)


class JudgeForm(Form):
    accepted: Ticked = False
    reason: MaybeWords = Field("", max_length=2_000)


@blueprint.get("")
@requires(*BUSINESS)
def show(code: str, year: int) -> ResponseReturnValue:
    """What the agency has handed in for the year, and what it may do now."""
    return _page(code, year, None)


def _page(code: str, year: int, state: FormState | None, sent_to: str = "") -> str:
    """`state` belongs to the form that was sent; the others stand as they are kept."""
    conn, actor = db.conn(), me()
    row, plan = agency_row(conn, code), plan_row(conn)
    standing = plan["standing_agency_id"]
    found = agency_year(conn, actor, row["id"], standing, year)
    report = found.report
    own = bool(actor.holds(Role.HEAD, row["id"]) or actor.holds(Role.OFFICER, row["id"]))
    open_report = report is None or report["state"] in (
        AgencyReportState.DRAFT,
        AgencyReportState.RETURNED,
    )
    sent = report is not None and report["state"] == AgencyReportState.SENT
    judge = (
        actor.holds(Role.OFFICE)
        if row["id"] == standing
        else actor.holds(Role.HEAD, standing) or actor.holds(Role.OFFICER, standing)
    )
    return render_template(
        "pages/yearwork/show.html",
        code=code,
        year=year,
        row=row,
        found=found,
        report=report,
        texts=json.loads(report["texts"]) if report else {},
        writing_places=[(p, _(PLACES[p])) for p in KINDS["agency-year"].places],
        own=own,
        can_write=own and open_report,
        can_send=report is not None
        and open_report
        and actor.holds(Role.HEAD, row["id"]) is not None,
        can_judge=sent and judge is not None and not own,
        can_allocate=Role.BUDGET_OFFICER in actor.roles,
        state_word=_(LABELS[AgencyReportState(report["state"])]) if report else None,
        capacities=[(c.value, _(LABELS[c])) for c in Capacity],
        state=state,
        states={sent_to: state},
        # Both forms ask for a document: one of them at a time.
        recording=(sent_to or request.args.get("record")) == "plan",
    )


def _plan_code() -> str:
    return str(plan_row(db.conn())["code"])


@blueprint.post("/plan")
@requires(Role.HEAD, Role.OFFICER)
def plan(code: str, year: int) -> ResponseReturnValue:
    """The agency's own plan, by its document."""

    def command(f: Any) -> RecordAnnualPlan:
        return RecordAnnualPlan(_plan_code(), code, year, f.document(), f.note)

    return _act(code, year, PlanForm, command, _("Đã ghi kế hoạch năm."))


@blueprint.post("/budget")
@requires(Role.HEAD, Role.OFFICER, Role.BUDGET_OFFICER)
def budget(code: str, year: int) -> ResponseReturnValue:
    """Asked and disbursed by the agency, allocated by Sở Tài chính."""

    def command(f: Any) -> SetBudget:
        return SetBudget(_plan_code(), code, year, f.asked, f.allocated, f.disbursed, f.note)

    return _act(code, year, BudgetForm, command, _("Đã cập nhật dự toán."))


@blueprint.post("/report")
@requires(Role.HEAD, Role.OFFICER)
def write(code: str, year: int) -> ResponseReturnValue:
    """People's words of the yearly report."""

    def command(f: Any) -> WriteAgencyReport:
        texts = tuple((k, getattr(f, k)) for k in KINDS["agency-year"].places)
        return WriteAgencyReport(_plan_code(), code, year, texts, f.seen_version)

    return _act(code, year, ReportForm, command, _("Đã lưu nội dung báo cáo năm."))


@blueprint.post("/send")
@requires(Role.HEAD)
def send(code: str, year: int) -> ResponseReturnValue:
    """The head sends it, with the figures as they are now."""

    def command(f: Any) -> SendAgencyReport:
        moment = now()
        made = catalogue.make(db.conn(), SYSTEM, "agency-year", Asked(year, moment, code))
        return SendAgencyReport(
            _plan_code(), code, year, f.document(), moment, made.figures.text(), f.seen_version
        )

    return _act(code, year, PlanForm, command, _("Đã gửi báo cáo năm cho cơ quan thường trực."))


@blueprint.post("/judge")
@requires(Role.HEAD, Role.OFFICER, Role.OFFICE)
def judge(code: str, year: int) -> ResponseReturnValue:
    """Accepted, or sent back with the reason."""
    conn = db.conn()
    standing = plan_row(conn)["standing_agency_id"]
    found = agency_year(conn, me(), agency_row(conn, code)["id"], standing, year)
    if found.report is None:
        raise NotFound("agency_report")
    report_id = found.report["id"]

    def command(f: Any) -> JudgeAgencyReport:
        return JudgeAgencyReport(report_id, f.accepted, f.reason, f.seen_version)

    return _act(code, year, JudgeForm, command, _("Đã ghi kết quả tiếp nhận báo cáo."))


def _act(code: str, year: int, model: Any, command: Any, said: str) -> ResponseReturnValue:
    done = carried_out(model, command)
    if isinstance(done, FormState):
        return _page(code, year, done, _sent_to()), 422
    flash(said, "success")
    return redirect(url_for(".show", code=code, year=year), 303)


def _sent_to() -> str:
    """The last word of this address: plan, budget, report, send or judge."""
    return request.path.rpartition("/")[2]
