"""What an agency owes for a year beside its tasks: its own plan, its yearly report, figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from models.tables import AGENCY_REPORT, ANNUAL_PLAN, INDICATOR, INDICATOR_VALUE
from workflow.law.deadlines import local_day, yearly

# By then an agency has issued its plan of the year.
PLAN_ISSUED = (1, 31)


@dataclass(frozen=True)
class Owing:
    """What has not come although its day is over."""

    year: int
    plan: bool = False
    report_due_on: date | None = None
    figures: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.plan or self.report_due_on is not None or bool(self.figures)


def owing(
    conn: Connection, plan: Mapping[str, Any], agency_id: int, year: int, moment: datetime
) -> Owing:
    """What this agency owed for the year at the moment; figures are due with the yearly report."""
    today = local_day(moment)
    report_due_on = yearly(year, plan["report_last_month"], plan["report_last_day"])

    def has(table: Any, at: Any) -> bool:
        found = select(table.c.id).where(
            table.c.plan_id == plan["id"],
            table.c.agency_id == agency_id,
            table.c.year == year,
            at <= moment,
        )
        return conn.execute(found.limit(1)).first() is not None

    figures: list[str] = []
    if today > report_due_on:
        known = select(INDICATOR_VALUE.c.indicator_id).where(
            INDICATOR_VALUE.c.year == year, INDICATOR_VALUE.c.entered_at <= moment
        )
        without = select(INDICATOR.c.data).where(
            INDICATOR.c.plan_id == plan["id"],
            INDICATOR.c.tracking_agency_id == agency_id,
            INDICATOR.c.id.not_in(known),
        )
        figures = [
            d["name"] for d in conn.execute(without.order_by(INDICATOR.c.position)).scalars()
        ]
    return Owing(
        year,
        plan=today > date(year, *PLAN_ISSUED) and not has(ANNUAL_PLAN, ANNUAL_PLAN.c.at),
        report_due_on=None
        if today <= report_due_on or has(AGENCY_REPORT, AGENCY_REPORT.c.first_sent_at)
        else report_due_on,
        figures=tuple(figures),
    )
