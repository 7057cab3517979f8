"""The four boxes, agencies worst first, what is overdue, indicators; and the list behind each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.states import LABELS, Role
from reports.boxes import AGE_LABELS, BOX_LABELS, Box, Boxes
from reports.dossier import sees_year
from reports.figures import Figures, Row, figures, points, worst_first
from reports.gather import agency_row, pressure
from reports.indicators import indicator_lines, red_first
from reports.moment import Line, Scope, years_seen
from web import db, numbers
from web.badges import Part
from web.filters import clause
from web.indicators.marks import TONES, spark
from web.languages import titled
from web.requires import me, now, requires
from web.tasks.views import BUSINESS
from workflow.law.deadlines import OPEN_STATES, end_of_day, local_day
from workflow.law.errors import NotFound
from workflow.text import parse_date

blueprint = Blueprint("dashboard", __name__)

# tone and symbol of each box, as the badges have them
LOOKS: dict[Box, tuple[str, str]] = {
    Box.DONE_ON_TIME: ("green", "state-completed"),
    Box.DONE_LATE: ("brown", "state-completed-late"),
    Box.OPEN_IN_TIME: ("blue", "state-in-progress"),
    Box.OPEN_OVERDUE: ("red", "state-overdue"),
    Box.NO_DEADLINE: ("grey", "state-assigned"),
    Box.ON_HOLD: ("grey", "state-on-hold"),
    Box.CLOSED: ("grey", "state-closed"),
}
FOUR = (Box.DONE_ON_TIME, Box.DONE_LATE, Box.OPEN_IN_TIME, Box.OPEN_OVERDUE)
APART = (Box.NO_DEADLINE, Box.ON_HOLD, Box.CLOSED)
SOON = (7, 30)
FARTHEST = 3660  # days ahead: ten years
LONGEST_LIST = 500


@dataclass(frozen=True)
class Asked:
    """What a page is about: a year, as of a moment."""

    year: int
    moment: datetime
    on: date | None

    def args(self, **more: Any) -> dict[str, Any]:
        """The same again, for links."""
        found = {"year": self.year, "on": self.on.isoformat() if self.on else None, **more}
        return {k: v for k, v in found.items() if v is not None}


def asked() -> tuple[Asked, list[int]]:
    """Year and moment from the address; a day still to come is today."""
    years = list(years_seen(db.conn(), me()))
    moment = now()
    on = parse_date(request.args.get("on", ""))
    if on is not None and on >= local_day(moment):
        on = None
    if on is not None:
        moment = end_of_day(on) - timedelta(seconds=1)
    this = local_day(moment).year
    year = numbers.year()
    if year not in years:
        year = this if this in years else max((y for y in years if y <= this), default=this)
    return Asked(year, moment, on), years


def listed(a: Asked, **more: Any) -> str:
    return url_for("dashboard.behind", **a.args(**more))


def parts(boxes: Boxes, a: Asked, which: tuple[Box, ...] = FOUR, **more: Any) -> list[Part]:
    """A bar of boxes, each with its list."""
    return [
        Part(*LOOKS[box], str(_(BOX_LABELS[box])), getattr(boxes, box.value),
             listed(a, box=box.value, **more))
        for box in which
    ]  # fmt: skip


def agency_bars(rows: list[Row], a: Asked) -> list[dict[str, Any]]:
    """Agencies worst first, each with its bar."""
    return [
        {
            "row": r,
            "href": url_for("dashboard.agency", code=r.key, **a.args()),
            "parts": parts(r.boxes, a, agency=r.key),
        }
        for r in worst_first(rows)
    ]


@blueprint.get("/dashboard")
@requires(*BUSINESS)
def show() -> ResponseReturnValue:
    """Everything a leader looks at, on one page."""
    a, years = asked()
    conn, actor = db.conn(), me()
    found = figures(conn, actor, Scope(years=(a.year,)), a.moment)
    before = figures(conn, actor, Scope(years=(a.year - 1,)), a.moment)
    goals = indicator_lines(conn, actor, a.moment)
    return render_template(
        "pages/dashboard/show.html",
        a=a,
        years=[(y, y) for y in years],
        found=found,
        before=before,
        change=points(found.boxes.completion_rate, before.boxes.completion_rate),
        four=parts(found.boxes, a),
        apart=[p for p in parts(found.boxes, a, APART) if p.count],
        ordered=agency_bars([r for r in found.by_agency if not r.is_asked], a),
        asked_bodies=agency_bars([r for r in found.by_agency if r.is_asked], a),
        ages=[
            {"label": _(label), "count": n, "href": listed(a, age=i), "share": _share(n, found)}
            for i, (label, n) in enumerate(zip(AGE_LABELS, found.ages, strict=True))
        ],
        goals=[_goal(x) for x in red_first([x for x in goals if not x.parent])],
        soon=[
            {"days": days, "count": len(_due_within(found, a, days)),
             "href": listed(a, soon=days)}
            for days in SOON
        ],
        link=lambda **more: listed(a, **more),
    )  # fmt: skip


def _share(n: int, found: Figures) -> float:
    most = max(found.ages, default=0)
    return round(100 * n / most, 1) if most else 0.0


def _goal(line: Any) -> dict[str, Any]:
    return {
        "line": line,
        "tone": TONES[line.judgement],
        "spark": spark(line),
        "latest": max(line.values, default=None),
    }


def _due_within(found: Figures, a: Asked, days: int) -> list[Line]:
    today = local_day(a.moment)
    last = today + timedelta(days=days)
    return [
        x for x in found.lines
        if x.box is Box.OPEN_IN_TIME and x.state in OPEN_STATES
        and x.effective_due_on is not None and today <= x.effective_due_on <= last
    ]  # fmt: skip


def _chosen(found: Figures, a: Asked) -> tuple[list[Line], str]:
    """The lines behind a number, and what they are called."""
    args = request.args
    lines, said = list(found.lines), [_("Năm %(year)s", year=a.year)]
    if args.get("box") in {b.value for b in Box}:
        box = Box(args["box"])
        lines = [x for x in lines if x.box is box]
        said.append(str(_(BOX_LABELS[box])))
    if (age := numbers.number("age")) is not None and 0 <= age < len(AGE_LABELS):
        lines = [x for x in lines if x.age == age]
        said.append(_("quá hạn %(age)s", age=_(AGE_LABELS[age])))
    if (days := numbers.number("soon", high=FARTHEST)) is not None:
        inside = {x.id for x in _due_within(found, a, days)}
        lines = [x for x in lines if x.id in inside]
        said.append(_("đến hạn trong %(days)s ngày", days=days))
    if args.get("timed"):
        lines = [x for x in lines if x.box in FOUR]
        said.append(_("có hạn"))
    if args.get("due"):
        today = local_day(a.moment)
        lines = [x for x in lines if x.disposition == "active" and x.due_on and x.due_on < today]
        said.append(_("đã đến hạn"))
    if args.get("late"):
        lines = [x for x in lines if x.late_days and x.disposition == "active"]
        said.append(_("báo cáo gửi chậm"))
    if args.get("extended"):
        lines = [x for x in lines if x.is_after_extension and x.disposition == "active"]
        said.append(_("đúng hạn sau gia hạn"))
    if args.get("returned"):
        lines = [x for x in lines if x.return_count]
        said.append(_("có báo cáo bị trả lại"))
    if args.get("stale"):
        fresh = a.moment - timedelta(days=90)
        lines = [
            x for x in lines
            if x.state in OPEN_STATES and x.disposition == "active"
            and not (x.progress_at and x.progress_at >= fresh)
        ]  # fmt: skip
        said.append(_("chưa cập nhật trong 90 ngày"))
    return lines, " · ".join(said)


@blueprint.get("/dashboard/list")
@requires(*BUSINESS)
def behind() -> ResponseReturnValue:
    """The records a number was counted from, as they stood at its moment."""
    a, _years = asked()
    conn = db.conn()
    scope = Scope(
        years=(a.year,),
        agency=request.args.get("agency") or None,
        section=request.args.get("section") or None,
    )
    found = figures(conn, me(), scope, a.moment)
    lines, title = _chosen(found, a)
    if scope.agency:
        title += " · " + titled(agency_row(conn, scope.agency)["short"], scope.agency)
    if scope.section:
        title += " · " + clause(scope.section)
    shown = lines[:LONGEST_LIST]
    urged = pressure(conn, shown, a.moment).urged
    return render_template(
        "pages/dashboard/list.html",
        a=a,
        title=title,
        lines=shown,
        total=len(lines),
        longest=LONGEST_LIST,
        urged=urged,
        labels=LABELS,
        boxes=BOX_LABELS,
    )


@blueprint.get("/agencies/<code>")
@requires(*BUSINESS)
def agency(code: str) -> ResponseReturnValue:
    """One agency's year: boxes, tasks, reports in time, returns, extensions; printable."""
    a, years = asked()
    conn, actor = db.conn(), me()
    row = agency_row(conn, code)
    found = figures(conn, actor, Scope(years=(a.year,), agency=code), a.moment)
    if not found.lines and not _knows_all(actor.roles):
        raise NotFound("agency")
    before = figures(conn, actor, Scope(years=(a.year - 1,), agency=code), a.moment)
    goals = [x for x in indicator_lines(conn, actor, a.moment) if x.owner == code]
    return render_template(
        "pages/dashboard/agency.html",
        a=a,
        row=row,
        years=[(y, y) for y in years],
        found=found,
        change=points(found.boxes.completion_rate, before.boxes.completion_rate),
        four=parts(found.boxes, a, agency=code),
        apart=[p for p in parts(found.boxes, a, APART, agency=code) if p.count],
        pressure=pressure(conn, found.lines, a.moment),
        goals=[_goal(x) for x in goals],
        labels=LABELS,
        boxes=BOX_LABELS,
        link=lambda **more: listed(a, agency=code, **more),
        knows_year=sees_year(actor, row["id"], next(iter(actor.standing_agency_ids), row["id"])),
        may_urge=found.boxes.open_overdue and _urges(),
    )


def _urges() -> bool:
    """Whether this person may urge others at all."""
    return Role.OFFICE in me().roles or bool(me().stands_for(Role.HEAD, Role.OFFICER))


def _knows_all(roles: frozenset[Role]) -> bool:
    return bool(roles & {Role.OFFICE, Role.CHAIRMAN, Role.INSPECTOR})
