"""What became of each segment's good customers since one horizon ago: who stayed, and who slipped."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from bot.domain.exponent import RHYTHM_FROM_DAYS, Followed, Stayed, count_stayed
from bot.usecases.worth import Worth
from storage.ledger import Ledger
from storage.replay import Given, given_by_customer


def who_stayed(ledger: Ledger, horizons: Mapping[int, int], *, today: date) -> dict[int, Stayed]:
    """Return how many good customers of each segment were looked at, and how many slipped, by its horizon in days.

    Looked at are the top third, by what they gave in the two horizons before, of those who had a rhythm one horizon
    ago and were active then; slipped are those who have given less than half as much since. What is given is money
    where the segment's touches carry amounts, else days with a touch, and the customer's value decides the top third.
    """
    worth = Worth.of(ledger)
    money: dict[int, list[Followed]] = {}
    contact: dict[int, list[Followed]] = {}
    for segment_id, value, given in given_by_customer(ledger, until=today):
        horizon_days = horizons.get(segment_id)
        if horizon_days and _had_rhythm(given, then=today - timedelta(days=horizon_days), horizon_days=horizon_days):
            spent = _follow(given, today, horizon_days, worth)
            if spent.before > 0:
                money.setdefault(segment_id, []).append(spent)
            days = _follow(given, today, horizon_days, None)
            contact.setdefault(segment_id, []).append(Followed(value, days.before, days.since))
    return {segment_id: count_stayed(money.get(segment_id) or contact[segment_id]) for segment_id in contact}


def _had_rhythm(given: Sequence[Given], *, then: date, horizon_days: int) -> bool:
    days = {touch.on for touch in given if touch.on <= then}
    return len(days) >= RHYTHM_FROM_DAYS and max(days) > then - timedelta(days=2 * horizon_days)


def _follow(given: Sequence[Given], today: date, horizon_days: int, worth: Worth | None) -> Followed:
    """Return what a customer gave a day in the two horizons before the last one, and in the last one."""
    then = today - timedelta(days=horizon_days)
    first = then - timedelta(days=2 * horizon_days)
    before = _total((touch for touch in given if first < touch.on <= then), worth) / (2 * horizon_days)
    since = _total((touch for touch in given if touch.on > then), worth) / horizon_days
    return Followed(value=before, before=before, since=since)


def _total(given: Iterable[Given], worth: Worth | None) -> float:
    if worth is None:
        return len({touch.on for touch in given})
    return sum(
        worth.ranked(touch.amount_minor, touch.currency or "") for touch in given if touch.amount_minor is not None
    )
