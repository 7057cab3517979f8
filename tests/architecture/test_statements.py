"""No page asks the database more often when there is more to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from demo.scale import multiply
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


def asked(world: World, readers: dict[str, Reader], paths: list[str]) -> dict[str, int]:
    """How many statements each page took, for each reader who may see it."""
    found = {}
    for who, reader in readers.items():
        for path in paths:
            reader.client.get(path).close()  # what is remembered is remembered now
            with counted(world.engine) as sent:
                answer = reader.client.get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found[f"{path} as {who}"] = len(sent)
            answer.close()
    return found


def test_no_page_asks_more_for_5000_cycles_than_for_50(world: World) -> None:
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

    few = asked(world, readers, paths)
    assert multiply(world.engine, MANY) > MANY / 2
    many = asked(world, readers, paths)

    assert {page: (n, many[page]) for page, n in few.items() if many.get(page, 0) > n} == {}
    assert len(few) > 40, "hardly a page was read"


def test_the_count_notices_a_statement_for_each_row(world: World) -> None:
    from sqlalchemy import select

    from models.tables import CYCLE

    with counted(world.engine) as sent, world.engine.connect() as conn:
        for cycle_id in list(conn.execute(select(CYCLE.c.id)).scalars()):
            conn.execute(select(CYCLE).where(CYCLE.c.id == cycle_id)).one()

    assert len([s for s in sent if s.startswith("SELECT")]) > 5
