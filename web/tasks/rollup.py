"""How the cycles of one task stand: a bar for a year, and a matrix agency × year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import url_for
from sqlalchemy import RowMapping

from models.states import CycleState, DueClass
from web.badges import Part, badge_of

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


@dataclass
class Line:
    """One agency of the matrix: its cycle in each year."""

    short: str
    name: str
    cells: dict[int, RowMapping] = field(default_factory=dict)


@dataclass(frozen=True)
class Matrix:
    """Agencies down, years across."""

    years: Sequence[int]
    lines: Sequence[Line]


def matrix(rows: Sequence[RowMapping]) -> Matrix:
    """The rows of a task's cycles, in protocol order, as a table."""
    lines: dict[str, Line] = {}
    for row in rows:
        line = lines.setdefault(row["agency_code"], Line(row["agency_short"], row["agency_name"]))
        line.cells[row["year"]] = row
    return Matrix(sorted({row["year"] for row in rows}), list(lines.values()))
