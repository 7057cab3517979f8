"""A process that was started here does not outlive the one that started it."""

import subprocess
import sys

import psutil
import pytest

from cli import children

CHILD = """
import signal, sys, threading
from cli.children import when_parent_goes
signal.signal(signal.SIGINT, signal.SIG_IGN)
gone = threading.Event()
when_parent_goes(gone.set)
print("ready", flush=True)
gone.wait()
sys.exit(7)
"""
PARENT = """
import sys
from cli.children import start
child = start([sys.executable, "-c", sys.argv[1]])
print(child.pid, flush=True)
child.wait()
"""


def test_closing_its_input_stops_a_child() -> None:
    child = children.start([sys.executable, "-c", CHILD])

    children.stop([child])

    assert child.returncode == 7


def test_a_child_that_does_not_listen_is_killed() -> None:
    deaf = children.start([sys.executable, "-c", "import threading; threading.Event().wait()"])

    children.stop([deaf], patience=0.1)

    assert deaf.returncode is not None
    assert deaf.returncode != 0


@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_a_child_goes_when_its_parent_is_killed(end: str) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    told = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}
    assert "ready" in told
    child = psutil.Process(int((told - {"ready"}).pop()))

    getattr(parent, end)()
    parent.wait()

    gone, _alive = psutil.wait_procs([child], timeout=30)
    assert gone == [child]
    parent.stdout.close()
