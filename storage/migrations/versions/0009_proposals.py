"""What rules propose to change about themselves"""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", storage.columns.Instant(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("too_early", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("from_days", sa.Integer(), nullable=False),
        sa.Column("to_days", sa.Integer(), nullable=True),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("later", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answered_at", storage.columns.Instant(), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("set_days_before", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_proposal_workspace_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "segment_id"],
            ["segment.workspace_id", "segment.id"],
            name=op.f("fk_proposal_workspace_id_segment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "answered_by_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_proposal_workspace_id_answered_by_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_proposal")),
        sa.UniqueConstraint(
            "workspace_id",
            "segment_id",
            "occasion",
            "proposed_on",
            name=op.f("uq_proposal_workspace_id_segment_id_occasion_proposed_on"),
        ),
    )
    op.add_column("segment", sa.Column("without", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("segment", "without")
    op.drop_table("proposal")
