"""What every test may ask for: the application on either engine, a browser, a live server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from cli.database import prepare
from config import Settings
from tests import browser as browsers
from tests import engines, haste
from tests.journeys.counting import pytest_terminal_summary
from wsgi import create_app

__all__ = ["pytest_terminal_summary"]

ROOT = Path(__file__).parents[1]
PLAN = ROOT / "plans" / "2940-kh-ubnd.yaml"


def run_folder(factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of a run."""
    here = factory.getbasetemp()
    return here.parent if "PYTEST_XDIST_WORKER" in os.environ else here


@pytest.fixture(scope="session", autouse=True)
def in_haste(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    templates = run_folder(tmp_path_factory) / "templates"
    with haste.compiled_once(templates), haste.collected_seldom():
        yield


def settings_for(home: Path, database_url: str) -> Settings:
    return Settings(
        home=home,
        database_url=database_url,
        profile="demo",
        secret_key="0123456789abcdef" * 4,
        demo_password="mat-khau-cua-kiem-thu",
    )


@pytest.fixture(scope="session", params=engines.wanted())
def engine_name(request: pytest.FixtureRequest) -> str:
    """Whoever asks for a database is run once on each engine."""
    return str(request.param)


@pytest.fixture(scope="session")
def both_engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[engines.Engines]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    found = engines.Engines(run_folder(tmp_path_factory), worker)
    yield found
    found.close()


@pytest.fixture(scope="session")
def databases(engine_name: str, both_engines: engines.Engines) -> engines.Databases:
    return both_engines[engine_name]


@pytest.fixture(scope="session")
def schema_template(databases: engines.Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty register: every table, no row."""
    return with_schema(databases, tmp_path_factory)


@pytest.fixture(scope="session")
def plan_template(databases: engines.Databases, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Plan 2940 loaded: agencies, groups, tasks, indicators, conflicts; no people, no cycles."""
    return with_plan(databases, tmp_path_factory)


def with_schema(databases: engines.Databases, factory: pytest.TempPathFactory) -> str:
    """The template `schema` on an engine of one's choice."""

    def migrate(url: str) -> None:
        prepare(settings_for(factory.mktemp("schema"), url))

    databases.template("schema", migrate)
    return "schema"


def with_plan(databases: engines.Databases, factory: pytest.TempPathFactory) -> str:
    """The template `plan` on an engine of one's choice."""

    def load(url: str) -> None:
        with application(settings_for(factory.mktemp("plan"), url)) as app:
            done = app.test_cli_runner().invoke(args=["plan", "load", str(PLAN)])
        assert done.exit_code == 0, done.output

    databases.template("plan", load, base=with_schema(databases, factory))
    return "plan"


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    try:
        yield app
    finally:
        app.extensions["dondoc"].engine.dispose()


@contextmanager
def copied(databases: engines.Databases, template: str, home: Path) -> Iterator[Settings]:
    url = databases.copy(template)
    try:
        yield settings_for(home, url)
    finally:
        databases.drop(url)


@pytest.fixture
def settings(
    databases: engines.Databases, schema_template: str, tmp_path: Path
) -> Iterator[Settings]:
    """Settings whose database has the schema and nothing else."""
    with copied(databases, schema_template, tmp_path / "home") as found:
        yield found


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on an empty register of its own."""
    with application(settings) as found:
        yield found


@pytest.fixture
def plan_app(databases: engines.Databases, plan_template: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with plan 2940 in a database of its own."""
    with (
        copied(databases, plan_template, tmp_path / "home") as found,
        application(found) as app,
    ):
        yield app


@pytest.fixture(scope="module")
def plan_app_module(
    databases: engines.Databases,
    plan_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """plan_app for all tests of a module: only for tests that read."""
    with (
        copied(databases, plan_template, tmp_path_factory.mktemp("home")) as found,
        application(found) as app,
    ):
        yield app


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browsers.chromium() as found:
        yield found


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a clean browser profile; a broken script or content policy fails the test."""
    with browsers.one_page(chromium) as found:
        yield found


@pytest.fixture
def live_server(plan_app: Flask) -> Iterator[browsers.LiveServer]:
    """plan_app behind a real socket."""
    with browsers.serving(plan_app) as found:
        yield found
