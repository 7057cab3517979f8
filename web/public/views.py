"""What anybody may know: the plan and four numbers, remembered for a minute."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from web import db
from web.requires import now, public, today
from workflow.public import PublicPlan, plans_of_year

blueprint = Blueprint("public", __name__)

# A crowd in front of this page must not be felt by those who work.
REMEMBERED = timedelta(minutes=1)


class Figures:
    """The numbers of one application, counted again when they are a minute old."""

    def __init__(self) -> None:
        self._kept: tuple[datetime, int, Sequence[PublicPlan]] | None = None

    def of_year(self, year: int, at: datetime) -> tuple[datetime, Sequence[PublicPlan]]:
        """When they were counted, and the numbers."""
        kept = self._kept
        if kept is None or kept[1] != year or not timedelta() <= at - kept[0] < REMEMBERED:
            kept = self._kept = (at, year, plans_of_year(db.conn(), year))
        return kept[0], kept[2]


@blueprint.get("/public")
@public
def overview() -> ResponseReturnValue:
    figures: Figures = current_app.extensions.setdefault("public-figures", Figures())
    counted_at, plans = figures.of_year(today().year, now())
    return render_template(
        "pages/public/overview.html", plans=plans, year=today().year, counted_at=counted_at
    )
