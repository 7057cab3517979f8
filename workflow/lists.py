"""Lists of what somebody may see: search, filters, one tally, one page. Columns, not objects.

The number of statements never depends on the number of rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement

from models.states import CycleState, Disposition, DueClass, PartyRole
from models.tables import AGENCY, CYCLE, CYCLE_PARTY, PLAN, TASK, TASK_VERSION
from workflow.access import visible_cycles, visible_leads
from workflow.law.deadlines import DUE_SOON_DAYS, OPEN_STATES, due_class
from workflow.law.facts import ActorFacts
from workflow.text import fold

PER_PAGE = 50
QUERY_LIMIT = 200


@dataclass(frozen=True)
class CycleFilter:
    """What a list of cycles is narrowed to; every field also stands in the URL."""

    q: str = ""
    plan_id: int | None = None
    plan: str | None = None
    year: int | None = None
    agency: str | None = None
    section: str | None = None
    task_id: int | None = None
    state: CycleState | None = None
    due: DueClass | None = None
    part: PartyRole | None = None
    sort: str = "due"


@dataclass(frozen=True)
class Page:
    """One page of a list: rows, how many there are in all, which page of how many."""

    rows: Sequence[RowMapping]
    total: int
    number: int
    tally: Mapping[str, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


# On hold, or ended by a document: the few whose row has to be read to be counted.
_ASIDE = CYCLE.c.disposition != Disposition.ACTIVE.value


def due_class_column(today: date) -> ColumnElement[str]:
    """law.deadlines.due_class() as SQL; a test compares the two on every combination."""
    soon = today + timedelta(days=DUE_SOON_DAYS)
    day = CYCLE.c.effective_due_on
    is_open = CYCLE.c.state.in_([s.value for s in OPEN_STATES])
    return case(
        (and_(~is_open, CYCLE.c.late_days > 0), DueClass.DONE_LATE.value),
        (~is_open, DueClass.DONE_ON_TIME.value),
        (or_(day.is_(None), _ASIDE), DueClass.NO_DEADLINE.value),
        (day < today, DueClass.OVERDUE.value),
        (day <= soon, DueClass.DUE_SOON.value),
        else_=DueClass.ON_TRACK.value,
    )


def words_match(
    query: str, *columns: tuple[ColumnElement[Any], Any, Any]
) -> list[ColumnElement[bool]]:
    """One condition per word: it stands in the folded text of any of the named tables.

    A column is (key in the list, table, key of the table); each table is searched once, whatever
    the length of the list.
    """
    conditions: list[ColumnElement[bool]] = []
    words = fold(query[:QUERY_LIMIT]).split()
    if query.strip() and not any(c.isalnum() for word in words for c in word):
        return [false()]  # only signs: nothing is called so
    for word in words:
        found = [
            key.in_(select(table_key).where(table.c.search.contains(word, autoescape=True)))
            for key, table, table_key in columns
        ]
        conditions.append(or_(*found))
    return conditions


def _conditions(actor: ActorFacts, f: CycleFilter, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [visible_cycles(actor)]
    found += words_match(
        f.q,
        (CYCLE.c.task_version_id, TASK_VERSION, TASK_VERSION.c.id),
        (CYCLE.c.agency_id, AGENCY, AGENCY.c.id),
    )
    if f.plan_id is not None:
        found.append(CYCLE.c.plan_id == f.plan_id)
    if f.plan:
        found.append(CYCLE.c.plan_id.in_(select(PLAN.c.id).where(PLAN.c.code == f.plan)))
    if f.year is not None:
        found.append(CYCLE.c.year == f.year)
    if f.task_id is not None:
        found.append(CYCLE.c.task_id == f.task_id)
    if f.section:
        inside = or_(
            TASK.c.section == f.section,
            TASK.c.clause == f.section,
            TASK.c.clause.startswith(f.section + ".", autoescape=True),
        )
        found.append(CYCLE.c.task_id.in_(select(TASK.c.id).where(inside)))
    if f.state is not None:
        found.append(CYCLE.c.state == f.state.value)
    if f.due is not None:
        found.append(due_class_column(today) == f.due.value)
    if f.agency:
        agency = select(AGENCY.c.id).where(AGENCY.c.code == f.agency).scalar_subquery()
        if f.part in (PartyRole.SUPPORTING, PartyRole.CO_LEAD):
            found.append(
                CYCLE.c.id.in_(
                    select(CYCLE_PARTY.c.cycle_id).where(
                        CYCLE_PARTY.c.agency_id == agency, CYCLE_PARTY.c.role == f.part.value
                    )
                )
            )
        else:
            found.append(CYCLE.c.agency_id == agency)
    return found


_LINE = (
    CYCLE.c.id,
    CYCLE.c.task_id,
    CYCLE.c.agency_id,
    CYCLE.c.kind,
    CYCLE.c.year,
    CYCLE.c.state,
    CYCLE.c.disposition,
    CYCLE.c.due_on,
    CYCLE.c.effective_due_on,
    CYCLE.c.reported_at,
    CYCLE.c.late_days,
    CYCLE.c.percent,
    CYCLE.c.return_count,
    CYCLE.c.resend_by,
    CYCLE.c.objection,
    CYCLE.c.extension_asked,
    CYCLE.c.changed_at,
    CYCLE.c.version,
    TASK.c.code.label("task_code"),
    TASK_VERSION.c.title.label("task_title"),
    AGENCY.c.code.label("agency_code"),
    AGENCY.c.short.label("agency_short"),
    AGENCY.c.name.label("agency_name"),
    AGENCY.c.is_asked,
    PLAN.c.code.label("plan_code"),
    PLAN.c.standing_agency_id,
)

# Both databases read ix_cycle_year_due in this order, without sorting.
_DAY = CYCLE.c.effective_due_on.nulls_last()
# Within a day cycles stand as they were opened, which is the order of the plan: sorting thousands
# by columns of other tables means joining thousands to show fifty.
SORTS: dict[str, tuple[ColumnElement[Any], ...]] = {
    "due": (_DAY,),
    "task": (TASK.c.position, CYCLE.c.year, AGENCY.c.position),
    "agency": (AGENCY.c.position, TASK.c.position, CYCLE.c.year),
    "state": (CYCLE.c.state, _DAY),
    "changed": (CYCLE.c.changed_at.desc(),),
}


def lines(today: date) -> Any:
    """The select of one line of a list; conditions and order are the caller's."""
    return (
        select(*_LINE, due_class_column(today).label("due_class"))
        .join(TASK, TASK.c.id == CYCLE.c.task_id)
        .join(TASK_VERSION, TASK_VERSION.c.id == CYCLE.c.task_version_id)
        .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .join(PLAN, PLAN.c.id == CYCLE.c.plan_id)
    )


def cycles(conn: Connection, actor: ActorFacts, f: CycleFilter, today: date, page: int = 1) -> Page:
    """One page of cycles, and a tally of the whole filter by due class and by state."""
    conditions = _conditions(actor, f, today)
    tally = _tally(conn, conditions, today)
    total = sum(tally.get(state.value, 0) for state in CycleState)
    number = min(max(1, page), max(1, -(-total // PER_PAGE)))
    order = (*SORTS.get(f.sort, SORTS["due"]), CYCLE.c.id)
    chosen = select(CYCLE.c.id)
    if f.sort in ("task", "agency"):
        chosen = chosen.join(TASK, TASK.c.id == CYCLE.c.task_id).join(
            AGENCY, AGENCY.c.id == CYCLE.c.agency_id
        )
    chosen = chosen.where(*conditions).order_by(*order).limit(PER_PAGE)
    shown = chosen.offset((number - 1) * PER_PAGE).subquery()
    rows = conn.execute(
        lines(today).join(shown, shown.c.id == CYCLE.c.id).order_by(*order)
    ).mappings()
    return Page(list(rows), total, number, tally)


def _tally(
    conn: Connection, conditions: Sequence[ColumnElement[bool]], today: date
) -> dict[str, int]:
    """How many there are of each state and each due class.

    Counted by the columns of ix_cycle_tally in their order, so that neither database sorts; the
    law then says what each day means, and what it does not mean for those on hold or ended.
    """
    what = (CYCLE.c.year, CYCLE.c.state, CYCLE.c.effective_due_on, CYCLE.c.late_days)
    counted = select(*what, func.count().label("n")).where(*conditions).group_by(*what)
    tally: dict[str, int] = {}

    def add(word: str, n: int) -> None:
        tally[word] = tally.get(word, 0) + n

    for _year, state, due_on, late_days, n in conn.execute(counted):
        add(state, n)
        add(due_class(CycleState(state), due_on, late_days, today).value, n)
    aside = select(*what, CYCLE.c.disposition).where(*conditions, _ASIDE)
    for _year, state, due_on, late_days, disposition in conn.execute(aside):
        told = (CycleState(state), due_on, late_days, today)
        add(due_class(*told).value, -1)
        add(due_class(*told, Disposition(disposition)).value, 1)
    return tally


def all_cycles(
    conn: Connection, actor: ActorFacts, f: CycleFilter, today: date
) -> list[RowMapping]:
    """Every cycle of a filter, for the command line and for exports."""
    statement = lines(today).where(*_conditions(actor, f, today))
    order = (TASK.c.position, CYCLE.c.year, AGENCY.c.position, CYCLE.c.id)
    return list(conn.execute(statement.order_by(*order)).mappings())


def years(conn: Connection, actor: ActorFacts) -> list[int]:
    """Years that have cycles this person may see."""
    first, last = conn.execute(
        select(
            select(func.min(CYCLE.c.year)).scalar_subquery(),
            select(func.max(CYCLE.c.year)).scalar_subquery(),
        )
    ).one()
    if first is None:
        return []
    # A look for each year, not a walk through all cycles.
    every = union_all(*(select(literal(year).label("year")) for year in range(first, last + 1)))
    asked = every.subquery()
    there = select(CYCLE.c.id).where(CYCLE.c.year == asked.c.year, visible_cycles(actor))
    return sorted(conn.execute(select(asked.c.year).where(there.exists())).scalars())


def lead_agencies(conn: Connection, actor: ActorFacts) -> list[RowMapping]:
    """Agencies that lead a cycle this person may see, in protocol order (for the filter)."""
    found = select(AGENCY.c.code, AGENCY.c.short).where(visible_leads(actor))
    return list(conn.execute(found.order_by(AGENCY.c.position)).mappings())


def agency_short(conn: Connection, agency_id: int) -> str:
    """What an agency is called in short."""
    return conn.execute(select(AGENCY.c.short).where(AGENCY.c.id == agency_id)).scalar_one()
