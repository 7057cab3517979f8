"""Whether the system lives and is ready, for machines."""

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.database import missing_guards
from web import db
from web.requires import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """The database answers, its schema is there and its guards stand; else 503 and what lacks."""
    try:
        conn = db.conn()
        conn.execute(text("SELECT version_num FROM alembic_version")).one()
        lacking = [f"guard {name}" for name in missing_guards(conn)]
    except DBAPIError:
        lacking = ["database"]
    if lacking:
        return Response("\n".join(lacking) + "\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")
