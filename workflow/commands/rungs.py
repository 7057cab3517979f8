"""A plan's ladder: given to a plan that has none, and changed by who keeps it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from models.states import Anchor, Role
from models.tables import LADDER_RUNG, PLAN
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.errors import NotFound, Reason, Refusal, Refused, Stale
from workflow.law.ladder import Rung, code_of
from workflow.law.plans import may_set_ladder
from workflow.law.rules import Post
from workflow.rungs import ladder_version, rungs_of, seed_rungs


@dataclass(frozen=True)
class SeedLadders:
    """Give the ladder the product ships to every plan that has none of its own."""


@handles(SeedLadders)
def seed_ladders(tx: Transaction, c: SeedLadders) -> Outcome:
    system = tx.actor.holds(Role.SYSTEM)
    if not system:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.SYSTEM.value}))
    bare = tx.rows(
        select(PLAN.c.id, PLAN.c.code)
        .where(PLAN.c.id.not_in(select(LADDER_RUNG.c.plan_id)))
        .order_by(PLAN.c.id)
    )
    for plan in bare:
        tx.note(
            Entry(
                command="seed_ladder",
                event="ladder_seeded",
                object_kind="plan",
                object_id=plan["id"],
                object_label=plan["code"],
                membership=system,
            )
        )
        tx.insert_many(LADDER_RUNG, [_row(plan["id"], r) for r in seed_rungs()])
    return Outcome("plan", None, {"plans": len(bare)})


def _row(plan_id: int, rung: Rung) -> dict[str, Any]:
    return {"plan_id": plan_id, "code": rung.code, **_said(rung)}


def _said(rung: Rung) -> dict[str, Any]:
    return {
        "anchor": rung.anchor.value,
        "days": rung.days,
        "posts": list(rung.posts),
        "text": rung.text,
        "position": rung.position,
        "removed_at": None,
    }


@dataclass(frozen=True)
class NewRung:
    """A rung as somebody sets it: from where it counts, how many days, whom it tells, its words."""

    anchor: Anchor
    days: int
    posts: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class SetLadder:
    """The rungs of a plan from now on, all of them; `seen_version` is `ladder_version`.

    What was told stays, and days that are past are not told again. A rung that is no longer there
    keeps its words for the alerts it has made.
    """

    plan_id: int
    rungs: tuple[NewRung, ...]
    reason: str
    seen_version: int | None = None


@handles(SetLadder)
def set_ladder(tx: Transaction, c: SetLadder) -> Outcome:
    plan = tx.one(select(PLAN).where(PLAN.c.id == c.plan_id))
    if plan is None:
        raise NotFound("plan")
    rows = {
        r["code"]: r for r in tx.rows(select(LADDER_RUNG).where(LADDER_RUNG.c.plan_id == c.plan_id))
    }
    named = {(r["anchor"], r["days"]): r["code"] for r in rows.values()}
    rungs = sorted(
        (
            Rung(
                named.get((r.anchor.value, r.days)) or code_of(r.anchor, r.days),
                r.anchor,
                r.days,
                tuple(post for post in Post if post in r.posts),
                r.text.strip(),
            )
            for r in c.rungs
        ),
        key=lambda r: r.position,
    )
    keeper = may_set_ladder(tx.actor, plan["standing_agency_id"], c.reason, rungs)
    version = ladder_version(tx.conn, c.plan_id)
    if c.seen_version is not None and c.seen_version != version:
        raise Stale("plan", c.plan_id, c.seen_version, version)
    was = rungs_of(tx.conn, c.plan_id).get(c.plan_id, [])
    tx.note(
        Entry(
            command="set_ladder",
            event="ladder_set",
            object_kind="plan",
            object_id=c.plan_id,
            object_label=plan["code"],
            membership=keeper,
            version_before=version,
            version_after=version + 1,
            reason=c.reason.strip(),
            details={"rungs": len(rungs), "were": len(was)},
        )
    )
    now = {r.code: r for r in rungs}
    for code, row in rows.items():
        said = _said(now[code]) if code in now else {"removed_at": row["removed_at"] or tx.now}
        if any(row[name] != value for name, value in said.items()):
            tx.update(LADDER_RUNG, row, **said)
    for rung in rungs:
        if rung.code not in rows:
            tx.insert(LADDER_RUNG, **_row(c.plan_id, rung))
    return Outcome("plan", c.plan_id, {"rungs": len(rungs)})
