"""The log as the database keeps it: places, leaves, tiles, checkpoints; reading only."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from ledger.tiles import Store
from ledger.tree import leaf_hash
from models.tables import (
    AUDIT_ENTRY,
    LEDGER_CHECK,
    LEDGER_CHECKPOINT,
    LEDGER_PLACE,
    LEDGER_TILE,
)


def placed(conn: Connection) -> int:
    """How many entries have a place."""
    last = conn.execute(select(func.max(LEDGER_PLACE.c.position))).scalar()
    return 0 if last is None else last + 1


def last_note(conn: Connection) -> str | None:
    """The newest signed head in the database."""
    newest = select(LEDGER_CHECKPOINT.c.note).order_by(LEDGER_CHECKPOINT.c.size.desc()).limit(1)
    found: str | None = conn.execute(newest).scalar()
    return found


def last_size(conn: Connection) -> int:
    """How many entries the newest signed head in the database covers."""
    return conn.execute(select(func.max(LEDGER_CHECKPOINT.c.size))).scalar() or 0


def note_at(conn: Connection, size: int) -> str | None:
    """The signed head of exactly this size."""
    where = LEDGER_CHECKPOINT.c.size == size
    found: str | None = conn.execute(select(LEDGER_CHECKPOINT.c.note).where(where)).scalar()
    return found


def position_of(conn: Connection, entry_uid: str) -> int | None:
    """The place of an entry; None while it has none."""
    where = LEDGER_PLACE.c.entry_uid == entry_uid
    found: int | None = conn.execute(select(LEDGER_PLACE.c.position).where(where)).scalar()
    return found


def body_at(conn: Connection, position: int) -> str | None:
    """The body of the entry at this place."""
    found: str | None = conn.execute(
        select(AUDIT_ENTRY.c.body)
        .join(LEDGER_PLACE, LEDGER_PLACE.c.entry_uid == AUDIT_ENTRY.c.uid)
        .where(LEDGER_PLACE.c.position == position)
    ).scalar()
    return found


def _standing() -> ColumnElement[bool]:
    """What was found bad and has not been found mended by a look at the whole since."""
    check = LEDGER_CHECK.alias()
    mended = select(func.coalesce(func.max(check.c.id), 0)).where(
        check.c.kind == "whole", check.c.is_ok
    )
    return LEDGER_CHECK.c.is_ok.is_(False) & (LEDGER_CHECK.c.id > mended.scalar_subquery())


def last_check(conn: Connection) -> RowMapping | None:
    """What the system last found about itself; None before the first look.

    A bad finding stands until a look at the whole is good: what is new may be well beside it.
    """
    newest = select(LEDGER_CHECK).order_by(LEDGER_CHECK.c.id.desc()).limit(1)
    bad = conn.execute(newest.where(_standing())).mappings().first()
    return bad or conn.execute(newest).mappings().first()


def bad_since(conn: Connection) -> int | None:
    """The first look that found what is still bad, by its id; None while all is well."""
    first = select(func.min(LEDGER_CHECK.c.id)).where(_standing())
    found: int | None = conn.execute(first).scalar()
    return found


def tree_store(conn: Connection, size: int) -> Store:
    """The tree of the first `size` entries. Leaves are hashed from the bodies, not believed."""

    def leaves(start: int, count: int) -> Sequence[bytes]:
        rows = conn.execute(
            select(AUDIT_ENTRY.c.body)
            .join(LEDGER_PLACE, LEDGER_PLACE.c.entry_uid == AUDIT_ENTRY.c.uid)
            .where(LEDGER_PLACE.c.position >= start, LEDGER_PLACE.c.position < start + count)
            .order_by(LEDGER_PLACE.c.position)
        )
        return [leaf_hash(body.encode()) for (body,) in rows]

    def stored(level: int, index: int) -> bytes:
        found = conn.execute(
            select(LEDGER_TILE.c.hashes).where(
                LEDGER_TILE.c.level == level, LEDGER_TILE.c.tile == index
            )
        ).scalar()
        return bytes(found or b"")

    return Store(stored, leaves, size)
