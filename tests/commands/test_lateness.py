"""Lateness is frozen when a report is sent: the one rule, told by whole stories."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models.states import CycleState, Role
from tests.make import LEAD, OFFICE, STANDING, UBND, TaskSpec, World, on, settle
from workflow.commands import cycles, results

DUE = date(2026, 12, 14)
Act = Callable[[World, int], Any]


def accept(w: World, c: int) -> None:
    w.do(cycles.AcceptTask(c, "Đầu mối"), w.head())


def send(w: World, c: int) -> None:
    w.do(w.report(c), w.head())


def give_back(resend_by: date) -> Act:
    def act(w: World, c: int) -> None:
        w.do(results.ReturnReport(c, "Chưa đủ", "Thiếu số liệu", resend_by), w.judge)

    return act


def withdraw(w: World, c: int) -> None:
    w.do(results.WithdrawReport(c, "Gửi nhầm"), w.head())


def verify(w: World, c: int) -> None:
    w.do(results.VerifyResult(c), w.judge)


def reopen(w: World, c: int) -> None:
    document = w.document("5/QĐ-UBND")
    w.do(cycles.ReopenCycle(c, "Số liệu sai", document), w.person(Role.CHAIRMAN, UBND))


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


STORIES: dict[str, tuple[list[tuple[date, Act]], int]] = {
    "sent on the last good day": ([(DUE, send)], 0),
    "sent a day later": ([(day(12, 15), send)], 1),
    "on time, returned, the return date kept": (
        [(day(12, 10), send), (day(12, 16), give_back(day(12, 25))), (day(12, 25), send)],
        0,
    ),
    "on time, returned, the return date missed": (
        [(day(12, 10), send), (day(12, 16), give_back(day(12, 25))), (day(12, 27), send)],
        2,
    ),
    "late, returned, the return date kept: still late": (
        [(day(12, 16), send), (day(12, 17), give_back(day(12, 25))), (day(12, 20), send)],
        6,
    ),
    "on time, returned early, resent before the deadline": (
        [(day(11, 10), send), (day(11, 16), give_back(day(11, 20))), (day(12, 14), send)],
        0,
    ),
    "on time, withdrawn, sent again too late: the first does not count": (
        [(day(12, 14), send), (day(12, 14), withdraw), (day(12, 17), send)],
        3,
    ),
    "withdrawn, late, returned: the return date does not help": (
        [
            (day(12, 14), send),
            (day(12, 14), withdraw),
            (day(12, 15), send),
            (day(12, 16), give_back(day(12, 25))),
            (day(12, 20), send),
        ],
        6,
    ),
    "on time, returned, resent, withdrawn, resent within the return date": (
        [
            (day(12, 10), send),
            (day(12, 16), give_back(day(12, 25))),
            (day(12, 18), send),
            (day(12, 18), withdraw),
            (day(12, 25), send),
        ],
        0,
    ),
    "verified, reopened, sent again after the deadline: the next one is the first": (
        [(day(12, 10), send), (day(12, 12), verify), (day(12, 20), reopen), (day(12, 24), send)],
        10,
    ),
    "reopened after a return, late, returned once more: nothing is washed off": (
        [
            (day(11, 10), send),
            (day(11, 16), give_back(day(11, 20))),
            (day(11, 18), send),
            (day(11, 20), verify),
            (day(11, 25), reopen),
            (day(12, 20), send),
            (day(12, 21), give_back(day(12, 30))),
            (day(12, 30), send),
        ],
        16,
    ),
    "reopened after a return, sent on time, withdrawn, late, returned: still late": (
        [
            (day(11, 10), send),
            (day(11, 16), give_back(day(11, 20))),
            (day(11, 18), send),
            (day(11, 20), verify),
            (day(11, 25), reopen),
            (day(12, 1), send),
            (day(12, 1), withdraw),
            (day(12, 15), send),
            (day(12, 16), give_back(day(12, 30))),
            (day(12, 30), send),
        ],
        16,
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_a_story_ends_as_late_as_the_rule_says(world: World, story: str) -> None:
    acts, late = STORIES[story]
    cycle = world.cycle()
    accept(world, cycle)

    for when, act in acts:
        with on(world, when):
            act(world, cycle)

    row = world.row(cycle)
    assert (row["state"], row["late_days"]) == (CycleState.REPORTED, late)


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (datetime(2026, 12, 14, 16, 59, 59, tzinfo=UTC), 0),
        (datetime(2026, 12, 14, 17, 0, 0, tzinfo=UTC), 1),
    ],
)
def test_the_last_second_of_the_day_counts(world: World, moment: datetime, late: int) -> None:
    cycle = world.cycle()
    accept(world, cycle)

    world.do(world.report(cycle), world.head(), now=moment)

    assert world.row(cycle)["late_days"] == late


def test_a_verdict_leaves_the_frozen_lateness_alone(world: World) -> None:
    cycle = world.cycle()
    accept(world, cycle)
    with on(world, DUE + timedelta(days=3)):
        send(world, cycle)
    with on(world, DUE + timedelta(days=40)):
        verify(world, cycle)

    assert world.row(cycle)["late_days"] == 3


@pytest.mark.parametrize(
    ("task", "agency", "who"),
    [
        ("II.6-a", LEAD, "cơ quan thường trực"),
        ("II.8-a", STANDING, "Văn phòng UBND tỉnh"),
        ("II.9-a", STANDING, "Chủ tịch UBND tỉnh"),
    ],
)
def test_a_deadline_that_was_set_says_who_set_it(
    app: Flask, tmp_path: Path, task: str, agency: str, who: str
) -> None:
    """Not always the standing agency: it sets none for itself."""
    unstated = (
        TaskSpec("II.6-a", timing="unstated"),
        TaskSpec("II.8-a", lead=(STANDING,), timing="unstated"),
        TaskSpec("II.9-a", lead=(STANDING, OFFICE), mode="joint", timing="unstated"),
    )
    world = settle(app, tmp_path, unstated)
    cycle = world.cycle(task, agency)

    world.do(cycles.SetDeadline(cycle, DUE, "Theo chương trình"), world.judge_of(cycle))

    assert world.row(cycle)["due_basis"] == f"{who} ấn định: Theo chương trình"


def test_without_a_deadline_nothing_is_late_until_one_is_set(world: World) -> None:
    cycle = world.cycle("II.6-a")
    accept(world, cycle)
    world.do(cycles.SetDeadline(cycle, DUE, "Theo chương trình công tác"), world.judge)

    with on(world, DUE + timedelta(days=1)):
        send(world, cycle)

    row = world.row(cycle)
    assert (row["original_due_on"], row["late_days"]) == (DUE, 1)
    assert "Theo chương trình công tác" in row["due_basis"]
