"""Buttons on a card: done, snooze, hand over, not relevant, draft, and the way back."""

from collections.abc import Callable

from bot.blocks import modals_card
from bot.blocks.explained import build_explanation
from bot.blocks.ids import MoreChoice, PromiseChoice
from bot.domain.model import NudgeState, PromiseState, Role
from bot.domain.views import Card, CardRef
from bot.errors import InputRefused, TooLate
from bot.usecases import nudges, promises, quieter, segments, teammates
from bot.usecases.cards import card_of
from bot.usecases.customers import base_currency
from bot.usecases.desk import Ledger
from bot.usecases.explaining import explain_customer
from handlers.edge import Answer, Visit
from handlers.places import carry, show_again
from handlers.showing import note_shown, show_customer_modal

ADMINS_ARE_ASKED = "Only admins change how often a segment is talked to. {admins}. I have passed the question on."


def ref_of(visit: Visit) -> CardRef:
    """Return the ids that the button carried. Raises InputRefused when it is not one of ours."""
    try:
        return CardRef.parse(visit.value.rsplit(":", 1)[-1])
    except ValueError:
        raise InputRefused("That button is from an older version. Ask for the list again.") from None


def handle_done(visit: Visit) -> Answer:
    """Log a touch of today with one click; the card offers Undo."""
    return _act(visit, lambda ledger: nudges.mark_done(ledger, ref_of(visit), by=visit.teammate, now=visit.now))


def handle_undo(visit: Visit) -> Answer:
    """Take back what was done to a card."""
    return _act(visit, lambda ledger: nudges.undo(ledger, int(visit.value), by=visit.teammate, now=visit.now))


def handle_wake(visit: Visit) -> Answer:
    """End a snooze early, from the App Home or where a customer is shown."""
    teammates.may_write(visit.teammate)
    customer_id = ref_of(visit).customer_id
    with visit.effect() as ledger:
        nudges.wake(ledger, customer_id, now=visit.now)
        teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)
        _show_customer_again(ledger, visit, customer_id)
    return None


def handle_snooze(visit: Visit) -> Answer:
    """Open the form that asks until when."""
    return _open(visit, modals_card.build_snooze)


def handle_hand_over(visit: Visit) -> Answer:
    """Open the form that asks to whom."""
    return _open(visit, modals_card.build_hand_over)


def handle_dismiss(visit: Visit) -> Answer:
    """Open the form that asks why."""
    return _open(visit, modals_card.build_dismiss)


def handle_more(visit: Visit) -> Answer:
    """Do what was chosen from the menu of a card."""
    choice = visit.value.split(":", 1)[0]
    if choice == MoreChoice.CUSTOMER:
        with visit.showing() as ledger:
            modal = show_customer_modal(ledger, visit, ref_of(visit).customer_id)
        visit.open(modal)
        return None
    build = {
        MoreChoice.DETAILS: modals_card.build_done,
        MoreChoice.HAND_OVER: modals_card.build_hand_over,
        MoreChoice.DISMISS: modals_card.build_dismiss,
    }.get(MoreChoice(choice))
    return _open(visit, build) if build else None


def handle_why(visit: Visit) -> Answer:
    """Show the arithmetic behind a card."""
    with visit.showing() as ledger:
        card = card_of(ledger, ref_of(visit), today=visit.today, reader_id=visit.teammate.id)
        customer_id = card.relationship.customer_id
        explained = explain_customer(ledger, customer_id, as_of=visit.today, now_day=visit.today)
        currency = base_currency(ledger)
        note_shown(ledger, visit, customer_id)
    visit.open(
        build_explanation(explained, visit.voice, base_currency=currency, reason=card.reason, back_on=card.back_on)
    )
    return None


def handle_less_often(visit: Visit) -> Answer:
    """Let the customer's segment be talked to less often, as the card proposed after the third snooze.

    Where that is not the person's to decide, the admins are asked.
    """
    teammates.may_write(visit.teammate)
    is_admin = visit.teammate.role is Role.ADMIN
    with visit.effect() as ledger:
        if is_admin:
            segments.talk_less_often(ledger, ref_of(visit).customer_id, by=visit.teammate, now=visit.now)
            show_again(ledger, visit)
        else:
            quieter.ask_admins(ledger, ref_of(visit).customer_id, now=visit.now)
    if not is_admin:
        with visit.look() as ledger:
            teammates.require_admin(ledger, visit.teammate, otherwise=ADMINS_ARE_ASKED)
    visit.desk.recompute()
    return None


def _open(visit: Visit, build: Callable[..., dict[str, object]]) -> Answer:
    teammates.may_write(visit.teammate)
    ref = ref_of(visit)
    with visit.showing() as ledger:
        card = card_of(ledger, ref, today=visit.today, reader_id=visit.teammate.id)
        if ref.nudge_id and card.state is not NudgeState.OPEN:
            raise TooLate("Somebody was first.", card=card)
        note_shown(ledger, visit, ref.customer_id)
    visit.open({**build(card, visit.voice), "private_metadata": carry(visit, ref)})
    return None


def handle_promise(visit: Visit) -> Answer:
    """Mark an open promise of a customer as kept, or drop it."""
    teammates.may_write(visit.teammate)
    choice, _, promise_id = visit.value.partition(":")
    state = PromiseState.KEPT if choice == PromiseChoice.KEPT else PromiseState.DROPPED
    with visit.effect() as ledger:
        customer_id = promises.end_promise(ledger, int(promise_id), state, by=visit.teammate, now=visit.now)
        _show_customer_again(ledger, visit, customer_id)
    return None


def _act(visit: Visit, act: Callable[[Ledger], Card]) -> Answer:
    teammates.may_write(visit.teammate)
    with visit.effect() as ledger:
        card = act(ledger)
        teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)
        _show_customer_again(ledger, visit, card.relationship.customer_id)
    return None


def _show_customer_again(ledger: Ledger, visit: Visit, customer_id: int) -> None:
    """Change what the button stands on: a private message, or a customer's modal."""
    show_again(ledger, visit)
    if visit.in_modal:
        view = show_customer_modal(ledger, visit, customer_id)
        visit.client.views_update(view_id=visit.body["view"]["id"], view=view)
