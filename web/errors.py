"""What went wrong, as a page: whether anything was changed, what to do, and nothing typed lost."""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from web import db, filters, forms, telling
from web.requires import visitor
from web.security import safe_next
from workflow import words
from workflow.law.errors import NotFound, Refused, Stale

log = logging.getLogger("dondoc.web")

OWN_PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 414, 422, 429, 500, 503})


def page(status: int, **given: Any) -> tuple[str, int]:
    """The page of a status; what was read before is let go of, so that it shows what is true."""
    template = status if status in OWN_PAGES else 400
    return render_template(f"errors/{template}.html", status=status, **given), status


def _typed() -> list[tuple[str, str]]:
    """What somebody sent with this request, to be shown back."""
    if request.method in ("GET", "HEAD"):
        return []
    try:
        return forms.kept(request.form)
    except RequestEntityTooLarge:
        return []


def _back() -> str | None:
    """Where the form was: the page this request came from, when it is one of ours."""
    from_url = request.referrer or ""
    here = request.host_url
    if not from_url.startswith(here):
        return None
    # //evil.example is a path of ours there and the address of somebody else in a link.
    return safe_next("/" + from_url.removeprefix(here), "") or None


def refused(error: Refused) -> ResponseReturnValue:
    """Every reason in words, and who can."""
    db.release()
    return page(
        409,
        reasons=telling.refusals(error),
        who_can=words.who_can(error, _),
        kept=_typed(),
        back=_back(),
    )


def stale(error: Stale) -> ResponseReturnValue:
    """Somebody was faster: what changed, by whom, when."""
    db.release()
    told = telling.since(error) if visitor() else []
    changed = [filters.moment(one.at) + ": " + one.sentence for one in told]
    reason = _("Nội dung đã được người khác thay đổi sau khi bạn mở trang này.")
    return page(409, reasons=[reason], changed=changed, kept=_typed(), back=_back())


def not_found(error: NotFound) -> ResponseReturnValue:
    """There is no such thing for this person; nobody can tell whether there is one at all."""
    db.release()
    return page(404)


def bad_form(error: forms.BadForm) -> tuple[str, int]:
    """A form that no view showed again."""
    db.release()
    return page(422, state=error.state, kept=_typed(), back=_back())


def tell(response: Response) -> Response:
    """Nothing typed is lost: a page that shows no form to this person gives way to one that does.

    Who may not fill in a form can send it all the same, and its page has no place for his words.
    """
    state: forms.FormState | None = g.get("not_taken")
    if state is not None and not state.is_told and response.status_code == 422:
        response.set_data(bad_form(forms.BadForm(state))[0])
    return response


def expired(error: CSRFError) -> ResponseReturnValue:
    """The token is missing or of another session."""
    return page(400, kept=_typed(), back=_back())


def foreign_host(error: SecurityError) -> ResponseReturnValue:
    """A host that is none of ours: no page of the house may be built with its name."""
    text = _("Địa chỉ máy chủ này không được chấp nhận.") + "\n"
    return Response(text, status=400, mimetype="text/plain")


def http(error: HTTPException) -> ResponseReturnValue:
    """Everything the protocol knows: 404, 405, 413 …; redirects pass."""
    if error.code is None or error.code < 400:
        return error
    db.release()
    reasons = [error.sentence] if isinstance(error, forms.Odd) else []
    kept = _typed() if error.code != 413 else []
    body, status = page(error.code, reasons=reasons, kept=kept, back=_back())
    headers = [(k, v) for k, v in error.get_headers() if k not in ("Content-Type",)]
    return body, status, headers


def database(error: DBAPIError) -> ResponseReturnValue:
    """Away, busy or the disk is full: nothing was changed. Other faults of statements are ours."""
    if not isinstance(error, OperationalError) and not error.connection_invalidated:
        return broken(error)
    g.without_database = True
    log.error("database unavailable: %s", error.orig, extra={"request": g.get("request_id")})
    return page(503, kept=_typed(), back=_back())


def broken(error: Exception) -> ResponseReturnValue:
    """A fault of ours: a code for whoever looks into the log, and no trace on the screen."""
    g.without_database = True
    incident = uuid4().hex[:8].upper()
    log.exception("incident %s", incident, extra={"request": g.get("request_id")})
    return page(500, incident=incident, kept=_typed(), back=_back())


def init_app(app: Flask) -> None:
    """Hang the pages on the errors."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(Stale, stale)
    app.register_error_handler(NotFound, not_found)
    app.register_error_handler(forms.BadForm, bad_form)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(SecurityError, foreign_host)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(DBAPIError, database)
    app.register_error_handler(Exception, broken)
    app.after_request(tell)
