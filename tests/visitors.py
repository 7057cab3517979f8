"""Browsers without a screen, and a clock that tests can move."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from models.tables import PERSON
from tests.make import PASSWORD, World, let_in, password_hash
from workflow.commands.people import ChangePassword
from workflow.identity import digest_of, new_token
from workflow.law.deadlines import local_day
from workflow.law.facts import ActorFacts

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class SetClock:
    """The clock of an application under test: it stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return local_day(self.at)

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def set_clock(app: Flask, at: datetime) -> SetClock:
    clock = SetClock(at)
    services = app.extensions["dondoc"]
    app.extensions["dondoc"] = replace(services, clock=clock)
    return clock


class Visitor:
    """Somebody at a browser: keeps cookies, sends forms with their token. Never nest a context."""

    def __init__(self, app: Flask, address: str = "10.1.2.3", **options: Any) -> None:
        self.client: FlaskClient = app.test_client()
        self.environ = {"REMOTE_ADDR": address} | options

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, environ_base=self.environ, **options)

    def token(self) -> str:
        """A form token of this session, from a page everybody may open."""
        found = _TOKEN.search(self.get("/help").text)
        assert found is not None
        return found[1]

    def post(self, path: str, data: Any = None, token: str | None = None, **options: Any) -> Any:
        """Send a form as its page would."""
        sent = dict(data or {})
        sent.setdefault("csrf_token", self.token() if token is None else token)
        return self.client.post(path, data=sent, environ_base=self.environ, **options)

    def sign_in(self, login: str, password: str = PASSWORD, target: str = "") -> TestResponse:
        data = {"login": login, "password": password, "next": target}
        answer: TestResponse = self.post("/sign-in", data)
        return answer

    @property
    def is_signed_in(self) -> bool:
        return self.get("/account").status_code == 200

    def cookie(self) -> str:
        found = self.client.get_cookie("dondoc")
        assert found is not None
        return found.value

    def take_cookie(self, value: str) -> None:
        self.client.set_cookie("dondoc", value)


def admit(world: World, who: ActorFacts) -> ActorFacts:
    """Give somebody the password of the tests as if he had chosen it himself."""
    let_in(world, who)
    with world.engine.connect() as conn:
        version = conn.execute(
            select(PERSON.c.version).where(PERSON.c.id == who.person_id)
        ).scalar_one()
    command = ChangePassword(
        who.person_id or 0, password_hash(), version, digest_of(new_token()), "test", "test"
    )
    world.do(command, who)
    return who


def visit(world: World, who: ActorFacts, address: str = "10.1.2.3") -> Visitor:
    """Somebody who has just signed in."""
    admit(world, who)
    visitor = Visitor(world.app, address)
    answer = visitor.sign_in(who.login)
    assert answer.status_code == 303, answer.text
    return visitor
