"""Who has a message to a customer open"""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("teammate_id", sa.BigInteger(), nullable=False),
        sa.Column("since_at", storage.columns.Instant(), nullable=False),
        sa.Column("until_at", storage.columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"], ["customer.workspace_id", "customer.id"],
            name=op.f("fk_draft_workspace_id_customer_id"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "teammate_id"], ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_draft_workspace_id_teammate_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "customer_id", "teammate_id", name=op.f("pk_draft")),
    )  # fmt: skip
    op.create_index("ix_draft_until", "draft", ["until_at"])


def downgrade() -> None:
    op.drop_index("ix_draft_until", table_name="draft")
    op.drop_table("draft")
