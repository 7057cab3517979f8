"""Whether the system lives and is ready, for machines."""

from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ledger import lag, place
from models.database import missing_guards
from web import db
from web.requires import public
from workflow.heartbeat import silent_since

blueprint = Blueprint("health", __name__)

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"


@cache
def newest_migration() -> str:
    """The schema this program was written for."""
    return max(file.name.split("_")[0] for file in MIGRATIONS.glob("[0-9]*.py"))


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """Everything is as it must be, and may be written to; else 503 and what lacks."""
    try:
        conn = db.conn()
        stands_at = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
        lacking = [f"guard {name}" for name in missing_guards(conn)]
        if stands_at != newest_migration():
            lacking.append(f"schema {newest_migration()}, not {stands_at}")
        services = current_app.extensions["dondoc"]
        silent = silent_since(services.settings.home, services.clock.now())
        if silent:
            lacking.append(f"scheduler, silent since {silent.isoformat(timespec='seconds')}")
        lacking += _of_the_log(conn)
    except DBAPIError:
        lacking = ["database"]
    if lacking:
        return Response("\n".join(lacking) + "\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


def _of_the_log(conn: Connection) -> list[str]:
    """What is wrong with sealing, in codes: who asks has no account."""
    services = current_app.extensions["dondoc"]
    folder = place.folder_of(services.settings.home)
    gone, behind = place.missing(services.engine, folder), lag.of(conn, folder)
    found = [f"read-only, checkpoint of {gone.size} entries ({gone.at}) missing"] if gone else []
    if behind.obstacle:
        found.append(f"sealer, refuses: {behind.obstacle.code}")
    if behind.since and behind.is_long(services.clock.now()):
        found.append(f"sealer, behind since {behind.since.isoformat(timespec='seconds')}")
    return found
