"""One command serves, says where, and takes everything along when it stops, however it stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from sqlalchemy import create_engine, insert, select

from cli import serve
from cli.database import prepare
from config import Settings
from models.person import Person
from models.plan import Plan
from run import port_problem
from workflow.identity import attempt
from wsgi import create_app

ROOT = Path(__file__).parents[2]


@dataclass
class Started:
    """A running `python -m cli.serve` and what it has said until it was ready."""

    process: subprocess.Popen[str]
    port: int
    said: str

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(settings: Settings, *arguments: str) -> Started:
    port = free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "DONDOC_PROFILE": "demo",
        "DONDOC_HOME": str(settings.home),
        "DONDOC_DATABASE_URL": settings.database_url,
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "cli.serve", "--port", str(port), "--no-demo", *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "Dừng: Ctrl-C" in line:
            return Started(process, port, said)
    process.communicate()
    pytest.fail(f"it did not start: {said}")


def peopled(settings: Settings) -> Settings:
    """A register somebody works in already, so that nothing has to be loaded."""
    engine = create_engine(settings.database_url)
    with engine.begin() as conn:
        conn.execute(
            insert(Person).values(
                login="a",
                name="A",
                post="B",
                must_change_password=True,
                is_demo=False,
                created_at=datetime(2026, 1, 1, tzinfo=UTC),
                version=1,
            )
        )
    engine.dispose()
    return settings


@contextmanager
def serving(settings: Settings) -> Iterator[Started]:
    started = start(settings)
    all_of_it = [psutil.Process(started.process.pid), *started.family()]
    try:
        yield started
    finally:
        for process in all_of_it:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        started.process.communicate()


@pytest.fixture
def started(settings: Settings) -> Iterator[Started]:
    """Serving on each engine."""
    with serving(peopled(settings)) as found:
        yield found


@pytest.fixture
def started_once(tmp_path: Path) -> Iterator[Started]:
    """Serving on the embedded database: how processes end does not depend on the engine."""
    home = tmp_path / "home"
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'dondoc.sqlite3'}")
    prepare(settings)
    with serving(peopled(settings)) as found:
        yield found


def test_mails_lead_to_where_it_listens_unless_somebody_said_otherwise(
    started_once: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All it starts is told, the scheduler that sends the mails too."""
    url = f"http://127.0.0.1:{started_once.port}"
    (scheduler,) = [p for p in started_once.family() if "scheduler" in p.cmdline()]
    assert scheduler.environ()["DONDOC_BASE_URL"] == url

    monkeypatch.setenv("DONDOC_BASE_URL", "https://dondoc.tinh.gov.vn")
    serve.set_base_url("127.0.0.1", 18302)
    assert os.environ["DONDOC_BASE_URL"] == "https://dondoc.tinh.gov.vn"


def test_it_serves_says_where_and_stops_all_it_started(started: Started) -> None:
    family = started.family()
    assert len(family) >= 3  # the server, its worker, the scheduler
    url = f"http://127.0.0.1:{started.port}"
    assert url in started.said
    with urllib.request.urlopen(f"{url}/healthz") as answer:
        assert answer.status == 200

    started.process.send_signal(signal.SIGINT)

    assert started.process.wait(60) == 0
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert port_problem("127.0.0.1", started.port) is None


def test_the_first_start_makes_one_administrator_and_says_the_password_once(
    settings: Settings,
) -> None:
    greeting = serve.make_ready(settings, demo=False)

    password = re.search(r"admin, mật khẩu ban đầu: (\S+)", greeting)
    assert password
    app = create_app(settings)
    services = app.extensions["dondoc"]
    with services.engine.connect() as conn:
        found = attempt(conn, "admin", password[1], "10.0.0", services.clock.now())
        plans = conn.execute(select(Plan.code)).scalars().all()
    services.engine.dispose()
    assert found.person is not None
    assert plans == ["2940/KH-UBND"]
    assert serve.make_ready(settings, demo=False) == ""


def test_a_first_start_cut_short_makes_no_half_register(
    settings: Settings, engine_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(_settings: Settings) -> str:
        raise serve.Stopped

    monkeypatch.setattr(serve, "first_administrator", cut_short)
    with pytest.raises(serve.Stopped):
        serve.make_ready(settings, demo=False)
    monkeypatch.undo()

    assert not serve.holds(settings, select(Person.id))
    if engine_name == "sqlite":
        assert not serve.holds(settings, select(Plan.id))
    assert "admin" in serve.make_ready(settings, demo=False)


def test_a_story_half_told_is_not_served(settings: Settings, engine_name: str) -> None:
    if engine_name == "sqlite":
        return  # told beside the database and moved there whole: test_database.py

    def cut_short(_settings: Settings) -> None:
        raise serve.Stopped

    peopled(settings)
    settings.home.mkdir()
    with pytest.raises(serve.Stopped):
        serve.fill(settings, cut_short)

    with pytest.raises(serve.NotReady, match="ngắt giữa chừng"):
        serve.make_ready(settings, demo=True)


def test_killed_hard_it_leaves_nobody_behind(started_once: Started) -> None:
    family = started_once.family()

    started_once.process.kill()

    assert psutil.wait_procs(family, timeout=60)[1] == []
    assert port_problem("127.0.0.1", started_once.port) is None


@pytest.mark.parametrize("part", ["cli.listen", "scheduler"])
def test_when_a_part_dies_all_stops_and_says_so(started_once: Started, part: str) -> None:
    family = started_once.family()
    victim = next(one for one in family if part in " ".join(one.cmdline()))

    victim.kill()

    assert started_once.process.wait(60) == 1
    assert started_once.process.stdout is not None
    assert "đã dừng bất ngờ" in started_once.process.stdout.read()
    assert psutil.wait_procs(family, timeout=10)[1] == []


def test_a_port_taken_meanwhile_is_one_line(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = int(taken.getsockname()[1])

        with pytest.raises(serve.NotReady, match=f"Cổng {port} đang có"):
            serve.serve(settings, "127.0.0.1", port, "")


def test_the_demo_clock_starts_where_it_was_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DONDOC_CLOCK_OFFSET", "0")

    serve.set_clock("2026-12-20T08:00+07:00")

    asked = datetime(2026, 12, 20, 1, 0, tzinfo=UTC)
    offset = float(os.environ["DONDOC_CLOCK_OFFSET"])
    assert abs((asked - datetime.now(UTC)).total_seconds() - offset) < 60


def test_the_demo_clock_is_not_set_before_what_has_happened(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    after = replace(settings, clock_offset=40 * 86400.0)
    serve.make_ready(after, demo=False)

    with pytest.raises(serve.NotReady, match="--now"):
        serve.make_ready(replace(settings, clock_offset=20 * 86400.0), demo=False)
    serve.make_ready(after, demo=False)
    assert "--now" not in capsys.readouterr().err

    serve.make_ready(settings, demo=False)
    assert "--now" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("dondoc.local", "http://dondoc.local:8000"),
    ],
)
def test_the_address_is_one_a_browser_can_open(host: str, url: str) -> None:
    assert serve.address(host, 8000) == url


def test_the_accounts_it_names_are_accounts_of_the_story() -> None:
    from demo.roster import ADMIN, SPECIAL

    named = {login for login, _ in serve.DEMO_ACCOUNTS}

    assert {ADMIN, *(login for login, *_ in SPECIAL)} <= named
    assert all(re.fullmatch(r"admin|[a-z]{2,3}\.[a-z-]+", login) for login in named)


def test_the_accounts_do_what_is_said_of_them() -> None:
    """Who completes, verifies and sends is a matter of the law, not of the greeting."""
    said = {word: {login for login, does in serve.DEMO_ACCOUNTS if word in does} for word in DOES}

    assert said == DOES


DOES = {
    "gửi báo cáo": {"gd.so-xay-dung"},
    "trả lại": {"gd.so-ldtbxh"},
    "xác nhận": {"gd.so-ldtbxh", "vp.ubnd-tinh"},
    "hoàn thành": {"vp.ubnd-tinh", "ct.ubnd-tinh"},
}


def test_the_front_page_names_the_same_accounts() -> None:
    page = (Path(serve.__file__).parents[1] / "README.md").read_text(encoding="utf-8")

    named = {login for login, _ in serve.DEMO_ACCOUNTS}
    assert {login for login in named if f"`{login}`" not in page} == set()
