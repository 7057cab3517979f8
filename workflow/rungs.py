"""The ladder of each plan as its rows hold it, and the one the product ships."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, func, select, true

from models.states import Anchor
from models.tables import LADDER_RUNG
from workflow.law.ladder import Rung, faults

SEED = Path(__file__).parent / "data" / "ladder.tsv"


def seed_rungs() -> list[Rung]:
    """The ladder of a plan that has said nothing else."""
    with SEED.open(encoding="utf-8", newline="") as lines:
        rungs = [
            Rung(
                r["code"],
                Anchor(r["anchor"]),
                int(r["days"]),
                tuple(r["posts"].split()),
                r["text"],
            )
            for r in csv.DictReader(lines, delimiter="\t")
        ]
    if wrong := faults(rungs):
        raise ValueError(f"the ladder the product ships is none: {wrong}")
    return rungs


@cache
def _to_asked() -> dict[str, str]:
    with SEED.open(encoding="utf-8", newline="") as lines:
        return {r["text"]: r["text_to_asked"] for r in csv.DictReader(lines, delimiter="\t")}


def as_a_wish(pattern: str, is_asked: bool) -> str:
    """A rung's words before the number is filled in; to a body that is asked, as a wish.

    What a plan says in words of its own is said as it stands.
    """
    return _to_asked().get(pattern, pattern) if is_asked else pattern


def rungs_of(conn: Connection, plan_id: int | None = None) -> dict[int, list[Rung]]:
    """Every plan's ladder, or that of one, from the lowest rung up."""
    found: dict[int, list[Rung]] = defaultdict(list)
    for r in conn.execute(
        select(LADDER_RUNG)
        .where(
            LADDER_RUNG.c.removed_at.is_(None),
            true() if plan_id is None else LADDER_RUNG.c.plan_id == plan_id,
        )
        .order_by(LADDER_RUNG.c.plan_id, LADDER_RUNG.c.position)
    ):
        found[r.plan_id].append(Rung(r.code, Anchor(r.anchor), r.days, tuple(r.posts), r.text))
    return dict(found)


def ladder_version(conn: Connection, plan_id: int) -> int:
    """A number that grows with every change of a plan's ladder."""
    total = select(func.coalesce(func.sum(LADDER_RUNG.c.version), 0))
    return int(conn.execute(total.where(LADDER_RUNG.c.plan_id == plan_id)).scalar_one())
