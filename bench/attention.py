"""What a team keeps in a year with little time: whom to touch, by plain sorts and by what pays most, at equal effort.

`python -m bench.attention [--seed N] [--years N]`. Every way sees the same customers with the same fates: each has a
value, a gap of its own, and a risk of leaving that grows with its silence in own gaps, by a power that differs from one
to the next and that no way knows. Weeks are played with Keepwarm's own rhythm and due day; each way chooses the same
number of touches a week from those who are due. What is told is the value of those who are left after the year.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from statistics import fmean

from bench.harness import Figure, at_most
from bench.place import Place
from bot.domain.attention import Room, benefit, plan_attention
from bot.domain.model import Relationship, Rhythm, Segment, Standing
from bot.domain.rhythm import after_touch, due_on, is_lost, replay, score

SEED = 7
YEARS = 30
CUSTOMERS = 150
TOUCHES_A_WEEK = 8
BEARABLE_GAPS = 8
WEEKS = 52
RESAMPLES = 2_000
FIRST_DAY = date(2026, 1, 5)
SEGMENT = Segment(1, "Clients", cadence_days=30.0)
OURS = "what pays most"

Pick = Callable[[Sequence[Relationship], date, int], Sequence[Relationship]]


@dataclass(slots=True)
class Fate:
    """One customer: what is known, and what is not: its gap in days, how the risk grows, and how much it bears."""

    known: Relationship
    gap_days: float
    power: float
    bears: float
    borne: float = 0.0

    def left_after(self, days: int, today: date) -> bool:
        """Live through some days of silence until `today`; say whether the customer has left."""
        silent = (today - self.known.silent_since_on).days
        self.borne += self._risk_until(silent) - self._risk_until(max(0, silent - days))
        return self.borne >= self.bears

    def _risk_until(self, silent_days: int) -> float:
        """The risk run in a silence: 1, at which two in three have left, after BEARABLE_GAPS."""
        return float((silent_days / (BEARABLE_GAPS * self.gap_days)) ** self.power)


def people(random: Random, count: int) -> list[Fate]:
    """Draw customers with half a dozen touches behind them."""
    return [_fate(random, number) for number in range(1, count + 1)]


def _fate(random: Random, number: int) -> Fate:
    gap = min(120.0, max(8.0, random.lognormvariate(3.35, 0.55)))
    day = FIRST_DAY - timedelta(days=random.randint(1, round(2.5 * gap)))
    days = [day]
    for _ in range(random.randint(2, 7)):
        days.append(days[-1] - timedelta(days=max(1, round(random.gauss(gap, gap / 4)))))
    known = Relationship(
        customer_id=number, external_id=None, name=f"C{number}", owner_id=1, segment=SEGMENT,
        standing=Standing.CUSTOMER, value_minor=None, currency="EUR", ranked_value=random.lognormvariate(9.5, 1.1),
        since_on=days[-1], rhythm=None, due_on=FIRST_DAY, nudge_from_on=FIRST_DAY,
    )  # fmt: skip
    fate = Fate(known, gap, power=random.uniform(1.5, 3.0), bears=random.expovariate(1.0))
    return replace(fate, known=_with(known, replay(days, SEGMENT)))


def _with(known: Relationship, rhythm: Rhythm | None) -> Relationship:
    due = due_on(rhythm, known.since_on, SEGMENT)
    return known._replace(rhythm=rhythm, due_on=due, nudge_from_on=due)


def _best(key: Callable[[Relationship, date], float]) -> Pick:
    return lambda due, today, room: sorted(due, key=lambda r: (-key(r, today), r.customer_id))[:room]


def _ours(due: Sequence[Relationship], today: date, room: int) -> Sequence[Relationship]:
    chosen, _ = plan_attention(
        due, room=Room(aim=room, at_most=room, cards=room), pays=lambda r: benefit(r, today), costs=lambda _: 1
    )
    return chosen


WAYS: Mapping[str, Pick] = {
    "value": _best(lambda r, _: r.ranked_value),
    "days overdue": _best(lambda r, today: (today - r.due_on).days),
    "longest silence": _best(lambda r, today: (today - r.silent_since_on).days),
    "the list's own order": _best(score),
    OURS: _ours,
}


def value_kept(fates: Sequence[Fate], pick: Pick, *, touches_a_week: int) -> float:
    """Play a year; return the share of the customers' value that is left."""
    here = [replace(fate) for fate in fates]
    everything = sum(fate.known.ranked_value for fate in here)
    for week in range(WEEKS):
        today = FIRST_DAY + timedelta(weeks=week)
        due = {
            fate.known.customer_id: fate
            for fate in here
            if fate.known.due_on <= today and not is_lost(fate.known.silent_since_on, SEGMENT, today)
        }
        for chosen in pick([fate.known for fate in due.values()], today, touches_a_week):
            fate = due[chosen.customer_id]
            fate.known = _with(fate.known, after_touch(fate.known.rhythm, today, SEGMENT))
        ahead = today + timedelta(weeks=1)
        here = [fate for fate in here if not fate.left_after(7, ahead)]
    return sum(fate.known.ranked_value for fate in here) / everything


@dataclass(frozen=True, slots=True)
class Kept:
    """What one way keeps on average, and by how much ours keeps more: the mean and 95 % of it by resampled years."""

    way: str
    share: float
    ours_more: float
    at_least: float
    at_most: float


def compare(*, seed: int, years: int, customers: int = CUSTOMERS, touches_a_week: int = TOUCHES_A_WEEK) -> list[Kept]:
    """Play every way through the same years."""
    random = Random(seed)
    kept: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(years):
        fates = people(random, customers)
        for way, pick in WAYS.items():
            kept[way].append(value_kept(fates, pick, touches_a_week=touches_a_week))
    return [_against(way, kept[way], kept[OURS], random) for way in WAYS]


def _against(way: str, shares: Sequence[float], ours: Sequence[float], random: Random) -> Kept:
    more = [mine - theirs for mine, theirs in zip(ours, shares, strict=True)]
    means = sorted(fmean(random.choices(more, k=len(more))) for _ in range(RESAMPLES))
    return Kept(way, fmean(shares), fmean(more), means[RESAMPLES // 40], means[-RESAMPLES // 40])


def measure_attention(_place: Place | None) -> Iterator[Figure]:
    """The value that ours loses in a year against the best plain sort, by the same touches; it needs no ledger."""
    found = {kept.way: 1 - kept.share for kept in compare(seed=SEED, years=6)}
    plain = min(found[way] for way in ("value", "days overdue", "longest silence"))
    ratio = found[OURS] / plain
    what = "value lost in a year, against the best plain sort"
    yield Figure(what, ratio, 1000 * plain, 1000 * found[OURS], "‰", at_most(1.0))


def main() -> None:
    """Print what each way keeps."""
    parser = argparse.ArgumentParser(prog="python -m bench.attention", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--years", type=int, default=YEARS)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--touches", type=int, default=TOUCHES_A_WEEK, help="a week")
    asked = parser.parse_args()
    found = compare(seed=asked.seed, years=asked.years, customers=asked.customers, touches_a_week=asked.touches)
    print(f"{asked.customers} customers, {asked.touches} touches a week, {asked.years} years, seed {asked.seed}")
    for kept in found:
        more, least, most = (100 * points for points in (kept.ours_more, kept.at_least, kept.at_most))
        beside = "" if kept.way == OURS else f"; ours keeps {more:+.1f} points more ({least:+.1f} to {most:+.1f})"
        print(f"{kept.way:22} keeps {100 * kept.share:.1f} % of the value{beside}")


if __name__ == "__main__":
    main()
