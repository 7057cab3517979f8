"""What the clock does by itself: last tick, mails that wait, dead letters, when it runs next."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from models.states import MessageState, Role
from models.tables import LADDER_TICK, MESSAGE, OUTBOX_EVENT, PERSON
from notifications.rounds import next_digest
from web import db
from web.requires import now, requires, services

blueprint = Blueprint("jobs", __name__, url_prefix="/admin/jobs")
SHOWN = 20


@blueprint.get("")
@requires(Role.ADMIN)
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
        oldest=oldest,
        untold=untold,
        dead=list(dead.mappings()),
        has_mail=bool(services().settings.smtp_url),
        next_digest=next_digest(conn, now()),
    )
