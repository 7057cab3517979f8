"""T-01, T-06: whatever is done to the log with every right in the database is found."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from ledger import verify
from ledger.sealer import Sealer
from ledger.source import Database
from models.states import CycleState
from tests.ledger.conftest import SIGNER
from tests.ledger.tampering import CLASSES, Superuser, is_found
from tests.make import CO_LEAD, LEAD, OTHER, STANDING, World
from workflow.commands.cycles import UpdateProgress
from workflow.door import ajar

KEYS = [verify.Key(str(SIGNER.public))]
CASES = 24  # of each of the fourteen classes: 336 in all; the campaign is for bench/


def tell_a_story(world: World, sealer: Sealer) -> list[str]:
    """Some hundred acts under several heads; the heads, as somebody outside kept them."""
    kept: list[str] = []

    def seal() -> None:
        if sealed := sealer.seal():
            kept.append(sealed.note)

    seal()
    for task, agency, state in (
        ("II.2-a", LEAD, CycleState.COMPLETED),
        ("II.3-a", OTHER, CycleState.VERIFIED),
        ("II.4-a", STANDING, CycleState.REPORTED),
        ("II.3-a", CO_LEAD, CycleState.IN_PROGRESS),
    ):
        world.bring(world.cycle(task, agency), state)
        seal()
    cycle = world.bring(world.cycle("II.6-a"), CycleState.IN_PROGRESS)
    for n in range(180):
        world.do(UpdateProgress(cycle, n % 100, f"Đã làm bước {n}"), world.head())
        if n % 60 == 59:
            seal()
    for year in (2027, 2028):
        world.open_year(year)
        seal()
    return kept


Told = tuple[World, list[str]]


@pytest.fixture
def told(world: World, sealer: Sealer) -> Told:
    return world, tell_a_story(world, sealer)


@contextmanager
def as_superuser(world: World) -> Iterator[tuple[Superuser, Any]]:
    """Free hands until the end of the block, and what then verifies; nothing of it stays."""
    if world.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            with closing(sqlite3.connect(world.engine.url.database)) as file:
                file.backup(db)
            yield Superuser(db), verify.SqliteFile(db)
        return
    with ajar("measurement"), world.engine.connect() as conn:
        yield Superuser(conn), Database(conn)


@contextmanager
def taken_back(su: Superuser) -> Iterator[None]:
    if su.is_sqlite:
        su.run("BEGIN")
        yield
        su.run("ROLLBACK")
        return
    assert not isinstance(su.db, sqlite3.Connection)
    with su.db.begin_nested() as point:
        yield
        point.rollback()


def look(source: Any, outside: list[str]) -> dict[str, Any]:
    return verify.Verifier(source, KEYS, outside).run()


def test_an_untouched_log_is_well(told: Told) -> None:
    world, kept = told
    with as_superuser(world) as (_, source):
        found = look(source, kept)
    assert found["ok"], verify.say(found)
    assert found["size"] > 256


def test_every_class_of_tampering_is_found_every_time(told: Told) -> None:
    world, kept = told
    cases = CASES if world.engine.dialect.name == "sqlite" else 2
    missed: list[str] = []
    with as_superuser(world) as (su, source):
        su.unguard()
        for name, harm in CLASSES.items():
            for case in range(cases):
                with taken_back(su):
                    done = harm(su, random.Random(f"{name} {case}"))
                    found = look(source, kept)
                if not is_found(done, found):
                    missed.append(f"{name} {case}: {done}\n{verify.say(found)}")
    assert not missed, "\n\n".join(missed)


def rewritten_by_a_thief(told: Told, outside: list[str], cases: int) -> int:
    """How many of so many rewrites with the stolen key are found."""
    world, _ = told
    found = 0
    with as_superuser(world) as (su, source):
        su.unguard()
        for case in range(cases):
            with taken_back(su):
                CLASSES["rewrite"](su, random.Random(case))
                su.resign(SIGNER)
                found += not look(source, outside)["ok"]
    return found


def test_a_stolen_key_is_betrayed_by_one_copy_outside(told: Told) -> None:
    world, kept = told
    cases = 100 if world.engine.dialect.name == "sqlite" else 5
    assert rewritten_by_a_thief(told, kept[-1:], cases) == cases


def test_a_stolen_key_without_any_copy_is_not_found(told: Told) -> None:
    """Said openly in docs/ledger.md: who has everything can rewrite everything."""
    assert rewritten_by_a_thief(told, [], 5) == 0
