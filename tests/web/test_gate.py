"""Who gets through: every page has a gate, and nothing is changed by looking."""

import hashlib
import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models.states import Role
from models.tables import metadata
from tests.make import AWARDS, BUDGET, INSPECTORATE, STANDING, World
from tests.visitors import SetClock, Visitor, visit
from tests.web.endpoints import endpoints
from web.requires import Gate, gate_of, requires, signed_in
from workflow.law.facts import ActorFacts

# The pages a stranger may open; whoever adds one says so here too.
PUBLIC = {
    "auth.language",
    "auth.sign_in",
    "auth.sign_in_now",
    "calendar.feed",  # by a token of its own
    "health.healthz",
    "health.readyz",
    "help.overview",
    "ledger.checkpoint",
    "ledger.head_picture",
    "ledger.key",
    "ledger.tile",
    "public.overview",
    "static",
}
# Opened to strangers by the people of these pages.
LANDING = {"components", "home"}


def ungated(app: Flask) -> set[str]:
    return {name for name, view in app.view_functions.items() if gate_of(view) is None}


def public(app: Flask) -> set[str]:
    found = set()
    for name, view in app.view_functions.items():
        gate = gate_of(view)
        if gate is not None and gate.is_public and name.split(".")[0] not in LANDING:
            found.add(name)
    return found


def test_every_page_says_who_may_open_it(world: World) -> None:
    assert ungated(world.app) == set()


def test_a_page_without_a_gate_is_noticed_and_opens_for_nobody(world: World) -> None:
    world.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")

    assert ungated(world.app) == {"forgotten"}
    answer = Visitor(world.app).get("/forgotten")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_strangers_open_what_is_listed_and_nothing_else(world: World) -> None:
    assert public(world.app) == PUBLIC


def test_a_stranger_is_asked_to_sign_in_and_led_back(world: World, clock: SetClock) -> None:
    stranger = Visitor(world.app)

    answer = stranger.get("/audit?command=report&from=01/01/2026")

    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/audit?command%3Dreport%26from%3D01/01/2026"


def test_every_page_but_the_public_ones_is_closed_to_strangers(world: World) -> None:
    stranger = Visitor(world.app)
    for one in endpoints(world.app, "GET"):
        if one.endpoint in public(world.app) or one.endpoint.split(".")[0] in LANDING:
            continue
        answer = stranger.get(one.path)
        assert answer.status_code == 303, one
        assert answer.location.startswith("/sign-in"), one


def test_a_gate_without_roles_must_be_said_otherwise() -> None:
    with pytest.raises(ValueError, match="signed_in"):
        requires()
    assert gate_of(signed_in(lambda: "")) == Gate()


def test_a_page_closed_to_a_role_says_for_whom_it_is(world: World, clock: SetClock) -> None:
    answer = visit(world, world.head()).get("/admin")

    assert answer.status_code == 403
    assert "Quản trị hệ thống" in answer.text


def everybody(world: World) -> dict[str, ActorFacts | None]:
    return {
        "stranger": None,
        "lead_head": world.head(),
        "lead_officer": world.officer(),
        "standing_head": world.judge,
        "office": world.office,
        "chairman": world.chairman,
        "inspector": world.person(Role.INSPECTOR, INSPECTORATE),
        "awards": world.person(Role.AWARD_APPRAISER, AWARDS),
        "budget": world.person(Role.BUDGET_OFFICER, BUDGET),
        "admin": world.person(Role.ADMIN, STANDING),
    }


def fingerprint(world: World) -> dict[str, str]:
    """A digest of every table."""
    found = {}
    with world.engine.connect() as conn:
        for table in metadata.sorted_tables:
            rows: list[Any] = sorted(
                json.dumps(list(row), default=str, ensure_ascii=False)
                for row in conn.execute(select(table))
            )
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


# What is taken away leaves an entry, and nothing else: docs/decisions/0021.
TAKEN = {"cycles.file", "excel.download", "reports.download", "reports.file"}


@pytest.mark.parametrize(
    "who",
    [
        "stranger",
        "lead_head",
        "lead_officer",
        "standing_head",
        "office",
        "chairman",
        "inspector",
        "awards",
        "budget",
        "admin",
    ],
)
def test_looking_changes_nothing(world: World, clock: SetClock, who: str) -> None:
    actor = everybody(world)[who]
    cycle_id = world.cycle()
    visitor = Visitor(world.app) if actor is None else visit(world, actor)
    before = fingerprint(world)

    for one in endpoints(world.app, "GET", cycle_id=cycle_id):
        if one.endpoint in TAKEN:
            continue
        answer = visitor.get(one.path)
        assert answer.status_code < 500, one

    assert fingerprint(world) == before


def test_a_change_made_while_looking_would_be_seen(world: World, clock: SetClock) -> None:
    before = fingerprint(world)

    world.open_year(2027)

    after = fingerprint(world)
    assert {name for name in after if after[name] != before[name]} >= {"cycle", "audit_entry"}


def test_the_administrator_opens_no_page_of_the_plans_work(world: World, clock: SetClock) -> None:
    cycle_id = world.cycle()
    admin = visit(world, world.person(Role.ADMIN, STANDING))

    for path in (
        "/tasks",
        f"/cycles/{cycle_id}",
        f"/cycles/{cycle_id}/report",
        "/verify",
    ):
        assert admin.get(path).status_code in (403, 404), path
