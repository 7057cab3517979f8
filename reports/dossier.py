"""An agency's year beside its tasks, for its page: plan, budget, report, as they stand now."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from models.states import Role
from models.tables import AGENCY_REPORT, ANNUAL_PLAN, BUDGET_LINE, DOCUMENT, PERSON
from workflow.access import SEES_ALL, WORKS
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts


@dataclass(frozen=True)
class AgencyYear:
    """What was handed in for one year."""

    plans: Sequence[RowMapping]
    budgets: Sequence[RowMapping]
    report: RowMapping | None


def sees_year(actor: ActorFacts, agency_id: int, standing_agency_id: int) -> bool:
    """The agency itself, the standing agency, Sở Tài chính's budget officer, and who sees all."""
    mine = {m.agency_id for m in actor.memberships if m.role in WORKS}
    return bool(
        mine & {agency_id, standing_agency_id} or actor.roles & (SEES_ALL | {Role.BUDGET_OFFICER})
    )


def agency_year(
    conn: Connection, actor: ActorFacts, agency_id: int, standing_agency_id: int, year: int
) -> AgencyYear:
    """The year of an agency; NotFound when this person may not know of it."""
    if not sees_year(actor, agency_id, standing_agency_id):
        raise NotFound("agency_year")
    plans = conn.execute(
        select(ANNUAL_PLAN, DOCUMENT.c.notation, DOCUMENT.c.issued_on, PERSON.c.name)
        .join(DOCUMENT, DOCUMENT.c.id == ANNUAL_PLAN.c.document_id)
        .join(PERSON, PERSON.c.id == ANNUAL_PLAN.c.by_id)
        .where(ANNUAL_PLAN.c.agency_id == agency_id, ANNUAL_PLAN.c.year == year)
        .order_by(ANNUAL_PLAN.c.number.desc())
    ).mappings()
    budgets = conn.execute(
        select(BUDGET_LINE, PERSON.c.name)
        .join(PERSON, PERSON.c.id == BUDGET_LINE.c.by_id)
        .where(BUDGET_LINE.c.agency_id == agency_id, BUDGET_LINE.c.year == year)
        .order_by(BUDGET_LINE.c.number.desc())
    ).mappings()
    report = (
        conn.execute(
            select(AGENCY_REPORT, DOCUMENT.c.notation, DOCUMENT.c.issued_on)
            .outerjoin(DOCUMENT, DOCUMENT.c.id == AGENCY_REPORT.c.document_id)
            .where(AGENCY_REPORT.c.agency_id == agency_id, AGENCY_REPORT.c.year == year)
        )
        .mappings()
        .first()
    )
    return AgencyYear(list(plans), list(budgets), report)
