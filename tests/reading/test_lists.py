"""Lists: the law in SQL, search without accents, access, and statements that do not grow."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from models.states import CycleState, Disposition, DueClass, PartyRole
from models.tables import CYCLE
from reports.figures import figures
from reports.moment import Scope
from tests.make import CO_LEAD, LEAD, OTHER, STANDING, SUPPORTING, World, noon, settle
from workflow import inbox, lists
from workflow.commands import cycles, dispositions, results
from workflow.law.deadlines import due_class
from workflow.law.facts import SYSTEM
from workflow.lists import CycleFilter
from workflow.public import plans_of_year


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    return settle(app, tmp_path)


def codes(world: World, who: object, **narrowed: object) -> list[tuple[str, str]]:
    with world.engine.connect() as conn:
        page = lists.cycles(conn, who, CycleFilter(**narrowed), world.today)
    return [(r["task_code"], r["agency_code"]) for r in page.rows]


def test_the_list_and_the_law_agree_on_every_deadline_class(world: World) -> None:
    early = world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    world.bring(world.cycle("II.6-a"), CycleState.IN_PROGRESS)
    document = world.document("15/QĐ-UBND")
    held, ended = world.cycle("II.4-a", STANDING), world.cycle("II.2-a", year=2027)
    world.do(dispositions.HoldCycle(held, "Theo văn bản", document), world.chairman)
    world.do(dispositions.EndCycle(ended, "Theo văn bản", document), world.chairman)
    world.today = date(2026, 12, 20)
    late = world.bring(world.cycle("II.3-a", CO_LEAD), CycleState.VERIFIED)
    seen: set[str] = set()

    with world.engine.connect() as conn:
        for day in range(0, 400, 3):
            today = date(2026, 1, 5) + timedelta(days=day)
            klass = lists.due_class_column(today).label("said")
            for row in conn.execute(select(CYCLE, klass)).mappings():
                disposition = Disposition(row["disposition"])
                law = due_class(
                    CycleState(row["state"]),
                    row["effective_due_on"],
                    row["late_days"],
                    today,
                    disposition,
                )
                seen.add(law.value)
                assert row["said"] == law.value, (row["id"], today)

    assert seen == {c.value for c in DueClass}
    assert world.row(early)["late_days"] == 0
    assert world.row(late)["late_days"] == 6


@pytest.mark.parametrize("kind", [dispositions.HoldCycle, dispositions.EndCycle])
def test_what_is_on_hold_or_ended_is_overdue_in_no_list_and_no_tally(
    world: World, kind: Any
) -> None:
    """As it is in no rate: the list and the dashboard count the same."""
    aside = world.cycle()
    world.do(kind(aside, "Theo văn bản", world.document("15/QĐ-UBND")), world.chairman)
    after = date(2027, 1, 5)

    with world.engine.connect() as conn:
        every = lists.cycles(conn, SYSTEM, CycleFilter(year=2026), after)
        late = lists.cycles(conn, SYSTEM, CycleFilter(year=2026, due=DueClass.OVERDUE), after)
        boxes = figures(conn, SYSTEM, Scope(years=(2026,)), noon(after)).boxes
        (public,) = plans_of_year(conn, 2026)

    assert aside in {r["id"] for r in every.rows}
    assert aside not in {r["id"] for r in late.rows}
    assert every.tally["overdue"] == late.total == boxes.open_overdue
    assert sum(every.tally[d.value] for d in DueClass if d.value in every.tally) == every.total
    assert (public.apart, public.total) == (1, every.total - 1)


def test_an_agency_sees_what_it_leads_co_leads_and_supports(world: World) -> None:
    world.open_year(2026)

    assert ("II.2-a", LEAD) in codes(world, world.head(LEAD))
    assert ("II.4-a", STANDING) not in codes(world, world.head(LEAD))
    assert codes(world, world.officer(SUPPORTING)) == [("II.2-a", LEAD)]
    assert set(codes(world, world.head(CO_LEAD))) == {("II.3-a", OTHER), ("II.3-a", CO_LEAD)}
    assert len(codes(world, world.judge)) == len(codes(world, SYSTEM))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("nhiem vu II.2-a", 1),
        ("NHIỆM VỤ ii 2 a", 1),
        ("so chu tri", 4),
        ("khong co gi nhu the", 0),
        ("%", 0),
        ("_", 0),
        ("", 9),
    ],
)
def test_search_ignores_accents_and_case_and_takes_no_wildcards(
    world: World, query: str, found: int
) -> None:
    world.open_year(2026)

    assert len(codes(world, SYSTEM, q=query)) == found


def test_filters_narrow_and_the_tally_counts_the_whole_filter(world: World) -> None:
    world.bring(world.cycle("II.2-a"), CycleState.REPORTED)

    with world.engine.connect() as conn:
        page = lists.cycles(conn, SYSTEM, CycleFilter(year=2026, agency=LEAD), world.today)

    assert page.total == 3
    assert page.tally[CycleState.REPORTED] == 1
    assert page.tally[DueClass.NO_DEADLINE] == 1
    assert codes(world, SYSTEM, state=CycleState.REPORTED) == [("II.2-a", LEAD)]
    assert codes(world, SYSTEM, due=DueClass.NO_DEADLINE) == [("II.6-a", LEAD)]
    assert set(codes(world, SYSTEM, section="II.3")) == {("II.3-a", CO_LEAD), ("II.3-a", OTHER)}
    assert codes(world, SYSTEM, agency=SUPPORTING, part=PartyRole.SUPPORTING) == [("II.2-a", LEAD)]


def statements(world: World, act: Callable[[object], object]) -> int:
    counted = [0]

    def count(*_: object) -> None:
        counted[0] += 1

    event.listen(world.engine, "before_cursor_execute", count)
    try:
        with world.engine.connect() as conn:
            act(conn)
    finally:
        event.remove(world.engine, "before_cursor_execute", count)
    return counted[0]


def test_no_list_asks_more_statements_when_there_is_more_to_list(world: World) -> None:
    judge = world.judge
    acts = [
        lambda conn: lists.cycles(conn, judge, CycleFilter(), world.today),
        lambda conn: inbox.inbox(conn, judge, world.today),
        lambda conn: inbox.queue(conn, judge, world.today),
    ]
    world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    few = [statements(world, act) for act in acts]

    for year in (2024, 2025, 2027, 2028, 2029, 2030, 2031):
        world.bring(world.cycle("II.2-a", year=year), CycleState.REPORTED)

    assert [statements(world, act) for act in acts] == few


def test_the_inbox_of_the_judge_holds_only_what_he_may_judge(world: World) -> None:
    world.bring(world.cycle("II.2-a"), CycleState.REPORTED)
    world.bring(world.cycle("II.4-a", STANDING), CycleState.REPORTED)
    world.bring(world.cycle("II.5-a", OTHER), CycleState.REPORTED)

    with world.engine.connect() as conn:
        judged = inbox.queue(conn, world.judge, world.today)
        by_office = inbox.queue(conn, world.office, world.today)

    assert [r["task_code"] for w in judged for r in w.rows] == ["II.2-a"]
    assert {r["task_code"] for w in by_office for r in w.rows} == {"II.4-a", "II.5-a"}


def waiting(world: World, who: object) -> dict[str, int]:
    with world.engine.connect() as conn:
        found = inbox.inbox(conn, who, world.today)
    return {w.why.value: w.total for w in found.waiting}


def test_the_inbox_of_the_lead_follows_the_cycle(world: World) -> None:
    cycle = world.cycle("II.2-a")
    head, officer = world.head(LEAD), world.officer(LEAD)
    assert waiting(world, head) == {"new": 3}

    world.do(cycles.AcceptTask(cycle, "Đầu mối"), officer)
    assert waiting(world, head) == {"new": 2}

    world.today = date(2026, 11, 20)
    assert waiting(world, officer)["due"] == 1

    world.do(results.SaveDraft(cycle, result="Đã làm"), officer)
    assert waiting(world, head)["draft_ready"] == 1
    assert waiting(world, officer)["due"] == 1

    world.do(world.report(cycle), head)
    assert "draft_ready" not in waiting(world, head)

    back = results.ReturnReport(cycle, "Thiếu số liệu", "Số liệu", date(2026, 11, 27))
    world.do(back, world.judge)
    assert waiting(world, head)["returned"] == 1

    world.today = date(2026, 12, 15)
    assert waiting(world, head)["overdue"] >= 1
    assert "returned" not in waiting(world, head)
