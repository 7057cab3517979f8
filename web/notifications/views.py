"""What I have been told, newest first; reading it, and choosing how mails come."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from models.tables import MAIL_CHOICE
from notifications import notices
from notifications.plan import TEXTS, retold
from web import db, numbers
from web.forms import Form, Ticked, Whole, read
from web.languages import rung_words, speak, vi
from web.requires import me, perform, services, signed_in, today, visitor
from workflow.commands.notices import ChooseMails, MarkRead

PER_PAGE = 50
blueprint = Blueprint("notifications", __name__, url_prefix="/notifications")


class ReadForm(Form):
    upto: Whole


class ChoiceForm(Form):
    wants_digest: Ticked = False


@blueprint.app_context_processor
def bell() -> dict[str, Any]:
    """The figure at the bell, asked for only by pages that show it."""

    def unread() -> int:
        known = visitor()
        person_id = known.actor.person_id if known else None
        return notices.unread(db.conn(), person_id) if person_id is not None else 0

    return {"unread_notices": unread}


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The lines; which are no longer true is said beside them."""
    person_id = me().person_id or 0
    total = notices.total(db.conn(), person_id)
    pages = max(1, -(-total // PER_PAGE))
    page = min(numbers.number("page") or 1, pages)
    found = notices.of_person(db.conn(), person_id, today(), PER_PAGE, (page - 1) * PER_PAGE)
    return render_template(
        "pages/notifications/index.html",
        lines=[(line, _said(line)) for line in found],
        total=total,
        page=page,
        pages=pages,
        per_page=PER_PAGE,
        unread=notices.unread(db.conn(), person_id),
        has_mail=bool(services().settings.smtp_url),
        link=lambda n: url_for(".index", page=n),
    )


def _said(line: notices.Line) -> str:
    """A notice in the language of the reader; a step of the ladder has words of its own."""
    if line.name in TEXTS:
        return retold(line.name, line.text, speak, vi)
    return rung_words(line)


@blueprint.post("/read")
@signed_in
def mark_read() -> ResponseReturnValue:
    """Everything on the page I saw has been read; what came after it has not."""
    form = read(ReadForm, request.form)
    perform(MarkRead(form.upto), form.idempotency_key)
    return redirect(url_for(".index"), 303)


@blueprint.get("/choice")
@signed_in
def choice() -> ResponseReturnValue:
    """How mails come."""
    wanted = db.conn().execute(
        select(MAIL_CHOICE.c.wants_digest).where(MAIL_CHOICE.c.person_id == me().person_id)
    )
    return render_template(
        "pages/notifications/choice.html", wants_digest=wanted.scalar() is not False
    )


@blueprint.post("/choice")
@signed_in
def choose() -> ResponseReturnValue:
    form = read(ChoiceForm, request.form)
    perform(ChooseMails(form.wants_digest), form.idempotency_key)
    flash(_("Đã lưu cách nhận thư."), "success")
    return redirect(url_for(".choice"), 303)
