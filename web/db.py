"""The request's one connection for reading; writing goes through the door, elsewhere."""

from sqlalchemy import Connection

from models.database import db


def conn() -> Connection:
    """The connection this request reads with. It ends with the request."""
    return db.session.connection()


def release() -> None:
    """Let go of what was read: the next conn() sees what is true then."""
    db.session.rollback()
