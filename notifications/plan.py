"""What is told of an event: to which posts, in which words, how urgently, and while it is true.

Pure: the event and the facts of its cycle in, what to say out. Nothing here sends.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from models.states import CycleState as S
from models.states import Role
from workflow.law.deadlines import VIETNAM
from workflow.words import Own, Translate


@dataclass(frozen=True)
class Telling:
    """To whom one event is told, how urgently; `judge_*` is whoever judges it."""

    posts: tuple[str, ...]
    is_urgent: bool = False
    true_while: frozenset[S] | None = None


NO_DEADLINE = "không hạn"
LEAD = ("lead_head", "lead_officer")
JUDGE = ("judge_head", "judge_officer")
OPEN = frozenset({S.ASSIGNED, S.IN_PROGRESS})

TELLINGS: dict[str, Telling] = {
    "assigned": Telling(LEAD, true_while=frozenset({S.ASSIGNED})),
    "declined": Telling(("judge_head",), true_while=frozenset({S.ASSIGNED})),
    "decline_answered": Telling(LEAD),
    "contributed": Telling(LEAD, true_while=OPEN),
    "draft_presented": Telling(("lead_head",), true_while=frozenset({S.IN_PROGRESS})),
    "reported": Telling(JUDGE, true_while=frozenset({S.REPORTED})),
    "withdrawn": Telling(("lead_head",), true_while=frozenset({S.IN_PROGRESS})),
    "returned": Telling(LEAD, is_urgent=True, true_while=OPEN),
    "verified": Telling(LEAD, true_while=frozenset({S.VERIFIED, S.COMPLETED})),
    "completed": Telling(LEAD, true_while=frozenset({S.COMPLETED})),
    "reopened": Telling(LEAD, is_urgent=True, true_while=OPEN),
    "deadline_set": Telling(LEAD, true_while=OPEN),
    "deadline_moved": Telling(LEAD, true_while=OPEN),
    "lateness_recounted": Telling(LEAD),
    "held": Telling(LEAD),
    "resumed": Telling(LEAD, true_while=OPEN),
    "ended": Telling(LEAD),
    # "asked" is the agency that led until then.
    "transferred": Telling((*LEAD, "asked_head", "asked_officer"), is_urgent=True),
    "urged": Telling(LEAD, is_urgent=True, true_while=OPEN),
    "explanation_asked": Telling(("lead_head",), is_urgent=True),
    "explained": Telling(("office", "chairman")),
    "flagged": Telling(("lead_head",)),
    "extension_asked": Telling(("office", "chairman"), true_while=OPEN),
    "extension_granted": Telling(LEAD, true_while=OPEN),
    "extension_refused": Telling(LEAD, true_while=OPEN),
    "extended_late": Telling(LEAD, true_while=OPEN),
    "support_asked": Telling(("asked_head", "asked_officer"), true_while=OPEN),
}
# What is no cycle's: to these roles, wherever they are. Not to the administrator alone, who may be
# the one it is about.
WATCHERS = (Role.INSPECTOR, Role.OFFICE, Role.ADMIN)
TO_WATCHERS: dict[str, tuple[Role, ...]] = {
    "tampering_found": WATCHERS,
    "left_unsealed": WATCHERS,
    # What makes a false history possible when it is done without need: also when it is well meant.
    "epoch_opened": WATCHERS,
    "key_rotated": WATCHERS,
}
# What is told, in words. Placeholders come from the entry.
TEXTS: dict[str, str] = {
    "assigned": "Giao nhiệm vụ mới, hạn %(due)s",
    "declined": "Cơ quan chủ trì đề nghị điều chỉnh: %(reason)s",
    "decline_answered": "Đề nghị điều chỉnh đã được trả lời: %(reason)s",
    "contributed": "Có nội dung phối hợp mới",
    "draft_presented": "Dự thảo báo cáo chờ kiểm tra và gửi",
    "reported": "Có báo cáo chờ xác nhận",
    "withdrawn": "Báo cáo đã gửi được thu hồi: %(reason)s",
    "returned": "Trả lại báo cáo, gửi lại trước hết ngày %(resend_by)s: %(reason)s",
    "verified": "Kết quả đã được xác nhận",
    "completed": "Kỳ đã kết thúc",
    "reopened": "Mở lại nhiệm vụ: %(reason)s",
    "deadline_set": "Ấn định hạn: %(due)s",
    "deadline_moved": "Dời hạn do hệ thống gián đoạn: %(due)s",
    "lateness_recounted": "Tính lại số ngày quá hạn: hệ thống gián đoạn, hạn mới %(due)s",
    "held": "Tạm dừng theo văn bản: %(reason)s",
    "resumed": "Tiếp tục thực hiện, hạn %(due)s: %(reason)s",
    "ended": "Kết thúc theo văn bản: %(reason)s",
    "transferred": "Chuyển cơ quan chủ trì từ %(old)s sang %(new)s: %(reason)s",
    "urged": "Đôn đốc lần %(number)s, trả lời trước hết ngày %(answer_by)s: %(reason)s",
    "explanation_asked": "Yêu cầu giải trình, trả lời trước hết ngày %(answer_by)s: %(reason)s",
    "explained": "Đã giải trình: %(reason)s",
    "flagged": "Nhiệm vụ được đánh dấu theo dõi: %(reason)s",
    "extension_asked": "Đề nghị gia hạn đến %(asked)s: %(reason)s",
    "extension_granted": "Đồng ý gia hạn, hạn mới %(due)s",
    "extension_refused": "Không đồng ý gia hạn, hạn vẫn là %(due)s: %(reason)s",
    "extended_late": "Gia hạn muộn đến %(due)s; dấu quá hạn vẫn giữ",
    "support_asked": "Đề nghị phối hợp, trả lời trước hết ngày %(answer_by)s: %(reason)s",
    "tampering_found": "Nhật ký hoặc dữ liệu đã bị sửa: %(reason)s",
    "left_unsealed": "Có mục nhật ký chưa được niêm phong từ %(since)s: %(reason)s",
    "epoch_opened": "Mở kỳ nhật ký mới sau khi mất phần cuối: %(reason)s",
    "key_rotated": "Đổi khóa niêm phong: %(reason)s",
}

# The same to bodies that are asked and not ordered: what else would be an order.
TEXTS_TO_ASKED: dict[str, str] = {
    "assigned": "Đề nghị phối hợp thực hiện nhiệm vụ mới, thời gian %(due)s",
    "returned": "Đề nghị bổ sung báo cáo, gửi lại trước hết ngày %(resend_by)s: %(reason)s",
    "reopened": "Đề nghị tiếp tục thực hiện nhiệm vụ: %(reason)s",
    "deadline_set": "Đề nghị thời gian thực hiện: %(due)s",
    "urged": "Trân trọng đề nghị quan tâm, trả lời trước hết ngày %(answer_by)s: %(reason)s",
    "explanation_asked": "Đề nghị trao đổi lý do trước hết ngày %(answer_by)s: %(reason)s",
}


# The same of a cycle that has no deadline: "hạn không hạn" is no Vietnamese.
TEXTS_WITHOUT_DEADLINE: dict[str, str] = {
    "assigned": "Giao nhiệm vụ mới, không hạn",
    "resumed": "Tiếp tục thực hiện: %(reason)s",
}
TEXTS_TO_ASKED_WITHOUT_DEADLINE: dict[str, str] = {
    "assigned": "Đề nghị phối hợp thực hiện nhiệm vụ mới",
}


# What is told of an answer that is owed; the name begins with what was asked.
ABOUT_SUPPORT, ABOUT_EXPLANATION = "support_", "explanation_"
ANSWERS: dict[str, str] = {
    "support_soon": "Sắp đến hạn trả lời đề nghị phối hợp: hết ngày {due}",
    "support_late": "Đã quá hạn trả lời đề nghị phối hợp {days} ngày",
    "support_very_late": "Đã quá hạn trả lời đề nghị phối hợp {days} ngày",
    "explanation_soon": "Sắp đến hạn giải trình: hết ngày {due}",
    "explanation_late": "Đã quá hạn giải trình {days} ngày",
    "explanation_very_late": "Đã quá hạn giải trình {days} ngày",
}


def written(day: date | str | None) -> str:
    """A day as people write it."""
    if day is None:
        return NO_DEADLINE
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return day.strftime("%d/%m/%Y")


def written_moment(moment: object) -> str:
    """A moment of an entry as people write it: hour and day in Vietnam."""
    if not isinstance(moment, str):
        return ""
    return datetime.fromisoformat(moment).astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def _pattern(name: str, has_no_deadline: bool, is_asked: bool) -> str:
    """The sentence of an event for a lead that is ordered or asked, with or without a deadline."""
    wishes = [TEXTS_TO_ASKED_WITHOUT_DEADLINE] if has_no_deadline else []
    orders = [TEXTS_WITHOUT_DEADLINE] if has_no_deadline else []
    looked = [*wishes, TEXTS_TO_ASKED] if is_asked else []
    return next(texts[name] for texts in (*looked, *orders, TEXTS) if name in texts)


def words(name: str, body: Mapping[str, Any], due_on: date | None, is_asked: bool = False) -> str:
    """The sentence of an event, from the body of its entry; a wish where its lead is asked."""
    details = body["details"]
    reason = " ".join((body["reason"] or details.get("message") or "").split())
    if len(reason) > 160:
        reason = reason[:159].rstrip() + "…"
    pattern = _pattern(name, due_on is None, is_asked)
    text = pattern % {
        "reason": reason,
        "due": written(due_on),
        "number": details.get("number", ""),
        "old": details.get("old", ""),
        "new": details.get("new", ""),
        "resend_by": written(details.get("resend_by")),
        "answer_by": written(details.get("answer_by")),
        "asked": written(details.get("asked_due_on")),
        "since": written_moment(details.get("since")),
    }
    return text.rstrip(": ")


def retold(name: str, text: str, translate: Translate, own: Own) -> str:
    """A sentence that was told, in another language: its facts are read back by its pattern.

    Notices are kept as they were told, and mailed. What fits no pattern is given back as it is.
    """
    both = (True, False)
    for pattern in dict.fromkeys(_pattern(name, none, asked) for none in both for asked in both):
        facts = re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.*?)", re.escape(pattern))
        found = re.fullmatch(facts, text) or re.fullmatch(facts, text + ": ")
        if found is not None:
            said = {
                k: translate(v) if v == NO_DEADLINE else v if v.isascii() else own(v)
                for k, v in found.groupdict().items()
            }
            return (translate(pattern) % said).rstrip(": ")
    return own(text)
