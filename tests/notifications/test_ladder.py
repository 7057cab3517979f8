"""The ladder as facts: what exists does not depend on when, how often or by how many it is made."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from models.tables import ALERT, AUDIT_ENTRY, CYCLE_SPAN
from tests.make import World, on
from tests.notifications.life import (
    Life,
    Tick,
    alerts,
    days,
    down_days,
    tick,
    ticking,
    together,
    told,
    with_a_bad_clock,
)
from workflow.commands import cycles
from workflow.commands.ladder import TickLadder
from workflow.door import ajar
from workflow.law.errors import Refused

GOLDEN = Path(__file__).parent / "golden" / "2025-10-06-2026-03-31.txt"
GOLDEN_TOLD = Path(__file__).parent / "golden" / "2025-10-06-2026-03-31-told.txt"
FIRST, LAST = date(2025, 10, 6), date(2026, 3, 31)


def count(world: World, table: object = ALERT) -> int:
    with world.engine.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def lived(world: World, tick_on: Tick) -> list[str]:
    """The alerts of half a year that was ticked in this way."""
    life = Life(world)
    life.live(FIRST, LAST, tick_on)
    tick(world, LAST, by_clock=True)
    assert life.done > 2 * life.not_done
    return alerts(world)


def golden(lines: list[str], file: Path = GOLDEN) -> list[str]:
    """The golden list; DONDOC_WRITE_GOLDEN=1 writes it anew, to be read before it is kept."""
    if os.environ.get("DONDOC_WRITE_GOLDEN"):
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file.read_text(encoding="utf-8").splitlines()


def in_one_voice(lines: list[tuple[date, str]]) -> bool:
    """Nobody is told two things of one cycle on one day."""
    of = [line.split(" hạn ")[0] for _, line in lines]
    return len(of) == len(set(of))


def test_half_a_year_leaves_the_golden_list(world: World) -> None:
    lines = lived(world, ticking(world))

    assert lines == golden(lines)
    assert len(lines) > 120
    heard = told(world)
    assert [line for _, line in heard] == golden([line for _, line in heard], GOLDEN_TOLD)
    assert in_one_voice(heard)


@pytest.mark.parametrize("share", [0.4, 0.93])
def test_so_it_does_whatever_days_are_missed(world: World, share: float) -> None:
    """Alerts are the same; people hear only what was true on a day on which somebody spoke."""
    down = down_days(FIRST, LAST, share, seed=1)
    lines = lived(world, ticking(world, down))

    assert lines == golden(lines)
    heard = told(world)
    assert in_one_voice(heard)
    assert {day for day, _ in heard} <= set(days(FIRST, LAST)) - down | {LAST}
    # A line may come later than in the golden list, then with the number of its own day.
    ever = {of(line) for line in golden([], GOLDEN_TOLD)}
    assert {of(line) for _, line in heard} <= ever


def of(line: str) -> str:
    """Who was told of which cycle."""
    return line.split(" ", 1)[1].split(" hạn ")[0]


def test_so_it_does_when_the_clock_errs_by_an_hour_and_by_a_month(world: World) -> None:
    lines = lived(world, with_a_bad_clock(world))

    assert lines == golden(lines)


def test_so_it_does_when_five_schedulers_tick_at_once(world: World) -> None:
    alone = ticking(world)
    with together(world) as five:
        lines = lived(world, lambda day: (five if day.month == 12 else alone)(day))

    assert lines == golden(lines)
    heard = [line for _, line in told(world)]
    assert heard == golden(heard, GOLDEN_TOLD)


def test_the_same_day_again_makes_nothing(world: World) -> None:
    world.cycle()
    first = tick(world, date(2026, 12, 20))
    entries = count(world, AUDIT_ENTRY)

    again = tick(world, date(2026, 12, 20))

    assert first["created"] > 0
    assert again == {"created": 0, "superseded": 0, "noticed": 0}
    assert count(world, AUDIT_ENTRY) == entries


def test_a_tick_says_how_many_it_ended(world: World) -> None:
    """Counted in the table: not every driver says it of such a statement."""
    world.cycle()
    told = [tick(world, date(2026, 12, day)) for day in (13, 14, 15, 15)]

    with world.engine.connect() as conn:
        ended = conn.execute(
            select(func.count()).select_from(ALERT).where(ALERT.c.superseded_on.is_not(None))
        ).scalar_one()
    assert [t["superseded"] > 0 for t in told] == [True, True, True, False]
    assert sum(t["superseded"] for t in told) == ended


def test_an_earlier_day_by_hand_takes_nothing_back(world: World) -> None:
    world.cycle()
    tick(world, date(2026, 12, 20))
    before = alerts(world)

    assert tick(world, date(2026, 12, 1))["created"] == 0
    assert alerts(world) == before
    assert tick(world, date(2026, 12, 20))["created"] == 0


@pytest.mark.parametrize(
    ("before", "back", "rung"),
    [
        ("2025-12-12", "2026-01-20", "overdue_30"),
        ("2025-12-30", "2026-02-23", "leadership"),
        ("2025-11-03", "2025-12-22", "overdue_7"),
    ],
)
def test_after_forty_silent_days_over_tet_every_cycle_stands_on_one_rung(
    world: World, before: str, back: str, rung: str
) -> None:
    """Cycles of 2025, due on Sunday 14/12: whoever is told something else was told a lower rung."""
    with on(world, date(2025, 3, 3)):
        world.cycle(year=2025)
    tick(world, date.fromisoformat(before))
    while_silent = count(world)

    tick(world, date.fromisoformat(back))

    assert count(world) > while_silent > 0
    with world.engine.connect() as conn:
        live = set(
            conn.execute(select(ALERT.c.rung).where(ALERT.c.superseded_on.is_(None))).scalars()
        )
    assert live == {rung}


def test_a_reported_cycle_is_not_told_that_it_is_late(world: World) -> None:
    cycle_id = world.cycle()
    tick(world, date(2026, 12, 13))
    with on(world, date(2026, 12, 14)):
        world.do(cycles.AcceptTask(cycle_id, "Đầu mối"), world.head())
        world.do(world.report(cycle_id), world.head())

    tick(world, date(2026, 12, 24))

    with world.engine.connect() as conn:
        rungs = conn.execute(
            select(ALERT.c.rung, ALERT.c.superseded_on).where(ALERT.c.cycle_id == cycle_id)
        ).all()
    assert {r.rung for r in rungs} == {"before_30", "before_7", "before_1", "due"}
    assert {r.superseded_on for r in rungs if r.rung == "due"} == {date(2026, 12, 14)}


def test_a_new_deadline_climbs_anew(world: World) -> None:
    cycle_id = world.cycle("II.6-a")
    with on(world, date(2026, 3, 3)):
        world.do(cycles.SetDeadline(cycle_id, date(2026, 4, 3), "Theo kế hoạch"), world.judge)

    tick(world, date(2026, 4, 4))

    with world.engine.connect() as conn:
        rungs = set(
            conn.execute(select(ALERT.c.rung).where(ALERT.c.cycle_id == cycle_id)).scalars()
        )
    assert rungs == {"before_7", "before_1", "due", "overdue_1"}


def test_reminders_of_a_sunday_aim_at_friday(world: World) -> None:
    """14/12/2025 is a Sunday: the last call is on Friday the 12th."""
    with on(world, date(2025, 3, 3)):
        cycle_id = world.cycle(year=2025)
    tick(world, date(2025, 12, 20))

    with world.engine.connect() as conn:
        fired = dict(
            conn.execute(
                select(ALERT.c.rung, ALERT.c.fires_on).where(
                    ALERT.c.cycle_id == cycle_id, ALERT.c.post == "lead_head"
                )
            ).all()
        )
    assert fired == {
        "before_30": date(2025, 10, 31),
        "before_7": date(2025, 12, 3),
        "before_1": date(2025, 12, 11),
        "due": date(2025, 12, 12),
        "overdue_1": date(2025, 12, 15),
    }


def test_a_tick_leaves_one_entry_that_can_be_checked(world: World) -> None:
    world.cycle()
    made = tick(world, date(2026, 12, 20))

    with world.engine.connect() as conn:
        bodies = list(
            conn.execute(
                select(AUDIT_ENTRY.c.body).where(AUDIT_ENTRY.c.command == "tick_ladder")
            ).scalars()
        )
    assert len(bodies) == 1
    assert f'"created":{made["created"]}' in bodies[0]
    assert '"digests":["' in bodies[0]


def test_only_the_system_ticks(world: World) -> None:
    with pytest.raises(Refused):
        world.do(TickLadder(), world.chairman)


def test_a_span_that_is_lost_is_noticed_by_the_golden_list(world: World) -> None:
    """The twin: without the spans the list is another one."""
    world.cycle()
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        conn.execute(update(CYCLE_SPAN).values(until_on=date(2026, 3, 3)))

    assert tick(world, date(2026, 12, 20))["created"] == 0


def test_every_open_cycle_has_the_span_its_row_says(world: World) -> None:
    Life(world).live(FIRST, FIRST + timedelta(days=200), lambda day: None)

    from models.tables import CYCLE
    from workflow.spans import running_towards

    with world.engine.connect() as conn:
        rows = conn.execute(select(CYCLE)).mappings().all()
        spans = conn.execute(
            select(CYCLE_SPAN.c.cycle_id, CYCLE_SPAN.c.due_on).where(
                CYCLE_SPAN.c.until_on.is_(None)
            )
        ).all()
    expected = sorted((r["id"], running_towards(r)) for r in rows if running_towards(r))
    assert sorted(map(tuple, spans)) == expected
