"""The tables beside the deliveries: the lanes they take, the customers they show, the requests that led to them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from storage.columns import Instant
from storage.tables import belongs


class Lane(SQLModel, table=True):
    """A way to Slack that has a pace: a method, a conversation, or everything of a workspace. See `storage.lanes`."""

    __table_args__ = (Index("ix_lane_free", "free_at"),)

    workspace_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="workspace.id")
    name: str = Field(primary_key=True)
    free_at: datetime = Field(sa_type=Instant)
    error: str | None = None
    since_at: datetime | None = Field(default=None, sa_type=Instant)


class Appearance(SQLModel, table=True):
    """That a customer's name stands in a message of ours: what to update when they change, what to clean on erasure."""

    __table_args__ = (
        belongs("customer", "customer_id", ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["workspace_id", "delivery_id"], ["delivery.workspace_id", "delivery.id"], ondelete="CASCADE"
        ),
    )

    workspace_id: int = Field(sa_type=BigInteger, primary_key=True)
    customer_id: int = Field(sa_type=BigInteger, primary_key=True)
    delivery_id: int = Field(sa_type=BigInteger, primary_key=True)


class DedupeKey(SQLModel, table=True):
    """A request from Slack whose effect is in the database. Slack may send it again; it must not act again."""

    __tablename__ = "dedupe_key"
    __table_args__ = (Index("ix_dedupe_key_seen", "seen_at"),)

    workspace_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="workspace.id")
    key: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=Instant)
