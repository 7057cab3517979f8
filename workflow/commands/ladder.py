"""The tick: makes every alert that ought to exist and does not, as sets, in the database."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    String,
    Table,
    and_,
    case,
    cast,
    column,
    delete,
    func,
    literal,
    or_,
    select,
    text,
    update,
    values,
)
from sqlalchemy.dialects import postgresql, sqlite

from models.states import PartyRole, Role
from models.tables import (
    ALERT,
    CALENDAR_DAY,
    CYCLE,
    CYCLE_PARTY,
    CYCLE_SPAN,
    LADDER_TICK,
    MEMBERSHIP,
    NOTICE,
    PERSON,
    PLAN,
)
from workflow.commands.answers import remind_of_answers
from workflow.door import Entry, Outcome, Transaction, ajar, handles
from workflow.law.errors import Reason, Refusal, Refused
from workflow.law.ladder import Firing, endings, schedule
from workflow.rungs import rungs_of
from workflow.workdays import calendar_of

# Any number, but the same everywhere: ticks follow one another, also from two machines.
TICK_LOCK = 2940_0730
# After a change of the calendar rungs may have moved into days that were already computed.
LOOK_BACK = timedelta(days=60)
FIRINGS_AT_ONCE = 500
MANY = 1000

# What a post of the ladder is as a role of the agency it names.
ROLE_OF_POST: dict[str, Role] = {
    "lead_head": Role.HEAD,
    "lead_officer": Role.OFFICER,
    "co_lead_head": Role.HEAD,
    "co_lead_officer": Role.OFFICER,
    "supporting_head": Role.HEAD,
    "supporting_officer": Role.OFFICER,
    "standing_head": Role.HEAD,
    "standing_officer": Role.OFFICER,
    "office": Role.OFFICE,
    "chairman": Role.CHAIRMAN,
}
PARTY_OF_POST = {
    "co_lead_head": PartyRole.CO_LEAD,
    "co_lead_officer": PartyRole.CO_LEAD,
    "supporting_head": PartyRole.SUPPORTING,
    "supporting_officer": PartyRole.SUPPORTING,
}


def _only_the_system(tx: Transaction) -> Any:
    system = tx.actor.holds(Role.SYSTEM)
    if not system:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.SYSTEM.value}))
    return system


@dataclass(frozen=True)
class TickLadder:
    """Make the alerts of every day since the last tick up to `on` (None: today).

    `by_clock`: the timetable's own tick. When the clock has gone back behind the last tick, what
    that one made of days that are not yet there is taken back.
    """

    on: date | None = None
    by_clock: bool = False


@dataclass
class _Made:
    created: int = 0
    superseded: int = 0
    withdrawn: int = 0
    noticed: int = 0


@handles(TickLadder)
def tick_ladder(tx: Transaction, c: TickLadder) -> Outcome:
    system = _only_the_system(tx)
    upto = c.on or tx.today
    if tx.conn.dialect.name == "postgresql":
        tx.conn.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": TICK_LOCK})
    last = tx.one(select(LADDER_TICK).order_by(LADDER_TICK.c.id.desc()).limit(1))
    since = _since(tx, upto, last)
    made = _Made()
    before_id = _last_id(tx, ALERT)
    with ajar("tick"):
        if c.by_clock and last and last["upto_on"] > upto:
            made.withdrawn = _take_back(tx, upto)
        fired = _firings(tx, since, upto)
        made.created = _create(tx, fired, before_id)
        if made.created > MANY and tx.conn.dialect.name == "postgresql":
            # Its planner believes the table is as small as it was, and would compare all with all.
            tx.conn.exec_driver_sql("ANALYZE alert")
        made.superseded = _supersede(tx, fired, since)
        told = _last_id(tx, NOTICE)
        _notice(tx, upto)
        remind_of_answers(tx, upto)
        made.noticed = _made_since(tx, NOTICE, told)
    quiet = not (made.created or made.superseded or made.withdrawn)
    known_until = upto if last is None or c.by_clock else max(upto, last["upto_on"])
    if quiet and last and last["upto_on"] == known_until:
        # No entry, no row: but whoever keeps the machine sees that it looked.
        with ajar("tick"):
            tx.conn.execute(
                update(LADDER_TICK).where(LADDER_TICK.c.id == last["id"]).values(looked_at=tx.now)
            )
    else:
        entry = tx.note(
            Entry(
                command="tick_ladder",
                event="ladder_ticked",
                object_kind="ladder",
                object_id=None,
                object_label=f"{upto:%d/%m/%Y}",
                membership=system,
                # The rows themselves are facts anybody can compute again; the entry holds how
                # many there are, where they stand and the digest of what they say.
                details={
                    "since": since,
                    "upto": upto,
                    "created": made.created,
                    "superseded": made.superseded,
                    "withdrawn": made.withdrawn,
                    "first_id": before_id + 1 if made.created else None,
                    "clock_regressed": made.withdrawn > 0,
                },
            )
        )
        if made.created:
            entry.digests = (alerts_digest(tx, before_id),)
        tx.insert(
            LADDER_TICK,
            at=tx.now,
            since_on=since,
            upto_on=known_until,
            created=made.created,
            superseded=made.superseded,
            withdrawn=made.withdrawn,
        )
    return Outcome(
        "ladder",
        None,
        {"created": made.created, "superseded": made.superseded, "noticed": made.noticed},
    )


def _since(tx: Transaction, upto: date, last: Any) -> date:
    """The day after which nothing has been computed yet."""
    if last is None:
        first = tx.one(select(func.min(CYCLE_SPAN.c.since_on).label("day")))
        return min(upto, first["day"]) if first and first["day"] else upto
    since: date = min(last["upto_on"], upto)
    changed = tx.one(
        select(func.count().label("n"))
        .select_from(CALENDAR_DAY)
        .where(CALENDAR_DAY.c.changed_at > last["at"])
    )
    return since - LOOK_BACK if changed and changed["n"] else since


def _take_back(tx: Transaction, today: date) -> int:
    """What a clock that ran ahead has made of days that are not there yet."""
    early = select(ALERT.c.id).where(ALERT.c.fires_on > today)
    tx.conn.execute(
        delete(NOTICE).where(NOTICE.c.alert_id.in_(early), NOTICE.c.message_id.is_(None))
    )
    gone: int = tx.conn.execute(delete(ALERT).where(ALERT.c.fires_on > today)).rowcount
    tx.conn.execute(update(ALERT).where(ALERT.c.superseded_on > today).values(superseded_on=None))
    return gone


@dataclass(frozen=True)
class _PlanFirings:
    """The rungs of one plan that fire in the days of a tick, and whom each tells."""

    plan_id: int
    posts: dict[str, tuple[str, ...]]
    firings: list[Firing]


def _firings(tx: Transaction, since: date, upto: date) -> list[_PlanFirings]:
    calendar = calendar_of(tx.conn)
    known = set(
        tx.conn.execute(
            select(CYCLE_SPAN.c.due_on)
            .where(or_(CYCLE_SPAN.c.until_on.is_(None), CYCLE_SPAN.c.until_on > since))
            .distinct()
        ).scalars()
    )
    return [
        _PlanFirings(
            plan_id,
            {r.code: r.posts for r in rungs},
            schedule(rungs, calendar, known, since, upto),
        )
        for plan_id, rungs in rungs_of(tx.conn).items()
    ]


def _batches(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, FIRINGS_AT_ONCE)):
        yield batch


def _fired(batch: list[tuple[Any, ...]]) -> Any:
    return (
        values(
            column("plan_id", Integer),
            column("rung", String),
            column("post", String),
            column("due_on", Date),
            column("fires_on", Date),
            column("position", Integer),
            name="fired",
        )
        .data(batch)
        .cte("fired")
    )


def _create(tx: Transaction, fired: list[_PlanFirings], before_id: int) -> int:
    dialect = postgresql if tx.conn.dialect.name == "postgresql" else sqlite
    rows = (
        (of.plan_id, f.rung, post, f.due_on, f.fires_on, f.position)
        for of in fired
        for f in of.firings
        for post in of.posts[f.rung]
    )
    for batch in _batches(rows):
        own = [f for f in batch if f[2] not in PARTY_OF_POST]
        shared = [f for f in batch if f[2] in PARTY_OF_POST]
        for part, with_parties in ((own, False), (shared, True)):
            if part:
                tx.conn.execute(_insert(dialect, part, with_parties))
    return _made_since(tx, ALERT, before_id)


def _last_id(tx: Transaction, table: Table) -> int:
    found = tx.one(select(func.coalesce(func.max(table.c.id), 0).label("id")))
    return found["id"] if found else 0


def _made_since(tx: Transaction, table: Table, last_id: int) -> int:
    """Neither database says of every such statement how many rows it made; their ids do."""
    new = tx.one(select(func.count().label("n")).where(table.c.id > last_id))
    return new["n"] if new else 0


def _insert(dialect: Any, batch: list[tuple[Any, ...]], with_parties: bool) -> Any:
    f = _fired(batch)
    due_on, fires_on = f.c.due_on, f.c.fires_on
    if dialect is postgresql:
        # It would take a bare entry of VALUES for text; SQLite would take the cast for a number.
        due_on, fires_on = cast(due_on, Date), cast(fires_on, Date)
    agency: Any = CYCLE_PARTY.c.agency_id
    if not with_parties:
        agency = case(
            (f.c.post.like("lead%"), CYCLE_SPAN.c.agency_id),
            (f.c.post.like("standing%"), PLAN.c.standing_agency_id),
            else_=PLAN.c.issuing_agency_id,
        )
    rows = (
        select(
            CYCLE.c.id, due_on, f.c.rung, f.c.post, agency, fires_on, f.c.position, CYCLE_SPAN.c.id
        )
        .select_from(f)
        .join(CYCLE_SPAN, CYCLE_SPAN.c.due_on == due_on)
        .join(CYCLE, and_(CYCLE.c.id == CYCLE_SPAN.c.cycle_id, CYCLE.c.plan_id == f.c.plan_id))
        .join(PLAN, PLAN.c.id == CYCLE.c.plan_id)
        .where(
            CYCLE_SPAN.c.since_on < fires_on,
            or_(CYCLE_SPAN.c.until_on.is_(None), CYCLE_SPAN.c.until_on >= fires_on),
        )
    )
    if with_parties:
        role = case(
            (f.c.post.like("co_lead%"), PartyRole.CO_LEAD.value),
            else_=PartyRole.SUPPORTING.value,
        )
        rows = rows.join(
            CYCLE_PARTY, and_(CYCLE_PARTY.c.cycle_id == CYCLE.c.id, CYCLE_PARTY.c.role == role)
        )
    columns = [
        "cycle_id", "due_on", "rung", "post", "agency_id", "fires_on", "position", "span_id"
    ]  # fmt: skip
    return dialect.insert(ALERT).from_select(columns, rows).on_conflict_do_nothing()


def _supersede(tx: Transaction, fired: list[_PlanFirings], since: date) -> int:
    """The next rung, whoever it tells, or the end of its span makes an alert untrue.

    The day is that of the cause, not of the tick: late ticks leave the same rows.
    """
    ended = (
        select(CYCLE_SPAN.c.until_on).where(CYCLE_SPAN.c.id == ALERT.c.span_id).scalar_subquery()
    )
    true_before = _true_now(tx)
    rows = ((of.plan_id, *ending) for of in fired for ending in endings(of.firings))
    for batch in _batches(rows):
        _climb(tx, batch, ended)
    over = (
        select(ALERT.c.id)
        .join(CYCLE_SPAN, CYCLE_SPAN.c.id == ALERT.c.span_id)
        .where(CYCLE_SPAN.c.until_on >= since, ALERT.c.superseded_on.is_(None))
    )
    tx.conn.execute(update(ALERT).where(ALERT.c.id.in_(over)).values(superseded_on=ended))
    return true_before - _true_now(tx)


def _true_now(tx: Transaction) -> int:
    found = tx.one(select(func.count().label("n")).where(ALERT.c.superseded_on.is_(None)))
    return found["n"] if found else 0


def _climb(tx: Transaction, batch: list[tuple[Any, ...]], ended: Any) -> None:
    """Alerts whose deadline has come to a higher rung."""
    e = (
        values(
            column("plan_id", Integer),
            column("due_on", Date),
            column("low", Integer),
            column("high", Integer),
            column("day", Date),
            name="ending",
        )
        .data(batch)
        .cte("ending")
    )
    due_on: Any = e.c.due_on
    day: Any = e.c.day
    if tx.conn.dialect.name == "postgresql":
        due_on, day = cast(due_on, Date), cast(day, Date)
    climbed = (
        update(ALERT)
        .where(
            ALERT.c.superseded_on.is_(None),
            ALERT.c.due_on == due_on,
            ALERT.c.position >= e.c.low,
            ALERT.c.position < e.c.high,
            CYCLE.c.id == ALERT.c.cycle_id,
            CYCLE.c.plan_id == e.c.plan_id,
        )
        .values(superseded_on=case((ended < day, ended), else_=day))
    )
    tx.conn.execute(climbed)


def _notice(tx: Transaction, today: date) -> None:
    """A line under the bell of whoever holds the post, for the rung that is true now.

    Asked of every alert that is true, not of the new ones alone: who came into his post after the
    day of the rung has not been told.
    """
    dialect = postgresql if tx.conn.dialect.name == "postgresql" else sqlite
    role = case(ROLE_OF_POST_VALUES, value=ALERT.c.post)
    # The day as text; both databases write it 2026-12-14.
    parts = (cast(ALERT.c.cycle_id, String), cast(ALERT.c.due_on, String), ALERT.c.rung)
    key: Any = literal("alert")
    for part in parts:
        key = key + ":" + part
    standing = ALERT.alias("standing")
    has_line = (
        select(NOTICE.c.id)
        .join(standing, standing.c.id == NOTICE.c.alert_id)
        .where(
            NOTICE.c.person_id == MEMBERSHIP.c.person_id,
            NOTICE.c.key == key,
            standing.c.superseded_on.is_(None),
        )
        .correlate(MEMBERSHIP, ALERT)
        .exists()
    )
    told = (
        select(
            MEMBERSHIP.c.person_id,
            key,
            ALERT.c.rung,
            ALERT.c.cycle_id,
            func.min(ALERT.c.id),
            literal(""),
            literal(False),
            literal(tx.now),
            literal(1),
        )
        .select_from(ALERT)
        .join(MEMBERSHIP, MEMBERSHIP.c.agency_id == ALERT.c.agency_id)
        .join(PERSON, PERSON.c.id == MEMBERSHIP.c.person_id)
        .where(
            ALERT.c.superseded_on.is_(None),
            ~has_line,
            MEMBERSHIP.c.role == role,
            MEMBERSHIP.c.valid_from <= today,
            or_(MEMBERSHIP.c.valid_to.is_(None), MEMBERSHIP.c.valid_to >= today),
            PERSON.c.locked_at.is_(None),
        )
        .group_by(MEMBERSHIP.c.person_id, ALERT.c.rung, ALERT.c.cycle_id, ALERT.c.due_on)
    )
    columns = [
        "person_id", "key", "name", "cycle_id", "alert_id", "text", "is_urgent", "at", "version"
    ]  # fmt: skip
    fresh = dialect.insert(NOTICE).from_select(columns, told)
    # Told already, by a clock that ran ahead: not told again, but tied to the alert that stands.
    again = fresh.on_conflict_do_update(
        index_elements=["person_id", "key"], set_={"alert_id": fresh.excluded.alert_id}
    )
    tx.conn.execute(again)


ROLE_OF_POST_VALUES = {post: role.value for post, role in ROLE_OF_POST.items()}


def alerts_digest(tx: Transaction, before_id: int) -> str:
    """SHA-256 over what the new alerts say, a line each, in an order both databases share."""
    digest = hashlib.sha256()
    rows = tx.conn.execute(
        select(
            ALERT.c.cycle_id,
            ALERT.c.due_on,
            ALERT.c.rung,
            ALERT.c.post,
            ALERT.c.agency_id,
            ALERT.c.fires_on,
        )
        .where(ALERT.c.id > before_id)
        .order_by(
            ALERT.c.cycle_id, ALERT.c.due_on, ALERT.c.position, ALERT.c.agency_id, ALERT.c.post
        )
        .execution_options(yield_per=5000)
    )
    for row in rows:
        digest.update("\t".join(map(str, row)).encode() + b"\n")
    return digest.hexdigest()
