"""What "?" says on a page: what the page is for, what is mine to do here, at most 200 words."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext as _

from models.states import CycleState, Role

Words = Callable[[], str]

ABOUT: dict[str, Words] = {
    "inbox": lambda: _(
        "Trang này chỉ có những việc đang chờ chính bạn, việc gấp nhất ở trên. Mỗi dòng nói vì "
        "sao việc chờ bạn và có một nút để làm. Làm xong thì dòng mất đi."
    ),
    "tasks": lambda: _(
        "Mỗi dòng là một kỳ thực hiện: một nhiệm vụ, một cơ quan chủ trì, một năm hoặc một hạn. "
        "Bộ lọc nằm trong địa chỉ trang nên lưu lại hay gửi cho người khác đều được. Bấm mã để "
        "xem nhiệm vụ, bấm tên để xem kỳ."
    ),
    "verify": lambda: _(
        "Những báo cáo đang chờ bạn thẩm định hoặc xác nhận, cũ nhất ở trên. Trả lại phải nêu lý"
        " do và nội dung còn thiếu; lý do được giữ lâu dài. Chế độ đọc liên tiếp cho phép xem "
        "nhiều báo cáo, ghi ý kiến rồi xác nhận một lần ở cuối."
    ),
    "urge": lambda: _(
        "Những kỳ quá hạn hoặc sắp đến hạn, kèm bậc nhắc hiện nay và những lần đã đôn đốc. Chọn "
        "một hay nhiều kỳ, chọn mức, ghi nội dung và ngày phải trả lời; hệ thống lập dự thảo "
        "công văn, mỗi cơ quan một văn bản, để trống số cho văn thư."
    ),
    "calendar": lambda: _(
        "Ngày nghỉ, ngày làm bù và hạn của các kỳ. Hạn không tự lùi khi rơi vào ngày nghỉ; lời "
        "nhắc được gửi vào ngày làm việc liền trước. Địa chỉ lịch riêng dùng được trong Outlook "
        "hay điện thoại và thu hồi được bất cứ lúc nào."
    ),
    "dashboard": lambda: _(
        "Bốn ô đếm như báo cáo của Thủ tướng Chính phủ: tỷ lệ hoàn thành tính trên nhiệm vụ đến "
        "hạn. Bấm vào con số nào cũng mở ra danh sách phía sau. Mỗi số có thời điểm chốt; hỏi "
        "lại theo một ngày đã qua thì được đúng câu trả lời của ngày đó."
    ),
    "indicators": lambda: _(
        "Mục tiêu, số liệu và đánh giá của từng chỉ tiêu. Cơ quan theo dõi nhập số kèm nguồn, cơ"
        " quan thường trực xác nhận. Số chính thức không ghi đè số ước mà báo cáo đã ban hành "
        "dùng."
    ),
    "reports": lambda: _(
        "Chốt số liệu, bổ sung lời văn, trình, rồi ghi số văn bản khi ban hành. Từ lúc chốt, số "
        "liệu đứng yên; từ lúc ban hành, tệp cũng đứng yên. Sai thì đính chính bằng bản mới."
    ),
    "awards": lambda: _(
        "Hệ thống nêu những tập thể đủ điều kiện cùng các căn cứ thuận và không thuận, không "
        "chấm điểm. Cơ quan đề nghị không tự thẩm định; người thẩm định không thuộc đơn vị được "
        "đề nghị."
    ),
    "excel": lambda: _(
        "Tải danh sách việc của mình, sửa trong Excel rồi nạp lại. Trước khi ghi, từng dòng hiện"
        " rõ sẽ đổi gì, dòng nào lỗi, dòng nào đã có người khác sửa. Cột xám chỉ để xem."
    ),
    "plans": lambda: _(
        "Nguyên văn kế hoạch: mục, nhiệm vụ, cơ quan, chỉ tiêu, văn bản viện dẫn và những chỗ "
        "văn bản không khớp với chính nó. Chỗ không khớp được giữ cả hai bên cho đến khi có ý "
        "kiến bằng văn bản."
    ),
    "audit": lambda: _(
        "Mỗi việc làm là một mục: ai, lúc nào, làm gì, vì sao, theo văn bản nào. Các mục được "
        "niêm phong; trang Kiểm chứng cho biết có mục nào bị sửa hay không, và biên nhận tự kiểm"
        " chứng được mà không cần hệ thống này."
    ),
    "inspections": lambda: _(
        "Một hồ sơ cho mỗi quyết định thanh tra: phạm vi, câu hỏi đã lưu, ghi chép riêng, phát "
        "hiện chỉ tới đúng mục nhật ký. Xuất tệp phải ghi số quyết định; việc xuất cũng là một "
        "mục."
    ),
    "admin": lambda: _(
        "Tài khoản, vai trò theo thời hạn, cơ quan và các việc chạy theo lịch. Người quản trị "
        "không làm được việc nào của kế hoạch và không sửa được nhật ký."
    ),
    "account": lambda: _(
        "Mật khẩu, các phiên đăng nhập đang mở, giao diện và phím tắt của bạn. Thấy phiên lạ thì"
        " kết thúc phiên đó rồi đổi mật khẩu."
    ),
}
MINE: dict[Role, Words] = {
    Role.HEAD: lambda: _(
        "Bạn là thủ trưởng: chỉ bạn gửi được báo cáo, thu hồi, xin gia hạn và giải trình thay "
        "cho cơ quan mình. Không ai xác nhận việc của chính cơ quan mình."
    ),
    Role.OFFICER: lambda: _(
        "Bạn là chuyên viên: bạn tiếp nhận, cập nhật tiến độ và soạn dự thảo; thủ trưởng gửi."
    ),
    Role.OFFICE: lambda: _(
        "Bạn thay mặt Văn phòng UBND tỉnh: xác nhận việc của cơ quan thường trực, kết thúc kỳ đã"
        " xác nhận và mở lại khi có văn bản."
    ),
    Role.CHAIRMAN: lambda: _(
        "Bạn xem được mọi số liệu; chỉ đạo của bạn đến với hệ thống bằng văn bản."
    ),
    Role.INSPECTOR: lambda: _(
        "Bạn đọc được mọi thứ và không thay đổi gì; lần tìm kiếm và lần xuất tệp của bạn cũng "
        "được ghi lại."
    ),
    Role.AWARD_APPRAISER: lambda: _("Bạn thẩm định hồ sơ khen thưởng của các đơn vị khác."),
    Role.BUDGET_OFFICER: lambda: _("Bạn tổng hợp dự toán các cơ quan đề nghị và ghi số được giao."),
    Role.ADMIN: lambda: _("Bạn quản trị tài khoản và không làm việc nào của kế hoạch."),
}
NOW: dict[CycleState, Words] = {
    CycleState.ASSIGNED: lambda: _(
        "Kỳ này đang chờ cơ quan chủ trì tiếp nhận, hoặc gửi đề nghị điều chỉnh kèm văn bản."
    ),
    CycleState.IN_PROGRESS: lambda: _(
        "Kỳ này đang thực hiện: cập nhật tiến độ, soạn dự thảo, rồi thủ trưởng gửi báo cáo. Đúng"
        " hạn hay quá hạn được chốt tại lúc gửi."
    ),
    CycleState.REPORTED: lambda: _(
        "Báo cáo đã gửi và không sửa được; đang chờ xác nhận hoặc trả lại. Thủ trưởng thu hồi "
        "được khi chưa ai thẩm định."
    ),
    CycleState.VERIFIED: lambda: _(
        "Kết quả đã được xác nhận; Văn phòng UBND tỉnh kết thúc kỳ theo văn bản của UBND tỉnh."
    ),
    CycleState.COMPLETED: lambda: _(
        "Kỳ này đã hoàn thành; chỉ mở lại được bằng một văn bản nêu rõ lý do."
    ),
}


def guidance(section: str | None, roles: frozenset[Role], state: str | None = None) -> list[str]:
    """Paragraphs for a page of this section, for somebody with these roles, about this state."""
    said = [ABOUT[section]()] if section in ABOUT else []
    if state:
        said.append(NOW[CycleState(state)]())
    said += [words() for role, words in MINE.items() if role in roles]
    return said
