"""Three measures of a list of neglected customers, judged by what the customers did afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

RHYTHM_FROM_DAYS = 3
FIRST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Case:
    """A day on which the list is asked for, and how many days afterwards are looked at."""

    cut_off: date
    horizon_days: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One customer in one case: event days until the cut-off, and what came in the horizon after it.

    `spend_per_day` is its own spend a day over the last two horizons before the cut-off.
    """

    id: str
    days: tuple[date, ...]
    spend_per_day: float
    later: tuple[tuple[date, float], ...]

    @property
    def has_rhythm(self) -> bool:
        """Whether it was there on three days or more."""
        return len(self.days) >= RHYTHM_FROM_DAYS

    @property
    def mean_gap(self) -> float:
        """Its own mean gap between event days."""
        return (self.days[-1] - self.days[0]).days / (len(self.days) - 1)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a method says of a customer: how likely it is gone, and its place in the list; larger comes first."""

    risk: float
    order: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The three measures of a method in one case, or their means over several."""

    a_rhy: float
    a_own: float
    b_lvc10: float

    @property
    def mean(self) -> float:
        """What a method is judged by."""
        return (self.a_rhy + self.a_own + self.b_lvc10) / 3


def mean_of(measured: Sequence[Measured]) -> Measured:
    """Return the mean of each measure."""
    return Measured(
        fmean(m.a_rhy for m in measured), fmean(m.a_own for m in measured), fmean(m.b_lvc10 for m in measured)
    )


def roc_auc(pairs: Sequence[tuple[float, bool]]) -> float:
    """Return how often a positive has the larger risk than a negative; ties count half. Half if a kind is missing."""
    ordered = sorted(pairs)
    positives = sum(positive for _, positive in ordered)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        return 0.5
    ranks, start = 0.0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        ranks += (start + end + 1) / 2 * sum(positive for _, positive in ordered[start:end])
        start = end
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def measure(seen: Sequence[Seen], judged: Sequence[Judged], case: Case) -> Measured:
    """Judge a method's list.

    A_rhy: risk of no event in H, among those with a rhythm and an own mean gap of at most H/2. A_own: risk of no event
    within three own mean gaps after the cut-off, among those with a rhythm and three gaps of at most H. B_lvc10: see
    `loss_captured`.
    """
    no_event, later_than_own = [], []
    for customer, said in zip(seen, judged, strict=True):
        if not customer.has_rhythm:
            continue
        if customer.mean_gap <= case.horizon_days / 2:
            no_event.append((said.risk, not customer.later))
        if 3 * customer.mean_gap <= case.horizon_days:
            last = case.cut_off + timedelta(days=3 * customer.mean_gap)
            later_than_own.append((said.risk, not any(day <= last for day, _ in customer.later)))
    return Measured(roc_auc(no_event), roc_auc(later_than_own), loss_captured(seen, judged, case))


def loss_captured(seen: Sequence[Seen], judged: Sequence[Judged], case: Case) -> float:
    """Return the share of loss in the first tenth of the list, over the most that any tenth could hold.

    Looked at are customers with a rhythm, active in the last 2H, in the top third by their spend a day (v). Loss is
    v·H less what they spent in H, where that is under half of v·H.
    """
    since = case.cut_off - timedelta(days=2 * case.horizon_days)
    active = [pair for pair in zip(seen, judged, strict=True) if pair[0].has_rhythm and pair[0].days[-1] > since]
    active.sort(key=lambda pair: -pair[0].spend_per_day)
    top = active[: len(active) // 3]
    losses = [(said.order, _loss(customer, case.horizon_days)) for customer, said in top]
    first = max(1, round(FIRST_SHARE * len(losses)))
    most = sum(sorted((loss for _, loss in losses), reverse=True)[:first])
    captured = sum(loss for _, loss in sorted(losses, key=lambda pair: -pair[0])[:first])
    return captured / most if most else 0.0


def _loss(customer: Seen, horizon_days: int) -> float:
    expected = customer.spend_per_day * horizon_days
    spent = sum(amount for _, amount in customer.later)
    return expected - spent if spent < expected / 2 else 0.0
