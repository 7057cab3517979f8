"""A reason to wait, as a heading with its rows, and the verb on each row's button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models.states import CycleState, Role
from web.filters import day
from workflow.inbox import Waiting, Why
from workflow.law.facts import ActorFacts

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """One row: the cycle, why it is here, what to press and where that leads.

    `quote` is what somebody wrote about it, `by` the day of a question; else the deadline counts.
    """

    row: Row
    why: str
    verb: str
    href: str
    quote: str | None = None
    by: date | None = None


@dataclass(frozen=True)
class Section:
    """One reason with its rows; `total` counts those that are not shown as well."""

    anchor: str
    title: str
    tone: str
    icon: str
    jobs: Sequence[Job]
    total: int
    one_by_one: str | None = None

    @property
    def count(self) -> int:
        return self.total

    @property
    def hidden(self) -> int:
        return self.total - len(self.jobs)


LOOKS: dict[Why, tuple[str, str]] = {
    Why.OVERDUE: ("red", "state-overdue"),
    Why.RETURNED: ("", "return"),
    Why.EXPLAIN: ("", "help"),
    Why.SUPPORT: ("", "people"),
    Why.DRAFT_READY: ("", "edit"),
    Why.DUE: ("", "calendar"),
    Why.NEW: ("", "state-assigned"),
    Why.SILENT: ("", "alert"),
    Why.EXTENSION: ("", "calendar"),
    Why.VERIFY: ("purple", "state-reported"),
    Why.APPRAISE: ("purple", "appraise"),
    Why.ANSWER: ("", "conflict"),
    Why.COMPLETE: ("green", "state-verified"),
    Why.UNEXPLAINED: ("", "alert"),
    Why.UNANSWERED: ("", "urge"),
    Why.UPCOMING: ("", "state-in-progress"),
}


# Many of these are read one after the other.
READ = (Why.VERIFY, Why.APPRAISE)


# What a reason is called on the page.
TITLES: dict[Why, LazyString] = {
    Why.OVERDUE: _l("Quá hạn"),
    Why.RETURNED: _l("Bị trả lại, chờ bổ sung"),
    Why.EXPLAIN: _l("Yêu cầu giải trình"),
    Why.SUPPORT: _l("Đề nghị phối hợp"),
    Why.DRAFT_READY: _l("Dự thảo chờ gửi"),
    Why.DUE: _l("Đến kỳ báo cáo"),
    Why.NEW: _l("Mới giao, chờ tiếp nhận"),
    Why.SILENT: _l("Cơ quan phối hợp chưa trả lời"),
    Why.EXTENSION: _l("Đề nghị gia hạn chờ quyết định"),
    Why.VERIFY: _l("Chờ xác nhận"),
    Why.APPRAISE: _l("Chờ thẩm định"),
    Why.ANSWER: _l("Đề nghị điều chỉnh chờ trả lời"),
    Why.COMPLETE: _l("Đã xác nhận, chờ hoàn thành"),
    Why.UNEXPLAINED: _l("Giải trình quá ngày"),
    Why.UNANSWERED: _l("Đôn đốc quá ngày trả lời"),
    Why.UPCOMING: _l("Sắp tới"),
}


def section(found: Waiting, actor: ActorFacts, today: date) -> Section:
    """A reason and its rows for this person."""
    tone, icon = LOOKS[found.why]
    return Section(
        anchor=found.why.value,
        title=str(TITLES[found.why]),
        tone="red" if found.is_late else tone,
        icon=icon,
        jobs=[job(found.why, row, actor) for row in found.rows],
        total=found.total,
        one_by_one=url_for("verify.review") if found.why in READ and found.total > 1 else None,
    )


def job(why: Why, row: Row, actor: ActorFacts) -> Job:
    """One row with its verb: what the law lets this person do next, in the fewest clicks."""
    if why is Why.OVERDUE and row["state"] == CycleState.ASSIGNED:
        why = Why.NEW
    verb, endpoint, more = VERBS[why]
    if endpoint == "cycles.draft" and why is not Why.RETURNED:
        # Only a head sends a report; an officer writes it.
        heads_it = actor.holds(Role.HEAD, row["agency_id"]) is not None
        verb = _l("Báo cáo") if heads_it else _l("Soạn báo cáo")
    href = url_for(endpoint, cycle_id=row["id"], **more)
    return Job(row, _reason(why, row), str(verb), href, _quote(why, row), row.get("by"))


def _act(verb: LazyString, segment: str) -> tuple[LazyString, str, dict[str, Any]]:
    return verb, "cycles.act", {"segment": segment}


# What the button of a row says, and the page it leads to.
VERBS: dict[Why, tuple[LazyString, str, dict[str, Any]]] = {
    Why.OVERDUE: (_l("Báo cáo"), "cycles.draft", {}),
    Why.RETURNED: (_l("Bổ sung"), "cycles.draft", {}),
    Why.EXPLAIN: _act(_l("Giải trình"), "explain"),
    Why.SUPPORT: _act(_l("Trả lời"), "contribute"),
    Why.DRAFT_READY: (_l("Kiểm tra và gửi"), "cycles.check", {}),
    Why.DUE: (_l("Báo cáo"), "cycles.draft", {}),
    Why.NEW: (_l("Tiếp nhận"), "cycles.show", {}),
    Why.SILENT: _act(_l("Ghi nhận"), "note-silence"),
    Why.EXTENSION: _act(_l("Quyết định"), "decide-extension"),
    Why.VERIFY: (_l("Đọc và xác nhận"), "verify.read", {}),
    Why.APPRAISE: (_l("Thẩm định"), "verify.read", {}),
    Why.ANSWER: _act(_l("Trả lời"), "answer-decline"),
    Why.COMPLETE: _act(_l("Hoàn thành"), "complete"),
    Why.UNEXPLAINED: (_l("Mở"), "cycles.show", {}),
    Why.UNANSWERED: _act(_l("Đôn đốc tiếp"), "urge"),
    Why.UPCOMING: (_l("Mở"), "cycles.show", {}),
}


def _reason(why: Why, row: Row) -> str:
    """Why this row is here, where the heading does not say it all."""
    if why is Why.RETURNED and row["resend_by"]:
        return _("Gửi lại trước hết ngày %(day)s", day=day(row["resend_by"]))
    if why is Why.NEW:
        return _("Chờ cơ quan tiếp nhận")
    if why is Why.ANSWER:
        return _("Cơ quan chủ trì đề nghị điều chỉnh")
    if why in QUESTIONS:
        return _asked(why, row)
    if row["reported_at"]:
        return _("Gửi ngày %(day)s", day=day(row["reported_at"]))
    return _("Tiến độ %(percent)s%%", percent=row["percent"])


# What people ask of each other: rows with words and a day of their own.
QUESTIONS = (
    Why.EXPLAIN,
    Why.SUPPORT,
    Why.SILENT,
    Why.EXTENSION,
    Why.UNEXPLAINED,
    Why.UNANSWERED,
)


def _asked(why: Why, row: Row) -> str:
    """What a question wants, and by when."""
    known = {"day": day(row["by"]), "number": row["number"], "who": row["said"]}
    if why is Why.SILENT:
        return _("Chưa nhận được ý kiến của %(who)s", **known)
    if why is Why.EXTENSION:
        return _(
            "Lần %(number)s, đề nghị hạn mới %(day)s",
            number=row["number"],
            day=day(row["extension_asked"]),
        )
    if why is Why.UNANSWERED:
        return _("Đôn đốc lần %(number)s, hẹn trả lời ngày %(day)s", **known)
    return _("Trả lời trước hết ngày %(day)s", **known)


def _quote(why: Why, row: Row) -> str | None:
    """What somebody wrote, on one line: the page it leads to holds the whole."""
    said = row["objection"] if why is Why.ANSWER else row.get("said")
    if not said or why is Why.SILENT:
        return None
    return " ".join(said.split())
