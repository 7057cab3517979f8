"""How the cycles of one task stand: a bar for a year, and a matrix agency × year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import RowMapping

from models.states import CycleState, DueClass
from web.badges import Badge, Part, badge_of, days_late
from web.languages import titled

# The worst first.
_ORDER = {
    tone: place
    for place, tone in enumerate(("red", "orange", "grey", "blue", "purple", "brown", "green"))
}


def parts(roll_up: Sequence[RowMapping], year: int | None, task_id: int) -> list[Part]:
    """The cycles of one year by what their badge says."""
    found: list[Part] = []
    for row in roll_up:
        if row["year"] != year:
            continue
        badge = badge_of(row["state"], row["due_class"])
        label = f"{badge.word}, {badge.more}" if badge.more else badge.word
        href = url_for(
            "tasks.index",
            year=year,
            state=CycleState(row["state"]).value,
            due=DueClass(row["due_class"]).value,
            task=task_id,
        )
        found.append(Part(badge.tone, badge.icon, label, row["n"], href))
    return sorted(found, key=lambda part: (_ORDER[part.tone], part.label))


@dataclass(frozen=True)
class Cell:
    """One cycle in the matrix: its badge, the words for it, and its page."""

    badge: Badge
    says: str
    href: str


@dataclass
class Line:
    """One agency of the matrix: its cycles in each year, mostly one."""

    short: str
    name: str
    cells: dict[int, list[Cell]] = field(default_factory=dict)


@dataclass(frozen=True)
class Matrix:
    """Agencies down, years across."""

    years: Sequence[int]
    lines: Sequence[Line]


def matrix(rows: Sequence[Mapping[Any, Any]], today: date) -> Matrix:
    """The rows of a task's cycles, in protocol order, as a table."""
    lines: dict[str, Line] = {}
    for row in rows:
        line = lines.setdefault(row["agency_code"], Line(row["agency_short"], row["agency_name"]))
        line.cells.setdefault(row["year"], []).append(_cell(row, line.short, today))
    return Matrix(sorted({row["year"] for row in rows}), list(lines.values()))


def _cell(row: Mapping[Any, Any], short: str, today: date) -> Cell:
    late = days_late(row, today)
    badge = badge_of(row["state"], row["due_class"], late, row["disposition"])
    more = f", {badge.more}" if badge.more else ""
    # A title can mark no language, so that among English words the name is left to the row's head.
    says = f"{titled(short + ' ', '')}{row['year']}: {badge.word}{more}"
    return Cell(badge, says, url_for("cycles.show", cycle_id=row["id"]))
