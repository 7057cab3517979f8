"""How the cycles of one task stand: a bar for a year, and a matrix agency × year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import RowMapping

from models.states import CycleState, DueClass
from web.badges import Part, badge_of, days_late
from web.languages import titled
from web.pieces import icon

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


@dataclass(frozen=True, slots=True)
class Cell:
    """One cycle in the matrix: its tone and symbol, the words for it, and its page."""

    tone: str
    symbol: Markup
    says: str
    href: str


@dataclass
class Line:
    """One agency of the matrix: its cycles in each year, mostly one."""

    short: str
    name: str
    cells: dict[int, list[Cell]] = field(default_factory=dict)

    @cached_property
    def called(self) -> str:
        """What its cells begin with: a title can mark no language, so among English words the
        name is left to the row's head."""
        return titled(self.short + " ", "")


@dataclass(frozen=True)
class Matrix:
    """Agencies down, years across."""

    years: Sequence[int]
    lines: Sequence[Line]


def matrix(rows: Sequence[Mapping[Any, Any]], today: date) -> Matrix:
    """The rows of a task's cycles, in protocol order, as a table.

    There may be hundreds of cells and only a few looks, so each look is made once.
    """
    look = cache(_look)
    page = url_for("cycles.show", cycle_id=0).removesuffix("0")
    lines: dict[str, Line] = {}
    for row in rows:
        line = lines.get(row["agency_code"])
        if line is None:
            line = lines[row["agency_code"]] = Line(row["agency_short"], row["agency_name"])
        late = days_late(row, today)
        tone, symbol, words = look(row["state"], row["due_class"], late, row["disposition"])
        says = f"{line.called}{row['year']}: {words}"
        cell = Cell(tone, symbol, says, f"{page}{row['id']}")
        line.cells.setdefault(row["year"], []).append(cell)
    return Matrix(sorted({row["year"] for row in rows}), list(lines.values()))


def _look(
    state: str, due_class: str, late: int | None, disposition: str
) -> tuple[str, Markup, str]:
    badge = badge_of(state, due_class, late, disposition)
    words = f"{badge.word}, {badge.more}" if badge.more else badge.word
    return badge.tone, icon(badge.icon), words
