"""Keep the filters of a list under a name, show those that are kept, let one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from pydantic import Field
from sqlalchemy import RowMapping

from web import db
from web.forms import Form, Line, MaybeWords, read
from web.languages import vi
from web.requires import me, perform, signed_in, today
from web.saved.places import PLACES, address, checked, written
from workflow import views
from workflow.commands.views import NAME_LIMIT, QUERY_LIMIT, RemoveView, SaveView
from workflow.law.errors import NotFound

blueprint = Blueprint("saved", __name__, url_prefix="/views")


class SaveForm(Form):
    """The choice that stands in the address, and what it is to be called."""

    place: Line
    name: Annotated[Line, Field(max_length=NAME_LIMIT)]
    query: Annotated[MaybeWords, Field(max_length=QUERY_LIMIT)] = ""

    words: ClassVar[dict[str, str]] = {"name": "tên cách xem", "query": "bộ lọc"}


class RemoveForm(Form):
    """Nothing but the press."""


@dataclass(frozen=True)
class Look:
    """One kept view as a link."""

    id: int
    name: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Looks:
    """My views of one list, and the choice that stands in the address now."""

    place: str
    query: str
    items: list[Look]

    @property
    def current(self) -> Look | None:
        return next((look for look in self.items if look.is_current), None)


def looks(place: str) -> Looks:
    """What a list shows above itself."""
    query = written(place, request.args, today().year)
    kept = views.of_person(db.conn(), me(), place)
    items = [Look(row["id"], row["name"], _href(row), row["query"] == query) for row in kept]
    return Looks(place, query, items)


def _href(row: RowMapping) -> str:
    return address(row["place"], row["query"])


def named(query: str) -> list[Look]:
    """My views of every list whose name holds these words, for the search."""
    found = views.named(db.conn(), me(), query)
    return [Look(r["id"], r["name"], _href(r), False) for r in found if r["place"] in PLACES]


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    return {"saved_views": looks}


@blueprint.post("")
@signed_in
def save() -> ResponseReturnValue:
    """Kept; the list comes back as it was."""
    form = read(SaveForm, request.form)
    query = checked(form.place, form.query, today().year)
    perform(SaveView(form.place, form.name, query), form.idempotency_key)
    told = _("Đã lưu cách xem “%(name)s”: bấm tên ở trên danh sách để mở lại.", name=vi(form.name))
    flash(told, "success")
    return redirect(address(form.place, query), 303)


@blueprint.post("/<int:view_id>/remove")
@signed_in
def remove(view_id: int) -> ResponseReturnValue:
    """Let go of; the list stays as it is shown."""
    form = read(RemoveForm, request.form)
    mine = views.one(db.conn(), me(), view_id)
    if mine is None:
        raise NotFound("saved_view")
    perform(RemoveView(view_id), form.idempotency_key)
    told = _("Đã bỏ cách xem “%(name)s”. Danh sách không đổi.", name=vi(mine["name"]))
    flash(told, "success")
    return redirect(_href(mine), 303)
