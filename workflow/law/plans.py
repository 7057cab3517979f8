"""Who may load a plan, set its ladder, and say how its disagreements are to be read."""

from collections.abc import Sequence
from datetime import date

from models.states import CycleState, Role
from workflow.law import rules
from workflow.law.errors import Reason, Refusal, Refused
from workflow.law.facts import ActorFacts, CycleFacts, Details, MembershipFacts
from workflow.law.ladder import Rung, faults
from workflow.law.rules import Post, plan_posts

RULES_ON_CONFLICTS = (Post.STANDING_HEAD, Post.OFFICE, Post.CHAIRMAN)


# The head of the standing agency keeps the ladder of his plan, the administrator every one.
SETS_LADDER = (Post.STANDING_HEAD.value, Role.ADMIN.value)


def keeper_of_ladder(actor: ActorFacts, standing_agency_id: int) -> MembershipFacts | None:
    """The membership in which this person may change a plan's ladder, if he has one."""
    if admin := actor.holds(Role.ADMIN):
        return admin
    return plan_posts(actor, standing_agency_id).get(Post.STANDING_HEAD)


def may_set_ladder(
    actor: ActorFacts, standing_agency_id: int, reason: str, rungs: Sequence[Rung]
) -> MembershipFacts:
    """Whoever keeps it, with a reason, to rungs that climb."""
    held = keeper_of_ladder(actor, standing_agency_id)
    if held is None:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": " ".join(SETS_LADDER)}))
    refusals = [Refusal(Reason.MISSING, {"field": "reason"})] if not reason.strip() else []
    if not rungs:
        refusals.append(Refusal(Reason.MISSING, {"field": "rungs"}))
    refusals += [
        Refusal(
            Reason.NOT_A_LADDER,
            {
                "fault": fault.kind.value,
                "anchor": fault.rung.anchor.value,
                "days": str(fault.rung.days),
                "word": fault.word,
            },
        )
        for fault in faults(rungs)
    ]
    if refusals:
        raise Refused(*refusals)
    return held


def may_load(actor: ActorFacts) -> MembershipFacts:
    """Plans are loaded by the operator at the command line; no role of the pages has it."""
    if system := actor.holds(Role.SYSTEM):
        return system
    raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.SYSTEM.value}))


def post_to_rule(actor: ActorFacts, standing_agency_id: int) -> Post | None:
    """The post in which this person may rule on a plan's conflicts, if he has one."""
    held = plan_posts(actor, standing_agency_id)
    return next((post for post in RULES_ON_CONFLICTS if post in held), None)


def may_rule(
    actor: ActorFacts, standing_agency_id: int, details: Details, today: date
) -> MembershipFacts:
    """The standing agency's head, VP UBND or the chairman, with words and a document."""
    post = post_to_rule(actor, standing_agency_id)
    if post is None:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": " ".join(RULES_ON_CONFLICTS)}))
    nothing = CycleFacts(0, CycleState.ASSIGNED, 0, standing_agency_id)
    refusals = [
        refusal
        for requirement in (rules.text, rules.document, rules.signer)
        if (refusal := requirement(actor, nothing, details, today))
    ]
    if refusals:
        raise Refused(*refusals)
    return plan_posts(actor, standing_agency_id)[post]
