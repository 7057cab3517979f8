"""Deadlines of a month beside its working days; a private feed that can be revoked."""

from __future__ import annotations

import calendar as months
import hashlib
from datetime import date, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models.states import LABELS, DayKind, Role
from models.tables import CALENDAR_DAY, CALENDAR_FEED
from notifications import ical
from web import db
from web.forms import Form, read
from web.requires import me, now, perform, public, requires, services, today
from workflow import urgings
from workflow.commands.calendar import KEEPERS
from workflow.commands.notices import OpenFeed, RevokeFeed
from workflow.identity import actor_of, new_token
from workflow.text import parse_date
from workflow.workdays import calendar_of

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")
readers = requires(Role.HEAD, Role.OFFICER, Role.OFFICE, Role.CHAIRMAN, Role.INSPECTOR)
FEED_PAST, FEED_AHEAD = timedelta(days=60), timedelta(days=550)


def _month() -> date:
    """The month in the address; this month when it names none."""
    return parse_date(request.args.get("month", "") + "-01") or today().replace(day=1)


@blueprint.get("")
@readers
def index() -> ResponseReturnValue:
    """A month: each day with its deadlines, off days marked with their source."""
    first = _month()
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    conn = db.conn()
    due: dict[date, list[object]] = {}
    for row in urgings.due_between(conn, me(), first, last):
        due.setdefault(row["on"], []).append(row)
    special = {
        d["day"]: d
        for d in conn.execute(
            select(CALENDAR_DAY).where(
                CALENDAR_DAY.c.day.between(first, last), CALENDAR_DAY.c.revoked_at.is_(None)
            )
        ).mappings()
    }
    works = calendar_of(conn)
    shown = [
        (day, works.is_working_day(day), special.get(day), due.get(day, []))
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    ]
    feed = conn.execute(
        select(CALENDAR_FEED.c.created_at).where(
            CALENDAR_FEED.c.person_id == me().person_id, CALENDAR_FEED.c.revoked_at.is_(None)
        )
    ).scalar()
    return render_template(
        "pages/calendar/index.html",
        first=first,
        shown=[s for s in shown if s[2] or s[3] or s[0] == today()],
        total=sum(len(s[3]) for s in shown),
        working=sum(s[1] for s in shown),
        kinds={kind.value: _(LABELS[kind]) for kind in DayKind},
        before=(first - timedelta(days=1)).strftime("%Y-%m"),
        after=(last + timedelta(days=1)).strftime("%Y-%m"),
        feed_since=feed,
        keeps_days=bool(me().roles & set(KEEPERS)),
    )


@blueprint.post("/feed")
@readers
def open_feed() -> ResponseReturnValue:
    """A new address; it is shown once, here, and works until it is revoked."""
    form = read(Form, request.form)
    token = new_token()
    outcome = perform(OpenFeed(_hash(token)), form.idempotency_key)
    if outcome.replayed:
        flash(_("Địa chỉ đã được cấp trước đó. Cấp lại nếu chưa kịp ghi."), "success")
        return redirect(url_for(".index"), 303)
    base = (services().settings.base_url or request.host_url).rstrip("/")
    address = base + url_for(".feed", token=token)
    return render_template("pages/calendar/feed.html", address=address)


@blueprint.post("/feed/revoke")
@readers
def revoke_feed() -> ResponseReturnValue:
    form = read(Form, request.form)
    perform(RevokeFeed(), form.idempotency_key)
    flash(_("Đã thu hồi địa chỉ lịch riêng."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/feed/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """Somebody's deadlines for his calendar program; nothing when the address was revoked."""
    person_id = (
        db.conn()
        .execute(
            select(CALENDAR_FEED.c.person_id).where(
                CALENDAR_FEED.c.token_hash == _hash(token), CALENDAR_FEED.c.revoked_at.is_(None)
            )
        )
        .scalar()
    )
    if person_id is None:
        abort(404)
    actor = actor_of(db.conn(), person_id, today())
    first, last = today() - FEED_PAST, today() + FEED_AHEAD
    rows = urgings.due_between(db.conn(), actor, first, last, mine_only=True)
    domain = urlsplit(services().settings.base_url or request.host_url).hostname or "localhost"
    body = ical.feed(rows, domain, now())
    response = Response(body, mimetype="text/calendar")
    # The moment of making it is no change of what it says.
    told = [(r["id"], r["request_id"], r["version"], r["on"].isoformat()) for r in rows]
    response.set_etag(hashlib.sha256(repr(told).encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response.make_conditional(request)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
