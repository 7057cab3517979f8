"""64 clients race for the same cycle: one wins, 63 are told clearly, the trail has one entry."""

import json
import threading
from typing import Any

import pytest
from sqlalchemy import select

from bench.races import CLIENTS, Course, campaign, race
from models.states import CycleState
from models.tables import AUDIT_ENTRY
from tests.fold import Fold
from tests.make import SUPPORTING, World
from workflow import door
from workflow.commands import cycles, results
from workflow.law.machine import decide

ROUNDS = 4


def test_64_clients_race_for_one_report_and_one_verdict(world: World) -> None:
    course = Course(world)

    found = campaign(course, ROUNDS, CLIENTS)

    for name, rounds in found.items():
        assert len(rounds) == ROUNDS
        for r in rounds:
            assert r.others == [], name
            assert (len(r.winners), r.refused, r.entries) == (1, CLIENTS - 1, 1), name
    assert world.row(course.cycle)["report_id"] is None
    assert_the_trail_tells_it(world)


def test_whatever_the_order_it_is_one_that_could_have_been(world: World) -> None:
    """Different acts at once: each that was done was legal when it was done."""
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    contestants: list[tuple[Any, Any]] = []
    for n in range(8):
        contestants += [
            (cycles.UpdateProgress(cycle, n, f"Lần {n}"), world.officer()),
            (results.SaveDraft(cycle, result=f"Bản {n}"), world.officer()),
            (cycles.Contribute(cycle, f"Phần {n}"), world.officer(SUPPORTING)),
            (world.report(cycle, result=f"Kết quả {n}"), world.head()),
            (results.WithdrawReport(cycle, "Gửi nhầm"), world.head()),
        ]

    r = race(world, contestants)

    assert r.others == []
    assert len(r.winners) == r.entries
    assert_the_trail_tells_it(world)
    state, version = "in_progress", 2
    with world.engine.connect() as conn:
        statement = (
            select(AUDIT_ENTRY)
            .where(AUDIT_ENTRY.c.object_kind == "cycle", AUDIT_ENTRY.c.object_id == cycle)
            .order_by(AUDIT_ENTRY.c.id)
        )
        entries = list(conn.execute(statement).mappings())
    # In the order of the versions, for entries without one may overtake each other.
    moved = sorted(
        (
            e
            for e in entries
            if e["command"] not in ("assign", "accept")
            and body(e)["version_after"] != body(e)["version_before"]
        ),
        key=lambda e: body(e)["version_after"],
    )
    for entry in moved:
        assert (body(entry)["version_before"], entry["from_state"]) == (version, state)
        state, version = entry["to_state"], body(entry)["version_after"]
    assert world.row(cycle)["state"] == state
    assert len(moved) > 0


@pytest.mark.parametrize("compared", [True, False], ids=["compared", "not compared"])
def test_who_read_the_same_state_is_stopped_by_the_version_alone(
    world: World, engine_name: str, monkeypatch: pytest.MonkeyPatch, compared: bool
) -> None:
    """Two have read and decided before either writes. Without the comparison both would win."""
    if engine_name == "sqlite":
        return  # the second one cannot even begin to read: BEGIN IMMEDIATE
    cycle = world.bring(world.cycle(), CycleState.REPORTED)
    both_decided = threading.Barrier(2)

    def decide_and_wait(*facts: Any) -> Any:
        permit = decide(*facts)
        both_decided.wait(30)
        return permit

    monkeypatch.setattr("workflow.commands.cycles.decide", decide_and_wait)
    if not compared:
        blind = door._update.__wrapped__
        monkeypatch.setattr(door, "_update", lambda table, columns, _: blind(table, columns, False))

    r = race(
        world,
        [
            (results.VerifyResult(cycle), world.judge),
            (results.ReturnReport(cycle, "Thiếu", "Số liệu", world.today), world.judge),
        ],
    )

    assert r.others == []
    assert (len(r.winners), r.refused) == ((1, 1) if compared else (2, 0))


def body(entry: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(entry["body"])["object"]
    return found


def assert_the_trail_tells_it(world: World) -> None:
    fold = Fold()
    with world.engine.connect() as conn:
        fold.follow(conn)
        assert fold.differences(conn) == []
