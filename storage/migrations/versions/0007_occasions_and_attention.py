"""Occasions and attention"""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LOGGED = "source <> 'import'"
_OPEN = "state = 'open'"


def upgrade() -> None:
    op.add_column("segment", sa.Column("renewal_ahead_days", sa.Integer(), nullable=False, server_default="30"))
    op.add_column("teammate", sa.Column("touches_a_week", sa.Integer(), nullable=True))
    op.add_column("teammate", sa.Column("minutes_a_week", sa.Integer(), nullable=True))
    op.add_column("customer", sa.Column("joined_on", sa.Date(), nullable=True))
    op.add_column("customer", sa.Column("joined_key", sa.Integer(), nullable=True))
    op.create_index("ix_customer_joined", "customer", ["workspace_id", "owner_id", "joined_key"])
    op.create_index(
        "ix_touch_logged", "touch", ["workspace_id", "by_id", "touched_on"],
        sqlite_where=sa.text(_LOGGED), postgresql_where=sa.text(_LOGGED),
    )  # fmt: skip
    op.create_table(
        "promise",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("teammate_id", sa.BigInteger(), nullable=False),
        sa.Column("as_owner", sa.Boolean(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "kept", "dropped", name="promise_state", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("nudge_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", storage.columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_promise_workspace_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customer.workspace_id", "customer.id"],
            name=op.f("fk_promise_workspace_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "teammate_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_promise_workspace_id_teammate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "line_id"],
            ["entry_line.workspace_id", "entry_line.id"],
            name=op.f("fk_promise_workspace_id_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_promise")),
        sa.UniqueConstraint(
            "workspace_id", "line_id", "customer_id", name=op.f("uq_promise_workspace_id_line_id_customer_id")
        ),
    )
    op.create_index("ix_promise_customer", "promise", ["workspace_id", "customer_id"])
    op.create_index("ix_promise_nudge", "promise", ["workspace_id", "nudge_id"])
    op.create_index(
        "ix_promise_due", "promise", ["workspace_id", "due_on"],
        sqlite_where=sa.text(_OPEN), postgresql_where=sa.text(_OPEN),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("promise")
    op.drop_index("ix_touch_logged", "touch")
    op.drop_index("ix_customer_joined", "customer")
    op.drop_column("customer", "joined_key")
    op.drop_column("customer", "joined_on")
    op.drop_column("teammate", "minutes_a_week")
    op.drop_column("teammate", "touches_a_week")
    op.drop_column("segment", "renewal_ahead_days")
