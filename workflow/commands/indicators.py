"""Values of indicators: entered by the agency that tracks them, confirmed by another."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from models.states import Role, ValueKind
from models.tables import AGENCY, INDICATOR, INDICATOR_VALUE, PLAN
from workflow.access import SEES_ALL, WORKS
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.errors import NotFound, Reason, Refusal, Refused, Stale
from workflow.law.facts import ActorFacts, MembershipFacts
from workflow.law.indicators import FIRMNESS, EntryFacts, check_entry
from workflow.text import clean, parse_number


@dataclass(frozen=True)
class IndicatorFound:
    """An indicator, or a part of it, with who answers for it."""

    row: RowMapping
    part: str
    unit: str
    name: str
    owner_id: int
    owner_is_missing: bool
    standing_agency_id: int

    @property
    def label(self) -> str:
        return f"{self.part or self.row['code']} · {self.name}"


def indicator_found(conn: Connection, code: str) -> IndicatorFound:
    """By the code of an indicator or of one of its parts (CT-04.1); NotFound when there is none.

    An indicator without a tracking agency is kept by the standing agency until it has one.
    """
    rows = conn.execute(
        select(INDICATOR, PLAN.c.standing_agency_id, PLAN.c.end_year)
        .join(PLAN, PLAN.c.id == INDICATOR.c.plan_id)
        .order_by(INDICATOR.c.position)
    ).mappings()
    for row in rows:
        parts: dict[str, Mapping[str, Any]] = {
            p["code"]: p for p in row["data"].get("sub_indicators", [])
        }
        if code != row["code"] and code not in parts:
            continue
        part = parts.get(code)
        owner = row["tracking_agency_id"]
        if part and part.get("tracking_agency"):
            owner = conn.execute(
                select(AGENCY.c.id).where(AGENCY.c.code == part["tracking_agency"])
            ).scalar_one_or_none()
        return IndicatorFound(
            row,
            code if part else "",
            str((part or row)["unit"]),
            str((part or row)["name"]),
            owner or row["standing_agency_id"],
            owner is None,
            row["standing_agency_id"],
        )
    raise NotFound("indicator", code)


def may_enter(actor: ActorFacts, found: IndicatorFound) -> MembershipFacts | None:
    """The membership in which this person enters values, if any."""
    return _works_in(actor, found.owner_id)


def _works_in(actor: ActorFacts, agency_id: int) -> MembershipFacts | None:
    held = (actor.holds(role, agency_id) for role in (Role.HEAD, Role.OFFICER))
    return next((m for m in held if m), None)


def may_confirm(actor: ActorFacts, found: IndicatorFound) -> MembershipFacts | None:
    """The standing agency confirms what others entered; VP UBND what the standing agency did.

    Nobody what an agency of his own entered, in whatever other post he would confirm it.
    """
    if found.owner_id in actor.agency_ids:
        return None
    if found.owner_id == found.standing_agency_id:
        return actor.holds(Role.OFFICE)
    return _works_in(actor, found.standing_agency_id)


def sees_indicators(actor: ActorFacts) -> bool:
    """Everybody with business in the plan; not the administrator of accounts."""
    return bool(actor.roles & (SEES_ALL | WORKS | {Role.AWARD_APPRAISER, Role.BUDGET_OFFICER}))


@dataclass(frozen=True)
class EnterValue:
    """A value as typed ("4.600" is 4600). Entering the same year and kind again is a correction.

    `jump_is_meant` answers the question that a great change asks back.
    """

    code: str
    year: int
    kind: ValueKind
    value: str
    source: str
    note: str = ""
    reason: str = ""
    jump_is_meant: bool = False


@handles(EnterValue)
def enter_value(tx: Transaction, c: EnterValue) -> Outcome:
    if not sees_indicators(tx.actor):
        raise NotFound("indicator")
    found = indicator_found(tx.conn, c.code)
    membership = may_enter(tx.actor, found)
    if membership is None:
        raise Refused(Refusal(Reason.NOT_YOUR_AGENCY, {"who": "lead_head lead_officer"}))
    parsed = parse_number(c.value)
    refusals = []
    if not c.source.strip():
        refusals.append(Refusal(Reason.MISSING, {"field": "source"}))
    if parsed is None:
        refusals.append(Refusal(Reason.NOT_A_NUMBER, {"typed": c.value[:40]}))
        raise Refused(*refusals)
    standing = tx.rows(
        select(INDICATOR_VALUE)
        .where(INDICATOR_VALUE.c.indicator_id == found.row["id"])
        .order_by(INDICATOR_VALUE.c.year, INDICATOR_VALUE.c.id)
    )
    refusals += check_entry(_facts(tx, c, found, parsed.value, standing))
    if refusals:
        raise Refused(*refusals)
    same = [v for v in standing if _is(v, found.part, c.year) and v["kind"] == c.kind]
    value_text = canonical_number(parsed.value)
    tx.note(
        Entry(
            command="enter_value",
            event="value_entered",
            object_kind="indicator",
            object_id=found.row["id"],
            object_label=found.label,
            membership=membership,
            reason=c.reason.strip() or None,
            details={
                "code": c.code, "year": c.year, "kind": c.kind.value, "value": value_text,
                "typed": c.value, "source": c.source.strip(), "corrects": bool(same),
            },
        )
    )  # fmt: skip
    value_id = tx.insert(
        INDICATOR_VALUE,
        indicator_id=found.row["id"],
        part=found.part,
        year=c.year,
        kind=c.kind.value,
        number=len(same) + 1,
        value=value_text,
        source=clean(c.source),
        note=clean(c.note) or None,
        reason=clean(c.reason) or None,
        agency_id=membership.agency_id,
        entered_by_id=tx.actor.person_id,
        entered_at=tx.now,
    )
    data = {"value_id": value_id, "value": value_text, "ambiguous": parsed.is_ambiguous}
    return Outcome("indicator", found.row["id"], data)


def canonical_number(value: Decimal) -> str:
    """4600, 2.6: no exponent, no idle zeros."""
    return f"{value.normalize():f}"


def _is(value: RowMapping, part: str, year: int) -> bool:
    return bool(value["part"] == part and value["year"] == year)


def best_values(
    values: list[RowMapping], part: str, *, confirmed_only: bool = False
) -> dict[int, RowMapping]:
    """The firmest, newest value of each year."""
    best: dict[int, RowMapping] = {}
    for v in values:
        if v["part"] != part or (confirmed_only and v["confirmed_at"] is None):
            continue
        rank = (FIRMNESS[ValueKind(v["kind"])], v["number"])
        there = best.get(v["year"])
        if there is None or rank >= (FIRMNESS[ValueKind(there["kind"])], there["number"]):
            best[v["year"]] = v
    return best


def _facts(
    tx: Transaction, c: EnterValue, found: IndicatorFound, value: Decimal,
    standing: list[RowMapping],
) -> EntryFacts:  # fmt: skip
    baseline = found.row["data"].get("baseline")
    mine = best_values(standing, found.part)
    others = {y: Decimal(v["value"]) for y, v in mine.items() if y != c.year}
    nearest = min(others, key=lambda y: (abs(y - c.year), -y)) if others else None
    same = [v for v in standing if _is(v, found.part, c.year) and v["kind"] == c.kind]
    whole = best_values(standing, "").get(c.year) if found.part else None
    parts = []
    if not found.part:
        for part in found.row["data"].get("sub_indicators", []):
            if v := best_values(standing, part["code"]).get(c.year):
                parts.append(Decimal(v["value"]))
    return EntryFacts(
        value=value,
        unit=found.unit,
        year=c.year,
        kind=c.kind,
        today_year=tx.today.year,
        first_year=baseline["year"] if baseline else 2020,
        end_year=found.row["end_year"],
        last_known=others[nearest] if nearest is not None else None,
        whole=Decimal(whole["value"]) if whole else None,
        parts=tuple(parts),
        is_correction=bool(same),
        reason=c.reason,
        jump_is_meant=c.jump_is_meant,
    )


@dataclass(frozen=True)
class ConfirmValue:
    """Another agency than the one that entered it says that the value stands."""

    value_id: int
    seen_version: int | None = None


@handles(ConfirmValue)
def confirm_value(tx: Transaction, c: ConfirmValue) -> Outcome:
    if not sees_indicators(tx.actor):
        raise NotFound("indicator_value")
    value = tx.get(INDICATOR_VALUE, c.value_id)
    row = tx.get(INDICATOR, value["indicator_id"])
    found = indicator_found(tx.conn, value["part"] or row["code"])
    membership = may_confirm(tx.actor, found)
    if membership is None:
        own = found.owner_id == found.standing_agency_id
        who = "office" if own else "standing_head standing_officer"
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": who}))
    if value["entered_by_id"] == tx.actor.person_id:
        raise Refused(Refusal(Reason.OWN_ENTRY))
    if c.seen_version is not None and c.seen_version != value["version"]:
        raise Stale("indicator_value", c.value_id, c.seen_version, value["version"])
    if value["confirmed_at"] is not None:
        raise Refused(Refusal(Reason.ALREADY_CONFIRMED))
    tx.note(
        Entry(
            command="confirm_value",
            event="value_confirmed",
            object_kind="indicator",
            object_id=row["id"],
            object_label=found.label,
            membership=membership,
            details={"year": value["year"], "kind": value["kind"], "value": value["value"]},
        )
    )
    tx.update(INDICATOR_VALUE, value, confirmed_by_id=tx.actor.person_id, confirmed_at=tx.now)
    return Outcome("indicator", row["id"], {"value_id": c.value_id})
