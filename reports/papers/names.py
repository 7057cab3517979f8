"""Names on paper: letterheads, symbols, who signs in which capacity, and how dates are written."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from models.states import Capacity
from reports.papers.paper import Letterhead, Signature
from workflow.law.deadlines import VIETNAM
from workflow.text import format_number

PROVINCE = "tỉnh Bình Thuận"
COMMITTEE = "ubnd-tinh"
# Agencies of the province stand under its committee; the others have parents of their own.
UNDER_COMMITTEE = frozenset({"department", "provincial-board"})

HEADS = {
    "department": "GIÁM ĐỐC",
    "provincial-board": "TRƯỞNG BAN",
    "central-branch": "GIÁM ĐỐC",
    "bank": "GIÁM ĐỐC",
    "mass-organisation": "CHỦ TỊCH",
    "district-peoples-committee": "CHỦ TỊCH",
    "press": "GIÁM ĐỐC",
}
HEADS_BY_CODE = {
    "thanh-tra-tinh": "CHÁNH THANH TRA",
    "vp-ubnd-tinh": "CHÁNH VĂN PHÒNG",
    "cuc-thong-ke": "CỤC TRƯỞNG",
    "tinh-doan": "BÍ THƯ",
    "bao-binh-thuan": "TỔNG BIÊN TẬP",
    COMMITTEE: "CHỦ TỊCH",
}
DEPUTIES = {
    "CHÁNH THANH TRA": "PHÓ CHÁNH THANH TRA",
    "CHÁNH VĂN PHÒNG": "PHÓ CHÁNH VĂN PHÒNG",
    "BÍ THƯ": "PHÓ BÍ THƯ",
    "CỤC TRƯỞNG": "PHÓ CỤC TRƯỞNG",
    "TRƯỞNG BAN": "PHÓ TRƯỞNG BAN",
    "TỔNG BIÊN TẬP": "PHÓ TỔNG BIÊN TẬP",
}


# Bodies whose short official name needs no "tỉnh": there is no other of the name in the province.
_ALONE = ("Sở ", "Ban ", "Hiệp hội ", "Ủy ban nhân dân ")


def without_province(name: str) -> str:
    """Sở Y tế tỉnh Bình Thuận → Sở Y tế; Thanh tra tỉnh Bình Thuận → Thanh tra tỉnh."""
    bare = name.removesuffix(f" {PROVINCE}")
    if bare == name or bare.startswith(_ALONE):
        return bare if bare != "Ủy ban nhân dân" else "Ủy ban nhân dân tỉnh"
    return f"{bare} tỉnh"


def is_committee(agency: Mapping[str, Any]) -> bool:
    return agency["code"] == COMMITTEE or agency["kind"] == "district-peoples-committee"


def letterhead(agency: Mapping[str, Any]) -> Letterhead:
    """The upper left of a paper of this agency (a row with code, name, kind)."""
    name = agency["name"]
    if agency["code"] == COMMITTEE:
        return Letterhead(without_province(name), ("ỦY BAN NHÂN DÂN", "TỈNH BÌNH THUẬN"))
    if agency["kind"] == "district-peoples-committee":
        place = name.removeprefix("Ủy ban nhân dân ")
        town = re.sub(r"^(thành phố|thị xã|huyện) ", "", place)
        return Letterhead(name, ("ỦY BAN NHÂN DÂN", place.upper()), place=town)
    short = without_province(name)
    issuer = short.upper()
    # The name of a ministry-like agency is cut at its dash, as it stands on its own papers.
    parts = tuple(issuer.replace(" - ", " -\n").split("\n")) if len(issuer) > 28 else (issuer,)
    parent = "UBND TỈNH BÌNH THUẬN" if agency["kind"] in UNDER_COMMITTEE else None
    return Letterhead(short, parts, parent)


def letters(short: str) -> str:
    """The symbol of an agency: Sở LĐTBXH → SLĐTBXH, Sở Xây dựng → SXD, UBND … → UBND."""
    if short.startswith("UBND"):
        return "UBND"
    words = [w for w in re.findall(r"\w+", short) if w not in ("tỉnh", "các", "chi", "nhánh")]
    return "".join(w if w.isupper() and len(w) > 1 else w[0].upper() for w in words)


def symbol(kind: str, agency: Mapping[str, Any]) -> str:
    """BC-SLĐTBXH; a công văn carries the agency first: SLĐTBXH-LĐVL."""
    return f"{kind}-{letters(agency['short'])}" if kind else f"{letters(agency['short'])}-TH"


def head_of(agency: Mapping[str, Any]) -> str:
    return HEADS_BY_CODE.get(agency["code"]) or HEADS.get(agency["kind"], "THỦ TRƯỞNG")


def signature(
    agency: Mapping[str, Any],
    capacity: Capacity = Capacity.HEAD,
    name: str = "",
    post: str | None = None,
) -> Signature:
    """Capacity and post, line by line (NĐ 30/2020/NĐ-CP, Điều 13).

    A committee works as a collective, so whoever signs for it signs TM.; other agencies are
    signed for by their head or, KT., by a deputy.
    """
    head = head_of(agency)
    deputy = DEPUTIES.get(head, f"PHÓ {head}")
    collective = ("TM. ỦY BAN NHÂN DÂN",) if is_committee(agency) else ()
    match capacity:
        case Capacity.KT:
            lines = (*collective, f"KT. {head}", (post or deputy).upper())
        case Capacity.Q:
            lines = (*collective, f"Q. {head}")
        case Capacity.TL:
            lines = (f"TL. {head}", (post or "CHÁNH VĂN PHÒNG").upper())
        case Capacity.TUQ:
            if not post:
                raise ValueError("TUQ. is signed with the post of the one authorised")
            lines = (f"TUQ. {head}", post.upper())
        case _:
            lines = (*collective, head)
    return Signature(lines, name)


def two(count: int) -> str:
    """Numbers below ten are written with a leading zero: 05."""
    return f"{count:02d}" if 0 < count < 10 else format_number(count)


def paper_day(day: date) -> str:
    """ngày 05 tháng 01 năm 2026, ngày 29 tháng 6 năm 2026."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def short_day(day: date | None) -> str:
    return "" if day is None else f"{day:%d/%m/%Y}"


def plan_name(plan: Mapping[str, Any]) -> str:
    """Kế hoạch số 2940/KH-UBND: how a plan is cited after the first time (NĐ 30/2020)."""
    return f"Kế hoạch số {plan['code']}"


def plan_in_full(plan: Mapping[str, Any]) -> str:
    """Kế hoạch số 2940/KH-UBND ngày 08/8/2023 của Ủy ban nhân dân tỉnh: the first time."""
    day = plan["issued_on"]
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    issuing = without_province(plan["issuing_name"])
    return f"{plan_name(plan)} ngày {day.day:02d}/{month}/{day.year} của {issuing}"


def contact_of(name: str, post: str | None, phone: str | None) -> str:
    """Whom to call about a letter; the number stands in brackets until somebody has said it."""
    return ", ".join(filter(None, (name, post, f"điện thoại {phone or '[số điện thoại]'}")))


def clock(moment: datetime) -> str:
    """17 giờ 00 phút, ngày 14 tháng 12 năm 2025."""
    local = moment.astimezone(VIETNAM)
    return f"{local.hour:02d} giờ {local.minute:02d} phút, {paper_day(local.date())}"


def percent(value: Decimal | None) -> str:
    return "không có" if value is None else f"{format_number(value)}%"
