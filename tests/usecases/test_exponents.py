"""The exponent of a segment follows what became of its good customers, unless somebody set it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.exponent import Stayed, learned_exponent
from bot.domain.model import TouchKind
from bot.domain.policies import SegmentPolicy
from bot.recomputing import work_in_next
from bot.usecases.exponents import relearn_exponents
from bot.usecases.neglect import rank, segments_as_of
from bot.usecases.policies import change_policy, segment_state
from bot.usecases.recompute import differences
from bot.usecases.stayed import who_stayed
from storage.engine import Store
from tests.support.books import Books

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
TODAY = NOW.date()
LONG_AGO = date(2025, 1, 1)
REGULAR = tuple(range(0, 270, 15))
STOPPED = tuple(range(95, 270, 15))

Fill = Callable[..., int]


@pytest.fixture
def fill(store: Store, workspace: int) -> Fill:
    """Write a segment of whose valuable third so many stayed or stopped, with as many small ones as make it a third."""

    def fill(name: str, *, regular: int, stopped: int = 0, until: date = TODAY) -> int:
        valuable = [REGULAR] * regular + [STOPPED] * stopped
        with store.write(workspace) as ledger:
            books = Books(ledger)
            segment_id = books.segment(name)
            for number, days in enumerate([*valuable, *[REGULAR] * 2 * len(valuable)]):
                books.customer(
                    f"{name}-{number}", segment_id=segment_id, since_on=LONG_AGO,
                    value=9_000 if number < len(valuable) else 100,
                    touched=[until - timedelta(days=day) for day in days],
                )  # fmt: skip
            books.settle()
        return segment_id

    return fill


@pytest.fixture
def exponent(store: Store, workspace: int) -> Callable[[int], float]:
    def exponent(segment_id: int) -> float:
        with store.read(workspace) as ledger:
            return segment_state(ledger, segment_id).segment.exponent

    return exponent


Exponent = Callable[[int], float]


def test_where_good_customers_stay_silence_comes_to_count_more(
    store: Store, workspace: int, fill: Fill, exponent: Exponent
) -> None:
    loyal, fickle = fill("Loyal", regular=20), fill("Fickle", regular=5, stopped=15)
    with store.read(workspace) as ledger:
        stayed = who_stayed(ledger, {loyal: 90, fickle: 90}, today=TODAY)
    assert stayed == {loyal: Stayed(20, 0), fickle: Stayed(20, 15)}
    assert relearn_exponents(store, workspace, now=NOW) == 2
    assert exponent(loyal) == pytest.approx(learned_exponent(20, 0))
    assert exponent(fickle) == pytest.approx(learned_exponent(20, 15))


def test_where_amounts_are_known_money_decides_and_not_how_often_they_buy(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        books = Books(ledger)
        shop = books.segment("Shop")
        for number in range(30):
            customer_id = books.customer(f"c{number}", segment_id=shop, since_on=LONG_AGO)
            for day in REGULAR:
                spends_less_now = number < 10 and day < 90
                amount = 5 if spends_less_now else 50 if number < 10 else 10
                books.touch(customer_id, TODAY - timedelta(days=day), TouchKind.PURCHASE, amount=amount)
        books.settle()
        assert who_stayed(ledger, {shop: 90}, today=TODAY) == {shop: Stayed(10, 10)}


def test_over_a_longer_horizon_other_customers_have_slipped(store: Store, workspace: int, fill: Fill) -> None:
    segment_id = fill("Clients", regular=10, stopped=10)
    with store.read(workspace) as ledger:
        assert who_stayed(ledger, {segment_id: 45}, today=TODAY) == {segment_id: Stayed(20, 10)}
        assert who_stayed(ledger, {segment_id: 200}, today=TODAY) == {segment_id: Stayed(20, 0)}


def test_the_keys_follow_the_exponent_and_an_earlier_day_is_judged_by_what_it_taught(
    store: Store, workspace: int, fill: Fill, exponent: Exponent
) -> None:
    loyal = fill("Loyal", regular=10)
    with store.read(workspace) as ledger:
        before = [ranked.score for ranked in rank(ledger, as_of=TODAY, now_day=TODAY, everyone=True)]
        then = segments_as_of(ledger, TODAY)[loyal].exponent
        assert segments_as_of(ledger, LONG_AGO)[loyal].exponent == 0.5
    relearn_exponents(store, workspace, now=NOW)
    with store.read(workspace) as ledger:
        assert list(differences(ledger)) == []
        assert [ranked.score for ranked in rank(ledger, as_of=TODAY, now_day=TODAY, everyone=True)] != before
    assert exponent(loyal) == pytest.approx(then)


def test_what_somebody_set_stays_until_they_want_it_learned(
    store: Store, workspace: int, fill: Fill, exponent: Exponent
) -> None:
    loyal = fill("Loyal", regular=10)
    with store.write(workspace) as ledger:
        change_policy(ledger, loyal, SegmentPolicy(exponent=0.2), by=None, now=NOW)
    while work_in_next(store, workspace, now=NOW) is not None:
        pass
    assert relearn_exponents(store, workspace, now=NOW) == 0
    with store.read(workspace) as ledger:
        assert (exponent(loyal), segments_as_of(ledger, TODAY)[loyal].exponent) == (0.2, 0.2)
    with store.write(workspace) as ledger:
        change_policy(ledger, loyal, SegmentPolicy(), by=None, now=NOW)
    while work_in_next(store, workspace, now=NOW) is not None:
        pass
    assert relearn_exponents(store, workspace, now=NOW) == 1
    assert exponent(loyal) == pytest.approx(learned_exponent(10, 0))


def test_a_small_move_changes_nothing_and_a_month_passes_between_two_looks(
    store: Store, workspace: int, fill: Fill, exponent: Exponent
) -> None:
    steady = fill("Steady", regular=20)
    assert relearn_exponents(store, workspace, now=NOW) == 1
    learned = exponent(steady)
    for days, every in ((1, timedelta()), (29, timedelta(days=30)), (31, timedelta(days=30))):
        assert relearn_exponents(store, workspace, now=NOW + timedelta(days=days), every=every) == 0
        assert exponent(steady) == learned
    # Half a year later everybody has stopped, and the next look says so.
    assert relearn_exponents(store, workspace, now=NOW + timedelta(days=100)) == 1
    assert exponent(steady) == pytest.approx(learned_exponent(20, 20))


def test_a_segment_without_anybody_to_look_at_keeps_its_exponent(
    store: Store, workspace: int, exponent: Exponent
) -> None:
    with store.write(workspace) as ledger:
        books = Books(ledger)
        new = books.segment("New")
        books.customer("Fern", segment_id=new, since_on=LONG_AGO, touched=[TODAY])
        books.settle()
    assert relearn_exponents(store, workspace, now=NOW) == 0
    assert exponent(new) == 0.5
