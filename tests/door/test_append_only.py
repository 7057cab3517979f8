"""An audit entry once written is neither changed nor removed, whoever asks and however."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.database import APPEND_ONLY, missing_guards
from models.states import CycleState
from tests.door.raw import unguarded
from tests.make import World

ANY = "SELECT min(id) FROM audit_entry"
COLUMNS = "id, uid, at, actor_name, command, object_kind, object_label, body, leaf_hash"
VALUES = "'x', at, 'x', 'x', 'x', 'x', '{}', 'x'"

EVERYWHERE = [
    "UPDATE audit_entry SET reason = 'forged'",
    "UPDATE audit_entry SET body = body",
    f"DELETE FROM audit_entry WHERE id = ({ANY})",
    "DELETE FROM audit_entry",
    f"INSERT INTO audit_entry ({COLUMNS}) SELECT id + 100000, uid, {VALUES.split(', ', 1)[1]} "
    f"FROM audit_entry WHERE id = ({ANY}) ON CONFLICT (uid) DO UPDATE SET body = 'forged'",
]
SQLITE = [
    f"REPLACE INTO audit_entry ({COLUMNS}) SELECT id, {VALUES} FROM audit_entry LIMIT 1",
    f"INSERT OR REPLACE INTO audit_entry ({COLUMNS}) SELECT id + 100000, uid, "
    f"{VALUES.split(', ', 1)[1]} FROM audit_entry LIMIT 1",
    "UPDATE OR REPLACE audit_entry SET uid = 'x'",
    f"INSERT INTO audit_entry ({COLUMNS}) SELECT id, {VALUES} FROM audit_entry WHERE true LIMIT 1 "
    "ON CONFLICT (id) DO UPDATE SET body = 'forged'",
]
POSTGRESQL = ["TRUNCATE audit_entry CASCADE"]


def statements(engine_name: str) -> list[str]:
    return EVERYWHERE + (SQLITE if engine_name == "sqlite" else POSTGRESQL)


@pytest.fixture
def lines(world: World, engine_name: str) -> list[str]:
    return statements(engine_name)


def test_the_database_refuses_to_change_an_entry(world: World, lines: list[str]) -> None:
    for line in lines:
        with unguarded(world.engine) as conn, pytest.raises(IntegrityError, match="append-only"):
            conn.execute(text(line))


def test_a_replica_is_refused_too(world: World, lines: list[str], engine_name: str) -> None:
    if engine_name == "sqlite":
        return
    for line in lines:
        with unguarded(world.engine) as conn:
            conn.execute(text("SET session_replication_role = replica"))
            with pytest.raises(IntegrityError, match="append-only"):
                conn.execute(text(line))


def test_without_the_triggers_every_one_of_these_would_pass(
    world: World, lines: list[str], engine_name: str
) -> None:
    for line in lines:
        with unguarded(world.engine) as conn:
            if engine_name == "sqlite":
                for verb in ("update", "delete", "insert"):
                    conn.execute(text(f"DROP TRIGGER guard_audit_entry_{verb}"))
            else:
                for table in APPEND_ONLY:  # CASCADE empties what points at it, too
                    conn.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            assert missing_guards(conn)
            assert conn.execute(text(line)).rowcount != 0, line


def test_all_guards_stand_and_name_every_append_only_table(world: World) -> None:
    with world.engine.connect() as conn:
        assert missing_guards(conn) == []
    assert "audit_entry" in APPEND_ONLY


def test_a_new_entry_may_still_be_written(world: World) -> None:
    world.bring(world.cycle(), CycleState.REPORTED)

    assert world.row(world.cycle())["state"] == CycleState.REPORTED
