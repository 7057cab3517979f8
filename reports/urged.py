"""The letters of acts of urging: which there are, and each as a paper for what is still owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from models.states import UrgeLevel
from models.tables import AGENCY, CYCLE, DOCUMENT, PERSON, URGING
from reports.catalogue import Made
from reports.figures import figures
from reports.gather import agency_row, plan_row
from reports.moment import Scope
from reports.papers.letters import Act, urging_letter
from reports.papers.names import contact_of
from workflow import seals
from workflow.access import visible_cycles
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import ActorFacts
from workflow.workdays import calendar_of

MOST = 200


@dataclass(frozen=True)
class Letter:
    """One letter: to whom, of what level, about how many tasks, with or without its number."""

    id: str
    at: datetime
    level: UrgeLevel
    agency: str
    agency_short: str
    tasks: int
    answer_by: date
    notation: str | None
    issued_on: date | None


def listed(conn: Connection, actor: ActorFacts) -> Sequence[Letter]:
    """The letters about cycles this person may see: those without a number first, then the newest.

    At most 200; what is older stands with its cycles.
    """
    first = func.min(URGING.c.at)
    rows = conn.execute(
        select(
            URGING.c.letter,
            URGING.c.level,
            URGING.c.answer_by,
            AGENCY.c.code,
            AGENCY.c.short,
            DOCUMENT.c.notation,
            DOCUMENT.c.issued_on,
            first.label("first_at"),
            func.count().label("tasks"),
        )
        .join(CYCLE, CYCLE.c.id == URGING.c.cycle_id)
        .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .outerjoin(DOCUMENT, DOCUMENT.c.id == URGING.c.document_id)
        .where(URGING.c.letter.is_not(None), visible_cycles(actor))
        .group_by(
            URGING.c.letter,
            URGING.c.level,
            URGING.c.answer_by,
            AGENCY.c.code,
            AGENCY.c.short,
            DOCUMENT.c.id,
            DOCUMENT.c.notation,
            DOCUMENT.c.issued_on,
        )
        .order_by(DOCUMENT.c.id.is_not(None), first.desc(), URGING.c.letter)
        .limit(MOST)
    )
    return [
        Letter(
            r.letter, r.first_at, UrgeLevel(r.level), r.code, r.short, r.tasks, r.answer_by,
            r.notation, r.issued_on,
        )
        for r in rows
    ]  # fmt: skip


def paper(
    conn: Connection, actor: ActorFacts, letter: str, moment: datetime, phone: str | None
) -> Made:
    """The draft of a letter; Refused when everything it urged has been reported since.

    Whoever urged is whom to call, at the number of the house.
    """
    rows = _urgings(conn, actor, letter)
    if not rows:
        raise NotFound("letter")
    level = UrgeLevel(rows[0]["level"])
    plan = plan_row(conn, rows[0]["plan_id"])
    agency, standing = agency_row(conn, rows[0]["code"]), agency_row(conn, plan["standing"])
    numbers: Mapping[int, int] = {r["cycle_id"]: r["number"] for r in rows}
    act = Act(numbers, level, rows[0]["message"], rows[0]["answer_by"])
    found = figures(conn, actor, Scope(agency=agency["code"]), moment)
    of_ubnd = level is UrgeLevel.UBND_LETTER
    made = urging_letter(
        standing,
        agency,
        plan,
        found,
        {},
        contact_of(rows[0]["by_name"], rows[0]["by_post"], phone),
        calendar_of(conn),
        act,
        agency_row(conn, plan["issuing"]) if of_ubnd else None,
    )
    if made is None:
        raise Refused(Refusal(Reason.NOTHING_TO_URGE))
    seal = seals.newest(conn)
    return Made((replace(made, seal=seal),), found, seal=seal)


def _urgings(conn: Connection, actor: ActorFacts, letter: str) -> Sequence[RowMapping]:
    wanted: Any = (
        select(
            URGING,
            AGENCY.c.code,
            CYCLE.c.plan_id,
            PERSON.c.name.label("by_name"),
            PERSON.c.post.label("by_post"),
        )
        .join(CYCLE, CYCLE.c.id == URGING.c.cycle_id)
        .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .join(PERSON, PERSON.c.id == URGING.c.by_id)
        .where(URGING.c.letter == letter, visible_cycles(actor))
        .order_by(URGING.c.id)
    )
    return list(conn.execute(wanted).mappings())
