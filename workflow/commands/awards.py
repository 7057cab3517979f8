"""Commendation: campaigns, criteria, the council's minutes, and each step of a nomination."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from models.states import (
    LABELS,
    AwardForm,
    CampaignKind,
    NominationState,
    NomineeKind,
    Role,
)
from models.tables import AGENCY, AWARD_CAMPAIGN, AWARD_CRITERION, NOMINATION, PLAN
from workflow.commands.cycles import keep_document
from workflow.commands.years import plan_by_code
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.awards import LIVING, WAYS, NominationFacts, Step, decide_step, who_proposes
from workflow.law.documents import faults
from workflow.law.errors import NotFound, Reason, Refusal, Refused, Stale
from workflow.law.facts import ActorFacts, DocumentFacts, MembershipFacts
from workflow.text import clean, fold, parse_number

BASIS = "Luật Thi đua, khen thưởng; Nghị định số 98/2023/NĐ-CP; Nghị định số 152/2025/NĐ-CP"
# What a new campaign starts with; people change it there. The code says which fact is looked at.
CRITERIA: dict[str, str] = {
    "completion": "Tỷ lệ hoàn thành nhiệm vụ đến hạn từ %(bound)s% trở lên",
    "on_time": "Tỷ lệ hoàn thành đúng hạn từ %(bound)s% trở lên",
    "overdue": "Số nhiệm vụ quá hạn chưa hoàn thành không quá %(bound)s",
    "returns": "Số lượt báo cáo bị trả lại không quá %(bound)s",
    "tasks": "Chủ trì ít nhất %(bound)s nhiệm vụ đến hạn trong kỳ",
}
BOUNDS = {"completion": "95", "on_time": "90", "overdue": "0", "returns": "3", "tasks": "3"}


def sees_awards(actor: ActorFacts) -> bool:
    """People who propose, appraise, submit, decide or inspect."""
    return bool(
        actor.roles
        & {
            Role.HEAD, Role.OFFICER, Role.OFFICE, Role.CHAIRMAN, Role.AWARD_APPRAISER,
            Role.INSPECTOR, Role.SYSTEM,
        }
    )  # fmt: skip


def campaign_label(
    row: Mapping[str, Any] | RowMapping, translate: Callable[[str], str] = str
) -> str:
    """Sơ kết 2023 - 2025."""
    kind = translate(LABELS[CampaignKind(row["kind"])])
    years = str(row["last_year"])
    if row["first_year"] != row["last_year"]:
        years = f"{row['first_year']} - {years}"
    return f"{kind} {years}"


def _standing(conn: Connection, plan_id: int) -> int:
    found = conn.execute(select(PLAN.c.standing_agency_id).where(PLAN.c.id == plan_id))
    return int(found.scalar_one())


def _of_standing(tx: Transaction, standing: int, *roles: Role) -> MembershipFacts:
    for role in roles:
        if found := tx.actor.holds(role, standing):
            return found
    raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": "standing_head standing_officer"}))


@dataclass(frozen=True)
class OpenCampaign:
    """The standing agency opens a round for a period, with the usual criteria to begin with."""

    plan_code: str
    kind: CampaignKind
    first_year: int
    last_year: int


@handles(OpenCampaign)
def open_campaign(tx: Transaction, c: OpenCampaign) -> Outcome:
    plan = plan_by_code(tx.conn, c.plan_code)
    membership = _of_standing(tx, plan["standing_agency_id"], Role.HEAD, Role.OFFICER)
    if not plan["start_year"] <= c.first_year <= c.last_year <= plan["end_year"]:
        detail = {"start": str(plan["start_year"]), "end": str(plan["end_year"])}
        raise Refused(Refusal(Reason.YEAR_OUT_OF_PLAN, detail))
    label = campaign_label({"kind": c.kind, "first_year": c.first_year, "last_year": c.last_year})
    entry = tx.note(
        Entry("open_campaign", "campaign_opened", "award_campaign", None, label, membership)
    )
    campaign_id = tx.insert(
        AWARD_CAMPAIGN,
        plan_id=plan["id"],
        kind=c.kind.value,
        first_year=c.first_year,
        last_year=c.last_year,
        opened_by_id=tx.actor.person_id,
        opened_at=tx.now,
    )
    entry.object_id = campaign_id
    for position, (code, text) in enumerate(CRITERIA.items()):
        tx.insert(
            AWARD_CRITERION,
            campaign_id=campaign_id,
            code=code,
            text=text,
            basis=BASIS,
            bound=BOUNDS[code],
            position=position,
        )
    return Outcome("award_campaign", campaign_id, {"campaign_id": campaign_id})


@dataclass(frozen=True)
class ChangeCriterion:
    """Another bound or basis, or set aside; what was nominated before keeps its own facts."""

    criterion_id: int
    bound: str
    basis: str
    is_active: bool
    seen_version: int | None = None


@handles(ChangeCriterion)
def change_criterion(tx: Transaction, c: ChangeCriterion) -> Outcome:
    row = tx.get(AWARD_CRITERION, c.criterion_id)
    campaign = tx.get(AWARD_CAMPAIGN, row["campaign_id"])
    standing = _standing(tx.conn, campaign["plan_id"])
    membership = _of_standing(tx, standing, Role.HEAD)
    _same(c.seen_version, row, "award_criterion")
    bound = parse_number(c.bound)
    if bound is None:
        raise Refused(Refusal(Reason.NOT_A_NUMBER, {"typed": c.bound[:40]}))
    if not c.basis.strip():
        raise Refused(Refusal(Reason.MISSING, {"field": "document"}))
    tx.note(
        Entry(
            "change_criterion", "criterion_changed", "award_campaign", campaign["id"],
            f"{campaign_label(campaign)} · {row['code']}", membership,
        )
    )  # fmt: skip
    tx.update(
        AWARD_CRITERION,
        row,
        bound=f"{bound.value.normalize():f}",
        basis=clean(c.basis),
        is_active=c.is_active,
    )
    return Outcome("award_campaign", campaign["id"])


def _same(seen: int | None, row: RowMapping, kind: str) -> None:
    if seen is not None and seen != row["version"]:
        raise Stale(kind, row["id"], seen, row["version"])


@dataclass(frozen=True)
class RecordMinutes:
    """The council has met: how many it agreed on. The tờ trình must say the same."""

    campaign_id: int
    collectives: int
    individuals: int
    members: int
    present: int
    chair: str
    secretary: str
    document: DocumentFacts
    seen_version: int | None = None


@handles(RecordMinutes)
def record_minutes(tx: Transaction, c: RecordMinutes) -> Outcome:
    campaign = tx.get(AWARD_CAMPAIGN, c.campaign_id)
    standing = _standing(tx.conn, campaign["plan_id"])
    membership = _of_standing(tx, standing, Role.HEAD, Role.OFFICER)
    _same(c.seen_version, campaign, "award_campaign")
    if not 0 < c.present <= c.members or min(c.collectives, c.individuals) < 0:
        raise Refused(Refusal(Reason.OUT_OF_RANGE, {"limit": f"1 – {c.members}", "unit": ""}))
    if not c.chair.strip() or not c.secretary.strip():
        raise Refused(Refusal(Reason.MISSING, {"field": "name"}))
    if wrong := faults(c.document, tx.today):
        raise Refused(*wrong)
    tx.note(
        Entry(
            "record_minutes", "minutes_recorded", "award_campaign", campaign["id"],
            campaign_label(campaign), membership, document=asdict(c.document),
        )
    )  # fmt: skip
    tx.update(
        AWARD_CAMPAIGN,
        campaign,
        minutes_collectives=c.collectives,
        minutes_individuals=c.individuals,
        minutes_members=c.members,
        minutes_present=c.present,
        minutes_chair=clean(c.chair),
        minutes_secretary=clean(c.secretary),
        minutes_document_id=keep_document(tx, c.document),
    )
    return Outcome("award_campaign", campaign["id"])


@dataclass(frozen=True)
class Nominate:
    """A collective or a person is proposed; `facts` are those counted at `facts_at`."""

    campaign_id: int
    kind: NomineeKind
    agency_code: str
    achievement: str
    form: AwardForm
    facts: str
    facts_at: datetime
    name: str = ""
    salutation: str = ""
    post: str = ""
    unit: str = ""
    is_leader: bool = False


@handles(Nominate)
def nominate(tx: Transaction, c: Nominate) -> Outcome:
    campaign = tx.get(AWARD_CAMPAIGN, c.campaign_id)
    agency = tx.one(select(AGENCY).where(AGENCY.c.code == c.agency_code))
    if agency is None:
        raise NotFound("agency")
    standing = _standing(tx.conn, campaign["plan_id"])
    membership = who_proposes(tx.actor, agency["id"], standing)
    needs = {"achievement": c.achievement}
    if c.kind is NomineeKind.INDIVIDUAL:
        needs |= {"salutation": c.salutation, "name": c.name, "post": c.post, "unit": c.unit}
    missing = [Refusal(Reason.MISSING, {"field": f}) for f, v in needs.items() if not v.strip()]
    if missing:
        raise Refused(*missing)
    json.loads(c.facts)
    name = clean(c.name) if c.kind is NomineeKind.INDIVIDUAL else agency["name"]
    _once(tx, c, agency["id"], name)
    entry = tx.note(
        Entry(
            "nominate", "nominated", "nomination", None,
            f"{name} · {campaign_label(campaign)}", membership,
            to_state=NominationState.PROPOSED.value, details={"facts_at": c.facts_at},
        )
    )  # fmt: skip
    nomination_id = tx.insert(
        NOMINATION,
        campaign_id=c.campaign_id,
        kind=c.kind.value,
        agency_id=agency["id"],
        proposed_by_agency_id=membership.agency_id,
        salutation=clean(c.salutation) or None,
        name=name,
        post=clean(c.post) or None,
        unit=clean(c.unit) or None,
        is_leader=c.is_leader,
        achievement=clean(c.achievement),
        form=c.form.value,
        state=NominationState.PROPOSED.value,
        facts=c.facts,
        facts_at=c.facts_at,
        proposed_by_id=tx.actor.person_id,
        proposed_at=tx.now,
    )
    entry.object_id = nomination_id
    return Outcome("nomination", nomination_id, {"nomination_id": nomination_id})


def _once(tx: Transaction, c: Nominate, agency_id: int, name: str) -> None:
    """One achievement is commended once (Luật TĐKT 06/2022/QH15 Điều 5): no second living proposal.

    Two people of one name in one agency are told apart by post and unit.
    """

    def who(name: str, post: str | None, unit: str | None) -> tuple[str, ...]:
        is_person = c.kind is NomineeKind.INDIVIDUAL
        return tuple(fold(word or "") for word in (name, post, unit)) if is_person else ()

    living = tx.rows(
        select(NOMINATION).where(
            NOMINATION.c.campaign_id == c.campaign_id,
            NOMINATION.c.kind == c.kind.value,
            NOMINATION.c.agency_id == agency_id,
            NOMINATION.c.state.in_([s.value for s in LIVING]),
        )
    )
    mine = who(name, clean(c.post), clean(c.unit))
    if any(who(row["name"], row["post"], row["unit"]) == mine for row in living):
        raise Refused(Refusal(Reason.ALREADY_NOMINATED, {"name": name}))


def facts_of(conn: Connection, row: RowMapping) -> NominationFacts:
    """Facts for the law from a row."""
    office = (
        select(PLAN.c.office_agency_id)
        .join(AWARD_CAMPAIGN, AWARD_CAMPAIGN.c.plan_id == PLAN.c.id)
        .where(AWARD_CAMPAIGN.c.id == row["campaign_id"])
    )
    return NominationFacts(
        NominationState(row["state"]), row["agency_id"], row["proposed_by_agency_id"],
        row["proposed_by_id"], row["cleared_at"] is not None, row["appraised_by_id"],
        conn.execute(office).scalar(),
    )  # fmt: skip


_NAMES = {
    Step.CLEAR: ("clear_nomination", "nomination_cleared"),
    Step.APPRAISE: ("appraise_nomination", "nomination_appraised"),
    Step.SUBMIT: ("submit_nomination", "nomination_submitted"),
    Step.DECIDE: ("decide_award", "award_decided"),
    Step.PUBLISH: ("publish_award", "award_published"),
    Step.RETURN: ("return_nomination", "nomination_returned"),
    Step.WITHDRAW: ("withdraw_nomination", "nomination_withdrawn"),
}


@dataclass(frozen=True)
class TakeStep:
    """One step of the way of a nomination."""

    nomination_id: int
    step: Step
    opinion: str = ""
    reason: str = ""
    document: DocumentFacts | None = None
    seen_version: int | None = None


@handles(TakeStep)
def take_step(tx: Transaction, c: TakeStep) -> Outcome:
    row = tx.get(NOMINATION, c.nomination_id)
    _same(c.seen_version, row, "nomination")
    brought = {
        "opinion": bool(c.opinion.strip()),
        "reason": bool(c.reason.strip()),
        "document": c.document is not None,
    }
    membership = decide_step(c.step, tx.actor, facts_of(tx.conn, row), brought)
    if c.document is not None and (wrong := faults(c.document, tx.today)):
        raise Refused(*wrong)
    target = WAYS[c.step].target or NominationState(row["state"])
    command, event = _NAMES[c.step]
    tx.note(
        Entry(
            command, event, "nomination", row["id"], row["name"], membership,
            from_state=row["state"], to_state=target.value, reason=c.reason.strip() or None,
            version_before=row["version"], version_after=row["version"] + 1,
            document=asdict(c.document) if c.document else None,
        )
    )  # fmt: skip
    values: dict[str, Any] = {"state": target.value}
    who = tx.actor.person_id
    match c.step:
        case Step.CLEAR:
            values |= {"cleared_by_id": who, "cleared_at": tx.now}
        case Step.APPRAISE:
            values |= {"appraised_by_id": who, "appraised_at": tx.now, "opinion": clean(c.opinion)}
        case Step.SUBMIT:
            values |= {"submitted_at": tx.now}
        case Step.DECIDE:
            values |= {
                "decided_by_id": who,
                "decided_at": tx.now,
                "document_id": keep_document(tx, c.document),
            }
        case Step.PUBLISH:
            values |= {"published_at": tx.now}
        case _:
            values |= {"reason": clean(c.reason)}
    tx.update(NOMINATION, row, **values)
    return Outcome("nomination", row["id"], {"state": target.value})


def bound_of(row: RowMapping) -> Decimal:
    """The bound of a criterion as a number."""
    return Decimal(row["bound"])
