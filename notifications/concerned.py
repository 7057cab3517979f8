"""Whether a line still concerns its reader: on the day it is sent, not only when it was told.

Between a line and its mail lie minutes, or a week without a mail server; meanwhile people leave
their posts and accounts are locked.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, and_, select

from models.tables import ALERT, AUDIT_ENTRY, CYCLE, NOTICE, OUTBOX_EVENT, SUPPORT_REQUEST
from notifications.notices import Line
from notifications.plan import ABOUT_SUPPORT, ANSWERS, TELLINGS, TO_WATCHERS
from notifications.recipients import Holders, anywhere, holders, people
from workflow.access import facts_by_id
from workflow.commands.answers import WHO_EXPLAINS, WHO_SUPPORTS
from workflow.commands.ladder import ROLE_OF_POST


def still_concerned(
    conn: Connection, person_id: int, lines: Sequence[Line], day: date
) -> list[Line]:
    """Those of a person's lines that are his on this day; none when his account is locked."""
    held = holders(conn, day, person_id)
    if not held:
        return []
    concerned = _of_rungs(conn, lines, held) | _of_events(conn, lines, held)
    concerned |= _of_answers(conn, lines, held)
    return [line for line in lines if line.id in concerned]


def _of_rungs(conn: Connection, lines: Sequence[Line], held: Holders) -> set[int]:
    """Whoever holds any of the posts this rung of this cycle tells."""
    by_alert = {line.alert_id: line.id for line in lines if line.alert_id is not None}
    of = ALERT.alias("of")
    rows = conn.execute(
        select(of.c.id, ALERT.c.post, ALERT.c.agency_id)
        .join(
            ALERT,
            and_(
                ALERT.c.cycle_id == of.c.cycle_id,
                ALERT.c.due_on == of.c.due_on,
                ALERT.c.rung == of.c.rung,
                ALERT.c.superseded_on.is_(None),
            ),
        )
        .where(of.c.id.in_(by_alert))
    )
    return {by_alert[r.id] for r in rows if (ROLE_OF_POST[r.post], r.agency_id) in held}


def _of_events(conn: Connection, lines: Sequence[Line], held: Holders) -> set[int]:
    events = [n for n in lines if n.name in TELLINGS and n.cycle_id is not None]
    cycles = facts_by_id(conn, sorted({n.cycle_id for n in events if n.cycle_id is not None}))
    asked = _asked(conn, events)
    found = {
        n.id
        for n in events
        if n.cycle_id in cycles
        and people(TELLINGS[n.name].posts, cycles[n.cycle_id].facts, held, asked.get(n.key))
    }
    found |= {
        n.id for n in lines if any(anywhere(held, role) for role in TO_WATCHERS.get(n.name, ()))
    }
    return found


def _of_answers(conn: Connection, lines: Sequence[Line], held: Holders) -> set[int]:
    """Whoever owes the answer: for the agency that was asked, the head of the one that leads."""
    owed = {n.id: n for n in lines if n.name in ANSWERS}
    if not owed:
        return set()
    rows = conn.execute(
        select(
            NOTICE.c.id,
            CYCLE.c.agency_id.label("lead"),
            SUPPORT_REQUEST.c.agency_id.label("asked"),
        )
        .join(CYCLE, CYCLE.c.id == NOTICE.c.cycle_id)
        .outerjoin(SUPPORT_REQUEST, SUPPORT_REQUEST.c.id == NOTICE.c.asked_id)
        .where(NOTICE.c.id.in_(owed))
    )
    found = set()
    for row in rows:
        supports = owed[row.id].name.startswith(ABOUT_SUPPORT)
        roles, agency = (WHO_SUPPORTS, row.asked) if supports else (WHO_EXPLAINS, row.lead)
        if any((role, agency) in held for role in roles):
            found.add(row.id)
    return found


def _asked(conn: Connection, events: Sequence[Line]) -> Mapping[str, int]:
    """The agency an event turns to, by the key of its line, where it turns to one."""
    ids = {
        int(n.key.removeprefix("event:")): n.key
        for n in events
        if any(post.startswith("asked") for post in TELLINGS[n.name].posts)
    }
    if not ids:
        return {}
    rows = conn.execute(
        select(OUTBOX_EVENT.c.id, AUDIT_ENTRY.c.body)
        .join(AUDIT_ENTRY, AUDIT_ENTRY.c.uid == OUTBOX_EVENT.c.entry_uid)
        .where(OUTBOX_EVENT.c.id.in_(ids))
    )
    agencies = {ids[r.id]: json.loads(r.body)["details"].get("agency_id") for r in rows}
    return {key: agency for key, agency in agencies.items() if agency}
