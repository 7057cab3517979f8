"""What documents did to the cycles of a report: on hold, resumed, ended, led by another (F9)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from models.tables import AUDIT_ENTRY
from workflow.law.deadlines import local_day
from workflow.law.transitions import Command

MOVES = (Command.HOLD, Command.RESUME, Command.END, Command.TRANSFER)


@dataclass(frozen=True)
class Move:
    """One act, with the document it rests on; `old` and `new` lead, where the lead changed."""

    cycle_id: int
    command: Command
    on: date
    reason: str
    notation: str
    issued_on: date
    old: str = ""
    new: str = ""


def moves(conn: Connection, cycle_ids: Iterable[int], moment: datetime) -> list[Move]:
    """Those of these cycles until the moment, in their order; read from the trail."""
    wanted = set(cycle_ids)
    rows = conn.execute(
        select(AUDIT_ENTRY.c.object_id, AUDIT_ENTRY.c.at, AUDIT_ENTRY.c.command, AUDIT_ENTRY.c.body)
        .where(
            AUDIT_ENTRY.c.command.in_([c.value for c in MOVES]),
            AUDIT_ENTRY.c.object_kind == "cycle",
            AUDIT_ENTRY.c.at <= moment,
        )
        .order_by(AUDIT_ENTRY.c.at, AUDIT_ENTRY.c.id)
    )
    found = []
    for row in rows:
        if row.object_id not in wanted:
            continue
        body = json.loads(row.body)
        found.append(
            Move(
                cycle_id=row.object_id,
                command=Command(row.command),
                on=local_day(row.at),
                reason=body["reason"],
                notation=body["document"]["notation"],
                issued_on=date.fromisoformat(body["document"]["issued_on"]),
                old=body["details"].get("old", ""),
                new=body["details"].get("new", ""),
            )
        )
    return found
