"""Who is who in the demo: invented people, one head and one officer for every agency."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping

from models.states import Role

FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Huỳnh",
    "Phan",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Trương",
    "Đinh",
    "Mai",
    "Lương",
]
MIDDLE_MALE = [
    "Văn",
    "Hữu",
    "Đức",
    "Minh",
    "Quang",
    "Thanh",
    "Xuân",
    "Công",
    "Đình",
    "Ngọc",
    "Quốc",
    "Tấn",
]
MIDDLE_FEMALE = ["Thị", "Ngọc", "Thanh", "Thu", "Kim", "Minh", "Bích", "Mỹ", "Hồng", "Phương"]
MALE = [
    "An",
    "Bình",
    "Cường",
    "Dũng",
    "Đạt",
    "Hải",
    "Hiếu",
    "Hòa",
    "Hùng",
    "Khánh",
    "Long",
    "Nam",
    "Phúc",
    "Quân",
    "Sơn",
    "Tâm",
    "Thắng",
    "Tuấn",
]
FEMALE = [
    "Anh",
    "Chi",
    "Dung",
    "Giang",
    "Hà",
    "Hạnh",
    "Hiền",
    "Hoa",
    "Lan",
    "Linh",
    "Mai",
    "Nga",
    "Ngân",
    "Oanh",
    "Thảo",
    "Thủy",
    "Trang",
    "Yến",
]

# Heads are named by the kind of their agency; what is not listed is led by "Thủ trưởng".
HEADS: dict[str, str] = {
    "department": "Giám đốc",
    "provincial-board": "Trưởng ban",
    "central-branch": "Giám đốc",
    "bank": "Giám đốc",
    "mass-organisation": "Chủ tịch",
    "district-peoples-committee": "Chủ tịch",
    "press": "Tổng biên tập",
}
HEADS_BY_CODE = {
    "thanh-tra-tinh": "Chánh Thanh tra",
    "vp-ubnd-tinh": "Chánh Văn phòng",
    "cuc-thong-ke": "Cục trưởng",
    "tinh-doan": "Bí thư",
    "dai-ptth": "Giám đốc",
}
SPECIAL: tuple[tuple[str, str, Role, str], ...] = (
    ("vp.ubnd-tinh", "ubnd-tinh", Role.OFFICE, "Phó Chánh Văn phòng UBND tỉnh"),
    ("ct.ubnd-tinh", "ubnd-tinh", Role.CHAIRMAN, "Chủ tịch UBND tỉnh"),
    ("ttv.thanh-tra-tinh", "thanh-tra-tinh", Role.INSPECTOR, "Thanh tra viên"),
    ("td.so-noi-vu", "so-noi-vu", Role.AWARD_APPRAISER, "Chuyên viên thẩm định khen thưởng"),
    ("kh.so-tai-chinh", "so-tai-chinh", Role.BUDGET_OFFICER, "Chuyên viên tổng hợp dự toán"),
)
ADMIN, ADMIN_AGENCY = "admin", "vp-ubnd-tinh"
# RFC 2606: no such name is ever given to anybody, so that a demo with a mail server at hand
# cannot write to a stranger.
MAIL_DOMAIN = "dondoc.example"


@dataclass(frozen=True)
class DemoPerson:
    """An account to be made: sign-in name = role.agency."""

    login: str
    name: str
    post: str
    agency: str
    role: Role

    @property
    def email(self) -> str:
        return f"{self.login}@{MAIL_DOMAIN}"


def invented_name(seed: str) -> str:
    """A full name that depends on the seed alone and belongs to nobody."""
    rng = random.Random(seed)  # noqa: S311  (a story, not a secret)
    male = rng.random() < 0.55
    middle = rng.choice(MIDDLE_MALE if male else MIDDLE_FEMALE)
    return f"{rng.choice(FAMILY)} {middle} {rng.choice(MALE if male else FEMALE)}"


def people(agencies: Iterable[Mapping[str, Any] | RowMapping]) -> list[DemoPerson]:
    """Head and officer of every agency (rows with code, kind, short), and the special roles."""
    found: list[DemoPerson] = []
    for agency in agencies:
        code, short = agency["code"], agency["short"]
        head = HEADS_BY_CODE.get(code) or HEADS.get(agency["kind"], "Thủ trưởng")
        for prefix, role, post in (
            ("gd", Role.HEAD, f"{head} {short}"),
            ("cv", Role.OFFICER, f"Chuyên viên {short}"),
        ):
            login = f"{prefix}.{code}"
            found.append(DemoPerson(login, invented_name(login), post, code, role))
    for login, code, role, post in SPECIAL:
        found.append(DemoPerson(login, invented_name(login), post, code, role))
    return found
