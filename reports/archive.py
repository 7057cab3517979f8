"""What the years leave to be kept: each kind of record, how many, from when, for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from models.states import ExtensionStatus
from models.tables import (
    AGENCY_REPORT,
    ANNUAL_PLAN,
    CYCLE,
    EXTENSION,
    REPORT,
    REVIEW,
    URGING,
)
from workflow.law.deadlines import local_day

FOR_EVER, LONG, SHORT = "vĩnh viễn", "20 năm", "10 năm"


@dataclass(frozen=True)
class Holding:
    """One kind of record; `keep` is proposed after Luật Lưu trữ, văn thư has the last word."""

    name: str
    count: int
    first: date | None
    last: date | None
    keep: str


def holdings(conn: Connection, years: Sequence[int], moment: datetime) -> list[Holding]:
    """The records of these years as they stood at the moment; kinds without any are left out."""

    def counted(what: ColumnElement[Any], at: ColumnElement[Any], of_year: Any, *where: Any) -> Any:
        """How many until the moment, the first and the last of them."""
        return conn.execute(
            select(func.count(what.distinct()), func.min(at), func.max(at)).where(
                at <= moment, of_year.in_(years), *where
            )
        ).one()

    cycle = CYCLE.c.id
    kinds = (
        (
            "Kế hoạch năm của các cơ quan",
            LONG,
            counted(ANNUAL_PLAN.c.id, ANNUAL_PLAN.c.at, ANNUAL_PLAN.c.year),
        ),
        (
            "Báo cáo kết quả nhiệm vụ của các cơ quan",
            LONG,
            counted(REPORT.c.id, REPORT.c.submitted_at, CYCLE.c.year, REPORT.c.cycle_id == cycle),
        ),
        (
            "Báo cáo năm của các cơ quan",
            LONG,
            counted(AGENCY_REPORT.c.id, AGENCY_REPORT.c.first_sent_at, AGENCY_REPORT.c.year),
        ),
        (
            "Công văn đôn đốc",
            SHORT,
            counted(
                URGING.c.document_id,
                URGING.c.at,
                CYCLE.c.year,
                URGING.c.cycle_id == cycle,
                URGING.c.document_id.is_not(None),
            ),
        ),
        (
            "Văn bản gia hạn",
            LONG,
            counted(
                EXTENSION.c.id,
                EXTENSION.c.decided_at,
                CYCLE.c.year,
                EXTENSION.c.cycle_id == cycle,
                EXTENSION.c.status == ExtensionStatus.GRANTED.value,
            ),
        ),
        (
            "Báo cáo của tỉnh đã ban hành",
            FOR_EVER,
            counted(REVIEW.c.id, REVIEW.c.issued_at, REVIEW.c.year),
        ),
    )
    return [
        Holding(name, count, local_day(first), local_day(last), keep)
        for name, keep, (count, first, last) in kinds
        if count
    ]
