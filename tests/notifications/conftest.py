"""A small plan with people in every post, a calendar and a ladder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import engines
from tests.conftest import application, copied, settings_for
from tests.make import CO_LEAD, LEAD, OTHER, STANDING, SUPPORTING, World, settle
from tests.notifications.life import staff


@pytest.fixture(scope="session")
def staffed_template(
    databases: engines.Databases, schema_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The invented plan and everybody the ladder may want to tell; no year is open."""

    def fill(url: str) -> None:
        folder = tmp_path_factory.mktemp("staffed")
        with application(settings_for(folder, url)) as app:
            staff(settle(app, folder), (LEAD, CO_LEAD, SUPPORTING, OTHER, STANDING))

    databases.template("staffed", fill, base=schema_template)
    return "staffed"


@pytest.fixture
def world(databases: engines.Databases, staffed_template: str, tmp_path: Path) -> Iterator[World]:
    with (
        copied(databases, staffed_template, tmp_path / "home") as settings,
        application(settings) as app,
    ):
        yield World(app)
