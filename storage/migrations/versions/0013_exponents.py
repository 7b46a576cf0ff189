"""Exponents are learned unless a person set one, and the keys of every customer take depth in

Depth came into the keys with this version, so every segment is worked in again, under the policy that it has.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_LEARNED = 0.5
_POLICY = ("policy", "cadence_days", "exponent", "counts", "pauses", "lost_after_cadences")


# Written out: SQLite adds a column with its constraint in one statement, but no constraint to a table that is there.
_SET_EXPONENT = """FLOAT CONSTRAINT ck_segment_set_exponent
    CHECK (set_exponent IS NULL OR set_exponent >= 0 AND set_exponent <= 1)"""
_HORIZON_DAYS = "INTEGER DEFAULT 90 NOT NULL CONSTRAINT ck_segment_horizon_days CHECK (horizon_days >= 1)"


def upgrade() -> None:
    op.execute(f"ALTER TABLE segment ADD COLUMN set_exponent {_SET_EXPONENT}")
    op.execute(f"ALTER TABLE segment ADD COLUMN horizon_days {_HORIZON_DAYS}")
    op.add_column("segment", sa.Column("exponent_learned_on", sa.Date(), nullable=True))
    _work_in_again()


def _work_in_again() -> None:
    segment = sa.table(
        "segment",
        *(
            sa.column(name)
            for name in ("workspace_id", "id", "set_exponent", "policy_before", "reached_id", "recomputed", *_POLICY)
        ),
    )
    connection = op.get_bind()
    connection.execute(sa.update(segment).where(segment.c.exponent != _LEARNED).values(set_exponent=segment.c.exponent))
    waiting = sa.select(segment).where(segment.c.reached_id.is_(None))
    for row in connection.execute(waiting).mappings().all():
        connection.execute(
            sa.update(segment)
            .where(segment.c.workspace_id == row["workspace_id"], segment.c.id == row["id"])
            .values(policy_before=json.dumps([row[name] for name in _POLICY]), reached_id=0, recomputed=0)
        )


def downgrade() -> None:
    for column in ("exponent_learned_on", "horizon_days", "set_exponent"):
        op.drop_column("segment", column)
