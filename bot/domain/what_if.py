"""What another policy would have meant: how often a customer would have been nudged about, and who is noticed today.

A replay of what was recorded, so it takes the touches as they came; some came because of a nudge, and a policy that
nudges less would have had fewer of them. It is a comparison of two policies on one history, not a forecast.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

from bot.domain.attention import DIGEST_CAP
from bot.domain.model import Rhythm, Segment
from bot.domain.nudges import QUIET_DAYS
from bot.domain.rhythm import after_touch, due_on

WEEKS = 12
# What a digest holds, five days a week: nobody is nudged more often, however many are due.
MOST_NUDGES_A_WEEK = 5 * DIGEST_CAP


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Two policies of a segment compared over the last twelve weeks.

    `nudges_before` and `nudges_after` are nudges a week of the whole team. `more_at_risk` are valuable customers (the
    top third of the segment by value) who are on today's list and would not be: their silence would go unnoticed for
    longer, or for good where they would count as lost. `noticed_sooner` are those the other way round. `looked_at` of
    `customers` were replayed; when those are not all, the numbers are an estimate. `until` is the last day replayed
    when that is not today, because the ledger ends before; then the list is the one of that day.
    """

    before: Segment
    after: Segment
    nudges_before: float
    nudges_after: float
    more_at_risk: int
    noticed_sooner: int
    looked_at: int
    customers: int
    until: date | None = None

    @property
    def is_estimate(self) -> bool:
        """Whether only some of the customers were looked at."""
        return self.looked_at < self.customers


def replayed_until(today: date, last_touch_on: date | None) -> date:
    """Return the last day to replay: today, or where the ledger ends if that is before all of the weeks until today."""
    if last_touch_on is None or today - last_touch_on <= timedelta(weeks=WEEKS):
        return today
    return last_touch_on


def nudge_days(days: Sequence[date], since_on: date, segment: Segment, *, first: date, last: date) -> Iterator[date]:
    """Yield the days from `first` to `last` on which a customer would have been nudged about under a policy.

    `days` are its days of contact, oldest first. As the digest does: on the day silence becomes unusual, again every
    week while nobody acts, until the next contact or until the customer is lost.
    """
    for rhythm, silent_from, until in _silences(days, since_on, segment, after=last + timedelta(days=1)):
        if until <= first:
            continue
        day, lost = due_on(rhythm, since_on, segment), lost_on(silent_from, segment)
        if day < first:
            day += timedelta(days=-(-(first - day).days // QUIET_DAYS) * QUIET_DAYS)
        while day < min(until, lost):
            yield day
            day += timedelta(days=QUIET_DAYS)


def is_noticed(days: Sequence[date], since_on: date, segment: Segment, today: date) -> bool:
    """Say whether a customer with these days of contact is on the list of a day: due and not lost."""
    *_, (rhythm, silent_from, _) = _silences(days, since_on, segment, after=today)
    return due_on(rhythm, since_on, segment) <= today < lost_on(silent_from, segment)


def lost_on(silent_from: date, segment: Segment) -> date:
    """Return the first day on which silence since a day makes a customer lost."""
    return segment.counted.after(silent_from, ceil(segment.lost_after * segment.cadence_days) + 1)


def _silences(
    days: Sequence[date], since_on: date, segment: Segment, *, after: date
) -> Iterator[tuple[Rhythm | None, date, date]]:
    """Yield (rhythm, first day, day that ended it) of every silence, the last of which ends on `after`."""
    if not days:
        yield None, since_on, after
        return
    rhythm: Rhythm | None = None
    for day, until in pairwise([*days, after]):
        rhythm = after_touch(rhythm, day, segment)
        yield rhythm, day, until
