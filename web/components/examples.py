"""What the components page shows: true words of the plan, in every state a component has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product

from models.states import LABELS, Capacity, CycleState, Disposition, DueClass
from web.badges import Part, badge_of
from web.forms import FormState
from web.pieces import icon
from web.tasks.rollup import Cell, Line, Matrix

TODAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)

OPEN_CLASSES = (DueClass.ON_TRACK, DueClass.DUE_SOON, DueClass.OVERDUE, DueClass.NO_DEADLINE)
DONE_CLASSES = (DueClass.DONE_ON_TIME, DueClass.DONE_LATE)
OPEN = (CycleState.ASSIGNED, CycleState.IN_PROGRESS)

PLAN_TEXT = (
    "Tiếp tục thực hiện hiệu quả Kế hoạch số 1040/KH-UBND của UBND tỉnh về thực hiện Chương trình "
    "hành động của Chính phủ và Tỉnh ủy về phát triển nhà ở xã hội trên địa bàn tỉnh."
)


@dataclass(frozen=True)
class BadgeExample:
    state: str
    due_class: str
    late_days: int | None
    disposition: str = Disposition.ACTIVE


def badges() -> list[BadgeExample]:
    """Every state with every class of deadline it can have, then the two dispositions."""
    late = {DueClass.OVERDUE: 12, DueClass.DONE_LATE: 5}
    pairs = [
        *product(OPEN, OPEN_CLASSES),
        *product((s for s in CycleState if s not in OPEN), DONE_CLASSES),
    ]
    shown = [BadgeExample(state, due, late.get(due)) for state, due in pairs]
    aside = (Disposition.ON_HOLD, Disposition.CLOSED_BY_DOCUMENT)
    return shown + [
        BadgeExample(CycleState.IN_PROGRESS, DueClass.ON_TRACK, None, one) for one in aside
    ]


def matrix() -> Matrix:
    """An agency with every badge there is, a year each, and a year without any."""
    shown = [badge_of(b.state, b.due_class, b.late_days, b.disposition) for b in badges()]
    years = range(2012, 2013 + len(shown))
    cells = {
        year: [Cell(badge.tone, icon(badge.icon), f"{year}: {badge.word}, {badge.more}", "#rollup")]
        for year, badge in zip(years, shown, strict=False)
    }
    return Matrix(years, [Line("Sở XD", "Sở Xây dựng", cells)])


@dataclass(frozen=True)
class TrackerExample:
    state: str
    reached: dict[str, tuple[datetime, str]]
    late_days: int | None


def trackers() -> list[TrackerExample]:
    """One for each of the five states; the last two late."""
    moments = {
        CycleState.ASSIGNED: (datetime(2026, 1, 5, 1, 10, tzinfo=UTC), "Sở LĐTBXH"),
        CycleState.IN_PROGRESS: (datetime(2026, 1, 12, 3, 2, tzinfo=UTC), "Sở Xây dựng"),
        CycleState.REPORTED: (datetime(2026, 12, 19, 9, 41, tzinfo=UTC), "Giám đốc Sở Xây dựng"),
        CycleState.VERIFIED: (datetime(2026, 12, 22, 2, 5, tzinfo=UTC), "Sở LĐTBXH"),
        CycleState.COMPLETED: (datetime(2027, 1, 8, 8, 0, tzinfo=UTC), "Văn phòng UBND tỉnh"),
    }
    return [
        TrackerExample(
            state,
            {str(state): moment for state, moment in moments.items()},
            5 if state in (CycleState.VERIFIED, CycleState.COMPLETED) else 0,
        )
        for state in CycleState
    ]


@dataclass(frozen=True)
class Entry:
    sentence: str
    at: datetime
    words: str | None = None
    is_sealed: bool = False
    is_grave: bool = False
    href: str | None = None


STORY = [
    Entry(
        "Giám đốc Sở LĐTBXH trả lại báo cáo, yêu cầu gửi lại trước ngày 05/12/2026.",
        datetime(2026, 11, 20, 2, 15, tzinfo=UTC),
        words="Chưa có số căn hộ hoàn thành trong năm theo từng huyện, thị xã, thành phố.",
        is_grave=True,
    ),
    Entry(
        "Giám đốc Sở Xây dựng gửi báo cáo số 125/BC-SXD.",
        datetime(2026, 11, 12, 8, 40, tzinfo=UTC),
        is_sealed=True,
    ),
    Entry(
        "Sở Xây dựng tiếp nhận nhiệm vụ; đầu mối: bà Nguyễn Thị Hạnh.",
        datetime(2026, 1, 12, 3, 2, tzinfo=UTC),
        is_sealed=True,
    ),
]


@dataclass(frozen=True)
class File:
    name: str
    href: str
    kind: str
    size: int
    sha256: str


FILES = [
    File("125-BC-SXD ký số.pdf", "#files", "pdf", 1_482_113, "9f86d081884c7d65" * 4),
    File("Bảng tổng hợp nhà ở xã hội.xlsx", "#files", "xlsx", 48_210, "60303ae22b998861bce3" * 3),
    File("Dự thảo báo cáo.docx", "#files", "docx", 96_004, "fd61a03af4f77d87" * 4),
    File("Ảnh khánh thành.jpg", "#files", "image", 812_004, "a4e624d686e03ed2767c0abd85c14426" * 2),
]

PARTS = [
    Part("red", "state-overdue", "Quá hạn", 3, "#rollup"),
    Part("orange", "state-due-soon", "Sắp đến hạn", 2, "#rollup"),
    Part("blue", "state-in-progress", "Đang thực hiện", 8, "#rollup"),
    Part("purple", "state-reported", "Chờ xác nhận", 4, "#rollup"),
    Part("green", "state-completed", "Hoàn thành", 28, "#rollup"),
    Part("brown", "state-completed-late", "Hoàn thành quá hạn", 6, "#rollup"),
]

WRONG_FORM = FormState(
    values={
        "result": "Đã hoàn thành 1.240 căn.",
        "document_issued_on": "31/11/2026",
        "percent": "120",
    },
    errors={
        "product": "Chưa nhập sản phẩm đầu ra.",
        "document_issued_on": "Ngày văn bản chưa đúng: nhập ngày/tháng/năm, ví dụ 05/12/2026.",
        "percent": "Tiến độ quá lớn: nhiều nhất là 100.",
    },
)

OLD_WORDS = (
    "Năm 2025, toàn tỉnh hoàn thành 980 căn nhà ở xã hội, đạt 81,7% kế hoạch. "
    "Hai dự án tại thành phố Phan Thiết chậm tiến độ do vướng mặt bằng."
)
NEW_WORDS = (
    "Năm 2026, toàn tỉnh hoàn thành 1.240 căn nhà ở xã hội, đạt 103,3% kế hoạch. "
    "Một dự án tại thành phố Phan Thiết chậm tiến độ do vướng mặt bằng."
)

CAPACITIES = [(one.value, LABELS[one]) for one in Capacity]
