"""A reason to wait, as a heading with its rows, and the verb on each row's button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import RowMapping

from models.states import CycleState, Role
from web.filters import day
from workflow.inbox import Waiting, Why
from workflow.law.facts import ActorFacts


@dataclass(frozen=True)
class Job:
    """One row: the cycle, why it is here, what to press and where that leads.

    `quote` is what somebody wrote about it, `by` the day of a question; else the deadline counts.
    """

    row: RowMapping
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


def title(why: Why) -> str:
    """What a reason is called on the page."""
    return {
        Why.OVERDUE: _("Quá hạn"),
        Why.RETURNED: _("Bị trả lại, chờ bổ sung"),
        Why.EXPLAIN: _("Yêu cầu giải trình"),
        Why.SUPPORT: _("Đề nghị phối hợp"),
        Why.DRAFT_READY: _("Dự thảo chờ gửi"),
        Why.DUE: _("Đến kỳ báo cáo"),
        Why.NEW: _("Mới giao, chờ tiếp nhận"),
        Why.SILENT: _("Cơ quan phối hợp chưa trả lời"),
        Why.EXTENSION: _("Đề nghị gia hạn chờ quyết định"),
        Why.VERIFY: _("Chờ xác nhận"),
        Why.APPRAISE: _("Chờ thẩm định"),
        Why.ANSWER: _("Đề nghị điều chỉnh chờ trả lời"),
        Why.COMPLETE: _("Đã xác nhận, chờ hoàn thành"),
        Why.UNEXPLAINED: _("Giải trình quá ngày"),
        Why.UNANSWERED: _("Đôn đốc quá ngày trả lời"),
        Why.UPCOMING: _("Sắp tới"),
    }[why]


def section(found: Waiting, actor: ActorFacts, today: date) -> Section:
    """A reason and its rows for this person."""
    tone, icon = LOOKS[found.why]
    return Section(
        anchor=found.why.value,
        title=title(found.why),
        tone="red" if found.is_late else tone,
        icon=icon,
        jobs=[job(found.why, row, actor) for row in found.rows],
        total=found.total,
        one_by_one=url_for("verify.review") if found.why in READ and found.total > 1 else None,
    )


def job(why: Why, row: RowMapping, actor: ActorFacts) -> Job:
    """One row with its verb: what the law lets this person do next, in the fewest clicks."""
    heads_it = actor.holds(Role.HEAD, row["agency_id"]) is not None
    page = url_for("cycles.show", cycle_id=row["id"])
    report = url_for("cycles.draft", cycle_id=row["id"])
    reading = url_for("verify.read", cycle_id=row["id"])
    writing = (_("Báo cáo") if heads_it else _("Soạn báo cáo"), report)

    def act(segment: str) -> str:
        return url_for("cycles.act", cycle_id=row["id"], segment=segment)

    if why is Why.OVERDUE and row["state"] == CycleState.ASSIGNED:
        why = Why.NEW
    verb, href = {
        Why.OVERDUE: writing,
        Why.RETURNED: (_("Bổ sung"), report),
        Why.EXPLAIN: (_("Giải trình"), act("explain")),
        Why.SUPPORT: (_("Trả lời"), act("contribute")),
        Why.DRAFT_READY: (_("Kiểm tra và gửi"), url_for("cycles.check", cycle_id=row["id"])),
        Why.DUE: writing,
        Why.NEW: (_("Tiếp nhận"), page),
        Why.SILENT: (_("Ghi nhận"), act("note-silence")),
        Why.EXTENSION: (_("Quyết định"), act("decide-extension")),
        Why.VERIFY: (_("Đọc và xác nhận"), reading),
        Why.APPRAISE: (_("Thẩm định"), reading),
        Why.ANSWER: (_("Trả lời"), act("answer-decline")),
        Why.COMPLETE: (_("Hoàn thành"), act("complete")),
        Why.UNEXPLAINED: (_("Mở"), page),
        Why.UNANSWERED: (_("Đôn đốc tiếp"), act("urge")),
        Why.UPCOMING: (_("Mở"), page),
    }[why]
    return Job(row, _reason(why, row), verb, href, _quote(why, row), row.get("by"))


def _reason(why: Why, row: RowMapping) -> str:
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


def _asked(why: Why, row: RowMapping) -> str:
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


def _quote(why: Why, row: RowMapping) -> str | None:
    """What somebody wrote, on one line: the page it leads to holds the whole."""
    said = row["objection"] if why is Why.ANSWER else row.get("said")
    if not said or why is Why.SILENT:
        return None
    return " ".join(said.split())
