"""Processes that live no longer than the one that started them, on every system.

A child reads its standard input, where nothing is ever written: it ends when the parent closes
it to stop the child, and just so when the parent is killed and can say nothing any more.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Away from the terminal's Ctrl-C, which is the parent's to hear."""
    if sys.platform == "win32":
        apart = subprocess.CREATE_NEW_PROCESS_GROUP
        return subprocess.Popen(command, stdin=subprocess.PIPE, creationflags=apart)
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def stop(children: list[subprocess.Popen[bytes]], patience: float = 20) -> None:
    """Ask all of them, then wait; who does not come is killed."""
    for child in children:
        if child.stdin:
            child.stdin.close()
    for child in children:
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def when_parent_goes(act: Callable[[], None]) -> None:
    """In a child: do this once the parent stops us or is no more."""

    def listen() -> None:
        while os.read(0, 4096):
            pass
        act()

    threading.Thread(target=listen, name="parent", daemon=True).start()
