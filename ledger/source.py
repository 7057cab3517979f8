"""The living database as the verifier reads it: one snapshot, rows in canonical values."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, exists, null, select, text

from ledger.verify import ALL, COLUMNS, Files, Part, Source
from models.tables import (
    AUDIT_ENTRY,
    LEDGER_CHECKPOINT,
    LEDGER_PLACE,
    LEDGER_TILE,
    metadata,
)
from workflow import canonical

ROWS_AT_ONCE = 2000


class Database(Source):
    """The tables behind one connection."""

    def __init__(self, conn: Connection, files: Path | None = None) -> None:
        self.conn = conn
        self.files = Files(files) if files else None
        self.has_attachments = files is not None

    def _stream(self, statement: Select[Any]) -> Iterator[Any]:
        return iter(self.conn.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE}))

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[tuple[Any, ...]]:
        e, p = AUDIT_ENTRY.c, LEDGER_PLACE.c
        told = [e.body, e.leaf_hash, *(e[name] for name in COLUMNS)]
        placed = (
            select(p.position, *told)
            .select_from(LEDGER_PLACE.outerjoin(AUDIT_ENTRY, e.uid == p.entry_uid))
            .order_by(p.position)
        )
        if start:  # the whole is read with whatever number somebody gave it
            placed = placed.where(p.position >= start)
        if end is not None:
            placed = placed.where(p.position < end)
        fresh = select(null(), *told).where(~exists().where(p.entry_uid == e.uid)).order_by(e.id)
        for statement in (placed, fresh) if end is None else (placed,):
            for row in self._stream(statement):
                at = row[4]
                yield (*row[:4], at and canonical.moment(at), *row[5:])

    def tables(
        self, part: Part | None = None
    ) -> Iterator[tuple[str, list[str], Iterator[tuple[Any, ...]]]]:
        for table in metadata.sorted_tables:
            where = part.in_sql(table.name) if part else ALL
            if where:
                yield table.name, [c.name for c in table.c], self._rows(table, where)

    def _rows(self, table: Table, where: str) -> Iterator[tuple[Any, ...]]:
        for row in self._stream(select(table).where(text(where))):
            yield tuple(plain(v) for v in row)

    def checkpoints(self, since: int = 0) -> Iterator[tuple[int, str, str, str, str]]:
        c = LEDGER_CHECKPOINT.c
        statement = (
            select(c.size, c.origin, c.root, c.at, c.note).where(c.size > since).order_by(c.size)
        )
        for size, origin, root, at, note in self._stream(statement):
            yield size, origin, root, canonical.moment(at), note

    def tiles(self) -> Iterator[tuple[int, int, bytes]]:
        for level, tile, hashes in self._stream(select(LEDGER_TILE)):
            yield level, tile, bytes(hashes)

    def attachment(self, sha256: str) -> Iterator[bytes] | None:
        return self.files.open(sha256) if self.files else None


def plain(value: Any) -> Any:
    """As a body writes it; bytes and numbers with a point are nothing a body can hold."""
    if isinstance(value, dict | list):
        return value
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return repr(value) if isinstance(value, float) else canonical.plain(value)


@contextmanager
def database(engine: Engine, files: Path | None = None) -> Iterator[Database]:
    """The database as it is at this moment, however much is written meanwhile."""
    with engine.connect() as conn:
        if engine.dialect.name == "postgresql":
            conn = conn.execution_options(isolation_level="REPEATABLE READ")
        with conn.begin():
            yield Database(conn, files)
