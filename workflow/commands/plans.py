"""Loading a plan into the register, all or nothing; ruling on the places where it disagrees."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, Table, select

from models.states import ConflictStatus, PartyRole
from models.tables import (
    AGENCY,
    AGENCY_GROUP,
    CITED_DOCUMENT,
    CONFLICT_LINK,
    GROUP_MEMBER,
    INDICATOR,
    PLAN,
    PLAN_CONFLICT,
    PLAN_EDITION,
    SECTION,
    TASK,
    TASK_PARTY,
    TASK_VERSION,
)
from workflow.commands.cycles import keep_document
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.errors import NotFound, Reason, Refusal, Refused, Stale
from workflow.law.facts import Details, DocumentFacts
from workflow.law.plans import may_load, may_rule
from workflow.planfile import PlanFile, read_plan_file
from workflow.text import search_text

# Bodies the plan asks and does not order: they get polite letters.
ASKED_KINDS = frozenset({"mass-organisation", "central-branch", "bank", "party"})


@dataclass(frozen=True)
class LoadPlan:
    """Load a plan file, or a newer edition of it. The same file again changes nothing."""

    path: Path


@handles(LoadPlan)
def load_plan(tx: Transaction, c: LoadPlan) -> Outcome:
    membership = may_load(tx.actor)
    file = read_plan_file(c.path)
    plan = tx.one(select(PLAN).where(PLAN.c.code == file.code))
    if plan is not None and _loaded(tx, plan) == file.sha256:
        return Outcome("plan", plan["id"], _answer(file, plan["edition"]))
    entry = tx.note(
        Entry(
            command="load_plan",
            event="plan_loaded",
            object_kind="plan",
            object_id=plan["id"] if plan else None,
            object_label=file.code,
            membership=membership,
            version_before=plan["version"] if plan else None,
            version_after=plan["version"] + 1 if plan else 1,
            digests=(file.sha256,),
        )
    )
    loading = _Loading(tx, file)
    plan_id = loading.plan(plan)
    entry.object_id = plan_id
    loading.register()
    entry.details = {
        "edition": loading.edition,
        "file": file.name,
        "changed": loading.changed,
    }
    return Outcome("plan", plan_id, _answer(file, loading.edition))


def _answer(file: PlanFile, edition: int) -> dict[str, Any]:
    """The same for the first time and for every time after it."""
    return {
        "code": file.code,
        "edition": edition,
        "tasks": len(file.tasks),
        "agencies": len(file.agencies),
        "groups": len(file.groups),
        "indicators": len(file.indicators),
        "documents": len(file.documents),
        "conflicts": len(file.conflicts),
    }


def _loaded(tx: Transaction, plan: RowMapping) -> str | None:
    row = tx.one(
        select(PLAN_EDITION.c.sha256).where(
            PLAN_EDITION.c.plan_id == plan["id"], PLAN_EDITION.c.number == plan["edition"]
        )
    )
    return row["sha256"] if row else None


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class _Loading:
    """One file on its way into the tables; `changed` counts rows made or altered."""

    def __init__(self, tx: Transaction, file: PlanFile) -> None:
        self.tx, self.file = tx, file
        self.changed = 0
        self.edition = 1
        self.plan_id = 0
        self.agencies: dict[str, int] = {}
        self.groups: dict[str, int] = {}

    def plan(self, before: RowMapping | None) -> int:
        """Agencies first, then the plan's own row and the whole file as its edition."""
        self._agencies()
        month, day = self.file.report_last_day
        values: dict[str, Any] = {
            "title": self.file.title,
            "issued_on": self.file.issued_on,
            "start_year": self.file.start_year,
            "end_year": self.file.end_year,
            "issuing_agency_id": self.agencies[self.file.issuing_agency],
            "standing_agency_id": self.agencies[self.file.standing_agency],
            "report_last_month": month,
            "report_last_day": day,
            "report_verbatim": self.file.report_verbatim,
        }
        if self.file.office:
            # An edition that does not say it forgets nothing: it would open the way to one's own.
            values["office_agency_id"] = self.agencies[self.file.office]
        if before is None:
            self.plan_id = self.tx.insert(PLAN, code=self.file.code, edition=1, **values)
        else:
            self.plan_id, self.edition = before["id"], before["edition"] + 1
            self.tx.update(PLAN, before, edition=self.edition, **values)
        self.tx.insert(
            PLAN_EDITION,
            plan_id=self.plan_id,
            number=self.edition,
            sha256=self.file.sha256,
            loaded_at=self.tx.now,
            data=self.file.data,
        )
        self.changed += 1
        return self.plan_id

    def register(self) -> None:
        """Everything the plan names, in the order in which it refers to itself."""
        self._keyed(SECTION, self._sections())
        self._groups()
        self._tasks()
        self._keyed(INDICATOR, self._indicators())
        self._keyed(CITED_DOCUMENT, self._documents())
        self._keyed(PLAN_CONFLICT, self._conflicts(), born={"status": ConflictStatus.OPEN.value})
        self._links()

    def _agencies(self) -> None:
        there = {
            r["code"]: r
            for r in self.tx.rows(
                select(AGENCY).where(AGENCY.c.code.in_([a["code"] for a in self.file.agencies]))
            )
        }
        clashes = [
            Refusal(
                Reason.PLAN_NOT_LOADABLE,
                {
                    "line": str(self.file.line("agencies", i, "name")),
                    "code": a["code"],
                    "known": there[a["code"]]["name"],
                    "given": a["name"],
                },
            )
            for i, a in enumerate(self.file.agencies)
            if a["code"] in there and there[a["code"]]["name"] != a["name"]
        ]
        if clashes:
            raise Refused(*clashes)
        last = self.tx.one(select(AGENCY.c.position).order_by(AGENCY.c.position.desc()).limit(1))
        first = last["position"] + 1 if last else 1
        new = [
            {
                "code": a["code"],
                "name": a["name"],
                "short": a.get("short") or a["name"],
                "kind": a["kind"],
                "is_vertical": bool(a.get("vertical")),
                "is_asked": a["kind"] in ASKED_KINDS,
                "source": a.get("source", "document"),
                "note": a.get("note"),
                "search": search_text(a["name"], a.get("short"), a["code"]),
                "position": first + i,
            }
            for i, a in enumerate(self.file.agencies)
            if a["code"] not in there
        ]
        ids = self.tx.insert_many(AGENCY, new)
        self.changed += len(ids)
        self.agencies = {code: row["id"] for code, row in there.items()}
        self.agencies |= {row["code"]: i for row, i in zip(new, ids, strict=True)}

    def _keyed(
        self,
        table: Table,
        rows: Sequence[dict[str, Any]],
        born: Mapping[str, Any] | None = None,
    ) -> dict[str, int]:
        """Make what is new, alter what differs, leave the rest; ids by code."""
        before = {
            r["code"]: r for r in self.tx.rows(select(table).where(table.c.plan_id == self.plan_id))
        }
        fresh = [
            {"plan_id": self.plan_id, **(born or {}), **row}
            for row in rows
            if row["code"] not in before
        ]
        ids = {r["code"]: i for r, i in zip(fresh, self.tx.insert_many(table, fresh), strict=True)}
        self.changed += len(ids)
        for row in rows:
            old = before.get(row["code"])
            if old is None:
                continue
            ids[row["code"]] = old["id"]
            if any(old[k] != v for k, v in row.items()):
                self.tx.update(table, old, **row)
                self.changed += 1
        return ids

    def _sections(self) -> list[dict[str, Any]]:
        titled = {s["id"] for s in self.file.sections}
        parts = [
            {
                "code": s["id"],
                "parent_code": _parent(s["id"]),
                "level": s["level"],
                "title": s["title"],
                "data": s,
            }
            for s in self.file.sections
        ]
        clauses = [
            {
                "code": c["clause"],
                "parent_code": c["section"],
                "level": "clause",
                "title": c["assignment"],
                "data": c,
            }
            for c in self.file.clauses
            if c["clause"] not in titled
        ]
        merged = {c["clause"]: c for c in self.file.clauses}
        for part in parts:
            if part["code"] in merged:
                part["data"] = part["data"] | {"clause": merged[part["code"]]}
        return [row | {"position": i} for i, row in enumerate([*parts, *clauses], 1)]

    def _groups(self) -> None:
        rows = [
            {
                "code": g["code"],
                "name": g["name"],
                "is_complete": bool(g.get("complete")),
                "data": g,
                "position": i,
            }
            for i, g in enumerate(self.file.groups, 1)
        ]
        self.groups = self._keyed(AGENCY_GROUP, rows)
        self._members()

    def _members(self) -> None:
        """Membership is dated: whom a newer edition leaves out was a member until yesterday."""
        wanted: dict[tuple[int, int | None, int | None], str] = {}
        for g in self.file.groups:
            gid = self.groups[g["code"]]
            for m in g.get("members", []):
                wanted[(gid, self.agencies[m["code"]], None)] = m.get("source", "document")
            for code in g.get("includes_groups", []):
                wanted[(gid, None, self.groups[code])] = "document"
        there = {
            (r["group_id"], r["agency_id"], r["included_group_id"]): r
            for r in self.tx.rows(
                select(GROUP_MEMBER).where(
                    GROUP_MEMBER.c.group_id.in_(list(self.groups.values())),
                    GROUP_MEMBER.c.valid_to.is_(None),
                )
            )
        }
        since = self.file.issued_on if self.edition == 1 else self.tx.today
        made = self.tx.insert_many(
            GROUP_MEMBER,
            [
                {
                    "group_id": key[0],
                    "agency_id": key[1],
                    "included_group_id": key[2],
                    "source": source,
                    "valid_from": since,
                }
                for key, source in wanted.items()
                if key not in there
            ],
        )
        self.changed += len(made)
        for key, row in there.items():
            if key not in wanted:
                self.tx.update(GROUP_MEMBER, row, valid_to=self.tx.today - timedelta(days=1))
                self.changed += 1

    def _tasks(self) -> None:
        rows = [
            {
                "code": t["id"],
                "clause": t["clause"],
                "section": t["section"],
                "position": i,
                "ended_on": None,
            }
            for i, t in enumerate(self.file.tasks, 1)
        ]
        self.tasks = self._keyed(TASK, rows)
        there = {
            r["code"]: r
            for r in self.tx.rows(
                select(TASK, TASK_VERSION.c.sha256, TASK_VERSION.c.number)
                .outerjoin(TASK_VERSION, TASK_VERSION.c.id == TASK.c.current_version_id)
                .where(TASK.c.plan_id == self.plan_id)
            )
        }
        changed = [t for t in self.file.tasks if there[t["id"]]["sha256"] != _digest(t)]
        ids = self.tx.insert_many(TASK_VERSION, [self._version(t, there[t["id"]]) for t in changed])
        parties = []
        for t, version_id in zip(changed, ids, strict=True):
            parties += self._parties(t, version_id)
            self.tx.update(TASK, there[t["id"]], current_version_id=version_id)
        self.tx.insert_many(TASK_PARTY, parties)
        self.changed += len(ids)
        kept = {t["id"] for t in self.file.tasks}
        for code, row in there.items():
            if code not in kept and row["ended_on"] is None:
                self.tx.update(TASK, row, ended_on=self.tx.today)
                self.changed += 1

    def _version(self, t: Mapping[str, Any], task: RowMapping) -> dict[str, Any]:
        timing = t["timing"]
        return {
            "task_id": task["id"],
            "number": (task["number"] or 0) + 1,
            "edition": self.edition,
            "title": t["title"],
            "text": t["text"],
            "lead_mode": t["lead_mode"],
            "timing_kind": timing["kind"],
            "timing_verbatim": timing.get("verbatim"),
            "timing_start": _day(timing.get("start")),
            "timing_due": _day(timing.get("due")),
            "search": search_text(t["id"], t["title"], t["text"]),
            "data": dict(t),
            "sha256": _digest(t),
        }

    def _parties(self, t: Mapping[str, Any], version_id: int) -> list[dict[str, Any]]:
        named = [
            (role, code)
            for role, codes in (
                (PartyRole.LEAD, t["lead"]),
                (PartyRole.SUPPORTING, t["cooperate"]),
                (PartyRole.DIRECTED, t.get("directs", [])),
            )
            for code in codes
        ]
        return [
            {
                "task_version_id": version_id,
                "role": role.value,
                "agency_id": self.agencies.get(code),
                "group_id": self.groups.get(code),
                "position": i,
            }
            for i, (role, code) in enumerate(named, 1)
        ]

    def _indicators(self) -> list[dict[str, Any]]:
        return [
            {
                "code": n["code"],
                "name": n["name"],
                "unit": n["unit"],
                "tracking_agency_id": self.agencies.get(
                    (n.get("tracking") or {}).get("agency") or ""
                ),
                "data": n,
                "position": i,
            }
            for i, n in enumerate(self.file.indicators, 1)
        ]

    def _documents(self) -> list[dict[str, Any]]:
        return [
            {
                "code": d["code"],
                "kind": d["kind"],
                "number": d.get("number"),
                "issued_on": _day(d.get("date")),
                "issuer": d.get("issuer"),
                "subject": d.get("subject"),
                "data": d,
                "position": i,
            }
            for i, d in enumerate(self.file.documents, 1)
        ]

    def _conflicts(self) -> list[dict[str, Any]]:
        return [
            {
                "code": c["id"],
                "kind": c["kind"],
                "severity": c["severity"],
                "title": c["title"],
                "data": c,
                "position": i,
            }
            for i, c in enumerate(self.file.conflicts, 1)
        ]

    def _links(self) -> None:
        ids = {
            table: {
                r["code"]: r["id"]
                for r in self.tx.rows(
                    select(table.c.code, table.c.id).where(table.c.plan_id == self.plan_id)
                )
            }
            for table in (PLAN_CONFLICT, TASK, INDICATOR)
        }
        wanted = {
            (ids[PLAN_CONFLICT][c["id"]], task, indicator)
            for c in self.file.conflicts
            for task, indicator in [
                *((ids[TASK][t], None) for t in c.get("tasks", [])),
                *((None, ids[INDICATOR][i]) for i in c.get("indicators", [])),
            ]
        }
        there = {
            (r["conflict_id"], r["task_id"], r["indicator_id"]): r
            for r in self.tx.rows(
                select(CONFLICT_LINK).where(
                    CONFLICT_LINK.c.conflict_id.in_(list(ids[PLAN_CONFLICT].values()))
                )
            )
        }
        new = sorted(wanted - set(there), key=str)
        self.tx.insert_many(
            CONFLICT_LINK,
            [{"conflict_id": c, "task_id": t, "indicator_id": i} for c, t, i in new],
        )
        for key in set(there) - wanted:
            self.tx.delete(CONFLICT_LINK, there[key])
        self.changed += len(new)
        self._drop_conflicts()

    def _drop_conflicts(self) -> None:
        """A doubt the file no longer has is gone, unless somebody has ruled on it."""
        kept = {c["id"] for c in self.file.conflicts}
        for row in self.tx.rows(
            select(PLAN_CONFLICT).where(
                PLAN_CONFLICT.c.plan_id == self.plan_id,
                PLAN_CONFLICT.c.status == ConflictStatus.OPEN.value,
            )
        ):
            if row["code"] not in kept:
                self.tx.delete(PLAN_CONFLICT, row)
                self.changed += 1


def _parent(code: str) -> str | None:
    """III.2.1 belongs to III.2, which belongs to III."""
    return code.rpartition(".")[0] or None


@dataclass(frozen=True)
class RuleConflict:
    """A person says how a disagreement of the document is to be read, on a document."""

    conflict_id: int
    ruling: str
    document: DocumentFacts
    seen_version: int | None = None


@handles(RuleConflict)
def rule_conflict(tx: Transaction, c: RuleConflict) -> Outcome:
    conflict = tx.one(
        select(PLAN_CONFLICT, PLAN.c.standing_agency_id, PLAN.c.code.label("plan_code"))
        .join(PLAN, PLAN.c.id == PLAN_CONFLICT.c.plan_id)
        .where(PLAN_CONFLICT.c.id == c.conflict_id)
    )
    if conflict is None:
        raise NotFound("plan_conflict")
    if c.seen_version is not None and c.seen_version != conflict["version"]:
        raise Stale("plan_conflict", c.conflict_id, c.seen_version, conflict["version"])
    details = Details(text=c.ruling, document=c.document)
    membership = may_rule(tx.actor, conflict["standing_agency_id"], details, tx.today)
    if conflict["status"] == ConflictStatus.RULED:
        raise Refused(Refusal(Reason.ALREADY_RULED))
    tx.note(
        Entry(
            command="rule_conflict",
            event="conflict_ruled",
            object_kind="plan_conflict",
            object_id=c.conflict_id,
            object_label=f"{conflict['code']} · {conflict['plan_code']}",
            membership=membership,
            capacity=c.document.capacity.value,
            from_state=ConflictStatus.OPEN.value,
            to_state=ConflictStatus.RULED.value,
            version_before=conflict["version"],
            version_after=conflict["version"] + 1,
            reason=c.ruling.strip(),
            document=asdict(c.document),
        )
    )
    before = tx.get(PLAN_CONFLICT, c.conflict_id)
    tx.update(
        PLAN_CONFLICT,
        before,
        status=ConflictStatus.RULED.value,
        ruling=c.ruling.strip(),
        ruled_by_id=tx.actor.person_id,
        ruled_at=tx.now,
        document_id=keep_document(tx, c.document),
    )
    return Outcome("plan_conflict", c.conflict_id, {"status": ConflictStatus.RULED.value})
