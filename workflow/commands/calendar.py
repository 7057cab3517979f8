"""The calendar of working days, and outages that move the deadlines they fell on."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from models.states import DayKind, Disposition, Role
from models.tables import AGENCY, CALENDAR_DAY, CYCLE, OUTAGE, TASK
from workflow import spans
from workflow.commands.cycles import keep_document
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.calendar import outage_days
from workflow.law.deadlines import OPEN_STATES
from workflow.law.errors import Reason, Refusal, Refused, Stale
from workflow.law.facts import DocumentFacts, MembershipFacts
from workflow.workdays import calendar_of, seed_days

KEEPERS = (Role.ADMIN, Role.OFFICE)


def may_keep_calendar(tx: Transaction) -> MembershipFacts:
    """The administrator and VP UBND keep the calendar."""
    for role in KEEPERS:
        if held := tx.actor.holds(role):
            return held
    raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": " ".join(KEEPERS)}))


@dataclass(frozen=True)
class SeedCalendar:
    """The days the product ships, once: into a calendar that has none."""


@handles(SeedCalendar)
def seed_calendar(tx: Transaction, c: SeedCalendar) -> Outcome:
    system = tx.actor.holds(Role.SYSTEM)
    if not system:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.SYSTEM.value}))
    there = tx.one(select(func.count().label("n")).select_from(CALENDAR_DAY))
    if there and there["n"]:
        return Outcome("calendar", None, {"days": 0})
    days = [asdict(d) | {"kind": d.kind.value, "changed_at": tx.now} for d in seed_days()]
    tx.note(
        Entry(
            command="seed_calendar",
            event="calendar_seeded",
            object_kind="calendar",
            object_id=None,
            object_label=f"{days[0]['day']:%Y} – {days[-1]['day']:%Y}",
            membership=system,
            details={"days": len(days)},
        )
    )
    tx.insert_many(CALENDAR_DAY, days)
    return Outcome("calendar", None, {"days": len(days)})


@dataclass(frozen=True)
class SetCalendarDay:
    """Say what a day is, by which document; kind None: an ordinary day again.

    Only what is still to come changes by it: reminders of open deadlines. What was told stays.
    """

    day: date
    kind: DayKind | None
    name: str
    source: str
    is_confirmed: bool = True
    seen_version: int | None = None


@handles(SetCalendarDay)
def set_calendar_day(tx: Transaction, c: SetCalendarDay) -> Outcome:
    membership = may_keep_calendar(tx)
    missing = [f for f in ("name", "source") if not getattr(c, f).strip()]
    if missing:
        raise Refused(*(Refusal(Reason.MISSING, {"field": f}) for f in missing))
    if c.kind is DayKind.MADE_UP and c.day.weekday() < 5:
        raise Refused(Refusal(Reason.ORDINARY_WORKING_DAY))
    row = tx.one(select(CALENDAR_DAY).where(CALENDAR_DAY.c.day == c.day))
    if c.seen_version is not None and c.seen_version != (row["version"] if row else 0):
        raise Stale("calendar_day", row["id"] if row else 0, c.seen_version, None)
    tx.note(
        Entry(
            command="set_calendar_day",
            event="calendar_changed",
            object_kind="calendar",
            object_id=row["id"] if row else None,
            object_label=f"{c.day:%d/%m/%Y}",
            membership=membership,
            reason=c.source.strip(),
            details={"day": c.day, "kind": c.kind, "is_confirmed": c.is_confirmed},
        )
    )
    values: dict[str, Any] = {
        "name": c.name.strip(),
        "source": c.source.strip(),
        "is_confirmed": c.is_confirmed,
        "changed_at": tx.now,
    }
    if row:
        # An ordinary day keeps the kind it had, so that one can see what was taken back.
        kind = c.kind.value if c.kind else row["kind"]
        revoked = None if c.kind else tx.now
        tx.update(CALENDAR_DAY, row, kind=kind, revoked_at=revoked, **values)
        return Outcome("calendar", row["id"])
    if c.kind is None:
        raise Refused(Refusal(Reason.MISSING, {"field": "kind"}))
    return Outcome("calendar", tx.insert(CALENDAR_DAY, day=c.day, kind=c.kind.value, **values))


@dataclass(frozen=True)
class RecordOutage:
    """The system was down: open deadlines on those days move to the next working day's end."""

    starts_at: datetime
    ends_at: datetime
    reason: str
    document: DocumentFacts


@handles(RecordOutage)
def record_outage(tx: Transaction, c: RecordOutage) -> Outcome:
    membership = may_keep_calendar(tx)
    if not c.reason.strip():
        raise Refused(Refusal(Reason.MISSING, {"field": "reason"}))
    if not (c.document.number.strip() and c.document.symbol.strip()):
        raise Refused(Refusal(Reason.MISSING, {"field": "notation"}))
    if c.ends_at <= c.starts_at:
        raise Refused(Refusal(Reason.ENDS_BEFORE_IT_BEGINS))
    if c.ends_at > tx.now:
        raise Refused(Refusal(Reason.OUTAGE_NOT_OVER))
    calendar = calendar_of(tx.conn)
    first, last = outage_days(c.starts_at, c.ends_at)
    moved_to = calendar.next_working_day(last)
    entry = tx.note(
        Entry(
            command="record_outage",
            event="outage_recorded",
            object_kind="outage",
            object_id=None,
            object_label=f"{first:%d/%m/%Y} – {last:%d/%m/%Y}",
            membership=membership,
            reason=c.reason.strip(),
            document=asdict(c.document),
            details={"moved_to": moved_to},
        )
    )
    document_id = keep_document(tx, c.document)
    entry.object_id = outage_id = tx.insert(
        OUTAGE,
        starts_at=c.starts_at,
        ends_at=c.ends_at,
        reason=c.reason.strip(),
        document_id=document_id,
        moved_to=moved_to,
        recorded_by_id=tx.actor.person_id,
        recorded_at=tx.now,
        entry=entry,
    )
    moved = _move_deadlines(tx, c, first, last, membership)
    return Outcome("outage", outage_id, {"moved": moved, "moved_to": moved_to.isoformat()})


def _move_deadlines(
    tx: Transaction, c: RecordOutage, first: date, last: date, membership: MembershipFacts
) -> int:
    calendar = calendar_of(tx.conn)
    fell = tx.rows(
        select(CYCLE, TASK.c.code.label("task_code"), AGENCY.c.short.label("agency_short"))
        .join(TASK, TASK.c.id == CYCLE.c.task_id)
        .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .where(
            CYCLE.c.state.in_([s.value for s in OPEN_STATES]),
            CYCLE.c.disposition == Disposition.ACTIVE.value,
            CYCLE.c.effective_due_on.between(first, last),
        )
        .order_by(CYCLE.c.id)
    )
    for row in fell:
        new = calendar.after_outage(row["effective_due_on"], c.starts_at, c.ends_at)
        entry = tx.note(
            Entry(
                command="move_deadline",
                event="deadline_moved",
                object_kind="cycle",
                object_id=row["id"],
                object_label=f"{row['task_code']} · {row['agency_short']} · {row['year']}",
                membership=membership,
                from_state=row["state"],
                to_state=row["state"],
                version_before=row["version"],
                version_after=row["version"] + 1,
                reason=c.reason.strip(),
                document=asdict(c.document),
                details={"due_on": new},
            )
        )
        values: dict[str, Any] = {"effective_due_on": new, "changed_at": tx.now}
        if row["due_on"] == row["effective_due_on"]:
            values["due_on"] = new
            values["due_basis"] = f"hệ thống gián đoạn: {c.document.notation}"
        changed = tx.update(CYCLE, row, entry=entry, **values)
        spans.follow(tx, row, {**row, **changed}, entry)
    return len(fell)
