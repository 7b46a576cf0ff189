"""Segments as the domain sees them, read from the columns that hold their policies.

While a changed policy is being worked in, a segment's row keeps the one before (`policy_before`) and the id of the last
customer that the new one has reached (`reached_id`); where that is NULL, nothing is being worked in.
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from bot.domain.counted_days import counted_days
from bot.domain.model import Occasion, Policy, Segment
from storage.models import SegmentRow

POLICY_COLUMNS = ("policy", "cadence_days", "exponent", "counts", "pauses", "lost_after_cadences")
SEGMENT_COLUMNS = ("id", "name", *POLICY_COLUMNS, "policy_before", "reached_id", "renewal_ahead_days", "without")
COLUMNS = ", ".join(SEGMENT_COLUMNS)


class _Told(NamedTuple):
    """Which occasions a segment's owners are told of: renewals so many days ahead, and none of `without`."""

    renewal_ahead_days: int
    without: frozenset[Occasion]


@lru_cache(maxsize=4096)
def read_segment(row: tuple[Any, ...]) -> Segment:
    """Return the segment whose `COLUMNS` a row holds. Every list reads them all, and they seldom change."""
    segment_id, name, *policy, before, reached_id, ahead, without = row
    told = _Told(ahead, frozenset(Occasion(occasion) for occasion in without.split(",") if occasion))
    if reached_id is None or before is None:
        return _segment(segment_id, name, policy, told)
    return _segment(segment_id, name, policy, told, _segment(segment_id, name, json.loads(before), told), reached_id)


def segment_of(row: SegmentRow) -> Segment:
    """Return a row of the table as a segment."""
    policy = [getattr(row, name) for name in POLICY_COLUMNS]
    return read_segment(
        (row.id, row.name, *policy, row.policy_before, row.reached_id, row.renewal_ahead_days, row.without)
    )


def policy_text(row: SegmentRow) -> str:
    """Return a row's policy as the one before a change is kept."""
    return json.dumps([getattr(row, name) for name in POLICY_COLUMNS])


def _segment(
    segment_id: int,
    name: str,
    policy: Sequence[Any],
    told: _Told,
    before: Segment | None = None,
    reached_id: int = 0,
) -> Segment:
    word, cadence_days, exponent, counts, pauses, lost_after = policy
    counted = counted_days(counts, pauses)
    return Segment(
        segment_id, name, Policy(word), cadence_days, exponent, counted, lost_after, told.renewal_ahead_days, before,
        reached_id, told.without,
    )  # fmt: skip
