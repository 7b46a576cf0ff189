"""Why a customer stands where it does on the list: the factors that multiply to its score, and how its day was found.

Nothing is worked out a second time: every number comes from `rhythm`, which ordered the list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.model import Relationship, Rhythm, Standing
from bot.domain.rhythm import SMALLEST_VALUE, after_touch, depth, is_lost, own_gap_days, recent_on, score, warmth_on


class WorthFrom(StrEnum):
    """Where the value that ranks a customer comes from."""

    KNOWN = "known"
    MEDIAN = "median"
    """No value is known: the middle of the segment stands in."""
    UNRATED = "unrated"
    """Its currency has no rate: the number is taken as it is."""


class HeldBack(StrEnum):
    """What keeps a customer out of the digest, however high its score."""

    LURKER = "lurker"
    MUTED = "muted"
    SNOOZED = "snoozed"
    LOST = "lost"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Contact:
    """One day of contact, and how much of it is left today, in touches."""

    on: date
    left: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The arithmetic of one customer on one day: `worth` × `silence` = `score`.

    `worth` and `score` are in major units of the base currency; `silence` is (1 / warmth)^exponent, `warmth` is
    `recent` × `depth`. `recent` is recent contact in touches today, `recent_then` what it was on the last day of
    contact; `depth` says how far back the relationship goes. `own_gap_days` is the customer's own rhythm in days that
    count, drawn towards the segment's; `patience_days` the silence after which it is due, `paused_days` of it in a
    pause. `contacts` are its days of contact, newest first, whose rest adds up to `recent`; empty where nobody asked
    for them.
    """

    relationship: Relationship
    today: date
    worth: float
    worth_from: WorthFrom
    warmth: float
    recent: float
    recent_then: float
    depth: float
    exponent: float
    silence: float
    score: float
    silent_days: int
    own_gap_days: float
    patience_days: int
    paused_days: int
    held_back: tuple[HeldBack, ...]
    contacts: tuple[Contact, ...] = ()


def explain(
    relationship: Relationship, today: date, *, has_rate: bool = True, days: Iterable[date] = ()
) -> Explanation:
    """Take a customer's score of a day apart.

    `has_rate` says whether its currency can be compared with the base currency's, `days` are its days of contact.
    """
    segment = relationship.segment
    warmth = warmth_on(relationship, today)
    return Explanation(
        relationship=relationship,
        today=today,
        worth=max(relationship.ranked_value, SMALLEST_VALUE),
        worth_from=_worth_from(relationship, has_rate),
        warmth=warmth,
        recent=recent_on(relationship, today),
        recent_then=recent_on(relationship, relationship.silent_since_on),
        depth=depth(relationship.rhythm, segment),
        exponent=segment.exponent,
        silence=_silence(warmth, segment.exponent),
        score=score(relationship, today),
        silent_days=max(0, (today - relationship.silent_since_on).days),
        own_gap_days=own_gap_days(relationship.rhythm, segment),
        patience_days=(relationship.due_on - relationship.silent_since_on).days,
        paused_days=segment.counted.paused_between(relationship.silent_since_on, relationship.due_on),
        held_back=_held_back(relationship, today),
        contacts=_contacts(relationship, today, days),
    )


def _worth_from(relationship: Relationship, has_rate: bool) -> WorthFrom:
    if relationship.value_minor is None:
        return WorthFrom.MEDIAN
    return WorthFrom.KNOWN if has_rate else WorthFrom.UNRATED


def _silence(warmth: float, exponent: float) -> float:
    """Return (1 / warmth)^e; infinite once decades of silence have faded warmth below what a double holds."""
    if exponent == 0:
        return 1.0
    return float(warmth**-exponent) if warmth > 0 else float("inf")


def _held_back(relationship: Relationship, today: date) -> tuple[HeldBack, ...]:
    found = []
    if relationship.standing is Standing.LURKER:
        found.append(HeldBack.LURKER)
    elif relationship.nudge_from_on is None:
        found.append(HeldBack.MUTED)
    if relationship.snoozed_until_on and relationship.snoozed_until_on > today:
        found.append(HeldBack.SNOOZED)
    if is_lost(relationship.silent_since_on, relationship.segment, today):
        found.append(HeldBack.LOST)
    if relationship.due_on > today:
        found.append(HeldBack.NOT_DUE)
    return tuple(found)


def _contacts(relationship: Relationship, today: date, days: Iterable[date]) -> tuple[Contact, ...]:
    """Replay the days of contact: what each leaves is what recent contact would lack today without it."""
    found, before = [], 0.0
    rhythm: Rhythm | None = None
    for day in sorted(set(days)):
        rhythm = after_touch(rhythm, day, relationship.segment)
        with_it = recent_on(relationship._replace(rhythm=rhythm), today)
        found.append(Contact(day, with_it - before))
        before = with_it
    return tuple(reversed(found))
