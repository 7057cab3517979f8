"""The menu as data: every place, its icon, and for whom it is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import pgettext

from models.states import Role
from workflow.law.facts import ActorFacts

Visible = Callable[[ActorFacts], bool]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the menu. `section` is what a page names to say that it belongs here."""

    section: str
    path: str
    icon: str
    label: str
    is_current: bool = False
    starts_group: bool = False


def _everyone(_actor: ActorFacts) -> bool:
    return True


def _has_business(actor: ActorFacts) -> bool:
    """The administrator keeps accounts and has no business in the plan."""
    return bool(actor.roles - {Role.ADMIN})


def _follows(actor: ActorFacts) -> bool:
    """Whoever carries tasks out, judges them or looks into them."""
    return bool(actor.roles & {Role.OFFICE, Role.CHAIRMAN, Role.INSPECTOR}) or _reports(actor)


def _reports(actor: ActorFacts) -> bool:
    return bool(actor.roles & {Role.HEAD, Role.OFFICER})


def _sees_awards(actor: ActorFacts) -> bool:
    return Role.AWARD_APPRAISER in actor.roles or _follows(actor)


def _judges(actor: ActorFacts) -> bool:
    return Role.OFFICE in actor.roles or bool(actor.stands_for(Role.HEAD, Role.OFFICER))


def _administers(actor: ActorFacts) -> bool:
    return Role.ADMIN in actor.roles


def _inspects(actor: ActorFacts) -> bool:
    return Role.INSPECTOR in actor.roles


@dataclass(frozen=True, slots=True)
class _Entry:
    section: str
    path: str
    icon: str
    visible: Visible
    starts_group: bool = False


ENTRIES = (
    _Entry("inbox", "/inbox", "inbox", _has_business),
    _Entry("tasks", "/tasks", "tasks", _has_business),
    _Entry("verify", "/verify", "verify", _judges),
    _Entry("urge", "/urge", "urge", _follows),
    _Entry("calendar", "/calendar", "calendar", _follows),
    _Entry("dashboard", "/dashboard", "dashboard", _has_business, starts_group=True),
    _Entry("indicators", "/indicators", "indicators", _has_business),
    _Entry("reports", "/reports", "reports", _has_business),
    _Entry("awards", "/awards", "awards", _sees_awards),
    _Entry("excel", "/excel", "file-xlsx", _reports),
    _Entry("plans", "/plans", "plans", _everyone, starts_group=True),
    _Entry("audit", "/audit", "audit", _everyone),
    _Entry("inspections", "/inspections", "stamp", _inspects),
    _Entry("admin", "/admin", "people", _administers),
    _Entry("account", "/account", "account", _everyone, starts_group=True),
)
SECTIONS = frozenset(entry.section for entry in ENTRIES)


def _labels() -> dict[str, str]:
    return {
        "inbox": _("Việc của tôi"),
        "tasks": _("Nhiệm vụ"),
        "verify": _("Xác nhận"),
        "dashboard": _("Tổng quan"),
        "indicators": _("Chỉ tiêu"),
        "reports": pgettext("mục", "Báo cáo"),
        "awards": _("Khen thưởng"),
        "excel": _("Excel"),
        "urge": _("Đôn đốc"),
        "calendar": _("Lịch"),
        "plans": _("Kế hoạch"),
        "audit": _("Nhật ký"),
        "inspections": _("Thanh tra"),
        "admin": _("Quản trị"),
        "account": _("Tài khoản"),
    }


def places(actor: ActorFacts, current: str | None = None) -> list[Place]:
    """What this person sees in the menu, in order."""
    labels = _labels()
    seen = [entry for entry in ENTRIES if entry.visible(actor)]
    return [
        Place(
            section=entry.section,
            path=entry.path,
            icon=entry.icon,
            label=labels[entry.section],
            is_current=entry.section == current,
            starts_group=entry.starts_group and entry is not seen[0],
        )
        for entry in seen
    ]
