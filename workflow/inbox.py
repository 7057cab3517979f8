"""Việc của tôi: only what waits for this person, and why.

Sorted by harm: overdue, then returned, then questions with a day of their own, then what is due
soonest. Everything else that is open and not yet pressing is "sắp tới" and does not count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models.states import CycleState, Disposition, PartyRole, ReportStatus, Role
from models.tables import CYCLE, CYCLE_PARTY, PLAN, REPORT
from workflow import questions
from workflow.law.deadlines import OPEN_STATES
from workflow.law.facts import ActorFacts
from workflow.lists import SORTS, lines
from workflow.questions import Question

ROWS = 15  # of each reason: who has more of one reads them one after the other
QUEUE_ROWS = 25
# From this many days before the deadline a cycle in progress waits for its report.
REPORT_DAYS = 30


class Why(StrEnum):
    """Why something waits for me."""

    OVERDUE = "overdue"
    RETURNED = "returned"
    EXPLAIN = "explain"
    SUPPORT = "support"
    DRAFT_READY = "draft_ready"
    DUE = "due"
    NEW = "new"
    SILENT = "silent"
    EXTENSION = "extension"
    VERIFY = "verify"
    APPRAISE = "appraise"
    ANSWER = "answer"
    COMPLETE = "complete"
    UNEXPLAINED = "unexplained"
    UNANSWERED = "unanswered"
    UPCOMING = "upcoming"


@dataclass(frozen=True)
class Waiting:
    """One reason with its worst rows; `total` counts all of them.

    Rows of a question carry `said` (its own words) and `by` (its own day).
    """

    why: Why
    rows: Sequence[Mapping[str, Any]]
    total: int
    is_late: bool = False


@dataclass(frozen=True)
class Inbox:
    """What waits, and what comes up."""

    waiting: Sequence[Waiting]
    upcoming: Waiting

    @property
    def total(self) -> int:
        return sum(w.total for w in self.waiting)


def _of(name: str) -> ColumnElement[bool]:
    """The agency in this column of the plan leads or co-leads it."""
    plan = PLAN.alias()
    named = (
        # No agency has the number 0: a plan that names none leads nothing.
        select(func.coalesce(plan.c[name], 0))
        .where(plan.c.id == CYCLE.c.plan_id)
        .correlate(CYCLE)
        .scalar_subquery()
    )
    # Aliases, because the list around it has its own plan and cycle.
    led = CYCLE.alias()
    co_led = (
        select(CYCLE_PARTY.c.cycle_id)
        .join(led, led.c.id == CYCLE_PARTY.c.cycle_id)
        .join(plan, plan.c.id == led.c.plan_id)
        .where(
            CYCLE_PARTY.c.role == PartyRole.CO_LEAD.value,
            CYCLE_PARTY.c.agency_id == plan.c[name],
        )
    )
    return or_(CYCLE.c.agency_id == named, CYCLE.c.id.in_(co_led))


def of_office() -> ColumnElement[bool]:
    """CycleFacts.is_of_office as SQL."""
    return _of("office_agency_id")


def judged_by_office() -> ColumnElement[bool]:
    """CycleFacts.judged_by_office as SQL."""
    return and_(_of("standing_agency_id"), ~of_office())


def judged_by_chairman() -> ColumnElement[bool]:
    """CycleFacts.judged_by_chairman as SQL."""
    return and_(_of("standing_agency_id"), of_office())


def not_of(agency_ids: list[int]) -> ColumnElement[bool]:
    """None of these agencies leads or co-leads it: nobody judges their own work."""
    co_led = select(CYCLE_PARTY.c.cycle_id).where(
        CYCLE_PARTY.c.agency_id.in_(agency_ids), CYCLE_PARTY.c.role == PartyRole.CO_LEAD.value
    )
    return and_(CYCLE.c.agency_id.not_in(agency_ids), CYCLE.c.id.not_in(co_led))


def to_judge(actor: ActorFacts) -> list[tuple[Why, ColumnElement[bool]]]:
    """What this person may verify, appraise or complete, as conditions on `cycle`."""
    found: list[tuple[Why, ColumnElement[bool]]] = []
    everywhere = sorted(actor.agency_ids)
    reported = CYCLE.c.state == CycleState.REPORTED.value
    verified = CYCLE.c.state == CycleState.VERIFIED.value
    objected = and_(CYCLE.c.state == CycleState.ASSIGNED.value, CYCLE.c.objection.is_not(None))
    if plans := actor.stands_for(Role.HEAD):
        mine = and_(CYCLE.c.plan_id.in_(plans), not_of(everywhere))
        found.append((Why.VERIFY, and_(reported, mine)))
        found.append((Why.ANSWER, and_(objected, mine)))
    if plans := actor.stands_for(Role.OFFICER):
        unread = and_(reported, CYCLE.c.appraised_by_id.is_(None))
        mine = and_(CYCLE.c.plan_id.in_(plans), not_of(everywhere))
        found.append((Why.APPRAISE, and_(unread, mine)))
    if actor.holds(Role.OFFICE):
        mine = and_(judged_by_office(), not_of(everywhere))
        found.append((Why.VERIFY, and_(reported, mine)))
        found.append((Why.ANSWER, and_(objected, mine)))
        found.append((Why.COMPLETE, and_(verified, not_of(everywhere))))
    if actor.holds(Role.CHAIRMAN):
        mine = and_(judged_by_chairman(), not_of(everywhere))
        found.append((Why.VERIFY, and_(reported, mine)))
        found.append((Why.ANSWER, and_(objected, mine)))
        found.append((Why.COMPLETE, and_(verified, of_office(), not_of(everywhere))))
    return found


def _to_do(actor: ActorFacts, today: date) -> list[tuple[Why, ColumnElement[bool]]]:
    """What this person's agency must do as the lead."""
    heads = [m.agency_id for m in actor.memberships if m.role == Role.HEAD]
    officers = [m.agency_id for m in actor.memberships if m.role == Role.OFFICER]
    agencies = sorted({*heads, *officers})
    if not agencies:
        return []
    mine = CYCLE.c.agency_id.in_(agencies)
    day = CYCLE.c.effective_due_on
    working = and_(mine, CYCLE.c.state == CycleState.IN_PROGRESS.value)
    late = and_(day.is_not(None), day < today)
    returned = and_(CYCLE.c.return_count > 0, CYCLE.c.resend_by.is_not(None))
    drafted = CYCLE.c.id.in_(
        select(REPORT.c.cycle_id).where(
            REPORT.c.status == ReportStatus.DRAFT.value, REPORT.c.result != ""
        )
    )
    pressing = and_(day.is_not(None), day <= today + timedelta(days=REPORT_DAYS))
    open_states = CYCLE.c.state.in_([CycleState.ASSIGNED.value, CycleState.IN_PROGRESS.value])
    new = and_(mine, CYCLE.c.state == CycleState.ASSIGNED.value, CYCLE.c.objection.is_(None))
    found = [
        (Why.OVERDUE, and_(mine, open_states, late)),
        (Why.RETURNED, and_(working, ~late, returned)),
    ]
    if heads:
        ready = and_(CYCLE.c.agency_id.in_(heads), working, drafted)
        found.append((Why.DRAFT_READY, and_(ready, ~late, ~returned)))
        pressing = and_(pressing, ~and_(CYCLE.c.agency_id.in_(heads), drafted))
    found.append((Why.DUE, and_(working, ~late, ~returned, pressing)))
    found.append((Why.NEW, and_(new, ~late)))
    return found


def _asked(actor: ActorFacts, today: date) -> list[tuple[Why, Question]]:
    """Questions that wait for this person, and answers he waits for in vain."""
    heads = [m.agency_id for m in actor.memberships if m.role == Role.HEAD]
    officers = [m.agency_id for m in actor.memberships if m.role == Role.OFFICER]
    agencies = sorted({*heads, *officers})
    unfinished = CYCLE.c.state.in_([s.value for s in OPEN_STATES])
    found: list[tuple[Why, Question]] = []
    if heads:
        found.append((Why.EXPLAIN, questions.explanation().of(CYCLE.c.agency_id.in_(heads))))
    if agencies:
        mine = CYCLE.c.agency_id.in_(agencies)
        found.append((Why.SUPPORT, questions.support_of(agencies).of(unfinished)))
        found.append((Why.SILENT, questions.silence(today).of(and_(mine, unfinished))))
    others = not_of(sorted(actor.agency_ids))
    if actor.roles & {Role.OFFICE, Role.CHAIRMAN}:
        asked = questions.extension(not_by=actor.person_id)
        found.append((Why.EXTENSION, asked.of(and_(unfinished, others))))
        found.append((Why.UNEXPLAINED, questions.explanation(before=today).of(others)))
    unheard = questions.unheard(today).of(and_(unfinished, others))
    if plans := actor.stands_for(Role.HEAD, Role.OFFICER):
        found.append((Why.UNANSWERED, unheard.of(CYCLE.c.plan_id.in_(plans))))
    if actor.holds(Role.OFFICE):
        found.append((Why.UNANSWERED, unheard.of(judged_by_office())))
    return found


@dataclass(frozen=True)
class _Worst:
    """One reason with the keys of its worst rows, and what a question says of each."""

    why: Why
    rows: Sequence[RowMapping]


def _worst(conn: Connection, why: Why, condition: ColumnElement[bool], rows: int = ROWS) -> _Worst:
    said = (questions.why_returned(),) if why in (Why.OVERDUE, Why.RETURNED) else ()
    return _chosen(conn, why, condition, said, SORTS["due"], rows)


def _in_question(conn: Connection, why: Why, asked: Question) -> _Worst:
    return _chosen(conn, why, asked.where, asked.columns(), (asked.by,))


def _chosen(
    conn: Connection,
    why: Why,
    condition: ColumnElement[bool],
    columns: Sequence[ColumnElement[Any]],
    order: Sequence[ColumnElement[Any]],
    rows: int = ROWS,
) -> _Worst:
    total = func.count().over().label("total")
    found = conn.execute(
        select(CYCLE.c.id, total, *columns)
        .where(CYCLE.c.disposition == Disposition.ACTIVE.value, condition)
        .order_by(*order, CYCLE.c.id)
        .limit(rows)
    ).mappings()
    return _Worst(why, list(found))


def _told(conn: Connection, today: date, worst: Sequence[_Worst]) -> list[Waiting]:
    """The rows as lists show them: all of them in one look, after the worst were chosen."""
    keys = sorted({row["id"] for one in worst for row in one.rows})
    looked_up = conn.execute(lines(today).where(CYCLE.c.id.in_(keys))).mappings()
    known = {row["id"]: row for row in looked_up}
    told = []
    for one in worst:
        rows = [{**known[row["id"]], **row} for row in one.rows]
        late = bool(rows) and "by" in rows[0] and rows[0]["by"] < today
        told.append(Waiting(one.why, rows, rows[0]["total"] if rows else 0, late))
    return told


def inbox(conn: Connection, actor: ActorFacts, today: date) -> Inbox:
    """Everything that waits for this person today."""
    agencies = [m.agency_id for m in actor.memberships if m.role in (Role.HEAD, Role.OFFICER)]
    soon = today + timedelta(days=REPORT_DAYS)
    later = and_(
        CYCLE.c.agency_id.in_(agencies),
        CYCLE.c.state == CycleState.IN_PROGRESS.value,
        CYCLE.c.effective_due_on > soon,
    )
    *waiting, upcoming = _told(
        conn,
        today,
        [
            *(_worst(conn, why, what) for why, what in _to_do(actor, today)),
            *(_worst(conn, why, what) for why, what in to_judge(actor)),
            *(_in_question(conn, why, asked) for why, asked in _asked(actor, today)),
            _worst(conn, Why.UPCOMING, later),
        ],
    )
    waiting.sort(key=lambda w: list(Why).index(w.why))
    return Inbox([w for w in waiting if w.total], upcoming)


def queue(conn: Connection, actor: ActorFacts, today: date) -> list[Waiting]:
    """The verification queue: reports this person may verify or appraise, oldest first."""
    judged = [
        _worst(conn, why, condition, QUEUE_ROWS)
        for why, condition in to_judge(actor)
        if why in (Why.VERIFY, Why.APPRAISE)
    ]
    return _told(conn, today, judged)
