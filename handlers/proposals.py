"""Buttons under what a rule proposes to change about itself: do it, leave it, and the way back. Admins only."""

from bot.usecases import quieter
from handlers.edge import Answer, Visit


def handle_accept(visit: Visit) -> Answer:
    """Make the change."""
    with visit.effect() as ledger:
        quieter.accept(ledger, int(visit.value), by=visit.teammate, now=visit.now)
    visit.desk.recompute()
    return None


def handle_leave(visit: Visit) -> Answer:
    """Leave the rule as it is."""
    with visit.effect() as ledger:
        quieter.leave(ledger, int(visit.value), by=visit.teammate, now=visit.now)
    return None


def handle_take_back(visit: Visit) -> Answer:
    """Undo the answer."""
    with visit.effect() as ledger:
        quieter.take_back(ledger, int(visit.value), by=visit.teammate, now=visit.now)
    visit.desk.recompute()
    return None
