"""What papers say beside numbers: agencies, texts of reports, urging and extensions, as of then."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select, true

from models.states import ExtensionStatus, ReasonClass, UrgeLevel
from models.tables import AGENCY, DOCUMENT, EXTENSION, PLAN, REPORT, URGING
from reports.moment import Line
from workflow.law.errors import NotFound

# Statements take at most this many ids at a time.
BATCH = 500


def agency_row(conn: Connection, code: str) -> Mapping[str, Any]:
    """An agency by its code; NotFound when there is none."""
    row = conn.execute(select(AGENCY).where(AGENCY.c.code == code)).mappings().first()
    if row is None:
        raise NotFound("agency", code)
    return dict(row)


def plan_row(conn: Connection, plan_id: int | None = None) -> Mapping[str, Any]:
    """A plan with its standing and issuing agency; without a number the first one."""
    row = (
        conn.execute(
            select(
                PLAN,
                select(AGENCY.c.code)
                .where(AGENCY.c.id == PLAN.c.standing_agency_id)
                .scalar_subquery()
                .label("standing"),
                select(AGENCY.c.code)
                .where(AGENCY.c.id == PLAN.c.issuing_agency_id)
                .scalar_subquery()
                .label("issuing"),
                select(AGENCY.c.name)
                .where(AGENCY.c.id == PLAN.c.issuing_agency_id)
                .scalar_subquery()
                .label("issuing_name"),
            )
            .where(true() if plan_id is None else PLAN.c.id == plan_id)
            .order_by(PLAN.c.id)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("plan")
    return dict(row)


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[i : i + BATCH] for i in range(0, len(ids), BATCH))


def report_texts(conn: Connection, lines: Sequence[Line]) -> dict[int, RowMapping]:
    """The report that stood at the moment, by cycle: its words never change once sent."""
    ids = sorted({x.report_id for x in lines if x.report_id})
    found: dict[int, RowMapping] = {}
    for batch in _batches(ids):
        for row in conn.execute(
            select(
                REPORT.c.cycle_id, REPORT.c.result, REPORT.c.product, REPORT.c.figures,
                REPORT.c.difficulties, REPORT.c.proposals, DOCUMENT.c.notation,
                DOCUMENT.c.issued_on,
            )
            .outerjoin(DOCUMENT, DOCUMENT.c.id == REPORT.c.document_id)
            .where(REPORT.c.id.in_(batch))
        ).mappings():  # fmt: skip
            found[row["cycle_id"]] = row
    return found


@dataclass(frozen=True)
class Pressure:
    """Urging and extensions of a set of cycles up to a moment."""

    urged: Mapping[int, int] = field(default_factory=dict)
    levels: Mapping[UrgeLevel, int] = field(default_factory=dict)
    answered: int = 0
    extensions: int = 0
    objective: int = 0
    subjective: int = 0
    late_extensions: int = 0

    @property
    def urgings(self) -> int:
        return sum(self.urged.values())


def pressure(conn: Connection, lines: Sequence[Line], moment: datetime) -> Pressure:
    """Count what was urged and granted by the moment."""
    urged: Counter[int] = Counter()
    levels: Counter[UrgeLevel] = Counter()
    granted: Counter[ReasonClass] = Counter()
    answered = late = 0
    reported = {x.id: x.reported_at for x in lines}
    for batch in _batches([x.id for x in lines]):
        for u in conn.execute(
            select(URGING.c.cycle_id, URGING.c.level, URGING.c.at).where(
                URGING.c.cycle_id.in_(batch), URGING.c.at <= moment
            )
        ):
            urged[u.cycle_id] += 1
            levels[UrgeLevel(u.level)] += 1
            sent = reported.get(u.cycle_id)
            answered += bool(sent and sent >= u.at)
        for e in conn.execute(
            select(EXTENSION.c.reason_class, EXTENSION.c.is_late).where(
                EXTENSION.c.cycle_id.in_(batch),
                EXTENSION.c.status == ExtensionStatus.GRANTED.value,
                EXTENSION.c.decided_at <= moment,
            )
        ):
            granted[ReasonClass(e.reason_class)] += 1
            late += bool(e.is_late)
    return Pressure(
        urged=dict(urged),
        levels=dict(levels),
        answered=answered,
        extensions=sum(granted.values()),
        objective=granted[ReasonClass.OBJECTIVE],
        subjective=granted[ReasonClass.SUBJECTIVE],
        late_extensions=late,
    )


def grouped(texts: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Equal texts once, with who said them: [(text, [agency, …])], most said first."""
    found: dict[str, list[str]] = {}
    for text, who in texts:
        clean = text.strip()
        if clean and who not in found.setdefault(clean, []):
            found[clean].append(who)
    return sorted(found.items(), key=lambda pair: -len(pair[1]))
