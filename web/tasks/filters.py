"""The filters of the register as they stand in the address, and the links that change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import RowMapping
from werkzeug.datastructures import MultiDict

from models.states import LABELS, CycleState, DueClass, PartyRole
from web.languages import vi
from workflow.lists import QUERY_LIMIT, SORTS, CycleFilter

Word = TypeVar("Word", bound=StrEnum)


def address(args: Mapping[str, Any]) -> str:
    """The register with these choices."""
    return url_for("tasks.index", **args)


@dataclass(frozen=True)
class Chosen:
    """What is asked for: the filter for the list, and the same as it stands in the address."""

    filter: CycleFilter
    args: Mapping[str, str]
    page: int

    def href(self, **changes: str | int | None) -> str:
        """The address with these changed; None takes one away. The page starts again."""
        wanted: dict[str, Any] = {**self.args, **changes}
        return address({name: value for name, value in wanted.items() if value is not None})

    def page_href(self, number: int) -> str:
        """The same list, another page."""
        return self.href(page=number if number > 1 else None)


def _word(kind: type[Word], typed: str) -> Word | None:
    return kind(typed) if typed in set(kind) else None


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else None


def read(sent: MultiDict[str, str], today: date) -> Chosen:
    """The choice in an address; what cannot be read is left out rather than refused.

    Without a year this year is meant; an empty one means all.
    """
    args = {name: value.strip() for name, value in sent.items() if name in NAMES}
    args.setdefault("year", str(today.year))
    sort = args.get("sort", "")
    chosen = CycleFilter(
        q=args.get("q", "")[:QUERY_LIMIT],
        plan=args.get("plan") or None,
        year=_number(args["year"]),
        agency=args.get("agency") or None,
        section=args.get("section") or None,
        task_id=_number(args.get("task", "")),
        state=_word(CycleState, args.get("state", "")),
        due=_word(DueClass, args.get("due", "")),
        part=_word(PartyRole, args.get("part", "")),
        sort=sort if sort in SORTS else "due",
    )
    kept = {name: value for name, value in args.items() if value or name == "year"}
    return Chosen(chosen, kept, max(1, _number(sent.get("page", "")) or 1))


NAMES = ("q", "plan", "year", "agency", "section", "task", "state", "due", "part", "sort")


def columns(chosen: Chosen) -> list[dict[str, Any]]:
    """The head of the table; a column that can be sorted by is a link."""
    now = chosen.filter.sort
    heads = [
        ("task", _("Mã")),
        (None, _("Nội dung")),
        ("agency", _("Chủ trì")),
        ("due", _("Hạn")),
        ("state", _("Trạng thái")),
        ("changed", _("Cập nhật")),
    ]
    return [
        {
            "label": label,
            "sort_href": chosen.href(sort=key) if key else None,
            "sorted": _direction(key) if key == now else None,
            "class": "dd-no-print" if key == "changed" else None,
        }
        for key, label in heads
    ]


def _direction(key: str) -> str:
    return "descending" if key == "changed" else "ascending"


def views(chosen: Chosen, mine: str | None) -> list[dict[str, Any]]:
    """Ready-made looks, each a plain address."""
    year = chosen.args["year"]
    looks: list[tuple[str, dict[str, str]]] = [(_("Tất cả"), {})]
    if mine:
        looks.append((_("Cơ quan tôi chủ trì"), {"agency": mine}))
        looks.append((_("Cơ quan tôi phối hợp"), {"agency": mine, "part": "supporting"}))
    looks += [
        (_("Quá hạn"), {"due": DueClass.OVERDUE.value}),
        (_("Sắp đến hạn"), {"due": DueClass.DUE_SOON.value}),
        (_("Chờ xác nhận"), {"state": CycleState.REPORTED.value}),
    ]
    narrowed = {k: v for k, v in chosen.args.items() if k not in ("year", "sort")}
    return [
        {
            "label": label,
            "href": address({"year": year, **args}),
            "is_current": narrowed == args,
        }
        for label, args in looks
    ]


def chips(chosen: Chosen, agencies: Sequence[RowMapping]) -> list[dict[str, str]]:
    """What narrows the list now; each chip takes itself away."""
    f = chosen.filter
    shorts = {a["code"]: a["short"] for a in agencies}
    shown: list[tuple[str, str]] = []
    if f.q:
        shown.append((vi(f"“{f.q}”"), "q"))
    if f.agency:
        role = LABELS[f.part or PartyRole.LEAD]
        shown.append((_(role) + ": " + vi(shorts.get(f.agency, f.agency)), "agency"))
    if f.section:
        shown.append((_("Mục %(section)s", section=f.section), "section"))
    if f.task_id:
        shown.append((_("Một nhiệm vụ"), "task"))
    if f.state:
        shown.append((_(LABELS[f.state]), "state"))
    if f.due:
        shown.append((_(LABELS[f.due]), "due"))
    if f.plan:
        shown.append((f.plan, "plan"))
    return [{"label": label, "href": chosen.href(**_without(name))} for label, name in shown]


def _without(name: str) -> dict[str, None]:
    return {"agency": None, "part": None} if name == "agency" else {name: None}


def tallies(chosen: Chosen, tally: Mapping[str, int]) -> list[dict[str, Any]]:
    """What hurts in this list, as counts that lead to it."""
    looks = (
        (DueClass.OVERDUE, "due", "red", "state-overdue"),
        (DueClass.DUE_SOON, "due", "orange", "state-due-soon"),
        (CycleState.REPORTED, "state", "purple", "state-reported"),
    )
    return [
        {
            "label": _(LABELS[word]),
            "count": tally[word],
            "href": chosen.href(**{name: word.value}),
            "tone": tone,
            "icon": icon,
        }
        for word, name, tone, icon in looks
        if tally.get(word) and chosen.args.get(name) != word.value
    ]
