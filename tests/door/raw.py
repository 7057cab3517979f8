"""The database without its door: what a fault, or somebody with a client, could send."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, func, select

from models.database import install_manners
from models.tables import metadata


@contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """A connection of its own, with the manners of the house and no guard; rolled back."""
    other = create_engine(engine.url)
    install_manners(other)
    try:
        with other.execution_options(write=True).connect() as conn, conn.begin() as all_of_it:
            yield conn
            all_of_it.rollback()
    finally:
        other.dispose()


def counts(engine: Engine) -> dict[str, int]:
    """How many rows every table has."""
    with engine.connect() as conn:
        return {
            t.name: conn.execute(select(func.count()).select_from(t)).scalar_one()
            for t in metadata.sorted_tables
        }


def contents(engine: Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    with engine.connect() as conn:
        return {
            t.name: sorted(map(repr, conn.execute(select(t)).all())) for t in metadata.sorted_tables
        }
