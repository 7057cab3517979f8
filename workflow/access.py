"""The only way to reach a cycle: as somebody. What he may not see does not exist.

Agencies see what they lead, co-lead or support; the standing agency, VP UBND, the chairman and
inspectors see all of a plan. The administrator sees accounts and no business.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    String,
    and_,
    bindparam,
    cast,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql.elements import ColumnElement

from models.states import CycleKind, CycleState, Disposition, ExtensionStatus, PartyRole, Role
from models.tables import (
    AGENCY,
    AUDIT_ENTRY,
    CYCLE,
    CYCLE_PARTY,
    EXTENSION,
    MEMBERSHIP,
    PERSON,
    PLAN,
    TASK,
)
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts, CycleFacts
from workflow.law.transitions import Command

SEES_ALL = frozenset({Role.OFFICE, Role.CHAIRMAN, Role.INSPECTOR, Role.SYSTEM})
WORKS = frozenset({Role.HEAD, Role.OFFICER})


def work_agencies(actor: ActorFacts) -> list[int]:
    """Agencies whose work this person shares, as head or officer."""
    return sorted({m.agency_id for m in actor.memberships if m.role in WORKS})


def visible_cycles(actor: ActorFacts) -> ColumnElement[bool]:
    """The condition under which a row of `cycle` exists for this person."""
    if actor.roles & SEES_ALL:
        return true()
    mine, stands_for = work_agencies(actor), actor.stands_for(*WORKS)
    if not mine:
        return false()
    named = select(CYCLE_PARTY.c.cycle_id).where(CYCLE_PARTY.c.agency_id.in_(mine))
    ways = [CYCLE.c.agency_id.in_(mine), CYCLE.c.id.in_(named)]
    if stands_for:
        ways.insert(0, CYCLE.c.plan_id.in_(stands_for))
    return or_(*ways)


def visible_leads(actor: ActorFacts) -> ColumnElement[bool]:
    """The condition under which a row of `agency` leads a cycle that exists for this person.

    The same as visible_cycles, asked of agencies: one look into an index for each, not through all
    cycles. The limit keeps PostgreSQL from turning the looks into a join of everything.
    """

    def leads(*narrower: ColumnElement[bool]) -> ColumnElement[bool]:
        first = select(CYCLE.c.id).where(CYCLE.c.agency_id == AGENCY.c.id, *narrower).limit(1)
        return first.correlate(AGENCY).scalar_subquery().is_not(None)

    if actor.roles & SEES_ALL:
        return leads()
    mine, stands_for = work_agencies(actor), actor.stands_for(*WORKS)
    if not mine:
        return false()
    led_for_mine = (
        select(CYCLE.c.agency_id)
        .join(CYCLE_PARTY, CYCLE_PARTY.c.cycle_id == CYCLE.c.id)
        .where(CYCLE_PARTY.c.agency_id.in_(mine))
    )
    ways = [and_(AGENCY.c.id.in_(mine), leads()), AGENCY.c.id.in_(led_for_mine)]
    if stands_for:
        ways.insert(0, leads(CYCLE.c.plan_id.in_(stands_for)))
    return or_(*ways)


def sees(actor: ActorFacts, cycle: CycleFacts) -> bool:
    """The same condition for facts already read."""
    if actor.roles & SEES_ALL:
        return True
    mine = set(work_agencies(actor))
    return bool(
        mine
        & (
            cycle.co_lead_ids
            | cycle.supporting_ids
            | {cycle.lead_agency_id, cycle.standing_agency_id}
        )
    )


@dataclass(frozen=True)
class CycleFound:
    """A cycle somebody may see: the whole row, and the facts the law needs."""

    row: RowMapping
    facts: CycleFacts

    @property
    def label(self) -> str:
        """How the trail names it: task code, lead agency, period."""
        period = "đến" if self.row["kind"] == CycleKind.UNTIL_DATE else "năm"
        return f"{self.row['task_code']} · {self.row['agency_short']} · {period} {self.row['year']}"


def _cycle_statement() -> Select[tuple[object, ...]]:
    parties = (
        select(
            func.aggregate_strings(
                CYCLE_PARTY.c.role + ":" + cast(CYCLE_PARTY.c.agency_id, String), ","
            )
        )
        .where(CYCLE_PARTY.c.cycle_id == CYCLE.c.id)
        .scalar_subquery()
    )
    return (
        select(
            CYCLE,
            TASK.c.code.label("task_code"),
            AGENCY.c.code.label("agency_code"),
            AGENCY.c.short.label("agency_short"),
            AGENCY.c.name.label("agency_name"),
            AGENCY.c.is_asked,
            PLAN.c.standing_agency_id,
            PLAN.c.office_agency_id,
            PLAN.c.code.label("plan_code"),
            parties.label("parties"),
        )
        .join(TASK, TASK.c.id == CYCLE.c.task_id)
        .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .join(PLAN, PLAN.c.id == CYCLE.c.plan_id)
    )


# Built once: building it anew costs more than asking it.
_CYCLE = _cycle_statement().where(CYCLE.c.id == bindparam("cycle_id"))


def facts_of(row: RowMapping) -> CycleFacts:
    """Facts for the law from a row of the cycle statement."""
    parties: dict[str, set[int]] = {PartyRole.CO_LEAD: set(), PartyRole.SUPPORTING: set()}
    for part in (row["parties"] or "").split(","):
        if part:
            role, agency_id = part.split(":")
            parties[role].add(int(agency_id))
    return CycleFacts(
        id=row["id"],
        state=CycleState(row["state"]),
        lead_agency_id=row["agency_id"],
        standing_agency_id=row["standing_agency_id"],
        office_agency_id=row["office_agency_id"],
        disposition=Disposition(row["disposition"]),
        co_lead_ids=frozenset(parties[PartyRole.CO_LEAD]),
        supporting_ids=frozenset(parties[PartyRole.SUPPORTING]),
        due_on=row["effective_due_on"],
        submitted_by_id=row["submitted_by_id"],
        appraised_by_id=row["appraised_by_id"],
        objection=row["objection"] is not None,
        extension_open=row["extension_asked"] is not None,
        explanation_open=row["explanation_by"] is not None,
        kind=CycleKind(row["kind"]),
        version=row["version"],
    )


def _second_judge(conn: Connection, actor: ActorFacts, cycle: CycleFacts, today: date) -> bool:
    """Somebody else could decide on this report today."""
    if cycle.judged_by_chairman:
        post = MEMBERSHIP.c.role == Role.CHAIRMAN.value
    elif cycle.judged_by_office:
        post = MEMBERSHIP.c.role == Role.OFFICE.value
    else:
        post = (MEMBERSHIP.c.role == Role.HEAD.value) & (
            MEMBERSHIP.c.agency_id == cycle.standing_agency_id
        )
    others = (
        select(MEMBERSHIP.c.id)
        .join(PERSON, PERSON.c.id == MEMBERSHIP.c.person_id)
        .where(
            post,
            PERSON.c.id.not_in([actor.person_id, cycle.submitted_by_id or 0]),
            PERSON.c.locked_at.is_(None),
            MEMBERSHIP.c.valid_from <= today,
            or_(MEMBERSHIP.c.valid_to.is_(None), MEMBERSHIP.c.valid_to >= today),
        )
    )
    return conn.execute(others.limit(1)).first() is not None


def _objected_by(conn: Connection, cycle_id: int) -> int | None:
    """Who made the request to adjust that is open, as the trail tells it."""
    declined = (
        select(AUDIT_ENTRY.c.actor_id)
        .where(
            AUDIT_ENTRY.c.object_kind == "cycle",
            AUDIT_ENTRY.c.object_id == cycle_id,
            AUDIT_ENTRY.c.command == Command.DECLINE.value,
        )
        .order_by(AUDIT_ENTRY.c.id.desc())
    )
    return conn.execute(declined.limit(1)).scalar()


def _extension_by(conn: Connection, cycle_id: int) -> int | None:
    """Who asked for the new deadline that is not decided yet."""
    asked = select(EXTENSION.c.asked_by_id).where(
        EXTENSION.c.cycle_id == cycle_id, EXTENSION.c.status == ExtensionStatus.ASKED.value
    )
    return conn.execute(asked.limit(1)).scalar()


def cycle_for(conn: Connection, actor: ActorFacts, cycle_id: int, today: date) -> CycleFound:
    """The cycle with this id, if it exists for this person; else NotFound."""
    row = conn.execute(_CYCLE, {"cycle_id": cycle_id}).mappings().first()
    if row is None:
        raise NotFound("cycle", str(cycle_id))
    facts = facts_of(row)
    if not sees(actor, facts):
        raise NotFound("cycle", str(cycle_id))
    if actor.person_id is not None and actor.person_id == facts.appraised_by_id:
        facts = replace(facts, second_judge=_second_judge(conn, actor, facts, today))
    if facts.objection:
        facts = replace(facts, objection_by_id=_objected_by(conn, cycle_id))
    if facts.extension_open:
        facts = replace(facts, extension_by_id=_extension_by(conn, cycle_id))
    return CycleFound(row, facts)


def facts_by_id(conn: Connection, cycle_ids: Iterable[int]) -> dict[int, CycleFound]:
    """Cycles as the system itself sees them, for those who tell others about them."""
    rows = conn.execute(_cycle_statement().where(CYCLE.c.id.in_(sorted(set(cycle_ids)))))
    return {row["id"]: CycleFound(row, facts_of(row)) for row in rows.mappings()}


def sees_drafts(actor: ActorFacts, cycle: CycleFacts) -> bool:
    """Drafts are the lead agency's own until they are sent."""
    return cycle.lead_agency_id in set(work_agencies(actor))
