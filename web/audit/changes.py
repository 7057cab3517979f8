"""What an act changed, row by row, as a reader says it and as the log keeps it.

Days and moments as people write them, states in words, names for the numbers of rows. The raw value
stands beside whatever is said otherwise: an inspector lays the page next to the bundle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from models.states import LABELS
from web.audit.labels import column_label, table_label
from web.filters import day, moment, number, size
from web.languages import vi
from workflow import audit
from workflow.columns import Kind, columns_of, kind_of, points_to, words_of

# Only the loading of a plan changes more; its record stands whole on the same page.
MOST_ROWS = 60
DECIMALS = frozenset({"value", "asked", "allocated", "disbursed", "bound"})
Names = Mapping[tuple[str, int], str]
Change = Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """One value: as it is said, and raw where that is something else."""

    said: str
    raw: str | None = None


@dataclass(frozen=True)
class Line:
    """One column of a row, before and after."""

    column: str
    label: str | None
    before: Value | None
    after: Value | None


@dataclass(frozen=True)
class Row:
    """One row of a table, with every column the act changed, in the order of the table."""

    table: str
    label: str | None
    row_id: int
    happened: str
    is_new: bool
    lines: list[Line]


def wanted_names(changes: Iterable[Change]) -> dict[str, set[int]]:
    """The rows that are pointed to, by table: what to ask the names of."""
    found: dict[str, set[int]] = {}
    for change in changes:
        for values in (change.get("before", {}), change.get("after", {})):
            for column, value in values.items():
                target = points_to(change["table"], column)
                if target and isinstance(value, int):
                    found.setdefault(target, set()).add(value)
    return found


def rows_of(changes: Iterable[Change], names: Names) -> list[Row]:
    """The changes of an entry's body, one row of a table after the other."""
    return [_row(change, names) for change in changes]


def _row(change: Change, names: Names) -> Row:
    table = change["table"]
    before, after = change.get("before", {}), change.get("after", {})
    order = {name: at for at, name in enumerate(columns_of(table))}
    lines = [
        Line(
            column,
            column_label(table, column),
            _value(table, column, audit.written(before.get(column)), names),
            _value(table, column, audit.written(after.get(column)), names),
        )
        for column in sorted(before | after, key=lambda c: (order.get(c, len(order)), c))
    ]
    is_new, is_gone = "before" not in change, "after" not in change
    happened = _("thêm mới") if is_new else _("xóa") if is_gone else _("sửa")
    return Row(table, table_label(table), change["id"], happened, is_new, lines)


def _value(table: str, name: str, raw: str | None, names: Names) -> Value | None:
    if raw is None:
        return None
    try:
        said = _said(table, name, raw, names)
    except (ValueError, InvalidOperation):
        said = None  # not what the column holds today: as it stands
    return Value(vi(raw)) if said is None or said == raw else Value(said, raw)


def _said(table: str, name: str, raw: str, names: Names) -> str | None:
    """The value as people say it; None when there is no other way than the raw one."""
    if name not in columns_of(table):
        return None
    if (words := words_of(table, name)) is not None:
        return _(LABELS[words(raw)])
    if (target := points_to(table, name)) is not None:
        named = names.get((target, int(raw)))
        return vi(named) if named else None
    kind = kind_of(table, name)
    if kind is Kind.YES_OR_NO:
        return _("Có") if raw == "true" else _("Không")
    if kind is Kind.DAY:
        return day(date.fromisoformat(raw))
    if kind is Kind.MOMENT:
        return moment(datetime.fromisoformat(raw))
    if name in DECIMALS:
        return number(Decimal(raw))
    if name == "percent":
        return f"{raw}%"
    return size(int(raw)) if name == "size" else None
