"""Menus that are filled while a person types."""

from bot.blocks.kit import option
from bot.blocks.text import cut, tidy
from bot.usecases import customers
from handlers.edge import Answer, Visit

MOST = 100


def options_customer(visit: Visit) -> Answer:
    """Return the customers that the typed words may mean."""
    with visit.look() as ledger:
        found = customers.find(ledger, str(visit.body.get("value") or ""), limit=MOST)
    return {"options": [option(cut(tidy(name), 75) or str(i), str(i)) for i, name in found]}
