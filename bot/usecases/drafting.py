"""One voice: while somebody drafts a message to a customer, their colleagues see it, so that nobody writes twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.model import Teammate
from bot.domain.views import Card, Drafting
from bot.usecases.showing import refresh_messages, refresh_owners_home
from storage import drafts, people
from storage.engine import Store
from storage.ledger import Ledger

# Slack does not say when a window is left open for ever: after this long nobody is taken to be writing any more.
OPEN_FOR = timedelta(minutes=20)
_AT_ONCE = 200


def begin_draft(ledger: Ledger, customer_id: int, *, by: Teammate, now: datetime) -> None:
    """Remember that a teammate has a message to a customer open; whoever sees its card is owed an update, once."""
    if drafts.keep(ledger, customer_id, by.id, now=now, until_at=now + OPEN_FOR):
        _tell_others(ledger, customer_id, by, now=now)


def end_draft(ledger: Ledger, customer_id: int, *, by: Teammate, now: datetime) -> None:
    """Forget it: the message was closed, or logged as sent."""
    if drafts.forget(ledger, customer_id, by.id):
        _tell_others(ledger, customer_id, by, now=now)


def end_expired_drafts(store: Store, *, now: datetime) -> int:
    """Forget the messages that were left open for too long, in all workspaces; return how many. Any replica may."""
    with store.session() as session:
        expired = drafts.take_expired(session, now=now, limit=_AT_ONCE)
        for workspace_id, customer_id, teammate_id in expired:
            ledger = Ledger(session, workspace_id)
            _tell_others(ledger, customer_id, people.everybody(ledger).get(teammate_id), now=now)
    return len(expired)


def with_drafts(ledger: Ledger, cards: Sequence[Card], *, reader_id: int | None, now: datetime) -> tuple[Card, ...]:
    """Return cards that say which colleagues have a message to the customer open; the reader knows of their own."""
    found: dict[int, list[Drafting]] = {}
    for draft in drafts.under_way(ledger, {card.relationship.customer_id for card in cards}, now=now):
        if draft.teammate_id != reader_id:
            found.setdefault(draft.customer_id, []).append(Drafting(draft.name, draft.since_at))
    return tuple(
        replace(card, drafting=tuple(found[card.relationship.customer_id]))
        if card.relationship.customer_id in found
        else card
        for card in cards
    )


def _tell_others(ledger: Ledger, customer_id: int, by: Teammate | None, *, now: datetime) -> None:
    refresh_messages(ledger, customer_id, now=now, but_for=by.slack_user_id if by else None)
    refresh_owners_home(ledger, customer_id, now=now, but_for=by.id if by else None)
