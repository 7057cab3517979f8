"""What anybody may know of a plan: its title and how many of this year's cycles stand where."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, case, func, select

from models.states import CycleState, Disposition
from models.tables import CYCLE, PLAN


@dataclass(frozen=True)
class PublicPlan:
    """A plan with four counts that add up to its cycles of the year, and those that stand apart.

    `apart`: on hold, or ended by a document. Nothing is expected of them.
    """

    plan: RowMapping
    not_reported: int
    reported: int
    verified: int
    completed: int
    apart: int

    @property
    def total(self) -> int:
        return self.not_reported + self.reported + self.verified + self.completed


def plans_of_year(conn: Connection, year: int) -> Sequence[PublicPlan]:
    """Every plan that runs in this year. Numbers only: no agency, no person, no wording."""
    is_running = CYCLE.c.disposition == Disposition.ACTIVE.value
    stands = case((is_running, CYCLE.c.state), else_="apart").label("stands")
    counts: dict[tuple[int, str], int] = {
        (row.plan_id, row.stands): row.n
        for row in conn.execute(
            select(CYCLE.c.plan_id, stands, func.count().label("n"))
            .where(CYCLE.c.year == year)
            .group_by(CYCLE.c.plan_id, stands)
        )
    }
    plans = conn.execute(
        select(PLAN.c.id, PLAN.c.code, PLAN.c.title, PLAN.c.issued_on)
        .where(PLAN.c.start_year <= year, PLAN.c.end_year >= year)
        .order_by(PLAN.c.issued_on, PLAN.c.id)
    ).mappings()

    def count(plan: RowMapping, *states: CycleState) -> int:
        return sum(counts.get((plan["id"], state.value), 0) for state in states)

    return [
        PublicPlan(
            plan,
            count(plan, CycleState.ASSIGNED, CycleState.IN_PROGRESS),
            count(plan, CycleState.REPORTED),
            count(plan, CycleState.VERIFIED),
            count(plan, CycleState.COMPLETED),
            counts.get((plan["id"], "apart"), 0),
        )
        for plan in plans
    ]
