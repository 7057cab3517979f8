"""Indicators with their values and verdicts, as they were known at any moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from models.states import LABELS, Judgement, ValueKind
from models.tables import (
    AGENCY,
    CONFLICT_LINK,
    INDICATOR,
    INDICATOR_VALUE,
    PERSON,
    PLAN,
    PLAN_CONFLICT,
    TASK,
    TASK_VERSION,
)
from workflow.commands.indicators import best_values, sees_indicators
from workflow.law.deadlines import local_day
from workflow.law.facts import ActorFacts
from workflow.law.indicators import Assessment, Target, assess, rule_text, target_of
from workflow.text import format_number

Translate = Callable[[str], str]
VERDICTS: dict[str, str] = {"of_task": "Đạt mức nhiệm vụ %(clause)s, chưa đạt chỉ tiêu"}
# Red first: what needs a leader's eye stands on top.
URGENCY = (
    Judgement.NOT_MET,
    Judgement.AT_RISK,
    Judgement.NOT_ENOUGH,
    Judgement.EXPECTED,
    Judgement.MET,
    Judgement.EXCEEDED,
)


@dataclass(frozen=True)
class Level:
    """A level that a task names for the same measure, and whether it is reached."""

    task_code: str
    clause: str
    text: str
    reached: bool


@dataclass(frozen=True)
class Milestone:
    """A target, what is said against it, and the levels tasks name for the same year."""

    target: Target
    assessment: Assessment
    rule: str
    levels: tuple[Level, ...] = ()

    def said(self, translate: Translate = str) -> str:
        """The verdict, telling apart a task's level that is reached from a target that is not."""
        judged = self.assessment.judgement
        reached = next((x for x in self.levels if x.reached), None)
        if judged is Judgement.NOT_MET and reached:
            return translate(VERDICTS["of_task"]) % {"clause": reached.clause}
        return translate(LABELS[judged])

    @property
    def word(self) -> str:
        """The verdict as papers have it."""
        return self.said()


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator (or a part of one) at a moment."""

    id: int
    code: str
    parent: str
    name: str
    unit: str
    owner: str
    owner_short: str
    data: Mapping[str, Any]
    milestones: tuple[Milestone, ...]
    values: Mapping[int, RowMapping]
    history: tuple[RowMapping, ...]
    conflicts: tuple[RowMapping, ...]

    @property
    def judgement(self) -> Judgement:
        """Against the nearest target that is still open, or the last one."""
        return self.current.assessment.judgement

    @property
    def current(self) -> Milestone:
        return next(
            (m for m in self.milestones if m.target.year >= self._now_year), self.milestones[-1]
        )

    _now_year: int = 0

    def value(self, year: int, translate: Translate = str) -> str:
        """The value of a year with its kind: 4.650 (ước)."""
        v = self.values.get(year)
        return "" if v is None else shown(v, translate)

    @property
    def needs_baseline(self) -> int | None:
        """The baseline year whose value is still missing."""
        year = self.milestones[0].target.baseline_year
        return year if year is not None and year not in self.values else None


def shown(value: RowMapping, translate: Translate = str) -> str:
    """A value with its kind, as it stands in tables."""
    text = format_number(Decimal(value["value"]))
    kind = ValueKind(value["kind"])
    return text if kind is ValueKind.FINAL else f"{text} ({translate(LABELS[kind]).lower()})"


def indicator_lines(
    conn: Connection, actor: ActorFacts, moment: datetime, *, year: int | None = None,
    confirmed_only: bool = True, public: bool = False,
) -> list[IndicatorLine]:  # fmt: skip
    """Every indicator with its parts, in the document's order, as known at the moment.

    `year` judges as of that year: later values are left out and the year counts as the present.
    """
    if not public and not sees_indicators(actor):
        return []
    now_year = year or local_day(moment).year
    indicators = list(
        conn.execute(
            select(INDICATOR, AGENCY.c.code.label("owner"), AGENCY.c.short.label("owner_short"))
            .outerjoin(AGENCY, AGENCY.c.id == INDICATOR.c.tracking_agency_id)
            .order_by(INDICATOR.c.position)
        ).mappings()
    )
    shorts = dict(conn.execute(select(AGENCY.c.code, AGENCY.c.short)).all())
    values: dict[int, list[RowMapping]] = {}
    for v in conn.execute(
        select(INDICATOR_VALUE, PERSON.c.name.label("entered_by"))
        .join(PERSON, PERSON.c.id == INDICATOR_VALUE.c.entered_by_id)
        .where(INDICATOR_VALUE.c.entered_at <= moment)
        .order_by(INDICATOR_VALUE.c.year, INDICATOR_VALUE.c.id)
    ).mappings():
        values.setdefault(v["indicator_id"], []).append(v)
    conflicts: dict[int, list[RowMapping]] = {}
    for c in conn.execute(
        select(PLAN_CONFLICT, CONFLICT_LINK.c.indicator_id)
        .join(CONFLICT_LINK, CONFLICT_LINK.c.conflict_id == PLAN_CONFLICT.c.id)
        .where(CONFLICT_LINK.c.indicator_id.is_not(None))
        .order_by(PLAN_CONFLICT.c.position)
    ).mappings():
        conflicts.setdefault(c["indicator_id"], []).append(c)
    levels = _task_levels(conn)
    found = []
    for row in indicators:
        known = [
            v for v in values.get(row["id"], [])
            if (year is None or v["year"] <= year)
            and (not confirmed_only or (v["confirmed_at"] and v["confirmed_at"] <= moment))
        ]  # fmt: skip
        data = row["data"]
        parts = [("", data)] + [(p["code"], p) for p in data.get("sub_indicators", [])]
        for part, own in parts:
            best = best_values(known, part)
            numbers = {y: Decimal(v["value"]) for y, v in best.items()}
            owner = own.get("tracking_agency") if part else row["owner"]
            found.append(
                IndicatorLine(
                    id=row["id"],
                    code=part or row["code"],
                    parent=row["code"] if part else "",
                    name=own["name"],
                    unit=own["unit"],
                    owner=owner or "",
                    owner_short=shorts.get(owner, "") if owner else "",
                    data=own,
                    milestones=tuple(
                        _milestone(t, y, data, numbers, now_year, levels, part or row["code"])
                        for y, t in sorted(own["targets"].items())
                    ),
                    values=best,
                    history=tuple(v for v in values.get(row["id"], []) if v["part"] == part),
                    conflicts=tuple(conflicts.get(row["id"], ())) if not part else (),
                    _now_year=now_year,
                )
            )
    return found


def _milestone(
    data: Mapping[str, Any], year: str, parent: Mapping[str, Any], values: dict[int, Decimal],
    now_year: int, levels: list[tuple[str, str, str, Mapping[str, Any]]], code: str,
) -> Milestone:  # fmt: skip
    target = target_of(data, year, parent)
    assessment = assess(target, values, now_year)
    value = values.get(target.year)
    named = []
    for task_code, clause, indicator, level in levels:
        if indicator == code and str(level.get("year")) == year and value is not None:
            own = target_of({**level, "clause": clause, "text": level["verbatim"]}, year, parent)
            if own.near != target.near or own.op != target.op:
                named.append(Level(task_code, clause, own.text, own.reached(value)))
    return Milestone(target, assessment, rule_text(target), tuple(named))


def _task_levels(conn: Connection) -> list[tuple[str, str, str, Mapping[str, Any]]]:
    """Levels tasks name for an indicator of the whole province, by year."""
    found = []
    for row in conn.execute(
        select(TASK.c.code, TASK.c.clause, TASK_VERSION.c.data)
        .join(TASK_VERSION, TASK_VERSION.c.id == TASK.c.current_version_id)
        .join(PLAN, PLAN.c.id == TASK.c.plan_id)
        .order_by(TASK.c.position)
    ):
        for level in row.data.get("numeric_targets") or ():
            indicator = level.get("indicator")
            if indicator and level.get("year") and not level.get("applies_to"):
                found.append((row.code, row.clause, indicator, level))
    return found


def red_first(lines: list[IndicatorLine]) -> list[IndicatorLine]:
    """What is missed or at risk on top."""
    return sorted(lines, key=lambda x: (URGENCY.index(x.judgement), x.code))


def summary(lines: list[IndicatorLine]) -> dict[Judgement, int]:
    """How many indicators (parts not counted) stand where."""
    counted = dict.fromkeys(Judgement, 0)
    for line in lines:
        if not line.parent:
            counted[line.judgement] += 1
    return counted
