"""Reading for inspectors: their case folders, and questions that can be asked of every log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import Connection, RowMapping, select

from models.states import Role
from models.tables import (
    AUDIT_ENTRY,
    FINDING_ENTRY,
    INSPECTION,
    INSPECTION_FINDING,
    INSPECTION_NOTE,
    INSPECTION_QUESTION,
    PERSON,
)
from workflow import text
from workflow.law.deadlines import end_of_day
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts

FAST = timedelta(minutes=5)
E = AUDIT_ENTRY.c


def _inspector(actor: ActorFacts) -> None:
    if Role.INSPECTOR not in actor.roles:
        raise NotFound("inspection")


def cases(conn: Connection, actor: ActorFacts) -> Sequence[RowMapping]:
    """Every folder, the newest first."""
    _inspector(actor)
    return list(conn.execute(select(INSPECTION).order_by(INSPECTION.c.id.desc())).mappings())


@dataclass(frozen=True)
class Case:
    """A folder as one of its inspectors sees it: the notes are his own."""

    row: RowMapping
    questions: Sequence[RowMapping]
    notes: Sequence[RowMapping]
    findings: Sequence[tuple[RowMapping, Sequence[RowMapping]]]


def case(conn: Connection, actor: ActorFacts, inspection_id: int) -> Case:
    """One folder; NotFound for everybody but inspectors."""
    _inspector(actor)
    where = INSPECTION.c.id == inspection_id
    row = conn.execute(select(INSPECTION).where(where)).mappings().first()
    if row is None:
        raise NotFound("inspection")
    questions = select(INSPECTION_QUESTION).where(
        INSPECTION_QUESTION.c.inspection_id == inspection_id
    )
    notes = select(INSPECTION_NOTE).where(
        INSPECTION_NOTE.c.inspection_id == inspection_id,
        INSPECTION_NOTE.c.by_id == actor.person_id,
    )
    findings = select(INSPECTION_FINDING).where(INSPECTION_FINDING.c.inspection_id == inspection_id)
    pointed: dict[int, list[RowMapping]] = {}
    for entry in conn.execute(
        select(AUDIT_ENTRY, FINDING_ENTRY.c.finding_id)
        .join(FINDING_ENTRY, FINDING_ENTRY.c.entry_uid == E.uid)
        .join(INSPECTION_FINDING, INSPECTION_FINDING.c.id == FINDING_ENTRY.c.finding_id)
        .where(INSPECTION_FINDING.c.inspection_id == inspection_id)
        .order_by(FINDING_ENTRY.c.id)
    ).mappings():
        pointed.setdefault(entry["finding_id"], []).append(entry)
    return Case(
        row,
        list(conn.execute(questions.order_by(INSPECTION_QUESTION.c.id)).mappings()),
        list(conn.execute(notes.order_by(INSPECTION_NOTE.c.id)).mappings()),
        [
            (f, pointed.get(f["id"], []))
            for f in conn.execute(findings.order_by(INSPECTION_FINDING.c.id)).mappings()
        ],
    )


def uids_of(conn: Connection, numbers: Sequence[int]) -> tuple[str, ...]:
    """The entries with these numbers; NotFound when one of them is nobody's."""
    rows = conn.execute(select(E.id, E.uid).where(E.id.in_(numbers)))
    found = {row.id: row.uid for row in rows}
    if missing := set(numbers) - found.keys():
        raise NotFound(f"audit_entry {min(missing)}")
    return tuple(found[n] for n in numbers)


@dataclass(frozen=True)
class Suspicion:
    """An entry a question has found, with what makes it one."""

    entry: RowMapping
    why: str = ""
    seconds: int | None = None


@dataclass(frozen=True)
class Judging:
    """How long verdicts took and how many were returns."""

    verdicts: int
    returned: int
    median_hours: int | None

    @property
    def return_percent(self) -> int:
        return round(100 * self.returned / self.verdicts) if self.verdicts else 0


@dataclass(frozen=True)
class Answers:
    """The ready questions over one period."""

    judging: Judging
    fast: Sequence[Suspicion]
    same_reason: Sequence[Suspicion]
    reopened: Sequence[Suspicion]


def ready_answers(conn: Connection, actor: ActorFacts, first: date, last: date) -> Answers:
    """Fast verdicts, returns that say nothing new, reopenings, and the judge's own time."""
    _inspector(actor)
    rows = conn.execute(
        select(AUDIT_ENTRY)
        .where(
            E.object_kind == "cycle",
            E.command.in_(("report", "verify", "return", "reopen")),
            E.at >= end_of_day(first - timedelta(days=1)),
            E.at < end_of_day(last),
        )
        .order_by(E.id)
    ).mappings()
    sent: dict[int, datetime] = {}
    reasons: dict[int, set[str]] = {}
    took: list[timedelta] = []
    fast, same, reopened = [], [], []
    returned = 0
    for row in rows:
        cycle = row["object_id"]
        if row["command"] == "report":
            sent[cycle] = row["at"]
            continue
        if row["command"] == "reopen":
            reopened.append(Suspicion(row, row["reason"] or ""))
            continue
        if cycle in sent:
            took.append(row["at"] - sent.pop(cycle))
            if took[-1] < FAST:
                fast.append(Suspicion(row, seconds=int(took[-1].total_seconds())))
        if row["command"] == "return":
            returned += 1
            said = text.fold(row["reason"] or "")
            if said in reasons.setdefault(cycle, set()):
                same.append(Suspicion(row, row["reason"] or ""))
            reasons[cycle].add(said)
    hours = round(median(t.total_seconds() for t in took) / 3600) if took else None
    return Answers(Judging(len(took), returned, hours), fast, same, reopened)


def author(conn: Connection, person_id: int) -> str:
    """Whose folder it is."""
    return str(conn.execute(select(PERSON.c.name).where(PERSON.c.id == person_id)).scalar_one())
