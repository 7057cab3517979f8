"""What a browser is allowed to do with our pages, and what we accept from it."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.middleware.proxy_fix import ProxyFix

from web.requires import visitor

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
AT_HOME = ("localhost", "127.0.0.1", "[::1]")
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# The least time a cookie of a browser that was closed and opened again may live.
COOKIE_LIFETIME = timedelta(hours=12)

csrf = CSRFProtect()


class ForeignRequest(BadRequest):
    """A form that was sent from somebody else's page."""


def _same_site() -> None:
    """Refuse a change asked for by a page that is not ours, whatever token it has."""
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise ForeignRequest("foreign site")
    origin = request.headers.get("Origin")
    if origin is not None and _host_of(origin) != request.host:
        raise ForeignRequest("foreign origin")


def _host_of(origin: str) -> str | None:
    """The host an address names; None for what is no address at all, as http://[ is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _make_room() -> None:
    """More than a form may hold where a view says so; asked before anything of it is read."""
    view = current_app.view_functions.get(request.endpoint or "")
    size: int | None = getattr(view, "__takes_up_to__", None)
    if size is not None and visitor() is not None:
        request.max_content_length = size


def _name_request() -> None:
    """A name for this request in the trail and in the log; never one that came from outside."""
    g.request_id = uuid4().hex[:16]


def safe_next(target: str | None, otherwise: str = "/") -> str:
    """Where to go after signing in: a path of ours, or `otherwise`."""
    if not target or not target.startswith("/") or len(target) > 2000:
        return otherwise
    # Browsers read \ as / and drop tabs and line ends; nothing of the sort is a path of ours.
    if target.startswith("//") or "\\" in target or any(ord(c) < 33 for c in target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def init_app(app: Flask) -> None:
    """Cookies, hosts, tokens and headers, from the settings."""
    settings = app.extensions["dondoc"].settings
    is_https = (settings.base_url or "").startswith("https://")
    app.config.update(
        TRUSTED_HOSTS=list(settings.trusted_hosts or AT_HOME),
        SESSION_COOKIE_NAME="__Host-dondoc" if is_https else "dondoc",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=COOKIE_LIFETIME,
        PREFERRED_URL_SCHEME="https" if is_https else "http",
        # A token lives as long as its session; where it came from is asked below.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_port=0, x_prefix=0
        )
    app.before_request(_name_request)
    app.before_request(_same_site)
    app.before_request(_make_room)
    csrf.init_app(app)

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            # A view may be stricter: a file that somebody sent is given out in a sandbox.
            response.headers.setdefault(name, value)
        if is_https:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        if request.endpoint != "static" or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response
