"""The tables about when the bot speaks: who drafts already, and what rules propose to change about themselves."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import Instant
from storage.tables import Owned, belongs


class Draft(SQLModel, table=True):
    """That a teammate has a message to a customer open: colleagues see it until it is closed, logged or forgotten."""

    __table_args__ = (
        belongs("customer", "customer_id", ondelete="CASCADE"),
        belongs("teammate", "teammate_id"),
        Index("ix_draft_until", "until_at"),
    )

    workspace_id: int = Field(sa_type=BigInteger, primary_key=True)
    customer_id: int = Field(sa_type=BigInteger, primary_key=True)
    teammate_id: int = Field(sa_type=BigInteger, primary_key=True)
    since_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)


class Proposal(Owned, table=True):
    """What a rule, a segment and an occasion, proposes to change about itself, with the figures; answered once.

    `to_days` is the cadence that it proposes, NULL to stop the occasion. `asked` says that a person did, after putting
    a customer off three times. `set_days_before` is what was set before the change, for taking it back.
    """

    __table_args__ = (
        belongs("segment", "segment_id"),
        belongs("teammate", "answered_by_id"),
        UniqueConstraint("workspace_id", "segment_id", "occasion", "proposed_on"),
    )

    segment_id: int = Field(sa_type=BigInteger)
    occasion: str
    proposed_on: date
    proposed_at: datetime = Field(sa_type=Instant)
    asked: bool = False
    nudges: int = 0
    too_early: int = 0
    wrong: int = 0
    from_days: int
    to_days: int | None = None
    left_out: int = 0
    later: int = 0
    accepted: bool | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_by_id: int | None = Field(default=None, sa_type=BigInteger)
    set_days_before: int | None = None
