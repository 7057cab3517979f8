"""Migrations make exactly what the models say, on both engines, and can be taken back."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, event, inspect, select

from cli.database import upgrade
from config import Settings
from models.base import Base
from models.database import missing_guards
from models.states import CycleState
from models.tables import AUDIT_WORDS
from tests.make import World
from tests.worlds import world, world_template
from workflow import door

__all__ = ["world", "world_template"]


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = create_engine(settings.database_url)
    yield engine
    engine.dispose()


def differences(engine: Engine) -> list[object]:
    with engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_migrations_make_what_the_models_say(engine: Engine) -> None:
    assert differences(engine) == []


def test_a_column_that_was_forgotten_is_noticed(engine: Engine) -> None:
    with engine.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE person DROP COLUMN lock_reason")

    assert any("lock_reason" in str(found) for found in differences(engine))


def test_the_way_back_and_forth_again_ends_where_it_began(
    engine: Engine, settings: Settings
) -> None:
    engine.dispose()

    from alembic import command
    from alembic.config import Config

    from cli.database import MIGRATIONS

    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("sqlalchemy.url", settings.database_url.replace("%", "%%"))
    command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}

    upgrade(settings.database_url)
    assert differences(engine) == []
    with engine.connect() as conn:
        assert missing_guards(conn) == []


def test_a_step_that_fails_is_undone_whole(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command
    from alembic.config import Config

    from cli.database import MIGRATIONS

    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("sqlalchemy.url", settings.database_url.replace("%", "%%"))
    command.downgrade(config, "base")
    engine.dispose()

    def fail_late(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if "CREATE TABLE outbox_event" in statement:
            raise RuntimeError("the power went")

    event.listen(Engine, "before_cursor_execute", fail_late)
    try:
        with pytest.raises(RuntimeError, match="the power went"):
            upgrade(settings.database_url)
    finally:
        event.remove(Engine, "before_cursor_execute", fail_late)

    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    upgrade(settings.database_url)
    assert differences(engine) == []


def test_entries_of_before_are_found_like_those_of_today(world: World) -> None:
    world.bring(world.cycle(), CycleState.COMPLETED)
    words = select(AUDIT_WORDS).order_by(AUDIT_WORDS.c.entry_uid)
    with world.engine.connect() as conn:
        kept = conn.execute(words).all()
    world.engine.dispose()

    from alembic import command
    from alembic.config import Config

    from cli.database import MIGRATIONS

    url = world.engine.url.render_as_string(hide_password=False)
    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.downgrade(config, "0001")
    upgrade(url)

    with world.engine.connect() as conn:
        assert conn.execute(words).all() == kept
    assert len(kept) > 20


def test_nobody_migrates_with_the_door_closed() -> None:
    assert "migration" in door.AJAR
