"""Nobody judges their own work, whatever he becomes, is added to, or proposes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.states import CycleState, Role, Verdict
from models.tables import MEMBERSHIP, PERSON
from tests.make import LEAD, OTHER, STANDING, UBND, World, on
from workflow.commands import cycles, results
from workflow.commands.people import AddMembership, EndMembership, LockPerson
from workflow.law.errors import NotFound, Reason, Refused
from workflow.law.facts import SYSTEM, ActorFacts

OWN = ("II.4-a", STANDING)


def reasons(world: World, command: object, who: ActorFacts) -> list[Reason]:
    with pytest.raises(Refused) as refused:
        world.do(command, who)
    return [r.reason for r in refused.value.refusals]


def again(world: World, who: ActorFacts) -> ActorFacts:
    """The same person with what he is on the world's day."""
    return world.actor(who.person_id or 0)


def test_who_proposes_decides_only_when_nobody_else_can(world: World) -> None:
    cycle = world.bring(world.cycle(*OWN), CycleState.REPORTED)
    one, other = world.office, world.person(Role.OFFICE, UBND, 2)
    world.do(results.AppraiseReport(cycle, Verdict.VERIFY), one)

    assert reasons(world, results.VerifyResult(cycle), one) == [Reason.OWN_PROPOSAL]
    world.do(LockPerson(other.person_id or 0, "Nghỉ hưu"), SYSTEM)
    world.do(results.VerifyResult(cycle), one)

    assert world.row(cycle)["state"] == CycleState.VERIFIED


def test_the_other_one_decides_what_was_proposed(world: World) -> None:
    cycle = world.bring(world.cycle(*OWN), CycleState.REPORTED)
    world.do(results.AppraiseReport(cycle, Verdict.VERIFY), world.office)

    world.do(results.VerifyResult(cycle), world.person(Role.OFFICE, UBND, 2))

    assert world.row(cycle)["state"] == CycleState.VERIFIED


def test_an_officer_made_head_does_not_decide_what_he_proposed(world: World) -> None:
    cycle = world.bring(world.cycle(), CycleState.REPORTED)
    officer = world.officer(STANDING)
    world.do(results.AppraiseReport(cycle, Verdict.VERIFY), officer)
    world.do(AddMembership(officer.person_id or 0, STANDING, Role.HEAD, world.today), SYSTEM)

    promoted = again(world, officer)

    assert reasons(world, results.VerifyResult(cycle), promoted) == [Reason.OWN_PROPOSAL]


def test_who_sent_it_does_not_judge_it_from_his_next_post(world: World) -> None:
    cycle = world.bring(world.cycle(), CycleState.REPORTED, sent_by=1)
    sender, last_day = world.head(), world.today
    with world.engine.connect() as conn:
        held = conn.execute(
            select(MEMBERSHIP.c.id).where(MEMBERSHIP.c.person_id == sender.person_id)
        ).scalar_one()
    world.do(EndMembership(held, last_day, "Điều động"), SYSTEM)
    start = last_day + timedelta(days=1)
    world.do(AddMembership(sender.person_id or 0, STANDING, Role.HEAD, start), SYSTEM)

    with on(world, start):
        moved = again(world, sender)
        assert [m.agency_code for m in moved.memberships] == [STANDING]
        assert reasons(world, results.VerifyResult(cycle), moved) == [Reason.OWN_REPORT]


def test_a_second_post_in_the_standing_agency_does_not_help(world: World) -> None:
    cycle = world.bring(world.cycle(), CycleState.REPORTED)
    head = world.head()
    world.do(AddMembership(head.person_id or 0, STANDING, Role.HEAD, world.today), SYSTEM)

    both = again(world, head)

    assert Reason.OWN_WORK in reasons(world, results.VerifyResult(cycle), both)


def test_a_second_post_in_the_office_does_not_help_the_standing_agency(world: World) -> None:
    cycle = world.bring(world.cycle(*OWN), CycleState.REPORTED)
    judge = world.judge
    world.do(AddMembership(judge.person_id or 0, UBND, Role.OFFICE, world.today), SYSTEM)

    both = again(world, judge)

    assert Reason.OWN_WORK in reasons(world, results.VerifyResult(cycle), both)


def test_the_administrator_does_no_business_even_as_head(world: World) -> None:
    admin = world.person(Role.ADMIN, STANDING)
    world.do(AddMembership(admin.person_id or 0, LEAD, Role.HEAD, world.today), SYSTEM)

    both = again(world, admin)

    found = reasons(world, cycles.AcceptTask(world.cycle(), "Tôi"), both)
    assert found == [Reason.NOT_YOUR_ROLE]


def test_a_role_counts_from_its_first_day_to_its_last(world: World) -> None:
    person = world.officer(OTHER)
    first, last = date(2026, 5, 1), date(2026, 5, 31)
    world.do(AddMembership(person.person_id or 0, LEAD, Role.HEAD, first, last), SYSTEM)
    command = cycles.AcceptTask(world.cycle(), "Tôi")

    for day in (first - timedelta(days=1), last + timedelta(days=1)):
        with on(world, day), pytest.raises(NotFound):
            world.do(command, again(world, person))
    with on(world, last):
        world.do(command, again(world, person))

    assert world.row(world.cycle())["state"] == CycleState.IN_PROGRESS


def test_a_locked_account_is_locked_out_of_nothing_it_has_done(world: World) -> None:
    cycle = world.bring(world.cycle(), CycleState.REPORTED)
    sender = world.head(LEAD, 2)

    world.do(LockPerson(sender.person_id or 0, "Nghỉ việc"), SYSTEM)

    assert world.row(cycle)["submitted_by_id"] == sender.person_id
    with world.engine.connect() as conn:
        name = select(PERSON.c.name).where(PERSON.c.id == sender.person_id)
        assert conn.execute(name).scalar_one() == sender.name
