"""Words that people gave standings with, seats in the inner circle, and lurkers proposed for promotion."""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_STANDINGS = ("inner_circle", "customer", "prospect", "lurker")


def _one_of(*words: str, name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    """Add the tables, and take the standings that files gave so far as the words that they are."""
    op.create_table(
        "standing_word",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("standing", _one_of(*_STANDINGS, name="standing"), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("said_at", storage.columns.Instant(), nullable=True),
        sa.Column("from_file", sa.Boolean(), nullable=False),
        sa.Column("kept_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customer.workspace_id", "customer.id"],
            name=op.f("fk_standing_word_workspace_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "by_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_standing_word_workspace_id_by_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_standing_word_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "customer_id", name=op.f("pk_standing_word")),
    )
    op.create_index("ix_standing_word_standing", "standing_word", ["workspace_id", "standing"])
    op.create_table(
        "promotion",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("act", _one_of("wrote", "bought", name="act"), nullable=False),
        sa.Column("proposed", _one_of(*_STANDINGS, name="proposed"), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", storage.columns.Instant(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'made', 'left')", name=op.f("ck_promotion_state")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "customer_id"],
            ["customer.workspace_id", "customer.id"],
            name=op.f("fk_promotion_workspace_id_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "ended_by_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_promotion_workspace_id_ended_by_id"),
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_promotion_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_promotion")),
        sa.UniqueConstraint(
            "workspace_id", "customer_id", "act", name=op.f("uq_promotion_workspace_id_customer_id_act")
        ),
    )
    op.add_column("workspace", sa.Column("seats_each", sa.Integer(), nullable=False, server_default="8"))
    op.add_column("workspace", sa.Column("seats_team", sa.Integer(), nullable=False, server_default="30"))
    op.execute(
        "INSERT INTO standing_word (workspace_id, customer_id, standing, from_file)"
        " SELECT workspace_id, id, standing, true FROM customer WHERE standing <> 'customer'"
    )


def downgrade() -> None:
    """Take them away; the standings themselves stay with the customers."""
    with op.batch_alter_table("workspace") as batch_op:
        batch_op.drop_column("seats_team")
        batch_op.drop_column("seats_each")
    op.drop_table("promotion")
    op.drop_table("standing_word")
