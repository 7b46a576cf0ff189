"""What a customer is to us: the form, who leaves a full circle, seats, and lurkers who knocked."""

from collections.abc import Callable

from bot.blocks.ids import Field
from bot.blocks.modals_standing import DERIVED, build_seats, build_standing, build_who_leaves
from bot.domain.circle import MOST_SEATS
from bot.domain.model import Standing
from bot.domain.views import CardRef
from bot.errors import InputRefused
from bot.usecases import circle, customers, promotions, standings, teammates
from bot.usecases.desk import Ledger
from handlers.cards import ref_of
from handlers.edge import Answer, Visit
from handlers.forms import chosen, show_everywhere
from handlers.places import carry
from handlers.showing import note_shown


def handle_open_standing(visit: Visit) -> Answer:
    """Open the form that says what a customer is."""
    ref = ref_of(visit)
    with visit.showing() as ledger:
        view = standings.standing_to_decide(ledger, ref.customer_id, by=visit.teammate)
        name = customers.name_of(ledger, ref.customer_id)
        note_shown(ledger, visit, ref.customer_id)
    visit.open(build_standing(view, visit.voice, name=name, metadata=carry(visit, ref)))
    return None


def submit_standing(visit: Visit) -> Answer:
    """Take a person's word on what a customer is; a full circle asks who leaves."""
    word = chosen(visit, Field.STANDING)
    return _set(visit, None if word in {"", DERIVED} else Standing(word), leaves=None)


def submit_who_leaves(visit: Visit) -> Answer:
    """Let two customers change places in the inner circle."""
    leaves = chosen(visit, Field.LEAVES)
    if not leaves:
        raise InputRefused("Choose who leaves.", about=Field.LEAVES)
    return _set(visit, Standing.INNER_CIRCLE, leaves=int(leaves))


def handle_open_seats(visit: Visit) -> Answer:
    """Open the form with the number of seats."""
    with visit.look() as ledger:
        teammates.require_admin(ledger, visit.teammate, otherwise=circle.ADMINS_SET_SEATS)
        seats = circle.seats_of(ledger, visit.teammate.id)
    visit.open(build_seats(seats, visit.voice))
    return None


def submit_seats(visit: Visit) -> Answer:
    """Change how many seats the inner circle has."""
    each, team = _number(visit, Field.SEATS_EACH), _number(visit, Field.SEATS_TEAM)
    with visit.effect() as ledger:
        circle.set_seats(ledger, each=each, team=team, by=visit.teammate)
        teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)
    return None


def handle_keep_seat(visit: Visit) -> Answer:
    """Let somebody keep their seat, though they are seldom talked to."""
    customer_id = ref_of(visit).customer_id
    return _act(visit, lambda ledger: circle.keep_seat(ledger, customer_id, by=visit.teammate, now=visit.now))


def handle_free_seat(visit: Visit) -> Answer:
    """Take somebody out of the inner circle."""
    customer_id = ref_of(visit).customer_id
    return _act(visit, lambda ledger: circle.free_seat(ledger, customer_id, by=visit.teammate, now=visit.now))


def handle_promote(visit: Visit) -> Answer:
    """Take in a lurker who did something."""
    return _decide(visit, promotions.promote)


def handle_leave_as_is(visit: Visit) -> Answer:
    """Leave a lurker one."""
    return _decide(visit, promotions.leave_as_is)


def handle_promotion_undo(visit: Visit) -> Answer:
    """Take back what was decided about a lurker."""
    return _decide(visit, promotions.take_back)


def _set(visit: Visit, standing: Standing | None, *, leaves: int | None) -> Answer:
    customer_id = CardRef.parse(visit.private.split("|", 1)[0]).customer_id
    with visit.effect() as ledger:
        full = standings.set_standing(ledger, customer_id, standing, by=visit.teammate, now=visit.now, leaves=leaves)
        if full is None:
            show_everywhere(ledger, visit)
            return None
    view = build_who_leaves(
        visit.voice, name=full.name, seats=full.seats, owner=full.owner, may_leave=full.may_leave,
        metadata=visit.private,
    )  # fmt: skip
    return {"response_action": "update", "view": view}


def _decide(visit: Visit, decide: Callable[..., None]) -> Answer:
    # Its buttons carry the proposal's id where a card's carry the nudge's.
    promotion_id = ref_of(visit).nudge_id
    return _act(visit, lambda ledger: decide(ledger, promotion_id, by=visit.teammate, now=visit.now))


def _act(visit: Visit, act: Callable[[Ledger], None]) -> Answer:
    with visit.effect() as ledger:
        act(ledger)
        teammates.refresh_home_of(ledger, visit.teammate.id, now=visit.now)
    return None


def _number(visit: Visit, field: Field) -> int:
    typed = chosen(visit, field)
    if not typed.isdecimal():
        raise InputRefused("Write a number of seats from 0 to {most}.", about=field, most=MOST_SEATS)
    return int(typed)
