"""The ladder page: each open task's rung, its urgings and what to do next; agencies that owe."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, func, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from models.states import Anchor, Disposition, ReportStatus, UrgeLevel
from models.tables import (
    AGENCY,
    ALERT,
    CYCLE,
    CYCLE_SPAN,
    DOCUMENT,
    EXPLANATION,
    FLAG,
    LADDER_RUNG,
    REPORT,
    SUPPORT_REQUEST,
    URGING,
)
from workflow.access import visible_cycles
from workflow.law.deadlines import OPEN_STATES
from workflow.law.facts import ActorFacts
from workflow.law.ladder import days_to_tell
from workflow.law.urging import is_too_many, next_level
from workflow.lists import SORTS, lines
from workflow.rungs import as_a_wish
from workflow.workdays import calendar_of

PER_PAGE = 50
# What is due within so many days belongs on the page beside what is late.
AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Answer:
    """What came after an urging: a report, its return, an explanation."""

    kind: str  # reported, returned or explained
    at: datetime


@dataclass(frozen=True)
class RungNow:
    """The rung a cycle stands on: its words before the number is filled in, and the number."""

    pattern: str
    days: int
    due_on: date


@dataclass(frozen=True)
class Step:
    """One open cycle on the ladder: how often urged, what was answered, what comes next.

    Nothing is proposed while the last urging still has time for its answer.
    """

    cycle: RowMapping
    rung: RungNow | None
    urgings: Sequence[RowMapping]
    flags: Sequence[str]
    answers: Sequence[Answer]
    unanswered: int
    proposed: UrgeLevel | None

    @property
    def is_too_many(self) -> bool:
        return is_too_many(self.unanswered)

    @property
    def last(self) -> RowMapping | None:
        return self.urgings[-1] if self.urgings else None


@dataclass(frozen=True)
class LadderPage:
    """One page of the ladder and the agencies behind on all of it."""

    steps: Sequence[Step]
    total: int
    number: int
    owing: Sequence[RowMapping]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def _pressing(actor: ActorFacts, today: date, agency: str | None) -> list[ColumnElement[bool]]:
    found = [
        visible_cycles(actor),
        CYCLE.c.state.in_([s.value for s in OPEN_STATES]),
        CYCLE.c.disposition == Disposition.ACTIVE.value,
        CYCLE.c.effective_due_on <= today + AHEAD,
    ]
    if agency:
        found.append(AGENCY.c.code == agency)
    return found


def ladder(
    conn: Connection, actor: ActorFacts, today: date, agency: str | None = None, page: int = 1
) -> LadderPage:
    """Open cycles that are late or soon due, the worst first."""
    conditions = _pressing(actor, today, agency)
    total = conn.execute(
        select(func.count())
        .select_from(CYCLE)
        .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .where(*conditions)
    ).scalar_one()
    number = min(max(1, page), max(1, -(-total // PER_PAGE)))
    rows = list(
        conn.execute(
            lines(today)
            .where(*conditions)
            .order_by(*SORTS["due"], CYCLE.c.id)
            .limit(PER_PAGE)
            .offset((number - 1) * PER_PAGE)
        ).mappings()
    )
    owing = list(
        conn.execute(
            select(
                AGENCY.c.code,
                AGENCY.c.short,
                func.count().label("cycles"),
                func.min(CYCLE.c.effective_due_on).label("oldest"),
            )
            .select_from(CYCLE)
            .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
            .where(*_pressing(actor, today, None), CYCLE.c.effective_due_on < today)
            .group_by(AGENCY.c.code, AGENCY.c.short, AGENCY.c.position)
            .order_by(func.count().desc(), AGENCY.c.position)
        ).mappings()
    )
    return LadderPage(_steps(conn, rows, today), total, number, owing)


def _steps(conn: Connection, rows: Sequence[RowMapping], today: date) -> list[Step]:
    ids = [r["id"] for r in rows]
    rungs, urged, flags = _rungs(conn, ids, today), _urgings(conn, ids), _flags(conn, ids)
    answered = _answers(conn, ids)
    found = []
    for row in rows:
        urgings, answers = urged.get(row["id"], []), answered.get(row["id"], [])
        # What was sent answers every urging before it, also a report that was returned afterwards.
        last = max((a.at for a in answers if a.kind != "returned"), default=None)
        without = [u for u in urgings if last is None or u["at"] > last]
        levels = [UrgeLevel(u["level"]) for u in without if u["answer_by"] < today]
        has_time = len(levels) < len(without)
        rung = rungs.get(row["id"])
        found.append(
            Step(
                row,
                replace(rung, pattern=as_a_wish(rung.pattern, row["is_asked"])) if rung else None,
                urgings,
                flags.get(row["id"], []),
                [a for a in answers if urgings and a.at > urgings[-1]["at"]],
                len(levels),
                None if has_time else next_level(levels),
            )
        )
    return found


def _answers(conn: Connection, ids: Sequence[int]) -> Mapping[int, list[Answer]]:
    """Reports sent, reports returned and explanations given, the oldest first.

    A report that was taken back answers nothing, as it counts for no deadline (decision 5).
    """
    found: dict[int, list[Answer]] = defaultdict(list)
    stands = REPORT.c.status != ReportStatus.WITHDRAWN.value
    for kind, table, at, of_kind in (
        ("reported", REPORT, REPORT.c.submitted_at, stands),
        ("returned", REPORT, REPORT.c.decided_at, REPORT.c.status == ReportStatus.RETURNED.value),
        ("explained", EXPLANATION, EXPLANATION.c.answered_at, true()),
    ):
        rows = select(table.c.cycle_id, at.label("at")).where(
            table.c.cycle_id.in_(ids), at.is_not(None), of_kind
        )
        for row in conn.execute(rows):
            found[row.cycle_id].append(Answer(kind, row.at))
    return {cycle_id: sorted(given, key=lambda a: a.at) for cycle_id, given in found.items()}


def _rungs(conn: Connection, ids: Sequence[int], today: date) -> dict[int, RungNow]:
    """The rung each cycle stands on now, whoever it tells."""
    rows = conn.execute(
        select(ALERT.c.cycle_id, ALERT.c.due_on, LADDER_RUNG.c.anchor, LADDER_RUNG.c.text)
        .join(CYCLE_SPAN, CYCLE_SPAN.c.id == ALERT.c.span_id)
        .join(CYCLE, CYCLE.c.id == ALERT.c.cycle_id)
        .join(
            LADDER_RUNG,
            and_(LADDER_RUNG.c.plan_id == CYCLE.c.plan_id, LADDER_RUNG.c.code == ALERT.c.rung),
        )
        .where(
            ALERT.c.cycle_id.in_(ids),
            CYCLE_SPAN.c.until_on.is_(None),
            ALERT.c.due_on == CYCLE.c.effective_due_on,
        )
        .order_by(ALERT.c.position)
    ).all()
    calendar = calendar_of(conn)
    return {
        r.cycle_id: RungNow(
            r.text, days_to_tell(Anchor(r.anchor), r.due_on, calendar, today), r.due_on
        )
        for r in rows
    }


def _urgings(conn: Connection, ids: Sequence[int]) -> Mapping[int, list[RowMapping]]:
    found: dict[int, list[RowMapping]] = defaultdict(list)
    rows = conn.execute(
        select(URGING, DOCUMENT.c.notation, DOCUMENT.c.issued_on)
        .outerjoin(DOCUMENT, DOCUMENT.c.id == URGING.c.document_id)
        .where(URGING.c.cycle_id.in_(ids))
        .order_by(URGING.c.cycle_id, URGING.c.number)
    ).mappings()
    for row in rows:
        found[row["cycle_id"]].append(row)
    return found


def _flags(conn: Connection, ids: Sequence[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in conn.execute(
        select(FLAG.c.cycle_id, FLAG.c.kind)
        .where(FLAG.c.cycle_id.in_(ids), FLAG.c.lowered_at.is_(None))
        .order_by(FLAG.c.kind)
    ):
        found[row.cycle_id].append(row.kind)
    return found


def due_between(
    conn: Connection, actor: ActorFacts, first: date, last: date, mine_only: bool = False
) -> list[dict[str, Any]]:
    """What is due in a span of days, for the calendar and its feed, in the order of its days.

    Open cycles as lists show them, with `on`, their deadline; and for an agency that is asked to
    support one, its own day instead: `on` and `request_id` of the request, with its `version` and
    `changed_at`.
    """
    running = [
        visible_cycles(actor),
        CYCLE.c.state.in_([s.value for s in OPEN_STATES]),
        CYCLE.c.disposition == Disposition.ACTIVE.value,
    ]
    mine = sorted(actor.agency_ids)
    waits = and_(SUPPORT_REQUEST.c.agency_id.in_(mine), SUPPORT_REQUEST.c.answered_at.is_(None))
    leads = CYCLE.c.agency_id.in_(mine)
    shown: ColumnElement[bool] = leads
    if not (mine_only and mine):
        shown = or_(leads, CYCLE.c.id.not_in(select(SUPPORT_REQUEST.c.cycle_id).where(waits)))
    due = conn.execute(
        lines(first)
        .where(*running, CYCLE.c.effective_due_on.between(first, last), shown)
        .order_by(*SORTS["due"], CYCLE.c.id)
    ).mappings()
    found = [{**row, "on": row["effective_due_on"], "request_id": None} for row in due]
    requests = conn.execute(
        select(SUPPORT_REQUEST)
        .join(CYCLE, CYCLE.c.id == SUPPORT_REQUEST.c.cycle_id)
        .where(*running, waits, SUPPORT_REQUEST.c.due_on.between(first, last))
        .order_by(SUPPORT_REQUEST.c.due_on, SUPPORT_REQUEST.c.id)
    ).all()
    wanted = {r.cycle_id for r in requests}
    of = {r["id"]: r for r in conn.execute(lines(first).where(CYCLE.c.id.in_(wanted))).mappings()}
    found += [
        {
            **of[r.cycle_id],
            "on": r.due_on,
            "request_id": r.id,
            "version": r.version,
            "changed_at": r.asked_at,
        }
        for r in requests
    ]
    return sorted(found, key=lambda d: (d["on"], d["request_id"] is None))
