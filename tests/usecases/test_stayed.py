"""Who stayed: what the database counts is what a walk over every touch would count."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple

import pytest

from bot.domain.exponent import Followed, Stayed, count_stayed
from bot.domain.model import TouchKind
from bot.usecases.stayed import who_stayed
from bot.usecases.touches import retract_touch
from storage.engine import Store
from storage.models import Workspace
from tests.support.books import Books

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TODAY = NOW.date()
LONG_AGO = date(2024, 1, 1)
HORIZONS = (30, 90)
DOLLAR = 0.5


class Told(NamedTuple):
    """A touch so many days ago, with an amount or without; notes and what was taken back count for nothing."""

    days_ago: int
    kind: TouchKind
    amount: int | None
    currency: str
    taken_back: bool

    @property
    def counts(self) -> bool:
        return self.kind.counts and not self.taken_back and self.days_ago >= 0

    @property
    def worth(self) -> float:
        return (self.amount or 0) * (DOLLAR if self.currency == "USD" else 1)


class Someone(NamedTuple):
    """A customer of one of the segments."""

    segment: int
    value: int
    touched: list[Told]


def told(random: Random) -> Told:
    return Told(
        random.choice([random.randrange(-3, 300), random.randrange(-3, 100), random.choice([30, 90, 270, 300])]),
        random.choice([TouchKind.CALL, TouchKind.PURCHASE, TouchKind.PURCHASE, TouchKind.NOTE]),
        random.choice([None, random.randrange(1, 50)]),
        random.choice(["EUR", "USD"]),
        random.random() < 0.15,
    )


def everybody_of(random: Random, *, sells: bool) -> list[Someone]:
    """Two hundred customers; where nothing is sold, days of contact decide."""
    found = []
    for _ in range(200):
        touched = [told(random) for _ in range(random.randrange(4, 14))]
        touched += random.sample(touched, len(touched) // 3)
        touched = touched if sells else [touch._replace(amount=None) for touch in touched]
        found.append(Someone(random.randrange(len(HORIZONS)), random.randrange(1, 9), touched))
    return found


def walked(everybody: list[Someone], segment: int, horizon: int) -> Stayed:
    """Count one segment's customers, touch by touch."""
    money, contact = [], []
    for one in everybody:
        counted = [touch for touch in one.touched if touch.counts]
        until_then = {touch.days_ago for touch in counted if touch.days_ago >= horizon}
        if one.segment != segment or len(until_then) < 3 or min(until_then) >= 3 * horizon:
            continue
        before = [touch for touch in counted if horizon <= touch.days_ago < 3 * horizon]
        since = [touch for touch in counted if touch.days_ago < horizon]
        spent, lately = (sum(touch.worth for touch in part) for part in (before, since))
        if spent:
            money.append(Followed(spent, spent / (2 * horizon), lately / horizon))
        days, days_lately = (len({touch.days_ago for touch in part}) for part in (before, since))
        contact.append(Followed(one.value, days / (2 * horizon), days_lately / horizon))
    return count_stayed(money or contact)


@pytest.mark.parametrize("sells", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_the_database_counts_as_a_walk_over_every_touch_does(
    store: Store, workspace: int, seed: int, sells: bool
) -> None:
    everybody = everybody_of(Random(seed), sells=sells)
    with store.write(workspace) as ledger:
        books = Books(ledger)
        row = ledger.session.get(Workspace, workspace)
        assert row is not None
        row.base_currency, row.rates = "EUR", {"USD": DOLLAR}
        segment_ids = [books.segment(f"S{number}") for number in range(len(HORIZONS))]
        for number, one in enumerate(everybody):
            customer_id = books.customer(
                f"c{number}", segment_id=segment_ids[one.segment], since_on=LONG_AGO, value=one.value
            )
            for touch in one.touched:
                touch_id = books.touch(
                    customer_id, TODAY - timedelta(days=touch.days_ago), touch.kind, amount=touch.amount,
                    currency=touch.currency,
                )  # fmt: skip
                if touch.taken_back:
                    retract_touch(ledger, touch_id, now=NOW)
        books.settle()
        found = who_stayed(ledger, dict(zip(segment_ids, HORIZONS, strict=True)), today=TODAY)
    assert found == {
        segment_id: walked(everybody, number, HORIZONS[number]) for number, segment_id in enumerate(segment_ids)
    }
    assert all(stayed.looked_at > 2 for stayed in found.values())
