"""The acts on a cycle as a person meets them: verb, what it will do, what it did, its form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.cycles import forms
from workflow.law.transitions import Command
from workflow.words import COMMANDS

Text = str  # lazily translated: told in the language of the reader


@dataclass(frozen=True)
class Act:
    """One command in words. `segment` stands in the address, `fields` on its page."""

    command: Command
    segment: str
    form: type[forms.CycleForm]
    fields: tuple[str, ...]
    title: Text
    consequence: Text
    done: Text
    is_grave: bool = False

    @property
    def verb(self) -> str:
        """What stands on the button."""
        return _(COMMANDS[self.command])


DOCUMENT = ("document",)

ACTS: Mapping[Command, Act] = {
    act.command: act
    for act in (
        Act(
            Command.ACCEPT,
            "accept",
            forms.Accept,
            ("focal_person",),
            _l("Tiếp nhận nhiệm vụ"),
            _l("Kỳ này chuyển sang Đang thực hiện. Cán bộ đầu mối là người liên hệ về kỳ này."),
            _l("Đã tiếp nhận. Việc kế tiếp: cập nhật tiến độ và soạn báo cáo trước hạn."),
        ),
        Act(
            Command.DECLINE,
            "decline",
            forms.Decline,
            ("reason", *DOCUMENT),
            _l("Đề nghị điều chỉnh nhiệm vụ"),
            _l(
                "Nhiệm vụ vẫn thuộc cơ quan chủ trì, hạn không đổi, cho đến khi nơi giao trả lời. "
                "Lý do và văn bản được lưu lâu dài."
            ),
            _l("Đã gửi đề nghị. Nơi giao sẽ trả lời tại trang này."),
            is_grave=True,
        ),
        Act(
            Command.ANSWER_DECLINE,
            "answer-decline",
            forms.AnswerDecline,
            ("reason",),
            _l("Trả lời đề nghị điều chỉnh"),
            _l("Nhiệm vụ tiếp tục thuộc cơ quan chủ trì. Nội dung trả lời được lưu lâu dài."),
            _l("Đã trả lời đề nghị điều chỉnh."),
        ),
        Act(
            Command.UPDATE_PROGRESS,
            "progress",
            forms.Progress,
            ("percent", "text"),
            _l("Cập nhật tiến độ"),
            _l("Tiến độ hiện ở trang này và được tính vào tỷ lệ cập nhật của cơ quan."),
            _l("Đã cập nhật tiến độ."),
        ),
        Act(
            Command.CONTRIBUTE,
            "contribute",
            forms.Contribution,
            ("text",),
            _l("Gửi nội dung phối hợp"),
            _l("Cơ quan chủ trì thấy ngay nội dung này khi soạn báo cáo."),
            _l("Đã gửi nội dung phối hợp tới cơ quan chủ trì."),
        ),
        Act(
            Command.SET_DEADLINE,
            "deadline",
            forms.Deadline,
            ("due_on", "reason"),
            _l("Ấn định hạn"),
            _l("Kỳ này không ghi hạn trong kế hoạch. Hạn ấn định là ngày cuối cùng còn đúng hạn."),
            _l("Đã ấn định hạn."),
        ),
        Act(
            Command.WITHDRAW,
            "withdraw",
            forms.Withdraw,
            ("reason",),
            _l("Thu hồi báo cáo"),
            _l(
                "Báo cáo trở lại thành dự thảo. Lần gửi sau được tính đúng hạn hay quá hạn theo "
                "ngày gửi lại."
            ),
            _l("Đã thu hồi báo cáo. Dự thảo giữ nguyên nội dung đã gửi."),
            is_grave=True,
        ),
        Act(
            Command.APPRAISE,
            "appraise",
            forms.Appraise,
            ("verdict", "note"),
            _l("Thẩm định báo cáo"),
            _l(
                "Từ lúc này cơ quan báo cáo không thu hồi được nữa. Đề xuất được trình người có "
                "thẩm quyền xác nhận."
            ),
            _l("Đã ghi ý kiến thẩm định và trình người có thẩm quyền."),
        ),
        Act(
            Command.RETURN,
            "return",
            forms.Return,
            ("reason", "missing", "resend_by"),
            _l("Trả lại báo cáo"),
            _l(
                "Báo cáo trở lại cơ quan chủ trì để bổ sung. Lần đầu gửi đúng hạn và gửi lại đúng "
                "ngày hẹn thì vẫn tính đúng hạn. Lý do được lưu lâu dài."
            ),
            _l("Đã trả lại báo cáo. Cơ quan chủ trì thấy lý do và ngày gửi lại trong việc của họ."),
            is_grave=True,
        ),
        Act(
            Command.VERIFY,
            "verify",
            forms.Verify,
            ("quality", "note"),
            _l("Xác nhận kết quả"),
            _l(
                "Kết quả được xác nhận dưới tên của bạn. Văn phòng UBND tỉnh hoàn thành kỳ khi ban "
                "hành báo cáo tổng hợp."
            ),
            _l("Đã xác nhận kết quả. Kỳ chờ Văn phòng UBND tỉnh hoàn thành."),
        ),
        Act(
            Command.COMPLETE,
            "complete",
            forms.Complete,
            DOCUMENT,
            _l("Hoàn thành kỳ thực hiện"),
            _l("Kỳ này khép lại theo văn bản ghi dưới đây. Chỉ mở lại được bằng văn bản khác."),
            _l("Đã hoàn thành kỳ thực hiện."),
        ),
        Act(
            Command.REOPEN,
            "reopen",
            forms.Reopen,
            ("reason", *DOCUMENT),
            _l("Mở lại kỳ thực hiện"),
            _l(
                "Kỳ trở lại Đang thực hiện. Báo cáo cũ và mọi số liệu đã phát hành giữ nguyên; "
                "việc mở lại được ghi rõ trong nhật ký."
            ),
            _l("Đã mở lại kỳ thực hiện."),
            is_grave=True,
        ),
        Act(
            Command.ASK_EXTENSION,
            "ask-extension",
            forms.AskExtension,
            ("due_on", "reason_class", "reason", *DOCUMENT),
            _l("Đề nghị gia hạn"),
            _l(
                "UBND tỉnh quyết định. Hạn gốc được giữ lâu dài; hạn không đổi khi chưa có văn bản."
            ),
            _l("Đã gửi đề nghị gia hạn. UBND tỉnh sẽ quyết định tại trang này."),
        ),
        Act(
            Command.DECIDE_EXTENSION,
            "decide-extension",
            forms.DecideExtension,
            ("decision", "granted_due_on", "reason", *DOCUMENT),
            _l("Quyết định gia hạn"),
            _l("Đồng ý thì hạn và các lần nhắc theo ngày mới; hạn gốc vẫn được tính riêng."),
            _l("Đã ghi quyết định về đề nghị gia hạn."),
        ),
        Act(
            Command.EXTEND_LATE,
            "extend-late",
            forms.ExtendLate,
            ("due_on", "reason_class", "reason", *DOCUMENT),
            _l("Gia hạn muộn"),
            _l("Hạn đã qua: nhắc theo ngày mới, nhưng dấu quá hạn vẫn giữ khi báo cáo."),
            _l("Đã gia hạn muộn; dấu quá hạn vẫn giữ."),
            is_grave=True,
        ),
        Act(
            Command.HOLD,
            "hold",
            forms.Hold,
            ("reason", *DOCUMENT),
            _l("Tạm dừng nhiệm vụ"),
            _l(
                "Trong thời gian tạm dừng không ai cập nhật, báo cáo và không có nhắc hạn; kỳ được "
                "đếm riêng."
            ),
            _l("Đã tạm dừng. Kỳ tiếp tục được bằng văn bản khác."),
            is_grave=True,
        ),
        Act(
            Command.RESUME,
            "resume",
            forms.Resume,
            ("reason", "new_due_on", *DOCUMENT),
            _l("Tiếp tục nhiệm vụ"),
            _l("Kỳ trở lại như trước khi tạm dừng. Hạn giữ nguyên nếu văn bản không nêu hạn mới."),
            _l("Đã cho tiếp tục; cơ quan chủ trì được báo."),
        ),
        Act(
            Command.END,
            "end",
            forms.End,
            ("reason", *DOCUMENT),
            _l("Kết thúc nhiệm vụ theo văn bản"),
            _l(
                "Bãi bỏ, thay thế hoặc không còn phù hợp: kỳ khép lại, không tính vào tỷ lệ hoàn "
                "thành và được liệt kê riêng. Không mở lại được."
            ),
            _l("Đã kết thúc theo văn bản."),
            is_grave=True,
        ),
        Act(
            Command.TRANSFER,
            "transfer",
            forms.Transfer,
            ("new_lead", "stays_supporting", "reason", *DOCUMENT),
            _l("Chuyển cơ quan chủ trì"),
            _l(
                "Trạng thái, hạn, số lần gia hạn và trả lại giữ nguyên và chuyển sang cơ quan mới. "
                "Những gì đã ghi vẫn mang tên cơ quan cũ."
            ),
            _l("Đã chuyển cơ quan chủ trì; hai cơ quan được báo."),
            is_grave=True,
        ),
        Act(
            Command.URGE,
            "urge",
            forms.Urge,
            ("level", "text", "answer_by"),
            _l("Đôn đốc"),
            _l("Cơ quan chủ trì nhận ngay trên hệ thống và bằng thư; lần đôn đốc được đếm."),
            _l("Đã đôn đốc."),
        ),
        Act(
            Command.ASK_EXPLANATION,
            "ask-explanation",
            forms.AskExplanation,
            ("text", "answer_by"),
            _l("Yêu cầu giải trình"),
            _l("Thủ trưởng cơ quan chủ trì phải trả lời tại trang này."),
            _l("Đã gửi yêu cầu giải trình."),
        ),
        Act(
            Command.EXPLAIN,
            "explain",
            forms.Explain,
            ("text",),
            _l("Giải trình"),
            _l("Nội dung được gửi tới người yêu cầu và lưu lâu dài."),
            _l("Đã gửi giải trình."),
        ),
        Act(
            Command.FLAG,
            "flag",
            forms.RaiseFlag,
            ("kind", "reason"),
            _l("Đánh dấu theo dõi"),
            _l("Dấu cờ: cần chú ý. Dấu sao: lãnh đạo trực tiếp theo dõi. Ai thấy kỳ này đều thấy."),
            _l("Đã đánh dấu."),
        ),
        Act(
            Command.LOWER_FLAG,
            "lower-flag",
            forms.LowerFlag,
            ("kind", "reason"),
            _l("Bỏ dấu theo dõi"),
            _l("Dấu được bỏ; việc đã từng đánh dấu vẫn còn trong nhật ký."),
            _l("Đã bỏ dấu."),
        ),
        Act(
            Command.ASK_SUPPORT,
            "ask-support",
            forms.AskSupport,
            ("agency_code", "text", "answer_by"),
            _l("Đề nghị phối hợp"),
            _l("Cơ quan được đề nghị nhận ngay; trách nhiệm vẫn thuộc cơ quan chủ trì."),
            _l("Đã gửi đề nghị phối hợp."),
        ),
        Act(
            Command.NOTE_SILENCE,
            "note-silence",
            forms.NoteSilence,
            ("agency_code", "text"),
            _l("Ghi chưa nhận được ý kiến"),
            _l("Ghi rõ cơ quan nào chưa trả lời; trách nhiệm vẫn thuộc cơ quan chủ trì."),
            _l("Đã ghi nhận chưa nhận được ý kiến."),
        ),
        Act(
            Command.REPORT,
            "report",
            forms.Report,
            (),
            _l("Gửi báo cáo"),
            _l("Sau khi gửi, nội dung không sửa được cho đến khi bị trả lại hoặc thu hồi."),
            _l("Đã gửi báo cáo."),
        ),
    )
}

BY_SEGMENT: Mapping[str, Act] = {act.segment: act for act in ACTS.values()}

# What is asked first when several acts are open: what somebody else waits for.
FIRST = (
    Command.ANSWER_DECLINE,
    Command.ACCEPT,
    Command.REPORT,
    Command.SAVE_DRAFT,
    Command.VERIFY,
    Command.APPRAISE,
    Command.COMPLETE,
    Command.EXPLAIN,
    Command.DECIDE_EXTENSION,
    Command.CONTRIBUTE,
)


def main_act(open_to_me: Iterable[Command]) -> Command | None:
    """The one act a page puts forward."""
    may = set(open_to_me)
    return next((command for command in FIRST if command in may), None)


def other_acts(open_to_me: Iterable[Command], main: Command | None) -> list[Act]:
    """The further acts, in the order of the table; drafting is part of reporting."""
    hidden = {main, Command.SAVE_DRAFT}
    if main in (Command.REPORT, Command.SAVE_DRAFT):
        hidden |= {Command.REPORT, Command.SAVE_DRAFT}
    may = set(open_to_me)
    return [act for command, act in ACTS.items() if command in may and command not in hidden]
