"""How long a workspace keeps its messages and notes"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspace", sa.Column("messages_days", sa.Integer(), nullable=False, server_default="400"))
    op.add_column("workspace", sa.Column("notes_months", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("workspace", "notes_months")
    op.drop_column("workspace", "messages_days")
