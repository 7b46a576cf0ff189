"""The rules that Keepwarm's is measured against, each as teams use it."""

from collections.abc import Callable, Sequence
from statistics import median

from bench.measures import Case, Judged, Seen

Method = Callable[[Sequence[Seen], Case], list[Judged]]


def _silence(customer: Seen, case: Case) -> int:
    return (case.cut_off - customer.days[-1]).days


def recency(seen: Sequence[Seen], case: Case) -> list[Judged]:
    """Longest silent first."""
    return [Judged(_silence(customer, case), _silence(customer, case)) for customer in seen]


def fixed_cadence(seen: Sequence[Seen], case: Case) -> list[Judged]:
    """Silence in multiples of everybody's usual gap; the list by value times that."""
    gaps = [customer.mean_gap for customer in seen if len(customer.days) > 1]
    cadence = max(1.0, median(gaps)) if gaps else 30.0
    ratios = [_silence(customer, case) / cadence for customer in seen]
    return [Judged(ratio, c.spend_per_day * ratio) for c, ratio in zip(seen, ratios, strict=True)]


def own_gap_ratio(seen: Sequence[Seen], case: Case) -> list[Judged]:
    """Silence in multiples of the customer's own mean gap; the list by value times that."""
    ratios = [
        _silence(customer, case) / max(1.0, customer.mean_gap if len(customer.days) > 1 else case.horizon_days)
        for customer in seen
    ]
    return [Judged(ratio, c.spend_per_day * ratio) for c, ratio in zip(seen, ratios, strict=True)]


def rfm(seen: Sequence[Seen], case: Case) -> list[Judged]:
    """Fifths by recency, frequency and money: gone is silent and seldom; the list is silent, frequent and valuable."""
    silent = _fifths([_silence(customer, case) for customer in seen])
    often = _fifths([len(customer.days) for customer in seen])
    money = _fifths([customer.spend_per_day for customer in seen])
    return [Judged(r - f, r + f + m) for r, f, m in zip(silent, often, money, strict=True)]


def _fifths(values: Sequence[float]) -> list[int]:
    order = sorted(range(len(values)), key=values.__getitem__)
    fifths = [0] * len(values)
    for place, index in enumerate(order):
        fifths[index] = 5 * place // len(values)
    return fifths


RIVALS: dict[str, Method] = {
    "recency": recency,
    "fixed cadence": fixed_cadence,
    "silence over own gap": own_gap_ratio,
    "RFM": rfm,
}
