"""The calendar as the tables hold it today, for whoever reads or decides."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, select

from models.states import DayKind
from models.tables import CALENDAR_DAY
from workflow.law.calendar import WorkCalendar, work_calendar

SEED = Path(__file__).parent / "data" / "calendar.tsv"


@dataclass(frozen=True)
class DayFacts:
    """One line of the calendar."""

    day: date
    kind: DayKind
    name: str
    source: str
    is_confirmed: bool


def seed_days() -> list[DayFacts]:
    """The days the product ships: 2023 to 2031, with their sources (decision 15)."""
    with SEED.open(encoding="utf-8", newline="") as lines:
        return [
            DayFacts(
                date.fromisoformat(r["day"]),
                DayKind(r["kind"]),
                r["name"],
                r["source"],
                r["confirmed"] == "yes",
            )
            for r in csv.DictReader(lines, delimiter="\t")
        ]


def calendar_of(conn: Connection) -> WorkCalendar:
    """Working days as they stand now."""
    rows = conn.execute(
        select(CALENDAR_DAY.c.day, CALENDAR_DAY.c.kind).where(CALENDAR_DAY.c.revoked_at.is_(None))
    )
    return work_calendar((r.day, DayKind(r.kind)) for r in rows)
