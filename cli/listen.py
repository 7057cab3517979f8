"""The web server as a process of its own: granian with the application."""

import argparse
import gc
import multiprocessing
import os
import signal
import threading
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from werkzeug.utils import import_string

from cli.children import when_parent_goes

THREADS = 8


def load(target: str) -> Any:
    """In each worker: the application; and when the server is killed, the worker goes too."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Forked, the worker has the server's handlers until its own are set, and a stop that
        # comes while the application loads would be heard by nobody.
        signal.signal(number, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=follow, name="server", daemon=True).start()
    app = import_string(target)()
    settle_down()
    return app


def settle_down() -> None:
    """What the application is made of lasts: the collector need not look through it every time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)  # a page makes thousands of small things and drops them all


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cli.listen")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="more than one only on PostgreSQL")
    parser.add_argument("--with-parent", action="store_true", help="stop when standard input ends")
    chosen = parser.parse_args()
    server = Server(
        "wsgi:create_app",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        workers=chosen.workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=15,
        websockets=False,
        log_level=LogLevels.error,
    )
    if chosen.with_parent:
        when_parent_goes(server.signal_handler_interrupt)
    server.serve(target_loader=load)


if __name__ == "__main__":
    main()
