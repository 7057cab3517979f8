"""The one door: every write is a command, in one transaction, with its trace.

perform() opens the transaction, lets the handler decide and change rows through the Transaction,
then writes the audit entry from the real difference of the rows, the event for others and the
remembered answer, and commits. On any error nothing remains. A statement that writes outside is
refused at run time, in production too.
"""

import hashlib
import json
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    FromClause,
    RowMapping,
    Table,
    bindparam,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from models.tables import AUDIT_ENTRY, AUDIT_WORDS, IDEMPOTENCY, OUTBOX_EVENT
from workflow import canonical
from workflow.finding import found_by
from workflow.law.deadlines import local_day
from workflow.law.errors import NotFound, Reason, Refusal, Refused, Stale
from workflow.law.facts import ActorFacts, MembershipFacts


class WroteOutsideTheDoor(RuntimeError):
    """A statement tried to change something without a command. A fault of ours, never of a user."""


# Names under which the door may stand ajar: work that is no act of a person and leaves no entry.
AJAR = frozenset(
    {
        "migration",
        "session bookkeeping",
        "sweep",
        "outbox bookkeeping",
        "measurement",
        "sealing",
        "tick",
        "typing",
    }
)

_pen: ContextVar[str | None] = ContextVar("pen", default=None)
_inside: ContextVar[bool] = ContextVar("inside", default=False)

_READS = re.compile(
    r"\s*(SELECT|VALUES|WITH|EXPLAIN|SHOW|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.I
)
# PRAGMA name(value) sets like PRAGMA name=value; these only tell.
_PRAGMA = re.compile(
    r"\s*PRAGMA\s+(\w+\.)?((table|index|foreign_key|database|collation|function)_x?(info|list)"
    r"|foreign_key_check|(integrity|quick)_check)\s*(\([^();]*\))?\s*",
    re.I,
)
# Also inside a literal or a comment: telling those from code is where guards are deceived.
_WRITING_WORDS = re.compile(
    r"\b(INSERT|UPDATE|DELETE|MERGE|INTO|CREATE|REFRESH|SETVAL|NEXTVAL|SET_CONFIG|LO_\w+)\b|;", re.I
)
_LOCKS = re.compile(r"\bFOR\s+(NO\s+KEY\s+)?UPDATE\b", re.I)


@lru_cache(maxsize=4096)
def _only_reads(statement: str) -> bool:
    """True when the statement surely changes nothing; unknown words count as writing."""
    bare = statement.rstrip().removesuffix(";")
    if _PRAGMA.fullmatch(bare):
        return True
    # "FOR UPDATE" locks and reads; every other writing word writes.
    return bool(_READS.match(bare)) and not _WRITING_WORDS.search(_LOCKS.sub(" ", bare))


def guard(engine: Engine) -> None:
    """Refuse every statement that is not a read unless the door holds the pen."""

    @event.listens_for(engine, "before_cursor_execute")
    def check(
        conn: Connection, cursor: Any, statement: str, params: Any, context: Any, many: bool
    ) -> None:
        if _pen.get() is None and not _only_reads(statement):
            raise WroteOutsideTheDoor(statement.split("\n", 1)[0][:120])


@contextmanager
def ajar(name: str) -> Iterator[None]:
    """Open the door by name for what is no act of a person; the names are listed in AJAR."""
    if name not in AJAR:
        raise ValueError(f"the door does not know {name!r}")
    token = _pen.set(name)
    try:
        yield
    finally:
        _pen.reset(token)


@dataclass(frozen=True)
class Origin:
    """From where an act came."""

    channel: str = "system"
    network: str | None = None
    session: str | None = None
    request: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a command answers. `data` is plain and small: it is remembered with the form's key."""

    object_kind: str
    object_id: int | None
    data: Mapping[str, Any] = field(default_factory=dict)
    entry_uid: str = ""
    replayed: bool = False


@dataclass
class Entry:
    """An audit entry in the making: the handler says what the act was, the door what it changed."""

    command: str
    event: str
    object_kind: str
    object_id: int | None
    object_label: str
    membership: MembershipFacts | None = None
    capacity: str | None = None
    on_behalf_of: str | None = None
    from_state: str | None = None
    to_state: str | None = None
    version_before: int | None = None
    version_after: int | None = None
    reason: str | None = None
    document: Mapping[str, Any] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    digests: Sequence[str] = ()
    changes: list[dict[str, Any]] = field(default_factory=list)


def shown(table: FromClause, column: str, value: Any) -> Any:
    """A value as the trail shows it: secrets hidden, whole documents by their digest."""
    info = table.c[column].info
    if info.get("secret"):
        return None if value is None else "(bí mật)"
    if info.get("digest") and value is not None:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    return value


@lru_cache(maxsize=512)
def _defaults(table: Table) -> dict[str, Any]:
    """What a new row holds where the handler says nothing."""
    return {
        c.name: c.default.arg for c in table.c if isinstance(c.default, ScalarElementColumnDefault)
    }


@lru_cache(maxsize=512)
def _append_to(table: Table) -> Any:
    # Inline: nobody asks for the id, so the server need not tell it.
    return insert(table).inline()


@lru_cache(maxsize=512)
def _append_together(columns: tuple[tuple[Table, tuple[str, ...]], ...]) -> Any:
    """One row into each of these tables by one statement."""
    *others, last = (
        insert(table).values({c: bindparam(f"{table.name}_{c}") for c in names}).inline()
        for table, names in columns
    )
    return last.add_cte(*(other.cte(f"row_{n}") for n, other in enumerate(others)))


@lru_cache(maxsize=512)
def _insert(table: Table) -> Any:
    return insert(table).returning(table.c.id)


@lru_cache(maxsize=512)
def _insert_many(table: Table) -> Any:
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)


@lru_cache(maxsize=512)
def _update(table: Table, columns: tuple[str, ...], versioned: bool) -> Any:
    statement = update(table).where(table.c.id == bindparam("b_id"))
    if versioned:
        statement = statement.where(table.c.version == bindparam("b_version"))
    return statement.values({c: bindparam(f"v_{c}") for c in columns}).returning(
        *(table.c[c] for c in columns)
    )


class Transaction:
    """The pen. Handlers read with rows() and one(), and write only with insert and update."""

    def __init__(self, conn: Connection, actor: ActorFacts, now: datetime, origin: Origin) -> None:
        # What a row keeps and what its entry says of it must be the same to the last digit.
        self.now: datetime = canonical.kept(now)
        self.conn, self.actor, self.origin = conn, actor, origin
        self.today: date = local_day(now)
        self.entries: list[Entry] = []
        self._loose: list[dict[str, Any]] = []

    def rows(
        self, statement: Executable, params: Mapping[str, Any] | None = None
    ) -> list[RowMapping]:
        """All rows of a read."""
        return list(self.conn.execute(statement, params or {}).mappings())

    def one(
        self, statement: Executable, params: Mapping[str, Any] | None = None
    ) -> RowMapping | None:
        """The row of a read, or None."""
        return self.conn.execute(statement, params or {}).mappings().first()

    def get(self, table: Table, row_id: int) -> RowMapping:
        """A whole row by its id; NotFound when there is none."""
        row = self.one(select(table).where(table.c.id == row_id))
        if row is None:
            raise NotFound(table.name)
        return row

    def note(self, entry: Entry) -> Entry:
        """Say what this act is; changes that follow belong to it."""
        if not self.entries:
            entry.changes.extend(self._loose)
            self._loose.clear()
        self.entries.append(entry)
        return entry

    def _record(self, change: dict[str, Any], entry: Entry | None) -> None:
        target = entry or (self.entries[-1] if self.entries else None)
        (target.changes if target else self._loose).append(change)

    def insert(self, table: Table, *, entry: Entry | None = None, **values: Any) -> int:
        """A new row; returns its id."""
        values = {c: canonical.kept(v) for c, v in values.items()}
        with self._writing():
            row_id: int = self.conn.execute(_insert(table), values).scalar_one()
        self._record(self._inserted(table, row_id, values), entry)
        return row_id

    def insert_many(
        self,
        table: Table,
        rows: Sequence[Mapping[str, Any]],
        entries: Sequence[Entry] | None = None,
    ) -> list[int]:
        """New rows in one statement; `entries[i]` is the act row i belongs to."""
        if not rows:
            return []
        rows = [{c: canonical.kept(v) for c, v in row.items()} for row in rows]
        with self._writing():
            ids = list(self.conn.execute(_insert_many(table), rows).scalars())
        for i, (row_id, values) in enumerate(zip(ids, rows, strict=True)):
            self._record(self._inserted(table, row_id, values), entries[i] if entries else None)
        return ids

    def _inserted(self, table: Table, row_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
        given = _defaults(table) | dict(values)
        after = {c: shown(table, c, v) for c, v in given.items() if v is not None}
        return {"table": table.name, "id": row_id, "after": after}

    def update(
        self, table: Table, before: RowMapping, *, entry: Entry | None = None, **values: Any
    ) -> dict[str, Any]:
        """Change a row that was read as `before`; raises Stale when somebody was faster.

        Tables with a version are compared and set by it. Returns the columns as they now stand.
        """
        versioned = "version" in table.c
        values = {c: canonical.kept(v) for c, v in values.items()}
        if versioned:
            values["version"] = before["version"] + 1
        params = {f"v_{c}": v for c, v in values.items()} | {"b_id": before["id"]}
        if versioned:
            params["b_version"] = before["version"]
        with self._writing():
            statement = _update(table, tuple(values), versioned)
            after = self.conn.execute(statement, params).mappings().first()
        if after is None:
            seen = before["version"] if versioned else None
            raise Stale(table.name, before["id"], seen, None)
        changed = [c for c in values if after[c] != before[c]]
        self._record(
            {
                "table": table.name,
                "id": before["id"],
                "before": {c: shown(table, c, before[c]) for c in changed},
                "after": {c: shown(table, c, after[c]) for c in changed},
            },
            entry,
        )
        return dict(after)

    def delete(self, table: Table, before: RowMapping, *, entry: Entry | None = None) -> None:
        """Take away a link that carries no history of its own; the trail keeps what it was."""
        with self._writing():
            self.conn.execute(delete(table).where(table.c.id == before["id"]))
        row = {c: shown(table, c, v) for c, v in before.items() if c != "id" and v is not None}
        self._record({"table": table.name, "id": before["id"], "before": row}, entry)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        token = _pen.set("command")
        try:
            yield
        finally:
            _pen.reset(token)

    def close(self, key: str | None, digest: str, outcome: Outcome) -> Outcome:
        """Write the trail: entries, events, the remembered answer; the outcome with its entry."""
        if self._loose:
            raise RuntimeError("a command changed something and did not say what it was")
        batch = uuid.uuid4().hex if len(self.entries) > 1 else None
        audit: list[dict[str, Any]] = []
        words: list[dict[str, Any]] = []
        outbox: list[dict[str, Any]] = []
        for entry in self.entries:
            uid = uuid.uuid4().hex
            told = self._body(entry, uid, batch)
            body = canonical.encode(told)
            words.append({"entry_uid": uid, **found_by(told)})
            membership = entry.membership
            audit.append(
                {
                    "uid": uid,
                    "at": self.now,
                    "actor_id": self.actor.person_id,
                    "actor_name": canonical.kept(self.actor.name),
                    "role": membership.role.value if membership else None,
                    "agency_code": membership.agency_code or None if membership else None,
                    "command": entry.command,
                    "object_kind": entry.object_kind,
                    "object_id": entry.object_id,
                    "object_label": canonical.kept(entry.object_label),
                    "from_state": entry.from_state,
                    "to_state": entry.to_state,
                    "reason": canonical.kept(entry.reason),
                    "body": body,
                    "leaf_hash": canonical.leaf_hash(body),
                }
            )
            outbox.append(
                {
                    "at": self.now,
                    "name": entry.event,
                    "entry_uid": uid,
                    "object_kind": entry.object_kind,
                    "object_id": entry.object_id,
                }
            )
        first = audit[0]["uid"] if audit else ""
        rows = [(AUDIT_ENTRY, audit), (AUDIT_WORDS, words), (OUTBOX_EVENT, outbox)] if audit else []
        if key is not None:
            answer = {
                "object_kind": outcome.object_kind,
                "object_id": outcome.object_id,
                "data": outcome.data,
                "entry_uid": first,
            }
            remembered = {
                "key": key,
                "actor_id": self.actor.person_id,
                "digest": digest,
                "outcome": canonical.encode(answer),
                "at": self.now,
            }
            rows.append((IDEMPOTENCY, [remembered]))
        with self._writing():
            self._append(rows)
        return replace(outcome, entry_uid=first)

    def _append(self, rows: Sequence[tuple[Table, list[dict[str, Any]]]]) -> None:
        """Add rows to tables nobody asks for ids; PostgreSQL takes one of each in one trip."""
        if self.conn.dialect.name == "postgresql" and all(len(many) == 1 for _, many in rows):
            values = {f"{t.name}_{c}": v for t, (row,) in rows for c, v in row.items()}
            if rows:
                columns = tuple((t, tuple(row)) for t, (row,) in rows)
                self.conn.execute(_append_together(columns), values)
            return
        for table, many in rows:
            self.conn.execute(_append_to(table), many)

    def _body(self, entry: Entry, uid: str, batch: str | None) -> dict[str, Any]:
        m = entry.membership
        return {
            "schema": canonical.SCHEMA,
            "uid": uid,
            "batch": batch,
            "at": self.now,
            "actor": {
                "id": self.actor.person_id,
                "login": self.actor.login,
                "name": self.actor.name,
                "role": m.role if m else None,
                "agency": m.agency_code or None if m else None,
                "agency_name": m.agency_name or None if m else None,
                "capacity": entry.capacity,
                "on_behalf_of": entry.on_behalf_of,
            },
            "origin": {
                "channel": self.origin.channel,
                "network": self.origin.network,
                "session": self.origin.session,
                "request": self.origin.request,
            },
            "command": entry.command,
            "object": {
                "kind": entry.object_kind,
                "id": entry.object_id,
                "label": entry.object_label,
                "version_before": entry.version_before,
                "version_after": entry.version_after,
            },
            "from": entry.from_state,
            "to": entry.to_state,
            "reason": entry.reason,
            "document": entry.document,
            "details": entry.details,
            "digests": list(entry.digests),
            "changes": entry.changes,
        }


C = TypeVar("C")
Handler = Callable[[Transaction, Any], Outcome]
HANDLERS: dict[type, Handler] = {}
# Carried out even while the door is closed (docs/decisions/0025): they tell of access, or of harm
# to the log, and change no row that is evidence.
WHEN_READ_ONLY: set[type] = set()


def handles(
    command: type[C], *, when_read_only: bool = False
) -> Callable[[Callable[[Transaction, C], Outcome]], Callable[[Transaction, C], Outcome]]:
    """Register the handler of a command; one command, one handler.

    `when_read_only`: it is carried out while the system refuses all others.
    """

    def register(
        handler: Callable[[Transaction, C], Outcome],
    ) -> Callable[[Transaction, C], Outcome]:
        if command in HANDLERS:
            raise RuntimeError(f"{command.__name__} has two handlers")
        HANDLERS[command] = handler
        if when_read_only:
            WHEN_READ_ONLY.add(command)
        return handler

    return register


def _digest(command: Any) -> str:
    """SHA-256 of what was asked, so that a key cannot be used for something else."""

    def flat(value: Any) -> Any:
        if is_dataclass(value) and not isinstance(value, type):
            return {f.name: flat(getattr(value, f.name)) for f in fields(value)}
        if isinstance(value, list | tuple):
            return [flat(one) for one in value]
        return value

    body = canonical.encode({"command": type(command).__name__, "fields": flat(command)})
    return hashlib.sha256(body.encode()).hexdigest()


def _is_duplicate(failure: IntegrityError) -> bool:
    """A unique key was taken; every other broken constraint is a fault of ours."""
    origin = failure.orig
    if isinstance(origin, sqlite3.Error):
        return origin.sqlite_errorname in (
            "SQLITE_CONSTRAINT_UNIQUE",
            "SQLITE_CONSTRAINT_PRIMARYKEY",
        )
    return getattr(origin, "sqlstate", None) == "23505"


def _overtaken(command: Any) -> Stale:
    """Somebody was faster with what this command speaks of, named by its field `…_id`."""
    for name in ("cycle_id", "person_id"):
        if (object_id := getattr(command, name, None)) is not None:
            seen = getattr(command, "seen_version", None)
            return Stale(name.removesuffix("_id"), object_id, seen, None)
    return Stale("row", 0, None, None)


class Door:
    """perform() is the only commit of an act."""

    def __init__(self, engine: Engine, closed: Callable[[], str | None] = lambda: None) -> None:
        """`closed` says why only reading is allowed now, or None."""
        self._engine, self.closed = engine, closed
        self._writer = engine.execution_options(write=True)

    def perform(
        self,
        command: Any,
        actor: ActorFacts,
        now: datetime,
        *,
        key: str | None = None,
        origin: Origin | None = None,
    ) -> Outcome:
        """Carry out one command; its Outcome, or Refused, NotFound or Stale and no trace of it.

        `key` is the form's idempotency key: the same key again gives the same answer and does
        nothing. `now` is an aware instant.
        """
        if _inside.get():
            raise RuntimeError("a command inside a command")
        handler = HANDLERS[type(command)]
        if type(command) not in WHEN_READ_ONLY and (why := self.closed()):
            raise Refused(Refusal(Reason.READ_ONLY, {"missing": why}))
        digest = _digest(command) if key is not None else ""
        token = _inside.set(True)
        try:
            with self._writer.connect() as conn, conn.begin():
                tx = Transaction(conn, actor, now, origin or Origin())
                return tx.close(key, digest, handler(tx, command))
        except (NotFound, Refused, Stale, IntegrityError) as failure:
            if key is not None and (answer := self._remembered(key, actor, digest)):
                return answer
            if isinstance(failure, IntegrityError) and _is_duplicate(failure):
                # Two people made the same new row at once: the slower one sees what is there now.
                raise _overtaken(command) from failure
            raise
        finally:
            _inside.reset(token)

    def _remembered(self, key: str, actor: ActorFacts, digest: str) -> Outcome | None:
        with self._engine.connect() as conn:
            row = conn.execute(
                select(IDEMPOTENCY.c.digest, IDEMPOTENCY.c.outcome).where(
                    IDEMPOTENCY.c.key == key, IDEMPOTENCY.c.actor_id == actor.person_id
                )
            ).first()
        if row is None:
            return None
        if row.digest != digest:
            raise Refused(Refusal(Reason.KEY_REUSED))
        return Outcome(**json.loads(row.outcome), replayed=True)
