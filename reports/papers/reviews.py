"""Reports of a period: the agency's year, the consolidated year, sơ kết and tổng kết."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping

from models.states import LABELS, AwardForm, Capacity, NomineeKind
from reports.archive import Holding, holdings
from reports.awards import granted
from reports.boxes import BOX_LABELS, Box
from reports.figures import Figures, figures
from reports.gather import Pressure, agency_row, plan_row, pressure, report_texts
from reports.indicators import IndicatorLine, indicator_lines
from reports.moment import Line, Scope
from reports.moves import Move, moves
from reports.papers import annexes, parts
from reports.papers.names import (
    clock,
    letterhead,
    percent,
    short_day,
    signature,
    symbol,
    two,
    without_province,
)
from reports.papers.paper import (
    Appendix,
    Block,
    Caption,
    Column,
    Heading,
    Paper,
    Para,
    Table,
)
from reports.papers.parts import Sources, Written
from reports.yearwork import YearWork, year_work
from workflow.law.facts import ActorFacts
from workflow.text import counted, format_number

RESOLUTION = "Nghị quyết số 12-NQ/TU ngày 11/11/2022 của Ban Chấp hành Đảng bộ tỉnh (khóa XIV)"
PLAN_FULL = "Kế hoạch số 2940/KH-UBND ngày 08/8/2023 của Ủy ban nhân dân tỉnh"


@dataclass(frozen=True)
class Facts:
    """Everything a paper about a period is made from, read at one cut-off."""

    year: int
    years: tuple[int, ...]
    cutoff: datetime
    figures: Figures
    before: Figures
    texts: Mapping[int, RowMapping]
    indicators: list[IndicatorLine]
    pressure: Pressure
    plan: Mapping[str, Any]
    standing: Mapping[str, Any]
    issuing: Mapping[str, Any]
    agency: Mapping[str, Any] | None
    work: YearWork
    by_year: tuple[Figures, ...] = ()
    awards: Sequence[RowMapping] = ()
    moves: Sequence[Move] = ()
    holdings: Sequence[Holding] = ()


def facts_of(
    conn: Connection, actor: ActorFacts, year: int, cutoff: datetime, *,
    agency: str | None = None, years: tuple[int, ...] = (),
) -> Facts:  # fmt: skip
    """Read the facts as this person may see them."""
    years = years or (year,)
    plan = plan_row(conn)
    scope = Scope(years=years, agency=agency)
    found = figures(conn, actor, scope, cutoff)
    return Facts(
        year=year,
        years=years,
        cutoff=cutoff,
        figures=found,
        before=figures(conn, actor, replace(scope, years=(years[0] - 1,)), cutoff),
        texts=report_texts(conn, found.lines),
        indicators=indicator_lines(conn, actor, cutoff, year=year),
        pressure=pressure(conn, found.lines, cutoff),
        plan=plan,
        standing=agency_row(conn, plan["standing"]),
        issuing=agency_row(conn, plan["issuing"]),
        agency=agency_row(conn, agency) if agency else None,
        work=year_work(conn, actor, years, cutoff, agency=agency),
        by_year=tuple(figures(conn, actor, replace(scope, years=(y,)), cutoff) for y in years)
        if len(years) > 1
        else (),
        awards=granted(conn, years, cutoff) if len(years) > 1 else (),
        moves=moves(conn, (x.id for x in found.lines), cutoff),
        holdings=holdings(conn, years, cutoff) if len(years) > 1 else (),
    )


def _sources(f: Facts) -> tuple[Sources, dict[str, int]]:
    sources = Sources(f.cutoff, f.figures.position)
    period = f"năm {f.year}" if len(f.years) == 1 else f"các năm {f.years[0]} - {f.years[-1]}"
    n = len(f.figures.lines)
    marks = {
        "boxes": sources.add(
            f"Bốn ô: đếm {format_number(n)} kỳ thực hiện {period} liệt kê tại phụ lục danh mục "
            "nhiệm vụ. Hoàn thành: kết quả đã được xác nhận. Tỷ lệ hoàn thành = đã hoàn thành / "
            "(đã hoàn thành + chưa hoàn thành quá hạn)."
        ),
        "before": sources.add(
            f"Số liệu năm {f.years[0] - 1} đếm tại cùng thời điểm chốt, cùng cách tính."
        ),
        "ages": sources.add("Thời gian quá hạn: số ngày lịch sau hạn đến thời điểm chốt."),
        "returns": sources.add("Số lượt trả lại: đếm các lần trả lại ghi trong nhật ký."),
        "urging": sources.add("Đôn đốc: các lượt đôn đốc ghi trên hệ thống đến thời điểm chốt."),
        "extensions": sources.add("Gia hạn: các quyết định đồng ý gia hạn đến thời điểm chốt."),
        "indicators": sources.add(
            "Chỉ tiêu: giá trị đã được xác nhận, lấy loại chắc chắn nhất (chính thức, sơ bộ, ước) "
            "của từng năm; quy tắc đánh giá nêu tại phụ lục chỉ tiêu."
        ),
        "budget": sources.add("Kinh phí: số cơ quan nhập, Sở Tài chính tổng hợp (triệu đồng)."),
        "plans": sources.add("Kế hoạch năm, báo cáo năm: văn bản cơ quan đã ghi trên hệ thống."),
    }
    return sources, marks


def _opening(f: Facts, what: str) -> list[Block]:
    return [
        Para(
            f"Thực hiện {RESOLUTION} và {PLAN_FULL}, {what} như sau "
            f"(số liệu chốt lúc {clock(f.cutoff)}):"
        )
    ]


def consolidated_year(f: Facts, written: Written, issuer: Mapping[str, Any] | None = None) -> Paper:
    """Báo cáo năm tổng hợp: UBND tỉnh to Tỉnh ủy, or the standing agency to UBND tỉnh."""
    sources, mark = _sources(f)
    by_committee = issuer is None
    own = f.issuing if issuer is None else issuer
    body: list[Block] = _opening(
        f,
        "Ủy ban nhân dân tỉnh báo cáo kết quả năm"
        if by_committee
        else f"{without_province(own['name'])} báo cáo kết quả năm",
    )
    body += _leadership(f, written, mark)
    body += _indicator_chapter(f, mark)
    body.append(Heading("III. KẾT QUẢ THỰC HIỆN NHIỆM VỤ, GIẢI PHÁP"))
    body.append(Heading("1. Kết quả chung", 2))
    body.append(parts.boxes_sentence(f.figures.boxes, mark["boxes"]))
    body.append(parts.comparison(f.figures.boxes, f.before.boxes, f.year, mark["before"]))
    body.append(Caption("Kết quả theo nhóm nhiệm vụ"))
    body.append(parts.rows_table(f.figures.by_section, "Nhóm nhiệm vụ", f.figures.boxes, 11))
    body.append(Heading("2. Kết quả theo cơ quan chủ trì", 2))
    body += parts.agency_tables(f.figures)
    body.append(Heading("3. Kết quả theo từng nhóm nhiệm vụ", 2))
    body += [
        replace(b, text=f"3.{b.text}", level=3) if isinstance(b, Heading) else b
        for b in parts.group_chapters(f.figures, f.texts)
    ]
    body += _budget_chapter(f, "IV", mark)
    body += _evaluation(f, written, "V", mark)
    body += _next_year(f, written, "VI")
    body += _proposals(f, written, "VII")
    body.append(Para(_closing(by_committee)))
    return Paper(
        name=f"bao-cao-nam-{f.year}" + ("" if by_committee else f"-{own['code']}"),
        letterhead=letterhead(own),
        symbol=symbol("BC", own),
        year=f.cutoff.year,
        kind="BÁO CÁO",
        subject="Kết quả thực hiện Nghị quyết số 12-NQ/TU và Kế hoạch số 2940/KH-UBND "
        f"năm {f.year}",
        addressees=("Ban Thường vụ Tỉnh ủy",) if by_committee else ("Ủy ban nhân dân tỉnh",),
        body=body,
        signature=signature(own, Capacity.KT if by_committee else Capacity.HEAD),
        recipients=_recipients(f, by_committee),
        cutoff=f.cutoff,
        appendices=_appendices(f, sources),
    )


def _closing(by_committee: bool) -> str:
    if by_committee:
        return "Ủy ban nhân dân tỉnh kính báo cáo Ban Thường vụ Tỉnh ủy xem xét, chỉ đạo./."
    return "Kính báo cáo Ủy ban nhân dân tỉnh xem xét, chỉ đạo./."


def _recipients(f: Facts, by_committee: bool) -> tuple[str, ...]:
    if not by_committee:
        return ("Như trên", "Lãnh đạo Sở", "Lưu: VT, VP")
    return (
        "Như trên",
        "Thường trực HĐND tỉnh",
        "Chủ tịch, các PCT UBND tỉnh",
        without_province(f.standing["name"]),
        "Các sở, ban, ngành; UBND các huyện, thị xã, thành phố",
        "Lưu: VT, KGVXNV",
    )


def _leadership(f: Facts, written: Written, mark: Mapping[str, int]) -> list[Block]:
    # Who has nothing due yet has sent nothing, and none is missed: he is in no share.
    agencies = f.figures.agencies_due
    # Plans and reports of agencies are counted by year: over several years each owes several.
    owed = len({(x.agency_id, x.year) for x in f.figures.lines})
    silent = f.figures.without_report
    blocks: list[Block] = [Heading("I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO, TỔ CHỨC THỰC HIỆN")]
    blocks.append(Heading("1. Ban hành văn bản, quán triệt, tuyên truyền", 2))
    blocks += written.say(
        "leadership", "Cơ quan thường trực bổ sung: văn bản của tỉnh, kết quả quán triệt, tuyên "
        "truyền trong kỳ",
    )  # fmt: skip
    blocks.append(Heading("2. Kế hoạch năm của các cơ quan, đơn vị", 2))
    blocks.append(
        Para(
            f"Đã có {two(f.work.plans)}/{two(owed)} "
            + (
                "cơ quan, đơn vị ban hành kế hoạch năm "
                if owed == len(f.figures.by_agency)
                else "kế hoạch năm của các cơ quan, đơn vị được ban hành "
            )
            + "và ghi nhận trên hệ thống.",
            source=mark["plans"],
        )
    )
    blocks.append(Heading("3. Theo dõi, đôn đốc, kiểm tra", 2))
    blocks.append(parts.urging_sentence(f.pressure, mark["urging"]))
    blocks.append(parts.extension_sentence(f.pressure, mark["extensions"]))
    blocks.append(Heading("4. Chế độ báo cáo", 2))
    late = f.figures.all.late_reports
    text = (
        f"Có {two(agencies - len(silent))}/{two(agencies)} cơ quan có nhiệm vụ đến hạn đã gửi báo "
        f"cáo kết quả; {two(len(silent))} cơ quan chưa gửi báo cáo nào; {two(late)} báo cáo gửi "
        f"chậm so với thời hạn. Báo cáo năm của cơ quan: {two(f.work.reports)}/{two(owed)} "
        f"đã gửi, trong đó {two(f.work.reports_in_time)} đúng hạn."
    )
    blocks.append(Para(text, source=mark["plans"]))
    blocks.append(parts.returned_sentence(f.figures, mark["returns"]))
    return blocks


def _indicator_chapter(f: Facts, mark: Mapping[str, int]) -> list[Block]:
    return [
        Heading("II. KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU"),
        parts.indicators_sentence(f.indicators, mark["indicators"]),
        *parts.indicator_notes(f.indicators),
        Para("Số liệu từng chỉ tiêu nêu tại Phụ lục II."),
    ]


def _budget_chapter(f: Facts, roman: str, mark: Mapping[str, int]) -> list[Block]:
    b = f.work.budget
    if not f.work.budget_agencies:
        text = "Chưa có cơ quan nhập dự toán, kinh phí của kỳ báo cáo trên hệ thống."
    else:
        text = (
            f"Có {two(f.work.budget_agencies)} cơ quan lập dự toán: đề nghị "
            f"{format_number(b.asked)} triệu đồng; được giao {format_number(b.allocated)} triệu "
            f"đồng; đã giải ngân {format_number(b.disbursed)} triệu đồng"
        )
        if b.allocated:
            share = (b.disbursed / b.allocated * 100).quantize(Decimal("0.01"))
            text += f" ({percent(share)} số được giao)"
        text += "."
    return [Heading(f"{roman}. KINH PHÍ THỰC HIỆN"), Para(text, source=mark["budget"])]


def _evaluation(f: Facts, written: Written, roman: str, mark: Mapping[str, int]) -> list[Block]:
    boxes = f.figures.boxes
    best = [
        r for r in f.figures.by_agency
        if r.boxes.due and not r.boxes.open_overdue and not r.boxes.done_late
    ]  # fmt: skip
    blocks: list[Block] = [Heading(f"{roman}. ĐÁNH GIÁ CHUNG"), Heading("1. Ưu điểm", 2)]
    blocks.append(
        Para(
            f"Đã hoàn thành {two(boxes.done)} nhiệm vụ, đúng hạn {percent(boxes.on_time_rate)}; "
            f"{two(len(best))} cơ quan hoàn thành đúng hạn toàn bộ nhiệm vụ đến hạn.",
            source=mark["boxes"],
        )
    )
    blocks += written.say("strengths", "Cơ quan thường trực bổ sung nhận định về ưu điểm")
    blocks.append(Heading("2. Tồn tại, hạn chế", 2))
    blocks.append(
        Para(
            f"Còn {two(boxes.open_overdue)} nhiệm vụ quá hạn chưa hoàn thành; "
            f"{two(f.figures.all.late_reports)} báo cáo gửi chậm; {two(f.figures.all.returns)} "
            "lượt báo cáo phải trả lại.",
            source=mark["boxes"],
        )
    )
    if boxes.open_overdue:
        blocks.append(parts.ages_sentence(f.figures, mark["ages"]))
    difficulties = parts.gathered(f.figures.lines, f.texts, "difficulties")
    blocks.append(Heading("3. Khó khăn, vướng mắc, nguyên nhân", 2))
    if difficulties:
        blocks.append(Para("Các cơ quan phản ánh:"))
        blocks += difficulties
    blocks += written.say(
        "causes", "Cơ quan thường trực bổ sung nguyên nhân khách quan, nguyên nhân chủ quan"
    )
    return blocks


def _next_year(f: Facts, written: Written, roman: str) -> list[Block]:
    carried = [x for x in f.figures.lines if x.box in ("open_overdue", "open_in_time")]
    blocks: list[Block] = [
        Heading(f"{roman}. NHIỆM VỤ, GIẢI PHÁP TRỌNG TÂM NĂM {f.year + 1}"),
        Para(
            f"Tiếp tục thực hiện {two(len(carried))} nhiệm vụ chưa hoàn thành chuyển sang; mở các "
            f"kỳ thực hiện thường xuyên của năm {f.year + 1} theo Kế hoạch."
        ),
    ]
    return blocks + written.say(
        "next", f"Cơ quan thường trực bổ sung nhiệm vụ trọng tâm năm {f.year + 1}"
    )


def _proposals(f: Facts, written: Written, roman: str) -> list[Block]:
    blocks: list[Block] = [Heading(f"{roman}. ĐỀ XUẤT, KIẾN NGHỊ")]
    found = parts.gathered(f.figures.lines, f.texts, "proposals")
    if found:
        blocks.append(Para("Tổng hợp kiến nghị của các cơ quan, đơn vị:"))
        blocks += found
    return blocks + written.say(
        "proposals", "Bổ sung kiến nghị, đề xuất; đề nghị khen thưởng, phê bình"
    )


def _appendices(f: Facts, sources: Sources) -> tuple[Appendix, ...]:
    year = f.year
    rules = [
        Para(f"{x.code}. {x.name} (mục tiêu {m.target.year}, mục {m.target.clause}): {m.rule}.")
        for x in f.indicators
        for m in (x.current,)
    ]
    behind: list[Block] = [
        Caption("A. Nhiệm vụ quá hạn chưa hoàn thành"),
        parts.overdue_table(f.figures.overdue, f.pressure.urged),
        Caption("B. Báo cáo gửi chậm"),
        parts.late_table(f.figures.late),
    ]
    apart = f.figures.apart
    if apart:
        behind += [
            Caption("C. Nhiệm vụ tạm dừng, kết thúc theo văn bản"),
            Table(
                (Column("TT", 1, "center"), Column("Mã", 3), Column("Nội dung", 10),
                 Column("Cơ quan", 4), Column("Xếp vào", 4)),
                [
                    [str(i), x.task_code, x.task_title, x.agency_short, BOX_LABELS[x.box]]
                    for i, x in enumerate(apart, 1)
                ],
                size=11,
            ),
        ]  # fmt: skip
    silent = [
        [str(i), without_province(r.label), str(r.boxes.everything), str(r.boxes.open_overdue)]
        for i, r in enumerate(f.figures.without_report, 1)
    ]
    nobody: list[Block] = [
        Table(
            (Column("TT", 1, "center"), Column("Cơ quan", 10),
             Column("Số nhiệm vụ đến hạn chủ trì", 4, "right"), Column("Quá hạn", 3, "right")),
            silent,
        )
        if silent
        else Para("Không có cơ quan nào chưa gửi báo cáo.")
    ]  # fmt: skip
    by_agency = sorted(f.figures.lines, key=lambda x: (x.agency_position, x.position, x.year))
    return (
        Appendix(
            f"Danh mục nhiệm vụ và kết quả thực hiện {_period(f)}",
            (parts.tasks_table(by_agency, f.texts),),
        ),
        Appendix(
            f"Kết quả thực hiện các chỉ tiêu đến năm {year}",
            (parts.indicators_table(f.indicators, year), Caption("Quy tắc đánh giá"), *rules),
        ),
        Appendix("Nhiệm vụ quá hạn, báo cáo chậm", behind),
        Appendix("Cơ quan chưa gửi báo cáo", nobody),
        Appendix(
            annexes.MOVES_TITLE, annexes.moves_annex(f.moves, {x.id: x for x in f.figures.lines})
        ),
        sources.appendix(f.figures),
    )


def _period(f: Facts) -> str:
    return f"năm {f.year}" if len(f.years) == 1 else f"giai đoạn {f.years[0]} - {f.years[-1]}"


def agency_year(f: Facts, written: Written) -> Paper:
    """Báo cáo năm của một cơ quan gửi cơ quan thường trực."""
    assert f.agency is not None  # noqa: S101 (the catalogue asks for one)
    sources, mark = _sources(f)
    own = f.agency
    name = without_province(own["name"])
    mine = [x for x in f.indicators if x.owner == own["code"]]
    body: list[Block] = _opening(f, f"{name} báo cáo kết quả thực hiện năm {f.year}")
    body.append(Heading("1. Công tác lãnh đạo, chỉ đạo, quán triệt", 2))
    body += written.say("leadership", "Cơ quan bổ sung văn bản đã ban hành, hình thức quán triệt")
    if f.work.plan_notes:
        body.append(Para(f"Kế hoạch năm: {'; '.join(f.work.plan_notes)}.", source=mark["plans"]))
    body.append(Heading("2. Kết quả thực hiện từng nhiệm vụ", 2))
    body.append(parts.boxes_sentence(f.figures.boxes, mark["boxes"]))
    body.append(parts.comparison(f.figures.boxes, f.before.boxes, f.year, mark["before"]))
    for x in f.figures.lines:
        if text := f.texts.get(x.id):
            body.append(Para(f"- {x.task_code}. {x.task_title}: {text['result']}"))
            if told := "; ".join(parts.figure(c) for c in counted(text["figures"])):
                body.append(Para(f"Số liệu chính: {told}."))
    body.append(Para("Chi tiết từng nhiệm vụ tại Phụ lục."))
    body.append(Heading("3. Kết quả chỉ tiêu được giao theo dõi", 2))
    if mine:
        body.append(parts.indicators_table(mine, f.year))
    else:
        body.append(Para("Cơ quan không được giao theo dõi chỉ tiêu."))
    body.append(Heading("4. Kinh phí thực hiện", 2))
    body += _budget_chapter(f, "", mark)[1:]
    body.append(Heading("5. Khó khăn, vướng mắc, nguyên nhân", 2))
    body += parts.gathered(f.figures.lines, f.texts, "difficulties")
    body += written.say("causes", "Cơ quan bổ sung nguyên nhân khách quan, chủ quan")
    body.append(Heading("6. Phương hướng năm sau", 2))
    body += written.say("next", f"Cơ quan bổ sung phương hướng năm {f.year + 1}")
    body.append(Heading("7. Kiến nghị, đề xuất", 2))
    body += parts.gathered(f.figures.lines, f.texts, "proposals")
    body += written.say("proposals", "Cơ quan bổ sung kiến nghị, đề xuất")
    body.append(Para(f"{name} kính báo cáo./."))
    return Paper(
        name=f"bao-cao-nam-{f.year}-{own['code']}",
        letterhead=letterhead(own),
        symbol=symbol("BC", own),
        year=f.cutoff.year,
        kind="BÁO CÁO",
        subject=f"Kết quả thực hiện Kế hoạch số 2940/KH-UBND năm {f.year}",
        addressees=(without_province(f.standing["name"]),),
        body=body,
        signature=signature(own),
        recipients=("Như trên", "Lưu: VT"),
        cutoff=f.cutoff,
        appendices=(
            Appendix(
                f"Danh mục nhiệm vụ chủ trì năm {f.year}",
                (parts.tasks_table(f.figures.lines, f.texts),),
            ),
            sources.appendix(f.figures),
        ),
    )


def review(f: Facts, written: Written, *, final: bool) -> Paper:
    """Báo cáo sơ kết or tổng kết over several years."""
    sources, mark = _sources(f)
    own = f.issuing
    word = "tổng kết" if final else "sơ kết 03 năm"
    period = f"giai đoạn {f.years[0]} - {f.years[-1]}"
    body: list[Block] = _opening(f, f"Ủy ban nhân dân tỉnh báo cáo {word} {period}")
    body += _leadership(f, written, mark)
    body += _indicator_chapter(f, mark)
    goals = [x for x in f.indicators if not x.parent]
    body.append(Caption(f"Chỉ tiêu theo năm, {period}"))
    body.append(_trend(goals, f.years))
    body.append(Heading("III. KẾT QUẢ THỰC HIỆN NHIỆM VỤ, GIẢI PHÁP"))
    body.append(Heading("1. Kết quả chung", 2))
    body.append(parts.boxes_sentence(f.figures.boxes, mark["boxes"]))
    body.append(Caption("Kết quả theo năm"))
    body.append(parts.rows_table(f.figures.by_year, "Năm", f.figures.boxes))
    body.append(Caption("Tỷ lệ hoàn thành nhiệm vụ đến hạn của các cơ quan theo năm (%)"))
    body.append(_agencies_by_year(f))
    body.append(Heading("2. Kết quả theo từng nhóm nhiệm vụ", 2))
    body += [
        replace(b, text=f"2.{b.text}", level=3) if isinstance(b, Heading) else b
        for b in parts.group_chapters(f.figures, f.texts)
    ]
    body += _budget_chapter(f, "IV", mark)
    body.append(Heading("V. TÁC ĐỘNG CỦA SẮP XẾP TỔ CHỨC BỘ MÁY"))
    body.append(annexes.moves_sentence(f.moves))
    body += written.say("mechanism", "Đánh giá tác động của sắp xếp bộ máy, chuyển giao nhiệm vụ")
    body += _evaluation(f, written, "VI", mark)
    body.append(Heading("4. Bài học kinh nghiệm", 2))
    body += written.say("lessons", "Bổ sung bài học kinh nghiệm, mô hình điển hình")
    if final:
        body += _products_and_left(f)
        body += written.say("resolution", "Bổ sung đề nghị về nghị quyết, kế hoạch giai đoạn sau")
    else:
        body += _next_year(f, written, "VII")
        body += written.say(
            "adjust", "Đề xuất điều chỉnh chỉ tiêu, nhiệm vụ, cơ quan thường trực giai đoạn sau"
        )
    body += _proposals(f, written, "VIII")
    body.append(Para(_closing(True)))
    extra: tuple[Appendix, ...] = (
        Appendix("Kết quả của các cơ quan và định nghĩa các cột", _definitions(f)),
        Appendix("Việc xác nhận kết quả theo nhật ký", _audit_annex(f)),
        Appendix(f"Khen thưởng {period}", _award_annex(f)),
    )
    if final:
        extra += (
            Appendix(f"Sản phẩm, văn bản đã ban hành {period}", (_products(f),)),
            Appendix("Nhiệm vụ chưa hoàn thành, đề nghị xử lý", (_left(f),)),
            Appendix(annexes.ARCHIVE_TITLE, annexes.archive_annex(f.holdings, f.figures.position)),
        )
    return Paper(
        name=f"{'tong-ket' if final else 'so-ket'}-{f.years[0]}-{f.years[-1]}",
        letterhead=letterhead(own),
        symbol=symbol("BC", own),
        year=f.cutoff.year,
        kind="BÁO CÁO",
        subject=f"{word.capitalize()} thực hiện Nghị quyết số 12-NQ/TU và Kế hoạch số "
        f"2940/KH-UBND {period}",
        addressees=("Ban Thường vụ Tỉnh ủy",),
        body=body,
        signature=signature(own, Capacity.TM if final else Capacity.KT),
        recipients=_recipients(f, True),
        cutoff=f.cutoff,
        appendices=(*_appendices(f, sources)[:-1], *extra, sources.appendix(f.figures)),
    )


def _trend(lines: list[IndicatorLine], years: tuple[int, ...]) -> Table:
    columns = (
        Column("TT", 2, "center"),
        Column("Chỉ tiêu", 12),
        *(Column(str(y), 4, "right") for y in years),
        Column("Mục tiêu", 6, "center"),
        Column("Đánh giá", 6),
    )
    return Table(
        columns,
        [
            [
                str(i), x.name, *(x.value(y) or "–" for y in years), x.current.target.text,
                x.current.word,
            ]
            for i, x in enumerate(lines, 1)
        ],
        size=11,
    )  # fmt: skip


def _agencies_by_year(f: Facts) -> Table:
    by_year = [{r.key: r for r in g.by_agency} for g in f.by_year]
    columns = (
        Column("TT", 2, "center"),
        Column("Cơ quan", 12),
        *(Column(str(y), 4, "right") for y in f.years),
        Column("Cả giai đoạn", 4, "right"),
    )
    rows = []
    for i, row in enumerate(f.figures.by_agency, 1):
        cells = [_rate(year.get(row.key)) for year in by_year]
        rows.append([str(i), without_province(row.label), *cells, _rate(row)])
    return Table(columns, rows, size=11)


def _rate(row: object) -> str:
    value = getattr(getattr(row, "boxes", None), "completion_rate", None)
    return "–" if value is None else format_number(value, 2)


def _definitions(f: Facts) -> list[Block]:
    words = (
        "Tổng: số kỳ thực hiện có thời hạn, không kể tạm dừng và kết thúc theo văn bản.",
        "HT đúng hạn, HT quá hạn: kết quả đã được xác nhận; so ngày gửi báo cáo trên hệ thống với "
        "hạn có hiệu lực khi gửi.",
        "Chưa HT trong hạn, quá hạn: chưa được xác nhận; quá hạn tính đến thời điểm chốt.",
        "Tỷ lệ HT: đã hoàn thành / (đã hoàn thành + chưa hoàn thành quá hạn).",
    )
    return [*parts.agency_tables(f.figures), *(Para(f"- {w}") for w in words)]


def _audit_annex(f: Facts) -> list[Block]:
    verified = [x for x in f.figures.lines if x.verified_at]
    reopened = sum(x.reopen_count for x in f.figures.lines)
    days = f.figures.days_to_verify
    blocks: list[Block] = [
        Para(
            f"Số kết quả đã xác nhận: {two(len(verified))}; thời gian trung bình từ khi báo cáo "
            f"đến khi xác nhận: {'không có' if days is None else format_number(days)} ngày; số "
            f"lượt mở lại sau khi đã xác nhận: {two(reopened)}."
        )
    ]
    again = [x for x in f.figures.lines if x.reopen_count]
    if again:
        columns = (
            Column("TT", 1, "center"), Column("Mã", 3), Column("Nội dung", 10),
            Column("Cơ quan", 4), Column("Số lần mở lại", 2, "right"),
            Column("Xác nhận gần nhất", 4, "center"),
        )  # fmt: skip
        blocks.append(
            Table(
                columns,
                [
                    [
                        str(i), x.task_code, x.task_title, x.agency_short, str(x.reopen_count),
                        short_day(x.verified_at.date() if x.verified_at else None),
                    ]
                    for i, x in enumerate(again, 1)
                ],
                size=11,
            )
        )  # fmt: skip
    return blocks


def _award_annex(f: Facts) -> list[Block]:
    """What was decided, with the counts of collectives and people."""
    groups = [a for a in f.awards if a["kind"] == NomineeKind.COLLECTIVE]
    people = len(f.awards) - len(groups)
    if not f.awards:
        return [Para("Đến thời điểm chốt chưa có quyết định khen thưởng nào của kỳ này.")]
    columns = (
        Column("TT", 1, "center"), Column("Tập thể, cá nhân", 8), Column("Chức vụ, đơn vị", 7),
        Column("Hình thức", 6), Column("Quyết định", 5), Column("Ngày", 4, "center"),
    )  # fmt: skip
    rows = []
    for i, a in enumerate(f.awards, 1):
        name = " ".join(x for x in (a["salutation"], a["name"]) if x)
        place = ", ".join(x for x in (a["post"], a["unit"]) if x) or a["agency_short"]
        day = short_day(a["issued_on"])
        word = LABELS[AwardForm(a["form"])]
        rows.append([str(i), without_province(name), place, word, a["notation"], day])
    return [
        Para(
            f"Chủ tịch Ủy ban nhân dân tỉnh đã quyết định khen thưởng {two(len(groups))} tập thể "
            f"và {two(people)} cá nhân."
        ),
        Table(columns, rows, size=11),
    ]


def _products(f: Facts) -> Table:
    """Every result that stood at the cut-off with its product and its document."""
    columns = (
        Column("TT", 2, "center"), Column("Mã", 4), Column("Sản phẩm", 14), Column("Văn bản", 6),
        Column("Ngày", 4, "center"), Column("Cơ quan", 6), Column("Năm", 3, "center"),
    )  # fmt: skip
    told = [(x, f.texts[x.id]) for x in f.figures.lines if x.id in f.texts]
    rows = [
        [
            str(i), x.task_code, text["product"], text["notation"] or "–",
            short_day(text["issued_on"]), x.agency_short, str(x.year),
        ]
        for i, (x, text) in enumerate(told, 1)
    ]  # fmt: skip
    return Table(columns, rows, size=11)


def _unfinished(f: Facts) -> list[Line]:
    return [x for x in f.figures.lines if x.box in (Box.OPEN_OVERDUE, Box.OPEN_IN_TIME)]


def _left(f: Facts) -> Table:
    """What is not done, with an empty column: people propose to carry it over or to end it."""
    columns = (
        Column("TT", 2, "center"), Column("Mã", 4), Column("Nội dung", 14), Column("Cơ quan", 6),
        Column("Hạn", 4, "center"), Column("Trạng thái", 6),
        Column("Đề nghị (chuyển tiếp, kết thúc)", 7),
    )  # fmt: skip
    rows = [
        [
            str(i), x.task_code, x.task_title, x.agency_short, short_day(x.effective_due_on),
            LABELS[x.state], "",
        ]
        for i, x in enumerate(_unfinished(f), 1)
    ]  # fmt: skip
    return Table(columns, rows, size=11)


def _products_and_left(f: Facts) -> list[Block]:
    return [
        Heading("VII. SẢN PHẨM ĐÃ BAN HÀNH VÀ NHIỆM VỤ CHƯA HOÀN THÀNH"),
        Para(
            f"Có {two(len(f.texts))} báo cáo kết quả kèm sản phẩm (danh mục tại phụ lục sản phẩm). "
            f"Còn {two(len(_unfinished(f)))} kỳ thực hiện chưa hoàn thành, đề nghị xem xét "
            "chuyển tiếp hoặc kết thúc (danh mục tại phụ lục)."
        ),
    ]
