"""Whole Message-IDs.

A mail's Message-ID was put together at each try, from the row's `uid` and the base URL of that
moment: after a change of the base URL the same mail came again under another id. The row now holds
all of it. Rows that are already there get a name of their own; their true domain was never kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

COMMENT = "the whole Message-ID, the same for every attempt"


def upgrade() -> None:
    with op.batch_alter_table("message") as batch_op:
        batch_op.alter_column(
            "uid",
            existing_type=sa.String(length=32),
            type_=sa.String(length=300),
            existing_nullable=False,
            comment=COMMENT,
        )
    op.execute("UPDATE message SET uid = '<' || uid || '@dondoc.invalid>'")


def downgrade() -> None:
    op.execute("UPDATE message SET uid = substr(uid, 2, 32)")
    with op.batch_alter_table("message") as batch_op:
        batch_op.alter_column(
            "uid",
            existing_type=sa.String(length=300),
            type_=sa.String(length=32),
            existing_nullable=False,
            comment=None,
            existing_comment=COMMENT,
        )
