"""Accounts: who exists, what he is in which agency, how he comes in and is kept out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import RowMapping, or_, select

from models.states import Role
from models.tables import AGENCY, MEMBERSHIP, PERSON, PERSON_SESSION, SIGN_IN_FAILURE
from workflow import text
from workflow.door import Entry, Outcome, Transaction, handles
from workflow.identity import clean_login, is_login, pause_after
from workflow.law.errors import NotFound, Reason, Refusal, Refused, Stale
from workflow.law.facts import MembershipFacts

NAME_LIMIT = 200
# One mailbox and nothing around it: an address goes into a header and to a mail server.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# Roles an administrator may give. SYSTEM is nobody's.
GIVEN_ROLES = tuple(r for r in Role if r is not Role.SYSTEM)


def may_manage(tx: Transaction) -> MembershipFacts:
    """The membership in which accounts are managed; Refused for everybody else."""
    for role in (Role.ADMIN, Role.SYSTEM):
        if membership := tx.actor.holds(role):
            return membership
    raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.ADMIN.value}))


def _note(
    tx: Transaction,
    command: str,
    event: str,
    person: RowMapping,
    membership: MembershipFacts | None,
    *,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
    version_after: int | None = None,
) -> Entry:
    return tx.note(
        Entry(
            command=command,
            event=event,
            object_kind="person",
            object_id=person["id"],
            object_label=f"{person['name']} ({person['login']})",
            membership=membership,
            version_before=None if version_after == 1 else person["version"],
            version_after=version_after or person["version"],
            reason=reason,
            details=details or {},
        )
    )


def _change(tx: Transaction, entry: Entry, person: RowMapping, **values: Any) -> None:
    """Other columns of the account itself, under the entry that says why."""
    entry.version_after = tx.update(PERSON, person, entry=entry, **values)["version"]


def _own(tx: Transaction) -> MembershipFacts | None:
    """In what a person acts for himself: what he is first."""
    return tx.actor.memberships[0] if tx.actor.memberships else None


def _person(tx: Transaction, person_id: int, seen_version: int | None = None) -> RowMapping:
    person = tx.get(PERSON, person_id)
    if seen_version is not None and person["version"] != seen_version:
        raise Stale("person", person_id, seen_version, person["version"])
    return person


def _needed(value: str, field: str, limit: int = NAME_LIMIT) -> str:
    value = text.clean(value)
    if not value:
        raise Refused(Refusal(Reason.MISSING, {"field": field}))
    if len(value) > limit:
        raise Refused(Refusal(Reason.TOO_LONG, {"field": field, "limit": str(limit)}))
    return value


def _address(typed: str | None) -> str | None:
    """An address for mail as it is stored; None for none."""
    found = text.clean(typed or "")
    if found and not (len(found) <= NAME_LIMIT and _ADDRESS.fullmatch(found)):
        raise Refused(Refusal(Reason.NOT_AN_ADDRESS, {"field": "email"}))
    return found or None


def _answer(person_id: int, **data: Any) -> Outcome:
    return Outcome("person", person_id, data)


# --- the administrator -------------------------------------------------------------------


@dataclass(frozen=True)
class AddPerson:
    """A new account, with its first role or without any yet.

    Without a password it cannot sign in until one is given.
    """

    login: str
    name: str
    post: str
    email: str | None = None
    agency_code: str | None = None
    role: Role | None = None
    valid_from: date | None = None
    password_hash: str | None = None
    must_change_password: bool = True
    is_demo: bool = False


@handles(AddPerson)
def add_person(tx: Transaction, c: AddPerson) -> Outcome:
    membership = may_manage(tx)
    login = clean_login(c.login)
    if not is_login(login):
        raise Refused(Refusal(Reason.NOT_A_LOGIN, {"field": "login"}))
    if tx.one(select(PERSON.c.id).where(PERSON.c.login == login)):
        raise Refused(Refusal(Reason.NAME_TAKEN, {"field": "login"}))
    person_id = tx.insert(
        PERSON,
        login=login,
        name=_needed(c.name, "name"),
        post=_needed(c.post, "post"),
        email=_address(c.email),
        password_hash=c.password_hash,
        must_change_password=c.must_change_password,
        is_demo=c.is_demo,
        created_at=tx.now,
    )
    person = tx.get(PERSON, person_id)
    _note(tx, "add_person", "person_added", person, membership, version_after=1)
    if c.agency_code and c.role:
        _give_role(tx, person, membership, c.agency_code, c.role, c.valid_from or tx.today)
    return _answer(person_id)


@dataclass(frozen=True)
class ChangePerson:
    """Another name, post or address; the sign-in name stays for ever."""

    person_id: int
    name: str
    post: str
    email: str | None = None
    seen_version: int | None = None


@handles(ChangePerson)
def change_person(tx: Transaction, c: ChangePerson) -> Outcome:
    membership = may_manage(tx)
    person = _person(tx, c.person_id, c.seen_version)
    entry = _note(tx, "change_person", "person_changed", person, membership)
    _change(
        tx,
        entry,
        person,
        name=_needed(c.name, "name"),
        post=_needed(c.post, "post"),
        email=_address(c.email),
    )
    return _answer(c.person_id)


@dataclass(frozen=True)
class AddMembership:
    """A role in an agency from one day until another; both days count."""

    person_id: int
    agency_code: str
    role: Role
    valid_from: date
    valid_to: date | None = None


@handles(AddMembership)
def add_membership(tx: Transaction, c: AddMembership) -> Outcome:
    membership = may_manage(tx)
    person = _person(tx, c.person_id)
    membership_id = _give_role(
        tx, person, membership, c.agency_code, c.role, c.valid_from, c.valid_to
    )
    return _answer(c.person_id, membership_id=membership_id)


def _give_role(
    tx: Transaction,
    person: RowMapping,
    membership: MembershipFacts,
    agency_code: str,
    role: Role,
    first: date,
    last: date | None = None,
) -> int:
    agency = tx.one(select(AGENCY).where(AGENCY.c.code == agency_code))
    if agency is None:
        raise NotFound("agency", agency_code)
    if role not in GIVEN_ROLES:
        raise Refused(Refusal(Reason.NOT_YOUR_ROLE, {"who": Role.SYSTEM.value}))
    if last is not None and last < first:
        raise Refused(Refusal(Reason.ENDS_BEFORE_IT_BEGINS, {"field": "valid_to"}))
    overlap = select(MEMBERSHIP.c.id).where(
        MEMBERSHIP.c.person_id == person["id"],
        MEMBERSHIP.c.agency_id == agency["id"],
        MEMBERSHIP.c.role == role,
        or_(MEMBERSHIP.c.valid_to.is_(None), MEMBERSHIP.c.valid_to >= first),
    )
    if last is not None:
        overlap = overlap.where(MEMBERSHIP.c.valid_from <= last)
    if tx.one(overlap):
        raise Refused(Refusal(Reason.MEMBERSHIP_OVERLAPS))
    details = {"role": role, "agency": agency["name"]}
    _note(tx, "add_membership", "membership_added", person, membership, details=details)
    return tx.insert(
        MEMBERSHIP,
        person_id=person["id"],
        agency_id=agency["id"],
        role=role.value,
        valid_from=first,
        valid_to=last,
    )


@dataclass(frozen=True)
class EndMembership:
    """The last day of a role. It takes effect the day after; today's acts stay what they were."""

    membership_id: int
    last_day: date
    reason: str
    seen_version: int | None = None


@handles(EndMembership)
def end_membership(tx: Transaction, c: EndMembership) -> Outcome:
    membership = may_manage(tx)
    row = tx.get(MEMBERSHIP, c.membership_id)
    if c.seen_version is not None and row["version"] != c.seen_version:
        raise Stale("membership", c.membership_id, c.seen_version, row["version"])
    reason = _needed(c.reason, "reason")
    if c.last_day < row["valid_from"] - timedelta(days=1):
        raise Refused(Refusal(Reason.ENDS_BEFORE_IT_BEGINS, {"field": "last_day"}))
    if row["role"] == Role.ADMIN and not _another_admin(tx, row["person_id"], c.last_day):
        raise Refused(Refusal(Reason.LAST_ADMIN))
    person = _person(tx, row["person_id"])
    agency = tx.get(AGENCY, row["agency_id"])
    details = {
        "role": row["role"],
        "agency": agency["name"],
        "last_day": c.last_day,
    }
    _note(
        tx,
        "end_membership",
        "membership_ended",
        person,
        membership,
        reason=reason,
        details=details,
    )
    tx.update(MEMBERSHIP, row, valid_to=c.last_day)
    return _answer(row["person_id"], membership_id=c.membership_id)


def _another_admin(tx: Transaction, person_id: int, until: date) -> bool:
    """Somebody else who can come in keeps accounts beyond this day."""
    return (
        tx.one(
            select(MEMBERSHIP.c.id)
            .join(PERSON, PERSON.c.id == MEMBERSHIP.c.person_id)
            .where(
                MEMBERSHIP.c.role == Role.ADMIN,
                MEMBERSHIP.c.person_id != person_id,
                MEMBERSHIP.c.valid_from <= tx.today,
                or_(MEMBERSHIP.c.valid_to.is_(None), MEMBERSHIP.c.valid_to > until),
                PERSON.c.locked_at.is_(None),
                PERSON.c.password_hash.is_not(None),
            )
        )
        is not None
    )


@dataclass(frozen=True)
class LockPerson:
    """Kept out from this moment: every open session ends."""

    person_id: int
    reason: str
    seen_version: int | None = None


@handles(LockPerson)
def lock_person(tx: Transaction, c: LockPerson) -> Outcome:
    membership = may_manage(tx)
    person = _person(tx, c.person_id, c.seen_version)
    reason = _needed(c.reason, "reason")
    if person["locked_at"] is not None:
        raise Refused(Refusal(Reason.ACCOUNT_LOCKED))
    is_admin = tx.one(
        select(MEMBERSHIP.c.id).where(
            MEMBERSHIP.c.person_id == c.person_id,
            MEMBERSHIP.c.role == Role.ADMIN,
            MEMBERSHIP.c.valid_from <= tx.today,
            or_(MEMBERSHIP.c.valid_to.is_(None), MEMBERSHIP.c.valid_to >= tx.today),
        )
    )
    if is_admin and not _another_admin(tx, c.person_id, tx.today):
        raise Refused(Refusal(Reason.LAST_ADMIN))
    entry = _note(tx, "lock_person", "person_locked", person, membership, reason=reason)
    _change(tx, entry, person, locked_at=tx.now, lock_reason=reason)
    _end_sessions(tx, c.person_id, "locked")
    return _answer(c.person_id)


@dataclass(frozen=True)
class UnlockPerson:
    """Let in again; wrong tries are forgotten too."""

    person_id: int
    reason: str
    seen_version: int | None = None


@handles(UnlockPerson)
def unlock_person(tx: Transaction, c: UnlockPerson) -> Outcome:
    membership = may_manage(tx)
    person = _person(tx, c.person_id, c.seen_version)
    reason = _needed(c.reason, "reason")
    if person["locked_at"] is None:
        raise Refused(Refusal(Reason.NOT_LOCKED))
    entry = _note(tx, "unlock_person", "person_unlocked", person, membership, reason=reason)
    _change(tx, entry, person, locked_at=None, lock_reason=None)
    _forget_failures(tx, person["login"])
    return _answer(c.person_id)


@dataclass(frozen=True)
class ResetPassword:
    """An initial password that must be changed at the first sign-in. Open sessions end."""

    person_id: int
    password_hash: str


@handles(ResetPassword)
def reset_password(tx: Transaction, c: ResetPassword) -> Outcome:
    membership = may_manage(tx)
    person = _person(tx, c.person_id)
    entry = _note(tx, "reset_password", "password_reset", person, membership)
    _change(tx, entry, person, password_hash=c.password_hash, must_change_password=True)
    _end_sessions(tx, c.person_id, "password")
    _forget_failures(tx, person["login"])
    return _answer(c.person_id)


# --- the person himself ------------------------------------------------------------------


@dataclass(frozen=True)
class ChangePassword:
    """A new password of one's own. Every open session ends; the device at hand gets a new one."""

    person_id: int
    password_hash: str
    seen_version: int
    token_hash: str
    network: str
    device: str


@handles(ChangePassword)
def change_password(tx: Transaction, c: ChangePassword) -> Outcome:
    if c.person_id != tx.actor.person_id:
        raise NotFound("person")
    person = _person(tx, c.person_id, c.seen_version)
    entry = _note(tx, "change_password", "password_changed", person, _own(tx))
    _change(tx, entry, person, password_hash=c.password_hash, must_change_password=False)
    _end_sessions(tx, c.person_id, "password")
    _open_session(tx, c.person_id, c.token_hash, c.network, c.device)
    return _answer(c.person_id)


@dataclass(frozen=True)
class SignIn:
    """The password was right: a session on this device. `seen_version`: of the account then."""

    person_id: int
    seen_version: int
    token_hash: str
    network: str
    device: str
    renewed_hash: str | None = None


@handles(SignIn, when_read_only=True)
def sign_in(tx: Transaction, c: SignIn) -> Outcome:
    if c.person_id != tx.actor.person_id:
        raise NotFound("person")
    person = _person(tx, c.person_id, c.seen_version)
    if person["locked_at"] is not None:
        raise Refused(Refusal(Reason.ACCOUNT_LOCKED))
    details = {"network": c.network}
    entry = _note(tx, "sign_in", "signed_in", person, _own(tx), details=details)
    if c.renewed_hash:
        _change(tx, entry, person, password_hash=c.renewed_hash)
    _forget_failures(tx, person["login"], c.network)
    session_id = _open_session(tx, c.person_id, c.token_hash, c.network, c.device)
    return _answer(c.person_id, session_id=session_id)


@dataclass(frozen=True)
class SignOut:
    """The session at hand ends."""

    session_id: int


@dataclass(frozen=True)
class EndSession:
    """A session on another device ends."""

    session_id: int


@handles(SignOut, when_read_only=True)
def sign_out(tx: Transaction, c: SignOut) -> Outcome:
    return _end_own(tx, c.session_id, "sign_out", "signed_out")


@handles(EndSession, when_read_only=True)
def end_session(tx: Transaction, c: EndSession) -> Outcome:
    return _end_own(tx, c.session_id, "end_session", "session_ended")


def _end_own(tx: Transaction, session_id: int, command: str, event: str) -> Outcome:
    row = tx.get(PERSON_SESSION, session_id)
    if row["person_id"] != tx.actor.person_id:
        raise NotFound("session")
    person = _person(tx, row["person_id"])
    _note(tx, command, event, person, _own(tx), details={"network": row["network"]})
    if row["ended_at"] is None:
        tx.update(PERSON_SESSION, row, ended_at=tx.now, ended_why=command)
    return _answer(row["person_id"])


@dataclass(frozen=True)
class RecordFailedSignIn:
    """A wrong try, counted by account and network. `counted_as` is identity.counted_as()."""

    counted_as: str
    network: str
    person_id: int | None = None


@handles(RecordFailedSignIn, when_read_only=True)
def record_failed_sign_in(tx: Transaction, c: RecordFailedSignIn) -> Outcome:
    known = tx.get(PERSON, c.person_id) if c.person_id is not None else None
    # Tries at the same moment wait for each other here, so that none goes uncounted.
    row = tx.one(
        select(SIGN_IN_FAILURE)
        .where(SIGN_IN_FAILURE.c.login == c.counted_as, SIGN_IN_FAILURE.c.network == c.network)
        .with_for_update()
    )
    count = (row["count"] if row else 0) + 1
    pause = pause_after(count)
    until = tx.now + pause if pause else None
    tx.note(
        Entry(
            command="record_failed_sign_in",
            event="sign_in_failed",
            object_kind="person",
            object_id=c.person_id,
            object_label=f"{known['name']} ({known['login']})" if known else "tên đăng nhập lạ",
            details={"network": c.network, "count": count, "paused_until": until},
        )
    )
    if row is None:
        tx.insert(
            SIGN_IN_FAILURE,
            login=c.counted_as,
            network=c.network,
            count=count,
            last_at=tx.now,
            locked_until=until,
        )
    else:
        tx.update(SIGN_IN_FAILURE, row, count=count, last_at=tx.now, locked_until=until)
    return Outcome("person", c.person_id, {"paused_until": until.isoformat() if until else None})


def _open_session(
    tx: Transaction, person_id: int, token_hash: str, network: str, device: str
) -> int:
    return tx.insert(
        PERSON_SESSION,
        token_hash=token_hash,
        person_id=person_id,
        created_at=tx.now,
        seen_at=tx.now,
        network=network,
        device=device[:NAME_LIMIT],
    )


def _end_sessions(tx: Transaction, person_id: int, why: str) -> None:
    for row in tx.rows(
        select(PERSON_SESSION).where(
            PERSON_SESSION.c.person_id == person_id, PERSON_SESSION.c.ended_at.is_(None)
        )
    ):
        tx.update(PERSON_SESSION, row, ended_at=tx.now, ended_why=why)


def _forget_failures(tx: Transaction, login: str, network: str | None = None) -> None:
    statement = select(SIGN_IN_FAILURE).where(SIGN_IN_FAILURE.c.login == login)
    if network is not None:
        statement = statement.where(SIGN_IN_FAILURE.c.network == network)
    for row in tx.rows(statement):
        tx.delete(SIGN_IN_FAILURE, row)
