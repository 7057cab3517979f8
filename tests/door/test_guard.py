"""A statement that writes outside the door is refused at run time, however it is dressed."""

import threading
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, insert, text, update
from sqlalchemy.orm import Session

from models.agency import Agency
from models.database import install_manners
from models.tables import AGENCY, CYCLE
from tests.door.raw import contents
from tests.make import World
from workflow.door import AJAR, WroteOutsideTheDoor, _only_reads, ajar, guard

READS = [
    "SELECT 1",
    "  select a from b where c = 'x'",
    "SELECT a FROM b FOR UPDATE",
    "SELECT a FROM b FOR NO KEY UPDATE SKIP LOCKED",
    "WITH found AS (SELECT 1 AS n) SELECT n FROM found",
    "SELECT progress_update.id, cycle_insert_at FROM progress_update",
    "VALUES (1)",
    "EXPLAIN SELECT 1",
    "EXPLAIN QUERY PLAN SELECT 1",
    "SHOW server_version",
    "BEGIN IMMEDIATE",
    "BEGIN DEFERRED",
    "SAVEPOINT one",
    "RELEASE SAVEPOINT one",
    "ROLLBACK TO SAVEPOINT one",
    'PRAGMA main.table_xinfo("cycle")',
    "PRAGMA table_info(cycle)",
    "PRAGMA foreign_key_list('cycle')",
    "PRAGMA index_list(cycle);",
    "PRAGMA foreign_key_check",
    "PRAGMA integrity_check",
    "SELECT 1;",
]
WRITES = [
    "INSERT INTO cycle DEFAULT VALUES",
    "insert into cycle default values",
    "\n\t UPDATE cycle SET state = 'completed'",
    "DELETE FROM cycle",
    "MERGE INTO cycle USING x ON true WHEN MATCHED THEN DELETE",
    "REPLACE INTO cycle VALUES (1)",
    "TRUNCATE cycle",
    "DROP TABLE cycle",
    "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    "CREATE TABLE mine (id int)",
    "COPY cycle FROM '/tmp/x'",
    "VACUUM",
    "ATTACH DATABASE 'x' AS y",
    "SET session_replication_role = replica",
    "LOCK TABLE cycle",
    "GRANT ALL ON cycle TO public",
    "DO $$ BEGIN DELETE FROM cycle; END $$",
    "CALL change_everything()",
    "WITH gone AS (DELETE FROM cycle RETURNING id) SELECT id FROM gone",
    "WITH changed AS (SELECT 1) UPDATE cycle SET state = 'completed'",
    "SELECT * INTO mine FROM cycle",
    "SELECT 1; DELETE FROM cycle",
    "SELECT 1; SELECT 2",
    "SELECT E'\\''; DELETE FROM cycle; SELECT '1'",
    "SELECT $$'$$; DELETE FROM cycle; SELECT $$'$$",
    "SELECT 1 /* /* */ ' */ ; DELETE FROM cycle; /* ' */",
    "/* SELECT */ DELETE FROM cycle",
    "-- SELECT\nDELETE FROM cycle",
    "EXPLAIN ANALYZE DELETE FROM cycle",
    "EXPLAIN ANALYZE CREATE TABLE mine AS SELECT 1",
    "EXPLAIN ANALYZE REFRESH MATERIALIZED VIEW mine",
    "SELECT setval('cycle_id_seq', 1)",
    "SELECT nextval('cycle_id_seq')",
    "SELECT set_config('session_replication_role', 'replica', false)",
    "SELECT lo_unlink(1)",
    "PRAGMA foreign_keys = OFF",
    "PRAGMA foreign_keys(0)",
    "PRAGMA journal_mode(DELETE)",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA writable_schema(1)",
    "PRAGMA user_version(7)",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    "PRAGMA optimize",
    "PRAGMA integrity_check; DELETE FROM cycle",
    "",
    "anything unknown",
]


@pytest.mark.parametrize("statement", READS)
def test_reading_is_free(statement: str) -> None:
    assert _only_reads(statement)


@pytest.mark.parametrize("statement", WRITES)
def test_whatever_may_write_counts_as_writing(statement: str) -> None:
    assert not _only_reads(statement)


def flush(engine: Engine) -> None:
    with Session(engine) as session:
        session.get_one(Agency, 1).name = "đổi"
        session.commit()


def orm_add(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Agency(code="x", name="x", short="x", kind="x", source="x", position=1))
        session.flush()


def bulk(engine: Engine) -> None:
    with Session(engine) as session:
        session.execute(update(Agency).values(name="đổi"))


def core(statement: Any) -> Any:
    def run(engine: Engine) -> None:
        with engine.begin() as conn:
            conn.execute(statement)

    return run


def many(engine: Engine) -> None:
    with engine.begin() as conn:
        conn.execute(text("DELETE FROM cycle_party WHERE id = :id"), [{"id": 1}, {"id": 2}])


def driver_sql(engine: Engine) -> None:
    with engine.begin() as conn:
        conn.exec_driver_sql("DELETE FROM cycle_party")


OUTSIDE = {
    "ORM flush": flush,
    "ORM add": orm_add,
    "ORM bulk update": bulk,
    "Core update": core(update(CYCLE).values(state="completed")),
    "Core delete": core(delete(AGENCY)),
    "Core insert": core(insert(AGENCY).values(code="x")),
    "text": core(text("DELETE FROM cycle_party")),
    "text with CTE": core(text("WITH x AS (SELECT 1) DELETE FROM cycle_party")),
    "executemany": many,
    "driver": driver_sql,
}


@pytest.mark.parametrize("way", OUTSIDE)
def test_every_way_of_sqlalchemy_is_refused_and_changes_nothing(world: World, way: str) -> None:
    before = contents(world.engine)

    with pytest.raises(WroteOutsideTheDoor):
        OUTSIDE[way](world.engine)

    assert contents(world.engine) == before


def test_without_the_guard_the_same_statement_passes(world: World) -> None:
    free = create_engine(world.engine.url)
    install_manners(free)
    bulk(free)  # rolled back with its session
    guard(free)
    with pytest.raises(WroteOutsideTheDoor):
        bulk(free)
    free.dispose()


def test_the_pen_of_one_thread_is_not_the_pen_of_another(world: World) -> None:
    seen: list[BaseException] = []

    def other() -> None:
        try:
            driver_sql(world.engine)
        except WroteOutsideTheDoor as refused:
            seen.append(refused)

    with ajar("measurement"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    assert len(seen) == 1


def test_the_door_stands_ajar_only_by_a_known_name(world: World) -> None:
    with pytest.raises(ValueError, match="does not know"), ajar("because I say so"):
        pass
    for name in AJAR:
        with ajar(name), world.engine.execution_options(write=True).connect() as conn:
            conn.execute(text("UPDATE cycle SET percent = percent"))
            conn.rollback()
    with pytest.raises(WroteOutsideTheDoor):
        driver_sql(world.engine)
