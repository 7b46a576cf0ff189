"""What a person sees, as values: the use-cases gather them, the blocks draw them."""

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.attention import Budget
from bot.domain.backlog import Backlog
from bot.domain.circle import CircleView
from bot.domain.model import (
    Direction,
    Frequency,
    NudgeState,
    Occasion,
    Relationship,
    Teammate,
    TouchKind,
    TouchView,
)
from bot.domain.outcomes import Change
from bot.domain.policies import SegmentState
from bot.domain.standing import PromotionView, StandingView


@dataclass(frozen=True, slots=True)
class NotedPromise:
    """Something that is to be done by a day, in the words in which it was noted; `by` is None for the reader's own."""

    id: int
    what: str
    due_on: date
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a customer is on the list, in the numbers that put it there.

    `rhythm_days` is the segment's while there was one day of contact only (`touch_days`), and said to be that.
    """

    occasions: tuple[Occasion, ...]
    silent_days: int
    rhythm_days: int
    overdue_days: int
    touched: bool
    since_on: date
    birthday_on: date | None = None
    anniversary_on: date | None = None
    joined_on: date | None = None
    renewal_on: date | None = None
    promises: tuple[NotedPromise, ...] = ()
    value_is_guess: bool = False
    touch_days: int | None = None
    segment_name: str = ""
    only_buys: bool = False


@dataclass(frozen=True, slots=True)
class Drafting:
    """A colleague who has a message to a customer open, and since when."""

    who: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """One customer as a card: what is known, and how its nudge stands.

    `away_until_on` is set when its owner is away and somebody else reads it. `nudge_id` is 0 on a list that nobody was
    nudged with. `note` is the note of the touch that ended the nudge. `back_on` is the day of the digest that brings
    back whoever was snoozed.
    """

    relationship: Relationship
    reason: Reason
    last_touch: TouchView | None
    owner_name: str | None = None
    away_until_on: date | None = None
    position: int = 0
    nudge_id: int = 0
    state: NudgeState = NudgeState.OPEN
    ended_by: str | None = None
    ended_by_id: int | None = None
    ended_at: datetime | None = None
    ended_kind: TouchKind | None = None
    back_on: date | None = None
    because: str | None = None
    note: str | None = None
    handed_to: str | None = None
    suggestion: str | None = None
    colleague_wrote: TouchView | None = None
    drafting: tuple[Drafting, ...] = ()
    ask_about_cadence: bool = False
    crm_url: str | None = None

    @property
    def ref(self) -> "CardRef":
        """What a button on this card carries."""
        return CardRef(self.relationship.customer_id, self.nudge_id, self.relationship.last_touch_id or 0)


@dataclass(frozen=True, slots=True)
class CardRef:
    """Ids that a button carries: customer, nudge (0: none), and the newest touch that the reader saw (0: none)."""

    customer_id: int
    nudge_id: int = 0
    seen_touch_id: int = 0

    def __str__(self) -> str:
        return f"{self.customer_id}.{self.nudge_id}.{self.seen_touch_id}"

    @classmethod
    def parse(cls, value: str) -> "CardRef":
        """Read a button's value; raises ValueError when it is not one of ours."""
        customer_id, nudge_id, seen_touch_id = (int(part) for part in value.split("."))
        return cls(customer_id, nudge_id, seen_touch_id)


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest as its reader sees it. `reader` is None in a channel; `left_out` are due but over the cap
    or the reader's budget.

    `next_value` is what the one who would be next is worth a year, in minor units of a currency.
    """

    id: int
    local_on: date
    cards: tuple[Card, ...]
    left_out: int
    next_name: str | None
    locale: str
    timezone: str
    reader: Teammate | None = None
    next_value: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of a logged text and what became of it.

    `offer` is what could be reminded of and when, or on which other day (`or_on`); `reminder` what will be.
    """

    id: int
    words: str
    status: str
    customer_name: str | None = None
    kind: TouchKind | None = None
    direction: Direction | None = None
    on: date | None = None
    note: str | None = None
    question: str | None = None
    candidates: tuple[tuple[int, str], ...] = ()
    asked_on: date | None = None
    offer: tuple[str, date] | None = None
    or_on: date | None = None
    reminder: tuple[str, date] | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """A logged text with its lines, as its writer sees the confirmation."""

    id: int
    lines: tuple[LineView, ...]
    withdrawn: bool
    today: date
    locale: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """A person at a customer."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Everything about one customer that `/customer` and a hand-over show.

    `taken_off` is the card with which somebody took the customer off the list, while that holds.
    """

    card: Card
    touches: tuple[TouchView, ...]
    contacts: tuple[ContactView, ...]
    tags: str = ""
    notes: str = ""
    profile: dict[str, str] = field(default_factory=dict)
    promises: tuple[NotedPromise, ...] = ()
    standing: StandingView | None = None
    taken_off: Card | None = None


@dataclass(frozen=True, slots=True)
class ListView:
    """The answer to /whois-neglected: the cards shown, and how many more there are.

    `owner_name` is the teammate whose customers they are, None for the reader's own and for the whole team's. `lost`
    means those whom the digest leaves out because they have been silent for too long.
    `more` wait on the pages after this one, `before` still on those before it. Where it was asked for between the bot
    and one person there is nobody to post it for.
    """

    cards: tuple[Card, ...]
    more: int
    locale: str
    timezone: str
    today: date
    next_due: Card | None = None
    whole_team: bool = False
    owner_name: str | None = None
    lost: bool = False
    unowned: bool = False
    before: int = 0
    may_be_posted: bool = True


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What a rule proposes to change about itself, as admins see it; `asked` after somebody's third snooze in a row.

    `in_working_days` means that the segment counts those, and so do the days of the change.
    """

    id: int
    segment_name: str
    occasion: Occasion
    change: Change
    in_working_days: bool = False
    asked: bool = False
    accepted: bool | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HomeView:
    """The App Home of one teammate.

    `backlog` is there when more are due than one digest holds; `spent` is what this week's touches took of the budget.
    `snoozed` are the reader's and those whom they put to sleep, the first of `snoozed_total`.
    `covered_by` is who looks after the reader's customers during a pause.
    """

    reader: Teammate
    today: date
    due: tuple[Card, ...]
    due_total: int
    coming: tuple[Card, ...]
    snoozed: tuple[Card, ...]
    owned: int
    touched_in_rhythm: int
    frequency: Frequency
    next_digest_at: datetime | None
    last_digest_at: datetime | None
    is_admin: bool
    unowned: int = 0
    snoozed_total: int = 0
    lost_total: int = 0
    segments: tuple[SegmentState, ...] = ()
    proposals: tuple[ProposalView, ...] = ()
    circle: CircleView | None = None
    promotions: tuple[PromotionView, ...] = ()
    unanswering: tuple[str, ...] = ()
    unanswering_total: int = 0
    backlog: Backlog | None = None
    budget: Budget | None = None
    spent: int = 0
    covered_by: str | None = None


@dataclass(frozen=True, slots=True)
class LateView:
    """Digests that are late, told to an admin: the bot was away until `until_at`, or they wait for Slack (None).

    Those that were lost don't come any more; one that is unplanned could not even be put together.
    """

    reader: Teammate
    count: int
    since_at: datetime
    until_at: datetime | None
    is_lost: bool = False
    is_unplanned: bool = False


@dataclass(frozen=True, slots=True)
class TroubleView:
    """What Slack refuses, told to an admin: a conversation, person or method, all of the workspace, or the next token.

    `lane` is the id of the conversation or person, or the name of the method; `error` is Slack's word for it, `waiting`
    how many messages are owed there.
    """

    reader: Teammate
    lane: str
    error: str
    since_at: datetime
    waiting: int
    is_everything: bool
    is_person: bool
    is_method: bool
    is_token: bool = False
