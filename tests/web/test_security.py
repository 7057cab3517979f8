"""What we tell every browser, and what we take from none."""

import gzip
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from models.states import Role
from models.tables import MEMBERSHIP, PERSON, SIGN_IN_FAILURE
from tests.conftest import application
from tests.make import STANDING, World
from tests.visitors import SetClock, Visitor, admit, visit
from tests.web.endpoints import Endpoint, endpoints
from web import assets
from web.requires import public
from workflow import heartbeat
from workflow.door import ajar

EXACT = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def boom() -> str:
    raise RuntimeError("the secret of the trace")


def away() -> str:
    raise OperationalError("SELECT 1", {}, Exception("database or disk is full"))


def break_it(app: Flask) -> None:
    """Pages that fail in the two ways a page can."""
    app.add_url_rule("/boom", "boom", public(boom), methods=["GET", "POST"])
    app.add_url_rule("/away", "away", public(away), methods=["GET", "POST"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sign-in", 200),
        ("/healthz", 200),
        ("/", 302),
        ("/audit", 303),
        ("/nowhere", 404),
        ("/sign-out", 405),
        ("/boom", 500),
        ("/away", 503),
        ("/static/css/base.css", 200),
        ("/static/nowhere.css", 404),
    ],
)
def test_every_answer_carries_the_same_headers(world: World, path: str, status: int) -> None:
    break_it(world.app)

    answer = Visitor(world.app).get(path)

    assert answer.status_code in (status, 303 if status == 302 else status)
    assert {name: answer.headers.get(name) for name in EXACT} == EXACT
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1
    assert "Strict-Transport-Security" not in answer.headers
    assert len(answer.headers["X-Request-Id"]) == 16


def test_nothing_but_static_files_is_kept_by_anybody(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())
    for one in endpoints(world.app, "GET", cycle_id=world.cycle(), filename="css/base.css"):
        answer = visitor.get(one.path)
        kept = answer.headers["Cache-Control"]
        assert (kept != "no-store") == (one.endpoint == "static"), one


def test_a_static_file_named_by_its_content_is_kept_for_a_year(world: World) -> None:
    with world.app.test_request_context():
        url = world.app.jinja_env.globals["asset"]("css/base.css")

    answer = Visitor(world.app).get(url)

    assert answer.headers["Cache-Control"] == assets.FOR_EVER


def test_over_https_the_cookie_is_bound_to_this_host(
    world: World, clock: SetClock, tmp_path: Path
) -> None:
    plain = world.app.extensions["dondoc"].settings
    who = admit(world, world.head())
    here = replace(
        plain, home=tmp_path, base_url="https://dondoc.example.gov.vn",
        trusted_hosts=("dondoc.example.gov.vn",), proxy_hops=1,
    )  # fmt: skip
    with application(here) as app:
        client = app.test_client()
        base = "https://dondoc.example.gov.vn"
        page = client.get("/sign-in", base_url=base)
        cookie = page.headers["Set-Cookie"]

    assert who.login
    assert cookie.startswith("__Host-dondoc=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_over_http_the_cookie_is_still_kept_from_scripts(world: World) -> None:
    cookie = Visitor(world.app).get("/sign-in").headers["Set-Cookie"]

    assert cookie.startswith("dondoc=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


# --- hosts and proxies -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8000", 200),
        ("127.0.0.1:8000", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("evil.example:80", 400),
        ("localhost@evil.example", 400),
        ("", 400),
    ],
)
def test_only_hosts_of_ours_are_answered(world: World, host: str, status: int) -> None:
    answer = Visitor(world.app).get("/sign-in", headers={"Host": host})

    assert answer.status_code == status
    assert "evil.example" not in answer.text


def test_a_forwarded_host_changes_nothing(world: World) -> None:
    answer = Visitor(world.app).get(
        "/audit",
        headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    )

    assert answer.location.startswith("/sign-in")
    assert "evil.example" not in str(answer.headers) + answer.text


@pytest.mark.parametrize(("hops", "counted"), [(0, "10.1.2.0/24"), (1, "198.51.100.0/24")])
def test_only_as_many_proxies_are_believed_as_there_are(
    world: World, tmp_path: Path, hops: int, counted: str
) -> None:
    settings = replace(world.app.extensions["dondoc"].settings, home=tmp_path, proxy_hops=hops)
    with application(settings) as app:
        visitor = Visitor(app)
        headers = {"X-Forwarded-For": "203.0.113.1, 198.51.100.7"}
        visitor.post("/sign-in", {"login": "ai", "password": "sai", "next": ""}, headers=headers)

    with world.engine.connect() as conn:
        assert conn.execute(select(SIGN_IN_FAILURE.c.network)).scalars().all() == [counted]


# --- forms from elsewhere ----------------------------------------------------------------


def unsafe(app: Flask) -> list[Endpoint]:
    found = endpoints(app, "POST", "PUT", "PATCH", "DELETE")
    assert len(found) > 10
    return found


def test_no_change_without_the_token_of_this_session(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())
    theirs = visit(world, world.officer()).token()
    wrong = {
        "none": "",
        "nonsense": "nonsense",
        "cut": visitor.token()[:-1],
        "another session's": theirs,
    }
    for one in unsafe(world.app):
        for name, token in wrong.items():
            answer = visitor.client.open(
                one.path,
                method=one.method,
                data={"csrf_token": token},
                environ_base=visitor.environ,
            )
            assert answer.status_code == 400, (one, name)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_change_asked_for_by_another_page_even_with_the_token(
    world: World, clock: SetClock, headers: dict[str, str]
) -> None:
    visitor = visit(world, world.head())
    token = visitor.token()
    for one in unsafe(world.app):
        answer = visitor.client.open(
            one.path,
            method=one.method,
            data={"csrf_token": token},
            headers=headers,
            environ_base=visitor.environ,
        )
        assert answer.status_code == 400, one


def test_our_own_pages_may_send_forms(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    assert visitor.post("/account/theme", {"theme": "dark"}, headers=headers).status_code == 303


def test_a_form_without_token_says_so_and_gives_back_what_was_typed(
    world: World, clock: SetClock
) -> None:
    visitor = visit(world, world.head())

    answer = visitor.post(
        f"/cycles/{world.cycle()}/progress", {"text": "Đã làm xong một nửa"}, token="cũ"
    )

    assert answer.status_code == 400
    assert "hết hiệu lực" in answer.text
    assert "Đã làm xong một nửa" in answer.text


# --- shapes ------------------------------------------------------------------------------


def test_a_doubled_parameter_is_refused(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())

    assert visitor.get("/audit?command=report&command=verify").status_code == 400
    token = visitor.token()
    doubled = visitor.client.post(
        "/account/theme",
        data={"csrf_token": token, "theme": ["dark", "light"]},
        environ_base=visitor.environ,
    )
    assert doubled.status_code == 400


def test_what_nobody_can_type_is_refused(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())
    cycle = world.cycle()

    assert visitor.get("/tasks?q=%00").status_code == 400
    sent = {"agency_code": "\0", "text": "Cho số liệu", "answer_by": "20/3/2026"}
    assert visitor.post(f"/cycles/{cycle}/ask-support", sent).status_code == 400


@pytest.mark.parametrize("name", ["theme_admin", "is_admin", "person_id", "version", "_method"])
def test_a_field_no_form_has_is_refused_and_changes_nothing(
    world: World, clock: SetClock, name: str
) -> None:
    visitor = visit(world, world.head())

    assert visitor.post("/account/theme", {"theme": "dark", name: "1"}).status_code == 400
    assert 'media="screen"' not in visitor.get("/account").text


def test_every_column_of_an_account_is_refused_beside_its_form(
    world: World, clock: SetClock
) -> None:
    admin = visit(world, world.person(Role.ADMIN, STANDING))
    path = f"/admin/people/{world.officer().person_id}/change"
    form = {"name": "Tên", "post": "Chức vụ", "email": "a@b.vn"}
    columns = {c.name for t in (PERSON, MEMBERSHIP) for c in t.c} - set(form)

    for column in sorted(columns):
        assert admin.post(path, form | {column: "1"}).status_code == 400, column


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_a_verb_a_page_does_not_know_is_named_with_those_it_does(world: World, method: str) -> None:
    answer = Visitor(world.app).client.open("/sign-in", method=method)

    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_the_verb_of_a_form_cannot_be_overridden(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())

    answer = visitor.get("/sign-out", headers={"X-HTTP-Method-Override": "POST"})

    assert answer.status_code == 405
    assert visitor.is_signed_in


def test_bodies_have_limits_said_in_vietnamese(world: World, clock: SetClock) -> None:
    visitor = visit(world, world.head())
    app = world.app
    path = f"/cycles/{world.cycle()}/progress"

    limits = app.config

    def send(fields: list[tuple[str, bytes]]) -> Any:
        """A multipart form as bytes: the client's own encoder leaves files open."""
        form = b"".join(
            b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n'
            + value + b"\r\n" for name, value in fields
        )  # fmt: skip
        return visitor.client.post(
            path, data=form + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
        )

    whole = send([("text", b"x" * limits["MAX_CONTENT_LENGTH"])])
    field = send([("text", b"x" * (limits["MAX_FORM_MEMORY_SIZE"] + 1))])
    parts = send([(f"f{n}", b"x") for n in range(limits["MAX_FORM_PARTS"] + 1)])

    for answer in (whole, field, parts):
        assert answer.status_code == 413
        assert "Tệp quá lớn" in answer.text


def test_a_bundle_may_be_bigger_than_a_form_from_somebody_who_is_signed_in(world: World) -> None:
    visitor, stranger = visit(world, world.head()), Visitor(world.app)

    def send(who: Visitor, path: str) -> Any:
        """As bytes, for the reason given above."""
        token = who.token()
        head = (
            f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'
            '--x\r\nContent-Disposition: form-data; name="file"; filename="goi.zip"\r\n\r\n'
        )
        bundle = b"x" * world.app.config["MAX_CONTENT_LENGTH"]
        return who.client.post(
            path,
            data=head.encode() + bundle + b"\r\n--x--\r\n",
            content_type="multipart/form-data; boundary=x",
        )

    assert "không phải biên nhận" in send(visitor, "/audit/verify").text
    assert send(visitor, f"/cycles/{world.cycle()}/progress").status_code == 413
    assert send(stranger, "/audit/verify").status_code == 413


# --- faults ------------------------------------------------------------------------------


def test_a_fault_of_ours_shows_a_code_and_no_trace(
    world: World, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    break_it(world.app)
    visitor = visit(world, world.head())

    answer = visitor.post("/boom", {"text": "Nội dung đã gõ"})

    assert answer.status_code == 500
    assert "secret of the trace" not in answer.text
    assert "Traceback" not in answer.text
    assert "Nội dung đã gõ" in answer.text
    code = next(r for r in caplog.records if r.message.startswith("incident")).message.split()[1]
    assert code in answer.text


def test_a_full_disk_is_said_in_vietnamese_and_nothing_is_lost(
    world: World, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    break_it(world.app)
    visitor = visit(world, world.head())

    answer = visitor.post("/away", {"text": "Nội dung đã gõ"})

    assert answer.status_code == 503
    assert "Chưa có gì thay đổi" in answer.text
    assert "Nội dung đã gõ" in answer.text
    assert "disk is full" not in answer.text


def test_the_error_page_comes_even_when_the_database_is_gone(
    world: World, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit(world, world.head())

    def gone(token: str) -> None:
        raise OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(world.app.login_manager, "_user_callback", gone)

    assert visitor.get("/audit").status_code == 503


def test_ready_says_what_is_missing(world: World, clock: SetClock) -> None:
    visitor = Visitor(world.app)
    assert visitor.get("/readyz").text == "ready\n"
    with ajar("measurement"), world.engine.execution_options(write=True).begin() as conn:
        on = " ON audit_entry" if conn.dialect.name == "postgresql" else ""
        name = "guard_audit_entry_change" if on else "guard_audit_entry_update"
        conn.execute(text(f"DROP TRIGGER {name}{on}"))

    answer = visitor.get("/readyz")

    assert (answer.status_code, answer.text) == (503, f"guard {name}\n")
    assert visitor.get("/healthz").status_code == 200


def test_ready_says_that_the_scheduler_has_fallen_silent(world: World, clock: SetClock) -> None:
    home = world.app.extensions["dondoc"].settings.home
    heartbeat.beat(home, clock.at, leads=True)
    visitor = Visitor(world.app)

    clock.at += timedelta(seconds=59)
    assert visitor.get("/readyz").text == "ready\n"
    clock.at += timedelta(seconds=2)
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.text.split(",")[0]) == (503, "scheduler")
    heartbeat.beat(home, clock.at, leads=False)
    assert visitor.get("/readyz").status_code == 200


def test_a_database_of_another_program_is_not_ready(world: World) -> None:
    with ajar("migration"), world.engine.execution_options(write=True).begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    answer = Visitor(world.app).get("/readyz")

    assert answer.status_code == 503
    assert answer.text.startswith("schema ")


def test_pages_go_out_packed_and_never_twice_of_the_same_length(world: World) -> None:
    visitor = Visitor(world.app)
    plain = visitor.get("/help")
    packed = [visitor.get("/help", headers={"Accept-Encoding": "gzip, br"}) for _ in range(12)]

    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == packed[0].headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    for answer in packed:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data) / 2
        assert gzip.decompress(answer.data).startswith(b"<!doctype html>")
    assert len({len(answer.data) for answer in packed}) > 1


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_what_is_short_or_not_a_page_goes_as_it_is(world: World, path: str) -> None:
    answer = Visitor(world.app).get(path, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers
