"""Reading the views of lists that somebody has kept; they are his alone."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from models.tables import SAVED_VIEW
from workflow.law.facts import ActorFacts
from workflow.text import fold

V = SAVED_VIEW.c


def of_person(conn: Connection, actor: ActorFacts, place: str) -> Sequence[RowMapping]:
    """His views of one list, the oldest first: a link keeps its place."""
    mine = select(SAVED_VIEW).where(V.person_id == actor.person_id, V.place == place)
    return list(conn.execute(mine.order_by(V.id)).mappings())


def named(conn: Connection, actor: ActorFacts, query: str) -> Sequence[RowMapping]:
    """His views whose names hold every word of a search."""
    words = fold(query).split()
    mine = conn.execute(select(SAVED_VIEW).where(V.person_id == actor.person_id).order_by(V.id))
    return [
        row for row in mine.mappings() if words and all(word in fold(row["name"]) for word in words)
    ]


def one(conn: Connection, actor: ActorFacts, view_id: int) -> RowMapping | None:
    """One of his own; None when it is nobody's or somebody else's."""
    wanted = select(SAVED_VIEW).where(V.id == view_id, V.person_id == actor.person_id)
    return conn.execute(wanted).mappings().first()
