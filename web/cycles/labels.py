"""Words about cycles and reports that several pages say alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from models.states import (
    LABELS,
    Capacity,
    CycleKind,
    ExtensionStatus,
    FlagKind,
    PartyRole,
    ReasonClass,
    ReportStatus,
    UrgeLevel,
    Verdict,
)
from web.filters import day
from workflow.text import counted


def period(row: Mapping[str, Any]) -> str:
    """năm 2026 · đến 31/12/2025: how a cycle is told from the others of its task."""
    if row["kind"] == CycleKind.UNTIL_DATE:
        if row["due_on"] is None:
            return _("đến năm %(year)s", year=row["year"])
        return _("đến %(day)s", day=day(row["due_on"]))
    return _("năm %(year)s", year=row["year"])


def report_words() -> list[tuple[str, str]]:
    """The parts of a report, in order."""
    return [
        ("result", _("Kết quả thực hiện")),
        ("product", _("Sản phẩm đầu ra")),
        ("figures", _("Số liệu chính")),
        ("difficulties", _("Khó khăn, vướng mắc")),
        ("proposals", _("Kiến nghị, đề xuất")),
    ]


def report_status(status: str) -> str:
    """What became of a sending."""
    return _(LABELS[ReportStatus(status)])


def verdict(proposed: str) -> str:
    """What an appraiser proposes."""
    return _(LABELS[Verdict(proposed)])


# What is asked of a cycle, by the part it plays there.
ASKED: Mapping[str, type[ExtensionStatus | FlagKind | ReasonClass | UrgeLevel]] = {
    "status": ExtensionStatus,
    "mark": FlagKind,
    "reason": ReasonClass,
    "level": UrgeLevel,
}


def asked_word(part: str, value: str) -> str:
    """A status, mark, class of reason or level in words."""
    return _(LABELS[ASKED[part](value)])


def capacity_mark(capacity: str | None) -> str:
    """What stands before a post when somebody signs: KT., TM. …; a head signs as himself."""
    if not capacity or capacity == Capacity.HEAD:
        return ""
    return f"{Capacity(capacity).value}."


def party_roles() -> list[tuple[str, str]]:
    """The parts an agency can have, in order."""
    return [(role.value, _(LABELS[role])) for role in PartyRole]


def by_role(named: Iterable[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Agencies, each (role, short, full name), by the part they have."""
    found: dict[str, list[tuple[str, str]]] = {role.value: [] for role in PartyRole}
    for role, short, full in named:
        found[role].append((short, full))
    return found


def words() -> dict[str, Any]:
    """For templates."""
    return {
        "period": period,
        "report_words": report_words,
        "counted": counted,
        "report_status": report_status,
        "verdict_label": verdict,
        "capacity_mark": capacity_mark,
        "party_roles": party_roles,
        "asked_word": asked_word,
    }
