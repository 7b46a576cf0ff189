"""Whom somebody put to sleep, found without a look at every nudge of the workspace"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_nudge_snoozed_by",
        "nudge",
        ["workspace_id", "ended_by_id", "snoozed_until_on"],
        sqlite_where=sa.text("state = 'snoozed'"),
        postgresql_where=sa.text("state = 'snoozed'"),
    )


def downgrade() -> None:
    op.drop_index("ix_nudge_snoozed_by", "nudge")
