"""How somebody likes his pages: views of lists under his own names, the first steps shown once."""

from dataclasses import dataclass

from sqlalchemy import func, select

from models.tables import PERSON, SAVED_VIEW
from workflow import text
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.law.errors import NotFound, Reason, Refusal, Refused

NAME_LIMIT, QUERY_LIMIT = 60, 500
MOST = 12  # of one list: more than a row of links would hide the list itself


def _note(tx: Transaction, command: str, event: str) -> Entry:
    """An act of a person about his own account; it concerns nobody else."""
    if tx.actor.person_id is None:
        raise NotFound("person")
    return tx.note(
        Entry(
            command=command,
            event=event,
            object_kind="person",
            object_id=tx.actor.person_id,
            object_label=tx.actor.login,
            membership=tx.actor.memberships[0] if tx.actor.memberships else None,
        )
    )


@dataclass(frozen=True)
class SaveView:
    """The filters of a list under a name; the same name again means these filters from now on."""

    place: str
    name: str
    query: str


@handles(SaveView)
def save_view(tx: Transaction, c: SaveView) -> Outcome:
    name = text.clean(c.name)
    if not name:
        raise Refused(Refusal(Reason.MISSING, {"field": "name"}))
    for field, said, limit in (("name", name, NAME_LIMIT), ("query", c.query, QUERY_LIMIT)):
        if len(said) > limit:
            raise Refused(Refusal(Reason.TOO_LONG, {"field": field, "limit": str(limit)}))
    mine = (SAVED_VIEW.c.person_id == tx.actor.person_id, SAVED_VIEW.c.place == c.place)
    row = tx.one(select(SAVED_VIEW).where(*mine, SAVED_VIEW.c.name == name))
    there = tx.one(select(func.count().label("n")).select_from(SAVED_VIEW).where(*mine))
    if row is None and there is not None and there["n"] >= MOST:
        raise Refused(Refusal(Reason.ENOUGH_VIEWS, {"limit": str(MOST)}))
    _note(tx, "save_view", "view_saved")
    if row is not None:
        tx.update(SAVED_VIEW, row, query=c.query, at=tx.now)
        return Outcome("saved_view", row["id"])
    view_id = tx.insert(
        SAVED_VIEW,
        person_id=tx.actor.person_id,
        place=c.place,
        name=name,
        query=c.query,
        at=tx.now,
    )
    return Outcome("saved_view", view_id)


@dataclass(frozen=True)
class RemoveView:
    """One of my views is not wanted any more."""

    view_id: int


@handles(RemoveView)
def remove_view(tx: Transaction, c: RemoveView) -> Outcome:
    row = tx.get(SAVED_VIEW, c.view_id)
    if row["person_id"] != tx.actor.person_id:
        raise NotFound("saved_view")
    _note(tx, "remove_view", "view_removed")
    tx.delete(SAVED_VIEW, row)
    return Outcome("saved_view", c.view_id, {"place": row["place"], "name": row["name"]})


@dataclass(frozen=True)
class FinishTour:
    """I have seen the first steps, or do not want them: they do not come by themselves again."""


@handles(FinishTour)
def finish_tour(tx: Transaction, c: FinishTour) -> Outcome:
    if tx.actor.person_id is None:
        raise NotFound("person")
    person = tx.get(PERSON, tx.actor.person_id)
    if person["toured_at"] is None:
        entry = _note(tx, "finish_tour", "tour_finished")
        entry.version_before = person["version"]
        entry.version_after = tx.update(PERSON, person, toured_at=tx.now)["version"]
    return Outcome("person", person["id"])
