"""The exponent of a segment follows what became of its good customers."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot.domain.exponent import Stayed, learned_exponent
from bot.domain.model import TouchKind
from bot.usecases.exponents import learn_exponents
from bot.usecases.neglect import rank
from bot.usecases.recompute import differences
from storage.engine import Store
from storage.models import SegmentRow
from tests.support.books import Books

TODAY = date(2026, 11, 24)
LONG_AGO = date(2025, 1, 1)
REGULAR = tuple(range(0, 270, 15))
STOPPED = tuple(range(95, 270, 15))


@pytest.fixture
def books(store: Store, workspace: int) -> Iterator[Books]:
    with store.write(workspace) as ledger:
        yield Books(ledger)


def fill(books: Books, *, segment_id: int, regular: int, stopped: int) -> None:
    """Write customers of which the valuable third stayed or stopped, and as many small ones as make it a third."""
    valuable = [REGULAR] * regular + [STOPPED] * stopped
    for number, days in enumerate([*valuable, *[REGULAR] * 2 * len(valuable)]):
        books.customer(
            f"c{segment_id}-{number}", segment_id=segment_id, since_on=LONG_AGO,
            value=9_000 if number < len(valuable) else 100,
            touched=[TODAY - timedelta(days=day) for day in days],
        )  # fmt: skip
    books.settle()


def exponent(books: Books, segment_id: int) -> float:
    row = books.ledger.get(SegmentRow, segment_id)
    assert row is not None
    return row.exponent


def test_where_good_customers_stay_silence_comes_to_count_more(books: Books) -> None:
    loyal, fickle = books.segment("Loyal"), books.segment("Fickle")
    fill(books, segment_id=loyal, regular=20, stopped=0)
    fill(books, segment_id=fickle, regular=5, stopped=15)
    learned = {found.segment_id: found for found in learn_exponents(books.ledger, today=TODAY)}
    assert learned[loyal].stayed == Stayed(20, 0)
    assert learned[fickle].stayed == Stayed(20, 15)
    assert exponent(books, loyal) == pytest.approx(learned_exponent(20, 0))
    assert exponent(books, fickle) == pytest.approx(learned_exponent(20, 15))


def test_where_amounts_are_known_money_decides_and_not_how_often_they_buy(books: Books) -> None:
    shop = books.segment("Shop")
    for number in range(30):
        customer_id = books.customer(f"c{number}", segment_id=shop, since_on=LONG_AGO)
        for day in REGULAR:
            spends_less_now = number < 10 and day < 90
            amount = 5 if spends_less_now else 50 if number < 10 else 10
            books.touch(customer_id, TODAY - timedelta(days=day), TouchKind.PURCHASE, amount=amount)
    books.settle()
    assert learn_exponents(books.ledger, today=TODAY)[0].stayed == Stayed(10, 10)


def test_the_keys_follow_the_exponent(books: Books) -> None:
    loyal = books.segment("Loyal")
    fill(books, segment_id=loyal, regular=10, stopped=0)
    before = [ranked.score for ranked in rank(books.ledger, as_of=TODAY, now_day=TODAY, everyone=True)]
    learn_exponents(books.ledger, today=TODAY)
    books.ledger.session.expire_all()
    assert list(differences(books.ledger)) == []
    assert [ranked.score for ranked in rank(books.ledger, as_of=TODAY, now_day=TODAY, everyone=True)] != before


def test_a_small_move_changes_nothing(books: Books) -> None:
    steady = books.segment("Steady", exponent=0.8)
    fill(books, segment_id=steady, regular=12, stopped=0)
    found = learn_exponents(books.ledger, today=TODAY)[0]
    assert abs(found.learned - 0.8) < 0.05
    assert (found.exponent, exponent(books, steady)) == (0.8, 0.8)


def test_a_segment_without_anybody_to_look_at_keeps_its_exponent(books: Books) -> None:
    new = books.segment("New")
    books.customer("Fern", segment_id=new, since_on=LONG_AGO, touched=[TODAY])
    books.settle()
    assert learn_exponents(books.ledger, today=TODAY)[0].exponent == exponent(books, new) == 0.5
