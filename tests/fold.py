"""Folds the audit trail: what every row ought to be, from the entries alone.

If the trail is the real difference of the rows, the fold of all entries equals the tables, and
a change that went around the door shows as a difference.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, select

from models.tables import AUDIT_ENTRY, metadata
from workflow import canonical
from workflow.door import shown

# What is no business: written by the door itself or under a name of door.AJAR, with its reason.
NOT_FOLDED = {
    "audit_entry": "the trail itself",
    "audit_words": "what its entries are found by",
    "ledger_place": "the sealer's, held to the trail by the verifier",
    "ledger_tile": "the same",
    "ledger_checkpoint": "the same",
    "ledger_check": "the system's word about itself",
    "outbox_event": "what others still have to be told",
    "alert": "made as sets by the tick, whose entry holds their number and digest",
    "notice": "what somebody has been told, and whether he has read it",
    "message": "the way of a mail",
    "idempotency": "answers remembered for a while",
    "webhook_call": "on its way to another system",
    "sign_in_failure": "counts wrong passwords; swept",
}
# Columns that move without an act of a person.
NOT_AN_ACT = {("person_session", "seen_at")}

Rows = dict[tuple[str, int], dict[str, Any]]


@dataclass
class Fold:
    """The rows as the entries tell them; `follow` reads on from the last one."""

    rows: Rows = field(default_factory=dict)
    last: int = 0

    def follow(self, conn: Connection) -> list[dict[str, Any]]:
        """Apply the entries since the last time; their bodies."""
        found = conn.execute(
            select(AUDIT_ENTRY.c.id, AUDIT_ENTRY.c.body)
            .where(AUDIT_ENTRY.c.id > self.last)
            .order_by(AUDIT_ENTRY.c.id)
        ).all()
        bodies = [json.loads(body) for _, body in found]
        for body in bodies:
            for change in body["changes"]:
                self.apply(change)
        if found:
            self.last = found[-1].id
        return bodies

    def apply(self, change: Mapping[str, Any]) -> None:
        key = (change["table"], change["id"])
        before, after = change.get("before"), change.get("after")
        if before is not None and key not in self.rows:
            raise AssertionError(f"{key} is changed before it was made")
        for name, value in (before or {}).items():
            if self.rows[key].get(name) != value:
                raise AssertionError(f"{key}.{name} was {self.rows[key].get(name)!r}: {value!r}")
        if after is None:
            del self.rows[key]
            return
        merged = self.rows.get(key, {}) | after
        self.rows[key] = {k: v for k, v in merged.items() if v is not None}

    def differences(self, conn: Connection, only: Collection[str] = ()) -> list[str]:
        """Every place where a table (one of `only`, or any) is not what the entries say."""
        found = []
        for table in metadata.sorted_tables:
            if table.name in NOT_FOLDED or (only and table.name not in only):
                continue
            told = {
                key[1]: {c: v for c, v in row.items() if (table.name, c) not in NOT_AN_ACT}
                for key, row in self.rows.items()
                if key[0] == table.name
            }
            there = {
                row["id"]: as_told(table, dict(row))
                for row in conn.execute(select(table)).mappings()
            }
            for row_id in sorted(told.keys() | there.keys()):
                a, b = told.get(row_id), there.get(row_id)
                if a != b:
                    found.append(f"{table.name} {row_id}: told {a}, is {b}")
        return found


def as_told(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in the words of the trail."""
    return {
        name: canonical.plain(shown(table, name, value))
        for name, value in row.items()
        if name != "id" and value is not None and (table.name, name) not in NOT_AN_ACT
    }
