"""How far sealing is behind, and what holds it up: for pages, for machines and for the bell.

What no head covers yet can be rewritten by whoever owns the database. That is ten seconds' worth
while the sealer works, and everything since while it does not: so somebody must hear of it.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, exists, select

from ledger import keys
from models.tables import AUDIT_ENTRY, LEDGER_PLACE

OBSTACLE = "obstacle"  # written by the sealer, read by web and scheduler
# Ninety turns of the sealer: no load explains that.
LONGEST = timedelta(minutes=15)
# Ids are taken a little before the commit: so far behind the last sealed one an entry may turn up.
LATE_IDS = 1000


@dataclass(frozen=True)
class Obstacle:
    """Why the sealer signs nothing, as it says itself, and since when."""

    code: str
    why: str
    since: datetime


@dataclass(frozen=True)
class Lag:
    """The moment of the oldest entry without a seal, and what holds the sealer up."""

    oldest: datetime | None
    obstacle: Obstacle | None

    @property
    def since(self) -> datetime | None:
        """From when on sealing stands still."""
        moments = [self.oldest, self.obstacle.since if self.obstacle else None]
        return min((m for m in moments if m is not None), default=None)

    def is_long(self, now: datetime) -> bool:
        """Longer than any load explains: people must hear of it."""
        return self.since is not None and now - self.since > LONGEST


def of(conn: Connection, folder: Path) -> Lag:
    """As things stand now."""
    return Lag(_oldest(conn), obstacle(folder))


def _oldest(conn: Connection) -> datetime | None:
    last = (
        select(AUDIT_ENTRY.c.id)
        .join(LEDGER_PLACE, LEDGER_PLACE.c.entry_uid == AUDIT_ENTRY.c.uid)
        .order_by(LEDGER_PLACE.c.position.desc())
        .limit(1)
    )
    sealed = conn.execute(last).scalar() or 0
    waiting = (
        select(AUDIT_ENTRY.c.at)
        .where(
            AUDIT_ENTRY.c.id > sealed - LATE_IDS,
            ~exists().where(LEDGER_PLACE.c.entry_uid == AUDIT_ENTRY.c.uid),
        )
        .order_by(AUDIT_ENTRY.c.id)
        .limit(1)
    )
    found: datetime | None = conn.execute(waiting).scalar()
    return found


def obstacle(folder: Path) -> Obstacle | None:
    """What the sealer of this folder last said; None when nothing holds it up."""
    try:
        told = json.loads((folder / OBSTACLE).read_text("utf-8"))
        return Obstacle(told["code"], told["why"], datetime.fromisoformat(told["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_obstacle(folder: Path, code: str, why: str, now: datetime) -> None:
    """Say what holds the sealer up; the same again keeps the moment it began."""
    before = obstacle(folder)
    if before is None or (before.code, before.why) != (code, why):
        told = asdict(Obstacle(code, why, now)) | {"since": now.isoformat()}
        keys.write_whole(folder / OBSTACLE, json.dumps(told, ensure_ascii=False))


def forget_obstacle(folder: Path) -> None:
    """It seals again."""
    (folder / OBSTACLE).unlink(missing_ok=True)
