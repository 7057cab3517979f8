"""An agency's year beside its tasks: its plan, its budget, its report to the standing agency."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, func, select

from models.states import LABELS, AgencyReportState, Role
from models.tables import AGENCY, AGENCY_REPORT, ANNUAL_PLAN, BUDGET_LINE, PLAN
from workflow.commands.cycles import keep_document
from workflow.commands.years import plan_by_code
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.deadlines import days_late, yearly
from workflow.law.documents import faults
from workflow.law.errors import NotFound, Reason, Refusal, Refused, Stale
from workflow.law.facts import DocumentFacts, MembershipFacts
from workflow.text import clean, parse_number

LONGEST = Decimal(10) ** 9


def _agency(tx: Transaction, code: str) -> RowMapping:
    row = tx.one(select(AGENCY).where(AGENCY.c.code == code))
    if row is None:
        raise NotFound("agency")
    return row


def _own(tx: Transaction, agency_id: int, *roles: Role) -> MembershipFacts:
    for role in roles:
        if found := tx.actor.holds(role, agency_id):
            return found
    raise Refused(Refusal(Reason.NOT_YOUR_AGENCY, {"who": "lead_head lead_officer"}))


def _in_plan(plan: RowMapping, year: int) -> None:
    if not plan["start_year"] <= year <= plan["end_year"]:
        detail = {"start": str(plan["start_year"]), "end": str(plan["end_year"])}
        raise Refused(Refusal(Reason.YEAR_OUT_OF_PLAN, detail))


def _next_number(tx: Transaction, table: Any, plan_id: int, agency_id: int, year: int) -> int:
    found = tx.one(
        select(func.coalesce(func.max(table.c.number), 0).label("n")).where(
            table.c.plan_id == plan_id, table.c.agency_id == agency_id, table.c.year == year
        )
    )
    return (found["n"] if found else 0) + 1


@dataclass(frozen=True)
class RecordAnnualPlan:
    """IV.1: the agency's own plan for the year, by its document; recording again replaces it."""

    plan_code: str
    agency_code: str
    year: int
    document: DocumentFacts
    note: str = ""


@handles(RecordAnnualPlan)
def record_annual_plan(tx: Transaction, c: RecordAnnualPlan) -> Outcome:
    plan, agency = plan_by_code(tx.conn, c.plan_code), _agency(tx, c.agency_code)
    membership = _own(tx, agency["id"], Role.HEAD, Role.OFFICER)
    _in_plan(plan, c.year)
    if wrong := faults(c.document, tx.today):
        raise Refused(*wrong)
    entry = tx.note(
        Entry(
            "record_annual_plan", "annual_plan_recorded", "annual_plan", None,
            f"{agency['short']} · {c.year}", membership, document=asdict(c.document),
        )
    )  # fmt: skip
    entry.object_id = tx.insert(
        ANNUAL_PLAN,
        plan_id=plan["id"],
        agency_id=agency["id"],
        year=c.year,
        number=_next_number(tx, ANNUAL_PLAN, plan["id"], agency["id"], c.year),
        document_id=keep_document(tx, c.document),
        note=clean(c.note) or None,
        by_id=tx.actor.person_id,
        at=tx.now,
    )
    return Outcome("annual_plan", entry.object_id)


@dataclass(frozen=True)
class SetBudget:
    """III.10, in million đồng as typed: the agency asks and disburses, Sở Tài chính allocates."""

    plan_code: str
    agency_code: str
    year: int
    asked: str | None = None
    allocated: str | None = None
    disbursed: str | None = None
    note: str = ""


def _money(field: str, typed: str) -> str:
    parsed = parse_number(typed)
    if parsed is None:
        raise Refused(Refusal(Reason.NOT_A_NUMBER, {"field": field, "typed": typed[:40]}))
    if not 0 <= parsed.value <= LONGEST:
        detail = {"field": field, "limit": "≥ 0", "unit": "triệu đồng"}
        raise Refused(Refusal(Reason.OUT_OF_RANGE, detail))
    return f"{parsed.value.normalize():f}"


@handles(SetBudget)
def set_budget(tx: Transaction, c: SetBudget) -> Outcome:
    plan, agency = plan_by_code(tx.conn, c.plan_code), _agency(tx, c.agency_code)
    _in_plan(plan, c.year)
    if c.allocated is not None:
        membership = tx.actor.holds(Role.BUDGET_OFFICER)
        if membership is None:
            raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": ""}))
        if c.asked is not None or c.disbursed is not None:
            raise Refused(Refusal(Reason.NOT_YOUR_AGENCY, {"who": "lead_head lead_officer"}))
    else:
        membership = _own(tx, agency["id"], Role.HEAD, Role.OFFICER)
    last = tx.one(
        select(BUDGET_LINE)
        .where(
            BUDGET_LINE.c.plan_id == plan["id"],
            BUDGET_LINE.c.agency_id == agency["id"],
            BUDGET_LINE.c.year == c.year,
        )
        .order_by(BUDGET_LINE.c.number.desc())
    )
    before = {k: last[k] if last else None for k in ("asked", "allocated", "disbursed")}
    typed = {"asked": c.asked, "allocated": c.allocated, "disbursed": c.disbursed}
    values = before | {k: _money(k, v) for k, v in typed.items() if v is not None}
    if values["asked"] is None:
        raise Refused(Refusal(Reason.MISSING, {"field": "asked"}))
    entry = tx.note(
        Entry(
            "set_budget", "budget_set", "budget_line", None,
            f"{agency['short']} · {c.year}", membership, details=values,
        )
    )  # fmt: skip
    entry.object_id = tx.insert(
        BUDGET_LINE,
        plan_id=plan["id"],
        agency_id=agency["id"],
        year=c.year,
        number=(last["number"] if last else 0) + 1,
        note=clean(c.note) or None,
        by_id=tx.actor.person_id,
        at=tx.now,
        **values,
    )
    return Outcome("budget_line", entry.object_id)


def _report(tx: Transaction, plan_id: int, agency_id: int, year: int) -> RowMapping | None:
    return tx.one(
        select(AGENCY_REPORT).where(
            AGENCY_REPORT.c.plan_id == plan_id,
            AGENCY_REPORT.c.agency_id == agency_id,
            AGENCY_REPORT.c.year == year,
        )
    )


@dataclass(frozen=True)
class WriteAgencyReport:
    """People's words of the yearly report; the rest is drafted from the cycles."""

    plan_code: str
    agency_code: str
    year: int
    texts: tuple[tuple[str, str], ...]
    seen_version: int | None = None


@handles(WriteAgencyReport)
def write_agency_report(tx: Transaction, c: WriteAgencyReport) -> Outcome:
    plan, agency = plan_by_code(tx.conn, c.plan_code), _agency(tx, c.agency_code)
    membership = _own(tx, agency["id"], Role.HEAD, Role.OFFICER)
    _in_plan(plan, c.year)
    row = _report(tx, plan["id"], agency["id"], c.year)
    texts = json.dumps(
        {k: clean(v) for k, v in c.texts if v.strip()}, ensure_ascii=False, sort_keys=True
    )
    entry = tx.note(
        Entry(
            "write_agency_report", "agency_report_written", "agency_report",
            row["id"] if row else None, f"{agency['short']} · {c.year}", membership,
        )
    )  # fmt: skip
    if row is None:
        entry.object_id = tx.insert(
            AGENCY_REPORT,
            plan_id=plan["id"],
            agency_id=agency["id"],
            year=c.year,
            state=AgencyReportState.DRAFT.value,
            texts=texts,
        )
        return Outcome("agency_report", entry.object_id)
    _changeable(row, c.seen_version, AgencyReportState.DRAFT, AgencyReportState.RETURNED)
    tx.update(AGENCY_REPORT, row, texts=texts)
    return Outcome("agency_report", row["id"])


def _changeable(row: RowMapping, seen: int | None, *states: AgencyReportState) -> None:
    if seen is not None and seen != row["version"]:
        raise Stale("agency_report", row["id"], seen, row["version"])
    if row["state"] not in states:
        step = LABELS[AgencyReportState(row["state"])].lower()
        raise Refused(Refusal(Reason.WRONG_STEP, {"step": step}))


@dataclass(frozen=True)
class SendAgencyReport:
    """The head sends it, with its document; lateness is frozen at the first sending."""

    plan_code: str
    agency_code: str
    year: int
    document: DocumentFacts
    cutoff: datetime
    figures: str
    seen_version: int | None = None


@handles(SendAgencyReport)
def send_agency_report(tx: Transaction, c: SendAgencyReport) -> Outcome:
    plan, agency = plan_by_code(tx.conn, c.plan_code), _agency(tx, c.agency_code)
    membership = _own(tx, agency["id"], Role.HEAD)
    row = _report(tx, plan["id"], agency["id"], c.year)
    if row is None:
        raise NotFound("agency_report")
    _changeable(row, c.seen_version, AgencyReportState.DRAFT, AgencyReportState.RETURNED)
    if wrong := faults(c.document, tx.today):
        raise Refused(*wrong)
    due = due_day(plan, c.year)
    sha = hashlib.sha256(c.figures.encode()).hexdigest()
    first = row["first_sent_at"] is None
    late = days_late(due, tx.today) if first else row["late_days"]
    tx.note(
        Entry(
            "send_agency_report", "agency_report_sent", "agency_report", row["id"],
            f"{agency['short']} · {c.year}", membership, from_state=row["state"],
            to_state=AgencyReportState.SENT.value, document=asdict(c.document), digests=(sha,),
        )
    )  # fmt: skip
    tx.update(
        AGENCY_REPORT,
        row,
        state=AgencyReportState.SENT.value,
        cutoff_at=c.cutoff,
        figures_sha256=sha,
        document_id=keep_document(tx, c.document),
        first_sent_at=row["first_sent_at"] or tx.now,
        sent_by_id=tx.actor.person_id,
        sent_at=tx.now,
        late_days=late,
    )
    data = {"late_days": late, "report_id": row["id"]}
    return Outcome("agency_report", row["id"], data)


def due_day(plan: RowMapping, year: int) -> date:
    """The last good day of "trước ngày 15/12"."""
    return yearly(year, plan["report_last_month"], plan["report_last_day"])


@dataclass(frozen=True)
class JudgeAgencyReport:
    """The standing agency accepts it or sends it back; VP UBND does so with its own."""

    report_id: int
    is_accepted: bool
    reason: str = ""
    seen_version: int | None = None


@handles(JudgeAgencyReport)
def judge_agency_report(tx: Transaction, c: JudgeAgencyReport) -> Outcome:
    row = tx.get(AGENCY_REPORT, c.report_id)
    plan, agency = tx.get(PLAN, row["plan_id"]), tx.get(AGENCY, row["agency_id"])
    standing = plan["standing_agency_id"]
    own = row["agency_id"] == standing
    membership = (
        tx.actor.holds(Role.OFFICE)
        if own
        else tx.actor.holds(Role.HEAD, standing) or tx.actor.holds(Role.OFFICER, standing)
    )
    if membership is None:
        who = "office" if own else "standing_head standing_officer"
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": who}))
    if row["agency_id"] in tx.actor.agency_ids:
        raise Refused(Refusal(Reason.OWN_WORK))
    if row["sent_by_id"] == tx.actor.person_id:
        raise Refused(Refusal(Reason.OWN_REPORT))
    _changeable(row, c.seen_version, AgencyReportState.SENT)
    if not c.is_accepted and not c.reason.strip():
        raise Refused(Refusal(Reason.MISSING, {"field": "reason"}))
    state = AgencyReportState.ACCEPTED if c.is_accepted else AgencyReportState.RETURNED
    word = "accept" if c.is_accepted else "return"
    tx.note(
        Entry(
            f"{word}_agency_report", f"agency_report_{word}ed", "agency_report", row["id"],
            f"{agency['short']} · {row['year']}", membership, from_state=row["state"],
            to_state=state.value, reason=c.reason.strip() or None,
        )
    )  # fmt: skip
    tx.update(
        AGENCY_REPORT,
        row,
        state=state.value,
        judged_by_id=tx.actor.person_id,
        judged_at=tx.now,
        reason=clean(c.reason) or None,
        return_count=row["return_count"] + (0 if c.is_accepted else 1),
    )
    return Outcome("agency_report", row["id"])
