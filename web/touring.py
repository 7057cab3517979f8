"""The first five steps of somebody new: what his pages are for, in the order he will need them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext as _

from models.states import Role
from workflow.identity import Visitor

Words = Callable[[], str]
STEPS = 5


@dataclass(frozen=True)
class Step:
    """One step: what it is about, two sentences, and the page it speaks of (a menu's address)."""

    title: Words
    text: Words
    path: str | None = None


INBOX = Step(
    lambda: _("Việc của tôi là trang đầu"),
    lambda: _(
        "Chỉ có những việc đang chờ chính bạn, việc gấp nhất ở trên. Mỗi dòng nói vì sao việc ở "
        "đây và có một nút để làm; làm xong thì dòng mất đi."
    ),
)
FIND = Step(
    lambda: _("Tìm bằng một ô"),
    lambda: _(
        "Ô ở trên cùng nhận mã nhiệm vụ, số văn bản, từ ngữ, tên cơ quan; có dấu hay không đều "
        "được. Danh sách đã lọc thì lưu lại được bằng “Lưu cách xem này”."
    ),
    "/tasks",
)
HELP = Step(
    lambda: _("Dấu hỏi ở góc trên"),
    lambda: _(
        "Trang nào cũng có dấu hỏi ở cùng một chỗ: trang này để làm gì và việc của bạn ở đây là "
        "gì. Năm bước này mở lại được cũng từ đó."
    ),
)
HEAD = (
    INBOX,
    Step(
        lambda: _("Chỉ bạn gửi được báo cáo"),
        lambda: _(
            "Chuyên viên soạn rồi trình; bạn xem lại và bấm “Gửi báo cáo chính thức”, kèm số và "
            "ngày văn bản. Đúng hạn hay quá hạn được chốt tại lúc gửi."
        ),
    ),
    Step(
        lambda: _("Bị trả lại, xin gia hạn, giải trình"),
        lambda: _(
            "Lý do trả lại đứng ngay cạnh chỗ phải sửa. Xin gia hạn trước khi hết hạn, ở trang "
            "của kỳ; yêu cầu giải trình hiện trong Việc của tôi."
        ),
    ),
    FIND,
    HELP,
)
OFFICER = (
    INBOX,
    Step(
        lambda: _("Tiếp nhận rồi cập nhật tiến độ"),
        lambda: _(
            "Bấm tên nhiệm vụ để xem nguyên văn kế hoạch, hạn và lịch sử. Ở đó có nút tiếp nhận "
            "và ghi tiến độ; nhiều nhiệm vụ một lúc thì dùng Excel."
        ),
        "/tasks",
    ),
    Step(
        lambda: _("Soạn báo cáo, không sợ mất chữ"),
        lambda: _(
            "Chữ đang gõ tự lưu sau vài giây. Soạn xong thì bấm “Trình lãnh đạo”: thủ trưởng xem "
            "lại và gửi, bạn không gửi thay được."
        ),
    ),
    FIND,
    HELP,
)
JUDGE = (
    INBOX,
    Step(
        lambda: _("Đọc báo cáo lần lượt"),
        lambda: _(
            "Ở trang Xác nhận, “Duyệt lần lượt” mở từng báo cáo với chỗ đã đổi so với kỳ trước. "
            "Ghi ý kiến từng cái, chốt một lần ở cuối; việc của chính cơ quan mình thì bị khóa."
        ),
        "/verify",
    ),
    Step(
        lambda: _("Đôn đốc có dự thảo công văn"),
        lambda: _(
            "Trang Đôn đốc xếp việc quá hạn và sắp đến hạn theo cơ quan. Chọn việc, chọn mức; mỗi "
            "cơ quan một công văn, để trống số cho văn thư."
        ),
        "/urge",
    ),
    FIND,
    HELP,
)
OFFICE = (
    INBOX,
    Step(
        lambda: _("Ai chậm, chậm bao nhiêu"),
        lambda: _(
            "Trang Tổng quan đếm theo bốn ô và xếp cơ quan chậm nhất lên đầu. Bấm vào con số nào "
            "cũng mở ra danh sách phía sau; từ trang cơ quan đôn đốc được ngay."
        ),
        "/dashboard",
    ),
    Step(
        lambda: _("Xác nhận việc của cơ quan thường trực"),
        lambda: _(
            "Cơ quan thường trực không tự xác nhận việc của mình: việc đó đến với bạn. Kỳ đã xác "
            "nhận thì bạn kết thúc theo văn bản của UBND tỉnh."
        ),
        "/verify",
    ),
    FIND,
    HELP,
)
CHAIRMAN = (
    Step(
        lambda: _("Tổng quan trong năm giây"),
        lambda: _(
            "Bốn ô đếm như báo cáo của Thủ tướng Chính phủ, so với cùng kỳ năm trước. Mỗi số có "
            "thời điểm chốt, và bấm vào thì mở ra danh sách phía sau."
        ),
        "/dashboard",
    ),
    Step(
        lambda: _("Chỉ tiêu có nguy cơ đứng trước"),
        lambda: _(
            "Mỗi chỉ tiêu có mục tiêu, số liệu mới nhất và nguồn. Chỗ văn bản không khớp với chính "
            "nó được nêu ra, không bị gộp lại."
        ),
        "/indicators",
    ),
    Step(
        lambda: _("Báo cáo đã ban hành thì đứng yên"),
        lambda: _(
            "Báo cáo năm, sơ kết, tổng kết nằm ở mục Báo cáo, tải về dạng Word và PDF. Số liệu đã "
            "chốt không đổi nữa; sai thì đính chính bằng bản mới."
        ),
        "/reports",
    ),
    FIND,
    HELP,
)
INSPECTOR = (
    Step(
        lambda: _("Nhật ký ghi mọi việc"),
        lambda: _(
            "Ai, lúc nào, làm gì, vì sao, theo văn bản nào. Lọc theo người, cơ quan, nhiệm vụ, "
            "ngày; lần tra cứu của bạn cũng được ghi lại."
        ),
        "/audit",
    ),
    Step(
        lambda: _("Tự kiểm chứng, không cần tin hệ thống"),
        lambda: _(
            "Mỗi mục có biên nhận; cả nhật ký xuất được thành một gói kèm chương trình kiểm chứng "
            "chạy ngoài mạng."
        ),
        "/audit",
    ),
    Step(
        lambda: _("Mỗi quyết định thanh tra một hồ sơ"),
        lambda: _(
            "Hồ sơ giữ phạm vi, câu hỏi đã lưu, ghi chép riêng và phát hiện chỉ tới đúng mục nhật "
            "ký. Xuất tệp thì ghi số quyết định."
        ),
        "/inspections",
    ),
    FIND,
    HELP,
)
ADMIN = (
    Step(
        lambda: _("Bạn giữ tài khoản, không giữ kế hoạch"),
        lambda: _(
            "Người quản trị không làm được việc nào của kế hoạch và không sửa được nhật ký. Mỗi "
            "người một tài khoản, không dùng chung."
        ),
        "/admin",
    ),
    Step(
        lambda: _("Vai trò có ngày bắt đầu và ngày kết thúc"),
        lambda: _(
            "Chuyển công tác thì kết thúc vai trò cũ và giao vai trò mới, không sửa cái đã có: "
            "việc đã làm vẫn mang tên vai trò lúc đó."
        ),
        "/admin",
    ),
    Step(
        lambda: _("Việc chạy theo lịch và thư không gửi được"),
        lambda: _(
            "Trang việc chạy theo lịch cho biết lần chạy cuối và thư nào chưa gửi được, vì sao; "
            "gửi lại ở đó."
        ),
        "/admin",
    ),
    Step(
        lambda: _("Tìm bằng một ô"),
        lambda: _(
            "Ô ở trên cùng tìm người, cơ quan và kế hoạch; có dấu hay không đều được. Danh sách đã "
            "lọc thì lưu lại được bằng “Lưu cách xem này”."
        ),
    ),
    HELP,
)
APPRAISER = (
    INBOX,
    Step(
        lambda: _("Thẩm định hồ sơ khen thưởng"),
        lambda: _(
            "Hệ thống nêu căn cứ thuận và không thuận của từng đề nghị, không chấm điểm. Người "
            "thẩm định không thuộc đơn vị được đề nghị."
        ),
        "/awards",
    ),
    Step(
        lambda: _("Kết quả thực hiện là căn cứ"),
        lambda: _(
            "Mỗi nhiệm vụ nói ai làm, hạn nào, đúng hạn hay quá hạn; đó là căn cứ của đề nghị khen "
            "thưởng."
        ),
        "/tasks",
    ),
    FIND,
    HELP,
)
BUDGET = (
    INBOX,
    Step(
        lambda: _("Dự toán các cơ quan đề nghị"),
        lambda: _(
            "Mỗi năm mỗi cơ quan ghi số đề nghị; bạn xem lại và ghi số được giao. Mở từ Tổng quan: "
            "chọn cơ quan, rồi “Kế hoạch năm, dự toán, báo cáo năm”."
        ),
        "/dashboard",
    ),
    Step(
        lambda: _("Nhiệm vụ đứng sau con số"),
        lambda: _(
            "Danh sách nhiệm vụ lọc được theo cơ quan và năm; từng nhiệm vụ có nguyên văn kế hoạch "
            "và tiến độ thực hiện."
        ),
        "/tasks",
    ),
    FIND,
    HELP,
)
WAYS: dict[Role, tuple[Step, ...]] = {
    Role.CHAIRMAN: CHAIRMAN,
    Role.OFFICE: OFFICE,
    Role.INSPECTOR: INSPECTOR,
    Role.HEAD: HEAD,
    Role.OFFICER: OFFICER,
    Role.AWARD_APPRAISER: APPRAISER,
    Role.BUDGET_OFFICER: BUDGET,
    Role.ADMIN: ADMIN,
}


def way(known: Visitor) -> tuple[Step, ...]:
    """The five steps of this person; whoever works in the standing agency judges others' work."""
    actor = known.actor
    if actor.stands_for(Role.HEAD, Role.OFFICER):
        return JUDGE
    return next((steps for role, steps in WAYS.items() if role in actor.roles), OFFICER)


def shown(known: Visitor, asked: str) -> tuple[int, Step] | None:
    """The step to show: the one asked for, the first for somebody new, none for others."""
    if asked in {str(n) for n in range(1, STEPS + 1)}:
        number = int(asked)
    elif known.is_new:
        number = 1
    else:
        return None
    return number, way(known)[number - 1]
