"""Lines under the bell, with what they are about and whether they are still true."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, select

from models.states import Anchor, CycleState, Disposition
from models.tables import (
    AGENCY,
    ALERT,
    CYCLE,
    CYCLE_SPAN,
    EXPLANATION,
    LADDER_RUNG,
    NOTICE,
    PLAN,
    SUPPORT_REQUEST,
    TASK,
    TASK_VERSION,
)
from notifications.plan import ABOUT_EXPLANATION, ABOUT_SUPPORT, ANSWERS, TELLINGS
from workflow.law.calendar import WorkCalendar
from workflow.law.deadlines import OPEN_STATES, local_day
from workflow.law.ladder import answer_due, days_to_tell, in_words
from workflow.law.rules import Post
from workflow.rungs import as_a_wish
from workflow.workdays import calendar_of


@dataclass(frozen=True)
class Line:
    """One thing to tell somebody."""

    id: int
    person_id: int
    key: str
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
    # Of a rung: from where it counts, its words before the number is filled in, the number.
    anchor: Anchor | None = None
    pattern: str = ""
    days: int = 0
    alert_id: int | None = None
    # The rung tells the leaders of the province too.
    for_leaders: bool = False

    @property
    def is_overdue(self) -> bool:
        return self.anchor is Anchor.AFTER


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
            LADDER_RUNG.c.anchor,
            LADDER_RUNG.c.posts,
            ALERT.c.position,
            ALERT.c.id.label("found_alert"),
            ALERT.c.due_on.label("alert_due_on"),
            ALERT.c.superseded_on,
            CYCLE_SPAN.c.until_on,
            CYCLE.c.disposition,
            func.coalesce(SUPPORT_REQUEST.c.due_on, EXPLANATION.c.answer_by).label("answer_by"),
            func.coalesce(SUPPORT_REQUEST.c.answered_at, EXPLANATION.c.answered_at).label(
                "answered_at"
            ),
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
            SUPPORT_REQUEST,
            and_(
                SUPPORT_REQUEST.c.id == NOTICE.c.asked_id, NOTICE.c.name.startswith(ABOUT_SUPPORT)
            ),
        )
        .outerjoin(
            EXPLANATION,
            and_(
                EXPLANATION.c.id == NOTICE.c.asked_id, NOTICE.c.name.startswith(ABOUT_EXPLANATION)
            ),
        )
        .outerjoin(
            LADDER_RUNG,
            and_(LADDER_RUNG.c.plan_id == CYCLE.c.plan_id, LADDER_RUNG.c.code == NOTICE.c.name),
        )
    )


def _lines(conn: Connection, wanted: Select[Any], today: date) -> list[Line]:
    """These lines as they are told on this day."""
    rows, calendar = list(conn.execute(wanted).mappings()), calendar_of(conn)
    return [_line(row, calendar, today) for row in rows]


def _line(row: RowMapping, calendar: WorkCalendar, today: date) -> Line:
    telling = TELLINGS.get(row["name"])
    anchor, pattern, days = None, "", 0
    if row["alert_id"] is not None:
        is_true = (
            row["found_alert"] is not None
            and row["superseded_on"] is None
            and row["until_on"] is None
        )
        text, due_on = row["rung_text"] or row["name"], row["alert_due_on"]
        if row["anchor"] and due_on:
            anchor, pattern = Anchor(row["anchor"]), as_a_wish(text, bool(row["is_asked"]))
            # What is over is shown as it was told.
            told_on = today if is_true else local_day(row["at"])
            days = days_to_tell(anchor, due_on, calendar, told_on)
            text = in_words(pattern, days, due_on)
    elif row["asked_id"] is not None:
        text, due_on = ANSWERS[row["name"]], row["answer_by"]
        is_true = _is_owed(row, calendar, today)
        pattern, days = text, max(0, (today - due_on).days)
        text = in_words(text, days, due_on)
    else:
        while_ = telling.true_while if telling else None
        is_true = while_ is None or CycleState(row["state"]) in while_
        text, due_on = row["text"], row["effective_due_on"]
    return Line(
        id=row["id"],
        person_id=row["person_id"],
        key=row["key"],
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
        anchor=anchor,
        pattern=pattern,
        days=days,
        alert_id=row["alert_id"],
        for_leaders=Post.CHAIRMAN in (row["posts"] or ()),
    )


def _is_owed(row: RowMapping, calendar: WorkCalendar, today: date) -> bool:
    """Whether this rung still says how things stand with an answer."""
    if row["answered_at"] is not None or row["disposition"] != Disposition.ACTIVE:
        return False
    if row["name"].startswith(ABOUT_SUPPORT) and CycleState(row["state"]) not in OPEN_STATES:
        return False
    now = answer_due(row["answer_by"], calendar, today)
    return now is not None and row["name"].endswith(f"_{now.rung}")


def of_person(
    conn: Connection, person_id: int, today: date, limit: int, offset: int = 0
) -> list[Line]:
    """The newest lines first."""
    wanted = _statement().where(NOTICE.c.person_id == person_id).order_by(NOTICE.c.id.desc())
    return _lines(conn, wanted.limit(limit).offset(offset), today)


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


def not_mailed(conn: Connection, today: date, is_urgent: bool | None = None) -> list[Line]:
    """What no mail has carried yet."""
    urgent = [] if is_urgent is None else [NOTICE.c.is_urgent == is_urgent]
    wanted = _statement().where(NOTICE.c.message_id.is_(None), *urgent).order_by(NOTICE.c.id)
    return _lines(conn, wanted, today)


def of_message(conn: Connection, message_id: int, today: date) -> list[Line]:
    """What a mail carries."""
    wanted = _statement().where(NOTICE.c.message_id == message_id).order_by(NOTICE.c.id)
    return _lines(conn, wanted, today)


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
