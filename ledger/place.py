"""Where the log keeps what is not in the database, and whether the two still belong together."""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from ledger import store
from ledger.checkpoint import BadNote, Checkpoint, parse
from ledger.sealer import EPOCH, HEAD
from ledger.verify import Bad, Note, notes_in

OUTSIDE = "outside"  # heads that others kept, brought back by hand: any file with notes
LOOK_AGAIN_SECONDS = 2.0


def folder_of(home: Path) -> Path:
    """The log's own folder in the data folder."""
    return home / "ledger"


def newest_outside(folder: Path) -> Checkpoint | None:
    """The largest head of the present epoch that is known outside the database."""
    path = folder / EPOCH
    epoch = path.read_text("ascii").strip() if path.exists() else "1"
    found: list[Checkpoint] = []
    files = [folder / HEAD, *sorted((folder / OUTSIDE).glob("*"))]
    for file in files:
        if not file.is_file():
            continue
        for text in notes_in(file.read_text("utf-8")):
            try:
                Note(text)
                checkpoint = parse(text)[0]
            except (Bad, BadNote):
                continue
            if checkpoint.origin.rpartition("/")[2] == epoch:
                found.append(checkpoint)
    return max(found, key=lambda c: c.size, default=None)


def missing(engine: Engine, folder: Path) -> Checkpoint | None:
    """The outside head the database has not reached: it is older than what was once signed."""
    newest = newest_outside(folder)
    if newest is None:
        return None
    with engine.connect() as conn:
        return newest if store.last_size(conn) < newest.size else None


def watch(engine: Engine, folder: Path) -> Callable[[], str | None]:
    """A function that says why nothing may be written now; it looks again every two seconds."""
    seen: tuple[float, str | None] | None = None

    def why() -> str | None:
        nonlocal seen
        clock = time.monotonic()
        if seen is None or clock - seen[0] > LOOK_AGAIN_SECONDS:
            gone = missing(engine, folder)
            told = None if gone is None else f"{gone.size} mục, niêm phong lúc {gone.at}"
            seen = (clock, told)
        return seen[1]

    return why
