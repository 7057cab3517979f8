"""Bringing a database up, and filling a new one: all of it is there afterwards, or nothing."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cli import database
from cli.database import NotReady, fill, half_filled, head, prepare
from config import Settings
from tests import engines


@pytest.fixture
def bare(databases: engines.Databases, settings: Settings) -> Settings:
    """An address where nothing is yet."""
    if file := database.sqlite_file(settings.database_url):
        file.unlink()
        return settings
    engine = create_engine(settings.database_url)
    with engine.begin() as conn:
        conn.execute(text("DROP SCHEMA public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return settings


def stands_at(settings: Settings, version: str) -> None:
    engine = create_engine(settings.database_url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    engine.dispose()


def labels(settings: Settings) -> list[str]:
    engine = create_engine(settings.database_url)
    with engine.connect() as conn:
        found = list(conn.execute(text("SELECT login FROM sign_in_failure ORDER BY 1")).scalars())
    engine.dispose()
    return found


def write(settings: Settings, login: str) -> None:
    engine = create_engine(settings.database_url)
    with engine.begin() as conn:
        conn.execute(
            text(
                "INSERT INTO sign_in_failure (login, network, count, last_at) "
                "VALUES (:login, 'here', 1, '2026-01-01')"
            ),
            {"login": login},
        )
    engine.dispose()


def test_a_new_database_is_brought_up_once(bare: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(bare)

    engine = create_engine(bare.database_url)
    assert database.current(engine) == head()
    engine.dispose()
    monkeypatch.setattr(database, "upgrade", lambda *_: pytest.fail("migrated twice"))
    prepare(bare)


def test_a_database_of_a_newer_program_is_left_alone(settings: Settings) -> None:
    stands_at(settings, "9999")

    with pytest.raises(NotReady, match="9999, mới hơn"):
        prepare(settings)


def test_what_is_no_database_is_refused_in_one_line(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "letter.sqlite3"
    file.write_text("Kính gửi: UBND tỉnh\n" * 300)

    with pytest.raises(NotReady) as refusal:
        prepare(replace(settings, database_url=f"sqlite:///{file}"))

    assert "letter.sqlite3" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_server_that_does_not_answer_is_refused_without_telling_the_password(
    settings: Settings,
) -> None:
    away = replace(settings, database_url="postgresql://dondoc:bimat@127.0.0.1:9/dondoc")

    with pytest.raises(NotReady) as refusal:
        prepare(away)

    assert "127.0.0.1:9" in str(refusal.value)
    assert "bimat" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_folder_that_cannot_be_made_is_refused_in_one_line(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotReady, match="Không ghi được vào"):
        prepare(replace(settings, home=tmp_path / "file" / "home"))


def test_a_load_that_ends_is_there(settings: Settings) -> None:
    settings.home.mkdir()
    write(settings, "before")

    fill(settings, lambda place: write(place, "loaded"))

    assert labels(settings) == ["before", "loaded"]
    assert not half_filled(settings)


def test_a_load_cut_short_leaves_nothing_or_says_so(settings: Settings, engine_name: str) -> None:
    settings.home.mkdir()

    def cut_short(place: Settings) -> None:
        write(place, "half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(settings, cut_short)

    if engine_name == "sqlite":
        assert labels(settings) == []
        fill(settings, lambda place: write(place, "whole"))
        assert labels(settings) == ["whole"]
    else:
        assert half_filled(settings)


def test_the_place_beside_is_cleared_of_an_earlier_attempt(settings: Settings) -> None:
    file = database.sqlite_file(settings.database_url)
    if file is None:
        return
    settings.home.mkdir()
    file.with_name(file.name + ".loading").write_text("half a page")

    fill(settings, lambda place: write(place, "whole"))

    assert labels(settings) == ["whole"]
    assert sqlite3.connect(file).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_last_number_is_the_head_of_the_migrations() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(Config(database.MIGRATIONS / "alembic.ini"))

    assert scripts.get_heads() == [head()]
    assert [script.revision for script in scripts.walk_revisions()] == sorted(
        (script.revision for script in scripts.walk_revisions()), reverse=True
    )
