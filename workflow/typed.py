"""Words that are being typed, kept every few seconds so that a closed window loses none.

They are nobody's but their writer's and no act: saving the draft is the act, with its entry. Kept
as entries they would fill the log with half sentences.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from models.states import ReportStatus
from models.tables import REPORT, TYPED_WORDS
from workflow.door import ajar


@dataclass(frozen=True)
class Typed:
    """What somebody typed and has not saved, the draft he began from (0: none), and when."""

    fields: Mapping[str, str]
    seen_draft: int
    at: datetime


def draft_version(conn: Connection, cycle_id: int) -> int:
    """The version of the open draft; 0 when there is none."""
    found = select(REPORT.c.version).where(
        REPORT.c.cycle_id == cycle_id, REPORT.c.status == ReportStatus.DRAFT.value
    )
    return conn.execute(found).scalar() or 0


def keep(engine: Engine, person_id: int, cycle_id: int, typed: Typed) -> bool:
    """Keep what is typed; False when the draft was saved meanwhile, by him or by somebody else.

    Who keeps last is right only as long as all of it began from the same draft.
    """
    writer = engine.execution_options(write=True)
    with ajar("typing"), writer.connect() as conn, conn.begin():
        if draft_version(conn, cycle_id) != typed.seen_draft:
            return False
        dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
        values = {
            "fields": json.dumps(dict(typed.fields), ensure_ascii=False),
            "seen_draft": typed.seen_draft,
            "at": typed.at,
        }
        conn.execute(
            dialect.insert(TYPED_WORDS)
            .values(person_id=person_id, cycle_id=cycle_id, **values)
            .on_conflict_do_update(index_elements=["person_id", "cycle_id"], set_=values)
        )
        return True


def kept(conn: Connection, person_id: int, cycle_id: int) -> Typed | None:
    """What this person typed for this cycle and did not save."""
    row = conn.execute(
        select(TYPED_WORDS).where(
            TYPED_WORDS.c.person_id == person_id, TYPED_WORDS.c.cycle_id == cycle_id
        )
    ).first()
    return None if row is None else Typed(json.loads(row.fields), row.seen_draft, row.at)


def forget(engine: Engine, person_id: int, cycle_id: int) -> None:
    """It is saved now, or not wanted any more."""
    with ajar("typing"), engine.execution_options(write=True).begin() as conn:
        conn.execute(
            delete(TYPED_WORDS).where(
                TYPED_WORDS.c.person_id == person_id, TYPED_WORDS.c.cycle_id == cycle_id
            )
        )
