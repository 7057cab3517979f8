"""The tick's sets in the database against the slow pure law, row by row."""

from collections import defaultdict
from datetime import date

import pytest
from sqlalchemy import select, update

from models.states import PartyRole
from models.tables import ALERT, CYCLE, CYCLE_PARTY, CYCLE_SPAN, LADDER_RUNG, PLAN
from tests.make import World
from tests.notifications.life import Life, down_days, tick, ticking
from workflow.door import ajar
from workflow.law.ladder import Span, ought_to_exist, superseded_on
from workflow.rungs import rungs_of
from workflow.workdays import calendar_of

FIRST, LAST = date(2025, 10, 6), date(2026, 2, 27)
Row = tuple[int, date, str, str, int, date, date | None]


def expected(world: World, upto: date) -> list[Row]:
    """What the law says ought to stand in the table, one cycle after the other."""
    found: list[Row] = []
    with world.engine.connect() as conn:
        calendar, ladders = calendar_of(conn), rungs_of(conn)
        plans = {p["id"]: p for p in conn.execute(select(PLAN)).mappings()}
        parties = defaultdict(list)
        for p in conn.execute(select(CYCLE_PARTY)):
            parties[p.cycle_id, PartyRole(p.role)].append(p.agency_id)
        spans = defaultdict(list)
        for s in conn.execute(select(CYCLE_SPAN).order_by(CYCLE_SPAN.c.id)):
            spans[s.cycle_id].append((s.agency_id, Span(s.due_on, s.since_on, s.until_on)))
        cycles = list(conn.execute(select(CYCLE.c.id, CYCLE.c.plan_id)))
    for cycle_id, plan_id in cycles:
        rungs, plan = ladders[plan_id], plans[plan_id]
        of_cycle = [span for _, span in spans[cycle_id]]
        firings = ought_to_exist(rungs, of_cycle, calendar, FIRST, upto)
        for f in firings:
            lead, span = next(
                (agency, s)
                for agency, s in spans[cycle_id]
                if s.due_on == f.due_on and s.runs_on(f.fires_on)
            )
            ended = superseded_on(f, firings, span)
            for post in next(r.posts for r in rungs if r.code == f.rung):
                part = post.rpartition("_")[0]
                agencies = {
                    "lead": [lead],
                    "co_lead": parties[cycle_id, PartyRole.CO_LEAD],
                    "supporting": parties[cycle_id, PartyRole.SUPPORTING],
                    "standing": [plan["standing_agency_id"]],
                }.get(part, [plan["issuing_agency_id"]])
                found += [
                    (cycle_id, f.due_on, f.rung, post, agency, f.fires_on, ended)
                    for agency in agencies
                ]
    return sorted(found, key=str)


def stands(world: World) -> list[Row]:
    a = ALERT.c
    columns = (a.cycle_id, a.due_on, a.rung, a.post, a.agency_id, a.fires_on, a.superseded_on)
    with world.engine.connect() as conn:
        return sorted((tuple(r) for r in conn.execute(select(*columns))), key=str)


@pytest.mark.parametrize("share", [0.0, 0.93])
@pytest.mark.parametrize(
    "told",
    [{}, {"overdue_7": ["co_lead_head"], "due": ["supporting_head"], "overdue_1": ["office"]}],
    ids=["as shipped", "rungs that tell few"],
)
def test_the_database_has_what_the_law_says(
    world: World, share: float, told: dict[str, list[str]]
) -> None:
    """Also where the next rung tells nobody of this cycle: the one before is over all the same."""
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        for rung, posts in told.items():
            conn.execute(update(LADDER_RUNG).where(LADDER_RUNG.c.code == rung).values(posts=posts))
    Life(world).live(FIRST, LAST, ticking(world, down_days(FIRST, LAST, share, seed=3)))
    tick(world, LAST, by_clock=True)

    rows = stands(world)

    assert rows == expected(world, LAST)
    assert len(rows) > 80
    assert any(row[-1] for row in rows)
    assert any(row[-1] is None for row in rows)
