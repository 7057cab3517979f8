"""Who somebody is: passwords, open sessions, and what a person is in which agency today."""

import hashlib
import ipaddress
import re
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Select,
    and_,
    bindparam,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from models.states import Role
from models.tables import AGENCY, MEMBERSHIP, PERSON, PERSON_SESSION, PLAN, SIGN_IN_FAILURE
from workflow import text
from workflow.door import ajar
from workflow.law.errors import NotFound, Reason, Refusal, Refused
from workflow.law.facts import ActorFacts, MembershipFacts

# OWASP's minimum for Argon2id: 19 MiB, two passes, one lane.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
PASSWORD_MIN, PASSWORD_MAX = 12, 200
WRONG_TRIES = 5
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=24)
LONGEST_SESSION = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)

_COMMON = Path(__file__).parent / "data" / "common-passwords.txt"
_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,118}[a-z0-9])?")


# --- passwords ---------------------------------------------------------------------------


@cache
def common_passwords() -> frozenset[str]:
    """What everybody tries first, in the form that is compared."""
    return frozenset(_bare(word) for word in _COMMON.read_text(encoding="utf-8").split())


def weakness(password: str, login: str) -> str | None:
    """Why this password cannot be used: too_short, too_long, common, login; None when it can."""
    if len(password) < PASSWORD_MIN:
        return "too_short"
    if len(password) > PASSWORD_MAX:
        return "too_long"
    bare, name = _bare(password), _bare(login)
    if len(set(bare)) < 5 or bare.isdecimal() or bare in _ALPHABET:
        return "common"
    if name and (name in bare or bare in name):
        return "login"
    # "matkhau@123456" and "P@ssw0rd2026" are common ones with something hung on.
    plain = _bare(password.strip("0123456789!@#$").translate(_LEET))
    if {bare, bare.strip("0123456789"), plain} & common_passwords():
        return "common"
    return None


_LEET = str.maketrans("@0134$57", "aoieasst")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def _bare(word: str) -> str:
    """Without case, marks, blanks and punctuation."""
    return text.fold(word).replace(" ", "")


def new_hash(password: str, login: str) -> str:
    """The hash to keep; Refused when the password is weak. The only way to one."""
    if why := weakness(text.nfc(password), login):
        detail = {"field": "new_password", "why": why, "limit": str(PASSWORD_MIN)}
        raise Refused(Refusal(Reason.WEAK_PASSWORD, detail))
    return HASHER.hash(text.nfc(password))


def initial_password() -> str:
    """A password to be told once: 20 letters in groups of four, without look-alikes."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(16))


def matches(password_hash: str | None, password: str) -> bool:
    """True when the password is the right one. Without a hash it takes just as long."""
    try:
        right = HASHER.verify(password_hash or _nobodys_hash(), text.nfc(password))
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def renewed(password_hash: str, password: str) -> str | None:
    """A new hash when the kept one was made with weaker settings than ours."""
    if HASHER.check_needs_rehash(password_hash):
        return HASHER.hash(text.nfc(password))
    return None


# --- names and networks ------------------------------------------------------------------


def clean_login(typed: str) -> str:
    """A sign-in name as it is kept: lower case, no blanks around it."""
    return text.nfc(typed).strip().lower()


def is_login(login: str) -> bool:
    """Latin letters without marks, digits, dot, hyphen: nothing that looks like another name."""
    return _LOGIN.fullmatch(login) is not None


def network_of(address: str | None) -> str:
    """The network of an address, /24 or /64: what wrong tries are counted by."""
    try:
        found = ipaddress.ip_address((address or "").split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    bits = 24 if found.version == 4 else 64
    return str(ipaddress.ip_network((found, bits), strict=False))


# --- signing in --------------------------------------------------------------------------


@dataclass(frozen=True)
class Attempt:
    """What a try to sign in found. `person` is set only when it may go on."""

    counted_as: str
    known_id: int | None
    person: RowMapping | None
    paused_until: datetime | None = None
    is_locked: bool = False


def counted_as(login: str, is_known: bool) -> str:
    """How wrong tries are kept: unknown names by digest, for people type passwords there too."""
    if is_known:
        return login
    return "?" + hashlib.blake2b(login.encode(), digest_size=8).hexdigest()


def attempt(conn: Connection, typed: str, password: str, network: str, now: datetime) -> Attempt:
    """Weigh a name and a password. Unknown names take as long and are paused like known ones."""
    login = clean_login(typed)
    person = conn.execute(select(PERSON).where(PERSON.c.login == login)).mappings().first()
    known_id = person["id"] if person else None
    key = counted_as(login, person is not None)
    paused_until = conn.execute(
        select(SIGN_IN_FAILURE.c.locked_until).where(
            SIGN_IN_FAILURE.c.login == key, SIGN_IN_FAILURE.c.network == network
        )
    ).scalar()
    right = matches(person["password_hash"] if person else None, password)
    if paused_until is not None and paused_until > now:
        return Attempt(key, known_id, None, paused_until=paused_until)
    if person is None or not right:
        return Attempt(key, known_id, None)
    if person["locked_at"] is not None:
        return Attempt(key, known_id, None, is_locked=True)
    return Attempt(key, known_id, person)


def pause_after(wrong: int) -> timedelta | None:
    """How long to wait after so many wrong tries: none before the fifth, then doubling."""
    if wrong < WRONG_TRIES:
        return None
    return min(FIRST_PAUSE * 2 ** min(wrong - WRONG_TRIES, 20), LONGEST_PAUSE)


# --- sessions ----------------------------------------------------------------------------


def new_token() -> str:
    """What the cookie carries: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Visitor:
    """A person with an open session: who he is today, and what the frame of a page shows."""

    token: str
    session_id: int
    session_mark: str
    actor: ActorFacts
    post: str
    must_change_password: bool
    seen_at: datetime
    is_new: bool  # has not yet seen the first steps

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login puts into the cookie."""
        return self.token


def _who(*more: ColumnElement[Any]) -> Select[Any]:
    """A person with his posts on `today`: a row for each, for each plan its agency stands for and,
    where he acts for VP UBND, for each plan that says which agency that is.

    One question for every page: a second one costs more in waiting than these joins.
    """
    held = and_(
        MEMBERSHIP.c.person_id == PERSON.c.id,
        MEMBERSHIP.c.valid_from <= bindparam("today"),
        or_(MEMBERSHIP.c.valid_to.is_(None), MEMBERSHIP.c.valid_to >= bindparam("today")),
    )
    served = PLAN.alias()
    return (
        select(
            PERSON.c.id.label("person_id"),
            PERSON.c.login,
            PERSON.c.name,
            MEMBERSHIP.c.id.label("membership_id"),
            MEMBERSHIP.c.role,
            MEMBERSHIP.c.agency_id,
            AGENCY.c.code.label("agency_code"),
            AGENCY.c.name.label("agency_name"),
            PLAN.c.id.label("plan_id"),
            served.c.office_agency_id,
            *more,
        )
        .select_from(PERSON)
        .outerjoin(MEMBERSHIP, held)
        .outerjoin(AGENCY, AGENCY.c.id == MEMBERSHIP.c.agency_id)
        .outerjoin(PLAN, PLAN.c.standing_agency_id == MEMBERSHIP.c.agency_id)
        .outerjoin(
            served,
            and_(MEMBERSHIP.c.role == Role.OFFICE.value, served.c.office_agency_id.is_not(None)),
        )
        .order_by(MEMBERSHIP.c.id)
    )


def _actor(rows: Sequence[RowMapping]) -> ActorFacts:
    plans: dict[int, set[int]] = defaultdict(set)
    offices: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        plans[row["membership_id"]] |= {row["plan_id"]} - {None}
        offices[row["membership_id"]] |= {row["office_agency_id"]} - {None}
    posts = {row["membership_id"]: row for row in rows if row["membership_id"] is not None}
    memberships = tuple(
        MembershipFacts(
            Role(row["role"]),
            row["agency_id"],
            row["agency_code"],
            row["agency_name"],
            frozenset(plans[key]),
            frozenset(offices[key]),
        )
        for key, row in posts.items()
    )
    return ActorFacts(rows[0]["person_id"], rows[0]["login"], rows[0]["name"], memberships)


_BY_ID = _who().where(PERSON.c.id == bindparam("key"))
_BY_LOGIN = _who().where(PERSON.c.login == bindparam("key"))
_BY_TOKEN = (
    _who(
        PERSON_SESSION.c.id.label("session_id"),
        PERSON_SESSION.c.created_at,
        PERSON_SESSION.c.seen_at,
        PERSON.c.post,
        PERSON.c.must_change_password,
        PERSON.c.toured_at,
    )
    .join(PERSON_SESSION, PERSON_SESSION.c.person_id == PERSON.c.id)
    .where(
        PERSON_SESSION.c.token_hash == bindparam("key"),
        PERSON_SESSION.c.ended_at.is_(None),
        PERSON.c.locked_at.is_(None),
    )
)


def visitor_of(
    conn: Connection, token: str, now: datetime, today: date, idle: timedelta
) -> Visitor | None:
    """Whose open session this token belongs to; None when it has ended or its time is over."""
    digest = digest_of(token)
    rows = conn.execute(_BY_TOKEN, {"key": digest, "today": today}).mappings().all()
    if not rows or is_over(rows[0]["created_at"], rows[0]["seen_at"], now, idle):
        return None
    row = rows[0]
    return Visitor(
        token=token,
        session_id=row["session_id"],
        session_mark=digest[:12],
        actor=_actor(rows),
        post=row["post"],
        must_change_password=row["must_change_password"],
        seen_at=row["seen_at"],
        is_new=row["toured_at"] is None,
    )


def is_over(created_at: datetime, seen_at: datetime, now: datetime, idle: timedelta) -> bool:
    """A session ends after so long without a page, and after twelve hours in any case."""
    return now - seen_at > idle or now - created_at > LONGEST_SESSION


def wants_touch(visitor: Visitor, now: datetime) -> bool:
    """A minute has passed since the session was last noted as in use."""
    return now - visitor.seen_at >= SEEN_EVERY


def touch(engine: Engine, visitor: Visitor, now: datetime) -> None:
    """Note that the session is in use."""
    with ajar("session bookkeeping"), engine.execution_options(write=True).begin() as conn:
        conn.execute(
            update(PERSON_SESSION)
            .where(and_(PERSON_SESSION.c.id == visitor.session_id, PERSON_SESSION.c.seen_at < now))
            .values(seen_at=now)
        )


# --- people ------------------------------------------------------------------------------


def actor_of(conn: Connection, person_id: int, today: date) -> ActorFacts:
    """A person as the law knows him, with the memberships valid today; NotFound when none."""
    return _found(conn, _BY_ID, person_id, today)


def actor_by_login(conn: Connection, login: str, today: date) -> ActorFacts:
    """The same by sign-in name, for operators and stories."""
    return _found(conn, _BY_LOGIN, clean_login(login), today)


def _found(conn: Connection, by: Select[Any], key: int | str, today: date) -> ActorFacts:
    rows = conn.execute(by, {"key": key, "today": today}).mappings().all()
    if not rows:
        raise NotFound("person", str(key))
    return _actor(rows)
