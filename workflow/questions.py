"""What people ask of each other about a cycle, as conditions and columns on `cycle`.

Each question has its own words and its own day: an extension, an explanation, a part asked of a
supporting agency, an urging. Nothing here asks the database; lists put it into their one statement.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, func, select, true
from sqlalchemy.sql.elements import ColumnElement

from models.states import ExtensionStatus, ReportStatus
from models.tables import AGENCY, CYCLE, EXPLANATION, EXTENSION, REPORT, SUPPORT_REQUEST, URGING


@dataclass(frozen=True)
class Question:
    """Which cycles it stands open on, in which words, and by when it wants its answer."""

    where: ColumnElement[bool]
    said: ColumnElement[Any]
    by: ColumnElement[Any]
    number: ColumnElement[Any]

    def of(self, narrower: ColumnElement[bool]) -> "Question":
        """The same question on fewer cycles."""
        return replace(self, where=and_(self.where, narrower))

    def columns(self) -> tuple[ColumnElement[Any], ...]:
        """What a list shows of it beside the cycle."""
        return (self.said.label("said"), self.by.label("by"), self.number.label("number"))


def _one(wanted: Select[Any]) -> ColumnElement[Any]:
    return wanted.limit(1).correlate(CYCLE).scalar_subquery()


def why_returned() -> ColumnElement[Any]:
    """The reason of the last return, while the report it sent back is awaited."""
    last = (
        select(REPORT.c.return_reason)
        .where(
            REPORT.c.cycle_id == CYCLE.c.id,
            REPORT.c.status == ReportStatus.RETURNED.value,
            CYCLE.c.resend_by.is_not(None),
        )
        .order_by(REPORT.c.number.desc())
    )
    return _one(last).label("said")


def extension(not_by: int | None = None) -> Question:
    """A later day is asked for, by somebody else; to be decided before the day it is about."""
    asked = EXTENSION.c.status == ExtensionStatus.ASKED.value
    if not_by is not None:
        asked = and_(asked, EXTENSION.c.asked_by_id != not_by)
    mine = and_(EXTENSION.c.cycle_id == CYCLE.c.id, asked)
    return Question(
        CYCLE.c.id.in_(select(EXTENSION.c.cycle_id).where(asked)),
        said=_one(select(EXTENSION.c.reason).where(mine)),
        by=CYCLE.c.effective_due_on,
        number=_one(select(EXTENSION.c.number).where(mine)),
    )


def explanation(before: date | None = None) -> Question:
    """A leader wants to know why; with `before`, only what should have been answered by then."""
    waiting = EXPLANATION.c.answered_at.is_(None)
    mine = and_(EXPLANATION.c.cycle_id == CYCLE.c.id, waiting)
    late = true() if before is None else EXPLANATION.c.answer_by < before
    return Question(
        CYCLE.c.id.in_(select(EXPLANATION.c.cycle_id).where(waiting, late)),
        said=_one(select(EXPLANATION.c.question).where(mine)),
        by=CYCLE.c.explanation_by,
        number=_one(select(func.count()).where(EXPLANATION.c.cycle_id == CYCLE.c.id)),
    )


def support_of(agencies: Collection[int]) -> Question:
    """The lead wants a part from one of these agencies."""
    waiting = and_(
        SUPPORT_REQUEST.c.agency_id.in_(agencies), SUPPORT_REQUEST.c.answered_at.is_(None)
    )
    return _support(waiting, SUPPORT_REQUEST.c.text)


def silence(today: date) -> Question:
    """An agency has not given its part by its day, and the lead has not yet recorded that.

    Its words are the name of the agency.
    """
    waiting = and_(
        SUPPORT_REQUEST.c.answered_at.is_(None),
        SUPPORT_REQUEST.c.missed_at.is_(None),
        SUPPORT_REQUEST.c.due_on < today,
    )
    return _support(waiting, AGENCY.c.name)


def _support(waiting: ColumnElement[bool], said: ColumnElement[Any]) -> Question:
    """The earliest of these requests speaks for its cycle."""
    mine = and_(SUPPORT_REQUEST.c.cycle_id == CYCLE.c.id, waiting)
    order = (SUPPORT_REQUEST.c.due_on, SUPPORT_REQUEST.c.id)
    asked_of = select(said).join(AGENCY, AGENCY.c.id == SUPPORT_REQUEST.c.agency_id)
    return Question(
        CYCLE.c.id.in_(select(SUPPORT_REQUEST.c.cycle_id).where(waiting)),
        said=_one(asked_of.select_from(SUPPORT_REQUEST).where(mine).order_by(*order)),
        by=_one(select(SUPPORT_REQUEST.c.due_on).where(mine).order_by(*order)),
        number=_one(select(func.count()).select_from(SUPPORT_REQUEST).where(mine)),
    )


def unheard(today: date) -> Question:
    """The last urging wanted an answer by a day that has passed, and no report has come since."""
    later = URGING.alias("later")
    is_last = ~exists().where(
        later.c.cycle_id == URGING.c.cycle_id, later.c.number > URGING.c.number
    )
    reported = exists().where(
        REPORT.c.cycle_id == URGING.c.cycle_id,
        REPORT.c.submitted_at > URGING.c.at,
        REPORT.c.status != ReportStatus.WITHDRAWN.value,
    )
    mine = URGING.c.cycle_id == CYCLE.c.id
    order = URGING.c.number.desc()
    return Question(
        CYCLE.c.id.in_(
            select(URGING.c.cycle_id).where(URGING.c.answer_by < today, is_last, ~reported)
        ),
        said=_one(select(URGING.c.message).where(mine).order_by(order)),
        by=_one(select(URGING.c.answer_by).where(mine).order_by(order)),
        number=_one(select(func.max(URGING.c.number)).where(mine)),
    )
