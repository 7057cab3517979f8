"""What agencies owe beside tasks, counted: yearly plans, yearly reports, budgets."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from models.tables import AGENCY, AGENCY_REPORT, ANNUAL_PLAN, BUDGET_LINE, CYCLE, DOCUMENT
from workflow.access import visible_cycles
from workflow.law.facts import ActorFacts


@dataclass(frozen=True)
class Budget:
    """Million đồng asked, allocated and disbursed."""

    asked: Decimal = Decimal(0)
    allocated: Decimal = Decimal(0)
    disbursed: Decimal = Decimal(0)


@dataclass(frozen=True)
class YearWork:
    """Plans issued, reports sent (in time), and the budget of a set of years."""

    plans: int = 0
    reports: int = 0
    reports_in_time: int = 0
    budget_agencies: int = 0
    budget: Budget = field(default_factory=Budget)
    plan_notes: tuple[str, ...] = ()


def year_work(
    conn: Connection, actor: ActorFacts, years: tuple[int, ...], moment: datetime, *,
    agency: str | None = None,
) -> YearWork:  # fmt: skip
    """Count what had been handed in by the moment, by the agencies this person may see."""
    seen = _agencies(conn, actor, years, agency)
    plans: set[tuple[int, int]] = set()
    notes = []
    for p in conn.execute(
        select(ANNUAL_PLAN, DOCUMENT.c.notation, DOCUMENT.c.issued_on)
        .join(DOCUMENT, DOCUMENT.c.id == ANNUAL_PLAN.c.document_id)
        .where(ANNUAL_PLAN.c.year.in_(years), ANNUAL_PLAN.c.at <= moment)
        .order_by(ANNUAL_PLAN.c.year, ANNUAL_PLAN.c.number)
    ).mappings():
        if p["agency_id"] in seen:
            plans.add((p["agency_id"], p["year"]))
            notes.append(f"số {p['notation']} ngày {p['issued_on']:%d/%m/%Y}")
    budget: dict[tuple[int, int], Any] = {}
    for b in conn.execute(
        select(BUDGET_LINE)
        .where(BUDGET_LINE.c.year.in_(years), BUDGET_LINE.c.at <= moment)
        .order_by(BUDGET_LINE.c.number)
    ).mappings():
        if b["agency_id"] in seen:
            budget[b["agency_id"], b["year"]] = b
    sent = [
        r
        for r in conn.execute(
            select(AGENCY_REPORT).where(
                AGENCY_REPORT.c.year.in_(years), AGENCY_REPORT.c.first_sent_at <= moment
            )
        ).mappings()
        if r["agency_id"] in seen
    ]
    return YearWork(
        plans=len(plans),
        reports=len(sent),
        reports_in_time=sum(1 for r in sent if not r["late_days"]),
        budget_agencies=len({agency_id for agency_id, _ in budget}),
        budget=Budget(
            *(
                sum((Decimal(b[name] or 0) for b in budget.values()), Decimal(0))
                for name in ("asked", "allocated", "disbursed")
            )
        ),
        plan_notes=tuple(notes) if agency else (),
    )


def _agencies(
    conn: Connection, actor: ActorFacts, years: tuple[int, ...], agency: str | None
) -> set[int]:
    """Lead agencies of these years that this person may see."""
    wanted = select(CYCLE.c.agency_id).where(CYCLE.c.year.in_(years), visible_cycles(actor))
    if agency is not None:
        one = select(AGENCY.c.id).where(AGENCY.c.code == agency).scalar_subquery()
        wanted = wanted.where(CYCLE.c.agency_id == one)
    return set(conn.execute(wanted.distinct()).scalars())
