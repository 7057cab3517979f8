"""Reading the log as somebody: which entries exist for him, and the filters over them.

Inspectors, VP UBND and the chairman see all acts; agencies what was done to the cycles they see
and what they did themselves; the administrator acts on accounts and nothing of the plan. Work on
a draft is the lead agency's own, and the inspectors'; inspections are the inspectors' own.
"""

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    false,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from models.states import Role
from models.tables import (
    AGENCY,
    AGENCY_GROUP,
    AUDIT_ENTRY,
    AUDIT_WORDS,
    CYCLE,
    DOCUMENT,
    INDICATOR,
    LEDGER_PLACE,
    PERSON,
    PLAN,
    TASK,
)
from workflow import finding
from workflow.access import SEES_ALL, visible_cycles, work_agencies
from workflow.commands.records import READING, REFUSAL
from workflow.law.deadlines import end_of_day
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts

PAGE = 50
# Work on a report that is not sent yet.
DRAFTING = ("save_draft", "present_draft", "attach_file", "detach_file")
# Whom an inspection looks at, and what it asked for, is the inspectors' own until they say so.
# Who was refused what and who took what away is theirs too, and everybody's of himself.
INSPECTORS_OWN = ("inspection", REFUSAL, READING)
# What inspectors look for and take away names the same; what others take is everybody's to know.
INSPECTING = ("search_log", "take_export")
ABOUT = ("plan", "accounts")
# About the plan as a whole: known to everybody who has business in it.
OF_THE_PLAN = ("plan", "plan_conflict")
# What a row that another points to is called.
NAMED_BY = {
    "agency": AGENCY.c.short,
    "agency_group": AGENCY_GROUP.c.name,
    "document": DOCUMENT.c.notation,
    "indicator": INDICATOR.c.code,
    "person": PERSON.c.name,
    "plan": PLAN.c.code,
    "task": TASK.c.code,
}

E = AUDIT_ENTRY.c


def visible(actor: ActorFacts) -> ColumnElement[bool]:
    """The condition under which an entry exists for this person."""
    if Role.SYSTEM in actor.roles or Role.INSPECTOR in actor.roles:
        return true()
    if actor.roles == {Role.ADMIN}:
        return E.object_kind == "person"
    mine = sorted(
        {m.agency_code for m in actor.memberships if m.agency_id in set(work_agencies(actor))}
    )
    own_drafts = E.agency_code.in_(mine) if mine else false()
    open_to_others = and_(
        E.object_kind.not_in(INSPECTORS_OWN),
        or_(E.command.not_in(INSPECTING), E.role != Role.INSPECTOR.value),
        or_(E.command.not_in(DRAFTING), own_drafts),
    )
    if actor.roles & SEES_ALL:
        return open_to_others
    about_me = [
        E.actor_id == actor.person_id,
        and_(E.object_kind == "person", E.object_id == actor.person_id),
    ]
    if not actor.roles:
        return or_(*about_me)
    seen = [*about_me, E.object_kind.in_(OF_THE_PLAN)]
    if Role.ADMIN in actor.roles:
        seen.append(E.object_kind == "person")
    if mine:
        seen.append(and_(E.agency_code.in_(mine), E.object_kind != "person", open_to_others))
        cycles = select(CYCLE.c.id).where(visible_cycles(actor))
        seen.append(and_(E.object_kind == "cycle", E.object_id.in_(cycles), open_to_others))
    # In one piece, or SQLite gathers all rows of each branch and sorts them; like this it walks
    # the log from its end and stops at a page.
    return case((or_(*seen), 1), else_=0) == 1


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for in the log."""

    about: str | None = None  # "plan": the plan's work; "accounts": people and their sign-ins
    who: str | None = None
    agency: str | None = None
    task: str | None = None
    command: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    words: str | None = None  # anywhere in what the entry says
    before: int | None = None


@dataclass(frozen=True)
class Page:
    """Entries, newest first; `older` is the entry to continue before."""

    rows: Sequence[RowMapping]
    older: int | None


def search(conn: Connection, actor: ActorFacts, wanted: Wanted) -> Page:
    """One page of the log. Continues after an entry instead of counting, so it never slows."""
    rows = list(
        conn.execute(
            _newest_first(_asked(conn, actor, wanted, AUDIT_ENTRY)).limit(PAGE + 1)
        ).mappings()
    )
    return Page(rows[:PAGE], rows[PAGE - 1]["id"] if len(rows) > PAGE else None)


def taken_out(conn: Connection, actor: ActorFacts, wanted: Wanted) -> Iterator[RowMapping]:
    """Every entry that answers, newest first, with its place in the log; read piece by piece."""
    statement = _newest_first(
        _asked(conn, actor, wanted, AUDIT_ENTRY, LEDGER_PLACE.c.position)
    ).outerjoin(LEDGER_PLACE, LEDGER_PLACE.c.entry_uid == E.uid)
    yield from conn.execution_options(yield_per=500).execute(statement).mappings()


def _newest_first(statement: Select[tuple[Any, ...]]) -> Select[tuple[Any, ...]]:
    return statement.order_by(E.at.desc(), E.id.desc())


def _asked(
    conn: Connection, actor: ActorFacts, wanted: Wanted, *columns: Any
) -> Select[tuple[Any, ...]]:
    statement = select(*columns).select_from(AUDIT_ENTRY).where(visible(actor))
    if wanted.about in ABOUT:
        is_account = E.object_kind == "person"
        statement = statement.where(is_account if wanted.about == "accounts" else ~is_account)
    if wanted.agency:
        statement = statement.where(E.agency_code == wanted.agency)
    if wanted.command:
        statement = statement.where(E.command == wanted.command)
    if wanted.task:
        statement = statement.where(_of_task(wanted.task))
    if wanted.first_day:
        statement = statement.where(E.at >= end_of_day(wanted.first_day - timedelta(days=1)))
    if wanted.last_day:
        statement = statement.where(E.at < end_of_day(wanted.last_day))
    if wanted.who or wanted.words:
        statement = statement.where(_found(wanted.who or "", wanted.words or ""))
    if wanted.before is not None:
        statement = _continued(conn, statement, wanted.before)
    return statement


def _continued(
    conn: Connection, statement: Select[tuple[Any, ...]], entry_id: int
) -> Select[tuple[Any, ...]]:
    at: datetime | None = conn.execute(select(E.at).where(E.id == entry_id)).scalar()
    if at is None:
        raise NotFound("audit_entry")
    return statement.where(or_(E.at < at, and_(E.at == at, E.id < entry_id)))


def _found(who: str, words: str) -> ColumnElement[bool]:
    """The name as it was or on whose behalf, and words anywhere; marks do not matter."""
    found = []
    for column, typed in ((AUDIT_WORDS.c.who, who), (AUDIT_WORDS.c.words, words)):
        if typed:
            wanted = finding.looked_for(typed)
            # Only signs: nothing is called so.
            found.append(column.contains(wanted) if wanted else false())
    return E.uid.in_(select(AUDIT_WORDS.c.entry_uid).where(*found))


def _of_task(code: str) -> ColumnElement[bool]:
    cycles = select(CYCLE.c.id).join(TASK, TASK.c.id == CYCLE.c.task_id).where(TASK.c.code == code)
    return and_(E.object_kind == "cycle", E.object_id.in_(cycles))


def of_object(
    conn: Connection, actor: ActorFacts, kind: str, object_id: int, limit: int = PAGE
) -> list[RowMapping]:
    """The last entries about one object."""
    return list(
        conn.execute(
            select(AUDIT_ENTRY)
            .where(E.object_kind == kind, E.object_id == object_id, visible(actor))
            .order_by(E.at.desc(), E.id.desc())
            .limit(limit)
        ).mappings()
    )


def in_order(
    conn: Connection,
    actor: ActorFacts,
    kind: str | None = None,
    object_id: int | None = None,
    limit: int | None = None,
) -> Iterator[RowMapping]:
    """The log from its beginning, or its last `limit` entries; read piece by piece."""
    statement = select(AUDIT_ENTRY).where(visible(actor))
    if kind is not None:
        statement = statement.where(E.object_kind == kind, E.object_id == object_id)
    if limit is not None:
        last = statement.order_by(E.id.desc()).limit(limit).subquery()
        statement = select(last)
        order = last.c.id
    else:
        order = E.id
    yield from conn.execution_options(yield_per=500).execute(statement.order_by(order)).mappings()


def entry_for(conn: Connection, actor: ActorFacts, entry_id: int) -> RowMapping:
    """One entry; NotFound when it does not exist for this person."""
    row = (
        conn.execute(select(AUDIT_ENTRY).where(E.id == entry_id, visible(actor))).mappings().first()
    )
    if row is None:
        raise NotFound("audit_entry")
    return row


@dataclass(frozen=True)
class Change:
    """One column of one row, before and after; None where there was nothing."""

    table: str
    row_id: int
    column: str
    before: str | None
    after: str | None


def changes_of(entry: RowMapping | Mapping[str, Any]) -> list[Change]:
    """Every column this act changed, as the body says it."""
    found = []
    for change in json.loads(entry["body"])["changes"]:
        before, after = change.get("before", {}), change.get("after", {})
        for column in sorted(before | after):
            found.append(
                Change(
                    change["table"],
                    change["id"],
                    column,
                    written(before.get(column)),
                    written(after.get(column)),
                )
            )
    return found


def written(value: Any) -> str | None:
    """A value of a body as text, which is how it is compared and shown."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def names_of(conn: Connection, wanted: Mapping[str, Set[int]]) -> dict[tuple[str, int], str]:
    """What rows are called today, by table and number; asked in one statement, or in none."""
    asked = [
        select(literal(table), name.table.c.id, name).where(name.table.c.id.in_(wanted[table]))
        for table, name in NAMED_BY.items()
        if wanted.get(table)
    ]
    if not asked:
        return {}
    return {(table, row_id): name for table, row_id, name in conn.execute(union_all(*asked))}
