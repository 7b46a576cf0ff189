"""How much attention somebody has left today, from what they said they have and what they did this week."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from bot.domain.attention import Budget, Room, room_today, sending_days_left, week_of
from bot.domain.days_off import DaysOff
from bot.domain.model import Frequency
from storage import customers, touches
from storage.ledger import Ledger
from storage.shown import Shown


def spent_this_week(
    ledger: Ledger, budget: Budget, *, teammate_id: int, today: date, shown: Sequence[Shown] = ()
) -> int:
    """Return what of a week's budget is gone: touches logged this week, and cards of this week that still wait.

    A card that was put off or dismissed gives its share back. `shown` are the reader's digests since Monday at least.
    """
    monday = week_of(today)
    done = sum(budget.of_kind(kind) for kind in touches.logged_by(ledger, teammate_id, since=monday))
    waiting = {card.customer_id for card in shown if card.waits and monday <= card.on < today}
    return done + sum(efforts_for(ledger, budget, waiting).values())


def efforts_for(ledger: Ledger, budget: Budget, customer_ids: Collection[int]) -> Mapping[int, int]:
    """Return what it costs to reach each customer, in the budget's unit."""
    if not budget.in_minutes:
        return dict.fromkeys(customer_ids, 1)
    channels = customers.channels_of(ledger, customer_ids)
    return {customer_id: budget.of_channel(channels.get(customer_id)) for customer_id in customer_ids}


def room_of(
    ledger: Ledger,
    budget: Budget | None,
    *,
    teammate_id: int | None,
    today: date,
    work_days: str,
    frequency: Frequency,
    off: DaysOff,
    shown: Sequence[Shown],
) -> Room:
    """Return the room of today's digest: the cap for whoever set no budget, else today's share of the week."""
    if budget is None or teammate_id is None:
        return Room()
    spent = spent_this_week(ledger, budget, teammate_id=teammate_id, today=today, shown=shown)
    days_left = sending_days_left(today, work_days=work_days, frequency=frequency, off=off)
    return room_today(budget, spent=spent, days_left=days_left)
