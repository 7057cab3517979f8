"""Reasons a report is sent back for again and again: words to begin with, never sent unread."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from web.numbers import key

Text = str  # lazily translated: told in the language of the reader


@dataclass(frozen=True)
class Template:
    """A reason by its name. What it writes goes into the register, so it is Vietnamese."""

    title: Text
    reason: str
    missing: str


TEMPLATES: tuple[Template, ...] = (
    Template(
        _l("Thiếu số liệu"),
        "Báo cáo chưa có số liệu để đối chiếu với yêu cầu của kế hoạch.",
        "Số liệu kết quả trong kỳ, so với kế hoạch được giao và với kỳ trước.",
    ),
    Template(
        _l("Thiếu văn bản"),
        "Báo cáo chưa kèm văn bản có chữ ký của người có thẩm quyền.",
        "Tệp văn bản báo cáo đã ký, đóng dấu.",
    ),
    Template(
        _l("Số liệu không khớp"),
        "Số liệu trong báo cáo không khớp với văn bản kèm theo hoặc với kỳ trước.",
        "Số liệu đã đối chiếu, nêu nguồn và lý do chênh lệch.",
    ),
    Template(
        _l("Sản phẩm chưa đúng"),
        "Sản phẩm đầu ra chưa đúng với sản phẩm được giao.",
        "Sản phẩm đúng như được giao, hoặc văn bản cho phép thay đổi.",
    ),
    Template(
        _l("Chưa rõ việc đã làm"),
        "Báo cáo nêu chung chung, chưa rõ việc đã làm trong kỳ.",
        "Từng việc đã làm, thời gian, nơi thực hiện, kết quả.",
    ),
    Template(
        _l("Thiếu ý kiến phối hợp"),
        "Báo cáo chưa có nội dung của cơ quan phối hợp.",
        "Nội dung của cơ quan phối hợp, hoặc ghi rõ cơ quan chưa trả lời.",
    ),
)


def template(number: str | None) -> Template | None:
    """The template a link names: 1 is the first; None when there is no such."""
    found = key(number or "", 1, len(TEMPLATES))
    return TEMPLATES[found - 1] if found else None
