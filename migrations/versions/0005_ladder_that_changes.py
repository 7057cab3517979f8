"""A ladder that can be changed, and answers that are owed.

Rungs may leave the ladder of a plan and keep their words for the alerts they made; a line under the
bell may tell of a support request or an explanation; a tick that found nothing is known to have
looked. Rungs that are there keep their words and places: no entry tells of others.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TRUE_ALERTS = sa.text("superseded_on IS NULL")
TEXT_BEFORE = "one sentence; {task} {agency} {due} {days}"
TEXT = "one sentence; {due} {days}"
POSITION = "of its day: stays when other rungs change"


def upgrade() -> None:
    with op.batch_alter_table("ladder_tick") as batch:
        batch.add_column(
            sa.Column(
                "looked_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="when a later tick last looked and found nothing to add",
            )
        )
    with op.batch_alter_table("ladder_rung") as batch:
        batch.alter_column(
            "text", existing_type=sa.Text(), existing_nullable=False, comment=TEXT,
            existing_comment=TEXT_BEFORE,
        )  # fmt: skip
        batch.alter_column(
            "position", existing_type=sa.Integer(), existing_nullable=False, comment=POSITION
        )
        batch.add_column(
            sa.Column(
                "removed_at",
                sa.DateTime(timezone=True),
                nullable=True,
                comment="no longer on the ladder; alerts it made keep its words",
            )
        )
    with op.batch_alter_table("notice") as batch:
        batch.add_column(
            sa.Column(
                "asked_id",
                sa.Integer(),
                nullable=True,
                comment="the support request or explanation whose answer is owed; `name` says",
            )
        )
    with op.batch_alter_table("alert") as batch:
        batch.create_index(
            "ix_alert_true",
            ["due_on"],
            unique=False,
            sqlite_where=TRUE_ALERTS,
            postgresql_where=TRUE_ALERTS,
        )


def downgrade() -> None:
    with op.batch_alter_table("alert") as batch:
        batch.drop_index("ix_alert_true")
    with op.batch_alter_table("notice") as batch:
        batch.drop_column("asked_id")
    with op.batch_alter_table("ladder_rung") as batch:
        batch.drop_column("removed_at")
        batch.alter_column(
            "position", existing_type=sa.Integer(), existing_nullable=False, comment=None,
            existing_comment=POSITION,
        )  # fmt: skip
        batch.alter_column(
            "text", existing_type=sa.Text(), existing_nullable=False, comment=TEXT_BEFORE,
            existing_comment=TEXT,
        )  # fmt: skip
    with op.batch_alter_table("ladder_tick") as batch:
        batch.drop_column("looked_at")
