"""The story until February 2024, told once for all tests that read it."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from cli.database import prepare
from demo.story import load
from tests import engines
from tests.conftest import application, copied, settings_for

UNTIL = date(2024, 2, 12)


@pytest.fixture(scope="module")
def story_app(
    both_engines: engines.Engines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application in February 2024: only for tests that read.

    On SQLite, the engine it is told into by `python3 run.py`; that the other engine hears the same
    story is a test of its own.
    """
    databases = both_engines["sqlite"]

    def migrate(url: str) -> None:
        prepare(settings_for(tmp_path_factory.mktemp("schema"), url))

    def tell(url: str) -> None:
        settings = settings_for(tmp_path_factory.mktemp("story"), url)
        load(settings, UNTIL, "mat-khau-cua-kiem-thu", lambda _: None)

    databases.template("schema", migrate)
    databases.template("story", tell, base="schema")
    with (
        copied(databases, "story", tmp_path_factory.mktemp("home")) as found,
        application(found) as app,
    ):
        yield app
