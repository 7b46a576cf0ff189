"""The tables of standings: what people said somebody is, and the lurkers that were proposed for promotion."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from bot.domain.model import Standing
from bot.domain.standing import Act
from storage.columns import Instant
from storage.tables import Owned, belongs, one_of


class StandingWord(SQLModel, table=True):
    """A standing that a person gave a customer. It wins over the evidence until the row is gone.

    `by_id` is a teammate, None for a file and for the terminal. `kept_on` is when a seat in the circle was confirmed.
    """

    __tablename__ = "standing_word"
    __table_args__ = (
        belongs("customer", "customer_id", ondelete="CASCADE"),
        belongs("teammate", "by_id"),
        Index("ix_standing_word_standing", "workspace_id", "standing"),
    )

    workspace_id: int = Field(sa_type=BigInteger, primary_key=True, foreign_key="workspace.id")
    customer_id: int = Field(sa_type=BigInteger, primary_key=True)
    standing: Standing = Field(sa_type=one_of(Standing, "standing"))
    by_id: int | None = Field(default=None, sa_type=BigInteger)
    said_at: datetime | None = Field(default=None, sa_type=Instant)
    from_file: bool = False
    kept_on: date | None = None


class Promotion(Owned, table=True):
    """A lurker who acted, proposed to the owner for promotion: once for each kind of act."""

    __table_args__ = (
        belongs("customer", "customer_id", ondelete="CASCADE"),
        belongs("teammate", "ended_by_id"),
        UniqueConstraint("workspace_id", "customer_id", "act"),
        CheckConstraint("state IN ('open', 'made', 'left')", name="state"),
    )

    customer_id: int = Field(sa_type=BigInteger)
    act: Act = Field(sa_type=one_of(Act, "act"))
    proposed: Standing = Field(sa_type=one_of(Standing, "proposed"))
    asked_on: date
    state: str = "open"
    ended_by_id: int | None = Field(default=None, sa_type=BigInteger)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
