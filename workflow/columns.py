"""What a column of a table holds, as its model says it: for whoever tells people of a change."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints

from sqlalchemy import Boolean, Column, Date

from models.base import Base, Moment
from models.states import Capacity, Quality, Verdict

# Words of a list that the models keep as plain text.
WORDS: Mapping[tuple[str, str], type[StrEnum]] = {
    ("cycle", "quality"): Quality,
    ("report", "capacity"): Capacity,
    ("report", "proposed_verdict"): Verdict,
    ("report", "quality"): Quality,
}


class Kind(StrEnum):
    """What people write in a form of their own."""

    DAY = "day"
    MOMENT = "moment"
    YES_OR_NO = "yes_or_no"
    OTHER = "other"


@cache
def columns_of(table: str) -> Mapping[str, Column[Any]]:
    """The columns of a table in their order; none of a table that is gone."""
    known = Base.metadata.tables.get(table)
    return {} if known is None else {c.name: c for c in known.columns}


@cache
def kind_of(table: str, name: str) -> Kind:
    """Whether a column holds days, moments, or yes and no."""
    column = columns_of(table).get(name)
    for type_, kind in ((Date, Kind.DAY), (Moment, Kind.MOMENT), (Boolean, Kind.YES_OR_NO)):
        if column is not None and isinstance(column.type, type_):
            return kind
    return Kind.OTHER


@cache
def points_to(table: str, name: str) -> str | None:
    """The table whose row a column names."""
    column = columns_of(table).get(name)
    keys = () if column is None else column.foreign_keys
    return next((k.column.table.name for k in keys if k.column.name == "id"), None)


@cache
def words_of(table: str, name: str) -> type[StrEnum] | None:
    """The list of words a column chooses from."""
    if (table, name) in WORDS:
        return WORDS[table, name]
    known = Base.metadata.tables.get(table)
    model = next((m.class_ for m in Base.registry.mappers if m.local_table is known), None)
    hint = get_type_hints(model).get(name) if model else None
    inside = get_args(hint)[0] if get_args(hint) else None
    kinds = (inside, *get_args(inside))
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, StrEnum)), None)
