"""Which refusals and downloads become entries, and how often (docs/decisions/0021).

The same by the same person once a day, and only so many a day: or whoever may sign in could fill
the log by asking for what is not his, over and over.
"""

import hashlib
import logging
import re
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from workflow import words
from workflow.commands.records import (
    A_DAY,
    DOWNLOAD,
    REFUSE,
    RecordDownload,
    RecordRefusal,
    kept_today,
)
from workflow.door import Door, Origin
from workflow.law.deadlines import local_day
from workflow.law.errors import NotFound, Reason, Refused, WorkflowError
from workflow.law.facts import ActorFacts

log = logging.getLogger("dondoc.records")

# Refused for who he is; where a thing stands and what was typed are nobody's trespass.
OF_THE_PERSON = frozenset(
    {
        Reason.NOT_YOUR_ROLE,
        Reason.NOT_YOUR_AGENCY,
        Reason.OWN_WORK,
        Reason.OWN_TASK,
        Reason.OWN_REPORT,
        Reason.OWN_PROPOSAL,
        Reason.OWN_REQUEST,
        Reason.OWN_ENTRY,
        Reason.OWN_NOMINEE,
        Reason.OWN_NOMINATION,
        Reason.JUDGED_BY_OFFICE,
        Reason.JUDGED_BY_CHAIRMAN,
        Reason.JUDGED_BY_STANDING_AGENCY,
        Reason.LEVEL_TOO_HIGH,
    }
)
UNSEEN = "Không có, hoặc không thuộc phạm vi được xem."
Record = RecordRefusal | RecordDownload


def refusal(command: Any, no: WorkflowError) -> RecordRefusal | None:
    """What is to be kept of this refused command; None when it says nothing of the person."""
    if isinstance(no, Refused):
        reasons = [r.reason for r in no.refusals]
        if not OF_THE_PERSON & set(reasons):
            return None
        said = " ".join(words.sentences(no))
    elif isinstance(no, NotFound):
        reasons, said = [], UNSEEN
    else:
        return None
    name = next((f.name for f in fields(command) if f.name.endswith("_id")), None)
    object_id = getattr(command, name) if name else None
    return RecordRefusal(
        asked=no.asked or re.sub(r"(?<!^)(?=[A-Z])", "_", type(command).__name__).lower(),
        about=name.removesuffix("_id") if name and object_id is not None else "—",
        object_id=object_id,
        reasons=tuple(sorted(reason.value for reason in reasons)) or ("not_found",),
        said=said,
    )


def keep(
    engine: Engine, door: Door, record: Record, actor: ActorFacts, now: datetime, origin: Origin
) -> None:
    """Leave this entry, unless it stands there today or the day has had enough of its kind.

    Never raises for want of a database: what was asked is answered all the same.
    """
    name = REFUSE if isinstance(record, RecordRefusal) else DOWNLOAD
    what = hashlib.sha256(repr(record).encode()).hexdigest()[:32]
    try:
        with engine.connect() as conn:
            if kept_today(conn, actor, name, now) >= A_DAY[name]:
                return
        key = f"{name} {local_day(now)} {what}"
        door.perform(record, actor, now, key=key, origin=origin)
    except (WorkflowError, DBAPIError) as problem:
        log.warning("%s was not recorded: %s", name, problem)
