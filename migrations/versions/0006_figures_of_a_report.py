"""The figures of a report, apart from its words. Reports from before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "report",
        sa.Column(
            "figures",
            sa.Text(),
            nullable=True,
            comment="one a line; none before there was a field",
        ),
    )


def downgrade() -> None:
    op.drop_column("report", "figures")
