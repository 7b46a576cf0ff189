"""Learning how much silence weighs in each segment, from what became of its good customers since one horizon ago."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.exponent import (
    EXPONENT_MOVES_BY,
    RHYTHM_FROM_DAYS,
    Followed,
    Stayed,
    count_stayed,
    learned_exponent,
)
from bot.usecases.recompute import recompute_segment
from bot.usecases.worth import Worth
from storage.ledger import Ledger
from storage.models import SegmentRow
from storage.replay import Given, given_by_customer

HORIZON_DAYS = 90


@dataclass(frozen=True, slots=True)
class LearnedExponent:
    """What a segment's good customers taught: `exponent` is the one in force now, `learned` what the count says."""

    segment_id: int
    stayed: Stayed
    learned: float
    exponent: float


def learn_exponents(ledger: Ledger, *, today: date, horizon_days: int = HORIZON_DAYS) -> list[LearnedExponent]:
    """Set the exponent of every segment whose good customers say otherwise by more than .05, and rewrite its keys.

    Looked at are the top third, by what they gave in the two horizons before, of those who had a rhythm one horizon
    ago and were active then; slipped are those who have given less than half as much since. What is given is money
    where the segment's touches carry amounts, else days with a touch, and the customer's value decides the top third.
    """
    worth = Worth.of(ledger)
    money: dict[int, list[Followed]] = {}
    contact: dict[int, list[Followed]] = {}
    for segment_id, value, given in given_by_customer(ledger, until=today):
        if _had_rhythm(given, then=today - timedelta(days=horizon_days), horizon_days=horizon_days):
            spent = _follow(given, today, horizon_days, worth)
            if spent.before > 0:
                money.setdefault(segment_id, []).append(spent)
            days = _follow(given, today, horizon_days, None)
            contact.setdefault(segment_id, []).append(Followed(value, days.before, days.since))
    return [
        _apply(ledger, row, count_stayed(money.get(row.id) or contact.get(row.id) or []))
        for row in ledger.rows(SegmentRow)
    ]


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


def _apply(ledger: Ledger, row: SegmentRow, stayed: Stayed) -> LearnedExponent:
    learned = learned_exponent(stayed.looked_at, stayed.slipped)
    if stayed.looked_at and abs(learned - row.exponent) > EXPONENT_MOVES_BY:
        row.exponent = learned
        ledger.session.flush()
        recompute_segment(ledger, row.id)
    return LearnedExponent(row.id, stayed, learned, row.exponent)
