"""Parts that several papers share: sentences, tables and lists made from one set of figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import RowMapping

from models.states import LABELS, Judgement
from reports.boxes import AGE_LABELS, BOX_LABELS, Boxes, rate
from reports.figures import Figures, Row, points, worst_first
from reports.gather import Pressure, grouped
from reports.indicators import IndicatorLine, summary
from reports.moment import Line
from reports.papers.names import clock, percent, short_day, two, without_province
from reports.papers.paper import Appendix, Block, Caption, Column, Fill, Heading, Para, Table
from workflow.text import Counted, format_number

# A group's chapter quotes at most this many results; the annex has all of them.
QUOTED = 3


@dataclass
class Sources:
    """The list every figure is footnoted to: what was counted, from which records."""

    cutoff: datetime
    position: int
    lines: list[str] = field(default_factory=list)

    def add(self, what: str) -> int:
        """A source, once; its mark."""
        if what not in self.lines:
            self.lines.append(what)
        return self.lines.index(what) + 1

    def appendix(self, figures: Figures) -> Appendix:
        """Where each figure comes from, so that anybody can count again."""
        rows = [[str(i), text] for i, text in enumerate(self.lines, 1)]
        note = (
            f"Số liệu chốt lúc {clock(self.cutoff)}; vị trí nhật ký: mục {self.position}; "
            f"mã kiểm tra (SHA-256) của bộ số liệu: {figures.digest()}."
        )
        columns = (Column("Ghi chú", 1, "center"), Column("Nguồn và cách tính", 11))
        return Appendix("Nguồn số liệu", (Para(note), Table(columns, rows)))


@dataclass(frozen=True)
class Written:
    """What people wrote beside the generated text, by the key of its place."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, prompt: str) -> list[Block]:
        """The paragraphs somebody wrote, or the place for them."""
        text = self.texts.get(key, "").strip()
        if not text:
            return [Fill(prompt)]
        return [Para(line.strip()) for line in text.split("\n") if line.strip()]


def boxes_sentence(boxes: Boxes, mark: int, what: str = "nhiệm vụ (kỳ thực hiện)") -> Para:
    """The four boxes and their rates in one paragraph."""
    text = (
        f"Tổng số {what} được giao có thời hạn: {two(boxes.total)}. Trong đó: đã hoàn thành "
        f"{two(boxes.done)} (đúng hạn {two(boxes.done_on_time)}; quá hạn {two(boxes.done_late)}); "
        f"chưa hoàn thành {two(boxes.open)} (trong hạn {two(boxes.open_in_time)}; quá hạn "
        f"{two(boxes.open_overdue)})."
    )
    if boxes.due:
        text += (
            f" Tỷ lệ hoàn thành nhiệm vụ đến hạn: {percent(boxes.completion_rate)} "
            f"({format_number(boxes.done)}/{format_number(boxes.due)}); tỷ lệ hoàn thành đúng hạn: "
            f"{percent(boxes.on_time_rate)}; tỷ lệ quá hạn chưa hoàn thành: "
            f"{percent(boxes.overdue_rate)}."
        )
    apart = []
    for name in ("no_deadline", "on_hold", "closed"):
        if n := getattr(boxes, name):
            apart.append(f"{BOX_LABELS_LOWER[name]} {two(n)}")
    if apart:
        text += f" Ngoài ra, thống kê riêng: {'; '.join(apart)}."
    return Para(text, source=mark)


BOX_LABELS_LOWER = {box.value: label.lower() for box, label in BOX_LABELS.items()}


def comparison(now: Boxes, before: Boxes, year: int, mark: int) -> Para:
    """This year's completion rate against last year's, in percent points."""
    change = points(now.completion_rate, before.completion_rate)
    if change is None:
        text = f"Năm {year - 1} chưa có số liệu nhiệm vụ đến hạn để so sánh."
    else:
        word = "tăng" if change > 0 else "giảm" if change < 0 else "không thay đổi"
        size = "" if not change else f" {format_number(abs(change))} điểm phần trăm"
        text = (
            f"So với năm {year - 1} ({percent(before.completion_rate)}), tỷ lệ hoàn thành nhiệm vụ "
            f"đến hạn {word}{size}."
        )
    return Para(text, source=mark)


COUNT_COLUMNS = (
    Column("Tổng", 3, "right"),
    Column("HT đúng hạn", 4, "right"),
    Column("HT quá hạn", 4, "right"),
    Column("Chưa HT trong hạn", 4, "right"),
    Column("Chưa HT quá hạn", 4, "right"),
    Column("Tỷ lệ HT (%)", 4, "right"),
)


def counts(boxes: Boxes) -> list[str]:
    """The cells of COUNT_COLUMNS."""
    numbers = (
        boxes.total,
        boxes.done_on_time,
        boxes.done_late,
        boxes.open_in_time,
        boxes.open_overdue,
    )
    value = boxes.completion_rate
    return [format_number(n) for n in numbers] + ["–" if value is None else format_number(value, 2)]


def rows_table(rows: Sequence[Row], what: str, total: Boxes | None = None, size: int = 12) -> Table:
    """A table of tallies, with its total."""
    cells = [
        [str(i), _label(r, marked=what == "Cơ quan"), *counts(r.boxes)]
        for i, r in enumerate(rows, 1)
    ]
    strong: frozenset[int] = frozenset()
    if total is not None:
        strong = frozenset({len(cells)})
        cells.append(["", "Tổng cộng", *counts(total)])
    columns = (Column("TT", 2, "center"), Column(what, 12), *COUNT_COLUMNS)
    return Table(columns, cells, strong, size)


def _label(row: Row, *, marked: bool) -> str:
    name = without_province(row.label).rstrip(".:")
    return f"{name} (thường trực)" if marked and row.is_standing else name


def agency_tables(figures: Figures) -> list[Block]:
    """Agencies worst first; bodies that are asked, not ordered, in a table of their own."""
    ordered = [r for r in worst_first(figures.by_agency) if not r.is_asked]
    asked = [r for r in worst_first(figures.by_agency) if r.is_asked]
    blocks: list[Block] = [
        rows_table(ordered, "Cơ quan", sum((r.boxes for r in ordered), Boxes()), 11)
    ]
    if asked:
        blocks += [
            Caption("Cơ quan, tổ chức được đề nghị và cơ quan ngành dọc (thống kê riêng)"),
            rows_table(asked, "Cơ quan", sum((r.boxes for r in asked), Boxes()), 11),
        ]
    return blocks


def ages_sentence(figures: Figures, mark: int) -> Para:
    """How old the overdue ones are."""
    parts = [f"{label}: {two(n)}" for label, n in zip(AGE_LABELS, figures.ages, strict=True)]
    return Para(
        f"Nhiệm vụ quá hạn chưa hoàn thành phân theo thời gian quá hạn: {'; '.join(parts)}.",
        source=mark,
    )


OVERDUE_COLUMNS = (
    Column("TT", 2, "center"),
    Column("Mã nhiệm vụ", 5),
    Column("Nội dung", 14),
    Column("Cơ quan chủ trì", 8),
    Column("Hạn", 5, "center"),
    Column("Số ngày quá hạn", 4, "right"),
    Column("Trạng thái", 6),
    Column("Số lần đôn đốc", 4, "right"),
)


def overdue_table(lines: Sequence[Line], urged: Mapping[int, int], size: int = 11) -> Table:
    """Tasks overdue and not done, oldest first."""
    return Table(
        OVERDUE_COLUMNS,
        [
            [
                str(i), x.task_code, x.task_title, x.agency_short, short_day(x.effective_due_on),
                format_number(x.overdue), LABELS[x.state], str(urged.get(x.id, 0)),
            ]
            for i, x in enumerate(lines, 1)
        ],
        size=size,
    )  # fmt: skip


def late_table(lines: Sequence[Line]) -> Table:
    """Reports sent late."""
    columns = (
        Column("TT", 2, "center"),
        Column("Mã nhiệm vụ", 5),
        Column("Nội dung", 16),
        Column("Cơ quan chủ trì", 8),
        Column("Hạn", 5, "center"),
        Column("Ngày gửi", 5, "center"),
        Column("Số ngày chậm", 4, "right"),
    )
    return Table(
        columns,
        [
            [
                str(i), x.task_code, x.task_title, x.agency_short, short_day(x.effective_due_on),
                short_day(x.reported_at.date() if x.reported_at else None), str(x.late_days or 0),
            ]
            for i, x in enumerate(lines, 1)
        ],
        size=11,
    )  # fmt: skip


TASK_COLUMNS = (
    Column("TT", 2, "center"),
    Column("Mã", 5),
    Column("Nội dung nhiệm vụ", 13),
    Column("Cơ quan chủ trì", 7),
    Column("Sản phẩm", 8),
    Column("Trạng thái", 6),
    Column("Hạn", 5, "center"),
    Column("Ngày báo cáo", 5, "center"),
    Column("Kết quả thời hạn", 6),
)


def tasks_table(lines: Sequence[Line], texts: Mapping[int, RowMapping]) -> Table:
    """Every cycle counted: the list behind the figures."""
    rows = []
    for i, x in enumerate(lines, 1):
        text = texts.get(x.id)
        rows.append(
            [
                str(i), x.task_code, x.task_title, x.agency_short,
                _cut(text["product"], 90) if text else "", LABELS[x.state],
                short_day(x.effective_due_on) or "không hạn",
                short_day(x.reported_at.date() if x.reported_at else None), BOX_LABELS[x.box],
            ]
        )  # fmt: skip
    return Table(TASK_COLUMNS, rows, size=11)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def indicator_columns(year: int) -> tuple[Column, ...]:
    return (
        Column("TT", 2, "center"),
        Column("Chỉ tiêu", 11),
        Column("Đơn vị", 5, "center"),
        Column("Mục tiêu 2025", 6, "center"),
        Column("Mục tiêu 2030", 6, "center"),
        Column(f"Năm {year - 1}", 4, "right"),
        Column(f"Năm {year}", 4, "right"),
        Column("% so mục tiêu", 4, "right"),
        Column("Đánh giá", 5),
        Column("Cơ quan theo dõi", 5),
    )


def indicators_table(lines: Sequence[IndicatorLine], year: int) -> Table:
    """Indicators with targets, the last two years and the verdict."""
    rows = []
    number = 0
    for x in lines:
        if not x.parent:
            number += 1
        found = x.current
        share = found.assessment.share
        targets = {m.target.year: m.target.text for m in x.milestones}
        rows.append(
            [
                "" if x.parent else str(number),
                f"Trong đó: {x.name}" if x.parent else x.name,
                x.unit,
                targets.get(2025, ""),
                targets.get(2030, ""),
                x.value(year - 1) or "–",
                x.value(year) or "–",
                "–" if share is None else format_number(share),
                found.word,
                x.owner_short or "chưa phân công",
            ]
        )
    return Table(indicator_columns(year), rows, size=11)


def indicators_sentence(lines: Sequence[IndicatorLine], mark: int) -> Para:
    """How many are met, expected, at risk."""
    counted = summary(list(lines))
    total = sum(counted.values())
    met = counted[Judgement.MET] + counted[Judgement.EXCEEDED]
    return Para(
        f"Trong {two(total)} chỉ tiêu của Kế hoạch, có {two(met)} chỉ tiêu đạt hoặc vượt "
        f"(vượt {two(counted[Judgement.EXCEEDED])}); {two(counted[Judgement.EXPECTED])} chỉ tiêu "
        f"dự kiến đạt; {two(counted[Judgement.AT_RISK])} chỉ tiêu có nguy cơ không đạt; "
        f"{two(counted[Judgement.NOT_MET])} chỉ tiêu không đạt; "
        f"{two(counted[Judgement.NOT_ENOUGH])} chỉ tiêu chưa đủ số liệu để đánh giá.",
        source=mark,
    )


def indicator_notes(lines: Sequence[IndicatorLine]) -> list[Block]:
    """Indicators that are missed or at risk, each with the pace still needed."""
    blocks: list[Block] = []
    for x in lines:
        found = x.current.assessment
        if found.judgement not in (Judgement.NOT_MET, Judgement.AT_RISK) or found.measured is None:
            continue
        text = f"- {x.name}: {x.current.word.lower()}; đến năm {found.year} là "
        text += f"{format_number(_round(found.measured))} {x.unit}, mục tiêu năm "
        text += f"{x.current.target.year}: {x.current.target.text}"
        if found.slope is not None:
            way = "giảm" if found.slope < 0 else "tăng"
            text += (
                f"; mỗi năm còn lại cần {way} {format_number(abs(_round(found.slope)))} {x.unit}"
            )
        blocks.append(Para(text + "."))
    return blocks


def _round(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01")) if value != value.to_integral_value() else value


def group_chapters(figures: Figures, texts: Mapping[int, RowMapping]) -> list[Block]:
    """One chapter per task group: its tally, results quoted from reports, what is not done."""
    blocks: list[Block] = []
    for number, group in enumerate(figures.by_section, 1):
        lines = [x for x in figures.lines if x.section == group.key]
        b = group.boxes
        blocks.append(Heading(f"{number}. {group.label.rstrip('.:')}", 2))
        text = f"Có {two(b.everything)} kỳ thực hiện: đã hoàn thành {two(b.done)}"
        text += f" (đúng hạn {two(b.done_on_time)}); chưa hoàn thành trong hạn "
        text += f"{two(b.open_in_time)}; quá hạn {two(b.open_overdue)}"
        if b.completion_rate is not None:
            text += f"; tỷ lệ hoàn thành nhiệm vụ đến hạn {percent(b.completion_rate)}"
        if b.no_deadline:
            text += f"; không hạn {two(b.no_deadline)}"
        blocks.append(Para(text + "."))
        for result, who in grouped(
            (texts[x.id]["result"], x.agency_short) for x in lines if x.id in texts
        )[:QUOTED]:
            blocks.append(Para(f"- {_names(who)}: {_cut(result, 420)}"))
        behind = [x for x in lines if x.overdue]
        if behind:
            some = "; ".join(f"{x.task_code} ({x.agency_short})" for x in behind[:6])
            more = f" và {two(len(behind) - 6)} kỳ khác" if len(behind) > 6 else ""
            blocks.append(Para(f"Chưa hoàn thành, quá hạn: {some}{more}."))
    return blocks


def _names(who: Sequence[str]) -> str:
    if len(who) <= 3:
        return ", ".join(who)
    return f"{', '.join(who[:3])} và {two(len(who) - 3)} cơ quan khác"


def gathered(
    lines: Sequence[Line], texts: Mapping[int, RowMapping], column: str, limit: int = 12
) -> list[Block]:
    """What agencies wrote under one heading of their reports, equal sentences once."""
    found = grouped((texts[x.id][column], x.agency_short) for x in lines if x.id in texts)
    return [Para(f"- {_cut(text, 400)} ({_names(who)}).".replace("..", ".").replace(". (", " ("))
            for text, who in found[:limit]]  # fmt: skip


def figure(counted: Counted) -> str:
    """A figure of a report within a sentence."""
    return f"{counted.name} {counted.now}".strip()


def inside(label: str) -> str:
    """A label within a sentence: its first letter small, names like UBND as they are."""
    return label[:1].lower() + label[1:]


def urging_sentence(p: Pressure, mark: int) -> Para:
    """What was urged, at which level, with which answer."""
    if not p.urgings:
        return Para("Trong kỳ báo cáo không phát sinh văn bản đôn đốc trên hệ thống.", source=mark)
    parts = [f"{inside(LABELS[level])}: {two(n)}" for level, n in sorted(p.levels.items())]
    share = rate(p.answered, p.urgings)
    return Para(
        f"Đã đôn đốc {two(p.urgings)} lượt đối với {two(len(p.urged))} nhiệm vụ "
        f"({'; '.join(parts)}); {two(p.answered)} lượt đã có báo cáo, phúc đáp "
        f"({percent(share)}).",
        source=mark,
    )


def extension_sentence(p: Pressure, mark: int) -> Para:
    if not p.extensions:
        return Para("Không có nhiệm vụ nào được gia hạn.", source=mark)
    return Para(
        f"Có {two(p.extensions)} lượt gia hạn: nguyên nhân khách quan {two(p.objective)}, chủ quan "
        f"{two(p.subjective)}; trong đó gia hạn sau khi đã quá hạn {two(p.late_extensions)}.",
        source=mark,
    )


def returned_sentence(figures: Figures, mark: int) -> Para:
    n = figures.all.returns
    if not n:
        return Para("Không có báo cáo bị trả lại.", source=mark)
    agencies = sorted(((r.returns, r.label) for r in figures.by_agency if r.returns), reverse=True)
    some = ", ".join(f"{without_province(name)} ({two(k)})" for k, name in agencies[:5])
    return Para(
        f"Có {two(n)} lượt báo cáo bị trả lại để bổ sung, thuộc {two(len(agencies))} cơ quan; "
        f"nhiều nhất: {some}.",
        source=mark,
    )
