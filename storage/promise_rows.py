"""The table of promises, apart from the other tables for its length."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.model import PromiseState
from storage.columns import Instant
from storage.sealed import Sealed
from storage.tables import Owned, belongs, one_of


class Promise(Owned, table=True):
    """What a teammate asked to be reminded of, in the words of the line that said so. A line makes at most one.

    `as_owner`: whoever owns the customer keeps it; else the teammate who gave it. `nudge_id` is the prompt that told of
    it last.
    """

    __table_args__ = (
        belongs("customer", "customer_id", ondelete="CASCADE"),
        belongs("teammate", "teammate_id"),
        belongs("entry_line", "line_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "line_id", "customer_id"),
        Index("ix_promise_customer", "workspace_id", "customer_id"),
        Index("ix_promise_nudge", "workspace_id", "nudge_id"),
        Index(
            "ix_promise_due",
            "workspace_id",
            "due_on",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    customer_id: int = Field(sa_type=BigInteger)
    teammate_id: int = Field(sa_type=BigInteger)
    as_owner: bool = False
    what: str = Field(sa_type=Sealed)
    due_on: date
    state: PromiseState = Field(default=PromiseState.OPEN, sa_type=one_of(PromiseState, "promise_state"))
    line_id: int = Field(sa_type=BigInteger)
    nudge_id: int | None = Field(default=None, sa_type=BigInteger)
    made_at: datetime = Field(sa_type=Instant)
