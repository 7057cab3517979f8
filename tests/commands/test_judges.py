"""Nobody judges their own work, whatever he becomes, is added to, or proposes."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from models.states import CycleState, ReasonClass, Role, Verdict
from models.tables import AGENCY, CYCLE, MEMBERSHIP, PERSON, PLAN
from notifications.recipients import holders, people
from tests.make import LEAD, OFFICE, OTHER, STANDING, UBND, TaskSpec, World, on, plan_file
from workflow.access import facts_by_id
from workflow.commands import cycles, dispositions, results
from workflow.commands.extensions import AskExtension, DecideExtension
from workflow.commands.people import AddMembership, EndMembership, LockPerson
from workflow.commands.plans import LoadPlan
from workflow.inbox import Why, inbox
from workflow.law.errors import NotFound, Reason, Refused
from workflow.law.facts import SYSTEM, ActorFacts
from workflow.law.machine import who_may
from workflow.law.rules import Post
from workflow.law.transitions import Command

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


# --- what VP UBND leads itself -----------------------------------------------------------


@pytest.fixture
def of_office(world: World, tmp_path: Path) -> int:
    """A cycle VP UBND leads, its people being appointed at UBND."""
    world.plan = "1/KH-VP"
    world.do(
        LoadPlan(plan_file(tmp_path, [TaskSpec("II.2-a", lead=(OFFICE,))], world.plan)), SYSTEM
    )
    world.open_year(2026)
    led = select(CYCLE.c.id).join(PLAN, PLAN.c.id == CYCLE.c.plan_id)
    led = led.join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
    with world.engine.connect() as conn:
        found: int = conn.execute(
            led.where(PLAN.c.code == world.plan, AGENCY.c.code == OFFICE)
        ).scalar_one()
    return found


def test_who_acts_for_vp_ubnd_decides_nothing_on_its_own_work(world: World, of_office: int) -> None:
    document = world.document("9/BC-UBND")
    hold = dispositions.HoldCycle(of_office, "Chờ văn bản", document)
    transfer = dispositions.TransferLead(of_office, OTHER, "Sắp xếp", document)
    assert reasons(world, hold, world.office) == [Reason.OWN_WORK]
    assert reasons(world, transfer, world.office) == [Reason.OWN_WORK]
    world.bring(of_office, CycleState.VERIFIED)
    complete = cycles.CompleteCycle(of_office, document)
    assert reasons(world, complete, world.office) == [Reason.OWN_WORK]

    world.do(complete, world.chairman)

    assert world.row(of_office)["state"] == CycleState.COMPLETED


def test_no_second_hat_leads_around_it(world: World, of_office: int) -> None:
    world.bring(of_office, CycleState.VERIFIED)
    person = world.office.person_id or 0
    world.do(AddMembership(person, UBND, Role.CHAIRMAN, world.today), SYSTEM)

    both = again(world, world.office)

    complete = cycles.CompleteCycle(of_office, world.document("9/BC-UBND"))
    assert reasons(world, complete, both) == [Reason.OWN_WORK]


def test_only_the_chairman_is_named_asked_and_told(world: World, of_office: int) -> None:
    world.bring(of_office, CycleState.VERIFIED)
    with world.engine.connect() as conn:
        facts = facts_by_id(conn, [of_office])[of_office].facts
        held = holders(conn, world.today)
        waiting = {w.why: w for w in inbox(conn, world.office, world.today).waiting}

    assert who_may(Command.COMPLETE, facts) == (Post.CHAIRMAN,)
    assert people(["office", "chairman"], facts, held) == people(["chairman"], facts, held)
    assert Why.COMPLETE not in waiting


def test_an_edition_that_does_not_say_it_forgets_nothing(
    world: World, of_office: int, tmp_path: Path
) -> None:
    file = plan_file(tmp_path, [TaskSpec("II.2-a", lead=(OFFICE,))], world.plan)
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    del data["plan"]["office"]
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")

    world.do(LoadPlan(file), SYSTEM)

    hold = dispositions.HoldCycle(of_office, "Chờ văn bản", world.document("9/BC-UBND"))
    assert reasons(world, hold, world.office) == [Reason.OWN_WORK]


def test_what_both_lead_together_only_the_chairman_judges(world: World, tmp_path: Path) -> None:
    world.plan = "2/KH-CA"
    both = TaskSpec("II.2-a", lead=(STANDING, OFFICE), mode="joint")
    world.do(LoadPlan(plan_file(tmp_path, [both], world.plan)), SYSTEM)
    world.open_year(2026)
    leads = select(AGENCY.c.id).where(AGENCY.c.code.in_((STANDING, OFFICE)))
    led = select(CYCLE.c.id).join(PLAN, PLAN.c.id == CYCLE.c.plan_id)
    led = led.where(PLAN.c.code == world.plan, CYCLE.c.agency_id.in_(leads))
    with world.engine.connect() as conn:
        ids = conn.execute(led).scalars().all()
    assert len(ids) == 2
    for cycle in ids:
        world.bring(cycle, CycleState.REPORTED)
        for who in (world.judge, world.office):
            found = reasons(world, results.VerifyResult(cycle), who)
            assert set(found) == {Reason.OWN_WORK, Reason.JUDGED_BY_CHAIRMAN}
    with world.engine.connect() as conn:
        facts = facts_by_id(conn, ids)
        held = holders(conn, world.today)
        waiting = {w.why: w.total for w in inbox(conn, world.chairman, world.today).waiting}
        others = {w.why for w in inbox(conn, world.office, world.today).waiting}
    assert waiting[Why.VERIFY] == 2
    assert Why.VERIFY not in others

    for cycle in ids:
        asked = people(["judge_head"], facts[cycle].facts, held)
        assert asked == people(["chairman"], facts[cycle].facts, held)
        world.do(results.VerifyResult(cycle), world.chairman)


def moved_to(world: World, who: ActorFacts, agency: str, role: Role) -> ActorFacts:
    """The same person, who left every post yesterday and has this one from today."""
    with world.engine.connect() as conn:
        held = select(MEMBERSHIP.c.id).where(MEMBERSHIP.c.person_id == who.person_id)
        posts = conn.execute(held).scalars().all()
    with on(world, world.today - timedelta(days=1)):
        for post in posts:
            world.do(EndMembership(post, world.today, "Điều động"), SYSTEM)
    world.do(AddMembership(who.person_id or 0, agency, role, world.today), SYSTEM)
    return again(world, who)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.CHAIRMAN])
def test_who_asked_for_more_time_does_not_grant_it_from_his_next_post(
    world: World, role: Role
) -> None:
    cycle, day = world.cycle(), date(2027, 1, 29)
    asked = AskExtension(cycle, day, ReasonClass.OBJECTIVE, "Chờ số liệu", world.document())
    world.do(asked, world.head())
    granted = DecideExtension(cycle, True, "Đồng ý", world.document("8/UBND-VX"))
    with on(world, world.today + timedelta(days=1)):
        moved = moved_to(world, world.head(), UBND, role)
        with world.engine.connect() as conn:
            waiting = inbox(conn, moved, world.today).waiting

        assert reasons(world, granted, moved) == [Reason.OWN_REQUEST]
        assert Why.EXTENSION not in {w.why for w in waiting}
        world.do(granted, world.person(role, UBND, 3))

    assert world.row(cycle)["due_on"] == day


def test_who_wanted_a_task_adjusted_does_not_answer_himself(world: World) -> None:
    cycle = world.cycle()
    world.do(cycles.DeclineTask(cycle, "Thiếu kinh phí", world.document()), world.head())
    answered = cycles.AnswerDecline(cycle, "Giữ nguyên")
    with on(world, world.today + timedelta(days=1)):
        moved = moved_to(world, world.head(), STANDING, Role.HEAD)

        assert reasons(world, answered, moved) == [Reason.OWN_REQUEST]
        world.do(answered, world.head(STANDING, 2))

    assert world.row(cycle)["objection"] is None
