"""Which agency is VP UBND itself.

So that what it leads is nobody's to judge who acts for it. Plans that are loaded already name
none; loading their file again says it. No entry speaks of the column before: it is empty there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("plan") as batch:
        batch.add_column(
            sa.Column(
                "office_agency_id",
                sa.Integer(),
                nullable=True,
                comment="VP UBND itself: what it leads, its people do not judge",
            )
        )
        batch.create_foreign_key(
            op.f("fk_plan_office_agency_id_agency"), "agency", ["office_agency_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("plan") as batch:
        batch.drop_constraint(op.f("fk_plan_office_agency_id_agency"), type_="foreignkey")
        batch.drop_column("office_agency_id")
