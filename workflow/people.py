"""Reading people and agencies: an account for its owner, all of them for the administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, RowMapping, func, select
from sqlalchemy.sql.elements import ColumnElement

from models.states import Role
from models.tables import AGENCY, MEMBERSHIP, PERSON, PERSON_SESSION
from workflow import text
from workflow.identity import LONGEST_SESSION
from workflow.law.errors import NotFound
from workflow.law.facts import ActorFacts

PAGE = 50
# Never the hash: who reads people cannot even by mistake hand it on.
PERSON_COLUMNS = tuple(c for c in PERSON.c if not c.info.get("secret"))


def person(conn: Connection, person_id: int) -> RowMapping:
    """An account without its secrets; NotFound when there is none."""
    row = (
        conn.execute(
            select(
                *PERSON_COLUMNS, PERSON.c.password_hash.is_not(None).label("has_password")
            ).where(PERSON.c.id == person_id)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("person")
    return row


def valid_on(today: date) -> ColumnElement[bool]:
    """Memberships that hold on this day."""
    return (MEMBERSHIP.c.valid_from <= today) & (
        MEMBERSHIP.c.valid_to.is_(None) | (MEMBERSHIP.c.valid_to >= today)
    )


def memberships(conn: Connection, person_id: int, today: date) -> list[RowMapping]:
    """Everything a person is, was and will be; what holds today first."""
    valid = valid_on(today)
    return list(
        conn.execute(
            select(
                MEMBERSHIP,
                AGENCY.c.name.label("agency_name"),
                AGENCY.c.code.label("agency_code"),
                valid.label("is_valid"),
            )
            .join(AGENCY, AGENCY.c.id == MEMBERSHIP.c.agency_id)
            .where(MEMBERSHIP.c.person_id == person_id)
            .order_by(valid.desc(), MEMBERSHIP.c.valid_from.desc(), MEMBERSHIP.c.id)
        ).mappings()
    )


def membership(conn: Connection, membership_id: int) -> RowMapping:
    """One role of somebody in an agency; NotFound when there is none."""
    row = (
        conn.execute(
            select(MEMBERSHIP, AGENCY.c.name.label("agency_name"))
            .join(AGENCY, AGENCY.c.id == MEMBERSHIP.c.agency_id)
            .where(MEMBERSHIP.c.id == membership_id)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound("membership")
    return row


def open_sessions(
    conn: Connection, actor: ActorFacts, now: datetime, idle_minutes: int
) -> list[RowMapping]:
    """The sessions of this person that still open something, the last used first."""
    return list(
        conn.execute(
            select(
                PERSON_SESSION.c.id,
                PERSON_SESSION.c.created_at,
                PERSON_SESSION.c.seen_at,
                PERSON_SESSION.c.network,
                PERSON_SESSION.c.device,
            )
            .where(
                PERSON_SESSION.c.person_id == actor.person_id,
                PERSON_SESSION.c.ended_at.is_(None),
                PERSON_SESSION.c.seen_at >= now - timedelta(minutes=idle_minutes),
                PERSON_SESSION.c.created_at >= now - LONGEST_SESSION,
            )
            .order_by(PERSON_SESSION.c.seen_at.desc(), PERSON_SESSION.c.id.desc())
        ).mappings()
    )


def count_open_sessions(conn: Connection, person_id: int, now: datetime) -> int:
    """On how many devices a person is signed in."""
    return int(
        conn.execute(
            select(func.count())
            .select_from(PERSON_SESSION)
            .where(
                PERSON_SESSION.c.person_id == person_id,
                PERSON_SESSION.c.ended_at.is_(None),
                PERSON_SESSION.c.created_at >= now - LONGEST_SESSION,
            )
        ).scalar_one()
    )


@dataclass(frozen=True)
class People:
    """One page of accounts; `roles` are those of today by person."""

    rows: Sequence[RowMapping]
    roles: dict[int, list[RowMapping]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def search(
    conn: Connection,
    today: date,
    q: str = "",
    agency: str | None = None,
    role: Role | None = None,
    state: str | None = None,
    page: int = 1,
) -> People:
    """Accounts by name, sign-in name, post or agency, in the order of Vietnamese given names.

    Marks do not matter. There are thousands of people at most, and a dictionary's order is not
    known to the databases, so names are weighed here; only one page is read whole.
    """
    statement = select(PERSON.c.id, PERSON.c.name, PERSON.c.login, PERSON.c.post)
    if state == "locked":
        statement = statement.where(PERSON.c.locked_at.is_not(None))
    elif state == "open":
        statement = statement.where(PERSON.c.locked_at.is_(None))
    elif state == "initial":
        statement = statement.where(PERSON.c.must_change_password)
    if agency or role:
        held = select(MEMBERSHIP.c.person_id).where(valid_on(today))
        if agency:
            held = held.join(AGENCY, AGENCY.c.id == MEMBERSHIP.c.agency_id).where(
                AGENCY.c.code == agency
            )
        if role:
            held = held.where(MEMBERSHIP.c.role == role)
        statement = statement.where(PERSON.c.id.in_(held))
    wanted = text.fold(q)
    found = [
        row
        for row in conn.execute(statement)
        if wanted in text.search_text(row.name, row.login, row.post)
    ]
    found.sort(key=lambda row: (text.vi_name_key(row.name), row.login))
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 1), pages)
    ids = [row.id for row in found[(page - 1) * PAGE : page * PAGE]]
    rows = {
        row["id"]: row
        for row in conn.execute(
            select(
                *PERSON_COLUMNS, PERSON.c.password_hash.is_not(None).label("has_password")
            ).where(PERSON.c.id.in_(ids))
        ).mappings()
    }
    roles: dict[int, list[RowMapping]] = {}
    for row in conn.execute(
        select(MEMBERSHIP.c.person_id, MEMBERSHIP.c.role, AGENCY.c.short, AGENCY.c.name)
        .join(AGENCY, AGENCY.c.id == MEMBERSHIP.c.agency_id)
        .where(MEMBERSHIP.c.person_id.in_(ids), valid_on(today))
        .order_by(MEMBERSHIP.c.id)
    ).mappings():
        roles.setdefault(row["person_id"], []).append(row)
    return People([rows[i] for i in ids], roles, len(found), page)


def agencies(conn: Connection, today: date | None = None) -> list[RowMapping]:
    """All agencies in protocol order with how many people they have today."""
    statement = select(AGENCY).order_by(AGENCY.c.position, AGENCY.c.id)
    if today is not None:
        people = (
            select(func.count(MEMBERSHIP.c.person_id.distinct()))
            .where(MEMBERSHIP.c.agency_id == AGENCY.c.id, valid_on(today))
            .scalar_subquery()
        )
        statement = statement.add_columns(people.label("people"))
    return list(conn.execute(statement).mappings())
