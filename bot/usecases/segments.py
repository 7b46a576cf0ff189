"""Changing how often a segment is talked to."""

from dataclasses import replace
from datetime import datetime
from math import ceil

from sqlmodel import col

from bot.domain.model import Teammate
from bot.errors import InputRefused, NotFound
from bot.usecases.policies import change_policy, segment_state
from bot.usecases.teammates import require_admin
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow

SLOWER = 2
MOST_RENEWAL_AHEAD = 365
ADMINS_SET_CADENCES = "Only admins change how often a segment is talked to. {admins}."


def slower_cadence(cadence_days: float) -> int:
    """Return the cadence that the third snooze proposes: twice as long, in whole days."""
    return ceil(cadence_days * SLOWER)


def talk_less_often(ledger: Ledger, customer_id: int, *, by: Teammate, now: datetime) -> int:
    """Double the cadence of a customer's segment; return the new cadence in days.

    Raises NotAllowed, naming the admins, for anybody but an admin: it changes the days of the whole segment.
    """
    require_admin(ledger, by, otherwise=ADMINS_SET_CADENCES)
    customer = ledger.get(Customer, customer_id)
    row = ledger.first(SegmentRow, col(SegmentRow.id) == customer.segment_id) if customer else None
    if customer is None or row is None:
        raise NotFound("That customer is not in this workspace any more.")
    cadence_days = slower_cadence(row.cadence_days)
    wanted = replace(segment_state(ledger, row.id).policy, cadence_days=cadence_days)
    change_policy(ledger, row.id, wanted, by=by, now=now)
    return cadence_days


def set_renewal_ahead(ledger: Ledger, segment_id: int, typed: str, *, by: Teammate) -> None:
    """Set how many days before a renewal its owner is told. Raises NotAllowed, NotFound, InputRefused."""
    require_admin(ledger, by, otherwise=ADMINS_SET_CADENCES)
    row = ledger.get(SegmentRow, segment_id)
    if row is None:
        raise NotFound("That segment is not in this workspace.")
    if not typed.isdecimal() or int(typed) > MOST_RENEWAL_AHEAD:
        raise InputRefused(
            "'{days}' is no number of days. Write 0 to {most}.",
            about="renewal_ahead",
            days=typed,
            most=MOST_RENEWAL_AHEAD,
        )
    row.renewal_ahead_days = int(typed)
    ledger.add(row)
