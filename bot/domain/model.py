"""The words of the product as types: what a touch, a nudge, a segment and a relationship are."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from bot.domain.counted_days import EVERY_DAY, CountedDays


class TouchKind(StrEnum):
    """How an interaction happened. A note is kept in the ledger and counts for nothing."""

    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    MESSAGE = "message"
    VISIT = "visit"
    GIFT = "gift"
    PURCHASE = "purchase"
    NOTE = "note"

    @property
    def counts(self) -> bool:
        """Whether it is contact with the customer, and so resets the clock."""
        return self is not TouchKind.NOTE


class Direction(StrEnum):
    """Who reached out."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    MUTUAL = "mutual"


class Standing(StrEnum):
    """What the relationship is. Lurkers are never in a digest."""

    INNER_CIRCLE = "inner_circle"
    CUSTOMER = "customer"
    PROSPECT = "prospect"
    LURKER = "lurker"


class Policy(StrEnum):
    """How a segment finds the day from which silence is unusual."""

    LEARNED = "learned"
    OWN = "own"
    FIXED = "fixed"


class Counts(StrEnum):
    """On which days a segment's silence counts."""

    ALL = "all"
    WORKING = "working"


class NudgeState(StrEnum):
    """What became of one prompt to one teammate about one customer."""

    OPEN = "open"
    DONE = "done"
    SNOOZED = "snoozed"
    HANDED_OVER = "handed_over"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"


class Occasion(StrEnum):
    """A reason to write."""

    OVERDUE = "overdue"
    PROMISE = "promise"
    BIRTHDAY = "birthday"
    ANNIVERSARY = "anniversary"
    RENEWAL = "renewal"
    FIRST_MONTH = "first_month"


class PromiseState(StrEnum):
    """What became of something that a teammate asked to be reminded of."""

    OPEN = "open"
    KEPT = "kept"
    DROPPED = "dropped"


class Source(StrEnum):
    """Where a touch was recorded."""

    REPLY = "reply"
    BUTTON = "button"
    COMMAND = "command"
    SHORTCUT = "shortcut"
    IMPORT = "import"


class Role(StrEnum):
    """What a teammate may do: admins set up, members work, viewers read."""

    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Seat(StrEnum):
    """What Slack says a person is. Only members are let in."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    OUTSIDER = "outsider"
    GONE = "gone"


class Frequency(StrEnum):
    """How often a digest comes."""

    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Segment:
    """A kind of customer: its cadence, how due days are found, and how much silence weighs (exponent).

    `cadence_days` are days that count: of `counted`, all or the working days, without pauses. Silence over
    `lost_after` cadences is lost. A renewal is a reason to write from `renewal_ahead_days` before it. While a changed
    policy is being worked in, customers whose ids lie above `reached_id` still follow the policy `before`. `without`
    are the occasions that nobody is told of any more.
    """

    id: int
    name: str
    policy: Policy = Policy.LEARNED
    cadence_days: float = 30.0
    exponent: float = 0.5
    counted: CountedDays = EVERY_DAY
    lost_after: int = 6
    renewal_ahead_days: int = 30
    before: "Segment | None" = None
    reached_id: int = 0
    without: frozenset[Occasion] = frozenset()

    @property
    def cadence_calendar_days(self) -> int:
        """The cadence as people feel it: 10 working days are two weeks."""
        return round(self.counted.in_calendar_days(self.cadence_days))

    def of(self, customer_id: int) -> "Segment":
        """Return the policy that a customer follows: the one before, until the new one has reached it."""
        return self.before if self.before is not None and customer_id > self.reached_id else self


class Rhythm(NamedTuple):
    """What the ledger says of one relationship: days with a touch, first, last, and recent touches on `last_on`.

    Like a relationship a tuple, which is made in a fifth of the time that a frozen dataclass takes: replays and lists
    make many. `recent` is D of `bot.domain.rhythm`: touches, faded by half every cadence; depth times it makes warmth.
    """

    touch_days: int
    first_on: date
    last_on: date
    recent: float


class Sleep(NamedTuple):
    """A customer's snooze: until when, and the how many-th in a row without a touch."""

    until_on: date | None
    in_a_row: int

    def __bool__(self) -> bool:
        return self.until_on is not None or self.in_a_row > 0


AWAKE = Sleep(None, 0)


@dataclass(frozen=True, slots=True)
class TouchView:
    """One live touch as people see it: `on` is its local date, `by` a teammate's name if known."""

    id: int
    at: datetime
    on: date
    kind: TouchKind
    direction: Direction
    by: str | None
    contact: str | None
    note: str | None
    by_id: int | None = None
    amount_minor: int | None = None
    currency: str | None = None


class Relationship(NamedTuple):
    """A customer with all the numbers that rank and explain it.

    `value_minor` is money a year in minor units of `currency`, None when unknown; `ranked_value` is what the order
    uses, in major units of the workspace's base currency (the segment's median when unknown). `since_on` is the day the
    relationship began as far as the ledger knows; `joined_on` the day on which they became a customer, if somebody said
    so. `due_on` is the day from which silence is unusual; `nudge_from_on` is that day moved by a
    snooze, None when the customer is never to be nudged about. `only_buys`: nothing but purchases is recorded; read for
    what is said of it alone, and nothing is ranked by it.
    """

    customer_id: int
    external_id: str | None
    name: str
    owner_id: int | None
    segment: Segment
    standing: Standing
    value_minor: int | None
    currency: str
    ranked_value: float
    since_on: date
    rhythm: Rhythm | None
    due_on: date
    nudge_from_on: date | None
    snoozed_until_on: date | None = None
    birthday_on: date | None = None
    renewal_on: date | None = None
    joined_on: date | None = None
    last_touch_id: int | None = None
    only_buys: bool = False

    @property
    def silent_since_on(self) -> date:
        """The last day of contact, or the day it began when nobody has talked to them yet."""
        return self.rhythm.last_on if self.rhythm else self.since_on


@dataclass(frozen=True, slots=True)
class Teammate:
    """A person in Slack. `digest_minute` counts from their local midnight; `language` overrides `locale`.

    `holiday_region` is a country or a part of one, like "DE" or "DE-BY"; "" for none, None for a guess.
    `touches_a_week` or `minutes_a_week` is the attention they have for customers; at most one of them is set.
    """

    id: int
    slack_user_id: str | None
    name: str
    timezone: str
    locale: str
    role: Role = Role.MEMBER
    seat: Seat = Seat.MEMBER
    language: str | None = None
    digest_minute: int = 540
    work_days: str = "12345"
    digest_frequency: Frequency = Frequency.DAILY
    paused_until_on: date | None = None
    email: str | None = None
    holiday_region: str | None = None
    quiet_from_minute: int | None = None
    quiet_until_minute: int | None = None
    touches_a_week: int | None = None
    minutes_a_week: int | None = None

    @property
    def speaks(self) -> str:
        """The locale in which the bot talks to them, like `en-GB`."""
        return self.language or self.locale
