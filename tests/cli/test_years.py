"""Opening a year and reading its cycles from the command line."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.states import CycleState
from models.tables import AUDIT_ENTRY, CYCLE
from tests.make import CO_LEAD, LEAD, OTHER, SUPPORTING, World
from tests.worlds import world, world_template
from workflow.commands.dispositions import TransferLead

__all__ = ["world", "world_template"]

Run = Callable[..., Any]


@pytest.fixture
def run(world: World) -> Run:
    """A line of the command line; its answer, or its words."""
    runner = world.app.test_cli_runner()

    def line(*arguments: str) -> Any:
        done = runner.invoke(args=list(arguments))
        assert done.exit_code == 0, done.output
        return json.loads(done.output) if "--json" in arguments else done.output

    return line


def cycles(world: World) -> int:
    with world.engine.connect() as conn:
        return len(conn.execute(select(CYCLE.c.id)).all())


def test_a_dry_run_says_what_and_why_and_opens_nothing(world: World, run: Run) -> None:
    before = cycles(world)

    told = run("year", "open", "2027", "--dry-run", "--json")
    words = run("year", "open", "2027", "--dry-run")

    assert cycles(world) == before
    assert told["dry_run"] is True
    assert told["opened"] == len(told["cycles"]) > 3
    assert all(c["why"] for c in told["cycles"])
    assert f"Sẽ mở {told['opened']} kỳ năm 2027" in words


def test_opening_is_what_the_dry_run_said_and_again_is_nothing(world: World, run: Run) -> None:
    planned = run("year", "open", "2027", "--dry-run", "--json")["cycles"]
    before = cycles(world)

    first = run("year", "open", "2027", "--json")
    again = run("year", "open", "2027", "--json")

    assert first["opened"] == len(planned) == cycles(world) - before
    assert (again["opened"], again["cycles"]) == (0, [])
    listed = {(c["task"], c["agency"], c["kind"]) for c in run("cycle", "list", "--json")}
    assert {(c["task"], c["agency"], c["kind"]) for c in planned} <= listed


def test_a_task_that_another_agency_leads_by_now_is_not_opened_again(
    world: World, run: Run
) -> None:
    cycle = world.cycle()
    for agency in (SUPPORTING, CO_LEAD):
        document = world.document("8/CV-UBND")
        world.do(TransferLead(cycle, agency, "Sắp xếp bộ máy", document), world.office)
    before = cycles(world)

    told = run("year", "open", "2026", "--json")

    assert (told["opened"], told["cycles"]) == (0, [])
    assert cycles(world) == before


def test_the_trail_keeps_the_real_moment_and_the_day_of_the_groups(world: World, run: Run) -> None:
    run("year", "open", "2028", "--on", "2025-02-03", "--json")

    with world.engine.connect() as conn:
        last = (
            conn.execute(select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.id.desc()).limit(1))
            .mappings()
            .one()
        )
        opened = conn.execute(select(CYCLE.c.opened_on).where(CYCLE.c.year == 2028)).scalars()
        days = set(opened)
    body = json.loads(last["body"])
    assert body["details"]["on"] == "2025-02-03"
    assert body["origin"]["channel"] == "cli"
    assert last["at"].date() > date(2025, 2, 3)
    assert days == {date(2025, 2, 3)}


@pytest.mark.parametrize("year", ["2023", "2032"])
def test_a_year_outside_the_plan_is_refused(run: Run, year: str) -> None:
    with pytest.raises(AssertionError, match=r"2024.*2031"):
        run("year", "open", year)


def test_without_a_plan_nothing_can_be_opened(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["year", "open", "2027"])

    assert done.exit_code == 1
    assert "Chưa nạp kế hoạch nào" in done.output


def test_the_list_has_the_promised_names(world: World, run: Run) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)

    [found] = run("cycle", "list", "--state", "reported", "--json")

    promised = {
        *("id", "task", "agency", "year", "state", "due_on", "due_class", "reported_at"),
        *("late_days", "version"),
    }
    assert promised <= found.keys()
    assert (found["task"], found["agency"], found["state"]) == ("II.2-a", LEAD, "reported")
    assert (found["due_on"], found["due_class"], found["late_days"]) == (
        "2026-12-14",
        "done_on_time",
        0,
    )


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (["--year", "2028"], lambda c: False),
        (["--year", "2026"], lambda c: c["year"] == 2026),
        (["--agency", OTHER], lambda c: c["agency"] == OTHER),
        (["--state", "completed"], lambda c: c["state"] == "completed"),
        (["--plan", "2026/KH-THU"], lambda c: True),
    ],
)
def test_filters_narrow(
    world: World, run: Run, filters: list[str], wanted: Callable[[Any], bool]
) -> None:
    everything = run("cycle", "list", "--json")

    found = run("cycle", "list", *filters, "--json")

    assert found == [c for c in everything if wanted(c)]


def test_the_class_of_a_deadline_is_that_of_the_day_asked_for(world: World, run: Run) -> None:
    def classes(day: str) -> set[str]:
        found = run("cycle", "list", "--agency", LEAD, "--on", day, "--json")
        return {c["due_class"] for c in found if c["task"] == "II.2-a"}

    assert classes("2026-11-01") == {"on_track"}
    assert classes("2026-12-10") == {"due_soon"}
    assert classes("2026-12-15") == {"overdue"}


def test_one_cycle_is_shown_with_its_trail(world: World, run: Run) -> None:
    cycle = world.bring(world.cycle(), CycleState.VERIFIED)

    found = run("cycle", "show", str(cycle), "--json")
    words = run("cycle", "show", str(cycle))

    assert [e["command"] for e in found["entries"]] == ["assign", "accept", "report", "verify"]
    assert found["supporting"] == ["so-phoi-hop"]
    assert "verify" in words


def test_settings_are_shown_and_secrets_are_not(world: World, run: Run) -> None:
    settings = world.app.extensions["dondoc"].settings
    found = run("settings", "show", "--json")
    words = run("settings", "show")

    assert {s["variable"] for s in found} >= {"DONDOC_HOME", "DONDOC_DATABASE_URL"}
    for secret in (settings.secret_key, settings.demo_password):
        assert secret not in words
        assert secret not in json.dumps(found)
    assert next(s["value"] for s in found if s["name"] == "secret_key") == "••••••"
