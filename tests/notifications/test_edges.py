"""The edges of days: the same answer whatever the zone of the server and of the database."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from models.tables import ALERT, CYCLE
from tests.make import World
from workflow.commands import cycles
from workflow.commands.ladder import TickLadder
from workflow.law.deadlines import yearly
from workflow.law.facts import SYSTEM

ROOT = Path(__file__).parents[2]
ZONES = ("UTC", "Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Kiritimati")
# The deadline 14/12 is over at this instant.
MIDNIGHT = datetime(2026, 12, 14, 17, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)

ASKED = """
from datetime import UTC, datetime, timedelta
from workflow.law.deadlines import days_late, end_of_day, local_day
from datetime import date
due = date(2026, 12, 14)
at = datetime(2026, 12, 14, 17, 0, tzinfo=UTC)
for seconds in (-1, 0, 1):
    day = local_day(at + timedelta(seconds=seconds))
    print(day, days_late(due, day), end_of_day(due).isoformat())
"""


@pytest.mark.parametrize("zone", ZONES)
def test_the_law_answers_the_same_in_every_zone_of_the_server(zone: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=ROOT,
        env={**os.environ, "TZ": zone},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == [
        "2026-12-14 0 2026-12-14T17:00:00+00:00",
        "2026-12-15 1 2026-12-14T17:00:00+00:00",
        "2026-12-15 1 2026-12-14T17:00:00+00:00",
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_a_report_a_second_before_midnight_is_on_time_and_one_at_midnight_is_not(
    world: World, zone: str
) -> None:
    if world.engine.dialect.name == "postgresql":

        @event.listens_for(world.engine, "connect")
        def in_zone(dbapi: object, record: object) -> None:
            with dbapi.cursor() as cursor:  # type: ignore[attr-defined]
                cursor.execute(f"SET TIME ZONE '{zone}'")
            dbapi.commit()  # type: ignore[attr-defined]

        world.engine.dispose()
    first, second = world.cycle("II.2-a"), world.cycle("II.3-a", "so-khac")
    for cycle_id in (first, second):
        head = world.head(world.lead_of(cycle_id))
        world.do(cycles.AcceptTask(cycle_id, "Đầu mối"), head)
    world.do(world.report(first), world.head(), now=MIDNIGHT - SECOND)
    world.do(world.report(second), world.head("so-khac"), now=MIDNIGHT)
    world.do(TickLadder(), SYSTEM, now=MIDNIGHT + SECOND)

    assert world.row(first)["late_days"] == 0
    assert world.row(second)["late_days"] == 1
    with world.engine.connect() as conn:
        overdue = set(
            conn.execute(
                select(ALERT.c.cycle_id)
                .join(CYCLE, CYCLE.c.id == ALERT.c.cycle_id)
                .where(ALERT.c.rung == "overdue_1", ALERT.c.fires_on == date(2026, 12, 15))
            ).scalars()
        )
    assert first not in overdue
    assert second in overdue, "it was late at the first minute of 15/12"


def test_a_yearly_deadline_of_the_29th_of_february_falls_on_the_28th() -> None:
    assert [yearly(y, 2, 29).isoformat() for y in (2024, 2026, 2028)] == [
        "2024-02-29",
        "2026-02-28",
        "2028-02-29",
    ]
