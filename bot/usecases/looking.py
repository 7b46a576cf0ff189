"""Beginning to draw a page: what all of its parts need is read first."""

from storage import customers, people
from storage.ledger import Ledger
from storage.look import Look


def look_at(ledger: Ledger) -> Look:
    """Return a ledger for drawing one page, with segments and people as they are now; a look is returned as it is."""
    if isinstance(ledger, Look):
        return ledger
    return Look(ledger.session, ledger.workspace_id, customers.segments_as_stored(ledger), people.team(ledger))
