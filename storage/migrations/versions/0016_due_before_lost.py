"""Nobody is lost before they are due any more, so the due days of every segment are worked in again

Under the policy that it has: only the rule changed.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_POLICY = ("policy", "cadence_days", "exponent", "counts", "pauses", "lost_after_cadences")


def upgrade() -> None:
    names = ("workspace_id", "id", "policy_before", "reached_id", "recomputed", *_POLICY)
    segment = sa.table("segment", *(sa.column(name) for name in names))
    connection = op.get_bind()
    # A fixed cadence is always due in time. What is being worked in begins again, from the policy that it came from.
    for row in connection.execute(sa.select(segment).where(segment.c.policy != "fixed")).mappings().all():
        before = row["policy_before"] or json.dumps([row[name] for name in _POLICY])
        connection.execute(
            sa.update(segment)
            .where(segment.c.workspace_id == row["workspace_id"], segment.c.id == row["id"])
            .values(policy_before=before, reached_id=0, recomputed=0)
        )


def downgrade() -> None:
    """Leave the due days as they are: the rule before writes each of them again with the next touch."""
