"""Tokens that expire, organisations, and installations that have begun."""

import sqlalchemy as sa
from alembic import op

import storage.columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEW = ("refresh_token", "token_expires_at", "token_error", "scopes", "slack_enterprise_id")


def upgrade() -> None:
    op.add_column("workspace", sa.Column("refresh_token", storage.columns.Encrypted(), nullable=True))
    op.add_column("workspace", sa.Column("token_expires_at", storage.columns.Instant(), nullable=True))
    for name in ("token_error", "scopes", "slack_enterprise_id"):
        op.add_column("workspace", sa.Column(name, sa.String(), nullable=True))
    op.create_index("ix_workspace_organisation", "workspace", ["slack_enterprise_id"])
    op.create_table(
        "organisation",
        sa.Column("slack_bot_user_id", sa.String(), nullable=True),
        sa.Column("bot_token", storage.columns.Encrypted(), nullable=True),
        sa.Column("refresh_token", storage.columns.Encrypted(), nullable=True),
        sa.Column("token_expires_at", storage.columns.Instant(), nullable=True),
        sa.Column("token_error", sa.String(), nullable=True),
        sa.Column("scopes", sa.String(), nullable=True),
        sa.Column("installed_at", storage.columns.Instant(), nullable=True),
        sa.Column("slack_installer_id", sa.String(), nullable=True),
        sa.Column("uninstalled_at", storage.columns.Instant(), nullable=True),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("slack_enterprise_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slack_enterprise_id", name=op.f("uq_organisation_slack_enterprise_id")),
    )
    op.create_table(
        "install_state",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("expires_at", storage.columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_install_state")),
    )


def downgrade() -> None:
    op.drop_table("install_state")
    op.drop_table("organisation")
    op.drop_index("ix_workspace_organisation", "workspace")
    for name in _NEW:
        op.drop_column("workspace", name)
