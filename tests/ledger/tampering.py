"""What somebody with every right in the database could do to the log, in fourteen classes.

A class is a function that does its harm and says what ought to be found: the first bad entry, and
whether it must be named exactly or only between two signed heads.
"""

import base64
import hashlib
import json
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from ledger import tree
from ledger.checkpoint import Signer, head, parse, sign
from workflow import canonical

LOG = ("audit_entry", "ledger_place", "ledger_tile", "ledger_checkpoint")
# The order of columns the verifiers read an entry in, with where its body tells them.
TOLD: dict[str, Callable[[dict[str, Any]], Any]] = {
    "uid": lambda b: b["uid"],
    "at": lambda b: b["at"],
    "actor_id": lambda b: b["actor"]["id"],
    "actor_name": lambda b: b["actor"]["name"],
    "role": lambda b: b["actor"]["role"],
    "agency_code": lambda b: b["actor"]["agency"],
    "command": lambda b: b["command"],
    "object_kind": lambda b: b["object"]["kind"],
    "object_id": lambda b: b["object"]["id"],
    "object_label": lambda b: b["object"]["label"],
    "from_state": lambda b: b["from"],
    "to_state": lambda b: b["to"],
    "reason": lambda b: b["reason"],
}


class Superuser:
    """Raw SQL with nothing in the way; what it does is taken back at the end of a case."""

    def __init__(self, db: sqlite3.Connection | Connection) -> None:
        self.db = db

    @property
    def is_sqlite(self) -> bool:
        return isinstance(self.db, sqlite3.Connection)

    def run(self, statement: str, **values: Any) -> None:
        if isinstance(self.db, sqlite3.Connection):
            self.db.execute(statement, values)
        else:
            self.db.execute(text(statement), values)

    def all(self, statement: str, **values: Any) -> list[Any]:
        if isinstance(self.db, sqlite3.Connection):
            return self.db.execute(statement, values).fetchall()
        return list(self.db.execute(text(statement), values).all())

    def one(self, statement: str, **values: Any) -> Any:
        (row,) = self.all(statement, **values)
        return row[0]

    def unguard(self) -> None:
        if self.is_sqlite:
            for (name,) in self.all("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                self.run(f"DROP TRIGGER {name}")
            return
        named = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        for (table,) in self.all(named):
            self.run(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')

    # --- the log

    @property
    def size(self) -> int:
        return int(self.one("SELECT count(*) FROM ledger_place"))

    def uid(self, position: int) -> str:
        return str(self.one("SELECT entry_uid FROM ledger_place WHERE position = :p", p=position))

    def body(self, position: int) -> dict[str, Any]:
        where = "SELECT body FROM audit_entry WHERE uid = :u"
        found: dict[str, Any] = json.loads(self.one(where, u=self.uid(position)))
        return found

    def write(self, position: int, body: dict[str, Any]) -> None:
        """Another body with everything that hangs on it: leaf hash and search columns."""
        encoded = canonical.encode(body)
        told = {c: read(body) for c, read in TOLD.items() if c != "uid"}
        told["at"] = self.moment(told["at"])
        sets = ", ".join(f"{c} = :{c}" for c in told)
        self.run(
            f"UPDATE audit_entry SET body = :body, leaf_hash = :leaf, {sets} WHERE uid = :u",
            body=encoded,
            leaf=canonical.leaf_hash(encoded),
            u=self.uid(position),
            **told,
        )

    def moment(self, value: str) -> str:
        return value.replace("T", " ").replace("Z", "000") if self.is_sqlite else value

    def retile(self) -> None:
        """Work the kept tiles out again, as somebody would who knows how."""
        rows = self.all(
            "SELECT a.body FROM ledger_place p JOIN audit_entry a ON a.uid = p.entry_uid "
            "ORDER BY p.position"
        )
        leaves = [tree.leaf_hash(body.encode()) for (body,) in rows]
        self.run("DELETE FROM ledger_tile")
        for index in range(len(leaves) // 256):
            tile = b"".join(leaves[index * 256 : index * 256 + 256])
            self.run("INSERT INTO ledger_tile VALUES (0, :i, :h)", i=index, h=tile)

    def resign(self, signer: Signer) -> None:
        """Sign every head again over what the log now is: for whoever has the key as well."""
        rows = self.all(
            "SELECT a.body FROM ledger_place p JOIN audit_entry a ON a.uid = p.entry_uid "
            "ORDER BY p.position"
        )
        nodes = tree.nodes_of([tree.leaf_hash(body.encode()) for (body,) in rows])
        for size, note in self.all("SELECT size, note FROM ledger_checkpoint ORDER BY size"):
            if size > len(rows):
                self.run("DELETE FROM ledger_checkpoint WHERE size = :s", s=size)
                continue
            from datetime import datetime

            told = parse(note)[0]
            fresh = head(told.origin, size, tree.root(nodes, size), datetime.fromisoformat(told.at))
            self.run(
                "UPDATE ledger_checkpoint SET root = :r, note = :n WHERE size = :s",
                r=fresh.root.hex(),
                n=sign(fresh, signer),
                s=size,
            )

    def renumber(self) -> None:
        """Close the gaps, in two steps so that no number is taken twice on the way."""
        order = [uid for (uid,) in self.all("SELECT entry_uid FROM ledger_place ORDER BY position")]
        self.run("UPDATE ledger_place SET position = position + 1000000")
        for position, uid in enumerate(order):
            self.run(
                "UPDATE ledger_place SET position = :p WHERE entry_uid = :u", p=position, u=uid
            )

    def signed_before(self, position: int) -> int:
        """The largest signed size that does not cover this place."""
        where = "SELECT coalesce(max(size), 0) FROM ledger_checkpoint WHERE size <= :p"
        return int(self.one(where, p=position))


@dataclass(frozen=True)
class Harm:
    """What ought to be found: the first bad entry, at the earliest and at the latest.

    Entries without a place are named by their uid.
    """

    earliest: Any
    latest: Any


Tampering = Callable[[Superuser, random.Random], Harm]


def exactly(where: Any) -> Harm:
    return Harm(where, where)


def body_bit(su: Superuser, dice: random.Random) -> Harm:
    position = dice.randrange(su.size)
    uid = su.uid(position)
    body = str(su.one("SELECT body FROM audit_entry WHERE uid = :u", u=uid))
    at = dice.randrange(len(body))
    other = chr(ord(body[at]) ^ (1 << dice.randrange(5)))
    changed = body[:at] + (other if other.isprintable() else "~") + body[at + 1 :]
    if changed == body:
        changed = body + " "
    su.run("UPDATE audit_entry SET body = :b WHERE uid = :u", b=changed, u=uid)
    return exactly(position)


def leaf_bit(su: Superuser, dice: random.Random) -> Harm:
    position = dice.randrange(su.size)
    uid = su.uid(position)
    leaf = bytearray.fromhex(su.one("SELECT leaf_hash FROM audit_entry WHERE uid = :u", u=uid))
    leaf[dice.randrange(32)] ^= 1 << dice.randrange(8)
    su.run("UPDATE audit_entry SET leaf_hash = :h WHERE uid = :u", h=leaf.hex(), u=uid)
    return exactly(position)


def any_column(su: Superuser, dice: random.Random) -> Harm:
    position, column = dice.randrange(su.size), dice.choice(list(TOLD))
    uid = su.uid(position)
    old = su.one(f"SELECT {column} FROM audit_entry WHERE uid = :u", u=uid)
    if column in ("actor_id", "object_id"):
        new: Any = (old or 0) + 1
    elif column == "at":
        new = su.moment(f"2025-0{dice.randrange(1, 9)}-11T08:00:00.000Z")
    else:
        new = (old or "")[: 20 if column == "uid" else 100] + dice.choice("xyz")
    su.run(f"UPDATE audit_entry SET {column} = :v WHERE uid = :u", v=new, u=uid)
    return exactly(position)


def delete_entry(su: Superuser, dice: random.Random) -> Harm:
    position = dice.randrange(su.size)
    uid = su.uid(position)
    if dice.random() < 0.5:
        su.run("DELETE FROM ledger_place WHERE entry_uid = :u", u=uid)
    su.run("DELETE FROM audit_entry WHERE uid = :u", u=uid)
    if position == su.size:
        return Harm(position, position)
    return exactly(position)


def delete_and_renumber(su: Superuser, dice: random.Random) -> Harm:
    return take_out(su, dice.randrange(su.size))


def take_out(su: Superuser, position: int) -> Harm:
    """One entry is gone, and those after it have moved up."""
    uid = su.uid(position)
    earliest = su.signed_before(position)
    su.run("DELETE FROM ledger_place WHERE entry_uid = :u", u=uid)
    su.run("DELETE FROM audit_entry WHERE uid = :u", u=uid)
    su.renumber()
    return Harm(earliest, position)


def swap(su: Superuser, dice: random.Random) -> Harm:
    a, b = sorted(dice.sample(range(su.size), 2))
    first, second = su.uid(a), su.uid(b)
    earliest = su.signed_before(a)
    for uid, position in ((first, 1_000_000), (second, a), (first, b)):
        su.run("UPDATE ledger_place SET position = :p WHERE entry_uid = :u", p=position, u=uid)
    return Harm(earliest, a)


def _truncate(su: Superuser, dice: random.Random) -> int:
    keep = dice.randrange(max(1, su.size - 60), su.size)
    gone = [u for (u,) in su.all("SELECT entry_uid FROM ledger_place WHERE position >= :k", k=keep)]
    su.run("DELETE FROM ledger_place WHERE position >= :k", k=keep)
    for uid in gone:
        su.run("DELETE FROM audit_entry WHERE uid = :u", u=uid)
    return keep


def truncate(su: Superuser, dice: random.Random) -> Harm:
    keep = _truncate(su, dice)
    return Harm(su.signed_before(keep), keep)


def truncate_and_drop_heads(su: Superuser, dice: random.Random) -> Harm:
    keep = _truncate(su, dice)
    su.run("DELETE FROM ledger_checkpoint WHERE size > :k", k=keep)
    # The place stays signed until the last head that is left; rows beyond it are found as well.
    return Harm(su.signed_before(keep), keep)


def forged_insert(su: Superuser, dice: random.Random) -> Harm:
    size = su.size
    position = dice.choice((size, dice.randrange(size)))
    earliest = su.signed_before(position)
    body = su.body(dice.randrange(size))
    body |= {"uid": dice.randbytes(16).hex(), "reason": "Theo chỉ đạo", "changes": []}
    encoded = canonical.encode(body)
    told = {c: read(body) for c, read in TOLD.items()} | {"at": su.moment(body["at"])}
    names = ", ".join(told)
    su.run(
        f"INSERT INTO audit_entry (id, body, leaf_hash, {names}) VALUES "
        f"(900000, :body, :leaf, {', '.join(':' + c for c in told)})",
        body=encoded,
        leaf=canonical.leaf_hash(encoded),
        **told,
    )
    su.run("UPDATE ledger_place SET position = position + 1000000 WHERE position >= :p", p=position)
    su.run("UPDATE ledger_place SET position = position - 999999 WHERE position >= 1000000")
    su.run("INSERT INTO ledger_place VALUES (:p, :u)", p=position, u=body["uid"])
    return Harm(earliest, position)


def head_edit(su: Superuser, dice: random.Random) -> Harm:
    size = dice.choice([s for (s,) in su.all("SELECT size FROM ledger_checkpoint")])
    note = str(su.one("SELECT note FROM ledger_checkpoint WHERE size = :s", s=size))
    what = dice.randrange(4)
    if what == 0:
        at = dice.randrange(len(note))
        edited = note[:at] + chr(ord(note[at]) ^ 1) + note[at + 1 :]
        su.run("UPDATE ledger_checkpoint SET note = :n WHERE size = :s", n=edited, s=size)
    elif what == 1:
        root = hashlib.sha256(note.encode()).hexdigest()
        su.run("UPDATE ledger_checkpoint SET root = :r WHERE size = :s", r=root, s=size)
    elif what == 2:
        su.run("UPDATE ledger_checkpoint SET size = :n WHERE size = :s", n=size + 700, s=size)
    else:
        forged = base64.b64encode(dice.randbytes(32)).decode()
        lines = note.split("\n")
        edited = "\n".join([*lines[:2], forged, *lines[3:]])
        root = base64.b64decode(forged).hex()
        su.run(
            "UPDATE ledger_checkpoint SET note = :n, root = :r WHERE size = :s",
            n=edited,
            r=root,
            s=size,
        )
    return Harm(None, size)


def _cycle_writer(su: Superuser, cycle: int) -> Any:
    """The place of the last entry that wrote this cycle; its uid where it has no place yet."""
    rows = su.all(
        "SELECT p.position, a.uid, a.body FROM audit_entry a LEFT JOIN ledger_place p "
        "ON p.entry_uid = a.uid ORDER BY a.id"
    )
    return [
        uid if position is None else position
        for position, uid, body in rows
        for change in json.loads(body)["changes"]
        if (change["table"], change["id"]) == ("cycle", cycle)
    ][-1]


def state_edit(su: Superuser, dice: random.Random) -> Harm:
    cycle, old = dice.choice(su.all("SELECT id, state FROM cycle ORDER BY id"))
    states = {"assigned", "in_progress", "reported", "verified", "completed"} - {old}
    new = dice.choice(sorted(states))
    su.run("UPDATE cycle SET state = :s WHERE id = :i", s=new, i=cycle)
    return exactly(_cycle_writer(su, cycle))


def version_edit(su: Superuser, dice: random.Random) -> Harm:
    (cycle,) = dice.choice(su.all("SELECT id FROM cycle ORDER BY id"))
    by = dice.choice((1, 2, -1))
    su.run("UPDATE cycle SET version = version + :n WHERE id = :i", n=by, i=cycle)
    return exactly(_cycle_writer(su, cycle))


def _rewrite(su: Superuser, dice: random.Random) -> int:
    position = dice.randrange(su.size)
    body = su.body(position)
    body["origin"] = {**body["origin"], "network": "10.0.0.1"}
    body["actor"] = {**body["actor"], "name": "Người khác"}
    su.write(position, body)
    su.retile()
    return position


def rewrite(su: Superuser, dice: random.Random) -> Harm:
    position = _rewrite(su, dice)
    return Harm(su.signed_before(position), position)


def rewrite_and_drop_heads(su: Superuser, dice: random.Random) -> Harm:
    position = _rewrite(su, dice)
    su.run("DELETE FROM ledger_checkpoint WHERE size > :p", p=position)
    return Harm(su.signed_before(position), position)


CLASSES: dict[str, Tampering] = {
    f.__name__: f
    for f in (
        body_bit,
        leaf_bit,
        any_column,
        delete_entry,
        delete_and_renumber,
        swap,
        truncate,
        truncate_and_drop_heads,
        forged_insert,
        head_edit,
        state_edit,
        version_edit,
        rewrite,
        rewrite_and_drop_heads,
    )
}


def first_bad(result: dict[str, Any]) -> Any:
    """The smallest entry any check names; those without a place come last."""
    named = [c["first_bad"] for c in result["checks"] if c["first_bad"] is not None]
    return min(named, key=lambda n: (isinstance(n, str), n), default=None)


def is_found(harm: Harm, result: dict[str, Any]) -> bool:
    """It was noticed, and the entry named is the right one."""
    if result["ok"]:
        return False
    first = first_bad(result)
    if isinstance(first, str) or isinstance(harm.latest, str):
        return bool(first == harm.latest)
    if harm.earliest is None:
        return first is not None and first <= harm.latest
    return first is not None and harm.earliest <= first <= harm.latest
