"""Two processes may together say only what one says alone: that all is well, or nothing."""

import gc
import os
import random
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from ledger import bundle, verify
from ledger.source import Database, database
from tests.ledger.conftest import SIGNER
from tests.ledger.scene import Told, as_superuser, taken_back
from tests.ledger.tampering import CLASSES, Superuser
from tests.ledger.test_tampering import few

KEY = str(SIGNER.public)


def in_a_thread(target: Any, args: tuple[Any, ...], daemon: bool) -> threading.Thread:
    """Begun like a process: with its own end of the pipe, whatever becomes of the first one."""
    *what, pipe = args
    own = Connection(os.dup(pipe.fileno()))
    return threading.Thread(target=target, args=(*what, own), daemon=daemon)


def together(path: Path, told: Told, start: int) -> dict[str, Any] | None:
    """What two say of a log of which the second one reads from `start` on; here in two threads."""
    verifier = verify.Verifier(verify.open_source(path, told.files), [verify.Key(KEY)], told.kept)
    return verify.in_two_halves(path, told.files, verifier, start, in_a_thread)


def alone(path: Path, told: Told) -> dict[str, Any]:
    source = verify.open_source(path, told.files)
    return verify.Verifier(source, [verify.Key(KEY)], told.kept).run()


def laid_down(told: Told, folder: Path, harm: Callable[[Superuser], object] | None = None) -> Path:
    """What lies in a file when this has been done to the log: an SQLite database, or an export."""
    if told.world.engine.dialect.name == "sqlite":
        path = folder / "log.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            with closing(sqlite3.connect(told.world.engine.url.database or "")) as kept:
                kept.backup(db)
            if harm:
                su = Superuser(db)
                su.unguard()
                harm(su)
        return path
    path = folder / "goi.zip"
    with as_superuser(told) as (su, source), taken_back(su), path.open("wb") as file:
        if harm:
            harm(su)
        assert isinstance(source, Database)
        bundle.write(file, source, [KEY], {}, with_files=True)
    return path


def test_wherever_the_second_half_begins_two_say_what_one_says(told: Told, tmp_path: Path) -> None:
    path = laid_down(told, tmp_path)
    one = alone(path, told)
    assert one["ok"], verify.say(one)
    for start in [*range(1, one["size"], few(told, 37, 150)), one["size"]]:
        assert together(path, told, start) == one


@pytest.mark.parametrize("name", CLASSES)
def test_two_never_call_well_what_was_tampered_with(told: Told, tmp_path: Path, name: str) -> None:
    for case in range(few(told, 4, 1)):
        dice = random.Random(f"halves {name} {case}")
        start = dice.randrange(1, 290)
        path = laid_down(told, tmp_path, lambda su, dice=dice: CLASSES[name](su, dice))
        assert not alone(path, told)["ok"]
        assert together(path, told, start) is None


def test_what_only_the_program_decides_is_decided_alone(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second process that dies, or a damaged log, leads to the one look that names the entry."""
    monkeypatch.setattr(verify, "WORTH_TWO", 1)
    monkeypatch.setattr(verify.os, "cpu_count", lambda: 2)
    path = tmp_path / "goi.zip"
    with database(told.world.engine, told.files) as source, path.open("wb") as file:
        bundle.write(file, source, [KEY], {}, with_files=True)
    keys = [verify.Key(KEY)]
    one = alone(path, told)
    assert verify.look(path, told.files, keys, told.kept) == one

    monkeypatch.setattr(verify, "look_beside", lambda *_: None)
    assert verify.look(path, told.files, keys, told.kept) == one
    assert gc.isenabled(), "whoever looks goes on living"


# --- rows that are changed in both halves -----------------------------------------------------

Change = tuple[int, dict[str, Any]]
COLUMNS = ("a", "b", "c")


def a_life(dice: random.Random, steps: int) -> list[Change]:
    """Rows that are made, changed, taken away and made again, each change with its entry."""
    rows: dict[int, dict[str, Any]] = {}
    told: list[Change] = []
    for where in range(steps):
        row_id = dice.randrange(1, 6)
        what: dict[str, Any] = {"table": "t", "id": row_id}
        fresh = {c: dice.randrange(3) for c in dice.sample(COLUMNS, dice.randrange(1, 4))}
        row = rows.get(row_id)
        if row is None:
            rows[row_id] = dict(fresh)
            told.append((where, what | {"after": fresh}))
        elif dice.random() < 0.3:
            before = {c: row[c] for c in dice.sample(sorted(row), dice.randrange(len(row) + 1))}
            del rows[row_id]
            told.append((where, what | {"before": before, "after": None}))
        else:
            told.append((where, what | {"before": {c: row.get(c) for c in fresh}, "after": fresh}))
            row |= fresh
    return told


def folded(told: list[Change], fold: verify.Fold) -> verify.Fold:
    for where, change in told:
        fold.apply(change, where)
    return fold


def in_two(told: list[Change], start: int) -> tuple[verify.Fold, verify.Fold]:
    """Both parts, and the second one's changes to the first one's rows given back."""
    first = folded(told[:start], verify.Fold())
    second = folded(told[start:], verify.Fold(is_whole=False))
    first.take_back(dict(second.born), second.give_back())
    return first, second


def rows_of(fold: verify.Fold) -> dict[Any, Any]:
    """Every row as it is told; a column nobody wrote is the same as an empty one."""
    rows = fold.rows.get("t", {})
    return {
        row_id: (row[0], {c: v for c, v in fold.written("t", row_id).items() if v is not None})
        for row_id, row in rows.items()
    }


@pytest.mark.parametrize("seed", range(40))
def test_two_folds_make_the_rows_of_one(seed: int) -> None:
    dice = random.Random(seed)
    told = a_life(dice, 30)
    whole = rows_of(folded(told, verify.Fold()))
    for start in range(1, len(told)):
        first, second = in_two(told, start)
        assert rows_of(first) | rows_of(second) == whole

        # What the first one hands over is the second one's, and nobody has it twice.
        rows = first.hand_over({"t": 3})
        folded(rows, second)
        assert all(row_id < 3 for row_id in rows_of(first))
        assert rows_of(first) | rows_of(second) == whole


@pytest.mark.parametrize("seed", range(40))
def test_two_folds_doubt_what_one_doubts(seed: int) -> None:
    """One change does not fit what was before: whichever half it is in, and whichever it is."""
    dice = random.Random(1000 + seed)
    told = a_life(dice, 30)
    at = dice.randrange(1, len(told))
    where, change = told[at]
    if "before" in change and change["after"] and seed % 2:  # made though it is there
        change = {part: told_of for part, told_of in change.items() if part != "before"}
    elif change.get("before"):
        column = dice.choice(sorted(change["before"]))
        change = change | {"before": change["before"] | {column: 99}}
    elif "before" not in change:
        change = change | {"before": {}} if change["after"] else change
    told[at] = (where, change)
    try:
        folded(told, verify.Fold())
    except verify.Bad:
        for start in range(1, len(told)):
            with pytest.raises(verify.Bad):
                in_two(told, start)
