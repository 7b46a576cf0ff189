"""Taking the score of one customer apart: what the ledger says, as the list of that day saw it."""

from datetime import date

from sqlmodel import col

from bot.domain.explain import Explanation, explain
from bot.usecases.neglect import relationship_on
from bot.usecases.worth import Worth
from storage import touches
from storage.ledger import Ledger
from storage.models import Customer
from storage.replay import histories


def explain_customer(ledger: Ledger, customer_id: int, *, as_of: date, now_day: date) -> Explanation:
    """Return why a customer stands where it does on the list of a day, down to its days of contact.

    A day before `now_day` is explained by what the ledger held then. Raises NotFound.
    """
    relationship = relationship_on(ledger, customer_id, as_of=as_of, now_day=now_day)
    last = touches.views_by_id(ledger, [relationship.last_touch_id] if relationship.last_touch_id else [])
    buyers = touches.buyers(ledger, ((customer_id, touch.kind) for touch in last.values()))
    relationship = relationship._replace(only_buys=customer_id in buyers)
    history = next(histories(ledger, until=as_of, of=[col(Customer.id) == customer_id]), None)
    return explain(
        relationship,
        as_of,
        has_rate=Worth.of(ledger).has_rate(relationship.currency),
        days=history.days if history else (),
    )
