"""A customer is explained with the numbers that put it on the list, today and on an earlier day."""

from datetime import datetime, timedelta

import pytest

from bot.domain.explain import HeldBack, WorthFrom
from bot.errors import NotFound
from bot.usecases.explaining import explain_customer
from bot.usecases.neglect import rank
from storage.engine import Store
from tests.support.books import Books
from tests.support.cast import write_cast


def test_it_is_the_score_of_the_list_on_any_day(store: Store, workspace: int, now: datetime) -> None:
    with store.write(workspace) as ledger:
        today = now.date()
        write_cast(ledger, today)
        for day in (today, today - timedelta(days=30), today + timedelta(days=10)):
            for listed in rank(ledger, as_of=day, now_day=today, everyone=True):
                explained = explain_customer(ledger, listed.relationship.customer_id, as_of=day, now_day=today)
                assert explained.score == pytest.approx(listed.score, rel=1e-12)
                assert explained.warmth == pytest.approx(listed.warmth, rel=1e-12)
                assert sum(contact.left for contact in explained.contacts) == pytest.approx(explained.recent)


def test_what_was_decided_is_there(store: Store, workspace: int, now: datetime) -> None:
    with store.write(workspace) as ledger:
        cast = write_cast(ledger, now.date())
        today = now.date()
        asleep = explain_customer(ledger, cast.dune, as_of=today, now_day=today)
        assert asleep.held_back == (HeldBack.SNOOZED,)
        lurker = explain_customer(ledger, cast.elm, as_of=today, now_day=today)
        assert HeldBack.LURKER in lurker.held_back


def test_a_currency_without_a_rate_is_said(store: Store, workspace: int, now: datetime) -> None:
    with store.write(workspace) as ledger:
        books = Books(ledger)
        customer_id = books.customer("Hill", segment_id=books.segment(), since_on=now.date(), currency="USD")
        books.settle()
        explained = explain_customer(ledger, customer_id, as_of=now.date(), now_day=now.date())
    assert explained.worth_from is WorthFrom.UNRATED


def test_a_customer_of_nobody_here_is_not_found(store: Store, workspace: int, now: datetime) -> None:
    with store.read(workspace) as ledger, pytest.raises(NotFound):
        explain_customer(ledger, 1, as_of=now.date(), now_day=now.date())
