"""The way of a proposal for commendation: đề nghị, thẩm định, trình, quyết định, công bố.

Nobody appraises or decides on their own agency, on what their agency proposed, or on what they
appraised (PCTN 36/2018/QH14 Điều 23): who proposes, who appraises and who decides are three. What
excludes a nominee is confirmed by a person, and the particulars are not kept.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.states import LABELS, NominationState, Role
from workflow.law.errors import Reason, Refusal, Refused
from workflow.law.facts import ActorFacts, MembershipFacts

S = NominationState


class Step(StrEnum):
    """What can be done to a nomination."""

    CLEAR = "clear"
    APPRAISE = "appraise"
    SUBMIT = "submit"
    DECIDE = "decide"
    PUBLISH = "publish"
    RETURN = "return"
    WITHDRAW = "withdraw"


class By(StrEnum):
    """Who may do it."""

    PROPOSER = "proposer"
    APPRAISER = "appraiser"
    OFFICE = "office"
    CHAIRMAN = "chairman"


@dataclass(frozen=True)
class Way:
    """One row: from where, to where, by whom, and what has to be brought."""

    sources: tuple[S, ...]
    target: S | None
    by: tuple[By, ...]
    needs: tuple[str, ...] = ()
    cleared: bool = False
    impartial: bool = True


# fmt: off
WAYS: dict[Step, Way] = {
    Step.CLEAR: Way((S.PROPOSED,), None, (By.APPRAISER,)),
    Step.APPRAISE: Way((S.PROPOSED,), S.APPRAISED, (By.APPRAISER,), ("opinion",), cleared=True),
    Step.SUBMIT: Way((S.APPRAISED,), S.SUBMITTED, (By.OFFICE,)),
    Step.DECIDE: Way((S.SUBMITTED,), S.DECIDED, (By.CHAIRMAN,), ("document",)),
    Step.PUBLISH: Way((S.DECIDED,), S.PUBLISHED, (By.OFFICE,), impartial=False),
    Step.RETURN: Way((S.PROPOSED, S.APPRAISED, S.SUBMITTED), S.RETURNED,
                     (By.APPRAISER, By.OFFICE, By.CHAIRMAN), ("reason",)),
    Step.WITHDRAW: Way((S.PROPOSED, S.APPRAISED, S.SUBMITTED, S.RETURNED), S.WITHDRAWN,
                       (By.PROPOSER,), ("reason",), impartial=False),
}
# fmt: on
LIVING = (S.PROPOSED, S.APPRAISED, S.SUBMITTED, S.DECIDED, S.PUBLISHED)
_ROLES = {
    By.APPRAISER: Role.AWARD_APPRAISER,
    By.OFFICE: Role.OFFICE,
    By.CHAIRMAN: Role.CHAIRMAN,
}


@dataclass(frozen=True)
class NominationFacts:
    """A nomination as the law needs to know it."""

    state: NominationState
    agency_id: int
    proposed_by_agency_id: int
    proposed_by_id: int
    is_cleared: bool = False
    appraised_by_id: int | None = None
    office_agency_id: int | None = None

    @property
    def is_of_office(self) -> bool:
        """True when VP UBND itself is proposed or proposes: the chairman takes its steps."""
        return self.office_agency_id in (self.agency_id, self.proposed_by_agency_id)


def who_proposes(actor: ActorFacts, agency_id: int, standing_agency_id: int) -> MembershipFacts:
    """The head of the agency nominates its own; the standing agency's head anybody's."""
    found = actor.holds(Role.HEAD, agency_id) or actor.holds(Role.HEAD, standing_agency_id)
    if found is None:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": "lead_head standing_head"}))
    return found


def decide_step(
    step: Step, actor: ActorFacts, facts: NominationFacts, brought: dict[str, bool] | None = None
) -> MembershipFacts:
    """May this person take this step? The membership he acts in, or Refused with every obstacle.

    Without `brought` only state and person are asked (for buttons).
    """
    way = WAYS[step]
    refusals = []
    if facts.state not in way.sources:
        refusals.append(Refusal(Reason.WRONG_STEP, {"step": LABELS[facts.state].lower()}))
    membership = _acts_as(actor, way, facts)
    if membership is None:
        refusals.append(Refusal(Reason.NOT_YOUR_ROLE, {"who": ""}))
    if way.impartial and facts.agency_id in actor.agency_ids:
        refusals.append(Refusal(Reason.OWN_NOMINEE))
    if way.impartial and _proposed_or_appraised(step, actor, facts):
        refusals.append(Refusal(Reason.OWN_NOMINATION))
    if way.cleared and not facts.is_cleared:
        refusals.append(Refusal(Reason.NOT_CLEARED))
    if brought is not None:
        for need in way.needs:
            if not brought.get(need):
                refusals.append(Refusal(Reason.MISSING, {"field": need}))
    if refusals or membership is None:
        raise Refused(*refusals)
    return membership


def _proposed_or_appraised(step: Step, actor: ActorFacts, facts: NominationFacts) -> bool:
    """He or an agency of his brought it forward, or he gave the opinion it is decided on."""
    appraised = step in (Step.SUBMIT, Step.DECIDE) and actor.person_id == facts.appraised_by_id
    return (
        appraised
        or actor.person_id == facts.proposed_by_id
        or facts.proposed_by_agency_id in actor.agency_ids
    )


def _acts_as(actor: ActorFacts, way: Way, facts: NominationFacts) -> MembershipFacts | None:
    for by in way.by:
        if by is By.PROPOSER:
            found = actor.holds(Role.HEAD, facts.proposed_by_agency_id)
        else:
            by_chairman = by is By.OFFICE and way.impartial and facts.is_of_office
            found = actor.holds(_ROLES[By.CHAIRMAN if by_chairman else by])
        if found:
            return found
    return None


def steps_open_to(actor: ActorFacts, facts: NominationFacts) -> list[Step]:
    """What this person could do now: the buttons."""
    found = []
    for step in Step:
        if step is Step.CLEAR and facts.is_cleared:
            continue
        try:
            decide_step(step, actor, facts)
        except Refused:
            continue
        found.append(step)
    return found
