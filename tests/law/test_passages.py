"""The table of passages: what is permitted, what is refused and why, and that nothing else is."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.states import CycleState as S
from models.states import Disposition, Role
from tests.law.people import (
    CHAIRMAN,
    CO_LEAD,
    CO_LED_BY_STANDING,
    CYCLE,
    ENOUGH,
    LEAD,
    OFFICE,
    OTHER,
    OWN_OF_STANDING,
    STANDING,
    SUPPORTING,
    TODAY,
    UBND,
    at,
    head,
    member,
    officer,
    person,
)
from workflow.law.errors import Reason, Refused
from workflow.law.facts import SYSTEM, ActorFacts, CycleFacts
from workflow.law.machine import available, decide, obstacles, who_may
from workflow.law.rules import Post
from workflow.law.transitions import EVENTS, PASSAGES, Command

C = Command

# The table of passages, by hand once more: command, from, to, who, and what stands in the cycle.
OBJECTED = {"objection": True}
OPEN = (S.ASSIGNED, S.IN_PROGRESS)
UNJUDGED = (*OPEN, S.REPORTED)
NOT_CLOSED = (*OPEN, S.REPORTED, S.VERIFIED)
DUE_SOON = replace(CYCLE, due_on=TODAY)
LATE = replace(CYCLE, due_on=TODAY - timedelta(days=1))
ASKED = replace(DUE_SOON, extension_open=True)
HELD = replace(CYCLE, disposition=Disposition.ON_HOLD)
QUESTIONED = replace(CYCLE, explanation_open=True)
PERMITTED: list[tuple[Command, S, S, ActorFacts, CycleFacts]] = [
    (C.ACCEPT, S.ASSIGNED, S.IN_PROGRESS, head(LEAD), CYCLE),
    (C.ACCEPT, S.ASSIGNED, S.IN_PROGRESS, officer(LEAD), CYCLE),
    (C.DECLINE, S.ASSIGNED, S.ASSIGNED, head(LEAD), CYCLE),
    (C.ANSWER_DECLINE, S.ASSIGNED, S.ASSIGNED, head(STANDING), replace(CYCLE, **OBJECTED)),
    (C.ANSWER_DECLINE, S.ASSIGNED, S.ASSIGNED, OFFICE, replace(OWN_OF_STANDING, **OBJECTED)),
    (C.UPDATE_PROGRESS, S.IN_PROGRESS, S.IN_PROGRESS, head(LEAD), CYCLE),
    (C.UPDATE_PROGRESS, S.IN_PROGRESS, S.IN_PROGRESS, officer(LEAD), CYCLE),
    *(
        (C.CONTRIBUTE, state, state, who(agency), CYCLE)
        for state in (S.ASSIGNED, S.IN_PROGRESS)
        for who in (head, officer)
        for agency in (CO_LEAD, SUPPORTING)
    ),
    (C.SAVE_DRAFT, S.IN_PROGRESS, S.IN_PROGRESS, head(LEAD), CYCLE),
    (C.SAVE_DRAFT, S.IN_PROGRESS, S.IN_PROGRESS, officer(LEAD), CYCLE),
    (C.REPORT, S.IN_PROGRESS, S.REPORTED, head(LEAD), CYCLE),
    (C.WITHDRAW, S.REPORTED, S.IN_PROGRESS, head(LEAD), CYCLE),
    (C.APPRAISE, S.REPORTED, S.REPORTED, officer(STANDING), CYCLE),
    (C.APPRAISE, S.REPORTED, S.REPORTED, OFFICE, OWN_OF_STANDING),
    (C.APPRAISE, S.REPORTED, S.REPORTED, OFFICE, CO_LED_BY_STANDING),
    (C.RETURN, S.REPORTED, S.IN_PROGRESS, head(STANDING), CYCLE),
    (C.RETURN, S.REPORTED, S.IN_PROGRESS, OFFICE, OWN_OF_STANDING),
    (C.RETURN, S.REPORTED, S.IN_PROGRESS, OFFICE, CO_LED_BY_STANDING),
    (C.VERIFY, S.REPORTED, S.VERIFIED, head(STANDING), CYCLE),
    (C.VERIFY, S.REPORTED, S.VERIFIED, OFFICE, OWN_OF_STANDING),
    (C.VERIFY, S.REPORTED, S.VERIFIED, OFFICE, CO_LED_BY_STANDING),
    (C.COMPLETE, S.VERIFIED, S.COMPLETED, OFFICE, CYCLE),
    (C.COMPLETE, S.VERIFIED, S.COMPLETED, CHAIRMAN, CYCLE),
    *((C.REOPEN, state, S.IN_PROGRESS, CHAIRMAN, CYCLE) for state in (S.VERIFIED, S.COMPLETED)),
    *(
        (C.REOPEN, state, S.IN_PROGRESS, head(STANDING), CYCLE)
        for state in (S.VERIFIED, S.COMPLETED)
    ),
    *((C.SET_DEADLINE, s, s, head(STANDING), CYCLE) for s in (S.ASSIGNED, S.IN_PROGRESS)),
    *((C.SET_DEADLINE, s, s, OFFICE, OWN_OF_STANDING) for s in (S.ASSIGNED, S.IN_PROGRESS)),
    *((C.ASK_EXTENSION, s, s, head(LEAD), DUE_SOON) for s in OPEN),
    *((C.DECIDE_EXTENSION, s, s, OFFICE, ASKED) for s in OPEN),
    *((C.DECIDE_EXTENSION, s, s, CHAIRMAN, ASKED) for s in OPEN),
    *((C.EXTEND_LATE, s, s, CHAIRMAN, LATE) for s in OPEN),
    *((C.URGE, s, s, head(STANDING), CYCLE) for s in OPEN),
    *((C.URGE, s, s, officer(STANDING), CYCLE) for s in OPEN),
    *((C.URGE, s, s, OFFICE, OWN_OF_STANDING) for s in OPEN),
    *((c, s, s, CHAIRMAN, CYCLE) for c in (C.FLAG, C.LOWER_FLAG) for s in NOT_CLOSED),
    *((c, s, s, head(STANDING), CYCLE) for c in (C.FLAG, C.LOWER_FLAG) for s in NOT_CLOSED),
    *((C.ASK_EXPLANATION, s, s, CHAIRMAN, CYCLE) for s in S),
    *((C.EXPLAIN, s, s, head(LEAD), QUESTIONED) for s in S),
    *((C.ASK_SUPPORT, s, s, officer(LEAD), CYCLE) for s in OPEN),
    *((C.NOTE_SILENCE, s, s, head(LEAD), CYCLE) for s in OPEN),
    *((c, s, s, CHAIRMAN, CYCLE) for c in (C.HOLD, C.TRANSFER) for s in OPEN),
    *((C.END, s, s, CHAIRMAN, CYCLE) for s in UNJUDGED),
    *((C.END, s, s, OFFICE, HELD) for s in OPEN),
    *((C.RESUME, s, s, OFFICE, replace(HELD, due_on=TODAY)) for s in OPEN),
]


@pytest.mark.parametrize(("command", "source", "target", "actor", "cycle"), PERMITTED)
def test_a_passage_of_the_table_is_open(
    command: Command, source: S, target: S, actor: ActorFacts, cycle: CycleFacts
) -> None:
    permit = decide(command, actor, at(source, cycle), TODAY, ENOUGH)

    assert permit.target is target
    assert permit.membership in actor.memberships


def test_the_table_by_hand_names_every_passage() -> None:
    listed = {(c, s, t) for c, s, t, _, _ in PERMITTED}
    coded = {(p.command, s, p.target or s) for p in PASSAGES for s in p.sources}

    assert listed == coded


EVERYBODY = [
    *(who(agency) for who in (head, officer) for agency in range(1, 7)),
    OFFICE,
    CHAIRMAN,
    *(
        person(member(role, agency))
        for role in (Role.INSPECTOR, Role.AWARD_APPRAISER, Role.BUDGET_OFFICER, Role.ADMIN)
        for agency in range(1, 7)
    ),
    person(),
    SYSTEM,
]

# The same table by parts: from which states, and who. A judge is no part of the work he judges.
OPEN_TO: dict[Command, tuple[set[S], set[str]]] = {
    C.ASSIGN: (set(), set()),
    C.ACCEPT: ({S.ASSIGNED}, {"lead head", "lead officer"}),
    C.DECLINE: ({S.ASSIGNED}, {"lead head"}),
    C.ANSWER_DECLINE: ({S.ASSIGNED}, {"judge"}),
    C.UPDATE_PROGRESS: ({S.IN_PROGRESS}, {"lead head", "lead officer"}),
    C.CONTRIBUTE: ({S.ASSIGNED, S.IN_PROGRESS}, {"helper"}),
    C.SAVE_DRAFT: ({S.IN_PROGRESS}, {"lead head", "lead officer"}),
    C.REPORT: ({S.IN_PROGRESS}, {"lead head"}),
    C.WITHDRAW: ({S.REPORTED}, {"lead head"}),
    C.APPRAISE: ({S.REPORTED}, {"appraiser"}),
    C.RETURN: ({S.REPORTED}, {"judge"}),
    C.VERIFY: ({S.REPORTED}, {"judge"}),
    C.COMPLETE: ({S.VERIFIED}, {"closer"}),
    C.REOPEN: ({S.VERIFIED, S.COMPLETED}, {"reopener"}),
    C.SET_DEADLINE: ({S.ASSIGNED, S.IN_PROGRESS}, {"judge"}),
    C.ASK_EXTENSION: (set(OPEN), {"lead head"}),
    C.DECIDE_EXTENSION: (set(OPEN), {"closer"}),
    C.EXTEND_LATE: (set(OPEN), {"chairman"}),
    C.URGE: (set(OPEN), {"urger"}),
    C.FLAG: (set(NOT_CLOSED), {"watcher"}),
    C.LOWER_FLAG: (set(NOT_CLOSED), {"watcher"}),
    C.ASK_EXPLANATION: (set(S), {"closer"}),
    C.EXPLAIN: (set(S), {"lead head"}),
    C.ASK_SUPPORT: (set(OPEN), {"lead head", "lead officer"}),
    C.NOTE_SILENCE: (set(OPEN), {"lead head", "lead officer"}),
    C.HOLD: (set(OPEN), {"closer"}),
    C.RESUME: (set(OPEN), {"closer"}),
    C.END: (set(UNJUDGED), {"closer"}),
    C.TRANSFER: (set(OPEN), {"closer"}),
}


def parts(actor: ActorFacts, cycle: CycleFacts) -> set[str]:
    """What somebody with one membership is to a cycle, in the words of the table by parts."""
    if not actor.memberships:
        return set()
    [m] = actor.memberships
    works = {cycle.lead_agency_id, *cycle.co_lead_ids}
    is_head, is_officer = m.role is Role.HEAD, m.role is Role.OFFICER
    found = set()
    if m.agency_id == cycle.lead_agency_id and (is_head or is_officer):
        found.add("lead head" if is_head else "lead officer")
    elif m.agency_id in cycle.co_lead_ids | cycle.supporting_ids and (is_head or is_officer):
        found.add("helper")
    if m.agency_id in works:
        return found
    if STANDING in works:
        found |= {"judge", "appraiser"} if m.role is Role.OFFICE else set()
    elif m.agency_id == STANDING:
        found |= ({"judge"} if is_head else set()) | ({"appraiser"} if is_officer else set())
    if m.role in (Role.OFFICE, Role.CHAIRMAN):
        found |= {"closer", "watcher"}
    if m.role is Role.CHAIRMAN:
        found.add("chairman")
    if m.role is Role.OFFICE or (m.agency_id == STANDING and (is_head or is_officer)):
        found.add("urger")
    if m.agency_id == STANDING and is_head:
        found.add("watcher")
    if m.role is Role.CHAIRMAN or (m.agency_id == STANDING and is_head):
        found.add("reopener")
    return found


@pytest.mark.parametrize("command", list(Command))
@pytest.mark.parametrize("base", [CYCLE, OWN_OF_STANDING, CO_LED_BY_STANDING])
def test_whatever_is_not_in_the_table_is_refused(command: Command, base: CycleFacts) -> None:
    states, who = OPEN_TO[command]
    given = {
        C.ANSWER_DECLINE: OBJECTED,
        C.ASK_EXTENSION: {"due_on": TODAY},
        C.DECIDE_EXTENSION: {"due_on": TODAY, "extension_open": True},
        C.EXTEND_LATE: {"due_on": TODAY - timedelta(days=1)},
        C.EXPLAIN: {"explanation_open": True},
        C.RESUME: {"disposition": Disposition.ON_HOLD},
    }.get(command, {})
    for actor, state in product(EVERYBODY, S):
        cycle = replace(base, state=state, **given)
        try:
            decide(command, actor, cycle, TODAY, ENOUGH)
            is_open = True
        except Refused:
            is_open = False

        assert is_open == (state in states and bool(who & parts(actor, cycle))), (actor, state)


@given(
    roles=st.lists(
        st.tuples(st.sampled_from(list(Role)), st.integers(1, 6)), max_size=4, unique=True
    ),
    state=st.sampled_from(list(S)),
    command=st.sampled_from(list(Command)),
    lead=st.integers(1, 6),
    co_leads=st.frozensets(st.integers(1, 6), max_size=3),
    supporting=st.frozensets(st.integers(1, 6), max_size=3),
    submitter=st.sampled_from([None, 7, 8]),
    appraiser=st.sampled_from([None, 7, 8]),
    objection=st.booleans(),
)
def test_no_sum_of_memberships_judges_its_own_work(
    roles: list[tuple[Role, int]],
    state: S,
    command: Command,
    lead: int,
    co_leads: frozenset[int],
    supporting: frozenset[int],
    submitter: int | None,
    appraiser: int | None,
    objection: bool,
) -> None:
    actor = person(*(member(r, a) for r, a in roles), person_id=7)
    cycle = CycleFacts(
        1,
        state,
        lead,
        STANDING,
        co_lead_ids=co_leads - {lead},
        supporting_ids=supporting - co_leads - {lead},
        submitted_by_id=submitter,
        appraised_by_id=appraiser,
        second_judge=True,
        objection=objection,
    )
    try:
        permit = decide(command, actor, cycle, TODAY, ENOUGH)
    except Refused:
        return

    assert Role.ADMIN not in actor.roles
    judging = {C.ANSWER_DECLINE, C.APPRAISE, C.RETURN, C.VERIFY, C.SET_DEADLINE}
    works = {lead, *co_leads}
    above = {C.DECIDE_EXTENSION, C.EXTEND_LATE, C.URGE, C.FLAG, C.LOWER_FLAG, C.ASK_EXPLANATION}
    if command in above:
        assert not {a for _, a in roles} & works
    if command in judging | {C.COMPLETE, C.REOPEN}:
        assert not {a for _, a in roles} & works
    if command in {C.APPRAISE, C.RETURN, C.VERIFY, C.COMPLETE, C.REOPEN}:
        assert submitter != 7
    if command is C.VERIFY:
        assert appraiser != 7
    if command in judging:
        acted = permit.membership
        if STANDING in works:
            assert acted.role is Role.OFFICE
        else:
            assert acted.agency_id == STANDING
            assert acted.role is (Role.OFFICER if command is C.APPRAISE else Role.HEAD)
    # Adding up memberships never gives more than the best of them alone gives.
    alone = []
    for m in actor.memberships:
        try:
            alone.append(decide(command, replace(actor, memberships=(m,)), cycle, TODAY, ENOUGH))
        except Refused:
            continue
    assert permit.target in {p.target for p in alone}


@pytest.mark.parametrize("command", [C.APPRAISE, C.RETURN, C.VERIFY])
@pytest.mark.parametrize("cycle", [OWN_OF_STANDING, CO_LED_BY_STANDING])
@pytest.mark.parametrize("who", [head, officer])
def test_the_standing_agency_cannot_judge_what_it_leads(
    command: Command, cycle: CycleFacts, who: object
) -> None:
    refusals = obstacles(command, who(STANDING), at(S.REPORTED, cycle), TODAY)  # type: ignore[operator]

    assert {Reason.OWN_WORK, Reason.JUDGED_BY_OFFICE} <= {r.reason for r in refusals}


def test_an_officer_does_not_decide_in_the_name_of_his_second_post() -> None:
    both = person(member(Role.OFFICER, STANDING), member(Role.OFFICE, UBND))

    refusals = obstacles(C.VERIFY, both, at(S.REPORTED), TODAY)

    assert [r.reason for r in refusals] == [Reason.NOT_YOUR_ROLE]
    assert refusals[0].detail == {"who": "standing_head"}


def test_who_sent_a_report_never_judges_it_whatever_he_becomes() -> None:
    moved = head(STANDING)
    cycle = replace(at(S.REPORTED), submitted_by_id=moved.person_id)

    for command in (C.RETURN, C.VERIFY):
        assert [r.reason for r in obstacles(command, moved, cycle, TODAY)] == [Reason.OWN_REPORT]


REQUESTS: dict[Command, tuple[S, dict[str, object]]] = {
    C.ANSWER_DECLINE: (S.ASSIGNED, {"objection": True, "objection_by_id": 60}),
    C.DECIDE_EXTENSION: (S.IN_PROGRESS, {"extension_open": True, "extension_by_id": 60}),
}


@pytest.mark.parametrize("command", REQUESTS)
def test_who_made_a_request_never_decides_it_whatever_he_becomes(command: Command) -> None:
    state, asked = REQUESTS[command]
    cycle = replace(OWN_OF_STANDING if command is C.ANSWER_DECLINE else DUE_SOON, **asked)

    refused = obstacles(command, OFFICE, at(state, cycle), TODAY)

    assert [r.reason for r in refused] == [Reason.OWN_REQUEST]
    assert obstacles(command, replace(OFFICE, person_id=99), at(state, cycle), TODAY) == ()


def test_who_proposes_does_not_decide_while_somebody_else_can() -> None:
    judged = replace(at(S.REPORTED, OWN_OF_STANDING), appraised_by_id=OFFICE.person_id)

    assert obstacles(C.VERIFY, OFFICE, judged, TODAY) == ()
    refused = obstacles(C.VERIFY, OFFICE, replace(judged, second_judge=True), TODAY)
    assert [r.reason for r in refused] == [Reason.OWN_PROPOSAL]


@pytest.mark.parametrize(
    ("disposition", "reason"),
    [
        (Disposition.ON_HOLD, Reason.ON_HOLD),
        (Disposition.CLOSED_BY_DOCUMENT, Reason.CLOSED_BY_DOCUMENT),
    ],
)
@pytest.mark.parametrize(("command", "source", "target", "actor", "cycle"), PERMITTED)
def test_what_a_document_stopped_does_not_move(
    command: Command,
    source: S,
    target: S,
    actor: ActorFacts,
    cycle: CycleFacts,
    disposition: Disposition,
    reason: Reason,
) -> None:
    stopped = replace(cycle, state=source, disposition=disposition)
    if disposition is Disposition.ON_HOLD and command in (C.RESUME, C.END):
        # What lifts the hold, and what ends for good what was only held.
        assert obstacles(command, actor, stopped, TODAY) == ()
        return

    assert reason in {r.reason for r in obstacles(command, actor, stopped, TODAY)}


@pytest.mark.parametrize(
    ("command", "actor", "cycle", "reason"),
    [
        (C.ACCEPT, head(OTHER), CYCLE, Reason.NOT_YOUR_AGENCY),
        (C.ACCEPT, head(SUPPORTING), CYCLE, Reason.NOT_YOUR_AGENCY),
        (C.DECLINE, officer(LEAD), CYCLE, Reason.NOT_YOUR_ROLE),
        (C.ACCEPT, head(LEAD), replace(CYCLE, objection=True), Reason.OBJECTION_OPEN),
        (C.DECLINE, head(LEAD), replace(CYCLE, objection=True), Reason.OBJECTION_OPEN),
        (C.ANSWER_DECLINE, head(STANDING), CYCLE, Reason.NO_OBJECTION),
        (C.SET_DEADLINE, head(STANDING), replace(CYCLE, due_on=TODAY), Reason.HAS_DEADLINE),
        (C.REPORT, officer(LEAD), at(S.IN_PROGRESS), Reason.NOT_YOUR_ROLE),
        (C.REPORT, head(CO_LEAD), at(S.IN_PROGRESS), Reason.NOT_YOUR_AGENCY),
        (C.REPORT, head(LEAD), at(S.REPORTED), Reason.WRONG_STATE),
        (
            C.WITHDRAW,
            head(LEAD),
            replace(at(S.REPORTED), appraised_by_id=51),
            Reason.APPRAISAL_STARTED,
        ),
        (C.VERIFY, head(LEAD), at(S.REPORTED), Reason.OWN_WORK),
        (C.VERIFY, head(CO_LEAD), at(S.REPORTED), Reason.OWN_WORK),
        (C.VERIFY, OFFICE, at(S.REPORTED), Reason.JUDGED_BY_STANDING_AGENCY),
        (C.VERIFY, head(STANDING), at(S.REPORTED, OWN_OF_STANDING), Reason.JUDGED_BY_OFFICE),
        (C.VERIFY, head(STANDING), at(S.IN_PROGRESS), Reason.WRONG_STATE),
        (C.COMPLETE, head(STANDING), at(S.VERIFIED), Reason.NOT_YOUR_ROLE),
        (C.REOPEN, OFFICE, at(S.COMPLETED), Reason.NOT_YOUR_ROLE),
        (C.ASSIGN, head(STANDING), CYCLE, Reason.WRONG_STATE),
    ],
)
def test_a_refusal_names_its_obstacle(
    command: Command, actor: ActorFacts, cycle: CycleFacts, reason: Reason
) -> None:
    assert reason in {r.reason for r in obstacles(command, actor, cycle, TODAY)}


def test_a_wrong_state_and_a_wrong_person_are_both_told() -> None:
    refusals = obstacles(C.VERIFY, head(OTHER), at(S.ASSIGNED), TODAY)

    assert [r.reason for r in refusals] == [Reason.WRONG_STATE, Reason.NOT_YOUR_ROLE]
    assert refusals[0].detail == {"command": "verify", "state": "assigned"}


def test_buttons_are_what_the_law_would_allow() -> None:
    for actor, state in product(EVERYBODY, S):
        cycle = at(state)
        shown = available(actor, cycle, TODAY)
        allowed = {c for c in Command if not obstacles(c, actor, cycle, TODAY)}

        assert set(shown) == allowed


def test_who_may_names_the_judge_of_this_very_cycle() -> None:
    assert who_may(C.VERIFY, CYCLE) == (Post.STANDING_HEAD,)
    assert who_may(C.VERIFY, OWN_OF_STANDING) == (Post.OFFICE,)
    assert who_may(C.REPORT, CYCLE) == (Post.LEAD_HEAD,)


def test_deciding_leaves_no_trace_in_the_machine() -> None:
    for _ in range(3):
        permit = decide(C.ACCEPT, head(LEAD), CYCLE, TODAY, ENOUGH)
        assert permit.target is S.IN_PROGRESS
        with pytest.raises(Refused):
            decide(C.ACCEPT, head(OTHER), CYCLE, TODAY, ENOUGH)


def test_every_command_leaves_an_event_of_its_own() -> None:
    assert set(EVENTS) == set(Command)
    assert len(set(EVENTS.values())) == len(EVENTS)
