"""The tables. Every row belongs to a workspace, whose id leads every key; constraints live in the database."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, false, text
from sqlmodel import Field

from bot.domain.model import Counts, Direction, Frequency, NudgeState, Policy, Role, Seat, Source, Standing, TouchKind
from storage.columns import Instant
from storage.models_outbox import Appearance, DedupeKey, Delivery, DeliveryState, Lane
from storage.promise_rows import Promise
from storage.sealed import Sealed, SealedJson
from storage.standing_models import Promotion, StandingWord
from storage.tables import KEY, Owned, belongs, one_of
from storage.workspaces import InstallState, Organisation, Workspace

# Found here like every other table.
__all__ = [
    "Appearance", "DedupeKey", "Delivery", "DeliveryState", "InstallState", "Lane", "Organisation", "Promise",
    "Promotion", "StandingWord", "Workspace",
]  # fmt: skip


class TeammateRow(Owned, table=True):
    """A member of the workspace who uses the bot, or an owner named in an import whom Slack has not shown us yet."""

    __tablename__ = "teammate"
    __table_args__ = (
        UniqueConstraint("workspace_id", "slack_user_id"),
        UniqueConstraint("workspace_id", "email"),
        Index("ix_teammate_next_digest", "next_digest_at"),
        CheckConstraint("digest_minute >= 0 AND digest_minute < 1440", name="digest_minute"),
    )

    slack_user_id: str | None = None
    email: str | None = None
    name: str = ""
    timezone: str = "UTC"
    locale: str = "en-US"
    role: Role = Field(default=Role.MEMBER, sa_type=one_of(Role, "role"))
    seat: Seat = Field(default=Seat.MEMBER, sa_type=one_of(Seat, "seat"))
    digest_minute: int = 540
    work_days: str = "12345"
    language: str | None = None
    digest_frequency: Frequency = Field(default=Frequency.DAILY, sa_type=one_of(Frequency, "digest_frequency"))
    paused_until_on: date | None = None
    away_since_on: date | None = None
    holiday_region: str | None = None
    quiet_from_minute: int | None = None
    quiet_until_minute: int | None = None
    is_slack_admin: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    role_set: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    touches_a_week: int | None = None
    minutes_a_week: int | None = None
    next_digest_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_at: datetime | None = Field(default=None, sa_type=Instant)


class SegmentRow(Owned, table=True):
    """A kind of customer with its cadence policy."""

    __tablename__ = "segment"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name"),
        CheckConstraint("cadence_days >= 1", name="cadence_days"),
        CheckConstraint("set_cadence_days IS NULL OR set_cadence_days >= 1", name="set_cadence_days"),
        CheckConstraint("exponent >= 0 AND exponent <= 1", name="exponent"),
        CheckConstraint("set_exponent IS NULL OR set_exponent >= 0 AND set_exponent <= 1", name="set_exponent"),
        CheckConstraint("horizon_days >= 1", name="horizon_days"),
        CheckConstraint("lost_after_cadences >= 1", name="lost_after"),
    )

    name: str
    policy: Policy = Field(default=Policy.LEARNED, sa_type=one_of(Policy, "policy"))
    set_cadence_days: int | None = None
    cadence_days: float = 30.0
    exponent: float = 0.5
    set_exponent: float | None = None
    horizon_days: int = Field(default=90, sa_column_kwargs={"server_default": "90"})
    exponent_learned_on: date | None = None
    median_value: float = 1.0
    counts: Counts = Field(default=Counts.ALL, sa_type=one_of(Counts, "counts"))
    pauses: str = ""
    lost_after_cadences: int = 6
    policy_before: str | None = None
    reached_id: int | None = Field(default=None, sa_type=BigInteger)
    recomputed: int = 0
    to_recompute: int = 0
    changed_by_id: int | None = Field(default=None, sa_type=BigInteger)
    renewal_ahead_days: int = Field(default=30, sa_column_kwargs={"server_default": "30"})
    without: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Customer(Owned, table=True):
    """Whom we serve, with the state that the ledger gives them (kept in the touch's transaction)."""

    __table_args__ = (
        belongs("teammate", "owner_id"),
        belongs("segment", "segment_id"),
        UniqueConstraint("workspace_id", "external_id"),
        Index("ix_customer_name_key", "workspace_id", "name_key"),
        Index(
            "ix_customer_neglect",
            "workspace_id",
            "owner_id",
            "segment_id",
            text("sort_key DESC"),
            "id",
            "nudge_from_on",
            "silent_since_on",
        ),
        Index(
            "ix_customer_neglect_team",
            "workspace_id",
            "segment_id",
            text("sort_key DESC"),
            "id",
            "nudge_from_on",
            "silent_since_on",
        ),
        Index("ix_customer_birthday", "workspace_id", "owner_id", "birthday_key"),
        Index("ix_customer_joined", "workspace_id", "owner_id", "joined_key"),
        Index("ix_customer_renewal", "workspace_id", "owner_id", "renewal_on"),
        CheckConstraint("value_minor IS NULL OR value_minor >= 0", name="value_minor"),
        CheckConstraint("length(currency) = 3", name="currency"),
        CheckConstraint("touch_days >= 0", name="touch_days"),
    )

    external_id: str | None = None
    name: str
    name_key: str = Field(sa_type=KEY)
    owner_id: int | None = Field(default=None, sa_type=BigInteger)
    segment_id: int = Field(sa_type=BigInteger)
    standing: Standing = Field(default=Standing.CUSTOMER, sa_type=one_of(Standing, "standing"))
    value_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = "EUR"
    preferred_channel: str | None = None
    locale: str | None = None
    timezone: str | None = None
    birthday_on: date | None = None
    birthday_key: int | None = None
    since_on: date
    joined_on: date | None = None
    joined_key: int | None = None
    renewal_on: date | None = None
    tags: str = ""
    notes: str = Field(default="", sa_type=Sealed)
    profile: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)

    touch_days: int = 0
    first_on: date | None = None
    last_on: date | None = None
    last_touch_id: int | None = Field(default=None, sa_type=BigInteger)
    warmth: float | None = None
    warm_key: float
    ranked_value: float
    sort_key: float
    due_on: date
    silent_since_on: date
    nudge_from_on: date | None
    snoozed_until_on: date | None = None
    snoozed_in_a_row: int = 0
    muted_because: str | None = None


class Contact(Owned, table=True):
    """A person at a customer."""

    __table_args__ = (
        belongs("customer", "customer_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "customer_id", "name"),
    )

    customer_id: int = Field(sa_type=BigInteger)
    name: str
    email: str | None = None
    phone: str | None = None


class Touch(Owned, table=True):
    """One entry of the ledger. Append-only: an edit or a removal is a new row that supersedes the old one."""

    __table_args__ = (
        belongs("customer", "customer_id", ondelete="CASCADE"),
        belongs("teammate", "by_id"),
        UniqueConstraint("workspace_id", "external_id", "revision"),
        UniqueConstraint("workspace_id", "supersedes_id"),
        Index("ix_touch_customer", "workspace_id", "customer_id", "touched_on"),
        # What a teammate did lately. Imported touches, which are nearly all of them, are not in it.
        Index(
            "ix_touch_logged",
            "workspace_id",
            "by_id",
            "touched_on",
            sqlite_where=text("source <> 'import'"),
            postgresql_where=text("source <> 'import'"),
        ),
        CheckConstraint("revision >= 1", name="revision"),
        CheckConstraint("(amount_minor IS NULL) = (currency IS NULL)", name="amount_has_currency"),
    )

    customer_id: int = Field(sa_type=BigInteger)
    external_id: str | None = None
    revision: int = 1
    supersedes_id: int | None = Field(default=None, sa_type=BigInteger)
    retracted: bool = False
    touched_at: datetime = Field(sa_type=Instant)
    touched_on: date
    kind: TouchKind = Field(sa_type=one_of(TouchKind, "touch_kind"))
    direction: Direction = Field(sa_type=one_of(Direction, "direction"))
    by_id: int | None = Field(default=None, sa_type=BigInteger)
    by_name: str | None = None
    contact: str | None = None
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str | None = None
    note: str | None = Field(default=None, sa_type=Sealed)
    source: Source = Field(sa_type=one_of(Source, "source"))
    recorded_at: datetime = Field(sa_type=Instant)


class Digest(Owned, table=True):
    """The nudges of one day in one message, for a teammate or for a channel. The key makes a second one impossible."""

    __table_args__ = (
        UniqueConstraint("workspace_id", "audience", "local_on"),
        belongs("teammate", "teammate_id"),
        belongs("channel", "channel_id"),
    )

    audience: str
    teammate_id: int | None = Field(default=None, sa_type=BigInteger)
    channel_id: int | None = Field(default=None, sa_type=BigInteger)
    local_on: date
    planned_at: datetime = Field(sa_type=Instant)
    left_out: int = 0
    next_customer_id: int | None = Field(default=None, sa_type=BigInteger)


class Nudge(Owned, table=True):
    """One prompt to one teammate about one customer. At most one per customer is open."""

    __table_args__ = (
        belongs("customer", "customer_id", ondelete="CASCADE"),
        belongs("teammate", "teammate_id"),
        belongs("teammate", "ended_by_id"),
        Index(
            "uq_nudge_open",
            "workspace_id",
            "customer_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_nudge_customer", "workspace_id", "customer_id", "planned_on"),
        Index("ix_nudge_teammate", "workspace_id", "teammate_id", "planned_on"),
        Index(
            "ix_nudge_snoozed_by",
            "workspace_id",
            "ended_by_id",
            "snoozed_until_on",
            sqlite_where=text("state = 'snoozed'"),
            postgresql_where=text("state = 'snoozed'"),
        ),
    )

    customer_id: int = Field(sa_type=BigInteger)
    teammate_id: int | None = Field(default=None, sa_type=BigInteger)
    occasions: str = "overdue"
    planned_on: date
    state: NudgeState = Field(default=NudgeState.OPEN, sa_type=one_of(NudgeState, "nudge_state"))
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_by_id: int | None = Field(default=None, sa_type=BigInteger)
    touch_id: int | None = Field(default=None, sa_type=BigInteger)
    snoozed_until_on: date | None = None
    because: str | None = None
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class DigestCard(Owned, table=True):
    """A nudge's numbered place in a digest."""

    __tablename__ = "digest_card"
    __table_args__ = (
        belongs("digest", "digest_id", ondelete="CASCADE"),
        belongs("nudge", "nudge_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "digest_id", "position"),
        Index("ix_digest_card_nudge", "workspace_id", "nudge_id"),
    )

    digest_id: int = Field(sa_type=BigInteger)
    nudge_id: int = Field(sa_type=BigInteger)
    position: int


class Entry(Owned, table=True):
    """One text in which a teammate logged touches: a reply in a thread, a direct message or a command."""

    __table_args__ = (
        belongs("teammate", "teammate_id"),
        UniqueConstraint("workspace_id", "slack_channel_id", "slack_ts"),
    )

    teammate_id: int = Field(sa_type=BigInteger)
    source: Source = Field(sa_type=one_of(Source, "source"))
    slack_channel_id: str | None = None
    slack_ts: str | None = None
    slack_thread_ts: str | None = None
    written_at: datetime = Field(sa_type=Instant)
    withdrawn: bool = False


class EntryLine(Owned, table=True):
    """One line of an entry and what became of it: a touch, an open question, or nothing to log."""

    __tablename__ = "entry_line"
    __table_args__ = (
        belongs("entry", "entry_id", ondelete="CASCADE"),
        belongs("touch", "touch_id", ondelete="CASCADE"),
        Index("ix_entry_line_entry", "workspace_id", "entry_id", "position"),
        Index("ix_entry_line_touch", "workspace_id", "touch_id"),
        CheckConstraint("status IN ('logged', 'asking', 'undone', 'left')", name="status"),
    )

    entry_id: int = Field(sa_type=BigInteger)
    position: int
    words: str = Field(sa_type=Sealed)
    status: str
    touch_id: int | None = Field(default=None, sa_type=BigInteger)
    reading: dict[str, Any] = Field(default_factory=dict, sa_type=SealedJson)


class ChannelRow(Owned, table=True):
    """A Slack channel that may show the team's digest."""

    __tablename__ = "channel"
    __table_args__ = (
        UniqueConstraint("workspace_id", "slack_channel_id"),
        belongs("teammate", "set_by_id"),
        Index("ix_channel_next_digest", "next_digest_at"),
    )

    slack_channel_id: str
    frequency: Frequency = Field(default=Frequency.OFF, sa_type=one_of(Frequency, "channel_frequency"))
    set_by_id: int | None = Field(default=None, sa_type=BigInteger)
    timezone: str = "UTC"
    locale: str = "en-US"
    next_digest_at: datetime | None = Field(default=None, sa_type=Instant)
