"""The tests' own ground: both engines run, and every test has a database to itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests import engines
from workflow import door


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_commits_does_not_reach_the_next(app: Flask, turn: int) -> None:
    engine = app.extensions["dondoc"].engine

    with engine.execution_options(write=True).begin() as conn, door.ajar("measurement"):
        found = conn.execute(text("SELECT count(*) FROM sign_in_failure")).scalar()
        conn.execute(
            text(
                "INSERT INTO sign_in_failure (login, network, count, last_at) "
                "VALUES ('a', 'b', 1, '2026-01-01')"
            )
        )

    assert found == 0, f"turn {turn} saw what another turn wrote"


def test_the_engine_is_the_one_that_was_asked_for(app: Flask, engine_name: str) -> None:
    assert app.extensions["dondoc"].engine.dialect.name == engine_name


def test_postgresql_cannot_be_left_out_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(engines.WITHOUT_POSTGRESQL, "1")
    monkeypatch.setenv("CI", "1")
    assert engines.wanted() == ("sqlite", "postgresql")

    monkeypatch.delenv("CI")
    assert engines.wanted() == ("sqlite",)


def test_what_a_killed_run_left_is_taken_away(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name, owner in (("dead", gone.pid), ("alive", os.getpid())):
        (tmp_path / name / "owners").mkdir(parents=True)
        (tmp_path / name / "owners" / str(owner)).touch()

    engines.bury_the_dead(tmp_path)

    assert [run.name for run in tmp_path.iterdir()] == ["alive"]
