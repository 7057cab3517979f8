"""What the demo's officers write: a few plain sentences per kind of text, chosen by the seed."""

import random
import re
from typing import TypedDict
from zlib import crc32

from models.states import UrgeLevel

RESULTS = (
    "Đã ban hành kế hoạch năm {year} và tổ chức thực hiện đúng nội dung được giao: {title}. "
    "Các phòng, đơn vị trực thuộc đã hoàn thành phần việc theo phân công; hồ sơ lưu tại cơ quan.",
    "Trong năm {year}, cơ quan đã triển khai nhiệm vụ “{title}” theo kế hoạch; tổ chức {n} cuộc "
    "họp giao ban, {m} đợt kiểm tra cơ sở; kết quả đạt yêu cầu đề ra.",
    "Nhiệm vụ được thực hiện thường xuyên. Năm {year} đã phối hợp với các địa phương tổ chức {m} "
    "lớp tập huấn, {n} đợt tuyên truyền; số liệu chi tiết nêu tại phụ lục kèm theo báo cáo.",
    "Đã tham mưu ban hành {m} văn bản chỉ đạo, hướng dẫn; theo dõi, đôn đốc các đơn vị thực hiện; "
    "đến thời điểm báo cáo khối lượng công việc của năm {year} đã hoàn thành.",
)
PRODUCTS = (
    "Kế hoạch năm {year}; báo cáo kết quả năm {year}",
    "Báo cáo kết quả năm {year} và phụ lục số liệu",
    "Văn bản tham mưu trình UBND tỉnh; báo cáo năm {year}",
)
DIFFICULTIES = (
    "",
    "",
    "Kinh phí được giao còn hạn chế so với nhu cầu thực tế.",
    "Biên chế thiếu, cán bộ kiêm nhiệm nhiều việc.",
    "Số liệu từ cấp xã gửi chậm, phải đối chiếu nhiều lần.",
)
PROPOSALS = (
    "",
    "",
    "Đề nghị Sở Tài chính tham mưu bổ sung kinh phí cho năm sau.",
    "Đề nghị thống nhất biểu mẫu số liệu dùng chung.",
)
PROGRESS = (
    "Đã ban hành kế hoạch năm, đang triển khai tại các đơn vị.",
    "Đã hoàn thành phần khảo sát; đang tổng hợp số liệu quý.",
    "Các đơn vị trực thuộc đã báo cáo kết quả 6 tháng; tiến độ bảo đảm.",
    "Đang phối hợp với các địa phương kiểm tra thực tế.",
)
RETURNS = (
    (
        "Báo cáo chưa nêu số liệu cụ thể, chưa đủ cơ sở xác nhận.",
        "Bổ sung số liệu kết quả năm và văn bản sản phẩm.",
    ),
    (
        "Kết quả nêu trong báo cáo chưa khớp với phụ lục kèm theo.",
        "Rà soát, thống nhất số liệu giữa báo cáo và phụ lục.",
    ),
    (
        "Chưa làm rõ phần việc của cơ quan phối hợp.",
        "Nêu kết quả phối hợp với từng cơ quan theo phân công.",
    ),
)
WITHDRAWALS = (
    "Phát hiện nhầm số liệu tại phụ lục, xin thu hồi để chỉnh sửa.",
    "Văn bản báo cáo được thay bằng bản mới.",
)
CONTRIBUTIONS = (
    "Đã gửi số liệu thuộc lĩnh vực phụ trách và thống nhất nội dung dự thảo.",
    "Thống nhất dự thảo; đề nghị bổ sung kết quả thực hiện tại cấp xã.",
)
APPRAISALS = (
    "Báo cáo đủ nội dung, có văn bản kèm theo; đề nghị xác nhận.",
    "Số liệu hợp lý so với năm trước; đề nghị xác nhận.",
)
DECLINE = (
    "Nội dung nhiệm vụ có phần việc ngoài chức năng của cơ quan; đề nghị điều chỉnh phân công."
)
ANSWER = "Giữ nguyên phân công theo Kế hoạch; phần việc giao thoa thực hiện theo cơ chế phối hợp."
DEADLINE = "Thống nhất thời gian tại cuộc họp giao ban, phục vụ tổng hợp báo cáo năm."
REOPEN = "Số liệu chính thức khác nhiều so với số đã xác nhận; cần báo cáo lại."
# What others want of a cycle.
EXTENDING = (
    "Chờ số liệu chính thức của Cục Thống kê và báo cáo của các huyện.",
    "Thủ tục đấu thầu kéo dài hơn dự kiến; sản phẩm chưa nghiệm thu được.",
    "Thay đổi cán bộ phụ trách, cần thêm thời gian bàn giao và tổng hợp.",
    "Ảnh hưởng của mưa lũ, chưa khảo sát được tại các xã vùng sâu.",
)
EXTENDED = "Đồng ý theo đề nghị; không gia hạn thêm lần nữa."
REFUSED = "Lý do chưa thuyết phục; yêu cầu hoàn thành đúng thời hạn được giao."
EARLY = "Còn đủ thời gian thực hiện; yêu cầu tập trung hoàn thành trong hạn."
URGING: dict[UrgeLevel, str] = {
    UrgeLevel.REMINDER: "Đề nghị báo cáo kết quả nhiệm vụ đã quá hạn.",
    UrgeLevel.AGENCY_LETTER: "Đề nghị tập trung thực hiện, báo cáo rõ nguyên nhân chậm",
    UrgeLevel.UBND_LETTER: "Yêu cầu thủ trưởng cơ quan trực tiếp chỉ đạo, báo cáo kết quả",
    UrgeLevel.MEETING: "Đưa ra họp giao ban; đề nghị thủ trưởng cơ quan chuẩn bị báo cáo.",
}
QUESTION = "Đề nghị giải trình nguyên nhân chậm báo cáo và thời gian hoàn thành."
EXPLANATIONS = (
    "Nguyên nhân chủ quan: chưa phân công rõ người theo dõi. Cơ quan đã chấn chỉnh.",
    "Chờ kết quả thẩm định của đơn vị phối hợp; dự kiến báo cáo trong tháng tới.",
)
FLAG = "Quá hạn nhiều ngày, chưa có báo cáo; theo dõi hằng tuần."
STAR = "Nhiệm vụ trọng điểm, lãnh đạo UBND tỉnh trực tiếp theo dõi."
STAR_DOWN = "Tiến độ đã bảo đảm, chuyển theo dõi thường xuyên."
ASKING = (
    "Đề nghị cung cấp số liệu thuộc lĩnh vực quản lý để tổng hợp báo cáo năm.",
    "Đề nghị cho ý kiến đối với dự thảo kế hoạch thực hiện nhiệm vụ.",
)
FIGURES = (
    "Số lớp tập huấn: {a} lớp\nSố lượt người được tập huấn: {b} lượt",
    "Số văn bản đã ban hành: {a} văn bản\nTỷ lệ đơn vị triển khai: {c} %",
    "Số cuộc kiểm tra: {a} cuộc\nTỷ lệ hồ sơ giải quyết đúng hạn: {c} %",
    "Số hộ được hỗ trợ: {b} hộ\nSố xã đã triển khai: {a} xã",
    "",
)
# What documents do to a cycle.
HELD = "Chờ Trung ương ban hành quy định mới; tạm dừng để tránh phải làm lại."
RESUMED = "Quy định mới đã có hiệu lực; tiếp tục thực hiện theo thời hạn mới."
ENDED = "Nội dung đã được thay thế bằng nhiệm vụ của kế hoạch khác; không thực hiện riêng."
TRANSFERRED = "Chuyển đầu mối theo chức năng sau khi sắp xếp; cơ quan cũ tiếp tục phối hợp."
SILENCE = "Đã gửi đề nghị và nhắc qua điện thoại hai lần, chưa nhận được ý kiến."


def letters(short: str) -> str:
    """The symbol of an agency as letters stand on paper: Sở Xây dựng → SXD, UBND … → UBND."""
    if short.startswith("UBND"):
        return "UBND"
    return "".join(w if w.isupper() else w[0].upper() for w in re.findall(r"\w+", short))


class ReportWords(TypedDict):
    """The texts of a report."""

    result: str
    product: str
    figures: str
    difficulties: str
    proposals: str


class Writer:
    """Texts for one cycle, always the same for the same seed."""

    def __init__(self, rng: random.Random, title: str, year: int) -> None:
        self._rng, self._title, self._year = rng, title, year

    def _one(self, choices: tuple[str, ...]) -> str:
        rng = self._rng
        return rng.choice(choices).format(
            title=self._title, year=self._year, n=rng.randint(3, 14), m=rng.randint(2, 9)
        )

    def report(self) -> ReportWords:
        """The texts of a report."""
        return ReportWords(
            result=self._one(RESULTS),
            product=self._one(PRODUCTS),
            figures=self._figures(),
            difficulties=self._one(DIFFICULTIES),
            proposals=self._one(PROPOSALS),
        )

    def _figures(self) -> str:
        """The same lines every year with other numbers, by no dice that others throw."""
        lines = FIGURES[crc32(self._title.encode()) % len(FIGURES)]
        n = crc32(f"{self._title} {self._year}".encode())
        return lines.format(a=8 + n % 17, b=240 + n % 740, c=78 + n % 22)

    def progress(self) -> str:
        return self._one(PROGRESS)

    def returned(self) -> tuple[str, str]:
        return self._rng.choice(RETURNS)

    def withdrawal(self) -> str:
        return self._one(WITHDRAWALS)

    def contribution(self) -> str:
        return self._one(CONTRIBUTIONS)

    def appraisal(self) -> str:
        return self._one(APPRAISALS)
