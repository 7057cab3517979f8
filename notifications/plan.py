"""What is told of an event: to which posts, in which words, how urgently, and while it is true.

Pure: the event and the facts of its cycle in, what to say out. Nothing here sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.states import CycleState as S


@dataclass(frozen=True)
class Telling:
    """One event in words. Placeholders come from the entry; `judge_*` is whoever judges it."""

    posts: tuple[str, ...]
    text: str
    is_urgent: bool = False
    true_while: frozenset[S] | None = None


LEAD = ("lead_head", "lead_officer")
JUDGE = ("judge_head", "judge_officer")
OPEN = frozenset({S.ASSIGNED, S.IN_PROGRESS})

TELLINGS: dict[str, Telling] = {
    "assigned": Telling(LEAD, "Giao nhiệm vụ mới, hạn {due}", true_while=frozenset({S.ASSIGNED})),
    "declined": Telling(
        ("judge_head",),
        "Cơ quan chủ trì đề nghị điều chỉnh: {reason}",
        true_while=frozenset({S.ASSIGNED}),
    ),
    "decline_answered": Telling(LEAD, "Đề nghị điều chỉnh đã được trả lời: {reason}"),
    "contributed": Telling(LEAD, "Có nội dung phối hợp mới", true_while=OPEN),
    "draft_presented": Telling(
        ("lead_head",), "Dự thảo báo cáo chờ kiểm tra và gửi", true_while=frozenset({S.IN_PROGRESS})
    ),
    "reported": Telling(JUDGE, "Có báo cáo chờ xác nhận", true_while=frozenset({S.REPORTED})),
    "returned": Telling(
        LEAD,
        "Trả lại báo cáo, gửi lại trước hết ngày {resend_by}: {reason}",
        is_urgent=True,
        true_while=OPEN,
    ),
    "verified": Telling(
        LEAD, "Kết quả đã được xác nhận", true_while=frozenset({S.VERIFIED, S.COMPLETED})
    ),
    "completed": Telling(LEAD, "Kỳ đã kết thúc", true_while=frozenset({S.COMPLETED})),
    "reopened": Telling(LEAD, "Mở lại nhiệm vụ: {reason}", is_urgent=True, true_while=OPEN),
    "deadline_set": Telling(LEAD, "Ấn định hạn: {due}", true_while=OPEN),
    "deadline_moved": Telling(LEAD, "Dời hạn do hệ thống gián đoạn: {due}", true_while=OPEN),
    "urged": Telling(
        LEAD,
        "Đôn đốc lần {number}, trả lời trước hết ngày {answer_by}: {reason}",
        is_urgent=True,
        true_while=OPEN,
    ),
    "explanation_asked": Telling(
        ("lead_head",),
        "Yêu cầu giải trình, trả lời trước hết ngày {answer_by}: {reason}",
        is_urgent=True,
    ),
    "explained": Telling(("office", "chairman"), "Đã giải trình: {reason}"),
    "flagged": Telling(("lead_head",), "Nhiệm vụ được đánh dấu theo dõi: {reason}"),
    "extension_asked": Telling(
        ("office", "chairman"), "Đề nghị gia hạn đến {asked}: {reason}", true_while=OPEN
    ),
    "extension_granted": Telling(LEAD, "Đồng ý gia hạn, hạn mới {due}", true_while=OPEN),
    "extension_refused": Telling(
        LEAD, "Không đồng ý gia hạn, hạn vẫn là {due}: {reason}", true_while=OPEN
    ),
    "extended_late": Telling(LEAD, "Gia hạn muộn đến {due}; dấu quá hạn vẫn giữ", true_while=OPEN),
    "support_asked": Telling(
        ("asked_head", "asked_officer"),
        "Đề nghị phối hợp, trả lời trước hết ngày {answer_by}: {reason}",
        true_while=OPEN,
    ),
}


def written(day: date | str | None) -> str:
    """A day as people write it."""
    if day is None:
        return "không hạn"
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return day.strftime("%d/%m/%Y")


def words(telling: Telling, body: Mapping[str, Any], due_on: date | None) -> str:
    """The sentence of an event, from the body of its entry."""
    details = body["details"]
    reason = " ".join((body["reason"] or details.get("message") or "").split())
    if len(reason) > 160:
        reason = reason[:159].rstrip() + "…"
    text = telling.text.format(
        reason=reason,
        due=written(due_on),
        number=details.get("number", ""),
        resend_by=written(details.get("resend_by")),
        answer_by=written(details.get("answer_by")),
        asked=written(details.get("asked_due_on")),
    )
    return text.rstrip(": ")
