"""Every cell of docs/permissions.yaml over HTTP: the right form, sent by everybody, everywhere.

On SQLite all 5 × 5 × 11 cells of each command. Who may is decided by the same code before the
database is asked to write, so PostgreSQL answers all that is allowed and each third refusal.
"""

from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import func, select

from models.states import CycleState
from models.tables import AUDIT_ENTRY, CYCLE
from tests.matrix.places import Places, actor, fields, place_of, segment
from tests.matrix.table import Cell, cells, read
from tests.visitors import set_clock
from tests.web.reader import Reader
from workflow.law.transitions import Command

# The administrator has no business at all: the pages are closed to him, whatever the cycle.
HIDDEN = {"admin": 403}


class Everybody:
    """One browser for each role, signed in when first needed."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.browsers: dict[str, Reader] = {}

    def browser(self, role: str) -> Reader:
        if role not in self.browsers:
            who = None if role == "anonymous" else actor(self.places.world, role)
            self.browsers[role] = Reader(self.places.world.app, who)
        return self.browsers[role]


@pytest.fixture(scope="module")
def everybody(places: Places) -> Everybody:
    """Signed in once for all commands."""
    return Everybody(places)


def standing(places: Places, cycle_ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    """Version, state, number of entries and last command of each cycle."""
    trail = (
        select(
            AUDIT_ENTRY.c.object_id,
            func.count().label("entries"),
            func.max(AUDIT_ENTRY.c.id).label("last"),
        )
        .where(AUDIT_ENTRY.c.object_kind == "cycle")
        .group_by(AUDIT_ENTRY.c.object_id)
        .subquery()
    )
    found = (
        select(CYCLE.c.id, CYCLE.c.version, CYCLE.c.state, trail.c.entries, AUDIT_ENTRY.c.command)
        .join(trail, trail.c.object_id == CYCLE.c.id)
        .join(AUDIT_ENTRY, AUDIT_ENTRY.c.id == trail.c.last)
        .where(CYCLE.c.id.in_(cycle_ids))
    )
    with places.world.engine.connect() as conn:
        return {row[0]: tuple(row[1:]) for row in conn.execute(found)}


def status_fault(cell: Cell, status: int, location: str) -> str:
    """What is wrong with the answer; empty when it is what the table says."""
    if cell.answer == "sign-in":
        asked = status == 401 or (status in (302, 303) and "/sign-in" in location)
        return "" if asked else f"{status} {location}"
    wanted = {"allowed": 303, "refused": 409}.get(cell.answer) or HIDDEN.get(cell.role, 404)
    return "" if status == wanted else f"{status}, not {wanted}"


def cells_of(command: str, engine: str) -> list[Cell]:
    every = [cell for cell in cells() if cell.command == command]
    assert len(every) == 11 * 7 * 5
    if engine == "sqlite":
        return every
    return [cell for n, cell in enumerate(every) if cell.answer == "allowed" or n % 3 == 0]


@pytest.mark.parametrize("command", read()["commands"])
def test_the_pages_answer_every_cell_as_written(
    places: Places, everybody: Everybody, engine_name: str, command: str
) -> None:
    set_clock(places.world.app, places.world.now)
    path, form = segment(Command(command)), fields(Command(command))
    opened = read()["commands"][command]["from"]
    asked: list[tuple[Cell, int]] = []
    for cell in cells_of(command, engine_name):
        kind = place_of(cell.role, cell.relation)
        if cell.answer == "allowed":
            cycle_id = places.prepared(kind, cell.state, command, cell.given)
        elif cell.given and cell.state.value in opened:
            cycle_id = places.waiting(kind, cell.state, command, cell.given)
        else:
            cycle_id = places.kept(kind, cell.state)
        asked.append((cell, cycle_id))
    before = standing(places, {cycle_id for _, cycle_id in asked})

    wrong = []
    for cell, cycle_id in asked:
        browser = everybody.browser(cell.role)
        sent = {**form, "csrf_token": browser.token}
        answer = browser.client.post(f"/cycles/{cycle_id}/{path}", data=sent)
        if fault := status_fault(cell, answer.status_code, answer.headers.get("Location", "")):
            wrong.append(f"{cell}: {cell.answer}, but {fault}")
        answer.close()
    after = standing(places, before)

    for cell, cycle_id in asked:
        entries = before[cycle_id][2]
        if cell.answer == "allowed":
            done = (cell.target, entries + 1, command)
            if after[cycle_id][1:] != done:
                wrong.append(f"{cell}: {before[cycle_id]} became {after[cycle_id]}")
        elif after[cycle_id] != before[cycle_id]:
            wrong.append(f"{cell}: refused, but {before[cycle_id]} became {after[cycle_id]}")
    assert wrong == []


def test_what_is_hidden_looks_like_what_does_not_exist(
    places: Places, everybody: Everybody
) -> None:
    set_clock(places.world.app, places.world.now)
    hidden = places.kept("alone", CycleState.ASSIGNED)
    for role in ("head", "award_appraiser", "budget_officer", "admin"):
        browser = everybody.browser(role)
        sent = {**fields(Command.ACCEPT), "csrf_token": browser.token}
        answers = [
            browser.client.post(f"/cycles/{number}/accept", data=sent)
            for number in (hidden, 999_999)
        ]
        texts = [a.get_data(as_text=True) for a in answers]

        assert answers[0].status_code == answers[1].status_code
        assert strip(texts[0]) == strip(texts[1])


def strip(text: str) -> str:
    """A page without what differs from one request to the next."""
    import re

    text = re.sub(r"/cycles/\d+", "/cycles/N", text)
    return re.sub(r'value="[^"]{20,}"|content="[^"]{20,}"|\b[0-9a-f]{12,}\b', "", text)


def test_a_post_without_its_token_changes_nothing(places: Places, everybody: Everybody) -> None:
    set_clock(places.world.app, places.world.now)
    cycle_ids = {state: places.kept("supported", state) for state in CycleState}
    before = standing(places, cycle_ids.values())
    for command, entry in read()["commands"].items():
        cycle_id = cycle_ids[CycleState(entry["from"][0])]
        for token in (None, "x" * 60, everybody.browser("inspector").token):
            sent = fields(Command(command)) | ({"csrf_token": token} if token else {})
            for role in ("standing_head", "head"):
                answer = everybody.browser(role).client.post(
                    f"/cycles/{cycle_id}/{segment(Command(command))}", data=sent
                )
                assert answer.status_code == 400, (command, role)
                answer.close()

    assert standing(places, before) == before
