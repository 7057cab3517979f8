"""Reads docs/permissions.yaml into cells: what ought to happen, role by role and by command."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.states import CycleState

FILE = Path(__file__).parents[2] / "docs" / "permissions.yaml"
REASONS = {
    "R": "not_your_role",
    "A": "not_your_agency",
    "W": "own_work",
    "T": "own_task",
    "S": "judged_by_standing_agency",
    "O": "judged_by_office",
    "C": "judged_by_chairman",
}


@dataclass(frozen=True)
class Cell:
    """One question and its answer: allowed, refused for reasons, hidden (404) or sign-in."""

    role: str
    relation: str
    state: CycleState
    command: str
    answer: str
    target: CycleState
    reasons: frozenset[str] = frozenset()
    given: str = ""

    def __str__(self) -> str:
        return f"{self.command} as {self.role}, {self.relation}, {self.state.value}"


@cache
def read() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return table


def grid(command: str) -> dict[tuple[str, str], str]:
    """(role, relation) → what the table writes there."""
    head, *lines = read()["commands"][command]["cells"].splitlines()
    _, *relations = head.split()
    found = {}
    for line in lines:
        role, *marks = line.split()
        assert len(marks) == len(relations), line
        found |= {(role, relation): mark for relation, mark in zip(relations, marks, strict=True)}
    return found


def cells() -> Iterator[Cell]:
    """Every cell: role × relation × state × command."""
    table = read()
    for command, entry in table["commands"].items():
        marks = grid(command)
        for role in table["roles"]:
            for relation in table["relations"]:
                for state in CycleState:
                    target = state
                    if entry["to"] != "same" and state.value in entry["from"]:
                        target = CycleState(entry["to"])
                    given = entry.get("given", "")
                    here = (role, relation, state, command)
                    if role == "anonymous":
                        yield Cell(*here, "sign-in", state, given=given)
                        continue
                    mark = marks[role, relation]
                    if mark == "-":
                        yield Cell(*here, "hidden", state, given=given)
                    elif state.value not in entry["from"]:
                        reasons = {REASONS[m] for m in mark if mark != "yes" and m in "RA"}
                        reasons |= {"wrong_state"}
                        yield Cell(*here, "refused", state, frozenset(reasons), given)
                    elif mark == "yes":
                        yield Cell(*here, "allowed", target, given=given)
                    else:
                        reasons = {REASONS[m] for m in mark}
                        yield Cell(*here, "refused", state, frozenset(reasons), given)
