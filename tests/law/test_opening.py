"""Which cycles a year opens, and why: every kind of timing, groups on a day, joint leads."""

from datetime import date

import pytest

from models.states import CycleKind, PartyRole
from workflow.law.opening import (
    Member,
    Party,
    PlannedCycle,
    TaskFacts,
    TimingKind,
    co_leads,
    cycles_of_year,
    expand,
)

LEAD, OTHER, HELPER = 1, 2, 3
GROUP, NESTED = 100, 101
ON = date(2026, 1, 5)
ALWAYS = date(2000, 1, 1)
REPORT_DAY = (12, 14)


def lead(agency_id: int) -> Party:
    return Party(PartyRole.LEAD, agency_id=agency_id)


def task(
    timing: TimingKind,
    *parties: Party,
    mode: str = "chu_tri",
    start: date | None = None,
    due: date | None = None,
) -> TaskFacts:
    return TaskFacts(1, 11, "III.1-a", mode, timing, start, due, parties or (lead(LEAD),))


def opened(
    found: TaskFacts, year: int, groups: dict[int, tuple[Member, ...]] | None = None, on: date = ON
) -> list[PlannedCycle]:
    return cycles_of_year([found], groups or {}, year, REPORT_DAY, on)


def test_an_annual_task_has_one_cycle_a_year_due_with_the_yearly_report() -> None:
    for year in (2023, 2026, 2030):
        [cycle] = opened(task(TimingKind.ANNUAL), year)

        assert (cycle.kind, cycle.year, cycle.due_on) == (
            CycleKind.ANNUAL,
            year,
            date(year, 12, 14),
        )


def test_a_task_by_date_has_one_cycle_until_its_date_whatever_year_opens_it() -> None:
    found = task(TimingKind.BY_DATE, due=date(2025, 12, 31))

    cycles = [opened(found, year) for year in range(2023, 2028)]

    assert [len(c) for c in cycles] == [1, 1, 1, 0, 0]
    assert len({c[0].key for c in cycles[:3]}) == 1
    assert cycles[0][0].due_on == date(2025, 12, 31)
    assert cycles[0][0].kind is CycleKind.UNTIL_DATE


def test_a_range_begins_with_its_first_year() -> None:
    found = task(TimingKind.YEAR_RANGE, start=date(2024, 1, 1), due=date(2025, 12, 31))

    assert [len(opened(found, year)) for year in (2023, 2024, 2025, 2026)] == [0, 1, 1, 0]


def test_annual_and_by_date_has_both() -> None:
    found = task(TimingKind.ANNUAL_AND_BY_DATE, due=date(2030, 12, 31))

    kinds = {(c.kind, c.year, c.due_on) for c in opened(found, 2026)}

    assert kinds == {
        (CycleKind.ANNUAL, 2026, date(2026, 12, 14)),
        (CycleKind.UNTIL_DATE, 2030, date(2030, 12, 31)),
    }


def test_what_states_no_time_gets_a_yearly_cycle_without_a_deadline() -> None:
    [cycle] = opened(task(TimingKind.UNSTATED), 2026)

    assert (cycle.kind, cycle.year, cycle.due_on) == (CycleKind.ANNUAL, 2026, None)
    assert "không hạn" in cycle.why


@pytest.mark.parametrize("timing", TimingKind)
def test_every_cycle_says_why_it_is_opened(timing: TimingKind) -> None:
    found = opened(task(timing, due=date(2026, 12, 31)), 2026)

    assert found
    assert len({cycle.why for cycle in found}) == len({cycle.kind for cycle in found})
    assert all(len(cycle.why.split()) > 2 for cycle in found)


# --- groups ----------------------------------------------------------------------------------


def member(agency_id: int, since: date = ALWAYS, until: date | None = None) -> Member:
    return Member(agency_id, None, since, until)


def test_a_group_is_who_belongs_to_it_that_day_both_ends_included() -> None:
    groups = {GROUP: (member(LEAD, date(2024, 1, 1), date(2025, 2, 28)), member(OTHER))}

    def on(day: date) -> list[int]:
        return expand(GROUP, groups, day)

    assert on(date(2023, 12, 31)) == [OTHER]
    assert on(date(2024, 1, 1)) == [LEAD, OTHER]
    assert on(date(2025, 2, 28)) == [LEAD, OTHER]
    assert on(date(2025, 3, 1)) == [OTHER]


def test_included_groups_are_followed_and_nobody_is_named_twice() -> None:
    included = Member(None, NESTED, ALWAYS, None)
    groups = {GROUP: (member(LEAD), included), NESTED: (member(LEAD), member(OTHER))}

    assert expand(GROUP, groups, ON) == [LEAD, OTHER]


def test_a_group_that_includes_itself_ends() -> None:
    round_about = {
        GROUP: (Member(None, NESTED, ALWAYS, None), member(LEAD)),
        NESTED: (Member(None, GROUP, ALWAYS, None), member(OTHER)),
    }

    assert sorted(expand(GROUP, round_about, ON)) == [LEAD, OTHER]


def test_a_group_without_members_that_day_opens_nothing() -> None:
    found = task(TimingKind.ANNUAL, Party(PartyRole.LEAD, group_id=GROUP), mode="class")

    assert opened(found, 2026, {}) == []
    assert opened(found, 2026, {GROUP: (member(LEAD, date(2027, 1, 1)),)}) == []


# --- who leads together ------------------------------------------------------------------------


def test_agencies_named_side_by_side_co_lead_each_others_cycle() -> None:
    found = task(TimingKind.ANNUAL, lead(LEAD), lead(OTHER), mode="joint")

    cycles = {c.agency_id: c.co_lead_ids for c in opened(found, 2026)}

    assert cycles == {LEAD: frozenset({OTHER}), OTHER: frozenset({LEAD})}


def test_members_of_a_class_do_not_co_lead_each_other() -> None:
    found = task(TimingKind.ANNUAL, Party(PartyRole.LEAD, group_id=GROUP), mode="class")

    cycles = opened(found, 2026, {GROUP: (member(LEAD), member(OTHER))})

    assert [(c.agency_id, c.co_lead_ids) for c in cycles] == [
        (LEAD, frozenset()),
        (OTHER, frozenset()),
    ]


def test_who_is_named_beside_a_class_co_leads_the_work_of_its_members() -> None:
    found = task(TimingKind.ANNUAL, lead(LEAD), Party(PartyRole.LEAD, group_id=GROUP), mode="joint")

    cycles = {c.agency_id: c.co_lead_ids for c in opened(found, 2026, {GROUP: (member(OTHER),)})}

    assert co_leads(found) == frozenset({LEAD})
    assert cycles == {LEAD: frozenset(), OTHER: frozenset({LEAD})}


def test_a_supporter_who_also_leads_is_not_named_twice() -> None:
    groups = {GROUP: (member(LEAD), member(OTHER), member(HELPER))}
    found = task(
        TimingKind.ANNUAL,
        lead(LEAD),
        lead(OTHER),
        Party(PartyRole.SUPPORTING, group_id=GROUP),
        mode="joint",
    )

    for cycle in opened(found, 2026, groups):
        assert cycle.supporting_ids == frozenset({HELPER})


@pytest.mark.parametrize("role", [PartyRole.DIRECTED, PartyRole.SUPPORTING])
def test_only_a_lead_opens_a_cycle(role: PartyRole) -> None:
    found = task(TimingKind.ANNUAL, Party(role, agency_id=LEAD))

    assert opened(found, 2026) == []
