"""The tables of the outbox: deliveries, the lanes they take, the customers they show, the requests that led to them."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import Instant
from storage.tables import Owned, belongs, one_of


class DeliveryState(StrEnum):
    """How far a message that the bot owes has come."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Delivery(Owned, table=True):
    """One message, or one change of a message, that the bot owes to Slack."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index(
            "ix_delivery_owed",
            "due_at",
            sqlite_where=text("state IN ('pending', 'sending', 'unknown')"),
            postgresql_where=text("state IN ('pending', 'sending', 'unknown')"),
        ),
        Index(
            "ix_delivery_lane",
            "workspace_id",
            "channel",
            "id",
            # Other words for the same: whoever says them is not offered the other index, which PostgreSQL takes for as
            # short as it was in a quiet hour.
            sqlite_where=text("state NOT IN ('sent', 'failed', 'cancelled')"),
            postgresql_where=text("state NOT IN ('sent', 'failed', 'cancelled')"),
        ),
        Index("ix_delivery_posted", "workspace_id", "slack_channel_id", "slack_ts"),
        Index("ix_delivery_subject", "workspace_id", "kind", "subject_id"),
        CheckConstraint("attempts >= 0", name="attempts"),
    )

    key: str
    kind: str
    channel: str
    thread_ts: str | None = None
    subject_id: int | None = Field(default=None, sa_type=BigInteger)
    target_id: int | None = Field(default=None, sa_type=BigInteger)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: DeliveryState = Field(default=DeliveryState.PENDING, sa_type=one_of(DeliveryState, "delivery_state"))
    due_at: datetime = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    lease_owner: str | None = None
    lease_until_at: datetime | None = Field(default=None, sa_type=Instant)
    attempts: int = 0
    first_attempt_at: datetime | None = Field(default=None, sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    slack_channel_id: str | None = None
    slack_ts: str | None = None
    error: str | None = None

    # Of one that was claimed: whether Slack refused something on its lanes before.
    was_refused: ClassVar[bool] = False


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
