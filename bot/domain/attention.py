"""Where a teammate's attention pays most: how much of a week is left, and whom it goes to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf
from typing import TypeVar

from bot.domain.days_off import DaysOff
from bot.domain.facts import Channel
from bot.domain.model import Frequency, Relationship, Teammate, TouchKind
from bot.domain.rhythm import own_gap_days
from bot.domain.working_time import sends_on

DIGEST_CAP = 5
# With a budget of their own a person may have more a day than that, but no message has room for more than these.
MOST_CARDS = 10
# The best that are due are looked at, in the order of the list; beyond them nobody has a chance.
CONSIDERED = 100

MINUTES: Mapping[TouchKind, int] = {
    TouchKind.MESSAGE: 5,
    TouchKind.EMAIL: 10,
    TouchKind.CALL: 15,
    TouchKind.GIFT: 20,
    TouchKind.MEETING: 45,
    TouchKind.VISIT: 90,
    # What customers do by themselves takes nobody's time, and a note is no contact.
    TouchKind.PURCHASE: 0,
    TouchKind.NOTE: 0,
}
_MINUTES_BY: Mapping[Channel, int] = {
    Channel.CHAT: MINUTES[TouchKind.MESSAGE],
    Channel.EMAIL: MINUTES[TouchKind.EMAIL],
    Channel.PHONE: MINUTES[TouchKind.CALL],
}
_VISITS = frozenset({"visit", "besuch"})
_MEETINGS = frozenset({"meeting", "treffen"})

PickT = TypeVar("PickT")


@dataclass(frozen=True, slots=True)
class Budget:
    """What somebody has for customers a week: touches, or minutes."""

    amount: int
    in_minutes: bool = False

    def of_kind(self, kind: TouchKind) -> int:
        """Return what a touch costs."""
        return MINUTES[kind] if self.in_minutes else int(MINUTES[kind] > 0)

    def of_channel(self, preferred_channel: str | None) -> int:
        """Return what it costs to reach a customer in the way that they prefer; unknown means a mail.

        Never more than a week has: whoever is worth it takes a week, and is not passed over for ever.
        """
        return min(self.amount, _minutes_for(preferred_channel)) if self.in_minutes else 1


def _minutes_for(preferred_channel: str | None) -> int:
    word = (preferred_channel or "").strip().casefold()
    if word in _VISITS:
        return MINUTES[TouchKind.VISIT]
    return MINUTES[TouchKind.MEETING] if word in _MEETINGS else _MINUTES_BY[Channel.named(word)]


@dataclass(frozen=True, slots=True)
class Room:
    """What a day has room for: `aim` is its share of the week, `at_most` what is left of the week, `cards` the cap."""

    aim: float = inf
    at_most: float = inf
    cards: int = DIGEST_CAP


def budget_of(teammate: Teammate) -> Budget | None:
    """Return what a teammate said they have a week; None when they said nothing."""
    if teammate.minutes_a_week is not None:
        return Budget(teammate.minutes_a_week, in_minutes=True)
    return None if teammate.touches_a_week is None else Budget(teammate.touches_a_week)


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def sending_days_left(today: date, *, work_days: str, frequency: Frequency, off: DaysOff) -> int:
    """Return how many digests this week still has, today's included; at least one."""
    rest = (today + timedelta(days=n) for n in range(7 - today.weekday()))
    return max(1, sum(sends_on(day, work_days=work_days, frequency=frequency, off=off) for day in rest))


def room_today(budget: Budget | None, *, spent: int, days_left: int) -> Room:
    """Return the room of a day: what is left of the week's budget, spread evenly over the digests to come."""
    if budget is None:
        return Room()
    left = max(0, budget.amount - spent)
    return Room(aim=left / days_left, at_most=left, cards=MOST_CARDS)


def pace_a_day(budget: Budget | None, *, digests_a_week: int, effort: float = 1) -> float:
    """Return how many customers a digest names on average: the cap, or the budget's share, each at the same effort."""
    if budget is None:
        return float(DIGEST_CAP)
    return min(budget.amount / effort / digests_a_week, float(MOST_CARDS))


def benefit(relationship: Relationship, today: date, *, dated: bool = False) -> float:
    """Return what a touch today rescues, in the base currency a year: value x (silence / own gap) squared.

    The longer a customer is silent, measured in its own gaps, the likelier it is leaving; let that risk a day grow in
    proportion to the silence. A touch takes the risk back to nothing, and it will grow again. Then what is won by
    touching at silence s, over doing so at any other time, is value x (s h(s) - H(s)) with h the risk a day and H the
    risk run so far: the marginal cost of waiting in the renewal theory of maintenance (Barlow & Hunter 1960), here
    value x (s / own gap)^2 up to a factor that is the same for all. `dated` says that a contract's end or a first month
    puts the value at stake whatever the silence: it counts as silent for one gap at least.
    """
    segment = relationship.segment
    silent_days = max(0, segment.counted.between(relationship.silent_since_on, today))
    gaps = min(silent_days / max(1.0, own_gap_days(relationship.rhythm, segment)), float(segment.lost_after))
    return relationship.ranked_value * (max(gaps, 1.0) if dated else gaps) ** 2


def plan_attention(
    picks: Sequence[PickT],
    *,
    room: Room,
    pays: Callable[[PickT], float],
    costs: Callable[[PickT], float],
    cannot_wait: Callable[[PickT], bool] = lambda _: False,
) -> tuple[list[PickT], list[PickT]]:
    """Return the picks that pay most within a day's room, and those that are knowingly left out, best first both.

    Taken in the order of benefit per effort until the day's share is used up, which is the best there is but for the
    one pick that the share ends in; what costs more than the week has left is passed over for what fits. What cannot
    wait is taken first and whatever it costs, since it is a person's own word.
    """
    chosen: list[PickT] = []
    left_out: list[PickT] = []
    used = 0.0
    for pick in sorted(picks, key=lambda pick: (not cannot_wait(pick), -pays(pick) / costs(pick))):
        fits = used < room.aim and used + costs(pick) <= room.at_most
        if len(chosen) < room.cards and (fits or cannot_wait(pick)):
            chosen.append(pick)
            used += costs(pick)
        else:
            left_out.append(pick)
    return chosen, left_out
