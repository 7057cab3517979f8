"""One command serves, says where, and takes everything along when it stops, however it stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from cli import serve
from config import Settings
from run import port_problem

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


@pytest.fixture
def started(settings: Settings) -> Iterator[Started]:
    started = start(settings)
    family = started.family()
    yield started
    for process in [started.process, *family]:
        if (
            process.poll() is None
            if isinstance(process, subprocess.Popen)
            else process.is_running()
        ):
            process.kill()
    started.process.wait()
    assert started.process.stdout is not None
    started.process.stdout.close()


def test_it_serves_says_where_and_stops_all_it_started(
    started: Started, settings: Settings
) -> None:
    family = started.family()
    assert len(family) >= 3  # the server, its worker, the scheduler
    url = f"http://127.0.0.1:{started.port}"
    assert url in started.said
    assert "admin" in started.said
    with urllib.request.urlopen(f"{url}/healthz") as answer:
        assert answer.status == 200

    started.process.send_signal(signal.SIGINT)

    assert started.process.wait(60) == 0
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert port_problem("127.0.0.1", started.port) is None

    again = start(settings)
    again.process.terminate()
    assert again.process.wait(60) == 0
    assert again.process.stdout is not None
    again.process.stdout.close()
    assert "admin" not in again.said  # the account was made once and is not shown again


def test_killed_hard_it_leaves_nobody_behind(started: Started) -> None:
    family = started.family()

    started.process.kill()

    assert psutil.wait_procs(family, timeout=60)[1] == []
    assert port_problem("127.0.0.1", started.port) is None


@pytest.mark.parametrize("part", ["cli.listen", "scheduler"])
def test_when_a_part_dies_all_stops_and_says_so(started: Started, part: str) -> None:
    family = started.family()
    victim = next(one for one in family if part in " ".join(one.cmdline()))

    victim.kill()

    assert started.process.wait(60) == 1
    assert started.process.stdout is not None
    assert "đã dừng bất ngờ" in started.process.stdout.read()
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
    from demo.roster import ADMIN

    named = {login for login, _ in serve.DEMO_ACCOUNTS}

    assert ADMIN in named
    assert all(re.fullmatch(r"admin|[a-z]{2,3}\.[a-z-]+", login) for login in named)
