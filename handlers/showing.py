"""Drawing what several handlers answer with: a list, a customer."""

from dataclasses import replace
from typing import Any

from bot.blocks.customer import build_customer, build_customer_modal
from bot.blocks.lists import build_list
from bot.blocks.modals_settings import build_settings
from bot.domain.views import Card, CustomerView
from bot.usecases import audit, covers, scopes
from bot.usecases.cards import customer_view
from bot.usecases.days_off import say_region
from bot.usecases.desk import Ledger
from bot.usecases.drafting import with_drafts
from bot.usecases.lists import list_view
from bot.usecases.suggestions import facts_about
from bot.writer import with_openers
from handlers.edge import Visit
from handlers.places import carry


def opened(ledger: Ledger, visit: Visit, cards: tuple[Card, ...]) -> tuple[Card, ...]:
    """Return cards with a line each on how a message could begin, and on who else is writing one."""
    told = with_drafts(ledger, cards, reader_id=visit.teammate.id, now=visit.now)
    return with_openers(told, facts_about(ledger, cards, today=visit.today, sender=visit.teammate))


def show_list(ledger: Ledger, visit: Visit, list_id: int) -> dict[str, Any]:
    """Return a list as a message."""
    view = list_view(ledger, list_id, reader=visit.teammate, now=visit.now)
    view = replace(view, cards=opened(ledger, visit, view.cards))
    return build_list(view, place=f"list.{list_id}", list_id=list_id)


def view_customer(ledger: Ledger, visit: Visit, customer_id: int) -> CustomerView:
    """Return a customer with an opening line."""
    view = customer_view(ledger, customer_id, today=visit.today, reader_id=visit.teammate.id)
    return replace(view, card=opened(ledger, visit, (view.card,))[0])


def show_customer(ledger: Ledger, visit: Visit, customer_id: int) -> dict[str, Any]:
    """Return a customer as a message, and write down that it was seen."""
    audit.note_seen(ledger, [customer_id], now=visit.now, by_id=visit.teammate.id, place=visit.channel_id)
    return build_customer(view_customer(ledger, visit, customer_id), visit.voice, place=f"customer.{customer_id}")


def show_customer_modal(ledger: Ledger, visit: Visit, customer_id: int) -> dict[str, Any]:
    """Return a customer as a modal, and write down that it was seen.

    Its block ids are new each time, so that Slack shows what changed.
    """
    note_shown(ledger, visit, customer_id)
    view = view_customer(ledger, visit, customer_id)
    drawn = build_customer_modal(view, visit.voice, place=f"customer.{customer_id}.{visit.now.timestamp():.0f}")
    return {**drawn, "private_metadata": carry(visit, view.card.ref)}


def note_shown(ledger: Ledger, visit: Visit, customer_id: int) -> None:
    """Write down that the person saw a customer in a modal."""
    audit.note_seen(ledger, [customer_id], now=visit.now, by_id=visit.teammate.id, place="modal")


def show_settings(ledger: Ledger, visit: Visit) -> dict[str, Any]:
    """Return a person's own settings as a form."""
    cover = covers.cover_of(ledger, visit.teammate.id)
    return build_settings(
        visit.teammate,
        visit.voice,
        region=say_region(visit.teammate),
        cover=cover.slack_user_id if cover else None,
        knows_rest=not scopes.lacks(ledger, scopes.DO_NOT_DISTURB),
    )
