"""The story until February 2024, told once for each engine."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from demo.story import load
from tests import engines
from tests.conftest import application, copied, settings_for

UNTIL = date(2024, 2, 12)


@pytest.fixture(scope="session")
def story_template(
    databases: engines.Databases, schema_template: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    def tell(url: str) -> None:
        settings = settings_for(tmp_path_factory.mktemp("story"), url)
        load(settings, UNTIL, "mat-khau-cua-kiem-thu", lambda _: None)

    databases.template("story", tell, base=schema_template)
    return "story"


@pytest.fixture(scope="module")
def story_app(
    databases: engines.Databases, story_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application in February 2024: only for tests that read."""
    with (
        copied(databases, story_template, tmp_path_factory.mktemp("home")) as found,
        application(found) as app,
    ):
        yield app
