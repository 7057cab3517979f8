"""A log with a story in it, free hands in its database, and a quick look at what they did."""

import functools
import hashlib
import random
import resource
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger import verify
from ledger.sealer import LOG, Sealer
from ledger.source import Database
from models.states import CycleState
from models.tables import LEDGER_CHECKPOINT
from tests.ledger.tampering import CLASSES, Superuser, is_found
from tests.make import CO_LEAD, LEAD, OTHER, STANDING, World
from workflow.commands.cycles import UpdateProgress
from workflow.commands.results import AttachFile
from workflow.door import ajar

FILE = b"%PDF-1.7 so lieu kem theo bao cao"


@dataclass(frozen=True)
class Told:
    """A world whose log has been told, the heads somebody outside kept, and the attachments."""

    world: World
    kept: Sequence[str]
    files: Path


def tell_a_story(world: World, sealer: Sealer, steps: int = 180) -> None:
    """Many acts under several heads, and a few that no head covers yet; 180 fill a whole tile."""
    sealer.seal()
    for task, agency, state in (
        ("II.2-a", LEAD, CycleState.COMPLETED),
        ("II.3-a", OTHER, CycleState.VERIFIED),
        ("II.4-a", STANDING, CycleState.REPORTED),
        ("II.3-a", CO_LEAD, CycleState.IN_PROGRESS),
    ):
        world.bring(world.cycle(task, agency), state)
        sealer.seal()
    cycle = world.bring(world.cycle("II.6-a"), CycleState.IN_PROGRESS)
    digest = hashlib.sha256(FILE).hexdigest()
    file = AttachFile(cycle, digest, "so-lieu.pdf", len(FILE), "application/pdf")
    world.do(file, world.head())
    for n in range(1, steps + 1):
        world.do(UpdateProgress(cycle, n % 100, f"Đã làm bước {n}"), world.head())
        if n % (steps // 3) == 0:
            sealer.seal()
    for year in (2027, 2028):
        world.open_year(year)
        sealer.seal()
    for n in range(3):
        world.do(UpdateProgress(cycle, n, f"Chưa niêm phong {n}"), world.head())


def told(world: World, files: Path) -> Told:
    """What tell_a_story has left in this world."""
    file = files / hashlib.sha256(FILE).hexdigest()[:2] / hashlib.sha256(FILE).hexdigest()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(FILE)
    with world.engine.connect() as conn:
        notes = select(LEDGER_CHECKPOINT.c.note).order_by(LEDGER_CHECKPOINT.c.size)
        return Told(world, conn.execute(notes).scalars().all(), files)


def few(told: Told, cases: int, on_postgresql: int) -> int:
    """The verifier is the same on both engines; only how rows are read differs."""
    return cases if told.world.engine.dialect.name == "sqlite" else on_postgresql


@contextmanager
def as_superuser(told: Told) -> Iterator[tuple[Superuser, verify.Source]]:
    """Free hands until the end of the block, and what then verifies; nothing of it stays."""
    engine = told.world.engine
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            with closing(sqlite3.connect(engine.url.database)) as file:
                file.backup(db)
            su = Superuser(db)
            su.unguard()
            yield su, verify.SqliteFile(db, told.files)
        return
    with ajar("measurement"), engine.connect() as conn:
        su = Superuser(conn)
        su.unguard()
        yield su, Database(conn, told.files)


@contextmanager
def taken_back(su: Superuser) -> Iterator[None]:
    """What is done in this block is undone at its end."""
    if su.is_sqlite:
        su.run("BEGIN")
        yield
        su.run("ROLLBACK")
        return
    assert not isinstance(su.db, sqlite3.Connection)
    with su.db.begin_nested() as point:
        yield
        point.rollback()


def look(source: verify.Source, outside: Sequence[str], key: str) -> dict[str, Any]:
    """All seven checks, in this process."""
    return verify.Verifier(source, [verify.Key(key)], outside).run()


@contextmanager
def remembering() -> Iterator[None]:
    """Thousands of looks at almost the same log: what only depends on its text is worked out once.

    A body or a head that was touched is another text and is read as if for the first time.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(verify, "signed_by", functools.lru_cache(20_000)(verify.signed_by))
        patched.setattr(verify, "parse_body", functools.lru_cache(20_000)(verify.parse_body))
        patched.setattr(verify, "judge", functools.lru_cache(50_000)(verify.judge))
        patched.setattr(verify, "Note", functools.lru_cache(20_000)(verify.Note))
        yield


def campaign(told: Told, key: str, cases: int) -> list[str]:
    """Every class so many times; the cases that were not found, or not at the right entry."""
    missed: list[str] = []
    with remembering(), as_superuser(told) as (su, source):
        for name, harm in CLASSES.items():
            for case in range(cases):
                with taken_back(su):
                    done = harm(su, random.Random(f"{name} {case}"))
                    found = look(source, told.kept, key)
                if not is_found(done, found):
                    missed.append(f"{name} {case}: {done}\n{verify.say(found)}")
    return missed


def heads(world: World, folder: Path) -> set[str]:
    """Every head that left the process in any way."""
    with world.engine.connect() as conn:
        found = set(conn.execute(select(LEDGER_CHECKPOINT.c.note)).scalars())
    log = folder / "checkpoints.log"
    if log.exists():
        found |= set(verify.notes_in(log.read_text("utf-8")))
    if (folder / "head").exists():
        found.add((folder / "head").read_text("utf-8"))
    return found


@contextmanager
def full_after(count: int) -> Iterator[None]:
    """An append to checkpoints.log writes so many bytes, and then the disk takes no more."""
    append = Sealer._append

    def short(self: Sealer, note: str) -> None:
        path, before = self.folder / LOG, resource.getrlimit(resource.RLIMIT_FSIZE)
        size = path.stat().st_size if path.exists() else 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + count, before[1]))
        try:
            append(self, note)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sealer, "_append", short)
        yield
