"""Systems that are told of the plan's news: added, looked at, tried again and removed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import case, func, select

from models.states import LABELS, MessageState, Role
from models.tables import PERSON, WEBHOOK, WEBHOOK_CALL
from notifications.channels.webhook import BadTarget, Rules, checked, key_of
from web import db
from web.forms import BadForm, Form, FormState, read
from web.requires import perform, requires, services
from web.webhooks.forms import RemovalForm, WebhookForm
from workflow.commands.webhooks import AddWebhook, RemoveWebhook, ResendCalls
from workflow.law.errors import NotFound

blueprint = Blueprint("webhooks", __name__, url_prefix="/admin/webhooks")
administrator = requires(Role.ADMIN)
SHOWN = 20


def _rules() -> Rules:
    settings = services().settings
    return Rules(settings.webhook_origins, settings.webhook_networks)


def _in(state: MessageState) -> Any:
    return func.coalesce(func.sum(case((WEBHOOK_CALL.c.state == state.value, 1), else_=0)), 0)


def _page(state: FormState | None = None) -> str:
    hooks = (
        select(
            WEBHOOK,
            PERSON.c.name.label("added_by"),
            _in(MessageState.SENT).label("sent"),
            _in(MessageState.WAITING).label("waiting"),
            _in(MessageState.DEAD).label("dead"),
            func.max(WEBHOOK_CALL.c.sent_at).label("last_at"),
        )
        .outerjoin(PERSON, PERSON.c.id == WEBHOOK.c.added_by_id)
        .outerjoin(WEBHOOK_CALL, WEBHOOK_CALL.c.webhook_id == WEBHOOK.c.id)
        .group_by(WEBHOOK.c.id, PERSON.c.id)
        .order_by(WEBHOOK.c.removed_at.is_not(None), WEBHOOK.c.id)
    )
    return render_template(
        "pages/webhooks/index.html",
        hooks=list(db.conn().execute(hooks).mappings()),
        origins=_rules().origins,
        state=state,
    )


@blueprint.get("")
@administrator
def index() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
@administrator
def add() -> ResponseReturnValue:
    """Where it lies is checked now, so that a slip is seen at once, and again at every call."""
    try:
        form = read(WebhookForm, request.form)
    except BadForm as bad:
        return _page(bad.state), 422
    try:
        checked(form.url, _rules())
    except BadTarget as bad_target:
        typed = {"webhook": form.webhook, "url": form.url}
        return _page(FormState(typed, {"url": str(bad_target)})), 422
    done = perform(AddWebhook(form.webhook, form.url), form.idempotency_key)
    flash(_("Đã thêm webhook. Hiện khóa và giao cho bên nhận để họ kiểm tra chữ ký."), "success")
    return redirect(url_for(".show", webhook_id=done.object_id), 303)


def _one(webhook_id: int, state: FormState | None = None, key: str | None = None) -> str:
    conn = db.conn()
    hook = conn.execute(select(WEBHOOK).where(WEBHOOK.c.id == webhook_id)).mappings().first()
    if hook is None:
        raise NotFound("webhook")
    calls = (
        select(WEBHOOK_CALL)
        .where(WEBHOOK_CALL.c.webhook_id == webhook_id)
        .order_by(WEBHOOK_CALL.c.id.desc())
        .limit(SHOWN)
    )
    dead = select(func.count()).where(
        WEBHOOK_CALL.c.webhook_id == webhook_id, WEBHOOK_CALL.c.state == MessageState.DEAD.value
    )
    return render_template(
        "pages/webhooks/show.html",
        hook=hook,
        calls=list(conn.execute(calls).mappings()),
        dead=conn.execute(dead).scalar_one(),
        states={s.value: _(LABELS[s]) for s in MessageState},
        state=state,
        key=key,
    )


@blueprint.get("/<int:webhook_id>")
@administrator
def show(webhook_id: int) -> ResponseReturnValue:
    return _one(webhook_id)


@blueprint.post("/<int:webhook_id>/key")
@administrator
def show_key(webhook_id: int) -> ResponseReturnValue:
    """The key on this answer; it is worked out each time and kept nowhere."""
    read(Form, request.form)
    uid = db.conn().execute(select(WEBHOOK.c.uid).where(WEBHOOK.c.id == webhook_id)).scalar()
    if uid is None:
        raise NotFound("webhook")
    return _one(webhook_id, key=key_of(services().settings.secret_key, uid))


@blueprint.post("/<int:webhook_id>/resend")
@administrator
def resend(webhook_id: int) -> ResponseReturnValue:
    form = read(Form, request.form)
    done = perform(ResendCalls(webhook_id), form.idempotency_key)
    flash(
        ngettext(
            "%(num)s tin sẽ được gửi lại ở lượt gửi kế tiếp.",
            "%(num)s tin sẽ được gửi lại ở lượt gửi kế tiếp.",
            done.data["calls"],
        ),
        "success",
    )
    return redirect(url_for(".show", webhook_id=webhook_id), 303)


@blueprint.post("/<int:webhook_id>/remove")
@administrator
def remove(webhook_id: int) -> ResponseReturnValue:
    try:
        form = read(RemovalForm, request.form)
    except BadForm as bad:
        return _one(webhook_id, bad.state), 422
    perform(RemoveWebhook(webhook_id, form.reason), form.idempotency_key)
    flash(_("Đã gỡ webhook; không tin nào được gửi tới đó nữa."), "success")
    return redirect(url_for(".index"), 303)
