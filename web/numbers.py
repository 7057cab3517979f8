"""Numbers in addresses: what the database can hold is looked for, everything else is not there."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from werkzeug.routing import IntegerConverter, Map

from workflow.text import FIRST_YEAR, LAST_YEAR

# Keys are 32 bits wide in PostgreSQL; SQLite gives up at 64.
GREATEST = 2**31 - 1


class Bounded(IntegerConverter):
    """`<int:…>` in a rule: a longer number is no address of ours, so 404 and no question asked."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # noqa: A002 (its name there)
        super().__init__(map, *args, **{"max": GREATEST, **options})


def key(typed: str, low: int = 0, high: int = GREATEST) -> int | None:
    """A number as our own pages write it; None for everything else and beyond the bounds."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= len(str(GREATEST))):
        return None
    return int(typed) if low <= int(typed) <= high else None


def number(name: str, low: int = 0, high: int = GREATEST) -> int | None:
    """The number in the query part of the address; None when there is none within the bounds."""
    return key(request.args.get(name, ""), low, high)


def year(name: str = "year") -> int | None:
    """The year in the query part of the address, if it is one a calendar of ours has."""
    return number(name, FIRST_YEAR, LAST_YEAR)


def init_app(app: Flask) -> None:
    """Before the first rule is made: every `int` in a rule is bounded."""
    app.url_map.converters["int"] = Bounded
