"""The whole team's list by an index of its own: without the owner, the other one gives no order"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_customer_neglect_team",
        "customer",
        ["workspace_id", "segment_id", sa.text("sort_key DESC"), "id", "nudge_from_on", "silent_since_on"],
    )


def downgrade() -> None:
    op.drop_index("ix_customer_neglect_team", "customer")
