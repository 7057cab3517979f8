"""Công văn đôn đốc: one letter per agency, collecting what it owes; and the phiếu cơ quan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from models.states import LABELS, Capacity, UrgeLevel
from reports.boxes import BOX_LABELS, Box
from reports.figures import Figures
from reports.moment import Line
from reports.owing import Owing
from reports.papers import parts
from reports.papers.names import (
    clock,
    letterhead,
    paper_day,
    percent,
    plan_in_full,
    plan_name,
    short_day,
    signature,
    symbol,
    two,
    without_province,
)
from reports.papers.paper import Block, Caption, Column, Heading, Paper, Para, Table
from reports.papers.reviews import Facts
from workflow.law.calendar import WorkCalendar
from workflow.law.deadlines import OPEN_STATES, local_day
from workflow.text import format_number

# Days a letter gives for the answer, at least.
ANSWER_DAYS = 10
# From this many earlier urgings on, the letter says that the chairman will be told.
WARN_FROM = 2
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def answer_day(today: date, calendar: WorkCalendar) -> date:
    """The day by which to answer: a working day, so that somebody is there to send it."""
    return calendar.first_working_day_on_or_after(today + timedelta(days=ANSWER_DAYS))


@dataclass(frozen=True)
class Act:
    """An act of urging, as its letter tells it: which cycles, each for the n-th time."""

    numbers: Mapping[int, int]
    level: UrgeLevel
    message: str
    answer_by: date


def urging_letter(
    standing: Mapping[str, Any], agency: Mapping[str, Any], plan: Mapping[str, Any],
    figures: Figures, urged: Mapping[int, int], contact: str, calendar: WorkCalendar,
    act: Act | None = None, committee: Mapping[str, Any] | None = None,
    owing: Owing | None = None,
) -> Paper | None:  # fmt: skip
    """A letter to one agency about what it owes of a plan; None when there is nothing.

    Without an act, a draft about what is overdue, for the time after those that were `urged`, and
    about the yearly plan, report and figures it is `owing`. What has been reported waits for its
    verdict elsewhere and is never urged. A letter of UBND goes out under its own head
    (`committee`).
    """
    if act is None:
        owed = [x for x in figures.overdue if x.state in OPEN_STATES and x.agency == agency["code"]]
        numbers = {x.id: urged.get(x.id, 0) + 1 for x in owed}
    else:
        numbers = dict(act.numbers)
        owed = [x for x in figures.lines if x.id in numbers and x.state in OPEN_STATES]
        owed.sort(key=lambda x: (-x.overdue, x.effective_due_on or date.max, x.id))
    lacks = _lacks(owing, plan) if owing else []
    if not owed and not lacks:
        return None
    today = local_day(figures.cutoff)
    by_committee = committee is not None and act is not None and act.level is UrgeLevel.UBND_LETTER
    own = committee if by_committee and committee else standing
    asked = bool(agency["is_asked"])
    name, sender = without_province(agency["name"]), without_province(own["name"])
    wish = "yêu cầu" if by_committee else "đề nghị"
    wish = f"trân trọng đề nghị {name} quan tâm" if asked else f"{wish} {name} khẩn trương"
    until = act.answer_by if act else answer_day(today, calendar)
    seen = (
        f"Thực hiện nhiệm vụ {'theo dõi' if by_committee else STANDING_DUTY}, đôn đốc "
        f"{plan_in_full(plan)}, qua theo dõi đến {clock(figures.cutoff)}, {sender} nhận thấy {name}"
    )
    body: list[Block] = []
    if owed:
        body += [Para(f"{seen} {_owes(owed)}, cụ thể:"), _table_of(owed, numbers)]
    if lacks:
        body.append(Para(f"{'Ngoài ra, ' + name if owed else seen} chưa gửi: {'; '.join(lacks)}."))
    if act:
        body.append(Para(act.message.rstrip(".;, ") + "."))
    is_late = bool(owing and owing.report_due_on) or any(x.overdue > 0 for x in owed)
    body += [
        Para(_wish(bool(owed), bool(lacks), is_late, sender, wish, until)),
        Para(f"Thông tin cần trao đổi, đề nghị liên hệ: {contact}."),
    ]
    times = max((numbers[x.id] for x in owed), default=1) - 1
    body.append(Para(_end(name, without_province(standing["name"]), asked, by_committee, times)))
    return Paper(
        name=f"cong-van-don-doc-{agency['code']}",
        letterhead=letterhead(own),
        symbol=symbol("", own),
        year=today.year,
        kind="",
        subject=f"{_about(bool(owed), owing, asked)} thực hiện {plan_name(plan)}",
        addressees=(name,),
        body=body,
        signature=signature(own, Capacity.TL if by_committee else Capacity.HEAD),
        recipients=_copies(standing, by_committee),
        cutoff=figures.cutoff,
    )


STANDING_DUTY = "cơ quan thường trực giúp Ủy ban nhân dân tỉnh theo dõi"


def _lacks(owing: Owing, plan: Mapping[str, Any]) -> list[str]:
    """What has not come beside tasks, each as it is named in a letter."""
    found = []
    if owing.plan:
        found.append(f"kế hoạch năm {owing.year} thực hiện {plan_name(plan)}")
    if owing.report_due_on:
        due = short_day(owing.report_due_on)
        found.append(f"báo cáo kết quả năm {owing.year} (thời hạn đến hết ngày {due})")
    if owing.figures:
        found.append(f"số liệu năm {owing.year} của chỉ tiêu: {', '.join(owing.figures)}")
    return found


def _about(has_tasks: bool, owing: Owing | None, asked: bool) -> str:
    """The trích yếu: what alone is owed is named; several things are one matter."""
    if owing and not has_tasks:
        alone = [
            words
            for words, is_owed in (
                (f"gửi kế hoạch năm {owing.year}", owing.plan),
                (f"gửi báo cáo năm {owing.year}", owing.report_due_on),
                (f"cung cấp số liệu chỉ tiêu năm {owing.year}", owing.figures),
            )
            if is_owed
        ]
        if len(alone) == 1:
            return alone[0]
    return "phối hợp" if asked else "đôn đốc"


def _owes(owed: Sequence[Line]) -> str:
    late = sum(x.overdue > 0 for x in owed)
    if not late:
        return f"có {two(len(owed))} nhiệm vụ sắp đến hạn báo cáo kết quả"
    if late == len(owed):
        return f"còn {two(late)} nhiệm vụ đã quá hạn nhưng chưa gửi báo cáo kết quả"
    return (
        f"còn {two(len(owed))} nhiệm vụ chưa gửi báo cáo kết quả, "
        f"trong đó {two(late)} nhiệm vụ đã quá hạn"
    )


def _table_of(owed: Sequence[Line], numbers: Mapping[int, int]) -> Table:
    return Table(
        (
            Column("TT", 2, "center"), Column("Nhiệm vụ", 16), Column("Hạn", 5, "center"),
            Column("Số ngày quá hạn", 4, "right"), Column("Trạng thái", 6),
            Column("Lần đôn đốc thứ", 4, "center"),
        ),
        [
            [
                str(i), f"{x.task_code}. {x.task_title}", short_day(x.effective_due_on),
                format_number(x.overdue) if x.overdue > 0 else "chưa đến hạn",
                LABELS[x.state], str(numbers[x.id]),
            ]
            for i, x in enumerate(owed, 1)
        ],
    )  # fmt: skip


def _wish(
    has_tasks: bool, has_lacks: bool, is_late: bool, sender: str, wish: str, until: date
) -> str:
    what = "gửi báo cáo kết quả" + (" và những nội dung còn thiếu" if has_lacks else "")
    if not has_tasks:
        what = "gửi những nội dung này"
    by = f"{what} trên hệ thống trước hết {WEEKDAYS[until.weekday()]}, {paper_day(until)}"
    causes = "nguyên nhân chậm (khách quan, chủ quan)" if is_late else ""
    if has_tasks:
        causes = f", {causes}" if causes else ""
        by += (
            f"; nêu rõ sản phẩm đã hoàn thành{causes} "
            "và thời gian hoàn thành phần việc còn lại (nếu có)"
        )
    elif causes:
        by += f"; nêu rõ {causes}"
    return f"{sender} {wish} thực hiện, {by}."


def _end(name: str, standing: str, asked: bool, by_committee: bool, times: int) -> str:
    """The last sentence: a wish to those who are asked, the consequence for those ordered."""
    if asked:
        return f"Rất mong nhận được sự phối hợp của {name}./."
    end = f"Sau thời hạn trên, {standing} tổng hợp báo cáo Ủy ban nhân dân tỉnh"
    if by_committee:
        end = f"Sau thời hạn trên, giao {standing} tổng hợp, báo cáo Chủ tịch Ủy ban nhân dân tỉnh"
    if times >= WARN_FROM:
        chairman = "" if by_committee else ", Chủ tịch Ủy ban nhân dân tỉnh"
        end = f"Nhiệm vụ đã được đôn đốc nhiều lần. {end}{chairman}"
    return f"{end}; kết quả là căn cứ đánh giá mức độ hoàn thành nhiệm vụ của cơ quan./."


def _copies(standing: Mapping[str, Any], by_committee: bool) -> tuple[str, ...]:
    if by_committee:
        return (
            "Như trên", "CT, các PCT UBND tỉnh", without_province(standing["name"]),
            "Lưu: VT, KGVXNV",
        )  # fmt: skip
    return ("Như trên", "UBND tỉnh (b/c)", "Lưu: VT, TH")


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
        (f"Tỷ lệ hoàn thành năm {f.year - 1}", percent(f.before.boxes.completion_rate)),
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
