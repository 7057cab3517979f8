"""Brings the database to the schema of this program, and fills a new one without leaving halves."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from run import why_not_written

if TYPE_CHECKING:
    from config import Settings

MIGRATIONS = Path(__file__).parents[1] / "migrations"
# Says what is being done while it is done; run.step prints it, tests stay silent.
Progress = Callable[[str], AbstractContextManager[None]]


class NotReady(Exception):
    """Why the database cannot be used, in one line for the operator."""


def silent(_what: str) -> AbstractContextManager[None]:
    return nullcontext()


def head() -> str:
    """The last migration of this program; they are numbered in one row, a test sees to it."""
    return max(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def current(engine: Engine) -> str | None:
    """The migration the database stands at; None for an empty one."""
    with engine.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        row = conn.execute(text("SELECT version_num FROM alembic_version")).first()
    return row[0] if row else None


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite address."""
    parts = make_url(url)
    if parts.get_backend_name() != "sqlite" or parts.database in (None, "", ":memory:"):
        return None
    return Path(str(parts.database))


@contextmanager
def alone(settings: "Settings") -> Iterator[None]:
    """Only one process of this data folder prepares at a time."""
    with FileLock(settings.home / "prepare.lock"):
        yield


def prepare(settings: "Settings", progress: Progress = silent) -> None:
    """Folder and schema, when they are not there yet; quick when they are."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        if _stands_at(settings) == head():
            return
        with alone(settings):
            found = _stands_at(settings)
            if found == head():
                return
            if found is not None and found > head():
                raise NotReady(
                    f"Cơ sở dữ liệu đã ở phiên bản {found}, mới hơn chương trình ({head()}): "
                    "hãy dùng bản chương trình mới hơn."
                )
            with progress("Tạo cơ sở dữ liệu" if found is None else "Nâng cấp cơ sở dữ liệu"):
                upgrade(settings.database_url)
    except OSError as problem:
        raise NotReady(why_not_written(problem, settings.home)) from problem
    except DBAPIError as problem:
        raise NotReady(_unreachable(settings, problem)) from problem


def upgrade(url: str, revision: str = "head") -> None:
    """Run the migrations; each engine undoes a step that fails."""
    from alembic import command
    from alembic.config import Config

    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, revision)


def _stands_at(settings: "Settings") -> str | None:
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return None
    engine = create_engine(settings.database_url)
    try:
        return current(engine)
    finally:
        engine.dispose()


def _unreachable(settings: "Settings", problem: DBAPIError) -> str:
    lines = str(problem.orig or problem).strip().splitlines()
    where = make_url(settings.database_url).render_as_string(hide_password=True)
    what = "Không mở được" if isinstance(problem, OperationalError) else "Không dùng được"
    return f"{what} cơ sở dữ liệu {where}: {lines[0] if lines else 'không rõ lý do'}."


# ------------------------------------------------------------------- filling a new database


def fill(settings: "Settings", load: Callable[["Settings"], Any]) -> None:
    """Load into a database that belongs to nobody yet: afterwards all of it is there, or nothing.

    SQLite: into a copy beside the file, put in its place at the end. PostgreSQL has no such
    place: a note in the data folder stays behind when the load is cut short, and the next start
    says so instead of serving half a story.
    """
    with alone(settings):
        file = sqlite_file(settings.database_url)
        if file is not None:
            _fill_beside(settings, file, load)
        else:
            note = _note(settings)
            note.touch()
            load(settings)
            note.unlink()


def half_filled(settings: "Settings") -> bool:
    """A load into PostgreSQL was cut short, so what stands there is not the whole story."""
    return sqlite_file(settings.database_url) is None and _note(settings).exists()


def _note(settings: "Settings") -> Path:
    return settings.home / "loading"


def _fill_beside(settings: "Settings", file: Path, load: Callable[["Settings"], Any]) -> None:
    beside = file.with_name(file.name + ".loading")
    for part in _parts(beside):
        part.unlink(missing_ok=True)
    with _sqlite(file) as before:
        before.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with _sqlite(beside) as copy:
            before.backup(copy)
    # Nobody has to wait for the disk while the file belongs to nobody; it is synced at the end.
    load(replace(settings, database_url=f"sqlite:///{beside}"))
    with _sqlite(beside) as filled:
        filled.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with beside.open("rb+") as handle:
        os.fsync(handle.fileno())
    for part in _parts(file)[1:]:
        part.unlink(missing_ok=True)
    beside.replace(file)


@contextmanager
def _sqlite(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _parts(file: Path) -> list[Path]:
    return [file, file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")]
