"""The only file that touches pytransitions: one shared machine made from the table of passages."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from transitions import Machine, MachineError

from models.states import CycleState
from workflow.law.errors import Reason, Refusal, Refused
from workflow.law.facts import ActorFacts, CycleFacts, Details, MembershipFacts
from workflow.law.rules import Post, judges, not_own_work, posts, the_judge
from workflow.law.transitions import PASSAGES, Command, Passage


@dataclass
class Attempt:
    """The throw-away object of one try: the machine moves it, never a database row."""

    state: str
    actor: ActorFacts
    cycle: CycleFacts
    details: Details | None
    today: date
    refusals: list[Refusal] = field(default_factory=list)
    passage: Passage | None = None
    membership: MembershipFacts | None = None


@dataclass(frozen=True)
class Permit:
    """The law agrees: the next state, and the membership in which the person acts."""

    command: Command
    target: CycleState
    membership: MembershipFacts
    passage: Passage


def _weigh(passage: Passage, attempt: Attempt) -> bool:
    """Collect every obstacle, so that a refusal names them all."""
    held = posts(attempt.actor, attempt.cycle)
    # Only a post that may judge this very cycle counts: an officer of the standing agency who is
    # also of VP UBND must not decide there in the name of VP UBND.
    counting = eligible(passage, attempt.cycle)
    membership = next((held[p] for p in counting if p in held), None)
    for rule in passage.rules:
        if refusal := rule(attempt.actor, attempt.cycle):
            attempt.refusals.append(refusal)
    if membership is None and not (attempt.refusals and any(p in held for p in passage.who)):
        attempt.refusals.insert(0, _wrong_post(passage, attempt))
    if attempt.details is not None and not attempt.refusals:
        for requirement in passage.requires:
            refusal = requirement(attempt.actor, attempt.cycle, attempt.details, attempt.today)
            if refusal:
                attempt.refusals.append(refusal)
    attempt.passage, attempt.membership = passage, membership
    return not attempt.refusals


def eligible(passage: Passage, cycle: CycleFacts) -> tuple[Post, ...]:
    """The posts of a passage that count for this cycle, after the rules about who judges."""
    who = passage.who
    if the_judge in passage.rules:
        who = tuple(p for p in who if p in judges(cycle))
    if not_own_work in passage.rules and cycle.is_of_office:
        who = tuple(p for p in who if p != Post.OFFICE)
    return who


def _wrong_post(passage: Passage, attempt: Attempt) -> Refusal:
    who = {"who": " ".join(eligible(passage, attempt.cycle))}
    lead_only = all(p in (Post.LEAD_HEAD, Post.LEAD_OFFICER) for p in passage.who)
    if lead_only and attempt.cycle.lead_agency_id not in attempt.actor.agency_ids:
        return Refusal(Reason.NOT_YOUR_AGENCY, who)
    return Refusal(Reason.NOT_YOUR_ROLE, who)


@lru_cache(maxsize=1)
def machine() -> Machine:
    """The shared machine: no automatic transitions, no model held, one condition per passage."""
    built = Machine(
        model=None,
        states=[s.value for s in CycleState],
        initial=None,
        auto_transitions=False,
        send_event=True,
    )
    for passage in PASSAGES:

        def allowed(event: Any, passage: Passage = passage) -> bool:
            return _weigh(passage, event.model)

        for source in passage.sources:
            built.add_transition(
                passage.command.value,
                source.value,
                (passage.target or source).value,
                conditions=[allowed],
            )
    return built


def decide(
    command: Command,
    actor: ActorFacts,
    cycle: CycleFacts,
    today: date,
    details: Details | None = None,
) -> Permit:
    """May this person do this to this cycle today? A Permit, or Refused with every obstacle.

    Without `details` only the who, the whence and the rules are asked (for buttons).
    """
    attempt = Attempt(cycle.state.value, actor, cycle, details, today)
    event = machine().events.get(command.value)
    if event is None:
        raise Refused(Refusal(Reason.WRONG_STATE, _state_detail(command, cycle)))
    try:
        moved = event.trigger(attempt)
    except MachineError:
        raise Refused(*_not_from_here(command, attempt)) from None
    if not moved or attempt.passage is None or attempt.membership is None:
        raise Refused(*attempt.refusals)
    return Permit(command, CycleState(attempt.state), attempt.membership, attempt.passage)


def _state_detail(command: Command, cycle: CycleFacts) -> dict[str, str]:
    return {"command": command.value, "state": cycle.state.value}


def _not_from_here(command: Command, attempt: Attempt) -> list[Refusal]:
    """The state is wrong; if the person is too, say both."""
    passage = next(p for p in PASSAGES if p.command is command)
    refusals = [Refusal(Reason.WRONG_STATE, _state_detail(command, attempt.cycle))]
    held = posts(attempt.actor, attempt.cycle)
    if not any(p in held for p in passage.who):
        refusals.append(_wrong_post(passage, attempt))
    return refusals


def available(actor: ActorFacts, cycle: CycleFacts, today: date) -> dict[Command, Permit]:
    """What this person could do now if he brings what is required: the buttons."""
    found: dict[Command, Permit] = {}
    for name in machine().get_triggers(cycle.state.value):
        command = Command(name)
        try:
            found[command] = decide(command, actor, cycle, today)
        except Refused:
            continue
    return found


def obstacles(
    command: Command, actor: ActorFacts, cycle: CycleFacts, today: date
) -> tuple[Refusal, ...]:
    """Why not: every obstacle between this person and this command; empty when it is open."""
    try:
        decide(command, actor, cycle, today)
    except Refused as refused:
        return refused.refusals
    return ()


def who_may(command: Command, cycle: CycleFacts) -> tuple[Post, ...]:
    """The posts that can do it for this cycle."""
    return eligible(next(p for p in PASSAGES if p.command is command), cycle)
