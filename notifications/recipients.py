"""Who is concerned: the people who hold a post towards a cycle on a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, or_, select, true

from models.states import Role
from models.tables import MEMBERSHIP, PERSON
from workflow.law.facts import CycleFacts

Holders = Mapping[tuple[Role, int], frozenset[int]]


def holders(conn: Connection, day: date, person_id: int | None = None) -> Holders:
    """Everybody with a role that day, by role and agency; nobody whose account is locked.

    With `person_id` only what this person holds.
    """
    found: dict[tuple[Role, int], set[int]] = defaultdict(set)
    for row in conn.execute(
        select(MEMBERSHIP.c.role, MEMBERSHIP.c.agency_id, MEMBERSHIP.c.person_id)
        .join(PERSON, PERSON.c.id == MEMBERSHIP.c.person_id)
        .where(
            PERSON.c.locked_at.is_(None),
            MEMBERSHIP.c.valid_from <= day,
            or_(MEMBERSHIP.c.valid_to.is_(None), MEMBERSHIP.c.valid_to >= day),
            true() if person_id is None else MEMBERSHIP.c.person_id == person_id,
        )
    ):
        found[Role(row.role), row.agency_id].add(row.person_id)
    return {k: frozenset(v) for k, v in found.items()}


def people(
    posts: Iterable[str], cycle: CycleFacts, held: Holders, asked_agency: int | None = None
) -> set[int]:
    """The people behind these posts of a cycle."""
    found: set[int] = set()
    for post in posts:
        if post == Role.OFFICE.value and cycle.is_of_office:
            continue  # nobody judges his own work, so nobody is asked to
        if post in ("office", "chairman"):
            found |= anywhere(held, Role(post))
            continue
        part, _, what = post.rpartition("_")
        role = Role(what)
        if part == "judge" and cycle.judged_by_chairman:
            found |= anywhere(held, Role.CHAIRMAN)
            continue
        if part == "judge" and cycle.judged_by_office:
            found |= anywhere(held, Role.OFFICE)
            continue
        agencies = {
            "lead": {cycle.lead_agency_id},
            "co_lead": set(cycle.co_lead_ids),
            "supporting": set(cycle.supporting_ids),
            "standing": {cycle.standing_agency_id},
            "judge": {cycle.standing_agency_id},
            "asked": {asked_agency} if asked_agency else set(),
        }[part]
        for agency_id in agencies:
            found |= held.get((role, agency_id), frozenset())
    return found


def anywhere(held: Holders, role: Role) -> set[int]:
    """Everybody with this role, of whatever agency."""
    return {p for (r, _), ids in held.items() if r == role for p in ids}
