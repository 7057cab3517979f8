"""The lists whose filters can be kept, and the one way in which a choice is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from werkzeug.exceptions import BadRequest

from web.audit.wanted import FILTERS
from web.tasks.filters import NAMES


@dataclass(frozen=True)
class Place:
    """A list: its page, and the names that may stand in its address."""

    endpoint: str
    names: tuple[str, ...]


PLACES: dict[str, Place] = {
    "tasks": Place("tasks.index", NAMES),
    "audit": Place("audit.index", (*FILTERS, "shape")),
    "admin": Place("admin.index", ("q", "agency", "role", "state")),
}


def written(place: str, args: Mapping[str, str], year: int) -> str:
    """A choice as it is kept: known names in their order, nothing that says nothing.

    The register means this year when none is named, and every year when an empty one is: a view
    of this year is kept without it, so that next year it shows next year.
    """
    chosen = [(name, args[name].strip()) for name in PLACES[place].names if name in args]
    return urlencode(
        [
            (name, value)
            for name, value in chosen
            if (value != str(year) if name == "year" else value)
        ]
    )


def checked(place: str, query: str, year: int) -> str:
    """A choice that was sent to be kept; 400 when it is not one of this list."""
    if place not in PLACES:
        raise BadRequest("no such list")
    pairs = parse_qsl(query, keep_blank_values=True)
    names = [name for name, _value in pairs]
    if len(set(names)) < len(names) or not set(names) <= set(PLACES[place].names):
        raise BadRequest("not a choice of this list")
    return written(place, dict(pairs), year)


def address(place: str, query: str) -> str:
    """The list with this choice: always a page of ours, whatever was kept."""
    known = PLACES[place]
    chosen: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    return url_for(known.endpoint, **{k: v for k, v in chosen.items() if k in known.names})
