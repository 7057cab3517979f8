"""Who qualifies for commendation, with the facts for and against, counted as of a moment."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from models.states import NominationState, NomineeKind
from models.tables import AGENCY, AWARD_CAMPAIGN, AWARD_CRITERION, DOCUMENT, NOMINATION
from reports.figures import Row, figures
from reports.moment import Scope
from workflow.commands.awards import bound_of, sees_awards
from workflow.law.awards import LIVING
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import SYSTEM, ActorFacts
from workflow.text import format_number

Translate = Callable[[str], str]
FACTS: dict[str, str] = {
    "nothing": "không có nhiệm vụ để tính",
    "no_task": "không chủ trì nhiệm vụ nào",
}


@dataclass(frozen=True)
class Finding:
    """One criterion held against one agency."""

    code: str
    text: str
    fact: str
    holds: bool


@dataclass(frozen=True)
class Candidate:
    """An agency with what speaks for and against it. There is no score."""

    code: str
    name: str
    row: Row
    findings: tuple[Finding, ...]
    is_nominated: bool = False

    @property
    def qualifies(self) -> bool:
        return all(f.holds for f in self.findings)

    @property
    def against(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if not f.holds)

    @property
    def speaking_for(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.holds)

    def plain(self) -> str:
        """The facts as they are kept with a nomination."""
        b = self.row.boxes
        return json.dumps(
            {
                "due": b.due,
                "done": b.done,
                "on_time": b.done_on_time,
                "overdue": b.open_overdue,
                "late_reports": self.row.late_reports,
                "returns": self.row.returns,
                "for": [[f.text, f.fact] for f in self.speaking_for],
                "against": [[f.text, f.fact] for f in self.against],
            },
            ensure_ascii=False,
            sort_keys=True,
        )


def _measure(code: str, row: Row, bound: Decimal, translate: Translate) -> tuple[str, bool]:
    """The fact in words, and whether it keeps to the bound."""
    b = row.boxes
    if code in ("completion", "on_time"):
        value = b.completion_rate if code == "completion" else b.on_time_rate
        part, whole = (b.done, b.due) if code == "completion" else (b.done_on_time, b.done)
        if value is None:
            return translate(FACTS["nothing"]), False
        return f"{format_number(value)}% ({part}/{whole})", value >= bound
    counted = {"overdue": b.open_overdue, "returns": row.returns, "tasks": b.due}[code]
    return format_number(counted), counted >= bound if code == "tasks" else counted <= bound


def campaign_row(conn: Connection, actor: ActorFacts, campaign_id: int) -> RowMapping:
    """A campaign, for who may know of it."""
    row = None
    if sees_awards(actor):
        row = (
            conn.execute(select(AWARD_CAMPAIGN).where(AWARD_CAMPAIGN.c.id == campaign_id))
            .mappings()
            .first()
        )
    if row is None:
        raise NotFound("award_campaign")
    return row


def campaigns(conn: Connection, actor: ActorFacts) -> Sequence[RowMapping]:
    """Every campaign, newest period first."""
    if not sees_awards(actor):
        return []
    order = (AWARD_CAMPAIGN.c.last_year.desc(), AWARD_CAMPAIGN.c.id.desc())
    return list(conn.execute(select(AWARD_CAMPAIGN).order_by(*order)).mappings())


def campaign_of_year(conn: Connection, year: int) -> RowMapping:
    """The newest campaign whose period ends in this year."""
    row = (
        conn.execute(
            select(AWARD_CAMPAIGN)
            .where(AWARD_CAMPAIGN.c.last_year == year)
            .order_by(AWARD_CAMPAIGN.c.id.desc())
        )
        .mappings()
        .first()
    )
    if row is None:
        raise Refused(Refusal(Reason.NO_CAMPAIGN, {"year": str(year)}))
    return row


def criteria(conn: Connection, campaign_id: int) -> list[RowMapping]:
    """The criteria of a campaign in order."""
    return list(
        conn.execute(
            select(AWARD_CRITERION)
            .where(AWARD_CRITERION.c.campaign_id == campaign_id)
            .order_by(AWARD_CRITERION.c.position)
        ).mappings()
    )


def criterion_text(row: RowMapping, translate: Translate = str) -> str:
    """The words of a criterion with its bound."""
    return translate(row["text"]).replace("%(bound)s", format_number(bound_of(row)))


def candidates(
    conn: Connection, campaign: RowMapping, moment: datetime, translate: Translate = str
) -> list[Candidate]:
    """Every agency that led something in the period: those that qualify first.

    Counted over all cycles whoever asks: a list that depends on who reads it proves nothing.
    """
    held = [c for c in criteria(conn, campaign["id"]) if c["is_active"]]
    years = tuple(range(campaign["first_year"], campaign["last_year"] + 1))
    found = figures(conn, SYSTEM, Scope(years=years), moment)
    nominated = set(
        conn.execute(
            select(AGENCY.c.code)
            .join(NOMINATION, NOMINATION.c.agency_id == AGENCY.c.id)
            .where(
                NOMINATION.c.campaign_id == campaign["id"],
                NOMINATION.c.kind == NomineeKind.COLLECTIVE.value,
                NOMINATION.c.state.in_([s.value for s in LIVING]),
            )
        ).scalars()
    )
    made = []
    for row in found.by_agency:
        findings = tuple(
            Finding(
                c["code"],
                criterion_text(c, translate),
                *_measure(c["code"], row, bound_of(c), translate),
            )
            for c in held
        )
        made.append(Candidate(row.key, row.label, row, findings, row.key in nominated))
    return sorted(made, key=lambda x: (not x.qualifies, len(x.against)))


def nominations(
    conn: Connection, campaign_id: int, *, living_only: bool = False
) -> list[RowMapping]:
    """Collectives first, then people: those who lead nobody first; agencies in protocol order."""
    statement = (
        select(
            NOMINATION,
            AGENCY.c.code.label("agency_code"),
            AGENCY.c.name.label("agency_name"),
            AGENCY.c.short.label("agency_short"),
            AGENCY.c.kind.label("agency_kind"),
            AGENCY.c.position,
            DOCUMENT.c.notation,
        )
        .join(AGENCY, AGENCY.c.id == NOMINATION.c.agency_id)
        .outerjoin(DOCUMENT, DOCUMENT.c.id == NOMINATION.c.document_id)
        .where(NOMINATION.c.campaign_id == campaign_id)
    )
    if living_only:
        statement = statement.where(NOMINATION.c.state.in_([s.value for s in LIVING]))
    rows = conn.execute(statement).mappings().all()
    return sorted(
        rows,
        key=lambda r: (
            r["kind"] == NomineeKind.INDIVIDUAL, r["is_leader"], r["form"], r["position"],
            r["name"], r["id"],
        ),
    )  # fmt: skip


def granted(conn: Connection, years: Sequence[int], moment: datetime) -> list[RowMapping]:
    """What had been decided by the moment for reviews ending in these years: a decision stands."""
    statement = (
        select(
            NOMINATION,
            AGENCY.c.short.label("agency_short"),
            AGENCY.c.position,
            DOCUMENT.c.notation,
            DOCUMENT.c.issued_on,
        )
        .join(AGENCY, AGENCY.c.id == NOMINATION.c.agency_id)
        .join(AWARD_CAMPAIGN, AWARD_CAMPAIGN.c.id == NOMINATION.c.campaign_id)
        .join(DOCUMENT, DOCUMENT.c.id == NOMINATION.c.document_id)
        .where(NOMINATION.c.decided_at <= moment, AWARD_CAMPAIGN.c.last_year.in_(years))
        .order_by(DOCUMENT.c.issued_on, NOMINATION.c.kind, AGENCY.c.position, NOMINATION.c.id)
    )
    return list(conn.execute(statement).mappings())


def ready_to_print(
    conn: Connection, campaign: RowMapping, moment: datetime
) -> tuple[list[RowMapping], list[RowMapping], dict[str, Candidate]]:
    """Collectives and people of the list, or Refused when something does not agree.

    The list must not be empty, must count what the council's minutes say, and every collective on
    it must still qualify on today's facts.
    """
    listed = nominations(conn, campaign["id"], living_only=True)
    if not listed:
        raise Refused(Refusal(Reason.NOBODY_NOMINATED))
    groups = [r for r in listed if r["kind"] == NomineeKind.COLLECTIVE]
    people = [r for r in listed if r["kind"] == NomineeKind.INDIVIDUAL]
    refusals = []
    agreed = (campaign["minutes_collectives"], campaign["minutes_individuals"])
    if agreed[0] is not None and agreed != (len(groups), len(people)):
        refusals.append(
            Refusal(
                Reason.COUNTS_DIFFER,
                {
                    "minutes_groups": str(agreed[0]),
                    "minutes_people": str(agreed[1]),
                    "listed_groups": str(len(groups)),
                    "listed_people": str(len(people)),
                },
            )
        )
    known = {c.code: c for c in candidates(conn, campaign, moment)}
    for row in groups:
        if row["state"] in (NominationState.DECIDED, NominationState.PUBLISHED):
            continue
        candidate = known.get(row["agency_code"])
        against = candidate.against if candidate else ()
        if candidate is None or against:
            why = "; ".join(f"{f.text}: {f.fact}" for f in against) or FACTS["no_task"]
            refusals.append(Refusal(Reason.FACTS_CHANGED, {"name": row["name"], "why": why}))
    if refusals:
        raise Refused(*refusals)
    return groups, people, known


def kept_facts(row: RowMapping | Mapping[str, Any]) -> dict[str, Any]:
    """The facts kept with a nomination when it was made."""
    found: dict[str, Any] = json.loads(row["facts"])
    return found
