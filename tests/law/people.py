"""Actors and cycles for tests of the law: plain facts, no database.

Agencies by number: 1 leads, 2 co-leads, 3 supports, 4 has no part, 5 is the standing agency,
6 is UBND tỉnh. People have the number of their agency times ten.
"""

from dataclasses import replace
from datetime import date

from models.states import Capacity, CycleState, ReasonClass, Role, UrgeLevel
from workflow.law.facts import ActorFacts, CycleFacts, Details, DocumentFacts, MembershipFacts

LEAD, CO_LEAD, SUPPORTING, OTHER, STANDING, UBND = range(1, 7)
TODAY = date(2026, 12, 1)


def member(role: Role, agency_id: int) -> MembershipFacts:
    return MembershipFacts(role, agency_id, f"co-quan-{agency_id}", f"Cơ quan {agency_id}")


def person(*memberships: MembershipFacts, person_id: int = 7) -> ActorFacts:
    return ActorFacts(person_id, f"p{person_id}", f"Người {person_id}", memberships)


def head(agency_id: int) -> ActorFacts:
    return person(member(Role.HEAD, agency_id), person_id=agency_id * 10)


def officer(agency_id: int) -> ActorFacts:
    return person(member(Role.OFFICER, agency_id), person_id=agency_id * 10 + 1)


OFFICE = person(member(Role.OFFICE, UBND), person_id=60)
CHAIRMAN = person(member(Role.CHAIRMAN, UBND), person_id=61)

CYCLE = CycleFacts(
    id=1,
    state=CycleState.ASSIGNED,
    lead_agency_id=LEAD,
    standing_agency_id=STANDING,
    co_lead_ids=frozenset({CO_LEAD}),
    supporting_ids=frozenset({SUPPORTING}),
)
# What the standing agency leads itself, and what it co-leads.
OWN_OF_STANDING = replace(CYCLE, lead_agency_id=STANDING, co_lead_ids=frozenset())
CO_LED_BY_STANDING = replace(CYCLE, co_lead_ids=frozenset({CO_LEAD, STANDING}))

DOCUMENT = DocumentFacts(
    notation="123/BC-SXD",
    number="123",
    symbol="BC-SXD",
    issued_on=date(2026, 11, 30),
    signer_name="Nguyễn Văn An",
    signer_post="Giám đốc",
)
BY_AUTHORITY = replace(
    DOCUMENT,
    capacity=Capacity.TUQ,
    authorization="45/GUQ-SXD",
    authorization_until=date(2026, 12, 31),
)
# Everything any command may require.
ENOUGH = Details(
    reason="Lý do",
    text="Nội dung",
    missing="Thiếu số liệu",
    focal_person="Trần Thị Bình",
    result="Kết quả",
    product="Báo cáo",
    percent=40,
    day=date(2026, 12, 20),
    document=DOCUMENT,
    agency_id=99,
    level=UrgeLevel.REMINDER,
    reason_class=ReasonClass.OBJECTIVE,
)


def at(state: CycleState, cycle: CycleFacts = CYCLE) -> CycleFacts:
    return replace(cycle, state=state)
