"""Runs migrations with guards: nothing is lost, no trigger stays behind, half a step is undone.

SQLite: foreign keys off while tables are rebuilt (with them on, a rebuild deletes child rows) and
checked afterwards; every upgrade ends with install_guards, because a rebuild drops triggers.
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine, event, inspect, text

from models.base import Moment
from models.database import install_guards
from models.tables import metadata
from workflow import door

config = context.config


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """A migration never imports application code: our Moment is written as what it is."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run() -> None:
    """Upgrade or compare on the connection given in attributes, or on sqlalchemy.url."""
    engine = create_engine(config.get_main_option("sqlalchemy.url") or "sqlite://")
    sqlite = engine.dialect.name == "sqlite"
    if sqlite:

        @event.listens_for(engine, "connect")
        def connected(dbapi: object, record: object) -> None:
            dbapi.isolation_level = None  # type: ignore[attr-defined]
            dbapi.execute("PRAGMA busy_timeout=15000")  # type: ignore[attr-defined]
            dbapi.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]
            dbapi.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]

        @event.listens_for(engine, "begin")
        def begun(conn: object) -> None:
            conn.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    try:
        with door.ajar("migration"), engine.connect() as conn, conn.begin():
            if not sqlite:
                # Two starts at once: the second waits and then finds nothing to do.
                conn.execute(text("SELECT pg_advisory_xact_lock(2940)"))
            context.configure(
                connection=conn,
                target_metadata=metadata,
                render_as_batch=True,
                compare_type=True,
                render_item=render_item,
            )
            context.run_migrations()
            if inspect(conn).has_table("audit_entry"):
                install_guards(conn)
            if sqlite and (broken := conn.execute(text("PRAGMA foreign_key_check")).all()):
                raise RuntimeError(f"rows point nowhere after the migration: {broken[:5]}")
    finally:
        engine.dispose()


run()
