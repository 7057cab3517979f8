"""The world of the matrix, on either engine: every relation, every state, everybody."""

from collections.abc import Iterator

import pytest

from tests import engines
from tests.conftest import application, copied, settings_for
from tests.make import World, settle
from tests.matrix.places import LATE_YEAR, YEARS, Places, settle_states, tasks
from tests.worlds import populate


@pytest.fixture(scope="session")
def matrix_template(
    databases: engines.Databases, schema_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A plan with tasks of every kind, its years given out, one cycle of each kind and state."""

    def fill(url: str) -> None:
        folder = tmp_path_factory.mktemp("matrix")
        with application(settings_for(folder, url)) as app:
            world = settle(app, folder, list(tasks()))
            populate(world)
            for year in (LATE_YEAR, *YEARS):
                world.open_year(year)
            settle_states(world)

    databases.template("matrix", fill, base=schema_template)
    return "matrix"


@pytest.fixture(scope="module")
def places(
    databases: engines.Databases, matrix_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    """One world for all cells: whatever is allowed is done to a cycle of its own."""
    with (
        copied(databases, matrix_template, tmp_path_factory.mktemp("home")) as settings,
        application(settings) as app,
    ):
        yield Places(World(app))
