"""Of customers who only ever bought nobody says that they talk: on cards, in lists, in the arithmetic."""

from datetime import date, timedelta

import pytest

from bot.domain.model import Direction, TouchKind
from bot.usecases.cards import cards_for
from bot.usecases.explaining import explain_customer
from bot.usecases.neglect import rank
from storage import customers
from storage.engine import Store
from tests.support.books import Books

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("also", "buys"), [(None, True), (TouchKind.NOTE, True), (TouchKind.EMAIL, False), (TouchKind.CALL, False)]
)
def test_one_talk_among_purchases_makes_them_somebody_who_talks(
    store: Store, workspace: int, also: TouchKind | None, buys: bool
) -> None:
    with store.write(workspace) as ledger:
        books = Books(ledger)
        clients = books.segment(set_cadence_days=20)
        shop = books.customer("Shop", segment_id=clients, since_on=TODAY - timedelta(days=400))
        talker = books.customer("Talker", segment_id=clients, since_on=TODAY - timedelta(days=400))
        for days in (150, 120, 90):
            on = TODAY - timedelta(days=days)
            books.touch(shop, on, TouchKind.PURCHASE, amount=20, direction=Direction.INBOUND)
            books.touch(talker, on)
        if also is not None:
            books.touch(shop, TODAY - timedelta(days=130), also)
        books.settle()
        found = customers.by_ids(ledger, [shop, talker]).values()
        on_cards = {
            card.relationship.customer_id: card.reason.only_buys for card in cards_for(ledger, found, today=TODAY)
        }
        ranked = rank(ledger, as_of=TODAY, now_day=TODAY, owner=None, segment=None, limit=None, everyone=True)
        listed = {one.relationship.customer_id: one.reason.only_buys for one in ranked}
        explained = explain_customer(ledger, shop, as_of=TODAY, now_day=TODAY)
    assert on_cards == listed == {shop: buys, talker: False}
    assert explained.relationship.only_buys is buys
