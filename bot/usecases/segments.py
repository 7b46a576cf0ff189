"""Changing how often a segment is talked to."""

from math import ceil

from sqlmodel import col

from bot.domain.model import Teammate
from bot.errors import NotFound
from bot.usecases.recompute import recompute_segment
from bot.usecases.teammates import require_admin
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow

SLOWER = 2
ADMINS_SET_CADENCES = "Only admins change how often a segment is talked to. Yours are {admins}."


def slower_cadence(cadence_days: float) -> int:
    """Return the cadence that the third snooze proposes: twice as long, in whole days."""
    return ceil(cadence_days * SLOWER)


def talk_less_often(ledger: Ledger, customer_id: int, *, by: Teammate) -> int:
    """Double the cadence of a customer's segment; return the new cadence in days.

    Raises NotAllowed, naming the admins, for anybody but an admin: it changes the days of the whole segment.
    """
    require_admin(ledger, by, otherwise=ADMINS_SET_CADENCES)
    customer = ledger.get(Customer, customer_id)
    row = ledger.first(SegmentRow, col(SegmentRow.id) == customer.segment_id) if customer else None
    if customer is None or row is None:
        raise NotFound("That customer is not in this workspace any more.")
    row.set_cadence_days = slower_cadence(row.cadence_days)
    ledger.add(row)
    recompute_segment(ledger, row.id)
    return row.set_cadence_days
