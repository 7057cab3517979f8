"""Keeping the calendar: days that differ from their weekday, outages that move deadlines."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import RowMapping, extract, select

from models.states import LABELS, Capacity, DayKind, Role
from models.tables import CALENDAR_DAY, DOCUMENT, OUTAGE, PERSON
from web import db, numbers
from web.filters import day as written
from web.forms import FormState, carried_out
from web.requires import me, requires, today
from web.workdays.forms import ORDINARY, DayForm, OutageForm
from workflow.commands.calendar import KEEPERS

blueprint = Blueprint("workdays", __name__, url_prefix="/calendar")
keepers = requires(*KEEPERS)


def _page(name: str, **facts: Any) -> str:
    return render_template(
        f"pages/workdays/{name}.html", administers=Role.ADMIN in me().roles, **facts
    )


def _kinds() -> list[tuple[str, str]]:
    return [*((k.value, _(LABELS[k])) for k in DayKind), (ORDINARY, _("Ngày thường"))]


@blueprint.get("/days")
@keepers
def days() -> ResponseReturnValue:
    """The days of a year that differ, with their documents; and the outages on record."""
    conn = db.conn()
    in_year = extract("year", CALENDAR_DAY.c.day)
    years = list(conn.execute(select(in_year).distinct().order_by(in_year)).scalars())
    year = numbers.year() or today().year
    rows = conn.execute(
        select(CALENDAR_DAY)
        .where(CALENDAR_DAY.c.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(CALENDAR_DAY.c.day)
    ).mappings()
    outages = conn.execute(
        select(OUTAGE, DOCUMENT.c.notation, DOCUMENT.c.issued_on, PERSON.c.name.label("by_name"))
        .join(DOCUMENT, DOCUMENT.c.id == OUTAGE.c.document_id)
        .outerjoin(PERSON, PERSON.c.id == OUTAGE.c.recorded_by_id)
        .order_by(OUTAGE.c.starts_at.desc())
    ).mappings()
    return _page(
        "days",
        year=year,
        years=[int(y) for y in years],
        rows=list(rows),
        outages=list(outages),
        kinds=dict(_kinds()),
    )


def _named() -> RowMapping | None:
    """The day in the address; None when it names none that stands in the calendar."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
    return (
        db.conn().execute(select(CALENDAR_DAY).where(CALENDAR_DAY.c.day == day)).mappings().first()
    )


def _day_page(state: FormState | None) -> str:
    return _page("day", state=state, row=_named(), kinds=_kinds())


@blueprint.get("/days/edit")
@keepers
def ask_day() -> ResponseReturnValue:
    """A day to be said something about; without one in the address, a new one."""
    return _day_page(None)


@blueprint.post("/days/edit")
@keepers
def set_day() -> ResponseReturnValue:
    """What a day is from now on; what was told stays."""
    done = carried_out(DayForm, DayForm.command)
    if isinstance(done, FormState):
        return _day_page(done), 422
    form, _outcome = done
    flash(_("Đã sửa lịch ngày %(day)s.", day=written(form.day)), "success")
    return redirect(url_for(".days", year=form.day.year), 303)


@blueprint.get("/outages/new")
@keepers
def ask_outage() -> ResponseReturnValue:
    """The form of an outage that is over."""
    return _outage_page(None)


def _outage_page(state: FormState | None) -> str:
    capacities = [(one.value, _(LABELS[one])) for one in Capacity]
    return _page("outage", state=state, capacities=capacities)


@blueprint.post("/outages/new")
@keepers
def record_outage() -> ResponseReturnValue:
    """Put it on record; the deadlines that fell into it move."""
    done = carried_out(OutageForm, OutageForm.command)
    if isinstance(done, FormState):
        return _outage_page(done), 422
    _form, outcome = done
    flash(
        ngettext(
            "Đã ghi đợt gián đoạn: %(num)s hạn được dời đến hết ngày %(day)s.",
            "Đã ghi đợt gián đoạn: %(num)s hạn được dời đến hết ngày %(day)s.",
            outcome.data["moved"],
            day=written(date.fromisoformat(outcome.data["moved_to"])),
        ),
        "success",
    )
    if recounted := outcome.data["recounted"]:
        flash(
            ngettext(
                "Tính lại số ngày quá hạn của %(num)s báo cáo gửi sau khi bắt đầu gián đoạn.",
                "Tính lại số ngày quá hạn của %(num)s báo cáo gửi sau khi bắt đầu gián đoạn.",
                recounted,
            ),
            "success",
        )
    return redirect(url_for(".days"), 303)
