"""A run compiles once what all its applications have in common; each still has its own rows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine.default import CacheStats, DefaultExecutionContext
from werkzeug.routing import Rule

from models.tables import AGENCY
from tests import engines
from tests.conftest import application, copied


@pytest.fixture
def another(
    app: Flask, databases: engines.Databases, schema_template: str, tmp_path: Path
) -> Iterator[Flask]:
    """A second application on a database of its own, after the first has answered."""
    was_known(app)
    with (
        copied(databases, schema_template, tmp_path / "other") as settings,
        application(settings) as found,
    ):
        yield found


def was_known(app: Flask) -> bool:
    """Ask a question; whether its statement had been compiled before."""
    with app.extensions["dondoc"].engine.connect() as conn:
        answer = conn.execute(select(AGENCY.c.code).where(AGENCY.c.name == "haste"))
        assert isinstance(answer.context, DefaultExecutionContext)
        return answer.context.cache_hit is CacheStats.CACHE_HIT


def test_a_statement_is_compiled_once_for_all_databases_of_a_kind(
    app: Flask, another: Flask
) -> None:
    first, second = (a.extensions["dondoc"].engine for a in (app, another))

    assert first.url != second.url
    assert first.dialect is second.dialect
    assert was_known(another)


def test_a_second_application_parses_no_address_again(
    app: Flask, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(rule: Rule, text: str) -> None:
        raise AssertionError(f"{text} is parsed again")

    monkeypatch.setattr(Rule, "_parse_rule", again)
    with application(settings) as second, second.test_request_context():
        assert second.url_for("cycles.show", cycle_id=17).endswith("/cycles/17")
        assert second.url_map is not app.url_map
