"""A world in which every relation of docs/permissions.yaml has its cycles, in every state."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from models.states import CycleState, FlagKind, ReasonClass, Role
from models.tables import AGENCY, CYCLE, TASK
from tests.make import (
    AWARDS,
    BUDGET,
    INSPECTORATE,
    LEAD,
    OFFICE,
    OTHER,
    STANDING,
    SUPPORTING,
    UBND,
    TaskSpec,
    World,
    on,
)
from workflow.commands import cycles, dispositions, extensions, urging
from workflow.law.facts import ActorFacts
from workflow.law.transitions import Command

# Who acts in a role, and from which agency.
AGENCY_OF = {
    "head": LEAD,
    "officer": LEAD,
    "standing_head": STANDING,
    "standing_officer": STANDING,
    "office": UBND,
    "chairman": UBND,
    "inspector": INSPECTORATE,
    "award_appraiser": AWARDS,
    "budget_officer": BUDGET,
    "admin": STANDING,
    "anonymous": LEAD,
}
ALONE = (LEAD, STANDING, UBND, INSPECTORATE, AWARDS, BUDGET)
TOGETHER = (LEAD, INSPECTORATE, AWARDS, BUDGET)
LATE_YEAR, YEARS = 2025, range(2026, 2032)
# Everything that is allowed is done to a cycle of its own.
COPIES = "abcdefghijklmnopqrstuv"
UNSTATED = "zyxw"


def place_of(role: str, relation: str) -> str:
    """Which kind of cycle stands in this relation to the agency of this role."""
    agency = AGENCY_OF[role]
    if relation == "own":
        return f"led by {agency}"
    if relation == "standing":
        return f"led by {STANDING}"
    if relation == "office":
        return f"led by {OFFICE}"
    if relation == "both":
        return "led by both"
    if relation == "co-lead":
        return "co-led" if agency in TOGETHER else f"co-led by {agency}"
    return {"support": "supported", "none": "alone"}[relation]


# How each kind of cycle is named in the plan. The clause says which kind it is.
KINDS: dict[str, TaskSpec] = {
    **{
        f"led by {agency}": TaskSpec(f"II.1{n}-", lead=(agency,), cooperate=(SUPPORTING,))
        for n, agency in enumerate((*ALONE, OFFICE))
    },
    "co-led": TaskSpec("II.20-", lead=(OTHER, *TOGETHER), cooperate=(SUPPORTING,), mode="joint"),
    f"co-led by {STANDING}": TaskSpec(
        "II.21-", lead=(OTHER, STANDING), cooperate=(SUPPORTING,), mode="joint"
    ),
    f"co-led by {UBND}": TaskSpec(
        "II.22-", lead=(OTHER, UBND), cooperate=(SUPPORTING,), mode="joint"
    ),
    "led by both": TaskSpec(
        "II.25-", lead=(STANDING, OFFICE), cooperate=(SUPPORTING,), mode="joint"
    ),
    "supported": TaskSpec("II.23-", lead=(OTHER,), cooperate=(SUPPORTING, *ALONE)),
    "alone": TaskSpec("II.24-", lead=(OTHER,), cooperate=(SUPPORTING,)),
}


def tasks() -> Iterator[TaskSpec]:
    """Several tasks of each kind; the last letters have no deadline."""
    for spec in KINDS.values():
        for letter in COPIES:
            yield TaskSpec(spec.code + letter, spec.lead, spec.cooperate, spec.mode)
        for letter in UNSTATED:
            yield TaskSpec(spec.code + letter, spec.lead, spec.cooperate, spec.mode, "unstated")


@dataclass
class Places:
    """Cycles by kind and state: one that only refuses, and new ones for what is allowed."""

    world: World
    found: dict[tuple[str, str, int], int] = field(default_factory=dict)
    used: dict[tuple[str, str], Iterator[int]] = field(default_factory=dict)
    refusing: dict[tuple[str, CycleState, str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lead = {s.code: s.lead[0] for s in KINDS.values()}
        statement = (
            select(CYCLE.c.id, CYCLE.c.year, TASK.c.code, AGENCY.c.code.label("agency"))
            .join(TASK, TASK.c.id == CYCLE.c.task_id)
            .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        )
        with self.world.engine.connect() as conn:
            for row in conn.execute(statement):
                clause, letter = row.code[:-1], row.code[-1]
                if lead.get(clause) == row.agency:
                    self.found[clause, letter, row.year] = row.id

    def fresh(self, kind: str, given: str = "") -> int:
        """A cycle of this kind nobody has touched."""
        clause = KINDS[kind].code
        letters = UNSTATED if given == "no deadline" else COPIES[1:]
        # The first letter of 2025 and 2026 is kept for refusals.
        years = [LATE_YEAR] if given == "overdue" else list(YEARS)
        supply = self.used.setdefault(
            (kind, given if given in ("overdue", "no deadline") else ""),
            iter([self.found[clause, a, y] for a in letters for y in years]),
        )
        return next(supply)

    def prepared(self, kind: str, state: CycleState, command: str, given: str) -> int:
        """A new cycle of this kind in a state, with what the command finds there."""
        cycle_id = self.fresh(kind, given)
        self.world.bring(cycle_id, state)
        if made := BEFORE.get(given) or BEFORE.get(command):
            made(self.world, cycle_id, self.world.lead_of(cycle_id))
        return cycle_id

    def waiting(self, kind: str, state: CycleState, command: str, given: str) -> int:
        """The same, once for all who are refused."""
        key = (kind, state, command, given)
        if key not in self.refusing:
            self.refusing[key] = self.prepared(*key)
        return self.refusing[key]

    def kept(self, kind: str, state: CycleState) -> int:
        """The one cycle of this kind and state that answers everything that is refused."""
        order = list(CycleState).index(state)
        return self.found[KINDS[kind].code, "a", list(YEARS)[order]]


def settle_states(world: World) -> None:
    """For each kind one cycle in every state."""
    places = Places(world)
    for kind in KINDS:
        for state in CycleState:
            world.bring(places.kept(kind, state), state)


# --- what stands in the cycle before ---------------------------------------------------------

Before = Callable[[World, int, str], Any]


def _objection(world: World, cycle_id: int, lead: str) -> None:
    decline = cycles.DeclineTask(cycle_id, "Thiếu kinh phí", world.document())
    world.do(decline, world.head(lead, 2))


def _extension(world: World, cycle_id: int, lead: str) -> None:
    day, why = date(2031, 12, 31), ReasonClass.OBJECTIVE
    asked = extensions.AskExtension(cycle_id, day, why, "Chờ số liệu", world.document())
    world.do(asked, world.head(lead, 2))


def _explanation(world: World, cycle_id: int, lead: str) -> None:
    question = urging.AskExplanation(cycle_id, "Vì sao chậm?", world.today)
    world.do(question, world.person(Role.CHAIRMAN, SUPPORTING, 2))


def _flag(world: World, cycle_id: int, lead: str) -> None:
    star = urging.RaiseFlag(cycle_id, FlagKind.STAR, "Trọng điểm")
    world.do(star, world.person(Role.CHAIRMAN, SUPPORTING, 2))


def _silence(world: World, cycle_id: int, lead: str) -> None:
    with on(world, world.today - timedelta(days=1)):
        asked = urging.AskSupport(cycle_id, SUPPORTING, "Cho số liệu", world.today)
        world.do(asked, world.head(lead, 2))


def _hold(world: World, cycle_id: int, lead: str) -> None:
    document = world.document("3/CV-UBND")
    held = dispositions.HoldCycle(cycle_id, "Chờ văn bản", document)
    world.do(held, world.person(Role.CHAIRMAN, SUPPORTING, 2))


# By what the table says is given, or by the command that finds something there.
BEFORE: dict[str, Before] = {
    "objection": _objection,
    "extension": _extension,
    "explanation": _explanation,
    "lower_flag": _flag,
    "note_silence": _silence,
    "on hold": _hold,
}


def actor(world: World, role: str) -> ActorFacts:
    return world.person(Role(role.removeprefix("standing_")), AGENCY_OF[role])


def fields(command: Command) -> dict[str, str]:
    """What a right form of this command holds."""
    from tests.web.test_cycles import GIVEN

    if command is Command.SAVE_DRAFT:
        return {"result": "Nháp"}
    later = {"due_on": "30/1/2032"} if "reason_class" in GIVEN[command] else {}
    return GIVEN[command] | later


def segment(command: Command) -> str:
    from web.cycles.acts import ACTS

    return "draft" if command is Command.SAVE_DRAFT else ACTS[command].segment
