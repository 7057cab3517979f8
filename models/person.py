"""People: one person, one account; what they are in which agency; their open sessions."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import SECRET, At, Base, Pk
from models.states import Role


class Person(Base):
    """An account. Names are kept as they were in each audit entry, so this row may change."""

    __tablename__ = "person"

    id: Mapped[Pk]
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str]
    post: Mapped[str] = mapped_column(comment="chức vụ, as addressed on paper")
    email: Mapped[str | None]
    password_hash: Mapped[str | None] = mapped_column(info=SECRET)
    must_change_password: Mapped[bool] = mapped_column(default=True)
    locked_at: Mapped[datetime | None]
    lock_reason: Mapped[str | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    toured_at: Mapped[datetime | None] = mapped_column(comment="saw the first steps, or skipped")
    created_at: Mapped[At]
    version: Mapped[int] = mapped_column(default=1)


class Membership(Base):
    """A role in an agency from one day until another (both days included)."""

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_agency_role", "agency_id", "role"),)

    id: Mapped[Pk]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    role: Mapped[Role] = mapped_column(String(30))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class PersonSession(Base):
    """A sign-in on one device. The cookie carries a random token; only its hash stands here."""

    __tablename__ = "person_session"

    id: Mapped[Pk]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info=SECRET)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[At]
    seen_at: Mapped[At]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(40))
    network: Mapped[str] = mapped_column(String(60))
    device: Mapped[str]


class SignInFailure(Base):
    """Wrong passwords, counted by account and network so that no outsider can lock a person out."""

    __tablename__ = "sign_in_failure"

    id: Mapped[Pk]
    login: Mapped[str] = mapped_column(String(120))
    network: Mapped[str] = mapped_column(String(60), comment="/24 or /64 of the address")
    count: Mapped[int]
    last_at: Mapped[At]
    locked_until: Mapped[datetime | None]

    __table_args__ = (Index("uq_sign_in_failure_login_network", "login", "network", unique=True),)
