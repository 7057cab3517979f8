"""What documents do to a few cycles of the story: held and resumed, ended, led by another.

Chosen by a seed of their own, so that the rest of the story does not depend on them.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from demo.words import ENDED, HELD, RESUMED, TRANSFERRED
from workflow.commands import dispositions
from workflow.law.facts import DocumentFacts

if TYPE_CHECKING:
    from demo.story import CycleStory

UBND = {"agency_short": "UBND tỉnh", "agency_code": "ubnd-tinh"}
SHARE = 0.012
SHARE_SUPPORTED = 0.04  # there are few, and only a supporting agency takes over
PAUSE = timedelta(days=75)


def plan_disposition(cycle: "CycleStory", accepted: date, due: date) -> bool:
    """Put on the queue what a document does to this cycle; False when none does anything."""
    row = cycle.row
    seed = f"disposition {row['task_code']} {row['agency_code']} {row['kind']} {row['year']}"
    rng = random.Random(seed)  # noqa: S311 (a story, no secret)
    supporter = row["supporter"] not in (None, "so-ldtbxh")
    if row["due_on"] is None or rng.random() > (SHARE_SUPPORTED if supporter else SHARE):
        return False
    # After the last progress of the story, and before the deadline.
    day = accepted + (due - accepted) * 2 // 3
    if day + timedelta(days=7) > due:
        return False
    way = _transferred if supporter else rng.choice((_held, _held_and_resumed, _ended))
    way(cycle, day, due)
    return True


def _paper(cycle: "CycleStory", today: date) -> DocumentFacts:
    return cycle.story.document(UBND, "CV", today)


def _by_document(cycle: "CycleStory", day: date, command: Callable[[DocumentFacts], Any]) -> date:
    return cycle.then(day, lambda today: command(_paper(cycle, today)), cycle.ubnd).date()


def _held(cycle: "CycleStory", day: date, _due: date) -> None:
    _by_document(cycle, day, lambda paper: dispositions.HoldCycle(cycle.id, HELD, paper))


def _held_and_resumed(cycle: "CycleStory", day: date, due: date) -> None:
    held = _by_document(cycle, day, lambda paper: dispositions.HoldCycle(cycle.id, HELD, paper))
    new = due + PAUSE
    resumed = _by_document(
        cycle,
        held + PAUSE,
        lambda paper: dispositions.ResumeCycle(cycle.id, RESUMED, paper, new),
    )
    cycle.report(max(new - timedelta(days=9), resumed + timedelta(days=2)))


def _ended(cycle: "CycleStory", day: date, _due: date) -> None:
    _by_document(cycle, day, lambda paper: dispositions.EndCycle(cycle.id, ENDED, paper))


def _transferred(cycle: "CycleStory", day: date, _due: date) -> None:
    new = cycle.row["supporter"]
    _by_document(
        cycle,
        day,
        lambda paper: dispositions.TransferLead(
            cycle.id, new, TRANSFERRED, paper, stays_supporting=True
        ),
    )
