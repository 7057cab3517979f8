"""The own days of what was asked: support and explanations; who owes the answer is reminded."""

from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    String,
    Table,
    and_,
    cast,
    column,
    literal,
    or_,
    select,
    values,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

from models.base import Moment
from models.states import Disposition, Role
from models.tables import CYCLE, EXPLANATION, MEMBERSHIP, NOTICE, PERSON, SUPPORT_REQUEST
from workflow.door import Transaction
from workflow.law.calendar import DAY
from workflow.law.deadlines import OPEN_STATES, end_of_day
from workflow.law.ladder import Firing, answer_due
from workflow.workdays import calendar_of

WHO_SUPPORTS = (Role.HEAD, Role.OFFICER)
WHO_EXPLAINS = (Role.HEAD,)


def remind_of_answers(tx: Transaction, today: date) -> None:
    """Lines under the bells of who owes an answer, for the rung that is true now.

    As with the ladder of a deadline: one line a rung, also after a silence, and for whoever holds
    the post by then.
    """
    open_cycle = and_(
        CYCLE.c.state.in_([s.value for s in OPEN_STATES]),
        CYCLE.c.disposition == Disposition.ACTIVE.value,
    )
    _remind(
        tx, "support", SUPPORT_REQUEST, SUPPORT_REQUEST.c.due_on, SUPPORT_REQUEST.c.agency_id,
        WHO_SUPPORTS, open_cycle, today,
    )  # fmt: skip
    _remind(
        tx, "explanation", EXPLANATION, EXPLANATION.c.answer_by, CYCLE.c.agency_id,
        WHO_EXPLAINS, CYCLE.c.disposition == Disposition.ACTIVE.value, today,
    )  # fmt: skip


def _fired(firings: list[Firing]) -> Any:
    """(day of the answer, rung, first minute of the rung's day) as a set."""
    return (
        values(
            column("due_on", Date),
            column("rung", String),
            column("begins", Moment),
            name="fired",
        )
        .data([(f.due_on, f.rung, end_of_day(f.fires_on - DAY)) for f in firings])
        .cte("fired")
    )


def _remind(
    tx: Transaction,
    kind: str,
    asked: Table,
    answer_by: ColumnElement[date],
    agency_id: ColumnElement[int],
    roles: tuple[Role, ...],
    still: ColumnElement[bool],
    today: date,
) -> None:
    calendar = calendar_of(tx.conn)
    waits = asked.c.answered_at.is_(None)
    days = tx.conn.execute(select(answer_by).where(waits).distinct()).scalars()
    fired = [found for day in days if (found := answer_due(day, calendar, today))]
    if not fired:
        return
    dialect = postgresql if tx.conn.dialect.name == "postgresql" else sqlite
    f = _fired(fired)
    due_on: Any = f.c.due_on
    begins: Any = f.c.begins
    if dialect is postgresql:
        due_on, begins = cast(due_on, Date), cast(begins, Moment)
    name = literal(f"{kind}_") + f.c.rung
    key = name + ":" + cast(asked.c.id, String)
    told = select(NOTICE.c.id).where(
        NOTICE.c.person_id == MEMBERSHIP.c.person_id, NOTICE.c.key == key
    )
    lines = (
        select(
            MEMBERSHIP.c.person_id,
            key,
            name,
            asked.c.cycle_id,
            asked.c.id,
            literal(""),
            literal(False),
            literal(tx.now),
            literal(1),
        )
        .distinct()
        .select_from(asked)
        .join(CYCLE, CYCLE.c.id == asked.c.cycle_id)
        .join(f, due_on == answer_by)
        .join(MEMBERSHIP, MEMBERSHIP.c.agency_id == agency_id)
        .join(PERSON, PERSON.c.id == MEMBERSHIP.c.person_id)
        .where(
            waits,
            still,
            # Asked on the day of the rung or after it: he has just been told of the question.
            asked.c.asked_at < begins,
            MEMBERSHIP.c.role.in_([r.value for r in roles]),
            MEMBERSHIP.c.valid_from <= today,
            or_(MEMBERSHIP.c.valid_to.is_(None), MEMBERSHIP.c.valid_to >= today),
            PERSON.c.locked_at.is_(None),
            ~told.correlate(MEMBERSHIP, asked, f).exists(),
        )
    )
    columns = [
        "person_id", "key", "name", "cycle_id", "asked_id", "text", "is_urgent", "at", "version"
    ]  # fmt: skip
    fresh = dialect.insert(NOTICE).from_select(columns, lines).on_conflict_do_nothing()
    tx.conn.execute(fresh)
