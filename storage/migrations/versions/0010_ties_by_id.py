"""The neglect list's index orders customers of one key by their ids"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BEFORE = ("workspace_id", "owner_id", "segment_id")
_BEHIND = ("nudge_from_on", "silent_since_on")


def upgrade() -> None:
    op.drop_index("ix_customer_neglect", "customer")
    op.create_index("ix_customer_neglect", "customer", [*_BEFORE, sa.text("sort_key DESC"), "id", *_BEHIND])


def downgrade() -> None:
    op.drop_index("ix_customer_neglect", "customer")
    op.create_index("ix_customer_neglect", "customer", [*_BEFORE, sa.text("sort_key DESC"), *_BEHIND])
