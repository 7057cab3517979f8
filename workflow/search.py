"""One box for everything: tasks, agencies, documents, indicators, doubts and people.

With or without accents, in any order, by code, number or name: every word of the query stands in
what is found. Nobody finds here what he may not see on its own page.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.sql.elements import ColumnElement

from models.states import Role
from models.tables import (
    AGENCY,
    CITED_DOCUMENT,
    CYCLE,
    DOCUMENT,
    INDICATOR,
    MEMBERSHIP,
    PERSON,
    PLAN,
    PLAN_CONFLICT,
    REPORT,
    TASK,
    TASK_VERSION,
)
from workflow.access import visible_cycles
from workflow.law.facts import ActorFacts
from workflow.lists import QUERY_LIMIT, words_match
from workflow.people import valid_on
from workflow.text import fold, search_text, vi_key, vi_name_key

SHOWN = 8
# Documents are matched loosely by the database and exactly here; more than this is no answer.
LOOKED_AT = 200
# No Vietnamese letter but itself folds into one of these.
UNCHANGED = frozenset("0123456789bcfghjklmnpqrstvwxz")


class Kind(StrEnum):
    """What is found."""

    TASK = "task"
    DOCUMENT = "document"
    AGENCY = "agency"
    INDICATOR = "indicator"
    CITED = "cited"
    CONFLICT = "conflict"
    PERSON = "person"


@dataclass(frozen=True)
class Found:
    """One thing: `key` is what its page is named by, `code` what people call it, `plan_id` the
    plan it stands in, where its page is the plan's."""

    kind: Kind
    key: int | str
    code: str
    title: str
    note: str = ""
    plan_id: int | None = None


@dataclass(frozen=True)
class Group:
    """All that was found of one kind; `rows` are the first of `total`."""

    kind: Kind
    rows: Sequence[Found]
    total: int


def search(conn: Connection, actor: ActorFacts, query: str, today: date) -> list[Group]:
    """Everything that holds every word of the query, by kind; kinds without any are left out."""
    words = fold(query[:QUERY_LIMIT]).split()
    if not any(c.isalnum() for word in words for c in word):
        return []
    asked: list[Callable[[], Iterable[Found]]] = [
        lambda: _tasks(conn, query, words),
        lambda: _agencies(conn, query),
        lambda: _indicators(conn, words),
        lambda: _cited(conn, words),
        lambda: _conflicts(conn, words),
        lambda: _people(conn, actor, words, today),
    ]
    if actor.roles - {Role.ADMIN}:
        asked.insert(1, lambda: _documents(conn, actor, words))
    groups = []
    for ask in asked:
        rows = list(ask())
        if rows:
            groups.append(Group(rows[0].kind, rows[:SHOWN], len(rows)))
    return groups


def _holds(words: list[str], *parts: str | None) -> bool:
    text = search_text(*parts)
    return all(word in text for word in words)


def _tasks(conn: Connection, query: str, words: list[str]) -> Iterable[Found]:
    """By code, title and wording; one whose code is the query itself comes first."""
    statement = (
        select(
            TASK.c.id, TASK.c.code, TASK_VERSION.c.title, TASK.c.plan_id, PLAN.c.code.label("plan")
        )
        .join(TASK_VERSION, TASK_VERSION.c.id == TASK.c.current_version_id)
        .join(PLAN, PLAN.c.id == TASK.c.plan_id)
        .where(*words_match(query, (TASK_VERSION.c.id, TASK_VERSION, TASK_VERSION.c.id)))
        .order_by(PLAN.c.id, TASK.c.position)
    )
    rows = conn.execute(statement).all()
    named = " ".join(words)
    for row in sorted(rows, key=lambda row: fold(row.code) != named):
        yield Found(Kind.TASK, row.id, row.code, row.title, row.plan, row.plan_id)


def _agencies(conn: Connection, query: str) -> Iterable[Found]:
    statement = (
        select(AGENCY.c.code, AGENCY.c.short, AGENCY.c.name)
        .where(*words_match(query, (AGENCY.c.id, AGENCY, AGENCY.c.id)))
        .order_by(AGENCY.c.position)
    )
    for row in conn.execute(statement):
        yield Found(Kind.AGENCY, row.code, row.short, row.name)


def _indicators(conn: Connection, words: list[str]) -> Iterable[Found]:
    statement = select(INDICATOR.c.code, INDICATOR.c.name, INDICATOR.c.unit, INDICATOR.c.plan_id)
    for row in conn.execute(statement.order_by(INDICATOR.c.plan_id, INDICATOR.c.position)):
        if _holds(words, row.code, row.name):
            yield Found(Kind.INDICATOR, row.code, row.code, row.name, row.unit, row.plan_id)


def _cited(conn: Connection, words: list[str]) -> Iterable[Found]:
    """Documents the plan rests on."""
    statement = select(CITED_DOCUMENT).order_by(CITED_DOCUMENT.c.plan_id, CITED_DOCUMENT.c.position)
    for row in conn.execute(statement):
        if _holds(words, row.number, row.kind, row.issuer, row.subject):
            title = " ".join(part for part in (row.kind, row.subject) if part)
            yield Found(
                Kind.CITED, row.code, row.number or row.code, title, row.issuer or "", row.plan_id
            )


def _conflicts(conn: Connection, words: list[str]) -> Iterable[Found]:
    statement = select(PLAN_CONFLICT.c.id, PLAN_CONFLICT.c.code, PLAN_CONFLICT.c.title)
    for row in conn.execute(statement.order_by(PLAN_CONFLICT.c.plan_id, PLAN_CONFLICT.c.position)):
        if _holds(words, row.code, row.title):
            yield Found(Kind.CONFLICT, row.id, row.code, row.title)


def _loosely(column: ColumnElement[str], words: list[str]) -> list[ColumnElement[bool]]:
    """LIKE with a joker for every letter that folding may have made of another."""
    return [column.ilike(f"%{''.join(c if c in UNCHANGED else '_' for c in w)}%") for w in words]


def _documents(conn: Connection, actor: ActorFacts, words: list[str]) -> Iterable[Found]:
    """Documents by which agencies reported, newest first; each leads to its cycle."""
    statement: Select[Any] = (
        select(
            REPORT.c.cycle_id,
            DOCUMENT.c.notation,
            DOCUMENT.c.issued_on,
            TASK.c.code,
            TASK_VERSION.c.title,
            AGENCY.c.short,
        )
        .join(DOCUMENT, DOCUMENT.c.id == REPORT.c.document_id)
        .join(CYCLE, CYCLE.c.id == REPORT.c.cycle_id)
        .join(TASK, TASK.c.id == CYCLE.c.task_id)
        .join(TASK_VERSION, TASK_VERSION.c.id == CYCLE.c.task_version_id)
        .join(AGENCY, AGENCY.c.id == CYCLE.c.agency_id)
        .where(visible_cycles(actor), *_loosely(DOCUMENT.c.notation, words))
        .order_by(DOCUMENT.c.issued_on.desc(), DOCUMENT.c.id.desc())
        .limit(LOOKED_AT)
    )
    for row in conn.execute(statement):
        if _holds(words, row.notation):
            note = f"{row.short}, {row.issued_on:%d/%m/%Y}"
            yield Found(Kind.DOCUMENT, row.cycle_id, row.notation, f"{row.code} {row.title}", note)


def _people(conn: Connection, actor: ActorFacts, words: list[str], today: date) -> Iterable[Found]:
    """Colleagues; those who judge, inspect or keep accounts find everybody."""
    everybody = actor.roles & {Role.ADMIN, Role.OFFICE, Role.CHAIRMAN, Role.INSPECTOR}
    statement = (
        select(PERSON.c.id, PERSON.c.name, PERSON.c.post, AGENCY.c.short, AGENCY.c.code)
        .join(MEMBERSHIP, MEMBERSHIP.c.person_id == PERSON.c.id)
        .join(AGENCY, AGENCY.c.id == MEMBERSHIP.c.agency_id)
        .where(valid_on(today))
        .order_by(PERSON.c.id, MEMBERSHIP.c.id)
    )
    if not everybody and not actor.standing_agency_ids:
        statement = statement.where(MEMBERSHIP.c.agency_id.in_(sorted(actor.agency_ids)))
    rows = {
        row.id: row
        for row in conn.execute(statement)
        if _holds(words, row.name, row.post, row.short)
    }
    for row in sorted(rows.values(), key=lambda row: (vi_name_key(row.name), vi_key(row.short))):
        key = row.id if Role.ADMIN in actor.roles else row.code
        yield Found(Kind.PERSON, key, row.name, row.post, row.short)
