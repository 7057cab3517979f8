"""On hold, resumed, ended, led by another: what each changes, and what it must not."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.states import CycleState, Disposition, PartyRole
from models.tables import AGENCY, ALERT, AUDIT_ENTRY, CYCLE_PARTY, NOTICE
from notifications.expand import expand
from reports.boxes import Box
from reports.figures import figures
from reports.moment import Scope
from reports.moves import moves
from tests.make import CO_LEAD, LEAD, OTHER, SUPPORTING, World, noon, on
from tests.notifications.life import tick
from workflow import history
from workflow.access import cycle_for
from workflow.commands import cycles, dispositions, results
from workflow.inbox import queue
from workflow.law.errors import NotFound, Reason, Refused
from workflow.law.facts import SYSTEM

DUE, LATER = date(2026, 12, 14), date(2027, 2, 26)
OF_DOCUMENT = date(2026, 6, 1)


@pytest.fixture
def cycle_id(world: World) -> int:
    found = world.cycle()
    world.do(cycles.AcceptTask(found, "Đầu mối"), world.head())
    world.today = OF_DOCUMENT
    return found


def act(world: World, kind: Any, cycle_id: int, *given: Any, **more: Any) -> Any:
    document = world.document("15/QĐ-UBND", issued_on=OF_DOCUMENT)
    command = kind(cycle_id, *given, "Theo văn bản", document, **more)
    return world.do(command, world.chairman)


def box(world: World, cycle_id: int, day: date) -> Box:
    with world.engine.connect() as conn:
        found = figures(conn, SYSTEM, Scope(years=(2026,)), noon(day))
    return next(x.box for x in found.lines if x.id == cycle_id)


def rungs(world: World, cycle_id: int) -> list[tuple[str, str, date, date | None]]:
    with world.engine.connect() as conn:
        of = (AGENCY.c.code, ALERT.c.rung, ALERT.c.fires_on, ALERT.c.superseded_on)
        found = (
            select(*of)
            .join(AGENCY, AGENCY.c.id == ALERT.c.agency_id)
            .where(ALERT.c.cycle_id == cycle_id, ALERT.c.post == "lead_head")
            .order_by(ALERT.c.fires_on)
        )
        return [tuple(row) for row in conn.execute(found)]


def refused(world: World, *what: Any, **more: Any) -> set[Reason]:
    with pytest.raises(Refused) as no:
        act(world, *what, **more)
    return {r.reason for r in no.value.refusals}


def test_on_hold_nothing_runs_and_it_goes_on_as_it_was(world: World, cycle_id: int) -> None:
    before = world.row(cycle_id)
    act(world, dispositions.HoldCycle, cycle_id)
    tick(world, date(2026, 12, 20))

    assert rungs(world, cycle_id) == []
    with pytest.raises(Refused):
        world.do(world.report(cycle_id), world.head())
    assert refused(world, dispositions.HoldCycle, cycle_id) == {Reason.ON_HOLD}
    assert box(world, cycle_id, date(2026, 12, 20)) is Box.ON_HOLD
    # What was asked before is answered as before.
    assert box(world, cycle_id, OF_DOCUMENT - timedelta(days=1)) is Box.OPEN_IN_TIME

    with on(world, date(2026, 7, 1)):
        act(world, dispositions.ResumeCycle, cycle_id)
    after = world.row(cycle_id)
    same = ("state", "due_on", "original_due_on", "effective_due_on", "extension_count")
    assert {c: after[c] for c in same} == {c: before[c] for c in same}
    assert refused(world, dispositions.ResumeCycle, cycle_id) == {Reason.NOT_ON_HOLD}


def test_the_document_that_lets_it_go_on_may_name_a_later_day(world: World, cycle_id: int) -> None:
    act(world, dispositions.HoldCycle, cycle_id)
    early = {"due_on": DUE - timedelta(days=1)}
    assert refused(world, dispositions.ResumeCycle, cycle_id, **early) == {Reason.NOT_LATER}
    with on(world, date(2026, 12, 16)):
        act(world, dispositions.ResumeCycle, cycle_id, due_on=LATER)
    tick(world, date(2027, 2, 26))

    row = world.row(cycle_id)
    assert (row["due_on"], row["original_due_on"], row["extension_count"]) == (LATER, DUE, 0)
    assert [r[1] for r in rungs(world, cycle_id)] == ["before_30", "before_7", "before_1", "due"]


def test_ended_by_a_document_it_is_counted_apart_and_stays_ended(
    world: World, cycle_id: int
) -> None:
    act(world, dispositions.HoldCycle, cycle_id)
    act(world, dispositions.EndCycle, cycle_id)

    assert box(world, cycle_id, DUE) is Box.CLOSED
    assert world.row(cycle_id)["disposition"] == Disposition.CLOSED_BY_DOCUMENT
    for kind in (dispositions.HoldCycle, dispositions.ResumeCycle, dispositions.EndCycle):
        assert Reason.CLOSED_BY_DOCUMENT in refused(world, kind, cycle_id)


def test_another_agency_leads_with_all_as_it_was_and_the_past_keeps_its_names(
    world: World, cycle_id: int
) -> None:
    tick(world, date(2026, 12, 8))  # the first reminders, to who leads
    before = world.row(cycle_id)
    with on(world, date(2026, 12, 9)):
        act(world, dispositions.TransferLead, cycle_id, SUPPORTING, stays_supporting=True)
        expand(world.engine, world.now)
    tick(world, date(2026, 12, 15))

    after = world.row(cycle_id)
    same = ("state", "due_on", "original_due_on", "effective_due_on", "return_count", "disposition")
    assert {c: after[c] for c in same} == {c: before[c] for c in same}
    assert world.lead_of(cycle_id) == SUPPORTING
    assert [r for r in rungs(world, cycle_id) if r[0] == LEAD][-1][3] == date(2026, 12, 9)
    told = [(r[0], r[1]) for r in rungs(world, cycle_id) if r[2] > date(2026, 12, 9)]
    assert told == [(SUPPORTING, "before_1"), (SUPPORTING, "due"), (SUPPORTING, "overdue_1")]
    with world.engine.connect() as conn:
        parties = conn.execute(
            select(AGENCY.c.code, CYCLE_PARTY.c.role)
            .join(AGENCY, AGENCY.c.id == CYCLE_PARTY.c.agency_id)
            .where(CYCLE_PARTY.c.cycle_id == cycle_id)
        ).all()
        lines = conn.execute(select(NOTICE.c.person_id).where(NOTICE.c.name == "transferred"))
        heard = set(lines.scalars())
        entry = conn.execute(
            select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.command == "transfer")
        ).mappings()
        assert "từ so-chu-tri sang so-phoi-hop" in history.tell(entry.one()).act
        assert cycle_for(conn, world.head(SUPPORTING), cycle_id, world.today).facts
    assert [tuple(p) for p in parties] == [(LEAD, PartyRole.SUPPORTING)]
    assert {world.head(SUPPORTING).person_id, world.head(LEAD).person_id} <= heard
    with on(world, date(2026, 12, 16)):
        world.do(world.report(cycle_id), world.head(SUPPORTING))
    assert world.row(cycle_id)["state"] == CycleState.REPORTED


def test_a_tick_after_the_transfer_reminds_who_led_on_the_days_it_missed(
    world: World, cycle_id: int
) -> None:
    with on(world, date(2026, 12, 9)):
        act(world, dispositions.TransferLead, cycle_id, SUPPORTING)

    tick(world, date(2026, 12, 15))

    assert [r[:2] for r in rungs(world, cycle_id)] == [
        (LEAD, "before_30"),
        (LEAD, "before_7"),
        (SUPPORTING, "before_1"),
        (SUPPORTING, "due"),
        (SUPPORTING, "overdue_1"),
    ]


def test_who_leads_already_or_does_not_exist_takes_nothing_over(
    world: World, cycle_id: int
) -> None:
    assert refused(world, dispositions.TransferLead, cycle_id, LEAD) == {Reason.LEADS_ALREADY}
    joint = world.cycle("II.3-a", OTHER)
    assert refused(world, dispositions.TransferLead, joint, CO_LEAD) == {Reason.LEADS_ALREADY}
    assert refused(world, dispositions.TransferLead, cycle_id, "") == {Reason.MISSING}
    with pytest.raises(NotFound):
        act(world, dispositions.TransferLead, cycle_id, "khong-co")


def test_every_move_stands_in_the_list_of_the_reports_until_the_cut_off(
    world: World, cycle_id: int
) -> None:
    act(world, dispositions.HoldCycle, cycle_id)
    with on(world, date(2026, 7, 1)):
        act(world, dispositions.ResumeCycle, cycle_id)
    with on(world, date(2026, 8, 3)):
        act(world, dispositions.TransferLead, cycle_id, SUPPORTING)

    with world.engine.connect() as conn:
        until = [len(moves(conn, [cycle_id], noon(date(2026, m, 20)))) for m in (5, 6, 7, 8)]
        last = moves(conn, [cycle_id], noon(date(2026, 8, 20)))[-1]
    assert until == [0, 1, 2, 3]
    assert (last.command, last.old, last.new) == ("transfer", LEAD, SUPPORTING)
    assert (last.notation, last.issued_on) == ("15/QĐ-UBND", OF_DOCUMENT)


def test_a_request_to_adjust_is_answered_by_handing_the_task_to_another(world: World) -> None:
    """Who takes it over takes it on: nobody has to answer the agency that no longer leads."""
    found = world.cycle()
    world.do(cycles.DeclineTask(found, "Không thuộc chức năng", world.document()), world.head())
    with on(world, OF_DOCUMENT):
        act(world, dispositions.TransferLead, found, SUPPORTING)

        world.do(cycles.AcceptTask(found, "Đầu mối"), world.head(SUPPORTING))

    row = world.row(found)
    assert (row["state"], row["objection"]) == (CycleState.IN_PROGRESS, None)


# (held on, goes on with a new day, the deadline that stays missed, days late when sent on LATER)
HOLDS = [
    (OF_DOCUMENT, True, None, 0),
    (DUE, True, None, 0),
    (DUE + timedelta(days=1), True, DUE, 74),
    (DUE + timedelta(days=6), True, DUE, 74),
    (DUE + timedelta(days=6), False, None, 74),
]


@pytest.mark.parametrize(("held_on", "new_day", "missed", "late"), HOLDS)
def test_a_hold_does_not_wash_off_a_deadline_that_was_missed_before(
    world: World, cycle_id: int, held_on: date, new_day: bool, missed: date | None, late: int
) -> None:
    with on(world, held_on):
        act(world, dispositions.HoldCycle, cycle_id)
    with on(world, DUE + timedelta(days=30)):
        act(world, dispositions.ResumeCycle, cycle_id, due_on=LATER if new_day else None)
        row = world.row(cycle_id)
        assert row["missed_due_on"] == missed
        assert ("tính quá hạn từ 14/12/2026" in row["due_basis"]) is (missed is not None)
    with on(world, LATER):
        world.do(world.report(cycle_id), world.head())

    assert world.row(cycle_id)["late_days"] == late


def test_a_task_is_abolished_while_a_report_about_it_waits(world: World, cycle_id: int) -> None:
    world.do(world.report(cycle_id), world.head())
    act(world, dispositions.EndCycle, cycle_id)

    assert box(world, cycle_id, DUE) is Box.CLOSED
    with pytest.raises(Refused) as verdict:
        world.do(results.VerifyResult(cycle_id), world.judge)
    assert {r.reason for r in verdict.value.refusals} == {Reason.CLOSED_BY_DOCUMENT}
    with world.engine.connect() as conn:
        assert cycle_id not in {r["id"] for w in queue(conn, world.judge, DUE) for r in w.rows}
