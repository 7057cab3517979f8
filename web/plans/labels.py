"""Words of a plan's data on the screen. What a file names itself comes with its own labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from models.states import LABELS, CycleState, PartyRole
from web.badges import Part
from web.filters import day
from workflow.register import Party, TaskLine
from workflow.text import format_number

# Tone and symbol of a state where no deadline is counted with it.
_STATE_LOOKS = {
    CycleState.ASSIGNED: ("grey", "state-assigned"),
    CycleState.IN_PROGRESS: ("blue", "state-in-progress"),
    CycleState.REPORTED: ("purple", "state-reported"),
    CycleState.VERIFIED: ("green", "state-verified"),
    CycleState.COMPLETED: ("green", "state-completed"),
}


def parts(states: Mapping[CycleState, int]) -> list[Part]:
    """Cycles by state, for a bar."""
    return [
        Part(*_STATE_LOOKS[state], label=_(LABELS[state]), count=states.get(state, 0))
        for state in CycleState
    ]


def timing_kind(kind: str) -> str:
    """How often a task is carried out, as the data reads the document."""
    return {
        "annual": _("Thường xuyên hằng năm"),
        "by_date": _("Đến một ngày"),
        "year_range": _("Trong một khoảng năm"),
        "annual_and_by_date": _("Hằng năm và đến một ngày"),
        "unstated": _("Văn bản không nêu"),
    }[kind]


def timing_source(source: str) -> str:
    """Where the document states the time."""
    return {
        "own_line": _("dòng thời gian riêng"),
        "shared_line_owner": _("dòng thời gian dùng chung, đứng ngay dưới nhiệm vụ này"),
        "shared_line": _("dòng thời gian dùng chung của nhóm"),
        "in_text": _("nêu trong lời văn"),
        "none": _("không có"),
        "parent": _("theo nhiệm vụ cha"),
    }[source]


def severity(word: str) -> tuple[str, str]:
    """How much a conflict weighs: tone and word."""
    return {
        "high": ("orange", _("Nặng")),
        "medium": ("blue", _("Vừa")),
        "low": ("grey", _("Nhẹ")),
    }[word]


def conflict_kind(kind: str) -> str:
    """In what way the document disagrees with itself."""
    return {
        "contradiction": _("Trái nhau"),
        "ambiguity": _("Chưa rõ"),
        "gap": _("Còn thiếu"),
        "duplication": _("Trùng"),
        "outdated": _("Đã cũ"),
        "drafting-error": _("Lỗi soạn thảo"),
    }[kind]


def basis(word: str) -> str:
    """Whether the document says it or the editors read it so."""
    return {"stated": _("văn bản nêu"), "editorial": _("người biên tập liên hệ")}[word]


def member_source(word: str) -> str:
    """From where it is known that an agency belongs to a group."""
    return {
        "document": _("có tên trong văn bản"),
        "public-fact": _("thông tin công khai"),
        "person": _("do người quản trị nhập"),
    }[word]


def confidence(word: str) -> str:
    """How surely a cell of the annex was read."""
    return {"high": _("chắc chắn"), "medium": _("khá chắc"), "low": _("chưa chắc")}[word]


_OPERATORS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "=": "="}


def target(figure: Mapping[str, Any], unit: str | None = None) -> str:
    """A target as it is computed: ≥ 90%, 70 – 75%."""

    def shown(value: Any) -> str:
        return format_number(Decimal(str(value)))

    if figure["op"] == "range":
        text = f"{shown(figure['low'])} – {shown(figure['high'])}"
    else:
        text = f"{_OPERATORS[figure['op']]} {shown(figure['value'])}"
    if unit == "%":
        return f"{text}%"
    return f"{text} {unit}" if unit else text


def assessed(operator: str) -> str:
    """When a target counts as met; an editorial reading."""
    return {
        ">=": _("đạt khi bằng hoặc cao hơn"),
        ">": _("đạt khi cao hơn"),
        "<=": _("đạt khi bằng hoặc thấp hơn"),
        "<": _("đạt khi thấp hơn"),
        "=": _("đạt khi đúng bằng"),
        ">=low": _("đạt từ mức thấp của khoảng"),
        "<=high": _("đạt đến mức cao của khoảng"),
    }[operator]


def source_lines(spans: Sequence[Any] | None) -> str:
    """[[121, 129]] or [121, 129] → dòng 121–129."""
    if not spans:
        return ""
    pairs = spans if isinstance(spans[0], list) else [spans]
    told = [str(a) if a == b else f"{a}–{b}" for a, b in pairs]
    return _("dòng %(lines)s", lines=", ".join(told))


def reports_word(reports: bool | str) -> str:
    """Whether an agency has to report every year, as the data reads the document."""
    return {
        True: _("phải báo cáo hằng năm"),
        False: _("không thuộc diện báo cáo"),
        "uncertain": _("chưa rõ có thuộc diện báo cáo"),
    }[reports]


def written_day(text: str | date) -> str:
    """A day of the data (2025-12-31) as people write it."""
    return day(text if isinstance(text, date) else date.fromisoformat(text))


def written_month_day(text: str) -> str:
    """A day of every year (12-14) as people write it: 14/12."""
    month, day_of_month = text.split("-")
    return f"{day_of_month}/{month}"


def leads(task: TaskLine) -> list[tuple[str, str]]:
    """Short and full names of who leads a task."""
    return short_names(task.named(PartyRole.LEAD))


def short_names(parties: Sequence[Party]) -> list[tuple[str, str]]:
    """Short and full names, for a row of chips."""
    return [(party.short, party.name) for party in parties]


def sides(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """The two places of the document that do not agree, as the plan's data has them."""
    return [{"text": data[one]["value"], "clause": data[one]["clause"]} for one in ("a", "b")]


def words() -> dict[str, Any]:
    """For templates."""
    return {
        "leads": leads,
        "reports_word": reports_word,
        "short_names": short_names,
        "sides_of": sides,
        "timing_kind": timing_kind,
        "timing_source": timing_source,
        "severity": severity,
        "conflict_kind": conflict_kind,
        "basis_of": basis,
        "member_source": member_source,
        "confidence": confidence,
        "target_text": target,
        "assessed": assessed,
        "source_lines": source_lines,
    }
