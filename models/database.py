"""The two databases and their manners: how each connects, begins and guards its rows."""

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event, text

from models.base import Base

# autonaming off: tables name themselves, and models stay usable without Flask.
db = SQLAlchemy(model_class=Base, disable_autonaming=True)

# Tables nobody may change or empty, not even the owner of the application, with what makes a row
# the same row: INSERT OR REPLACE would take its place.
APPEND_ONLY = {
    "audit_entry": "id = NEW.id OR uid = NEW.uid",
    "ledger_place": "position = NEW.position OR entry_uid = NEW.entry_uid",
    "ledger_tile": "level = NEW.level AND tile = NEW.tile",
    "ledger_checkpoint": "size = NEW.size",
}


def install_manners(engine: Engine) -> None:
    """SQLite: WAL, FULL sync, foreign keys, BEGIN IMMEDIATE for writers. PostgreSQL: nothing.

    The driver's own BEGIN loses updates without an error; FULL is what makes an acknowledged
    change survive a power cut in WAL mode.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connected(dbapi: Any, record: Any) -> None:
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        for pragma in ("journal_mode=WAL", "busy_timeout=15000", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        # A new database that belongs to nobody yet may be filled without waiting for the disk.
        relaxed = record.info.get("relaxed") or engine.get_execution_options().get("relaxed")
        cursor.execute("PRAGMA synchronous=" + ("OFF" if relaxed else "FULL"))
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(conn: Connection) -> None:
        write = conn.get_execution_options().get("write")
        conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN DEFERRED")


def install_guards(conn: Connection) -> None:
    """Triggers that refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE; safe to run again.

    Called after every migration, because SQLite's batch rebuild silently drops triggers.
    PostgreSQL: ENABLE ALWAYS, or session_replication_role=replica would walk past them.
    """
    for table, same_row in APPEND_ONLY.items():
        if conn.dialect.name == "sqlite":
            # INSERT OR REPLACE deletes the old row without firing a delete trigger.
            there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same_row})"  # noqa: S608 (our own words)
            for verb, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", there)):
                name = f"guard_{table}_{verb.lower()}"
                conn.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
                conn.execute(
                    text(
                        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} {when} "
                        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                    )
                )
            continue
        conn.execute(
            text(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN "
                "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
                "USING ERRCODE = 'integrity_constraint_violation'; END $$ LANGUAGE plpgsql"
            )
        )
        for name, when in (
            (f"guard_{table}_change", "BEFORE UPDATE OR DELETE"),
            (f"guard_{table}_truncate", "BEFORE TRUNCATE"),
        ):
            each = "STATEMENT" if "TRUNCATE" in when else "ROW"
            conn.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {table}"))
            conn.execute(
                text(
                    f"CREATE TRIGGER {name} {when} ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
                )
            )
            conn.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"))


def missing_guards(conn: Connection) -> list[str]:
    """Names of triggers that ought to stand and do not; asked by /readyz."""
    if conn.dialect.name == "sqlite":
        wanted = {f"guard_{t}_{v}" for t in APPEND_ONLY for v in ("update", "delete", "insert")}
        found = conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        wanted = {f"guard_{t}_{v}" for t in APPEND_ONLY for v in ("change", "truncate")}
        found = conn.execute(text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'"))
    return sorted(wanted - {name for (name,) in found})
