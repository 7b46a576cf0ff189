"""Gathering what the ledger knows for somebody who is about to write to a customer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import col

from bot.domain.facts import Channel, Facts
from bot.domain.model import Teammate
from bot.domain.nudges import next_birthday
from bot.domain.promises import thing_promised
from bot.domain.views import Card
from bot.errors import NotFound
from bot.usecases.cards import cards_for
from storage import customers, promises
from storage.ledger import Ledger
from storage.models import Contact, Customer


def facts_about(ledger: Ledger, cards: Sequence[Card], *, today: date, sender: Teammate | None) -> dict[int, Facts]:
    """Return the facts of each card's customer, as `sender` would use them."""
    card_by_id = {card.relationship.customer_id: card for card in cards}
    contacts: dict[int, Contact] = {}
    for contact in ledger.rows(Contact, col(Contact.customer_id).in_(card_by_id), order_by=col(Contact.id)):
        contacts.setdefault(contact.customer_id, contact)
    return {
        row.id: _facts(row, card_by_id[row.id], contacts.get(row.id), today=today, sender=sender)
        for row in ledger.rows(Customer, col(Customer.id).in_(card_by_id))
    }


def _facts(row: Customer, card: Card, contact: Contact | None, *, today: date, sender: Teammate | None) -> Facts:
    profile = row.profile
    return Facts(
        customer_name=row.name,
        today=today,
        contact_name=contact.name if contact else None,
        salutation=str(profile.get("salutation") or profile.get("Anrede") or "") or None,
        formal=_formal(profile.get("address")),
        customer_locale=row.locale,
        preferred_channel=Channel.named(row.preferred_channel),
        standing=row.standing,
        since_on=row.since_on,
        silent_days=max(0, (today - card.relationship.silent_since_on).days),
        last_touch=card.last_touch,
        birthday_on=next_birthday(row.birthday_on, today) if row.birthday_on else None,
        joined_on=row.joined_on,
        anniversary_on=next_birthday(row.joined_on, today) if row.joined_on else None,
        renewal_on=row.renewal_on,
        sender_id=sender.id if sender else None,
        sender_name=sender.name if sender else None,
        sender_locale=sender.speaks if sender else None,
    )


def _formal(address: object) -> bool | None:
    """Read a form of address that somebody chose: "du" or "informal" against "Sie" or "formal"."""
    word = str(address or "").strip().casefold()
    return {"du": False, "informal": False, "sie": True, "formal": True}.get(word)


def facts_of(ledger: Ledger, customer_id: int, *, today: date, sender: Teammate | None) -> Facts:
    """Return the facts of one customer. Raises NotFound."""
    cards = cards_for(ledger, customers.by_ids(ledger, [customer_id]).values(), today=today)
    found = facts_about(ledger, cards, today=today, sender=sender)
    if customer_id not in found:
        raise NotFound("That customer is not in this workspace any more.")
    # The next thing to keep is what a message would be about; a card says it already as its reason.
    waiting = promises.of_customer(ledger, customer_id)
    thing = thing_promised(waiting[0].what) if waiting else None
    return replace(found[customer_id], promise=thing)


def contact_email(ledger: Ledger, customer_id: int) -> str | None:
    """Return the address of a customer's first contact that has one."""
    found = ledger.rows(
        Contact, col(Contact.customer_id) == customer_id, col(Contact.email).is_not(None), order_by=col(Contact.id)
    )
    return found[0].email if found else None
