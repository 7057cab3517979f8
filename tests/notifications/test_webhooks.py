"""News for other systems: signed, each once, tried like mail, and only to where it may go."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from models.states import MessageState, Role
from models.tables import AUDIT_ENTRY, WEBHOOK, WEBHOOK_CALL
from notifications.bridge import LEASE, post_news
from notifications.channels import ChannelDown, Cut
from notifications.channels.webhook import (
    BadTarget,
    Posting,
    Rules,
    WebhookChannel,
    checked,
    key_of,
    may_be_called,
    resolved,
)
from notifications.deliver import GIVEN_UP_AFTER, Delivered
from notifications.expand import expand
from tests.make import STANDING, World
from tests.notifications.life import DAY
from tests.notifications.test_delivery import report
from workflow.commands import results
from workflow.commands.webhooks import AddWebhook, RemoveWebhook, ResendCalls
from workflow.law.errors import NotFound, Refused

SECRET = "khóa của máy chủ, chỉ dùng trong kiểm thử"
FIVE = timedelta(minutes=5)


@dataclass
class Lgsp:
    """Another system: `mood` is the status of its next answer; it keeps what it was told."""

    port: int = 0
    mood: Callable[[], int] = field(default=lambda: 204)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def rules(self) -> Rules:
        return Rules((self.origin,), ("127.0.0.1/32",))


@pytest.fixture
def lgsp() -> Iterator[Lgsp]:
    other = Lgsp()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            other.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(other.mood())
            self.send_header("Location", f"{other.origin}/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 (its name in the library)

    server = HTTPServer(("127.0.0.1", 0), Handler)
    other.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield other
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def add(world: World, lgsp: Lgsp) -> int:
    admin = world.person(Role.ADMIN, STANDING)
    hook = world.do(AddWebhook("LGSP", f"{lgsp.origin}/don-doc?k=1"), admin).object_id
    assert hook is not None
    return hook


def post(world: World, lgsp: Lgsp, after: timedelta = timedelta()) -> Delivered:
    now = world.now + after
    return post_news(world.engine, WebhookChannel(lgsp.rules), SECRET, now)


def calls(world: World) -> list[tuple[str, str, int, str | None]]:
    of = (WEBHOOK_CALL.c.name, WEBHOOK_CALL.c.state, WEBHOOK_CALL.c.attempts)
    with world.engine.connect() as conn:
        found = select(*of, WEBHOOK_CALL.c.last_error).order_by(WEBHOOK_CALL.c.id)
        return [tuple(row) for row in conn.execute(found)]


def returned(world: World) -> int:
    """A report that comes back: its words and names stay inside."""
    cycle_id = world.cycle()
    report(world, cycle_id)
    back = results.ReturnReport(cycle_id, "Thiếu số liệu mật", "Bảng 2", world.today + DAY * 5)
    world.do(back, world.judge)
    return cycle_id


def test_what_happens_is_posted_once_with_a_signature_the_other_side_can_check(
    world: World, lgsp: Lgsp
) -> None:
    before = world.cycle("II.3-a", "so-khac")
    expand(world.engine, world.now)
    world.today += DAY
    add(world, lgsp)
    report(world, before)
    cycle_id = returned(world)
    expand(world.engine, world.now)
    expand(world.engine, world.now)

    done = post(world, lgsp)

    assert (done.sent, done.failed, post(world, lgsp)) == (3, 0, Delivered())
    assert [json.loads(body)["type"] for _, body in lgsp.heard] == [
        "cycle.reported",
        "cycle.reported",
        "cycle.returned",
    ]
    headers, body = lgsp.heard[-1]
    with world.engine.connect() as conn:
        uid = conn.execute(
            select(AUDIT_ENTRY.c.uid).where(AUDIT_ENTRY.c.command == "return")
        ).scalar_one()
    assert json.loads(body) == {
        "type": "cycle.returned",
        "timestamp": world.now.astimezone(UTC).isoformat(),
        "data": {
            "entry": uid,
            "text": "Trả lại báo cáo, gửi lại trước hết ngày 08/03/2026",
            "cycle": cycle_id,
            "year": 2026,
            "plan": world.plan,
            "task": "II.2-a",
            "agency": "so-chu-tri",
            "state": "in_progress",
            "due_on": "2026-12-14",
            "path": f"/cycles/{cycle_id}",
        },
    }
    # As the other side checks it, in words of its own.
    with world.engine.connect() as conn:
        key = key_of(SECRET, conn.execute(select(WEBHOOK.c.uid)).scalar_one())
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(key[len("whsec_") :]), signed, hashlib.sha256)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac.digest()).decode()
    assert headers["webhook-timestamp"] == str(int(world.now.timestamp()))
    assert len({h["webhook-id"] for h, _ in lgsp.heard}) == len(lgsp.heard)


def test_what_was_not_taken_is_tried_again_under_the_same_id_and_then_is_dead(
    world: World, lgsp: Lgsp
) -> None:
    hook = add(world, lgsp)
    cycle_id = world.cycle()
    expand(world.engine, world.now)
    waiting = len(calls(world))
    lgsp.mood = lambda: 503

    assert post(world, lgsp).failed == waiting
    assert post(world, lgsp, FIVE - timedelta(seconds=1)) == Delivered()
    assert post(world, lgsp, FIVE).failed == waiting
    first, second = lgsp.heard[0], lgsp.heard[waiting]
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]
    assert first[0]["webhook-signature"] != second[0]["webhook-signature"], "a time of its own"
    given_up = post(world, lgsp, GIVEN_UP_AFTER)

    assert given_up.dead == waiting
    assert {c[1:] for c in calls(world)} == {(MessageState.DEAD.value, 3, "HTTP 503")}
    lgsp.mood = lambda: 200
    with pytest.raises(Refused):
        world.do(ResendCalls(hook), world.office)
    done = world.do(ResendCalls(hook), world.person(Role.ADMIN, STANDING))
    assert done.data == {"calls": waiting}
    assert post(world, lgsp).sent == waiting
    assert {h["webhook-id"] for h, _ in lgsp.heard} == {
        h["webhook-id"] for h, _ in lgsp.heard[:waiting]
    }
    assert world.row(cycle_id)["state"] == "assigned"


@pytest.mark.parametrize(("status", "state"), [(302, "waiting"), (404, "waiting"), (410, "dead")])
def test_a_redirect_is_not_followed_and_gone_is_gone(
    world: World, lgsp: Lgsp, status: int, state: str
) -> None:
    add(world, lgsp)
    world.cycle()
    expand(world.engine, world.now)
    lgsp.mood = lambda: status

    post(world, lgsp)

    assert {c[1] for c in calls(world)} == {state}
    assert len(lgsp.heard) == len(calls(world)), "nobody called again where it pointed"


def test_a_system_that_is_away_costs_one_attempt_a_round_and_holds_no_other_up(
    world: World, lgsp: Lgsp
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = Lgsp(free.getsockname()[1])
    away, there = add(world, nobody), add(world, lgsp)
    world.cycle()
    expand(world.engine, world.now)
    each = len(calls(world)) // 2
    both = Rules((nobody.origin, lgsp.origin), ("127.0.0.1/32",))

    done = post_news(world.engine, WebhookChannel(both), SECRET, world.now)

    assert (done.sent, done.failed, done.is_down) == (each, 1, True)
    admin = world.person(Role.ADMIN, STANDING)
    world.do(RemoveWebhook(away, "Ngừng dùng"), admin)
    assert {c[1] for c in calls(world)} == {"sent", "superseded"}
    with pytest.raises(NotFound):
        world.do(RemoveWebhook(away, "Lần nữa"), admin)
    with pytest.raises(Refused):
        world.do(RemoveWebhook(there, "Không phải việc của VP"), world.office)
    with pytest.raises(Refused):
        world.do(AddWebhook("LGSP", lgsp.origin), world.head())


def test_a_system_that_never_ends_its_answer_is_let_go(lgsp: Lgsp) -> None:
    """It sends a byte now and then, so that no single wait is long; the whole call is."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        drip = Lgsp(listening.getsockname()[1])

        def answer() -> None:
            line, _ = listening.accept()
            with line:
                line.settimeout(5)
                try:
                    while not stop.wait(0.01):
                        line.sendall(b"X")
                except OSError:
                    pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        posting = Posting(f"{drip.origin}/", key_of(SECRET, "a"), "b", "{}")
        with pytest.raises(Cut):
            WebhookChannel(drip.rules, timeout=5, longest=0.3).send(
                posting, datetime(2026, 3, 2, tzinfo=UTC)
            )
        stop.set()
        thread.join()


def tricks(port: int) -> Iterator[str]:
    """Ways to write the server's own address, one behind it, or another scheme."""
    hosts = (
        "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.1",
        "017700000001", "0177.0.0.1", "127.0.0.1.", "localhost", "localhost.", "LOCALHOST",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]",
        "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fc00::1]",
        "[fd12:3456::1]", "[::127.0.0.1]", "169.254.169.254", "169.254.170.2", "10.0.0.1",
        "172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1",
        "198.18.0.1", "127.0.0.1%00", "127。0。0。1", "①②⑦.⓪.⓪.①", "127.0.0.1\t", "127.0.0.1\\",
    )  # fmt: skip
    for host in hosts:
        yield f"http://{host}:{port}/"
        if host[0] != "[":
            yield f"http://lgsp.example.vn@{host}:{port}/"
    yield from (
        f"http://lgsp.example.vn#@127.0.0.1:{port}/",
        f"http://lgsp.example.vn\\@127.0.0.1:{port}/",
        f"http://127.0.0.1:{port}#lgsp.example.vn",
        f"http:/127.0.0.1:{port}/",
        f"//127.0.0.1:{port}/",
        f"ftp://127.0.0.1:{port}/",
        f"gopher://127.0.0.1:{port}/_POST",
        "file:///etc/passwd",
        f"http://127.0.0.1:{port}x/",
        f"http://127.0.0.1:-{port}/",
        "http://:80/",
        "http://",
        "",
    )


def origin_of(url: str) -> str | None:
    """What the settings would have to say for this address to pass as text."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if usable else None


def test_no_way_of_writing_an_address_reaches_what_stands_behind_the_server(lgsp: Lgsp) -> None:
    """S-26: a canary on this very machine hears nothing, although each origin itself is named."""
    written, at = list(tricks(lgsp.port)), datetime(2026, 3, 2, tzinfo=UTC)
    assert len(written) >= 60
    origins = [o for url in written if (o := origin_of(url))]
    assert len(origins) > 40
    channel = WebhookChannel(Rules(origins), timeout=0.5)
    for url in written:
        with pytest.raises(ChannelDown):
            channel.send(Posting(url, key_of(SECRET, "a"), "b", "{}"), at)

    assert lgsp.heard == []
    assert may_be_called(ip_address("8.8.8.8"), Rules())
    here = Posting(f"{lgsp.origin}/", key_of(SECRET, "a"), "b", "{}")
    WebhookChannel(lgsp.rules).send(here, at)
    assert len(lgsp.heard) == 1, "the canary does sing"


@pytest.mark.parametrize(
    "host", ["10.1.2.3", "127.0.0.1", "192.168.1.9", "169.254.169.254", "2130706433", "[::1]"]
)
def test_an_address_inside_is_refused_when_it_is_written_down(host: str) -> None:
    """Not at the first call: that the origin is named does not make its network one of ours."""
    url, origins = f"http://{host}/news", (f"http://{host}",)

    with pytest.raises(BadTarget, match="DONDOC_WEBHOOK_NETWORKS"):
        checked(url, Rules(origins))
    networks = ("10.0.0.0/8", "127.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16", "::1/128")
    assert checked(url, Rules(origins, networks)).path == "/news"


def test_a_name_that_also_stands_for_a_private_address_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rebinding: what was looked at is what is called, and one bad address spoils the name."""
    rules = Rules(("https://lgsp.example.vn",))
    parts = checked("https://lgsp.example.vn/don-doc", rules)

    def names(*addresses: str) -> Callable[..., list[tuple[object, ...]]]:
        return lambda *a, **k: [(2, 1, 6, "", (one, 443)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", names("8.8.8.8", "10.0.0.1"))
    with pytest.raises(BadTarget):
        resolved(parts, rules)
    monkeypatch.setattr(socket, "getaddrinfo", names("8.8.8.8"))
    assert resolved(parts, rules) == "8.8.8.8"
    with pytest.raises(BadTarget):
        checked("http://lgsp.example.vn/don-doc", rules)
    with pytest.raises(BadTarget):
        checked("https://lgsp.example.vn:8443/don-doc", rules)


def test_two_workers_post_each_event_once(world: World, lgsp: Lgsp) -> None:
    add(world, lgsp)
    world.cycle()
    expand(world.engine, world.now)
    workers = [threading.Thread(target=post, args=(world, lgsp)) for _ in range(2)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    post(world, lgsp, LEASE)

    assert len({h["webhook-id"] for h, _ in lgsp.heard}) == len(lgsp.heard) == len(calls(world))
