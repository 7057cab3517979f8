"""Lines under the bell, with what they are about and whether they are still true."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Select, and_, func, select

from models.states import CycleState
from models.tables import (
    AGENCY,
    ALERT,
    CYCLE,
    CYCLE_SPAN,
    LADDER_RUNG,
    NOTICE,
    PLAN,
    TASK,
    TASK_VERSION,
)
from notifications.plan import TELLINGS


@dataclass(frozen=True)
class Line:
    """One thing to tell somebody."""

    id: int
    person_id: int
    name: str
    text: str
    at: datetime
    read_at: datetime | None
    is_urgent: bool
    is_true: bool
    cycle_id: int | None
    task_id: int | None
    task_code: str
    task_title: str
    agency_short: str
    is_asked: bool
    plan_code: str
    due_on: date | None
    position: int

    @property
    def is_overdue(self) -> bool:
        return self.name.startswith("overdue") or self.name == "leadership"


def _statement() -> Select[tuple[object, ...]]:
    return (
        select(
            NOTICE,
            CYCLE.c.task_id,
            CYCLE.c.state,
            CYCLE.c.effective_due_on,
            TASK.c.code.label("task_code"),
            TASK_VERSION.c.title.label("task_title"),
            AGENCY.c.short.label("agency_short"),
            AGENCY.c.is_asked,
            PLAN.c.code.label("plan_code"),
            LADDER_RUNG.c.text.label("rung_text"),
            LADDER_RUNG.c.position,
            ALERT.c.id.label("found_alert"),
            ALERT.c.due_on.label("alert_due_on"),
            ALERT.c.superseded_on,
            CYCLE_SPAN.c.until_on,
        )
        # Outer: what is told of the log is no cycle's.
        .outerjoin(CYCLE, CYCLE.c.id == NOTICE.c.cycle_id)
        .outerjoin(TASK, TASK.c.id == CYCLE.c.task_id)
        .outerjoin(TASK_VERSION, TASK_VERSION.c.id == CYCLE.c.task_version_id)
        .outerjoin(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .outerjoin(PLAN, PLAN.c.id == CYCLE.c.plan_id)
        .outerjoin(ALERT, ALERT.c.id == NOTICE.c.alert_id)
        .outerjoin(CYCLE_SPAN, CYCLE_SPAN.c.id == ALERT.c.span_id)
        .outerjoin(
            LADDER_RUNG,
            and_(LADDER_RUNG.c.plan_id == CYCLE.c.plan_id, LADDER_RUNG.c.code == NOTICE.c.name),
        )
    )


def _line(r: object) -> Line:
    row = r._mapping  # type: ignore[attr-defined]
    telling = TELLINGS.get(row["name"])
    if row["alert_id"] is not None:
        is_true = (
            row["found_alert"] is not None
            and row["superseded_on"] is None
            and row["until_on"] is None
        )
        text, due_on = row["rung_text"] or row["name"], row["alert_due_on"]
    else:
        while_ = telling.true_while if telling else None
        is_true = while_ is None or CycleState(row["state"]) in while_
        text, due_on = row["text"], row["effective_due_on"]
    return Line(
        id=row["id"],
        person_id=row["person_id"],
        name=row["name"],
        text=text,
        at=row["at"],
        read_at=row["read_at"],
        is_urgent=row["is_urgent"],
        is_true=is_true,
        cycle_id=row["cycle_id"],
        task_id=row["task_id"],
        task_code=row["task_code"] or "",
        task_title=row["task_title"] or "",
        agency_short=row["agency_short"] or "",
        is_asked=bool(row["is_asked"]),
        plan_code=row["plan_code"] or "",
        due_on=due_on,
        position=row["position"] or 0,
    )


def of_person(conn: Connection, person_id: int, limit: int, offset: int = 0) -> list[Line]:
    """The newest lines first."""
    rows = conn.execute(
        _statement()
        .where(NOTICE.c.person_id == person_id)
        .order_by(NOTICE.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_line(r) for r in rows]


def unread(conn: Connection, person_id: int) -> int:
    """The figure at the bell."""
    return conn.execute(
        select(func.count())
        .select_from(NOTICE)
        .where(NOTICE.c.person_id == person_id, NOTICE.c.read_at.is_(None))
    ).scalar_one()


def total(conn: Connection, person_id: int) -> int:
    return conn.execute(
        select(func.count()).select_from(NOTICE).where(NOTICE.c.person_id == person_id)
    ).scalar_one()


def not_mailed(conn: Connection, is_urgent: bool | None = None) -> list[Line]:
    """What no mail has carried yet."""
    urgent = [] if is_urgent is None else [NOTICE.c.is_urgent == is_urgent]
    rows = conn.execute(
        _statement().where(NOTICE.c.message_id.is_(None), *urgent).order_by(NOTICE.c.id)
    )
    return [_line(r) for r in rows]


def of_messages(conn: Connection, message_ids: Sequence[int]) -> dict[int, list[Line]]:
    """What each mail carries."""
    found: dict[int, list[Line]] = {m: [] for m in message_ids}
    rows = conn.execute(
        _statement().where(NOTICE.c.message_id.in_(message_ids)).order_by(NOTICE.c.id)
    )
    for r in rows:
        found[r._mapping["message_id"]].append(_line(r))
    return found


def by_harm(lines: Iterable[Line]) -> list[Line]:
    """What is no cycle's first; overdue before what is coming, the oldest first; then news."""
    return sorted(
        lines,
        key=lambda n: (
            n.cycle_id is not None,
            -n.position,
            n.due_on or date.max,
            n.task_code,
            n.id,
        ),
    )
