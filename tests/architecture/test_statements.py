"""No page asks the database more often when there is more to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from demo.scale import multiply
from ledger import place
from models.states import CycleState, Role
from tests.make import INSPECTORATE, LEAD, World
from tests.visitors import set_clock
from tests.web.endpoints import endpoints
from tests.web.reader import Reader
from tests.worlds import world, world_template

__all__ = ["world", "world_template"]

MANY = 5_000
# Not pages: they answer programs, make files, or wait.
NOT_PAGES = ("/static", "/healthz", "/readyz", "/metrics", "/.well-known", "/_")


@contextmanager
def counted(engine: Any) -> Iterator[list[str]]:
    """The statements that are sent while this is open."""
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


Look = tuple[str, str]  # who reads which address


def statements(world: World, reader: Reader, path: str) -> int | None:
    """How many statements this page took; None where there is no page for this reader."""
    with counted(world.engine) as sent:
        answer = reader.client.get(path)
    is_page = answer.status_code == 200 and answer.mimetype == "text/html"
    answer.close()
    return len(sent) if is_page else None


def first_looks(world: World, readers: dict[str, Reader], paths: list[str]) -> dict[Look, int]:
    """Each page for each reader who may see it, once what is remembered is remembered."""
    found = {}
    for who, reader in readers.items():
        for path in paths:
            if statements(world, reader, path) is not None:
                found[who, path] = statements(world, reader, path) or 0
    return found


def test_no_page_asks_more_for_5000_cycles_than_for_50(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every two seconds some page asks whether the database has lost a head: not by what it shows.
    monkeypatch.setattr(place, "LOOK_AGAIN_SECONDS", float("inf"))
    set_clock(world.app, world.now)
    for number, state in enumerate(CycleState):
        for task in ("II.2-a", "II.6-a"):
            world.bring(world.cycle(task, LEAD, 2026 + number), state)
    readers = {
        "head": Reader(world.app, world.head()),
        "standing head": Reader(world.app, world.judge),
        "office": Reader(world.app, world.office),
        "inspector": Reader(world.app, world.person(Role.INSPECTOR, INSPECTORATE)),
        "administrator": Reader(world.app, world.person(Role.ADMIN, "so-thuong-truc")),
    }
    cycle_id = world.cycle()
    values = {"cycle_id": cycle_id, "task_id": 2, "code": LEAD}
    paths = sorted(
        {e.path for e in endpoints(world.app, "GET", **values)}
        | {"/tasks?year=", "/tasks?year=2026&sort=agency", "/tasks?q=nhiem+vu"}
    )
    paths = [p for p in paths if not p.startswith(NOT_PAGES)]

    few = first_looks(world, readers, paths)
    assert multiply(world.engine, MANY) > MANY / 2
    many = {(who, path): statements(world, readers[who], path) or 0 for who, path in few}

    assert {look: (n, many[look]) for look, n in few.items() if many[look] > n} == {}
    assert len(few) > 40, "hardly a page was read"


def test_the_count_notices_a_statement_for_each_row(world: World) -> None:
    from sqlalchemy import select

    from models.tables import CYCLE

    with counted(world.engine) as sent, world.engine.connect() as conn:
        for cycle_id in list(conn.execute(select(CYCLE.c.id)).scalars()):
            conn.execute(select(CYCLE).where(CYCLE.c.id == cycle_id)).one()

    assert len([s for s in sent if s.startswith("SELECT")]) > 5
