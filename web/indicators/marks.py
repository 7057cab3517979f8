"""How indicators look: the tone of a verdict, and the little line of the last years."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from models.states import Judgement
from reports.indicators import IndicatorLine, Milestone
from workflow.law.indicators import rule_text

TONES: dict[Judgement, tuple[str, str]] = {
    Judgement.EXCEEDED: ("green", "state-completed"),
    Judgement.MET: ("green", "state-completed"),
    Judgement.EXPECTED: ("blue", "state-in-progress"),
    Judgement.AT_RISK: ("orange", "state-due-soon"),
    Judgement.NOT_MET: ("red", "state-overdue"),
    Judgement.NOT_ENOUGH: ("grey", "state-assigned"),
}
WIDTH, HEIGHT = 96, 24


@dataclass(frozen=True)
class Spark:
    """Points of a line in a box of WIDTH × HEIGHT, and the height of the target."""

    points: str
    goal: float | None
    words: str


def word_of(milestone: Milestone) -> str:
    """The verdict in the language of the reader."""
    return milestone.said(_)


def rule_of(milestone: Milestone) -> str:
    """When its target is met, in the language of the reader."""
    return rule_text(milestone.target, _)


def value_of(line: IndicatorLine, year: int) -> str:
    """4.650 (ước), in the language of the reader."""
    return line.value(year, _)


def spark(line: IndicatorLine) -> Spark | None:
    """The line of the known years; None with fewer than two."""
    years = sorted(line.values)
    if len(years) < 2:
        return None
    numbers = [Decimal(line.values[y]["value"]) for y in years]
    target = line.current.target
    plain = target.period is None and target.baseline_year is None
    goal = target.near if plain else None
    all_numbers = [*numbers, *([goal] if goal is not None else [])]
    low, high = min(all_numbers), max(all_numbers)
    room = (high - low) or Decimal(1)

    def height(value: Decimal) -> float:
        return round(float((high - value) / room) * (HEIGHT - 4) + 2, 1)

    step = (WIDTH - 4) / (len(years) - 1)
    points = " ".join(f"{round(2 + i * step, 1)},{height(n)}" for i, n in enumerate(numbers))
    words = "; ".join(f"{y}: {value_of(line, y)}" for y in years)
    return Spark(points, None if goal is None else height(goal), words)
