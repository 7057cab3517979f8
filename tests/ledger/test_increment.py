"""The hourly look at a long log reads only what is new, and believes no position it was told."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from ledger import verify
from ledger.increment import POSITION, Gone, Position, look
from ledger.sealer import LOG
from ledger.service import Ledger
from ledger.source import Database
from models.states import CycleState
from models.tables import LEDGER_CHECK
from tests.ledger.test_sealer import unguard
from tests.make import World
from workflow.commands.cycles import UpdateProgress
from workflow.door import ajar


def act(world: World, log: Ledger, percent: int) -> None:
    world.do(UpdateProgress(world.cycle(), percent, "Đã làm"), world.head())
    log.sealer.seal()


@pytest.fixture
def cycle(world: World, log: Ledger) -> int:
    """A log that has been looked at as a whole, and in which something has happened since."""
    cycle = world.bring(world.cycle(), CycleState.IN_PROGRESS)
    log.sealer.seal()
    assert log.verify_and_tell(world.door)["ok"]
    act(world, log, 20)
    world.do(UpdateProgress(cycle, 30, "Chưa niêm phong"), world.head())
    return cycle


def kinds(world: World) -> list[str]:
    with world.engine.connect() as conn:
        return list(conn.execute(select(LEDGER_CHECK.c.kind).order_by(LEDGER_CHECK.c.id)).scalars())


@pytest.mark.usefixtures("cycle")
def test_only_what_is_new_is_read(
    world: World, log: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Position.kept(log.home)
    assert before is not None
    read: list[Any] = []
    entries = Database.entries

    def counted(self: Database, since: int = 0) -> Any:
        for row in entries(self, since):
            read.append(row[0])
            yield row

    monkeypatch.setattr(Database, "entries", counted)
    found = log.verify_and_tell(world.door, whole=False)

    assert found["ok"], verify.say(found)
    assert (read, found["unsealed"]) == ([before.size, None], 1)
    after = Position.kept(log.home)
    assert after is not None
    assert (after.size, after.read) == (before.size + 1, (log.folder / LOG).stat().st_size)
    # The next hour goes on from there, and an hour in which nothing happened is well.
    log.sealer.seal()
    read.clear()
    assert log.verify_and_tell(world.door, whole=False)["ok"]
    assert read == [after.size]
    assert log.verify_and_tell(world.door, whole=False)["ok"]
    assert kinds(world) == ["whole", *["increment"] * 3]


def newest(column: str, value: str) -> str:
    where = "SELECT entry_uid FROM ledger_place WHERE position = (SELECT max(position) FROM "
    return f"UPDATE audit_entry SET {column} = {value} WHERE uid = ({where}ledger_place))"


HARMS = (
    ("numbering", "UPDATE ledger_place SET position = position + 1 WHERE position = {last}"),
    ("leaf_hash", newest("leaf_hash", "'00'")),
    ("canonical", newest("body", "body || ' '")),
    ("columns", newest("actor_name", "'Người khác'")),
    ("state", "UPDATE cycle SET percent = 99 WHERE id = {cycle}"),
    ("state", "DELETE FROM progress_update WHERE cycle_id = {cycle}"),
    ("checkpoints", "UPDATE ledger_checkpoint SET note = replace(note, 'time 2', 'time 1')"),
    ("checkpoints", "DELETE FROM ledger_checkpoint WHERE size > {last}"),
    # Before the position, but under the edge that is hashed again: that takes the whole.
    ("whole", "UPDATE audit_entry SET body = body || ' ' WHERE id = 2"),
)


def test_what_was_done_to_the_new_part_is_found(world: World, log: Ledger, cycle: int) -> None:
    position = Position.kept(log.home)
    assert position is not None
    key, missed = verify.Key(log.key_lines()[0]), []
    for check, statement in HARMS:
        with (
            ajar("measurement"),
            world.engine.execution_options(write=True).connect() as conn,
            conn.begin() as undone,
        ):
            unguard(conn)
            conn.execute(text(statement.format(last=position.size, cycle=cycle)))
            try:
                found, ended = look(Database(conn), log.folder, position, key)
                bad = [c["name"] for c in found["checks"] if not c["ok"]]
            except Gone:
                bad, ended = ["whole"], position
            undone.rollback()
        if check not in bad or ended != position:  # nothing bad is left behind as looked at
            missed.append((check, statement, bad))

    assert not missed


Harm = Callable[[Ledger], object]


def moved_on(log: Ledger) -> None:
    position = log.home / POSITION
    told = json.loads(position.read_text("utf-8"))
    position.write_text(json.dumps(told | {"size": told["size"] + 1}), "utf-8")


def rewritten(log: Ledger) -> None:
    heads = log.folder / LOG
    heads.write_text(heads.read_text("utf-8").replace("time 2", "time 1"), "utf-8", newline="")


@pytest.mark.usefixtures("cycle")
def test_a_position_that_does_not_hold_leads_to_the_whole(log: Ledger) -> None:
    there = {path: path.read_bytes() for path in (log.home / POSITION, log.folder / LOG)}
    harms: tuple[Harm, ...] = (
        lambda log: (log.home / POSITION).unlink(),
        lambda log: (log.home / POSITION).write_text("{}", "utf-8"),
        lambda log: (log.folder / LOG).unlink(),
        moved_on,
        rewritten,
    )
    for harm in harms:
        harm(log)
        assert log.verify_new() is None
        for path, content in there.items():
            path.write_bytes(content)

    assert log.verify_new() is not None


@pytest.mark.usefixtures("cycle")
def test_looking_writes_nothing_where_only_the_sealer_may(world: World, log: Ledger) -> None:
    there = {path: path.stat().st_mtime_ns for path in (log.folder, *log.folder.rglob("*"))}

    for whole in (True, False):
        assert log.verify_and_tell(world.door, whole=whole)["ok"]

    assert {path: path.stat().st_mtime_ns for path in (log.folder, *log.folder.rglob("*"))} == there


def test_a_new_key_takes_the_whole(world: World, log: Ledger) -> None:
    world.bring(world.cycle(), CycleState.IN_PROGRESS)
    log.sealer.seal()
    assert log.verify_and_tell(world.door)["ok"]
    log.rotate(world.door, "Thay khóa định kỳ")

    assert log.verify_and_tell(world.door, whole=False)["ok"]
    act(world, log, 40)
    assert log.verify_and_tell(world.door, whole=False)["ok"]
    assert kinds(world) == ["whole", "whole", "increment"]
