"""Fixtures: the small world of tests/make.py in a database of its own, on either engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.states import Role
from tests import engines
from tests.conftest import application, copied, settings_for
from tests.make import (
    AGENCIES,
    AWARDS,
    BUDGET,
    INSPECTORATE,
    STANDING,
    UBND,
    World,
    settle,
)


def populate(world: World) -> None:
    """Two heads and an officer everywhere, and everybody who is something special."""
    for agency in AGENCIES:
        world.head(agency)
        world.head(agency, 2)
        world.officer(agency)
    for role in (Role.OFFICE, Role.CHAIRMAN):
        world.person(role, UBND)
        world.person(role, UBND, 2)
    for role, agency in (
        (Role.INSPECTOR, INSPECTORATE),
        (Role.AWARD_APPRAISER, AWARDS),
        (Role.BUDGET_OFFICER, BUDGET),
        (Role.ADMIN, STANDING),
    ):
        world.person(role, agency)


@pytest.fixture(scope="session")
def world_template(
    databases: engines.Databases, schema_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The invented plan, its people, and the year 2026 given out."""

    def fill(url: str) -> None:
        folder = tmp_path_factory.mktemp("world")
        with application(settings_for(folder, url)) as app:
            world = settle(app, folder)
            populate(world)
            world.open_year(2026)

    databases.template("world", fill, base=schema_template)
    return "world"


@pytest.fixture
def world(databases: engines.Databases, world_template: str, tmp_path: Path) -> Iterator[World]:
    """A world nobody has acted in yet."""
    with (
        copied(databases, world_template, tmp_path / "home") as settings,
        application(settings) as app,
    ):
        yield World(app)
