"""One file per noun, one dataclass and one handler per verb; importing this registers them all."""

from workflow.commands import (
    awards,
    calendar,
    clock,
    closing,
    cycles,
    extensions,
    indicators,
    inspections,
    ladder,
    ledger,
    people,
    plans,
    reports,
    results,
    urging,
    years,
)

__all__ = [
    "awards",
    "calendar",
    "clock",
    "closing",
    "cycles",
    "extensions",
    "indicators",
    "inspections",
    "ladder",
    "ledger",
    "people",
    "plans",
    "reports",
    "results",
    "urging",
    "years",
]
