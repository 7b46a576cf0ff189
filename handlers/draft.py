"""The suggestion to a customer: something to start from. Nothing is ever sent from here."""

from typing import Any

from bot.blocks.modals_draft import build_draft
from bot.domain.facts import Channel
from bot.domain.model import Occasion
from bot.domain.views import CardRef
from bot.usecases.cards import card_of
from bot.usecases.desk import Ledger
from bot.usecases.drafting import begin_draft, end_draft, with_drafts
from bot.usecases.suggestions import contact_email, facts_of
from bot.writer import fitting_variants, write
from handlers.cards import ref_of
from handlers.edge import Answer, Visit
from handlers.places import carry
from handlers.showing import note_shown


def handle_draft(visit: Visit) -> Answer:
    """Open a suggestion to start from."""
    with visit.showing() as ledger:
        view = _draft(ledger, visit, ref_of(visit), carry(visit, ref_of(visit)))
        note_shown(ledger, visit, ref_of(visit).customer_id)
    visit.open(view)
    with visit.effect() as ledger:
        begin_draft(ledger, ref_of(visit).customer_id, by=visit.teammate, now=visit.now)
    return None


def handle_next_variant(visit: Visit) -> Answer:
    """Show another wording in the form that is open; the button carries the card and the wording that stands."""
    card, _, current = visit.value.partition(":")
    with visit.look() as ledger:
        view = _draft(ledger, visit, CardRef.parse(card), visit.private, after=current)
    visit.client.views_update(view_id=visit.body["view"]["id"], hash=visit.body["view"]["hash"], view=view)
    with visit.effect() as ledger:
        begin_draft(ledger, CardRef.parse(card).customer_id, by=visit.teammate, now=visit.now)
    return None


def close_draft(visit: Visit) -> Answer:
    """Let colleagues see that nobody is drafting any more.

    Who closes all windows at once is reported from the lowest, which shows the customer.
    """
    ref = CardRef.parse(visit.private.split("|", 1)[0])
    with visit.effect() as ledger:
        end_draft(ledger, ref.customer_id, by=visit.teammate, now=visit.now)
    return None


def _draft(ledger: Ledger, visit: Visit, ref: CardRef, private: str, *, after: str | None = None) -> dict[str, Any]:
    plain = card_of(ledger, ref, today=visit.today, reader_id=visit.teammate.id)
    (card,) = with_drafts(ledger, [plain], reader_id=visit.teammate.id, now=visit.now)
    occasion = next(iter(card.reason.occasions), Occasion.OVERDUE)
    facts = facts_of(ledger, ref.customer_id, today=visit.today, sender=visit.teammate)
    wordings = fitting_variants(facts, occasion=occasion, seed=ref.customer_id)
    variant = wordings[(wordings.index(after) + 1) % len(wordings)] if after in wordings else None
    suggestion = write(facts, occasion=occasion, variant=variant, seed=ref.customer_id)
    view = build_draft(
        card,
        visit.voice,
        text=suggestion.text,
        variant=suggestion.variant,
        subject=suggestion.subject,
        email=contact_email(ledger, ref.customer_id),
        by_phone=suggestion.channel is Channel.PHONE,
        has_more=len(wordings) > 1,
    )
    return {**view, "private_metadata": private}
