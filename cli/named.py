"""What a line names is there: the plan, the agency, the year; a wrong name is said, not obeyed."""

from sqlalchemy import Connection, RowMapping, func, select

from cli import refused
from models.tables import AGENCY, PLAN
from workflow.commands.years import in_plan, plan_by_code
from workflow.law.errors import NotFound, Reason, Refusal, Refused


def the_plan(conn: Connection, named: str | None) -> RowMapping:
    """The plan that was named, or the only one there is."""
    if named:
        return plan_by_code(conn, named)
    codes = sorted(conn.execute(select(PLAN.c.code)).scalars())
    if not codes:
        refused(["Chưa nạp kế hoạch nào: hãy chạy plan load TỆP."])
    if len(codes) > 1:
        refused([f"Có {len(codes)} kế hoạch, hãy nêu --plan: {', '.join(codes)}."])
    return plan_by_code(conn, codes[0])


def check(
    conn: Connection, plan: str | None = None, agency: str | None = None, year: int | None = None
) -> None:
    """NotFound or Refused when something that is named here does not exist; None names nothing."""
    found = plan_by_code(conn, plan) if plan else None
    if agency and not conn.execute(select(AGENCY.c.id).where(AGENCY.c.code == agency)).first():
        raise NotFound("agency", agency)
    if year is None:
        return
    if found is not None:
        in_plan(found, year)
        return
    first, last = conn.execute(select(func.min(PLAN.c.start_year), func.max(PLAN.c.end_year))).one()
    if first is None:
        refused(["Chưa nạp kế hoạch nào: hãy chạy plan load TỆP."])
    if not first <= year <= last:
        raise Refused(Refusal(Reason.YEAR_OUT_OF_PLAN, {"start": str(first), "end": str(last)}))
