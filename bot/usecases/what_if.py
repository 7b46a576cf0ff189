"""Replaying a segment's ledger under another policy: what would change is said before anything is changed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col

from bot.domain.model import Segment
from bot.domain.policies import SegmentPolicy
from bot.domain.rhythm import DEFAULT_CADENCE_DAYS, learned_cadence_days
from bot.domain.what_if import MOST_NUDGES_A_WEEK, WEEKS, WhatIf, is_noticed, nudge_days, replayed_until
from bot.usecases.policies import checked, segment_state, segment_with_policy
from storage import rhythms
from storage.ledger import Ledger
from storage.models import Customer
from storage.replay import may_be_nudged, most_valuable, people_and_days, sampled

# What a click can wait for: a second of replaying, well within Slack's three.
A_CLICKS_WORTH = 1_000


@dataclass(slots=True)
class _Tally:
    """Nudges by owner and week under one policy."""

    segment: Segment
    nudges: Counter[tuple[int, int]] = field(default_factory=Counter)

    def a_week(self, *, of: int) -> float:
        """Return the team's nudges a week, `of` times as many as were counted but nobody's more than a digest holds."""
        return sum(min(MOST_NUDGES_A_WEEK, of * number) for number in self.nudges.values()) / WEEKS


def what_if(
    ledger: Ledger, segment_id: int, wanted: SegmentPolicy, *, today: date, at_most: int | None = None
) -> WhatIf:
    """Replay the last twelve weeks of a segment under its policy and under the one that is wanted; write nothing.

    Customers stream by, one in memory at a time. `at_most` looks at every second, third … of them, so that about so
    many are replayed. Left out are lurkers and customers that nobody is to be nudged about; snoozes are not known for
    earlier weeks and left out too. Customers without an owner are in nobody's digest, so they add no nudges. Where the
    ledger ended before those weeks, its own last twelve weeks are replayed. Raises NotFound and InputRefused as
    `change_policy` does.
    """
    wanted = checked(wanted, before=segment_state(ledger, segment_id).policy)
    before = replace(segment_with_policy(ledger, segment_id), before=None)
    after = _segment(ledger, before, wanted)
    ours: list[ColumnElement[bool]] = [col(Customer.segment_id) == segment_id, may_be_nudged()]
    customers = rhythms.count_customers(ledger, segment_id, may_be_nudged())
    every = max(1, -(-customers // at_most)) if at_most else 1
    of_these = customers
    if every > 1:
        # By their ids, so that only the touches of these are read; the top third is the sample's own.
        ids = sampled(ledger, segment_id, every)
        ours, of_these = [col(Customer.id).in_(ids)], len(ids)
    valuable = most_valuable(ledger, of=ours, limit=max(1, of_these // 3))
    old, new = _Tally(before), _Tally(after)
    until = replayed_until(today, rhythms.last_touch_on(ledger))
    first = until - timedelta(days=7 * WEEKS - 1)
    looked_at = more_at_risk = noticed_sooner = 0
    for customer_id, owner_id, since_on, days in people_and_days(ledger, until=until, of=ours):
        looked_at += 1
        if owner_id is not None:
            for tally in (old, new):
                for day in nudge_days(days, since_on, tally.segment, first=first, last=until):
                    tally.nudges[owner_id, (day - first).days // 7] += 1
        if customer_id in valuable:
            noticed, would_be = (is_noticed(days, since_on, segment, until) for segment in (before, after))
            more_at_risk += noticed and not would_be
            noticed_sooner += would_be and not noticed
    return WhatIf(
        before=before, after=after, nudges_before=old.a_week(of=every), nudges_after=new.a_week(of=every),
        more_at_risk=every * more_at_risk, noticed_sooner=every * noticed_sooner,
        looked_at=looked_at, customers=customers if every > 1 else looked_at,
        until=until if until != today else None,
    )  # fmt: skip


def _segment(ledger: Ledger, now: Segment, wanted: SegmentPolicy) -> Segment:
    """Return the segment as it would be, its cadence learned in its own days unless it is set."""
    learned: float | None = wanted.cadence_days
    if learned is None:
        spans: Iterator[tuple[int, date, date]] = rhythms.stored_spans(ledger, col(Customer.segment_id) == now.id)
        learned = learned_cadence_days(spans, wanted.counted) or DEFAULT_CADENCE_DAYS
    return replace(
        now, policy=wanted.policy, cadence_days=float(learned), counted=wanted.counted,
        exponent=now.exponent if wanted.exponent is None else wanted.exponent, lost_after=wanted.lost_after,
    )  # fmt: skip
