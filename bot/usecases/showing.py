"""Keeping what stands in Slack true: after a change, every message and App Home that shows it is owed an update."""

from datetime import datetime, timedelta

from sqlmodel import col

from storage import outbox
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, Delivery, DeliveryState, TeammateRow

# Slack lets a bot change its messages for ever; people look at the last days.
SHOWN_FOR = timedelta(days=14)


def refresh_messages(ledger: Ledger, customer_id: int, *, now: datetime, but_for: str | None = None) -> None:
    """Owe an update of every message that shows a customer; one that waits to be sent is drawn fresh anyway.

    One that is on its way may have been drawn before this change: its update waits until it has arrived.
    `but_for` is the Slack id of a person for whom nothing changed: their direct messages stay as they are.
    """
    for delivery in outbox.messages_showing(ledger, customer_id, since=now - SHOWN_FOR):
        on_its_way = delivery.state in {DeliveryState.SENDING, DeliveryState.UNKNOWN}
        if (on_its_way or delivery.slack_ts) and delivery.channel != but_for:
            outbox.owe_update(ledger, delivery, now=now)


def refresh_owners_home(ledger: Ledger, customer_id: int, *, now: datetime, but_for: int | None = None) -> None:
    """Owe the owner of a customer a fresh App Home, if they ever looked at it; `but_for` is an owner who knows."""
    customer = ledger.get(Customer, customer_id)
    owner = ledger.get(TeammateRow, customer.owner_id) if customer else None
    if owner is None or owner.id == but_for:
        return
    if ledger.first(Delivery, col(Delivery.kind) == "home", col(Delivery.subject_id) == owner.id):
        refresh_home(ledger, owner, now=now)


def refresh_home(ledger: Ledger, teammate: TeammateRow, *, now: datetime) -> None:
    """Owe one teammate a fresh App Home, unless one is on its way already."""
    if teammate.slack_user_id is None:
        return
    if not outbox.is_waiting(ledger, "home", col(Delivery.subject_id) == teammate.id):
        owed = outbox.Owed(
            key=f"home:{teammate.id}:{new_id()}", kind="home", channel=teammate.slack_user_id, subject_id=teammate.id
        )
        outbox.owe(ledger, owed, now=now)
