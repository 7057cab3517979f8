"""Each act of urging on paper as a letter: to read, to draft, to write its number down."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from models.states import LABELS, Capacity, Role, UrgeLevel
from reports import catalogue, urged
from web import db
from web.forms import DocumentForm, FormState, carried_out
from web.requires import me, now, requires, services, took
from workflow.commands.urging import LETTER_KEEPERS, NumberLetter
from workflow.law.errors import NotFound
from workflow.law.rules import plan_posts

blueprint = Blueprint("letters", __name__, url_prefix="/urge/letters")
readers = requires(Role.HEAD, Role.OFFICER, Role.OFFICE, Role.CHAIRMAN, Role.INSPECTOR)
keepers = requires(Role.HEAD, Role.OFFICER, Role.OFFICE)
MEDIA = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


class NumberForm(DocumentForm):
    """Number, day and signer as văn thư gave them."""


def _keeps() -> bool:
    """Whether this person keeps the letters of some plan."""
    actor = me()
    return any(
        set(plan_posts(actor, agency)) & set(LETTER_KEEPERS) for agency in actor.standing_agency_ids
    )


def _letter(letter: str) -> urged.Letter:
    found = next((one for one in urged.listed(db.conn(), me()) if one.id == letter), None)
    if found is None or not _keeps():
        raise NotFound("letter")
    return found


@blueprint.get("")
@readers
def index() -> ResponseReturnValue:
    """What has gone out on paper; the letters that wait for their number stand first."""
    letters = urged.listed(db.conn(), me())
    return render_template(
        "pages/letters/index.html",
        letters=letters,
        waiting=sum(one.notation is None for one in letters),
        keeps=_keeps(),
        levels={level: _(LABELS[level]) for level in UrgeLevel},
    )


@blueprint.get("/<letter>/number")
@keepers
def ask_number(letter: str) -> ResponseReturnValue:
    """Where the number of a letter is written down."""
    return _number_page(letter, None)


def _number_page(letter: str, state: FormState | None) -> str:
    return render_template(
        "pages/letters/number.html",
        letter=_letter(letter),
        state=state,
        capacities=[(one.value, _(LABELS[one])) for one in Capacity],
        levels={level: _(LABELS[level]) for level in UrgeLevel},
    )


@blueprint.post("/<letter>/number")
@keepers
def number(letter: str) -> ResponseReturnValue:
    """Every urging of the letter gets the document."""
    found = _letter(letter)
    done = carried_out(NumberForm, lambda form: NumberLetter(found.id, form.document()))
    if isinstance(done, FormState):
        return _number_page(letter, done), 422
    flash(_("Đã ghi số công văn."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<letter>/draft.<format>")
@keepers
def draft(letter: str, format: str) -> Response:  # noqa: A002 (its name in addresses)
    """The draft as of now: what has been reported since is left out."""
    if format not in MEDIA:
        abort(404)
    _letter(letter)
    made = urged.paper(db.conn(), me(), letter, now(), services().settings.contact_phone)
    name = f"{made.papers[0].name}.{format}"
    content = catalogue.files_of(made)[name]
    took(name, "report", None)
    response = Response(content, mimetype=MEDIA[format])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
