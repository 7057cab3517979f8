"""The calendar of working days, and outages that move the deadlines they fell on."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, and_, func, or_, select

from models.states import DayKind, Disposition, ReportStatus, Role
from models.tables import AGENCY, CALENDAR_DAY, CYCLE, OUTAGE, REPORT, TASK
from workflow import spans
from workflow.commands.cycles import keep_document
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.calendar import outage_days
from workflow.law.deadlines import OPEN_STATES, Recounted, Sending, local_day, recount
from workflow.law.documents import faults
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
    """The system was down: deadlines on those days move to the next working day's end.

    Those of open cycles, and those of reports sent late after it began, whose lateness is counted
    anew. What was sent before stays as it was frozen.
    """

    starts_at: datetime
    ends_at: datetime
    reason: str
    document: DocumentFacts


@handles(RecordOutage)
def record_outage(tx: Transaction, c: RecordOutage) -> Outcome:
    membership = may_keep_calendar(tx)
    if not c.reason.strip():
        raise Refused(Refusal(Reason.MISSING, {"field": "reason"}))
    if wrong := faults(c.document, tx.today):
        raise Refused(*wrong)
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
    moved, recounted = _move_deadlines(tx, c, membership)
    data = {"moved": moved, "recounted": recounted, "moved_to": moved_to.isoformat()}
    return Outcome("outage", outage_id, data)


def _move_deadlines(
    tx: Transaction, c: RecordOutage, membership: MembershipFacts
) -> tuple[int, int]:
    """Of how many open cycles the deadline moved, and of how many others the lateness.

    A report that was sent late after the outage had begun is counted from the new day, as it would
    be had the outage been recorded before: who reported must not stand worse than who did not.
    """
    calendar = calendar_of(tx.conn)
    first, last = outage_days(c.starts_at, c.ends_at)
    fell = tx.rows(
        select(CYCLE, TASK.c.code.label("task_code"), AGENCY.c.short.label("agency_short"))
        .join(TASK, TASK.c.id == CYCLE.c.task_id)
        .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .where(
            CYCLE.c.disposition == Disposition.ACTIVE.value,
            CYCLE.c.effective_due_on.between(first, last),
            or_(
                CYCLE.c.state.in_([s.value for s in OPEN_STATES]),
                # Its deadline was missed before: an outage does not take that mark away.
                and_(CYCLE.c.late_days > 0, CYCLE.c.missed_due_on.is_(None)),
            ),
        )
        .order_by(CYCLE.c.id)
    )
    sent = _sendings(tx, {row["id"]: row["report_id"] for row in fell})
    moved = recounted = 0
    for row in fell:
        new = calendar.after_outage(row["effective_due_on"], c.starts_at, c.ends_at)
        is_open = row["state"] in OPEN_STATES
        counts = row["missed_due_on"] is None and row["first_sent_on_time"] is not None
        reports = sent.get(row["id"], []) if counts else []
        sendings = [
            Sending(local_day(r["submitted_at"]), r["late_days"], r["submitted_at"] >= c.starts_at)
            for r in reports
        ]
        found = recount(new or last, sendings, row["first_sent_on_time"], row["resend_by"])
        changed = [
            (r, late)
            for r, late in zip(reports, found.late_days, strict=True)
            if late != r["late_days"]
        ]
        if not (is_open or changed):
            continue
        _move(tx, c, row, found, changed, membership)
        moved += is_open
        recounted += not is_open
    return moved, recounted


def _sendings(tx: Transaction, standing: dict[int, int | None]) -> dict[int, list[RowMapping]]:
    """The reports of these cycles that were sent and not taken back, oldest first.

    `standing` is the report each cycle stands on; what was verified before a reopening is past.
    """
    found: dict[int, list[RowMapping]] = defaultdict(list)
    for report in tx.rows(
        select(REPORT)
        .where(
            REPORT.c.cycle_id.in_(standing),
            REPORT.c.submitted_at.is_not(None),
            REPORT.c.late_days.is_not(None),
            REPORT.c.status != ReportStatus.WITHDRAWN.value,
        )
        .order_by(REPORT.c.cycle_id, REPORT.c.number)
    ):
        of = report["cycle_id"]
        if report["status"] == ReportStatus.VERIFIED and report["id"] != standing[of]:
            found[of].clear()
        else:
            found[of].append(report)
    return found


def _move(
    tx: Transaction,
    c: RecordOutage,
    row: RowMapping,
    found: Recounted,
    changed: list[tuple[RowMapping, int]],
    membership: MembershipFacts,
) -> None:
    new, is_open = found.effective_due_on, row["state"] in OPEN_STATES
    details: dict[str, Any] = {"due_on": new}
    if changed:
        details |= {"was_late": changed[-1][0]["late_days"], "late_days": changed[-1][1]}
    entry = tx.note(
        Entry(
            command="move_deadline" if is_open else "recount_lateness",
            event="deadline_moved" if is_open else "lateness_recounted",
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
            details=details,
        )
    )
    values: dict[str, Any] = {
        "effective_due_on": new,
        "first_sent_on_time": found.first_sent_on_time,
        "changed_at": tx.now,
    }
    if row["due_on"] == row["effective_due_on"]:
        values["due_on"] = calendar_of(tx.conn).after_outage(row["due_on"], c.starts_at, c.ends_at)
        values["due_basis"] = f"hệ thống gián đoạn: {c.document.notation}"
    if row["resend_by"] == row["effective_due_on"]:
        # The day given with a return moves as a deadline does, also for a report taken back later.
        values["resend_by"] = new
    for report, late in changed:
        tx.update(REPORT, report, late_days=late, entry=entry)
        if report["id"] == row["report_id"] and not is_open:
            values["late_days"] = late
    after = tx.update(CYCLE, row, entry=entry, **values)
    spans.follow(tx, row, {**row, **after}, entry)
