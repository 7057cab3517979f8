"""The edges of days: the same answer whatever the zone of the server and of the database."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, text

from models.tables import ALERT
from tests import engines
from tests.conftest import application, copied, settings_for
from tests.make import LEAD, OTHER, STANDING, TaskSpec, World, on, settle
from tests.notifications.life import staff
from workflow.commands import cycles
from workflow.commands.ladder import TickLadder
from workflow.law.deadlines import end_of_day, local_day, yearly
from workflow.law.facts import SYSTEM

SERVER_ZONES = ("UTC", "Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Kiritimati")
DATABASE_ZONES = ("UTC", "Pacific/Kiritimati")
SECOND = timedelta(seconds=1)
# A deadline; when it ends, in the world's time; the day of the reminder one working day before it
# (before the last working day, where the deadline itself is a day off).
EDGES = {
    "over Tết 2026": ("2026-02-16", "2026-02-16T17:00:00+00:00", "2026-02-12"),
    "the day of the yearly report": ("2026-12-14", "2026-12-14T17:00:00+00:00", "2026-12-11"),
    "the year ends": ("2026-12-31", "2026-12-31T17:00:00+00:00", "2026-12-30"),
    # It begins while the world's time still has the old year.
    "the year begins": ("2027-01-01", "2027-01-01T17:00:00+00:00", "2026-12-30"),
    "a day only leap years have": ("2028-02-29", "2028-02-29T17:00:00+00:00", "2028-02-28"),
}
TASKS = tuple(
    TaskSpec(f"II.{20 + n}-{letter}", (lead,), timing="by_date", due=date.fromisoformat(due))
    for n, (due, _, _) in enumerate(EDGES.values())
    for letter, lead in (("a", LEAD), ("b", OTHER))
)


@pytest.fixture(scope="session")
def edges_template(
    databases: engines.Databases, schema_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Two tasks for every edge: one is reported a second before its end, one at its end."""

    def fill(url: str) -> None:
        folder = tmp_path_factory.mktemp("edges")
        with application(settings_for(folder, url)) as app:
            world = staff(settle(app, folder, TASKS), (LEAD, OTHER, STANDING))
            with on(world, date(2026, 1, 5)):
                for task in TASKS:
                    cycle_id = world.cycle(task.code, task.lead[0], task.due.year)
                    world.do(cycles.AcceptTask(cycle_id, "Đầu mối"), world.head(task.lead[0]))

    databases.template("edges", fill, base=schema_template)
    return "edges"


@pytest.fixture
def world(databases: engines.Databases, edges_template: str, tmp_path: Path) -> Iterator[World]:
    with (
        copied(databases, edges_template, tmp_path / "home") as settings,
        application(settings) as app,
    ):
        yield World(app, today=date(2026, 1, 5))


@pytest.fixture
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone of this very process."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


def put_into_zone(world: World, zone: str) -> None:
    """Every session of the database speaks in this zone; SQLite knows none."""
    if world.engine.dialect.name != "postgresql":
        return

    @event.listens_for(world.engine, "connect")
    def in_zone(dbapi: object, record: object) -> None:
        with dbapi.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f"SET TIME ZONE '{zone}'")
        dbapi.commit()  # type: ignore[attr-defined]

    world.engine.dispose()
    with world.engine.connect() as conn:
        assert conn.execute(text("SHOW timezone")).scalar_one() == zone


@pytest.mark.parametrize("database_zone", DATABASE_ZONES)
@pytest.mark.parametrize("server_zone", SERVER_ZONES, indirect=True)
def test_a_second_before_the_end_is_on_time_and_the_end_itself_is_late(
    world: World, server_zone: str, database_zone: str
) -> None:
    here, there = (datetime.fromtimestamp(0, tz).hour for tz in (None, ZoneInfo(server_zone)))
    assert here == there
    if database_zone != DATABASE_ZONES[0] and world.engine.dialect.name != "postgresql":
        return  # the database has no zone: it was tried above
    put_into_zone(world, database_zone)

    for n, (name, (due, end, reminded)) in enumerate(EDGES.items()):
        day, ends = date.fromisoformat(due), datetime.fromisoformat(end)
        in_time, late = (world.cycle(t.code, t.lead[0], day.year) for t in TASKS[2 * n : 2 * n + 2])
        assert end_of_day(day) == ends, name
        assert (local_day(ends - SECOND), local_day(ends)) == (day, day + timedelta(days=1)), name
        world.do(world.report(in_time, document=paper(world, day)), world.head(), now=ends - SECOND)
        world.do(world.report(late, document=paper(world, day)), world.head(OTHER), now=ends)
        world.do(TickLadder(), SYSTEM, now=ends + SECOND)

        assert [world.row(c)["late_days"] for c in (in_time, late)] == [0, 1], name
        with world.engine.connect() as conn:
            fired = {
                (row.cycle_id, row.rung): row.fires_on
                for row in conn.execute(
                    select(ALERT.c.cycle_id, ALERT.c.rung, ALERT.c.fires_on).where(
                        ALERT.c.cycle_id.in_([in_time, late])
                    )
                )
            }
        assert {fired[c, "before_1"].isoformat() for c in (in_time, late)} == {reminded}, name
        assert (in_time, "overdue_1") not in fired, name
        # It was late at the first minute of the next day.
        assert fired[late, "overdue_1"] == day + timedelta(days=1), name


def paper(world: World, day: date) -> object:
    return world.document(issued_on=day)


def test_a_yearly_deadline_of_the_29th_of_february_falls_on_the_28th() -> None:
    assert [yearly(y, 2, 29).isoformat() for y in (2024, 2026, 2028)] == [
        "2024-02-29",
        "2026-02-28",
        "2028-02-29",
    ]
