"""Values in several currencies are compared by rates that somebody sets."""

from datetime import date

import pytest

from bot.errors import InputRefused
from bot.usecases.rates import rates_of, set_base_currency, set_rate
from storage.engine import Store
from storage.ledger import Ledger
from storage.neglect_list import neglected
from tests.support.books import Books

TODAY = date(2026, 2, 20)


def order(ledger: Ledger) -> list[str]:
    return [r.name for r in neglected(ledger, today=TODAY, limit=5, whole_team=True)]


def test_a_rate_puts_customers_of_another_currency_in_their_true_place(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        books = Books(ledger)
        segment = books.segment()
        books.customer("Euro", segment_id=segment, since_on=date(2026, 1, 1), value=1_000)
        books.customer("Dollar", segment_id=segment, since_on=date(2026, 1, 1), value=1_100, currency="USD")
        books.settle()
        assert order(ledger) == ["Dollar", "Euro"]
        assert set_rate(ledger, "usd", 0.5) == 1
        assert order(ledger) == ["Euro", "Dollar"]
        assert rates_of(ledger) == ("EUR", {"USD": 0.5})


def test_rates_are_turned_into_another_base_currency_that_has_one(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        set_rate(ledger, "USD", 0.8)
        set_rate(ledger, "GBP", 1.2)
        set_base_currency(ledger, "USD")
        for _ in range(2):
            base, rates = rates_of(ledger)
            assert base == "USD"
            assert rates == pytest.approx({"EUR": 1.25, "GBP": 1.5})
            set_base_currency(ledger, "USD")


def test_nobody_knows_the_rates_to_a_base_currency_that_has_none(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        set_rate(ledger, "USD", 0.8)
        set_base_currency(ledger, "CHF")
        assert rates_of(ledger) == ("CHF", {})


@pytest.mark.parametrize(("code", "rate"), [("XXY", 1.0), ("EUR", 1.0), ("USD", 0.0), ("USD", float("nan"))])
def test_a_rate_that_means_nothing_is_refused(store: Store, workspace: int, code: str, rate: float) -> None:
    with store.write(workspace) as ledger, pytest.raises(InputRefused):
        set_rate(ledger, code, rate)
