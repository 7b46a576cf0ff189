"""Keeping what stands in Slack true: after a change, every message and App Home that shows it is owed an update."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from storage import outbox
from storage.columns import new_id
from storage.ledger import Ledger
from storage.models import Customer, Delivery, DeliveryState, TeammateRow

# Slack lets a bot change its messages for ever; people look at the last days.
SHOWN_FOR = timedelta(days=14)
_ON_THEIR_WAY = frozenset({DeliveryState.SENDING, DeliveryState.UNKNOWN})


def refresh_messages(ledger: Ledger, customer_id: int, *, now: datetime, but_for: str | None = None) -> None:
    """Owe an update of every message that shows a customer; one that waits to be sent is drawn fresh anyway.

    One that is on its way may have been drawn before this change: its update waits until it has arrived.
    `but_for` is the Slack id of a person for whom nothing changed: their direct messages stay as they are.
    """
    refresh_messages_of(ledger, [customer_id], now=now, but_for=but_for)


def refresh_messages_of(
    ledger: Ledger, customer_ids: Collection[int], *, now: datetime, but_for: str | None = None
) -> None:
    """Owe an update of every message that shows one of the customers; see `refresh_messages`."""
    shown = outbox.messages_showing(ledger, *customer_ids, since=now - SHOWN_FOR)
    refresh_deliveries(ledger, [delivery for delivery in shown if delivery.channel != but_for], now=now)


def refresh_deliveries(ledger: Ledger, deliveries: Iterable[Delivery], *, now: datetime) -> None:
    """Owe an update of those messages that stand in Slack or are on their way there; see `refresh_messages`."""
    seen = [delivery for delivery in deliveries if delivery.state in _ON_THEIR_WAY or delivery.slack_ts]
    outbox.owe_updates(ledger, seen, now=now)


def refresh_owners_home(ledger: Ledger, customer_id: int, *, now: datetime, but_for: int | None = None) -> None:
    """Owe the owner of a customer a fresh App Home, if they ever looked at it; `but_for` is an owner who knows."""
    customer = ledger.get(Customer, customer_id)
    owner = ledger.get(TeammateRow, customer.owner_id) if customer else None
    if owner is not None and owner.slack_user_id is not None and owner.id != but_for:
        refresh_opened_homes(ledger, [(owner.id, owner.slack_user_id)], now=now)


def refresh_home(ledger: Ledger, teammate: TeammateRow, *, now: datetime) -> None:
    """Owe one teammate a fresh App Home, unless one is on its way already."""
    if teammate.slack_user_id is not None:
        refresh_homes(ledger, [(teammate.id, teammate.slack_user_id)], now=now)


def refresh_opened_homes(ledger: Ledger, teammates: Sequence[tuple[int, str]], *, now: datetime) -> None:
    """Owe a fresh App Home to those teammates who ever opened theirs: nobody else sees it before it is drawn anew."""
    opened = outbox.ever_owed(ledger, "home", [teammate_id for teammate_id, _ in teammates])
    refresh_homes(ledger, [teammate for teammate in teammates if teammate[0] in opened], now=now)


def refresh_homes(ledger: Ledger, teammates: Sequence[tuple[int, str]], *, now: datetime) -> None:
    """Owe teammates, by their ids and their Slack ids, a fresh App Home, but those for whom one is on its way."""
    wait = outbox.waiting(ledger, "home", "subject_id", [teammate_id for teammate_id, _ in teammates])
    homes = [
        (outbox.Owed(key=f"home:{number}:{new_id()}", kind="home", channel=slack_user_id, subject_id=number), ())
        for number, slack_user_id in teammates
        if number not in wait
    ]
    outbox.owe_all(ledger, homes, now=now)
