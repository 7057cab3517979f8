"""What the clock does by itself: last tick, mails that wait, dead letters, when it runs next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Table, func, select

from models.states import MessageState, Role
from models.tables import LADDER_TICK, MESSAGE, OUTBOX_EVENT, PERSON, WEBHOOK_CALL
from notifications.rounds import next_digest
from web import db
from web.forms import Form, OptionalWhole, read
from web.requires import now, perform, requires, services, visitor
from workflow import heartbeat
from workflow.commands.notices import ResendMails
from workflow.timetable import TIMES, next_run

blueprint = Blueprint("jobs", __name__, url_prefix="/admin/jobs")
administrator = requires(Role.ADMIN)
SHOWN = 20


class ResendForm(Form):
    message_id: OptionalWhole = None


@blueprint.app_context_processor
def banner() -> dict[str, Any]:
    """How many letters and postings are dead, asked for only where the administrator is told."""

    def dead(table: Table) -> int:
        known = visitor()
        if known is None or Role.ADMIN not in known.actor.roles:
            return 0
        counted = select(func.count()).where(table.c.state == MessageState.DEAD.value)
        return db.conn().execute(counted).scalar_one()

    return {"dead_letters": lambda: dead(MESSAGE), "dead_calls": lambda: dead(WEBHOOK_CALL)}


@blueprint.post("/resend")
@administrator
def resend() -> ResponseReturnValue:
    """Try one dead letter again, or all."""
    form = read(ResendForm, request.form)
    done = perform(ResendMails(form.message_id), form.idempotency_key)
    flash(
        ngettext(
            "%(num)s thư sẽ được gửi lại ở lượt gửi kế tiếp.",
            "%(num)s thư sẽ được gửi lại ở lượt gửi kế tiếp.",
            done.data["mails"],
        ),
        "success",
    )
    return redirect(url_for(".index"), 303)


JOBS: dict[str, str] = {
    "tick": "Tính thang nhắc hạn",
    "remind": "Lập thư tổng hợp (ngày làm việc)",
    "deliver": "Gửi thư và tin đến lượt",
    "sweep": "Dọn phiên và dữ liệu tạm đã hết hạn",
    "verify-log": "Kiểm tra nhật ký",
    "watch-sealing": "Xem nhật ký có đang được niêm phong",
}
# The tick is due every half hour at the latest; twice that is no hiccup.
NO_TICK_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Pulse:
    """Whether the scheduler lives: when it was last heard of, and whether that is too long ago."""

    heard_at: datetime | None
    is_dead: bool


def _pulse(ticked_at: datetime | None) -> Pulse:
    """By the sign of life in this home; where it lives on another machine, by its ticks."""
    at = heartbeat.last(services().settings.home)
    if at is not None:
        return Pulse(at, now() - at > heartbeat.SILENT_AFTER)
    return Pulse(ticked_at, ticked_at is None or now() - ticked_at > NO_TICK_FOR)


@blueprint.get("")
@administrator
def index() -> ResponseReturnValue:
    conn = db.conn()
    ticks = list(
        conn.execute(select(LADDER_TICK).order_by(LADDER_TICK.c.id.desc()).limit(SHOWN)).mappings()
    )
    ticked_at = (ticks[0]["looked_at"] or ticks[0]["at"]) if ticks else None
    by_state = select(MESSAGE.c.state, func.count().label("n")).group_by(MESSAGE.c.state)
    counts = {row.state: row.n for row in conn.execute(by_state)}
    oldest = conn.execute(
        select(func.min(MESSAGE.c.created_at)).where(MESSAGE.c.state == MessageState.WAITING.value)
    ).scalar()
    untold = conn.execute(
        select(func.count()).select_from(OUTBOX_EVENT).where(OUTBOX_EVENT.c.expanded_at.is_(None))
    ).scalar_one()
    by_call = select(WEBHOOK_CALL.c.state, func.count().label("n")).group_by(WEBHOOK_CALL.c.state)
    dead = conn.execute(
        select(MESSAGE, PERSON.c.name)
        .join(PERSON, PERSON.c.id == MESSAGE.c.person_id)
        .where(MESSAGE.c.state == MessageState.DEAD.value)
        .order_by(MESSAGE.c.id.desc())
        .limit(SHOWN)
    )
    return render_template(
        "pages/jobs/index.html",
        ticks=ticks,
        ticked_at=ticked_at,
        pulse=_pulse(ticked_at),
        next_runs=[(_(JOBS[name]), next_run(times, now())) for name, times in TIMES.items()],
        counts=counts,
        calls={row.state: row.n for row in conn.execute(by_call)},
        oldest=oldest,
        untold=untold,
        dead=list(dead.mappings()),
        has_mail=bool(services().settings.smtp_url),
        next_digest=next_digest(conn, now()),
    )
