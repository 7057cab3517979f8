"""Công văn đôn đốc: one letter per agency, collecting what it owes; and the phiếu cơ quan."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from models.states import LABELS
from reports.boxes import BOX_LABELS, Box
from reports.figures import Figures
from reports.papers import parts
from reports.papers.names import (
    clock,
    letterhead,
    paper_day,
    percent,
    short_day,
    signature,
    symbol,
    two,
    without_province,
)
from reports.papers.paper import Block, Caption, Column, Heading, Paper, Para, Table
from reports.papers.reviews import PLAN_FULL, Facts
from workflow.law.deadlines import OPEN_STATES, local_day
from workflow.text import format_number

# Days a letter gives for the answer.
ANSWER_DAYS = 10
# From this many earlier urgings on, the letter says that the chairman will be told.
WARN_FROM = 2
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def answer_day(today: date) -> date:
    """The day by which to answer: a weekday, so that somebody is there to send it."""
    day = today + timedelta(days=ANSWER_DAYS)
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day


def urging_letter(
    standing: Mapping[str, Any], agency: Mapping[str, Any], figures: Figures,
    urged: Mapping[int, int], contact: str,
) -> Paper | None:  # fmt: skip
    """A letter to one agency about what is overdue and not reported; None when there is nothing.

    What has been reported waits for its verdict elsewhere and is never urged.
    """
    owed = [x for x in figures.overdue if x.state in OPEN_STATES and x.agency == agency["code"]]
    if not owed:
        return None
    today = local_day(figures.cutoff)
    until = answer_day(today)
    asked = bool(agency["is_asked"])
    times = max((urged.get(x.id, 0) for x in owed), default=0)
    name = without_province(agency["name"])
    sender = without_province(standing["name"])
    wish = "trân trọng đề nghị" if asked else "đề nghị"
    body: list[Block] = [
        Para(
            f"Thực hiện nhiệm vụ cơ quan thường trực giúp Ủy ban nhân dân tỉnh theo dõi, đôn đốc "
            f"{PLAN_FULL}, qua theo dõi đến {clock(figures.cutoff)}, {sender} nhận thấy {name} "
            f"còn {two(len(owed))} nhiệm vụ đã quá hạn nhưng chưa gửi báo cáo kết quả, cụ thể:"
        ),
        Table(
            (
                Column("TT", 2, "center"), Column("Nhiệm vụ", 16), Column("Hạn", 5, "center"),
                Column("Số ngày quá hạn", 4, "right"), Column("Trạng thái", 6),
                Column("Lần đôn đốc thứ", 4, "center"),
            ),
            [
                [
                    str(i), f"{x.task_code}. {x.task_title}", short_day(x.effective_due_on),
                    format_number(x.overdue), LABELS[x.state], str(urged.get(x.id, 0) + 1),
                ]
                for i, x in enumerate(owed, 1)
            ],
        ),
        Para(
            f"{sender} {wish} {name} khẩn trương thực hiện, gửi báo cáo kết quả trên hệ thống "
            f"trước hết {WEEKDAYS[until.weekday()]}, {paper_day(until)}; nêu rõ sản phẩm đã hoàn "
            "thành, nguyên nhân chậm (khách quan, chủ quan) và thời gian hoàn thành phần việc "
            "còn lại (nếu có)."
        ),
        Para(f"Thông tin cần trao đổi, đề nghị liên hệ: {contact}."),
    ]  # fmt: skip
    if asked:
        body.append(Para(f"Rất mong nhận được sự phối hợp của {name}./."))
    else:
        end = f"Sau thời hạn trên, {sender} tổng hợp báo cáo Ủy ban nhân dân tỉnh"
        if times >= WARN_FROM:
            end = f"Nhiệm vụ đã được đôn đốc nhiều lần. {end}, Chủ tịch Ủy ban nhân dân tỉnh"
        body.append(
            Para(f"{end}; kết quả là căn cứ đánh giá mức độ hoàn thành nhiệm vụ của cơ quan./.")
        )
    return Paper(
        name=f"cong-van-don-doc-{agency['code']}",
        letterhead=letterhead(standing),
        symbol=symbol("", standing),
        year=today.year,
        kind="",
        subject="đôn đốc thực hiện Kế hoạch số 2940/KH-UBND",
        addressees=(name,),
        body=body,
        signature=signature(standing),
        recipients=("Như trên", "UBND tỉnh (b/c)", "Lưu: VT, TH"),
        cutoff=figures.cutoff,
    )


def agency_sheet(f: Facts) -> Paper:
    """Phiếu cơ quan: one agency's year on a page or two, with the list behind it."""
    assert f.agency is not None  # noqa: S101 (the catalogue asks for one)
    own, b = f.agency, f.figures.boxes
    name = without_province(own["name"])
    all_row = f.figures.all
    facts = [
        ("Tổng số nhiệm vụ có thời hạn", format_number(b.total)),
        (BOX_LABELS[Box.DONE_ON_TIME], format_number(b.done_on_time)),
        (BOX_LABELS[Box.DONE_LATE], format_number(b.done_late)),
        (BOX_LABELS[Box.OPEN_IN_TIME], format_number(b.open_in_time)),
        (BOX_LABELS[Box.OPEN_OVERDUE], format_number(b.open_overdue)),
        ("Không hạn; tạm dừng; kết thúc theo văn bản",
         f"{b.no_deadline}; {b.on_hold}; {b.closed}"),
        ("Tỷ lệ hoàn thành nhiệm vụ đến hạn", percent(b.completion_rate)),
        (f"Năm {f.year - 1}", percent(f.before.boxes.completion_rate)),
        ("Tỷ lệ hoàn thành đúng hạn", percent(b.on_time_rate)),
        ("Báo cáo gửi chậm", format_number(all_row.late_reports)),
        ("Số lượt báo cáo bị trả lại", format_number(all_row.returns)),
        ("Số lượt đôn đốc", format_number(f.pressure.urgings)),
        ("Số lượt gia hạn (khách quan; chủ quan)",
         f"{f.pressure.extensions} ({f.pressure.objective}; {f.pressure.subjective})"),
        ("Tỷ lệ cập nhật tiến độ trong 90 ngày", percent(all_row.update_rate)),
    ]  # fmt: skip
    mine = [x for x in f.indicators if x.owner == own["code"]]
    body: list[Block] = [
        Para(
            f"Số liệu chốt lúc {clock(f.cutoff)}, vị trí nhật ký: mục {f.figures.position}."
        ),
        Heading("1. Tổng hợp", 2),
        Table(
            (Column("Nội dung", 10), Column("Số liệu", 5, "right")), [list(x) for x in facts]
        ),
        Heading("2. Nhiệm vụ chủ trì", 2),
        Table(
            (
                Column("TT", 2, "center"), Column("Nhiệm vụ", 14), Column("Hạn", 5, "center"),
                Column("Trạng thái", 7), Column("Thời hạn", 6),
            ),
            [
                [
                    str(i), f"{x.task_code}. {x.task_title}",
                    short_day(x.effective_due_on) or "không hạn", LABELS[x.state],
                    f"quá hạn {x.overdue} ngày" if x.overdue else BOX_LABELS[x.box],
                ]
                for i, x in enumerate(f.figures.lines, 1)
            ],
            size=11,
        ),
    ]  # fmt: skip
    if mine:
        body += [
            Heading("3. Chỉ tiêu được giao theo dõi", 2),
            parts.indicators_table(mine, f.year),
        ]
    if not f.figures.lines:
        body.append(Caption("Cơ quan không chủ trì nhiệm vụ nào trong năm"))
    body.append(
        Para(
            "Phiếu do hệ thống lập để theo dõi, không thay thế báo cáo của cơ quan./.", italic=True
        )
    )
    return Paper(
        name=f"phieu-co-quan-{f.year}-{own['code']}",
        letterhead=letterhead(f.standing),
        symbol=symbol("PCQ", f.standing),
        year=f.cutoff.year,
        kind="PHIẾU THEO DÕI CƠ QUAN",
        subject=f"{name}, năm {f.year}",
        body=body,
        signature=signature(f.standing),
        recipients=(name, "Lưu: VT, TH"),
        cutoff=f.cutoff,
    )
