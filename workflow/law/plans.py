"""Who may load a plan, and who may say how its disagreements are to be read."""

from datetime import date

from models.states import CycleState, Role
from workflow.law import rules
from workflow.law.errors import Reason, Refusal, Refused
from workflow.law.facts import ActorFacts, CycleFacts, Details, MembershipFacts
from workflow.law.rules import Post, plan_posts

RULES_ON_CONFLICTS = (Post.STANDING_HEAD, Post.OFFICE, Post.CHAIRMAN)


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
