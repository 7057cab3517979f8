"""What the law is told: frozen facts made from rows, so that no lazy load can hide in a rule."""

from dataclasses import dataclass
from datetime import date

from models.states import (
    Capacity,
    CycleKind,
    CycleState,
    Disposition,
    ReasonClass,
    Role,
    UrgeLevel,
)


@dataclass(frozen=True)
class MembershipFacts:
    """One role of a person in one agency, valid on the day of the act.

    `stands_for` are the plans whose standing agency it is that day; `offices` the agencies that
    are VP UBND itself, of whoever acts for VP UBND.
    """

    role: Role
    agency_id: int
    agency_code: str = ""
    agency_name: str = ""
    stands_for: frozenset[int] = frozenset()
    offices: frozenset[int] = frozenset()


@dataclass(frozen=True)
class ActorFacts:
    """Who acts: the person and everything he is today. person_id None is the system itself."""

    person_id: int | None
    login: str
    name: str
    memberships: tuple[MembershipFacts, ...] = ()

    @property
    def agency_ids(self) -> frozenset[int]:
        """His agencies; VP UBND is one of whoever acts for it, wherever he is appointed."""
        named = frozenset(m.agency_id for m in self.memberships)
        return named.union(*(m.offices for m in self.memberships))

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(m.role for m in self.memberships)

    @property
    def standing_agency_ids(self) -> frozenset[int]:
        """His agencies that are the standing agency of a plan."""
        return frozenset(m.agency_id for m in self.memberships if m.stands_for)

    def stands_for(self, *roles: Role) -> list[int]:
        """Plans whose standing agency he serves in one of these roles, in order."""
        plans = (m.stands_for for m in self.memberships if m.role in roles)
        return sorted(frozenset[int]().union(*plans))

    def holds(self, role: Role, agency_id: int | None = None) -> MembershipFacts | None:
        """The membership with this role (in this agency), if he has one.

        Whoever administers accounts holds no other, whatever else he has given himself.
        """
        if role != Role.ADMIN and Role.ADMIN in self.roles:
            return None
        for m in self.memberships:
            if m.role == role and (agency_id is None or m.agency_id == agency_id):
                return m
        return None


STRANGER = ActorFacts(None, "", "Khách")
SYSTEM = ActorFacts(None, "system", "Hệ thống", (MembershipFacts(Role.SYSTEM, 0, "", "Hệ thống"),))


@dataclass(frozen=True)
class CycleFacts:
    """A cycle as the law needs to know it. Days are days in Asia/Ho_Chi_Minh.

    `due_on` is the day the next sending counts from: the deadline, or the later day given with a
    return of what had been sent in time (decision 5).
    """

    id: int
    state: CycleState
    lead_agency_id: int
    standing_agency_id: int
    office_agency_id: int | None = None
    disposition: Disposition = Disposition.ACTIVE
    co_lead_ids: frozenset[int] = frozenset()
    supporting_ids: frozenset[int] = frozenset()
    due_on: date | None = None
    submitted_by_id: int | None = None
    appraised_by_id: int | None = None
    second_judge: bool = False
    objection: bool = False
    extension_open: bool = False
    objection_by_id: int | None = None
    extension_by_id: int | None = None
    explanation_open: bool = False
    kind: CycleKind = CycleKind.ANNUAL
    version: int = 1

    @property
    def is_of_standing_agency(self) -> bool:
        """True when the standing agency leads or co-leads it, and so may not judge it."""
        return self.standing_agency_id in self.co_lead_ids | {self.lead_agency_id}

    @property
    def is_of_office(self) -> bool:
        """True when VP UBND itself leads or co-leads it: for UBND only the chairman decides."""
        return self.office_agency_id in self.co_lead_ids | {self.lead_agency_id}

    @property
    def judged_by_office(self) -> bool:
        """True when VP UBND judges it in place of the standing agency."""
        return self.is_of_standing_agency and not self.is_of_office

    @property
    def judged_by_chairman(self) -> bool:
        """True when neither may: both lead it together."""
        return self.is_of_standing_agency and self.is_of_office


@dataclass(frozen=True)
class DocumentFacts:
    """The document an act rests on (NĐ 30/2020/NĐ-CP): number, symbol, day, signer, capacity."""

    notation: str
    number: str
    symbol: str
    issued_on: date
    signer_name: str
    signer_post: str = ""
    capacity: Capacity = Capacity.HEAD
    authorization: str | None = None
    authorization_until: date | None = None


@dataclass(frozen=True)
class Details:
    """What came with a command: the particulars that the table of passages may require."""

    reason: str | None = None
    text: str | None = None
    missing: str | None = None
    focal_person: str | None = None
    result: str | None = None
    product: str | None = None
    percent: int | None = None
    day: date | None = None
    agency_id: int | None = None
    level: UrgeLevel | None = None
    reason_class: ReasonClass | None = None
    capacity: Capacity | None = None
    authorization: str | None = None
    document: DocumentFacts | None = None
