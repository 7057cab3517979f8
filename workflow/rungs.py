"""The ladder of each plan as its rows hold it, and the one the product ships."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, select

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
                position,
            )
            for position, r in enumerate(csv.DictReader(lines, delimiter="\t"), 1)
        ]
    if wrong := faults(rungs):
        raise ValueError("; ".join(wrong))
    return rungs


@cache
def _to_asked() -> dict[str, str]:
    with SEED.open(encoding="utf-8", newline="") as lines:
        return {r["text"]: r["text_to_asked"] for r in csv.DictReader(lines, delimiter="\t")}


def rung_words(text: str, is_asked: bool) -> str:
    """A rung's words; to a body that is asked and not ordered, the shipped ones as a wish.

    What a plan says in words of its own is said as it stands.
    """
    return _to_asked().get(text, text) if is_asked else text


def rungs_of(conn: Connection) -> dict[int, list[Rung]]:
    """Every plan's ladder, from the lowest rung up."""
    found: dict[int, list[Rung]] = defaultdict(list)
    for r in conn.execute(
        select(LADDER_RUNG).order_by(LADDER_RUNG.c.plan_id, LADDER_RUNG.c.position)
    ):
        found[r.plan_id].append(
            Rung(r.code, Anchor(r.anchor), r.days, tuple(r.posts), r.text, r.position)
        )
    return dict(found)
