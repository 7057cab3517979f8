"""What the clock does by itself: last tick, mails that wait, dead letters, when it runs next."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy import Table, func, select

from models.states import MessageState, Role
from models.tables import LADDER_TICK, MESSAGE, OUTBOX_EVENT, PERSON, WEBHOOK_CALL
from notifications.rounds import next_digest
from web import db
from web.forms import Form, OptionalWhole, read
from web.requires import now, perform, requires, services, visitor
from workflow.commands.notices import ResendMails

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


@blueprint.get("")
@administrator
def index() -> ResponseReturnValue:
    conn = db.conn()
    ticks = conn.execute(select(LADDER_TICK).order_by(LADDER_TICK.c.id.desc()).limit(SHOWN))
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
        ticks=list(ticks.mappings()),
        counts=counts,
        calls={row.state: row.n for row in conn.execute(by_call)},
        oldest=oldest,
        untold=untold,
        dead=list(dead.mappings()),
        has_mail=bool(services().settings.smtp_url),
        next_digest=next_digest(conn, now()),
    )
