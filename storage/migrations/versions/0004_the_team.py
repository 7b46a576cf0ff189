"""Holidays, covers, quiet hours, roles that an admin set, and the audit trail."""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEAMMATE = (
    ("away_since_on", sa.Date()),
    ("holiday_region", sa.String()),
    ("quiet_from_minute", sa.Integer()),
    ("quiet_until_minute", sa.Integer()),
)
_FLAGS = ("is_slack_admin", "role_set")


def upgrade() -> None:
    op.create_table(
        "cover",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("teammate_id", sa.BigInteger(), nullable=False),
        sa.Column("cover_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("teammate_id <> cover_id", name=op.f("ck_cover_somebody_else")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_cover_workspace_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "teammate_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_cover_workspace_id_teammate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "cover_id"],
            ["teammate.workspace_id", "teammate.id"],
            name=op.f("fk_cover_workspace_id_cover_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "teammate_id", name=op.f("pk_cover")),
    )
    op.create_index("ix_cover_cover", "cover", ["workspace_id", "cover_id"])
    op.create_table(
        "company_holiday",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_company_holiday_first_on")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_company_holiday_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_company_holiday")),
        sa.UniqueConstraint(
            "workspace_id", "first_on", "last_on", name=op.f("uq_company_holiday_workspace_id_first_on_last_on")
        ),
    )
    op.create_table(
        "audit",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", storage.columns.Instant(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspace.id"], name=op.f("fk_audit_workspace_id")),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["workspace_id", "at"])
    op.create_index("ix_audit_subject", "audit", ["workspace_id", "subject_kind", "subject_id"])
    for name, kind in _TEAMMATE:
        op.add_column("teammate", sa.Column(name, kind, nullable=True))
    for name in _FLAGS:
        op.add_column("teammate", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("workspace", sa.Column("audit_days", sa.Integer(), nullable=False, server_default="400"))


def downgrade() -> None:
    op.drop_column("workspace", "audit_days")
    for name in (*_FLAGS, *(name for name, _ in _TEAMMATE)):
        op.drop_column("teammate", name)
    op.drop_table("audit")
    op.drop_table("company_holiday")
    op.drop_table("cover")
