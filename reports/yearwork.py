"""What agencies owe beside tasks, counted: yearly plans, yearly reports, budgets."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

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
    """Count what had been handed in by the moment."""
    return YearWork()
