"""Lanes to Slack: pace and trouble"""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lane",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("free_at", storage.columns.Instant(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("since_at", storage.columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_lane_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "name", name=op.f("pk_lane")),
    )
    op.create_index("ix_lane_free", "lane", ["free_at"])


def downgrade() -> None:
    op.drop_index("ix_lane_free", "lane")
    op.drop_table("lane")
