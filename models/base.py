"""The ground under every table: metadata with named constraints, and the columns that recur."""

from datetime import UTC, datetime
from typing import Annotated

from sqlalchemy import DateTime, MetaData, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column, registry

# Names are needed so that migrations can speak of constraints, and by SQLite's batch mode.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An instant: aware UTC in Python; timestamptz on PostgreSQL, naive UTC text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Parent of every table. Without Flask, so that the models load anywhere."""

    # On the registry, because Flask-SQLAlchemy derives a class of its own from this one.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: Moment, str: Text},
    )


Pk = Annotated[int, mapped_column(primary_key=True)]
At = Annotated[datetime, mapped_column(Moment)]
Code = Annotated[str, mapped_column(String(120))]
# Columns whose content must never reach the audit log or a log line.
SECRET = {"secret": True}
# Columns that hold a whole document: the audit log keeps their SHA-256 instead.
DIGEST = {"digest": True}
