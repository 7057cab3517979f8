"""One file per noun, one dataclass and one handler per verb; importing this registers them all."""

from workflow.commands import (
    calendar,
    clock,
    cycles,
    indicators,
    ladder,
    people,
    plans,
    results,
    years,
)

__all__ = [
    "calendar",
    "clock",
    "cycles",
    "indicators",
    "ladder",
    "people",
    "plans",
    "results",
    "years",
]
