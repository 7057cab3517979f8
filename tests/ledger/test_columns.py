"""Every column of every table is evidence and its change is found, or it says why not.

A row with something in every column is made for each table by reflection, so that a new column or
a new table that the trail does not cover fails here.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, LargeBinary, Table

from ledger import tree, verify
from ledger.checkpoint import head, sign
from models.tables import metadata
from tests.ledger.conftest import SIGNER
from tests.ledger.scene import remembering
from tests.ledger.tampering import TOLD
from workflow import canonical
from workflow.door import shown

AT = datetime(2026, 3, 2, 5, tzinfo=UTC)
ENTRIES = 256  # a whole tile
# What is not evidence though it stands in a table of evidence.
NOT_EVIDENCE = {
    ("audit_entry", "id"): "the order of arrival; the place in the log is ledger_place",
    ("person", "password_hash"): "hidden from the trail; only its change is an entry",
    ("calendar_feed", "token_hash"): "hidden from the trail; only its change is an entry",
    ("inspection_note", "text"): "an inspector's own words, hidden from the trail",
}


def value_of(table: Table, column: str, other: bool = False) -> Any:
    """Something this column can hold; `other` is something else."""
    if (table.name, column) == ("cycle", "state"):
        return "verified" if other else "assigned"
    kind = table.c[column].type
    if isinstance(kind, Boolean):
        return other
    if (table.name, column) in {("audit_entry", "id"), ("ledger_place", "position")} and other:
        return ENTRIES + 1  # where nothing stands yet
    if isinstance(kind, Integer):
        return 8 if other else 7
    if isinstance(kind, JSON):
        return {"a": [1, "hai", None, 2 if other else 1]}
    if isinstance(kind, LargeBinary):
        return b"\1" if other else b"\0"
    if "Moment" in repr(kind) or isinstance(kind, DateTime):
        return AT.replace(minute=int(other))
    if isinstance(kind, Date):
        return date(2026, 3, 2 + other)
    return f"{column} {'khác' if other else 'đầu'}"


def stored(value: Any) -> Any:
    """As SQLite keeps it."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        import json

        return json.dumps(value)
    return value


def evidential() -> list[Table]:
    return [t for t in metadata.sorted_tables if t.name not in verify.NOT_EVIDENCE]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A log whose first entry made a full row in every table of evidence; its tile is whole."""
    from sqlalchemy import create_engine

    file = tmp_path_factory.mktemp("columns") / "log.sqlite3"
    engine = create_engine(f"sqlite:///{file}")
    metadata.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        changes = []
        for table in evidential():
            row = {c.name: value_of(table, c.name) for c in table.c if c.name != "id"}
            after = {c: canonical.plain(shown(table, c, v)) for c, v in row.items()}
            changes.append({"table": table.name, "id": 7, "after": after})
            insert(db, table.name, {"id": 7} | {c: stored(v) for c, v in row.items()})
        body = {
            "schema": 1,
            "uid": "a" * 32,
            "batch": None,
            "at": AT,
            "actor": dict.fromkeys(
                ("id", "login", "name", "role", "agency", "agency_name", "capacity", "on_behalf_of")
            ),
            "origin": {"channel": "cli"} | dict.fromkeys(("network", "session", "request")),
            "command": "assign",
            "object": {"kind": "cycle", "id": 7, "label": "Mọi thứ"}
            | dict.fromkeys(("version_before", "version_after")),
            "from": None,
            "to": "assigned",
            "reason": "để thử",
            "document": None,
            "details": {},
            "digests": [],
            "changes": changes,
        }
        body["actor"] |= {"id": 1, "name": "Người thử", "role": "head", "agency": "so-thu"}
        signed_in = {
            "command": "sign_in",
            "object": body["object"] | {"kind": "person"},
            "to": None,
            "changes": [],
        }
        leaves = []
        for n in range(ENTRIES):
            entry = body if n == 0 else {**body, **signed_in, "uid": f"{n:032x}"}
            encoded, plain = canonical.encode(entry), canonical.plain(entry)
            told = {c: read(plain) for c, read in TOLD.items()} | {"at": stored(AT)}
            leaf = canonical.leaf_hash(encoded)
            insert(db, "audit_entry", {"id": n + 1, "body": encoded, "leaf_hash": leaf} | told)
            insert(db, "ledger_place", {"position": n, "entry_uid": entry["uid"]})
            leaves.append(tree.leaf_hash(encoded.encode()))
        insert(db, "ledger_tile", {"level": 0, "tile": 0, "hashes": b"".join(leaves)})
        root = tree.root(tree.nodes_of(leaves), ENTRIES)
        checkpoint = head(f"{SIGNER.name}/1", ENTRIES, root, AT)
        insert(
            db,
            "ledger_checkpoint",
            {
                "size": ENTRIES,
                "origin": checkpoint.origin,
                "root": checkpoint.root.hex(),
                "at": stored(AT),
                "note": sign(checkpoint, SIGNER),
            },
        )
        with remembering():
            yield db


def insert(db: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def look(db: sqlite3.Connection) -> dict[str, Any]:
    return verify.Verifier(verify.SqliteFile(db), [verify.Key(str(SIGNER.public))]).run()


OF_THE_LOG = ("audit_entry", "ledger_place", "ledger_tile", "ledger_checkpoint")


def columns() -> list[tuple[str, str]]:
    tables = [*evidential(), *(metadata.tables[name] for name in OF_THE_LOG)]
    return [(t.name, c.name) for t in tables for c in t.c]


def change(db: sqlite3.Connection, table: str, value: str, *given: Any) -> dict[str, Any]:
    """What is found when one row of a table says something else; it is taken back."""
    first = f"WHERE rowid = (SELECT min(rowid) FROM {table})"
    db.execute("BEGIN")
    db.execute(f"UPDATE {table} SET {value} {first}", given)
    found = look(db)
    db.execute("ROLLBACK")
    return found


def test_the_log_with_everything_is_well(log: sqlite3.Connection) -> None:
    found = look(log)
    assert found["ok"], verify.say(found)


@pytest.mark.parametrize(("table", "column"), columns())
def test_a_change_in_any_column_is_found(log: sqlite3.Connection, table: str, column: str) -> None:
    other = stored(value_of(metadata.tables[table], column, other=True))
    found = change(log, table, f"{column} = ?", other)

    assert found["ok"] == ((table, column) in NOT_EVIDENCE), verify.say(found)


def emptied() -> list[tuple[str, str]]:
    """Columns that may be empty and are not: nobody came from a state before the first."""
    return [
        (t, c)
        for t, c in columns()
        if metadata.tables[t].c[c].nullable and (t, c) != ("audit_entry", "from_state")
    ]


@pytest.mark.parametrize(("table", "column"), emptied())
def test_a_column_that_is_emptied_is_found(
    log: sqlite3.Connection, table: str, column: str
) -> None:
    assert not change(log, table, f"{column} = NULL")["ok"]


def moments() -> list[tuple[str, str]]:
    return [(t, c) for t, c in columns() if isinstance(value_of(metadata.tables[t], c), datetime)]


@pytest.mark.parametrize(("table", "column"), moments())
def test_a_moment_that_is_no_text_any_more_is_found(
    log: sqlite3.Connection, table: str, column: str
) -> None:
    """The database tells moments as the bodies write them: only where they are text."""
    assert not change(log, table, f"{column} = CAST({column} AS BLOB)")["ok"]


@pytest.mark.parametrize("table", [t.name for t in evidential()])
def test_a_row_more_or_less_is_found(log: sqlite3.Connection, table: str) -> None:
    names = [c.name for c in metadata.tables[table].c if c.name != "id"]
    for statement in (
        f"DELETE FROM {table}",
        f"INSERT OR IGNORE INTO {table} (id, {', '.join(names)}) SELECT 8, "
        + ", ".join(n if is_free(table, n) else f"{n} || '2'" for n in names)
        + f" FROM {table}",
    ):
        log.execute("BEGIN")
        log.execute(statement)
        found = look(log)
        log.execute("ROLLBACK")

        assert not found["ok"], statement


def is_free(table: str, column: str) -> bool:
    """The column may hold the same value twice."""
    from sqlalchemy import UniqueConstraint

    found = metadata.tables[table]
    unique = [set(c.columns.keys()) for c in found.constraints if isinstance(c, UniqueConstraint)]
    unique += [set(i.columns.keys()) for i in found.indexes if i.unique]
    return not any(column in names for names in unique)


def test_every_table_of_the_log_is_looked_at() -> None:
    """A table for the log that is added later is mutated too, or says why it is no evidence."""
    about_itself = {name for name in verify.NOT_EVIDENCE if "checked" in verify.NOT_EVIDENCE[name]}

    assert about_itself == set(OF_THE_LOG)


def test_what_is_no_evidence_exists_and_says_why() -> None:
    for table, column in NOT_EVIDENCE:
        assert column in metadata.tables[table].c
    for table, why in verify.NOT_EVIDENCE.items():
        assert table == "alembic_version" or table in metadata.tables
        assert why


def test_the_law_in_the_verifier_is_the_law() -> None:
    """verify.py imports nothing, so it repeats the table of passages: here they are held equal."""
    from workflow.law.transitions import PASSAGES

    for passage in PASSAGES:
        sources, target = verify.MOVES[passage.command.value]
        told = tuple(s.value for s in passage.sources) or (None,)
        assert sources == told
        assert target == (passage.target.value if passage.target else None)
