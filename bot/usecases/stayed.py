"""What became of each segment's good customers since one horizon ago: who stayed, and who slipped."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from bot.domain.exponent import RHYTHM_FROM_DAYS, Followed, Stayed, count_stayed
from bot.usecases.worth import Worth
from storage.ledger import Ledger
from storage.replay import Contact, Windows, contact_in, days_until, spent_in


def who_stayed(ledger: Ledger, horizons: Mapping[int, int], *, today: date) -> dict[int, Stayed]:
    """Return how many good customers of each segment were looked at, and how many slipped, by its horizon in days.

    Looked at are the top third, by what they gave in the two horizons before, of those who had a rhythm one horizon
    ago and were active then; slipped are those who have given less than half as much since. What is given is money
    where the segment's touches carry amounts, else days with a touch, and the customer's value decides the top third.
    """
    by_horizon: defaultdict[int, list[int]] = defaultdict(list)
    for segment_id, horizon_days in horizons.items():
        by_horizon[horizon_days].append(segment_id)
    found: dict[int, Stayed] = {}
    for horizon_days, segment_ids in by_horizon.items():
        found |= _over(ledger, segment_ids, horizon_days, today)
    return found


def _over(ledger: Ledger, segment_ids: Collection[int], horizon_days: int, today: date) -> dict[int, Stayed]:
    then = today - timedelta(days=horizon_days)
    windows = Windows(then - timedelta(days=2 * horizon_days), then, today)
    followed = _with_rhythm(ledger, contact_in(ledger, segment_ids, windows), windows.first)
    spent = _spent(ledger, segment_ids, windows) if any(known.amounts for known in followed) else {}
    money: defaultdict[int, list[Followed]] = defaultdict(list)
    contact: defaultdict[int, list[Followed]] = defaultdict(list)
    for known in followed:
        before, since = spent.get(known.customer_id, (0.0, 0.0))
        if before > 0:
            a_day = before / (2 * horizon_days)
            money[known.segment_id].append(Followed(a_day, a_day, since / horizon_days))
        days = Followed(known.ranked_value, known.before / (2 * horizon_days), known.since / horizon_days)
        contact[known.segment_id].append(days)
    return {segment_id: count_stayed(money.get(segment_id) or contact[segment_id]) for segment_id in contact}


def _with_rhythm(ledger: Ledger, contact: Iterable[Contact], first: date) -> list[Contact]:
    """Return those who were active in the two horizons before and had a rhythm by their end, if not in them alone."""
    active = [known for known in contact if known.before]
    unsure = [known.customer_id for known in active if known.before < RHYTHM_FROM_DAYS]
    earlier = days_until(ledger, unsure, first)
    return [known for known in active if known.before + earlier.get(known.customer_id, 0) >= RHYTHM_FROM_DAYS]


def _spent(ledger: Ledger, segment_ids: Collection[int], windows: Windows) -> dict[int, tuple[float, float]]:
    """Return by customer what they spent in the two horizons before the last one, and in the last one."""
    worth = Worth.of(ledger)
    found: dict[int, tuple[float, float]] = {}
    for customer_id, currency, *minor in spent_in(ledger, segment_ids, windows):
        before, since = (worth.ranked(amount, currency or "") for amount in minor)
        so_far = found.get(customer_id, (0.0, 0.0))
        found[customer_id] = so_far[0] + before, so_far[1] + since
    return found
