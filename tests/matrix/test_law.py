"""The law answers every cell of docs/permissions.yaml as it is written there."""

from dataclasses import replace
from datetime import date

import pytest

from models.states import CycleState, Disposition, Role
from tests.law.people import ENOUGH, member, person
from tests.matrix.table import Cell, cells, grid, read
from workflow.access import sees
from workflow.law.errors import Refused
from workflow.law.facts import ActorFacts, CycleFacts
from workflow.law.machine import decide
from workflow.law.transitions import Command

TODAY = date(2026, 12, 1)
# A new deadline has to be later than the old one.
LATER = date(2027, 1, 29)
DUE = {"no deadline": None, "overdue": date(2026, 11, 20)}
ON_HOLD = Disposition.ON_HOLD
ORDINARY, LEADER, STANDING, OFFICE = 1, 2, 5, 11
AGENCY = {
    "head": ORDINARY,
    "officer": ORDINARY,
    "standing_head": STANDING,
    "standing_officer": STANDING,
    "office": 6,
    "chairman": 6,
    "inspector": 7,
    "award_appraiser": 8,
    "budget_officer": 9,
    "admin": 10,
}


def actor_of(role: str) -> ActorFacts:
    found = member(Role(role.removeprefix("standing_")), AGENCY[role])
    return person(replace(found, offices=frozenset({OFFICE} if role == "office" else ())))


def cycle_of(cell: Cell) -> CycleFacts:
    agency = AGENCY[cell.role]
    leads = {"own": agency, "standing": STANDING, "both": STANDING, "office": OFFICE}
    return CycleFacts(
        1,
        cell.state,
        leads.get(cell.relation, LEADER),
        STANDING,
        OFFICE,
        co_lead_ids=frozenset({"co-lead": (agency,), "both": (OFFICE,)}.get(cell.relation, ())),
        supporting_ids=frozenset({agency} if cell.relation == "support" else ()),
        due_on=DUE.get(cell.given, date(2026, 12, 14)),
        submitted_by_id=999,
        objection=cell.given == "objection",
        extension_open=cell.given == "extension",
        explanation_open=cell.given == "explanation",
        disposition=ON_HOLD if cell.given == "on hold" else Disposition.ACTIVE,
    )


def answered(actor: ActorFacts, cycle: CycleFacts, command: str) -> tuple[str, CycleState, object]:
    if not sees(actor, cycle):
        return "hidden", cycle.state, frozenset()
    day = LATER if command in ("ask_extension", "extend_late", "resume") else TODAY
    try:
        permit = decide(Command(command), actor, cycle, TODAY, replace(ENOUGH, day=day))
    except Refused as refused:
        return "refused", cycle.state, frozenset(r.reason.value for r in refused.refusals)
    return "allowed", permit.target, frozenset()


@pytest.mark.parametrize("command", read()["commands"])
def test_the_law_answers_every_cell_as_written(command: str) -> None:
    wrong = []
    for cell in cells():
        if cell.command != command or cell.role == "anonymous":
            continue
        found = answered(actor_of(cell.role), cycle_of(cell), command)
        if found != (cell.answer, cell.target, cell.reasons):
            wrong.append((str(cell), (cell.answer, sorted(cell.reasons)), found))

    assert wrong == []


def test_the_table_has_a_grid_for_every_command_state_and_role() -> None:
    table = read()
    # Giving a task out creates the cycle: it has no cell among those of an existing one.
    assert set(table["commands"]) == {c.value for c in Command} - {"assign"}
    named = {s for c in table["commands"].values() for s in [*c["from"], c["to"]]}
    assert named - {"same"} == {s.value for s in CycleState}
    known = {r.value for r in Role} - {Role.SYSTEM.value}
    assert {r.removeprefix("standing_") for r in table["roles"]} == known | {"anonymous"}
    for command in table["commands"]:
        wanted = {(a, b) for a in table["roles"] for b in table["relations"] if a != "anonymous"}
        assert set(grid(command)) == wanted


def test_the_table_has_thousands_of_cells() -> None:
    found = list(cells())

    assert len(found) == 11 * 7 * 5 * 28
    assert len(set(found)) == len(found)
