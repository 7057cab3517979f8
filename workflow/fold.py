"""Rows as the entries tell them: every change of every entry, one after the other.

Nothing here reads a table of today, so what somebody changed beside the door does not reach it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import RowMapping, Table

from workflow import canonical
from workflow.door import shown

Row = dict[str, Any]


@dataclass
class Fold:
    """Rows of these tables, by table and id, in the words of the trail; no column is empty.

    `is_torn` once an entry did not begin where the one before it had ended: one is missing, or
    stands in another place.
    """

    tables: Collection[Table]
    rows: dict[tuple[str, int], Row] = field(default_factory=dict)
    is_torn: bool = False

    def __post_init__(self) -> None:
        self._named = {table.name for table in self.tables}

    def take(self, change: Mapping[str, Any]) -> None:
        """One change of one entry, in the order of the log."""
        key = (change["table"], change["id"])
        if key[0] not in self._named:
            return
        before, after = change.get("before"), change.get("after")
        row = self.rows.get(key)
        if (before is None) != (row is None):
            self.is_torn = True
        row = row or {}
        if any(row.get(column) != value for column, value in (before or {}).items()):
            self.is_torn = True
        if after is None:
            self.rows.pop(key, None)
            return
        self.rows[key] = {c: v for c, v in (row | after).items() if v is not None}

    def of(self, table: Table) -> dict[int, Row]:
        """The rows of one table, by their id."""
        return {key[1]: row for key, row in self.rows.items() if key[0] == table.name}


def as_told(table: Table, row: RowMapping | Mapping[str, Any]) -> Row:
    """A row of a table in the words of the trail, to be compared with what was told of it."""
    return {
        name: canonical.plain(shown(table, name, value))
        for name, value in row.items()
        if name != "id" and value is not None
    }
