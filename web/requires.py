"""Who may open a page, and in whose name a request reads and acts.

Every view says who may open it: @public, @signed_in or @requires(Role.X). The gate is looked up
before any view runs, so a view without one opens for nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, g, request
from flask_login import current_user

from models.states import Role
from web import db
from workflow import identity, records, words
from workflow.commands.records import RecordDownload, RecordRefusal
from workflow.door import Origin, Outcome
from workflow.law.deadlines import local_day
from workflow.law.errors import NotFound, Reason, Refused
from workflow.law.facts import ActorFacts

if TYPE_CHECKING:
    from wsgi import Services

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Gate:
    """Who may pass. No roles: everybody who is signed in."""

    is_public: bool = False
    roles: frozenset[Role] = frozenset()
    before_password: bool = False  # open also to who has yet to change an initial password

    def lets_in(self, actor: ActorFacts) -> bool:
        return not self.roles or bool(actor.roles & self.roles)


def _gated(view: View, gate: Gate) -> View:
    view.__gate__ = gate  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open to everybody, also without an account."""
    return _gated(view, Gate(is_public=True))


def signed_in(view: View) -> View:
    """Open to whoever is signed in."""
    return _gated(view, Gate())


def requires(*roles: Role) -> Callable[[View], View]:
    """Open to people with one of these roles; 403 for others."""
    if not roles:
        raise ValueError("name the roles, or say @signed_in")
    return lambda view: _gated(view, Gate(roles=frozenset(roles)))


def before_password(view: View) -> View:
    """Open to whoever is signed in, even before the initial password is changed."""
    return _gated(view, Gate(before_password=True))


def repeats(*names: str) -> Callable[[View], View]:
    """These parameters may come more than once; any other twice is refused with 400."""

    def mark(view: View) -> View:
        view.__repeats__ = frozenset(names)  # type: ignore[attr-defined]
        return view

    return mark


def takes_up_to(size: int) -> Callable[[View], View]:
    """What is sent to this view may have so many bytes, from whoever is signed in."""

    def mark(view: View) -> View:
        view.__takes_up_to__ = size  # type: ignore[attr-defined]
        return view

    return mark


def gate_of(view: Any) -> Gate | None:
    """The gate a view has set; None when it has none."""
    found: Gate | None = getattr(view, "__gate__", None)
    return found


def services() -> Services:
    """Settings, clock, door and files of this application."""
    found: Services = current_app.extensions["dondoc"]
    return found


def visitor() -> identity.Visitor | None:
    """Who is signed in; None for a stranger."""
    return current_user if current_user.is_authenticated else None


def me() -> ActorFacts:
    """Who reads and acts in this request."""
    found = visitor()
    if found is None:
        raise RuntimeError("nobody is signed in: the view needs @signed_in")
    return found.actor


def now() -> datetime:
    """The moment of this request: the same for everything it does."""
    if "now" not in g:
        g.now = services().clock.now()
    moment: datetime = g.now
    return moment


def today() -> date:
    """The day in Vietnam at that moment."""
    return local_day(now())


def origin() -> Origin:
    """From where this request came, for the trail."""
    found = visitor()
    return Origin(
        channel="web",
        network=identity.network_of(request.remote_addr),
        session=found.session_mark if found else None,
        request=g.get("request_id"),
    )


def perform(command: Any, key: str | None = None, actor: ActorFacts | None = None) -> Outcome:
    """Carry out a command in the name of who is signed in; `key` is the form's own.

    What was read before is let go of first: the answer is about what is true after the act.
    """
    db.release()
    who = actor or me()
    try:
        return services().door.perform(command, who, now(), key=key, origin=origin())
    except (NotFound, Refused) as no:
        if who.person_id is not None and (found := records.refusal(command, no)):
            _record(found, who)
        raise


def turned_away() -> None:
    """A form was sent to a page that is not for him: that stays on record."""
    asked = request.endpoint or ""
    said = words.SENTENCES[Reason.NOT_YOUR_ROLE]
    _record(RecordRefusal(asked, request.path, None, (Reason.NOT_YOUR_ROLE,), said), me())


def took(name: str, about: str, object_id: int | None, digest: str = "") -> None:
    """A file or a paper leaves the house in his hands: that stays on record."""
    _record(RecordDownload(name, about, object_id, digest), me())


def _record(record: records.Record, who: ActorFacts) -> None:
    db.release()
    records.keep(services().engine, services().door, record, who, now(), origin())
