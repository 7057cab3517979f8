"""The rules. A rule takes facts and gives nothing or the obstacle; it knows no clock.

Posts say what a person is to one cycle. Nobody judges their own work: PCTN 36/2018/QH14 Điều 23
and NĐ 59/2019/NĐ-CP Điều 29-30; signing capacities: NĐ 30/2020/NĐ-CP Điều 13.
"""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

from models.states import Capacity, CycleState, Disposition, Role, UrgeLevel
from workflow.law.errors import Reason, Refusal
from workflow.law.facts import ActorFacts, CycleFacts, Details, MembershipFacts

TEXT_LIMIT = 20_000


class Post(StrEnum):
    """What somebody is to a cycle: his role together with his agency's part in it."""

    LEAD_HEAD = "lead_head"
    LEAD_OFFICER = "lead_officer"
    CO_LEAD_HEAD = "co_lead_head"
    CO_LEAD_OFFICER = "co_lead_officer"
    SUPPORTING_HEAD = "supporting_head"
    SUPPORTING_OFFICER = "supporting_officer"
    STANDING_HEAD = "standing_head"
    STANDING_OFFICER = "standing_officer"
    OFFICE = "office"
    CHAIRMAN = "chairman"


POST_LABELS: dict[Post, str] = {
    Post.LEAD_HEAD: "Thủ trưởng cơ quan chủ trì",
    Post.LEAD_OFFICER: "Chuyên viên cơ quan chủ trì",
    Post.CO_LEAD_HEAD: "Thủ trưởng cơ quan đồng chủ trì",
    Post.CO_LEAD_OFFICER: "Chuyên viên cơ quan đồng chủ trì",
    Post.SUPPORTING_HEAD: "Thủ trưởng cơ quan phối hợp",
    Post.SUPPORTING_OFFICER: "Chuyên viên cơ quan phối hợp",
    Post.STANDING_HEAD: "Lãnh đạo cơ quan thường trực",
    Post.STANDING_OFFICER: "Chuyên viên cơ quan thường trực",
    Post.OFFICE: "Văn phòng UBND tỉnh",
    Post.CHAIRMAN: "Chủ tịch UBND tỉnh",
}


def posts(actor: ActorFacts, cycle: CycleFacts) -> dict[Post, MembershipFacts]:
    """Every post this person holds towards this cycle, with the membership it comes from.

    Whoever administers accounts holds none, whatever else he has given himself.
    """
    found: dict[Post, MembershipFacts] = {}
    if actor.holds(Role.ADMIN):
        return found
    for m in actor.memberships:
        if m.role == Role.OFFICE:
            found.setdefault(Post.OFFICE, m)
        elif m.role == Role.CHAIRMAN:
            found.setdefault(Post.CHAIRMAN, m)
        elif m.role in (Role.HEAD, Role.OFFICER):
            head = m.role == Role.HEAD
            if m.agency_id == cycle.lead_agency_id:
                found.setdefault(Post.LEAD_HEAD if head else Post.LEAD_OFFICER, m)
            elif m.agency_id in cycle.co_lead_ids:
                found.setdefault(Post.CO_LEAD_HEAD if head else Post.CO_LEAD_OFFICER, m)
            elif m.agency_id in cycle.supporting_ids:
                found.setdefault(Post.SUPPORTING_HEAD if head else Post.SUPPORTING_OFFICER, m)
            if m.agency_id == cycle.standing_agency_id:
                found.setdefault(Post.STANDING_HEAD if head else Post.STANDING_OFFICER, m)
    return found


def plan_posts(actor: ActorFacts, standing_agency_id: int) -> dict[Post, MembershipFacts]:
    """The posts a person holds towards a plan as a whole."""
    nobody = CycleFacts(
        0, CycleState.ASSIGNED, lead_agency_id=0, standing_agency_id=standing_agency_id
    )
    return posts(actor, nobody)


Rule = Callable[[ActorFacts, CycleFacts], Refusal | None]
Requirement = Callable[[ActorFacts, CycleFacts, Details, date], Refusal | None]


def active(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """The cycle is neither on hold nor closed by a document."""
    if cycle.disposition == Disposition.ON_HOLD:
        return Refusal(Reason.ON_HOLD)
    if cycle.disposition == Disposition.CLOSED_BY_DOCUMENT:
        return Refusal(Reason.CLOSED_BY_DOCUMENT)
    return None


def on_hold(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """It has been put on hold and not been ended."""
    if cycle.disposition == Disposition.CLOSED_BY_DOCUMENT:
        return Refusal(Reason.CLOSED_BY_DOCUMENT)
    return None if cycle.disposition == Disposition.ON_HOLD else Refusal(Reason.NOT_ON_HOLD)


def not_ended(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """It has not been ended by a document (it may be on hold)."""
    ended = cycle.disposition == Disposition.CLOSED_BY_DOCUMENT
    return Refusal(Reason.CLOSED_BY_DOCUMENT) if ended else None


def not_own_work(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """None of his agencies, in any role, leads or co-leads it (VP UBND is one, too)."""
    if actor.agency_ids & (cycle.co_lead_ids | {cycle.lead_agency_id}):
        return Refusal(Reason.OWN_WORK)
    return None


def not_own_task(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """None of his agencies leads or co-leads what he urges, marks or extends."""
    return Refusal(Reason.OWN_TASK) if not_own_work(actor, cycle) else None


def not_own_report(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """He did not send the report himself, whatever he is now."""
    if actor.person_id is not None and actor.person_id == cycle.submitted_by_id:
        return Refusal(Reason.OWN_REPORT)
    return None


def not_own_objection(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """He did not make the request to adjust himself, whatever he is now."""
    own = actor.person_id is not None and actor.person_id == cycle.objection_by_id
    return Refusal(Reason.OWN_REQUEST) if own else None


def not_own_extension(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """He did not ask for the new deadline himself, whatever he is now."""
    own = actor.person_id is not None and actor.person_id == cycle.extension_by_id
    return Refusal(Reason.OWN_REQUEST) if own else None


def not_own_proposal(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """Four eyes: who proposed the verdict does not decide it, when somebody else can."""
    own = actor.person_id is not None and actor.person_id == cycle.appraised_by_id
    return Refusal(Reason.OWN_PROPOSAL) if own and cycle.second_judge else None


def judges(cycle: CycleFacts) -> frozenset[Post]:
    """The posts that judge it: of the first of standing agency, VP UBND, chairman it is not of."""
    if cycle.judged_by_chairman:
        return frozenset({Post.CHAIRMAN})
    if cycle.judged_by_office:
        return frozenset({Post.OFFICE})
    return frozenset({Post.STANDING_HEAD, Post.STANDING_OFFICER})


def the_judge(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """VP UBND judges what the standing agency leads or co-leads, and the chairman what both do."""
    held = posts(actor, cycle)
    if judges(cycle) & held.keys():
        return None
    if cycle.judged_by_chairman:
        return Refusal(Reason.JUDGED_BY_CHAIRMAN)
    if cycle.judged_by_office:
        return Refusal(Reason.JUDGED_BY_OFFICE)
    return Refusal(Reason.JUDGED_BY_STANDING_AGENCY)


def appraisal_not_started(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """A report can be taken back only before somebody has begun to appraise it."""
    return Refusal(Reason.APPRAISAL_STARTED) if cycle.appraised_by_id is not None else None


def no_objection_open(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """The lead's own request to adjust is answered first."""
    return Refusal(Reason.OBJECTION_OPEN) if cycle.objection else None


def objection_open(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """There is a request to adjust that waits for an answer."""
    return None if cycle.objection else Refusal(Reason.NO_OBJECTION)


def without_deadline(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """Only a cycle "không hạn" is given one; a stated deadline changes by extension."""
    return Refusal(Reason.HAS_DEADLINE) if cycle.due_on is not None else None


def with_deadline(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """There is a deadline to extend."""
    return Refusal(Reason.NO_DEADLINE) if cycle.due_on is None else None


def no_extension_open(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """One request at a time."""
    return Refusal(Reason.EXTENSION_OPEN) if cycle.extension_open else None


def extension_open(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """There is a request for a new deadline that waits for a decision."""
    return None if cycle.extension_open else Refusal(Reason.NO_EXTENSION)


def no_explanation_open(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """One question at a time."""
    return Refusal(Reason.EXPLANATION_OPEN) if cycle.explanation_open else None


def explanation_open(actor: ActorFacts, cycle: CycleFacts) -> Refusal | None:
    """There is a question that waits for the answer of the head."""
    return None if cycle.explanation_open else Refusal(Reason.NO_EXPLANATION)


def _text(value: str | None, field: str) -> Refusal | None:
    if value is None or not value.strip():
        return Refusal(Reason.MISSING, {"field": field})
    if len(value) > TEXT_LIMIT:
        return Refusal(Reason.TOO_LONG, {"field": field, "limit": str(TEXT_LIMIT)})
    return None


def reason(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """A reason in words."""
    return _text(d.reason, "reason")


def text(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """What was done, in words."""
    return _text(d.text, "text")


def missing(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """What the report lacks, in words."""
    return _text(d.missing, "missing")


def focal_person(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """The officer who answers for it (cán bộ đầu mối)."""
    return _text(d.focal_person, "focal_person")


def result(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """The result, in words."""
    return _text(d.result, "result")


def product(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """The deliverable (sản phẩm đầu ra)."""
    return _text(d.product, "product")


def percent(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """A whole number from 0 to 100."""
    if d.percent is None:
        return Refusal(Reason.MISSING, {"field": "percent"})
    return None if 0 <= d.percent <= 100 else Refusal(Reason.NOT_A_PERCENT)


def _coming(d: Details, today: date, field: str) -> Refusal | None:
    if d.day is None:
        return Refusal(Reason.MISSING, {"field": field})
    return Refusal(Reason.DAY_PASSED, {"field": field}) if d.day < today else None


def resend_day(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """The day by which to send again; today is the earliest."""
    return _coming(d, today, "resend_by")


def coming_day(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """The new deadline; today is the earliest."""
    return _coming(d, today, "due_on")


def answer_day(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """The day by which to answer; today is the earliest."""
    return _coming(d, today, "answer_by")


def within_deadline(
    actor: ActorFacts, cycle: CycleFacts, d: Details, today: date
) -> Refusal | None:
    """A part of a report is wanted before the report is due; of one that is late, as may be."""
    due = cycle.due_on
    if d.day is not None and due is not None and today <= due < d.day:
        return Refusal(Reason.ANSWER_AFTER_DEADLINE, {"day": f"{due:%d/%m/%Y}"})
    return None


def later_day(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """A new deadline that is later than the one there is."""
    if refusal := _coming(d, today, "due_on"):
        return refusal
    if d.day is not None and cycle.due_on is not None and d.day <= cycle.due_on:
        return Refusal(Reason.NOT_LATER)
    return None


def later_day_if_any(
    actor: ActorFacts, cycle: CycleFacts, d: Details, today: date
) -> Refusal | None:
    """A deadline named beside is later than the one there is."""
    return later_day(actor, cycle, d, today) if d.day is not None else None


def new_lead(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """Another agency than the one that leads."""
    if d.agency_id is None:
        return Refusal(Reason.MISSING, {"field": "agency_code"})
    same = d.agency_id == cycle.lead_agency_id
    return Refusal(Reason.LEADS_ALREADY) if same else None


def before_deadline(
    actor: ActorFacts, cycle: CycleFacts, d: Details, today: date
) -> Refusal | None:
    """An extension is asked for while there is still time (decision 13)."""
    passed = cycle.due_on is not None and today > cycle.due_on
    return Refusal(Reason.DEADLINE_PASSED) if passed else None


def after_deadline(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """A late extension is for a deadline that has passed; its mark stays."""
    ahead = cycle.due_on is not None and today <= cycle.due_on
    return Refusal(Reason.DEADLINE_NOT_PASSED) if ahead else None


def reason_class(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """Whose cause it is: objective or subjective."""
    return Refusal(Reason.MISSING, {"field": "reason_class"}) if d.reason_class is None else None


# Who may urge how loudly; every louder level needs the one who signs it.
LEVELS: dict[UrgeLevel, tuple[Post, ...]] = {
    UrgeLevel.REMINDER: (Post.STANDING_OFFICER, Post.STANDING_HEAD, Post.OFFICE),
    UrgeLevel.AGENCY_LETTER: (Post.STANDING_HEAD,),
    UrgeLevel.UBND_LETTER: (Post.OFFICE,),
    UrgeLevel.MEETING: (Post.STANDING_HEAD, Post.OFFICE),
}


def level(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """A level of urging that this person may use."""
    if d.level is None:
        return Refusal(Reason.MISSING, {"field": "level"})
    held = posts(actor, cycle)
    if any(post in held for post in LEVELS[d.level]):
        return None
    return Refusal(Reason.LEVEL_TOO_HIGH, {"who": " ".join(LEVELS[d.level])})


def document(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """A document reference that is whole and not of a day to come."""
    if d.document is None:
        return Refusal(Reason.MISSING, {"field": "document"})
    if not (d.document.number.strip() and d.document.symbol.strip()):
        return Refusal(Reason.MISSING, {"field": "notation"})
    if not d.document.signer_name.strip():
        return Refusal(Reason.MISSING, {"field": "signer_name"})
    if d.document.issued_on > today:
        return Refusal(Reason.DOCUMENT_IN_FUTURE)
    return None


def signer(actor: ActorFacts, cycle: CycleFacts, d: Details, today: date) -> Refusal | None:
    """TUQ. needs a written authorisation; on a document one whose time holds on its day."""
    doc = d.document
    if doc is not None and doc.capacity == Capacity.TUQ:
        if not (doc.authorization or "").strip():
            return Refusal(Reason.NO_AUTHORIZATION)
        if doc.authorization_until is None:
            return Refusal(Reason.MISSING, {"field": "authorization_until"})
        if doc.authorization_until < doc.issued_on:
            return Refusal(Reason.AUTHORIZATION_EXPIRED)
    shown = d.authorization or (doc.authorization if doc else None) or ""
    if d.capacity == Capacity.TUQ and not shown.strip():
        return Refusal(Reason.NO_AUTHORIZATION)
    return None
