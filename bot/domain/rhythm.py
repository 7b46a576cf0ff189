"""Who is neglected, and in what order: warmth, rhythm, due day and sort key of one relationship.

In a sentence: value divided by warmth, which is recent contact (it fades by half every usual gap, and quick repeats
count as one conversation) times how far back the relationship goes. All functions are O(1) in a touch except `replay`,
which folds a ledger.
"""

from collections.abc import Iterable
from datetime import date
from math import ceil, log2, sqrt
from statistics import median
from typing import NamedTuple

from bot.domain.counted_days import EVERY_DAY, CountedDays
from bot.domain.model import Policy, Relationship, Rhythm, Segment, Standing

DEFAULT_CADENCE_DAYS = 30.0
DEFAULT_EXPONENT = 0.5

# From how many gaps a segment's cadence is learned: two quick calls of one customer must not speak for all others.
FEWEST_GAPS = 5
# How many gaps of the segment's cadence stand in for a relationship's own: two quick calls are not yet a rhythm.
PRIOR_GAPS = 2
# Silence over this many times the geometric mean of own rhythm and cadence is unusual (policy learned).
LEARNED_TOLERANCE = 1.5
OWN_TOLERANCE = 2.0
# Nobody becomes due later than this many cadences before they are lost: somebody must have been told of them.
TOLD_BEFORE_LOST = 1
# A touch counts in full once a fifth of the cadence has passed since the one before it.
BURST_SHARE = 5.0
# Every four usual gaps that a relationship has lasted make it deeper by one, up to a dozen gaps.
GAPS_A_DEPTH = 4
DEEP_AFTER_GAPS = 12

SMALLEST_VALUE = 1.0
# A double ends at 2^1024, and decades of silence in a daily segment go beyond it. The order is by the logarithm.
LARGEST_LOG_SCORE = 1000.0


def after_touch(rhythm: Rhythm | None, on: date, segment: Segment) -> Rhythm:
    """Return the rhythm after a day with a touch; `on` is not before `rhythm.last_on`.

    A second touch on the same day changes nothing: D = D·2^(−g/c) + min(1, 5g/c) with g = 0. Nor does one add to it
    when no day counted since the last, on a weekend or in a pause; the day itself is kept.
    """
    if rhythm is None:
        return Rhythm(touch_days=1, first_on=on, last_on=on, recent=1.0)
    touch_days, first_on, last_on, recent = rhythm
    if on == last_on:
        return rhythm
    gap, cadence = segment.counted.between(last_on, on), segment.cadence_days
    recent = recent * 2 ** (-gap / cadence) + min(1.0, BURST_SHARE * gap / cadence)
    return Rhythm(touch_days + 1, first_on, on, recent)


def replay(days: Iterable[date], segment: Segment) -> Rhythm | None:
    """Fold days with a touch, in any order, into a rhythm; None when there is none."""
    rhythm: Rhythm | None = None
    for day in sorted(days):
        rhythm = after_touch(rhythm, day, segment)
    return rhythm


def keeps_rhythms(before: Segment, after: Segment) -> bool:
    """Say whether a changed policy leaves every rhythm as it is: `after_touch` reads cadence and counted days alone."""
    return before.cadence_days == after.cadence_days and before.counted == after.counted


def only_weighs_anew(before: Segment, after: Segment) -> bool:
    """Say whether a changed policy leaves warm keys and due days as they are: nothing but its exponent moved."""
    same_days = (before.policy, before.lost_after) == (after.policy, after.lost_after)
    return keeps_rhythms(before, after) and same_days and before.exponent != after.exponent


def own_gap_days(rhythm: Rhythm | None, segment: Segment) -> float:
    """Return its own rhythm in counted days, shrunk to the cadence: (2c + last − first) / (2 + n − 1)."""
    if rhythm is None:
        return segment.cadence_days
    span = segment.counted.between(rhythm.first_on, rhythm.last_on)
    return (PRIOR_GAPS * segment.cadence_days + span) / (PRIOR_GAPS + rhythm.touch_days - 1)


def due_on(rhythm: Rhythm | None, since_on: date, segment: Segment) -> date:
    """Return the first day on which silence is unusual, always one that counts: a pause makes nobody due.

    Never touched: one cadence after the relationship began. However slow its own rhythm, a relationship is due a
    cadence before its segment counts it as lost, or no digest would ever name it.
    """
    cadence = segment.cadence_days
    if rhythm is None:
        return segment.counted.after(since_on, max(1, ceil(cadence)))
    patience = cadence
    if segment.policy is Policy.LEARNED:
        patience = LEARNED_TOLERANCE * sqrt(own_gap_days(rhythm, segment) * cadence)
    elif segment.policy is Policy.OWN:
        patience = OWN_TOLERANCE * own_gap_days(rhythm, segment)
    latest = max(1, segment.lost_after - TOLD_BEFORE_LOST) * cadence
    return segment.counted.after(rhythm.last_on, max(1, ceil(min(patience, latest))))


def depth(rhythm: Rhythm | None, segment: Segment) -> float:
    """Return how deep a relationship has become: 1 + (last − first) / 4c, from 1 for one touch to 4 after twelve gaps.

    Who has stayed for long stays through a longer silence; docs/decisions/depth.md has the figures.
    """
    if rhythm is None:
        return 1.0
    gaps = segment.counted.between(rhythm.first_on, rhythm.last_on) / segment.cadence_days
    return 1 + min(gaps, DEEP_AFTER_GAPS) / GAPS_A_DEPTH


def warm_key(rhythm: Rhythm | None, since_on: date, segment: Segment) -> float:
    """Return log2 of warmth without the calendar: log2 (D · depth) + last/c.

    Never touched counts as one touch at the start.
    """
    recent, last_on = (rhythm.recent, rhythm.last_on) if rhythm else (1.0, since_on)
    return log2(recent * depth(rhythm, segment)) + segment.counted.number(last_on) / segment.cadence_days


def sort_key(ranked_value: float, key: float, exponent: float) -> float:
    """Return log2 v − e·warm_key: within a segment, larger is earlier in the list, on any day."""
    return log2(max(ranked_value, SMALLEST_VALUE)) - exponent * key


def log_score(ranked_value: float, key: float, segment: Segment, today: date) -> float:
    """Return log2 of value / (warmth today)^e, comparable across segments on one day."""
    return sort_key(ranked_value, key, segment.exponent) + calendar_share(segment, today)


def calendar_share(segment: Segment, today: date) -> float:
    """Return what a day adds to the sort key of every customer of a segment alike: e·day/c."""
    return segment.exponent * segment.counted.number(today) / segment.cadence_days


def warmth_on(relationship: Relationship, today: date) -> float:
    """Return the warmth of a day: recent contact in touches, halved every cadence of silence, times depth."""
    segment = relationship.segment
    key = warm_key(relationship.rhythm, relationship.since_on, segment)
    return float(2 ** (key - segment.counted.number(today) / segment.cadence_days))


def recent_on(relationship: Relationship, today: date) -> float:
    """Return the recent contact of a day alone, in touches: warmth without depth."""
    return warmth_on(relationship, today) / depth(relationship.rhythm, relationship.segment)


def score(relationship: Relationship, today: date) -> float:
    """Return value / warmth^e in major units of the base currency: what ranks the list, largest first."""
    key = warm_key(relationship.rhythm, relationship.since_on, relationship.segment)
    return float(2 ** min(log_score(relationship.ranked_value, key, relationship.segment, today), LARGEST_LOG_SCORE))


def is_lost(silent_since_on: date, segment: Segment, today: date) -> bool:
    """Say whether silence has lasted over the segment's cadences: such customers leave the digest for the lost list."""
    # No more days count than the calendar has: most are told from the lost without asking which do.
    if (today - silent_since_on).days <= segment.lost_after * segment.cadence_days:
        return False
    return silent_since_on < lost_before(segment, today)


def lost_before(segment: Segment, today: date) -> date:
    """Return the day before which a last touch makes a customer lost."""
    return segment.counted.day(segment.counted.number(today) - ceil(segment.lost_after * segment.cadence_days))


def learned_cadence_days(rhythms: Iterable[tuple[int, date, date]], counted: CountedDays = EVERY_DAY) -> float | None:
    """Return the median of customers' own mean gaps in counted days, from (touch days, first, last).

    None while fewer than FEWEST_GAPS are known of all customers together.
    """
    known = [(days - 1, counted.between(first, last) / (days - 1)) for days, first, last in rhythms if days > 1]
    if sum(number for number, _ in known) < FEWEST_GAPS:
        return None
    return max(1.0, median(gap for _, gap in known))


class Derived(NamedTuple):
    """What is stored beside a rhythm so that the list is one index scan; a pure function of the rest of the row."""

    warm_key: float
    sort_key: float
    due_on: date
    silent_since_on: date
    nudge_from_on: date | None


def derive(
    rhythm: Rhythm | None,
    *,
    since_on: date,
    segment: Segment,
    ranked_value: float,
    standing: Standing,
    snoozed_until_on: date | None,
    muted: bool,
) -> Derived:
    """Work out the stored keys and days of a customer from its rhythm, its segment and what people decided about it."""
    key = warm_key(rhythm, since_on, segment)
    due = due_on(rhythm, since_on, segment)
    silent = muted or standing is Standing.LURKER
    return Derived(
        warm_key=key,
        sort_key=sort_key(ranked_value, key, segment.exponent),
        due_on=due,
        silent_since_on=rhythm.last_on if rhythm else since_on,
        nudge_from_on=None if silent else max(due, snoozed_until_on or due),
    )
