"""What a segment counts, when it sleeps, when a customer is lost, and how far a changed policy has come"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Written out: SQLite adds a column with its constraint in one statement, but no constraint to a table that is there.
_COUNTS = "VARCHAR(24) DEFAULT 'all' NOT NULL CONSTRAINT ck_segment_counts CHECK (counts IN ('all', 'working'))"
_LOST_AFTER = "INTEGER DEFAULT 6 NOT NULL CONSTRAINT ck_segment_lost_after CHECK (lost_after_cadences >= 1)"


def upgrade() -> None:
    op.execute(f"ALTER TABLE segment ADD COLUMN counts {_COUNTS}")
    op.execute(f"ALTER TABLE segment ADD COLUMN lost_after_cadences {_LOST_AFTER}")
    op.add_column("segment", sa.Column("pauses", sa.String(), nullable=False, server_default=""))
    op.add_column("segment", sa.Column("policy_before", sa.String(), nullable=True))
    op.add_column("segment", sa.Column("reached_id", sa.BigInteger(), nullable=True))
    op.add_column("segment", sa.Column("recomputed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("segment", sa.Column("to_recompute", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("segment", sa.Column("changed_by_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for column in (
        "changed_by_id", "to_recompute", "recomputed", "reached_id", "policy_before", "pauses", "lost_after_cadences",
        "counts",
    ):  # fmt: skip
        op.drop_column("segment", column)
