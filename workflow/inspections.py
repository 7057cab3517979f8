"""Reading for inspectors: their case folders, and questions that can be asked of every log."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, select
from sqlalchemy.sql.elements import ColumnElement

from models.states import Role
from models.tables import (
    AUDIT_ENTRY,
    FINDING_ENTRY,
    INSPECTION,
    INSPECTION_FINDING,
    INSPECTION_NOTE,
    INSPECTION_QUESTION,
)
from workflow import text
from workflow.law.deadlines import end_of_day
from workflow.law.errors import NotFound, Reason
from workflow.law.facts import ActorFacts

FAST = timedelta(minutes=5)
LISTED = 200
# An act that goes against the ordinary is seen from what came before it in the same cycle.
WALKED = ("report", "appraise", "verify", "return", "reopen", "extend_late")
JUDGING = ("appraise", "verify", "return")
OWN = {
    Reason.OWN_WORK,
    Reason.OWN_TASK,
    Reason.OWN_REPORT,
    Reason.OWN_PROPOSAL,
    Reason.OWN_REQUEST,
    Reason.JUDGED_BY_OFFICE,
    Reason.JUDGED_BY_CHAIRMAN,
}
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
        raise NotFound("audit_entry", str(min(missing)))
    return tuple(found[n] for n in numbers)


@dataclass(frozen=True)
class Suspicion:
    """An entry a question has found, with what makes it one."""

    entry: RowMapping | Mapping[str, Any]
    why: str = ""
    seconds: int | None = None
    is_against: bool = False  # the appraising officer had proposed the other verdict


@dataclass
class Judging:
    """How long verdicts took and how many were returns; of everybody, or of one person.

    A person is who his account is; `who`, his role and agency are as his last verdict has them.
    """

    who: str = ""
    role: str | None = None
    agency_code: str | None = None
    verdicts: int = 0
    returned: int = 0
    took: list[timedelta] = field(default_factory=list)

    @property
    def return_percent(self) -> int:
        return round(100 * self.returned / self.verdicts) if self.verdicts else 0

    @property
    def median_hours(self) -> int | None:
        if not self.took:
            return None
        return round(median(t.total_seconds() for t in self.took) / 3600)

    def count(self, is_return: bool, took: timedelta | None) -> None:
        """One more verdict."""
        self.verdicts += 1
        self.returned += is_return
        if took is not None:
            self.took.append(took)


@dataclass(frozen=True)
class Answers:
    """The ready questions over one period; of each, the newest LISTED entries."""

    judging: Judging
    judges: Sequence[Judging]
    fast: Sequence[Suspicion]
    same_reason: Sequence[Suspicion]
    overridden: Sequence[Suspicion]
    reopened: Sequence[Suspicion]
    refused: Sequence[Suspicion]


def _between(first: date, last: date) -> ColumnElement[bool]:
    return and_(E.at >= end_of_day(first - timedelta(days=1)), E.at < end_of_day(last))


def ready_answers(conn: Connection, actor: ActorFacts, first: date, last: date) -> Answers:
    """What an inspection asks of every period, and the judges' own time.

    Verdicts of the period are counted; what they answer may have begun before it.
    """
    _inspector(actor)
    asked = _Walk(end_of_day(first - timedelta(days=1)))
    slim = (
        E.id, E.command, E.object_id, E.at, E.reason,
        E.actor_id, E.actor_name, E.role, E.agency_code,
    )  # fmt: skip
    for row in conn.execute(
        select(*slim)
        .where(E.object_kind == "cycle", E.command.in_(WALKED), E.at < end_of_day(last))
        .order_by(E.id)
    ).mappings():
        asked.take(row)
    _compare(conn, asked)
    everybody = Judging()
    for one in asked.judges.values():
        everybody.verdicts += one.verdicts
        everybody.returned += one.returned
        everybody.took += one.took
    judges = sorted(asked.judges.values(), key=lambda j: -j.verdicts)
    found = {name: _listed(conn, marks) for name, marks in asked.marks.items()}
    return Answers(everybody, judges, refused=_refused(conn, first, last), **found)


class _Walk:
    """All acts in their order, and what is worth a look among those since `begin`."""

    def __init__(self, begin: datetime) -> None:
        self.begin = begin
        self.sent: dict[int, datetime] = {}
        self.reasons: dict[int, set[str]] = {}
        self.appraised: dict[int, int] = {}  # cycle -> the entry of the last proposal
        self.against: dict[int, tuple[int, str]] = {}  # verdict -> the proposal, what was decided
        self.judges: dict[int | None, Judging] = {}
        self.marks: dict[str, list[tuple[int, Suspicion]]] = {
            name: [] for name in ("fast", "same_reason", "overridden", "reopened")
        }

    def mark(self, name: str, row: RowMapping, why: str = "", seconds: int | None = None) -> None:
        if row["at"] >= self.begin:
            self.marks[name].append((row["id"], Suspicion(row, why, seconds)))

    def take(self, row: RowMapping) -> None:
        cycle, command = row["object_id"], row["command"]
        if command == "report":
            self.sent[cycle] = row["at"]
            self.appraised.pop(cycle, None)
        elif command == "appraise":
            self.appraised[cycle] = row["id"]
        elif command == "reopen":
            self.mark("reopened", row, row["reason"] or "")
        elif command == "extend_late":
            self.mark("overridden", row, row["reason"] or "")
        else:
            self._verdict(cycle, command, row)

    def _verdict(self, cycle: int, command: str, row: RowMapping) -> None:
        sent = self.sent.pop(cycle, None)
        took = row["at"] - sent if sent else None
        proposal = self.appraised.pop(cycle, None)
        if row["at"] >= self.begin:
            judge = self.judges.setdefault(row["actor_id"], Judging())
            judge.who, judge.role = row["actor_name"], row["role"]
            judge.agency_code = row["agency_code"]
            judge.count(command == "return", took)
            if proposal is not None:
                self.against[row["id"]] = (proposal, command)
        if took is not None and took < FAST:
            self.mark("fast", row, seconds=int(took.total_seconds()))
        if command == "return":
            said = text.fold(row["reason"] or "")
            if said in self.reasons.setdefault(cycle, set()):
                self.mark("same_reason", row, row["reason"] or "")
            self.reasons[cycle].add(said)


def _compare(conn: Connection, asked: _Walk) -> None:
    """Verdicts against what the appraising officer had proposed."""
    proposals = conn.execute(
        select(E.id, E.body).where(E.id.in_([proposal for proposal, _ in asked.against.values()]))
    )
    proposed = {row.id: _proposed(row.body) for row in proposals}
    for verdict, (appraisal, decided) in asked.against.items():
        if proposed.get(appraisal) not in (None, decided):
            asked.marks["overridden"].append((verdict, Suspicion({}, is_against=True)))


def _proposed(body: str) -> str | None:
    for change in json.loads(body)["changes"]:
        if verdict := change.get("after", {}).get("proposed_verdict"):
            return str(verdict)
    return None


def _listed(conn: Connection, marks: list[tuple[int, Suspicion]]) -> list[Suspicion]:
    """The newest of them, with their whole entries."""
    newest = sorted(marks, key=lambda m: -m[0])[:LISTED]
    rows = {
        row["id"]: row
        for row in conn.execute(
            select(AUDIT_ENTRY).where(E.id.in_([number for number, _ in newest]))
        ).mappings()
    }
    return [replace(found, entry=rows[number]) for number, found in newest]


def _refused(conn: Connection, first: date, last: date) -> list[Suspicion]:
    """Who tried to judge what is his own: he was refused, and it stands here."""
    rows = conn.execute(
        select(AUDIT_ENTRY)
        .where(E.command == "refuse", _between(first, last))
        .order_by(E.id.desc())
        .limit(20 * LISTED)
    ).mappings()
    found = []
    for row in rows:
        details = json.loads(row["body"])["details"]
        if details["asked"] in JUDGING and OWN & set(details["reasons"]):
            found.append(Suspicion(row, row["reason"] or ""))
    return found[:LISTED]
