"""What anybody may know: the plan, its numbers and indicators, remembered for a minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from reports.boxes import BOX_LABELS, Box, Boxes
from reports.figures import figures
from reports.indicators import IndicatorLine, indicator_lines
from reports.moment import Scope
from web import db
from web.indicators.marks import TONES
from web.requires import now, public, today
from workflow import seals
from workflow.law.facts import SYSTEM
from workflow.public import PublicPlan, plans_of_year

blueprint = Blueprint("public", __name__)

# A crowd in front of this page must not be felt by those who work.
REMEMBERED = timedelta(minutes=1)
SHOWN = (Box.DONE_ON_TIME, Box.DONE_LATE, Box.OPEN_IN_TIME, Box.OPEN_OVERDUE)


@dataclass(frozen=True)
class Told:
    """The numbers of one year, and when they were counted."""

    at: datetime
    year: int
    plans: Sequence[PublicPlan]
    boxes: Mapping[str, Boxes]
    indicators: Sequence[IndicatorLine]


class Figures:
    """The numbers of one application, counted again when they are a minute old."""

    def __init__(self) -> None:
        self._kept: Told | None = None

    def of_year(self, year: int, at: datetime) -> Told:
        kept = self._kept
        if kept is None or kept.year != year or not timedelta() <= at - kept.at < REMEMBERED:
            kept = self._kept = counted(year, at)
        return kept


def counted(year: int, at: datetime) -> Told:
    """Counted now, over everything: numbers without agencies, people or wording."""
    conn = db.conn()
    plans = plans_of_year(conn, year)
    codes = [p.plan["code"] for p in plans]
    return Told(
        at,
        year,
        plans,
        {c: figures(conn, SYSTEM, Scope(years=(year,), plan=c), at).boxes for c in codes},
        [x for x in indicator_lines(conn, SYSTEM, at, public=True) if not x.parent],
    )


@blueprint.get("/public")
@public
def overview() -> ResponseReturnValue:
    kept: Figures = current_app.extensions.setdefault("public-figures", Figures())
    return render_template(
        "pages/public/overview.html",
        told=kept.of_year(today().year, now()),
        shown=SHOWN,
        labels=BOX_LABELS,
        tones=TONES,
        log_head=seals.newest(db.conn()),
    )
