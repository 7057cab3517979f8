"""What a reviewer looks for first, found by the house: figures, document, files, parties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import RowMapping

from models.states import CycleKind
from web.filters import days_over
from workflow.dossiers import CycleDossier
from workflow.text import fold

_FIGURE = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True)
class Check:
    """One thing looked for: there or not, in words. It decides nothing."""

    is_there: bool
    words: str


def checklist(
    dossier: CycleDossier,
    report: RowMapping,
    files: Sequence[object],
    previous: RowMapping | None,
    annual_plan: str | None = None,
) -> list[Check]:
    """The observations of one report, in the order a reviewer asks for them.

    `annual_plan` is the number of the agency's own plan of the year (workflow.dossiers).
    """
    figures = len(_FIGURE.findall(f"{report['result']}\n{report['figures'] or ''}"))
    found = [
        Check(
            figures > 0,
            ngettext("Nêu %(num)s con số", "Nêu %(num)s con số", figures)
            if figures
            else _("Không nêu con số nào"),
        ),
        Check(
            bool(report["notation"]),
            _("Văn bản %(notation)s", notation=report["notation"])
            if report["notation"]
            else _("Không có số văn bản"),
        ),
        Check(
            bool(files),
            ngettext("%(num)s tệp đính kèm", "%(num)s tệp đính kèm", len(files))
            if files
            else _("Không có tệp đính kèm"),
        ),
        Check(
            not report["late_days"],
            days_over(report["late_days"]) if report["late_days"] else _("Gửi đúng hạn"),
        ),
    ]
    cycle = dossier.found.row
    if cycle["kind"] == CycleKind.ANNUAL:
        found.append(
            Check(
                annual_plan is not None,
                _("Kế hoạch năm %(notation)s", notation=annual_plan)
                if annual_plan
                else _("Cơ quan chưa ban hành kế hoạch năm %(year)s", year=cycle["year"]),
            )
        )
    if dossier.parties:
        given = {c["agency_code"] for c in dossier.contributions} & {
            p["code"] for p in dossier.parties
        }
        found.append(
            Check(
                len(given) == len(dossier.parties),
                _(
                    "%(given)s trên %(all)s cơ quan phối hợp đã gửi nội dung",
                    given=len(given),
                    all=len(dossier.parties),
                ),
            )
        )
    if previous is not None:
        copied = fold(previous["result"]) == fold(report["result"])
        found.append(
            Check(
                not copied,
                _("Giống nguyên văn báo cáo năm %(year)s", year=previous["year"])
                if copied
                else _("Khác báo cáo năm %(year)s", year=previous["year"]),
            )
        )
    return found
