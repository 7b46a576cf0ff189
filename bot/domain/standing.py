"""What a relationship is, judged from evidence by rules that are said in a sentence each.

Customer: a value, a purchase or a renewal says that they buy. Prospect: none of that yet, but an opportunity is open
or contact came back. Lurker: written to for months, and nothing ever came back. What is missing is never held against
anybody: without evidence they are a customer. The inner circle is given by a person and never derived.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.model import Direction, Standing, TouchKind, TouchView

# Written to on so many days, over so long, without a word back: fewer or faster is only a beginning.
ONE_SIDED_DAYS = 5
ONE_SIDED_OVER = timedelta(days=120)
# An act speaks for a relationship while it is this fresh.
ACT_FRESH_FOR = timedelta(days=30)

# A call, a meeting and a visit take two, whoever is said to have begun: a customer who talks is no lurker.
TALKS = frozenset({TouchKind.CALL, TouchKind.MEETING, TouchKind.VISIT})

# Columns of an import, kept in the profile, that tell of an open opportunity, and what they hold when there is none.
_OPPORTUNITY = (
    "opportunity", "opportunities", "open opportunity", "open opportunities", "opportunity stage", "opportunity name",
    "deal", "deals", "open deals", "deal stage", "deal name", "pipeline stage", "verkaufschance", "verkaufschancen",
    "chance", "angebot",
)  # fmt: skip
_NONE = frozenset({"", "0", "-", "no", "none", "n/a", "false", "lost", "closed lost", "nein", "keine", "verloren"})


class Ground(StrEnum):
    """What a judgement rests on."""

    VALUE = "value"
    PURCHASE = "purchase"
    RENEWAL = "renewal"
    OPPORTUNITY = "opportunity"
    CAME_BACK = "came_back"
    ONE_SIDED = "one_sided"
    NOTHING = "nothing"


class Act(StrEnum):
    """What a lurker did of their own accord."""

    WROTE = "wrote"
    BOUGHT = "bought"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the ledger knows of what somebody is to us. Days are days with such a touch, however many there were.

    `value_minor` is money a year in minor units of `currency`, None when unknown; `values_are_kept` says whether their
    segment's customers usually have one. `back` is contact that came from them or went both ways, `talked` calls,
    meetings and visits that we began, `sent` what else went out.
    """

    value_minor: int | None = None
    currency: str = "EUR"
    values_are_kept: bool = False
    renewal_on: date | None = None
    opportunity: str | None = None
    bought_days: int = 0
    bought_on: date | None = None
    back_days: int = 0
    back_on: date | None = None
    talked_days: int = 0
    sent_days: int = 0
    sent_first_on: date | None = None
    sent_last_on: date | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A standing and what it rests on."""

    standing: Standing
    ground: Ground


@dataclass(frozen=True, slots=True)
class Word:
    """A standing that a person gave: a teammate (`by`), a file (`from_file`), or somebody at the terminal."""

    standing: Standing
    by: str | None = None
    on: date | None = None
    from_file: bool = False


@dataclass(frozen=True, slots=True)
class StandingView:
    """A customer's standing with its reason: a person's word if there is one, else what the evidence says."""

    standing: Standing
    judged: Judged
    evidence: Evidence
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class PromotionView:
    """A proposal to take a lurker in, and what became of it. `acts` are the touches it rests on, newest first.

    `state` is open, made or left; `standing` is what the customer is now, `to` what is proposed.
    """

    id: int
    customer_id: int
    name: str
    to: Standing
    act: Act
    acts: tuple[TouchView, ...]
    standing: Standing
    state: str = "open"
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def ref(self) -> str:
        """What a button about it carries: the customer's id first, as on every card, so that the trail names them."""
        return f"{self.customer_id}.{self.id}.0"

    @property
    def is_open(self) -> bool:
        """Whether there is still something to decide."""
        return self.state == "open" and self.standing is Standing.LURKER and bool(self.acts)


def judge(evidence: Evidence) -> Judged:
    """Say what somebody is to us, and on what ground: the first rule that holds."""
    rules = (
        (bool(evidence.value_minor), Standing.CUSTOMER, Ground.VALUE),
        (evidence.bought_days > 0, Standing.CUSTOMER, Ground.PURCHASE),
        (evidence.renewal_on is not None, Standing.CUSTOMER, Ground.RENEWAL),
        (evidence.opportunity is not None, Standing.PROSPECT, Ground.OPPORTUNITY),
        (evidence.back_days > 0 and _is_worth_nothing_yet(evidence), Standing.PROSPECT, Ground.CAME_BACK),
        (_is_one_sided(evidence), Standing.LURKER, Ground.ONE_SIDED),
        (True, Standing.CUSTOMER, Ground.NOTHING),
    )
    return next(Judged(standing, ground) for holds, standing, ground in rules if holds)


def settle(standing: Standing, evidence: Evidence) -> Standing:
    """Return what the ledger makes of somebody without a person's word.

    A lurker who got in touch stays one until a person takes them in: that is proposed, not done. One who buys, has a
    value or an open opportunity is no lurker, and needs no question.
    """
    judged = judge(evidence)
    asks = evidence.back_days > 0 and judged.ground in {Ground.CAME_BACK, Ground.NOTHING}
    return Standing.LURKER if standing is Standing.LURKER and asks else judged.standing


def is_act(kind: TouchKind, direction: Direction) -> bool:
    """Say whether a touch is something that the customer did: it came from them, went both ways, or was a purchase."""
    return kind.counts and (direction is not Direction.OUTBOUND or kind is TouchKind.PURCHASE)


def act_of(acts: Iterable[TouchView]) -> Act | None:
    """Name what a lurker did, from the touches that are acts; None when there are none."""
    kinds = {touch.kind for touch in acts}
    if not kinds:
        return None
    return Act.BOUGHT if TouchKind.PURCHASE in kinds else Act.WROTE


def promoted_to(judged: Judged) -> Standing:
    """Return what a lurker who acted is proposed to become: a customer if they buy, else a prospect."""
    buys = judged.ground in {Ground.VALUE, Ground.PURCHASE, Ground.RENEWAL}
    return Standing.CUSTOMER if buys else Standing.PROSPECT


def opportunity_in(profile: Mapping[str, Any]) -> str | None:
    """Return what an import's columns say of an open opportunity, None when they say nothing."""
    if not profile:
        return None
    said = {key.strip().casefold().replace("_", " "): str(value or "").strip() for key, value in profile.items()}
    found = (said[key] for key in _OPPORTUNITY if key in said)
    return next((words for words in found if words.casefold() not in _NONE), None)


def _is_worth_nothing_yet(evidence: Evidence) -> bool:
    """An unknown value says something only where the others' are known."""
    return evidence.value_minor == 0 or evidence.values_are_kept


def _is_one_sided(evidence: Evidence) -> bool:
    if evidence.back_days or evidence.talked_days or evidence.sent_days < ONE_SIDED_DAYS:
        return False
    first, last = evidence.sent_first_on, evidence.sent_last_on
    return first is not None and last is not None and last - first >= ONE_SIDED_OVER
