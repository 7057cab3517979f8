"""The plans as they are read: list, document, conflict. The number of statements is fixed.

A plan's wording is known to everybody in the house; the cycles counted beside it are those the
reader may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, func, select
from sqlalchemy.sql.elements import ColumnElement

from models.states import ConflictStatus, CycleState, PartyRole
from models.tables import (
    AGENCY,
    AGENCY_GROUP,
    CITED_DOCUMENT,
    CONFLICT_LINK,
    CYCLE,
    DOCUMENT,
    GROUP_MEMBER,
    INDICATOR,
    PERSON,
    PLAN,
    PLAN_CONFLICT,
    PLAN_EDITION,
    SECTION,
    TASK,
    TASK_PARTY,
    TASK_VERSION,
)
from workflow.access import visible_cycles
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts
from workflow.law.opening import Member, expand


def _count(statement: Select[Any]) -> Any:
    return statement.scalar_subquery()


def plan_list(conn: Connection) -> list[RowMapping]:
    """Every plan with what it holds."""
    counts = {
        "tasks": select(func.count()).where(TASK.c.plan_id == PLAN.c.id, TASK.c.ended_on.is_(None)),
        "indicators": select(func.count()).where(INDICATOR.c.plan_id == PLAN.c.id),
        "conflicts": select(func.count()).where(PLAN_CONFLICT.c.plan_id == PLAN.c.id),
        "open_conflicts": select(func.count()).where(
            PLAN_CONFLICT.c.plan_id == PLAN.c.id,
            PLAN_CONFLICT.c.status == ConflictStatus.OPEN.value,
        ),
    }
    return list(
        conn.execute(
            select(
                PLAN,
                AGENCY.c.code.label("standing_code"),
                AGENCY.c.name.label("standing_name"),
                AGENCY.c.short.label("standing_short"),
                *(_count(statement).label(name) for name, statement in counts.items()),
            )
            .join(AGENCY, AGENCY.c.id == PLAN.c.standing_agency_id)
            .order_by(PLAN.c.issued_on, PLAN.c.code)
        ).mappings()
    )


@dataclass(frozen=True)
class Party:
    """An agency or a group in a role, as the document names it."""

    role: PartyRole
    code: str
    name: str
    short: str
    is_group: bool


@dataclass(frozen=True)
class TaskLine:
    """A task with its wording, who does it, and how many of its cycles stand where."""

    row: RowMapping
    parties: tuple[Party, ...]
    states: Mapping[CycleState, int]
    conflicts: tuple[RowMapping, ...]

    def named(self, role: PartyRole) -> list[Party]:
        return [p for p in self.parties if p.role == role]

    @property
    def cycles(self) -> int:
        return sum(self.states.values())


@dataclass(frozen=True)
class SectionNode:
    """A part, section or clause with what stands below it, in the order of the document."""

    row: RowMapping
    tasks: Sequence[TaskLine] = ()
    children: Sequence["SectionNode"] = ()

    @property
    def task_count(self) -> int:
        return len(self.tasks) + sum(child.task_count for child in self.children)

    @property
    def states(self) -> dict[CycleState, int]:
        found = dict.fromkeys(CycleState, 0)
        for states in (*(t.states for t in self.tasks), *(c.states for c in self.children)):
            for state, n in states.items():
                found[state] += n
        return found


@dataclass(frozen=True)
class GroupFound:
    """A group with the members it has on a day; `all_codes` follows the groups in it."""

    row: RowMapping
    members: Sequence[RowMapping]
    included: Sequence[RowMapping]
    all_codes: Sequence[str]
    past: Sequence[RowMapping] = ()


class PlanDocument:
    """A whole plan: what its file holds, with what has happened to it since.

    Each part is read when a page first asks for it and never twice, so that a page pays for what
    it shows. Use it while the connection is open.
    """

    def __init__(self, conn: Connection, actor: ActorFacts, plan: RowMapping, on: date) -> None:
        self._conn, self._actor, self._on = conn, actor, on
        self.plan = plan

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """The file as it was loaded."""
        data: Mapping[str, Any] = self._conn.execute(
            select(PLAN_EDITION.c.data).where(
                PLAN_EDITION.c.plan_id == self.plan["id"],
                PLAN_EDITION.c.number == self.plan["edition"],
            )
        ).scalar_one()
        return data

    @cached_property
    def task_ids(self) -> dict[str, int]:
        """The ids of the tasks, by code."""
        return dict(
            self._conn.execute(
                select(TASK.c.code, TASK.c.id).where(TASK.c.plan_id == self.plan["id"])
            ).all()
        )

    @cached_property
    def tasks(self) -> list[TaskLine]:
        """Every task with its wording, in the order of the document."""
        return _tasks(self._conn, self._actor, TASK.c.plan_id == self.plan["id"], self.of_task)

    def task(self, task_id: int) -> TaskLine:
        """One task; NotFound when the plan has none with this id."""
        wanted = (TASK.c.plan_id == self.plan["id"]) & (TASK.c.id == task_id)
        found = _tasks(self._conn, self._actor, wanted, self.of_task)
        if not found:
            raise NotFound("task")
        return found[0]

    @cached_property
    def tree(self) -> list[SectionNode]:
        """Parts, sections and clauses with their tasks."""
        return _tree(self._conn, self.plan["id"], self.data, self.tasks)

    @cached_property
    def agencies(self) -> list[RowMapping]:
        """The agencies the plan names, in its order."""
        return _named_in(self._conn, self.data)

    @cached_property
    def names(self) -> dict[str, str]:
        """Short names of agencies and names of groups, by code."""
        groups = {entry["code"]: entry["name"] for entry in self.data.get("agency_groups", ())}
        return {row["code"]: row["short"] for row in self.agencies} | groups

    @cached_property
    def groups(self) -> list[GroupFound]:
        """The groups with the members of the day."""
        return _groups(self._conn, self.plan["id"], self.data, self._on)

    @cached_property
    def indicators(self) -> list[RowMapping]:
        """The indicators of the current edition."""
        return _current(self._conn, INDICATOR, self.plan["id"], self.data, "indicators")

    @cached_property
    def documents(self) -> list[RowMapping]:
        """The documents the current edition cites."""
        return _current(self._conn, CITED_DOCUMENT, self.plan["id"], self.data, "documents")

    @cached_property
    def conflicts(self) -> list[RowMapping]:
        """Every conflict of the current edition, with its ruling."""
        named = {entry["id"] for entry in self.data.get("conflicts", ())}
        rows = self._conn.execute(
            _conflict_statement()
            .where(PLAN_CONFLICT.c.plan_id == self.plan["id"])
            .order_by(PLAN_CONFLICT.c.position)
        ).mappings()
        return [row for row in rows if row["code"] in named]

    @cached_property
    def open_conflicts(self) -> int:
        """How many conflicts nobody has ruled on."""
        return self._conn.execute(
            select(func.count()).where(
                PLAN_CONFLICT.c.plan_id == self.plan["id"],
                PLAN_CONFLICT.c.status == ConflictStatus.OPEN.value,
            )
        ).scalar_one()

    @cached_property
    def _links(self) -> list[tuple[int | None, int | None, RowMapping]]:
        """(task, indicator, conflict) for everything a conflict touches."""
        rows = {row["id"]: row for row in self.conflicts}
        links = self._conn.execute(
            select(CONFLICT_LINK.c.task_id, CONFLICT_LINK.c.indicator_id, PLAN_CONFLICT.c.id)
            .join(PLAN_CONFLICT, PLAN_CONFLICT.c.id == CONFLICT_LINK.c.conflict_id)
            .where(PLAN_CONFLICT.c.plan_id == self.plan["id"])
            .order_by(PLAN_CONFLICT.c.position)
        )
        return [(task, indicator, rows[c]) for task, indicator, c in links if c in rows]

    @cached_property
    def of_task(self) -> dict[int, list[RowMapping]]:
        """Conflicts by the id of the task they touch."""
        found: dict[int, list[RowMapping]] = {}
        for task, _, row in self._links:
            if task is not None:
                found.setdefault(task, []).append(row)
        return found

    @cached_property
    def of_indicator(self) -> dict[str, list[RowMapping]]:
        """Conflicts by the code of the indicator they touch."""
        codes = {row["id"]: row["code"] for row in self.indicators}
        found: dict[str, list[RowMapping]] = {}
        for _, indicator, row in self._links:
            if indicator in codes:
                found.setdefault(codes[indicator], []).append(row)
        return found


def plan_document(conn: Connection, actor: ActorFacts, plan_id: int, on: date) -> PlanDocument:
    """The plan as it stands on a day: current wording, members of that day."""
    standing, issuing = AGENCY.alias("standing"), AGENCY.alias("issuing")
    plan = (
        conn.execute(
            select(
                PLAN,
                PLAN_EDITION.c.sha256,
                PLAN_EDITION.c.loaded_at,
                standing.c.code.label("standing_code"),
                standing.c.name.label("standing_name"),
                issuing.c.code.label("issuing_code"),
                issuing.c.name.label("issuing_name"),
            )
            .join(
                PLAN_EDITION,
                (PLAN_EDITION.c.plan_id == PLAN.c.id) & (PLAN_EDITION.c.number == PLAN.c.edition),
            )
            .join(standing, standing.c.id == PLAN.c.standing_agency_id)
            .join(issuing, issuing.c.id == PLAN.c.issuing_agency_id)
            .where(PLAN.c.id == plan_id)
        )
        .mappings()
        .first()
    )
    if plan is None:
        raise NotFound("plan")
    return PlanDocument(conn, actor, plan, on)


def _current(
    conn: Connection, table: Table, plan_id: int, data: Mapping[str, Any], part: str
) -> list[RowMapping]:
    """Rows of a table that the current edition names; what an older one named stays unseen."""
    named = {entry["code"] for entry in data.get(part, ())}
    rows = conn.execute(
        select(table).where(table.c.plan_id == plan_id).order_by(table.c.position)
    ).mappings()
    return [row for row in rows if row["code"] in named]


def _named_in(conn: Connection, data: Mapping[str, Any]) -> list[RowMapping]:
    order = {entry["code"]: i for i, entry in enumerate(data["agencies"])}
    rows = conn.execute(select(AGENCY).where(AGENCY.c.code.in_(list(order)))).mappings()
    return sorted(rows, key=lambda row: order[row["code"]])


def _conflict_statement() -> Select[Any]:
    return (
        select(
            PLAN_CONFLICT,
            PERSON.c.name.label("ruled_by"),
            PERSON.c.post.label("ruled_by_post"),
            DOCUMENT.c.notation.label("document_notation"),
            DOCUMENT.c.issued_on.label("document_issued_on"),
            DOCUMENT.c.signer_name.label("document_signer"),
            DOCUMENT.c.capacity.label("document_capacity"),
        )
        .outerjoin(PERSON, PERSON.c.id == PLAN_CONFLICT.c.ruled_by_id)
        .outerjoin(DOCUMENT, DOCUMENT.c.id == PLAN_CONFLICT.c.document_id)
    )


def _tasks(
    conn: Connection,
    actor: ActorFacts,
    wanted: ColumnElement[bool],
    of_task: Mapping[int, list[RowMapping]],
) -> list[TaskLine]:
    """The tasks under this condition that are still in the plan."""
    parties: dict[int, list[Party]] = {}
    for p in conn.execute(
        select(
            TASK_PARTY.c.task_version_id,
            TASK_PARTY.c.role,
            AGENCY.c.code.label("agency_code"),
            AGENCY.c.name.label("agency_name"),
            AGENCY.c.short.label("agency_short"),
            AGENCY_GROUP.c.code.label("group_code"),
            AGENCY_GROUP.c.name.label("group_name"),
        )
        .join(TASK, TASK.c.current_version_id == TASK_PARTY.c.task_version_id)
        .outerjoin(AGENCY, AGENCY.c.id == TASK_PARTY.c.agency_id)
        .outerjoin(AGENCY_GROUP, AGENCY_GROUP.c.id == TASK_PARTY.c.group_id)
        .where(wanted)
        .order_by(TASK_PARTY.c.position)
    ).mappings():
        is_group = p["agency_code"] is None
        parties.setdefault(p["task_version_id"], []).append(
            Party(
                role=PartyRole(p["role"]),
                code=p["group_code"] if is_group else p["agency_code"],
                name=p["group_name"] if is_group else p["agency_name"],
                short=p["group_name"] if is_group else p["agency_short"],
                is_group=is_group,
            )
        )
    states: dict[int, dict[CycleState, int]] = {}
    for c in conn.execute(
        select(CYCLE.c.task_id, CYCLE.c.state, func.count().label("n"))
        .where(CYCLE.c.task_id.in_(select(TASK.c.id).where(wanted)), visible_cycles(actor))
        .group_by(CYCLE.c.task_id, CYCLE.c.state)
    ).mappings():
        states.setdefault(c["task_id"], {})[CycleState(c["state"])] = c["n"]
    rows = conn.execute(
        select(
            TASK,
            TASK_VERSION.c.number.label("version_number"),
            TASK_VERSION.c.title,
            TASK_VERSION.c.text,
            TASK_VERSION.c.lead_mode,
            TASK_VERSION.c.timing_kind,
            TASK_VERSION.c.timing_verbatim,
            TASK_VERSION.c.timing_start,
            TASK_VERSION.c.timing_due,
            TASK_VERSION.c.data,
        )
        .join(TASK_VERSION, TASK_VERSION.c.id == TASK.c.current_version_id)
        .where(wanted, TASK.c.ended_on.is_(None))
        .order_by(TASK.c.position)
    ).mappings()
    return [
        TaskLine(
            row=row,
            parties=tuple(parties.get(row["current_version_id"], ())),
            states=states.get(row["id"], {}),
            conflicts=tuple(of_task.get(row["id"], ())),
        )
        for row in rows
    ]


def _tree(
    conn: Connection, plan_id: int, data: Mapping[str, Any], tasks: Sequence[TaskLine]
) -> list[SectionNode]:
    named = {s["id"] for s in data["sections"]} | {c["clause"] for c in data["clauses"]}
    rows = [
        row
        for row in conn.execute(
            select(SECTION).where(SECTION.c.plan_id == plan_id).order_by(SECTION.c.position)
        ).mappings()
        if row["code"] in named
    ]
    of_clause: dict[str, list[TaskLine]] = {}
    for task in tasks:
        of_clause.setdefault(task.row["clause"], []).append(task)
    below: dict[str | None, list[RowMapping]] = {}
    for row in rows:
        parent = row["parent_code"] if row["parent_code"] in named else None
        below.setdefault(parent, []).append(row)

    def node(row: RowMapping) -> SectionNode:
        children = tuple(node(child) for child in below.get(row["code"], ()))
        return SectionNode(row, tuple(of_clause.get(row["code"], ())), children)

    return [node(row) for row in below.get(None, ())]


def _groups(conn: Connection, plan_id: int, data: Mapping[str, Any], on: date) -> list[GroupFound]:
    rows = _current(conn, AGENCY_GROUP, plan_id, data, "agency_groups")
    included = AGENCY_GROUP.alias("included")
    own = AGENCY_GROUP.alias("own")
    links = list(
        conn.execute(
            select(
                GROUP_MEMBER,
                AGENCY.c.code.label("agency_code"),
                AGENCY.c.name.label("agency_name"),
                AGENCY.c.short.label("agency_short"),
                included.c.code.label("group_code"),
                included.c.name.label("group_name"),
            )
            .join(own, own.c.id == GROUP_MEMBER.c.group_id)
            .outerjoin(AGENCY, AGENCY.c.id == GROUP_MEMBER.c.agency_id)
            .outerjoin(included, included.c.id == GROUP_MEMBER.c.included_group_id)
            .where(own.c.plan_id == plan_id)
            .order_by(GROUP_MEMBER.c.id)
        ).mappings()
    )
    facts: dict[int, list[Member]] = {}
    by_group: dict[int, list[RowMapping]] = {}
    codes = {link["agency_id"]: link["agency_code"] for link in links}
    for link in links:
        by_group.setdefault(link["group_id"], []).append(link)
        facts.setdefault(link["group_id"], []).append(
            Member(
                link["agency_id"], link["included_group_id"], link["valid_from"], link["valid_to"]
            )
        )
    groups = {gid: tuple(members) for gid, members in facts.items()}
    found: list[GroupFound] = []
    for row in rows:
        mine = by_group.get(row["id"], [])
        valid = [
            link
            for link in mine
            if link["valid_from"] <= on and (link["valid_to"] is None or on <= link["valid_to"])
        ]
        found.append(
            GroupFound(
                row=row,
                members=[link for link in valid if link["agency_id"] is not None],
                included=[link for link in valid if link["agency_id"] is None],
                all_codes=[codes[agency] for agency in expand(row["id"], groups, on)],
                past=[link for link in mine if link not in valid],
            )
        )
    return found


@dataclass(frozen=True)
class ConflictFound:
    """One disagreement of the document with all it touches."""

    row: RowMapping
    tasks: Sequence[RowMapping]
    indicators: Sequence[RowMapping]


def conflict_found(conn: Connection, conflict_id: int) -> ConflictFound:
    """A conflict by its id; NotFound when there is none."""
    row = (
        conn.execute(
            _conflict_statement()
            .add_columns(
                PLAN.c.code.label("plan_code"),
                PLAN.c.title.label("plan_title"),
                PLAN.c.standing_agency_id,
            )
            .join(PLAN, PLAN.c.id == PLAN_CONFLICT.c.plan_id)
            .where(PLAN_CONFLICT.c.id == conflict_id)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("plan_conflict")
    tasks = conn.execute(
        select(TASK.c.id, TASK.c.code, TASK_VERSION.c.title, TASK_VERSION.c.text)
        .join(CONFLICT_LINK, CONFLICT_LINK.c.task_id == TASK.c.id)
        .join(TASK_VERSION, TASK_VERSION.c.id == TASK.c.current_version_id)
        .where(CONFLICT_LINK.c.conflict_id == conflict_id)
        .order_by(TASK.c.position)
    ).mappings()
    indicators = conn.execute(
        select(INDICATOR)
        .join(CONFLICT_LINK, CONFLICT_LINK.c.indicator_id == INDICATOR.c.id)
        .where(CONFLICT_LINK.c.conflict_id == conflict_id)
        .order_by(INDICATOR.c.position)
    ).mappings()
    return ConflictFound(row, list(tasks), list(indicators))
