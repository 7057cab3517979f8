"""Opening a year: every cycle that ought to exist and does not, in one act; again does nothing."""

import json
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, func, select

from models.states import CycleKind, CycleState, Disposition, PartyRole, Role
from models.tables import (
    AGENCY,
    AGENCY_GROUP,
    AUDIT_ENTRY,
    CYCLE,
    CYCLE_PARTY,
    CYCLE_SPAN,
    GROUP_MEMBER,
    PLAN,
    TASK,
    TASK_PARTY,
    TASK_VERSION,
)
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import ActorFacts, MembershipFacts
from workflow.law.opening import Member, Party, PlannedCycle, TaskFacts, TimingKind, cycles_of_year
from workflow.law.rules import plan_posts
from workflow.law.transitions import EVENTS, PASSAGES, Command


@dataclass(frozen=True)
class YearPlan:
    """What opening a year would do on a day: the cycles to open and how many stand already."""

    plan: RowMapping
    year: int
    to_open: tuple[PlannedCycle, ...]
    standing: int
    agencies: dict[int, RowMapping]
    titles: dict[int, str]

    def label(self, planned: PlannedCycle) -> str:
        """How the trail names a cycle: task code, lead agency, period."""
        period = "đến" if planned.kind == CycleKind.UNTIL_DATE else "năm"
        short = self.agencies[planned.agency_id]["short"]
        return f"{planned.task.code} · {short} · {period} {planned.year}"


def plan_by_code(conn: Connection, code: str) -> RowMapping:
    """The plan with this number (2940/KH-UBND); NotFound when there is none."""
    row = conn.execute(select(PLAN).where(PLAN.c.code == code)).mappings().first()
    if row is None:
        raise NotFound("plan", code)
    return row


def in_plan(plan: RowMapping, year: int) -> None:
    """Nothing when the year is one of the plan's; else Refused."""
    first, last = plan["start_year"], plan["end_year"]
    if not first <= year <= last:
        raise Refused(Refusal(Reason.YEAR_OUT_OF_PLAN, {"start": str(first), "end": str(last)}))


def _tasks(conn: Connection, plan_id: int) -> tuple[list[TaskFacts], dict[int, str]]:
    """The tasks as opening needs them, and what they are called."""
    parties: dict[int, list[Party]] = {}
    for p in conn.execute(
        select(TASK_PARTY)
        .join(TASK, TASK.c.current_version_id == TASK_PARTY.c.task_version_id)
        .where(TASK.c.plan_id == plan_id)
        .order_by(TASK_PARTY.c.position)
    ):
        parties.setdefault(p.task_version_id, []).append(
            Party(PartyRole(p.role), p.agency_id, p.group_id)
        )
    rows = conn.execute(
        select(TASK_VERSION, TASK.c.code)
        .join(TASK, TASK.c.current_version_id == TASK_VERSION.c.id)
        .where(TASK.c.plan_id == plan_id, TASK.c.ended_on.is_(None))
        .order_by(TASK.c.position)
    ).all()
    facts = [
        TaskFacts(
            id=t.task_id,
            version_id=t.id,
            code=t.code,
            lead_mode=t.lead_mode,
            timing=TimingKind(t.timing_kind),
            start=t.timing_start,
            due=t.timing_due,
            parties=tuple(parties.get(t.id, ())),
        )
        for t in rows
    ]
    return facts, {t.task_id: t.title for t in rows}


def _groups(conn: Connection, plan_id: int) -> dict[int, tuple[Member, ...]]:
    groups: dict[int, list[Member]] = {}
    for m in conn.execute(
        select(GROUP_MEMBER)
        .join(AGENCY_GROUP, AGENCY_GROUP.c.id == GROUP_MEMBER.c.group_id)
        .where(AGENCY_GROUP.c.plan_id == plan_id)
        .order_by(GROUP_MEMBER.c.id)
    ):
        groups.setdefault(m.group_id, []).append(
            Member(m.agency_id, m.included_group_id, m.valid_from, m.valid_to)
        )
    return {k: tuple(v) for k, v in groups.items()}


def _opened_for(conn: Connection, plan_id: int) -> dict[int, int]:
    """The agency each cycle was opened for, of those that another leads since."""
    moved = conn.execute(
        select(AUDIT_ENTRY.c.object_id, AUDIT_ENTRY.c.body)
        .join(CYCLE, CYCLE.c.id == AUDIT_ENTRY.c.object_id)
        .where(
            AUDIT_ENTRY.c.command == Command.TRANSFER.value,
            AUDIT_ENTRY.c.object_kind == "cycle",
            CYCLE.c.plan_id == plan_id,
        )
        .order_by(AUDIT_ENTRY.c.id.desc())
    )
    # The first transfer names it, and is read last.
    return {row.object_id: json.loads(row.body)["details"]["agency_id"] for row in moved}


def _standing(conn: Connection, plan_id: int) -> set[tuple[int, int, str, int]]:
    """What needs no opening: the cycles by who leads them and by whom they were opened for.

    A document that gives a task to another agency does not make room for a second cycle of it.
    """
    opened_for = _opened_for(conn, plan_id)
    there: set[tuple[int, int, str, int]] = set()
    for row in conn.execute(
        select(CYCLE.c.id, CYCLE.c.task_id, CYCLE.c.agency_id, CYCLE.c.kind, CYCLE.c.year).where(
            CYCLE.c.plan_id == plan_id
        )
    ):
        for agency_id in (row.agency_id, opened_for.get(row.id, row.agency_id)):
            there.add((row.task_id, agency_id, row.kind, row.year))
    return there


def plan_year(conn: Connection, plan: RowMapping, year: int, on: date) -> YearPlan:
    """What `OpenYear` would open on this day; Refused outside the plan's years."""
    in_plan(plan, year)
    tasks, titles = _tasks(conn, plan["id"])
    planned = cycles_of_year(
        tasks,
        _groups(conn, plan["id"]),
        year,
        (plan["report_last_month"], plan["report_last_day"]),
        on,
    )
    there = _standing(conn, plan["id"])
    to_open = tuple(p for p in planned if p.key not in there)
    agencies = {
        a["id"]: a
        for a in conn.execute(select(AGENCY.c.id, AGENCY.c.code, AGENCY.c.short)).mappings()
    }
    return YearPlan(plan, year, to_open, len(planned) - len(to_open), agencies, titles)


def last_opened(conn: Connection, plan_id: int) -> int | None:
    """The latest year whose yearly cycles were opened; None when none was."""
    opened = select(func.max(CYCLE.c.year)).where(
        CYCLE.c.plan_id == plan_id, CYCLE.c.kind == CycleKind.ANNUAL.value
    )
    return conn.execute(opened).scalar()


def may_assign(actor: ActorFacts, standing_agency_id: int) -> MembershipFacts:
    """The membership in which this person gives out tasks; Refused when he may not (row 1)."""
    if system := actor.holds(Role.SYSTEM):
        return system
    held = plan_posts(actor, standing_agency_id)
    passage = next(p for p in PASSAGES if p.command is Command.ASSIGN)
    for post in passage.who:
        if post in held:
            return held[post]
    raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": " ".join(passage.who)}))


@dataclass(frozen=True)
class OpenYear:
    """Row 1: give out the year's tasks. Membership of groups is that of `on`, or of today."""

    plan_code: str
    year: int
    on: date | None = None


@handles(OpenYear)
def open_year(tx: Transaction, c: OpenYear) -> Outcome:
    plan = plan_by_code(tx.conn, c.plan_code)
    membership = may_assign(tx.actor, plan["standing_agency_id"])
    on = c.on or tx.today
    planned = plan_year(tx.conn, plan, c.year, on)
    entries = [
        tx.note(
            Entry(
                command=Command.ASSIGN.value,
                event=EVENTS[Command.ASSIGN],
                object_kind="cycle",
                object_id=None,
                object_label=planned.label(p),
                membership=membership,
                to_state=CycleState.ASSIGNED.value,
                version_after=1,
                details={"year": c.year, "plan": c.plan_code, "on": on, "why": p.why},
            )
        )
        for p in planned.to_open
    ]
    rows = [
        {
            "plan_id": plan["id"],
            "task_id": p.task.id,
            "task_version_id": p.task.version_id,
            "agency_id": p.agency_id,
            "kind": p.kind.value,
            "year": p.year,
            "opened_on": on,
            "state": CycleState.ASSIGNED.value,
            "disposition": Disposition.ACTIVE.value,
            "due_on": p.due_on,
            "original_due_on": p.due_on,
            "effective_due_on": p.due_on,
            "due_basis": p.why,
            "changed_at": tx.now,
        }
        for p in planned.to_open
    ]
    ids = tx.insert_many(CYCLE, rows, entries)
    for entry, cycle_id in zip(entries, ids, strict=True):
        entry.object_id = cycle_id
    running = [
        (
            i,
            {
                "cycle_id": ids[i],
                "agency_id": p.agency_id,
                "due_on": p.due_on,
                "since_on": tx.today,
            },
        )
        for i, p in enumerate(planned.to_open)
        if p.due_on is not None
    ]
    tx.insert_many(CYCLE_SPAN, [span for _, span in running], [entries[i] for i, _ in running])
    parties, owners = [], []
    for p, cycle_id, entry in zip(planned.to_open, ids, entries, strict=True):
        for role, agency_ids in (
            (PartyRole.CO_LEAD, p.co_lead_ids),
            (PartyRole.SUPPORTING, p.supporting_ids),
        ):
            for agency_id in sorted(agency_ids):
                parties.append({"cycle_id": cycle_id, "agency_id": agency_id, "role": role.value})
                owners.append(entry)
    tx.insert_many(CYCLE_PARTY, parties, owners)
    return Outcome(
        "plan", plan["id"], {"year": c.year, "opened": len(ids), "standing": planned.standing}
    )
