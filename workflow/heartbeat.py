"""The scheduler's sign of life: a small file in the home folder, written by it, read by /readyz
and by the page of the jobs.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

FILE = "scheduler-heartbeat.json"
EVERY = timedelta(seconds=20)
# Three missed beats are no hiccup.
SILENT_AFTER = 3 * EVERY


def beat(home: Path, now: datetime, leads: bool) -> None:
    """Say that a scheduler lives in this home at `now` (UTC), and whether it has the lead."""
    half = home / (FILE + ".part")
    half.write_text(json.dumps({"at": now.isoformat(), "leads": leads}), encoding="utf-8")
    half.replace(home / FILE)


def leave(home: Path) -> None:
    """A scheduler that is stopped on purpose is not missed."""
    (home / FILE).unlink(missing_ok=True)


def last(home: Path) -> datetime | None:
    """When the scheduler of this home was last heard; None where none runs or was ever started."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return datetime.fromisoformat(json.loads((home / FILE).read_text(encoding="utf-8"))["at"])
    return None


def silent_since(home: Path, now: datetime) -> datetime | None:
    """When the scheduler of this home was last heard, if that is too long ago.

    None also where none was ever started: on several machines it lives in one home of many.
    A beat that lies in the future is a clock that was moved, not a silence.
    """
    heard = last(home)
    return heard if heard is not None and now - heard > SILENT_AFTER else None
