"""The inner circle: how many seats there are, who sits in them, and whether somebody keeps theirs."""

from datetime import date, datetime

from bot.domain.circle import MOST_SEATS, CircleView, Seats, drifting
from bot.domain.model import Standing, Teammate
from bot.domain.working_time import local_day
from bot.errors import InputRefused, NotFound, TooLate
from bot.usecases.showing import refresh_owners_home
from bot.usecases.standings import may_decide, set_standing
from bot.usecases.teammates import require_admin
from storage import circle, standings
from storage.ledger import Ledger
from storage.models import Customer
from storage.standing_models import StandingWord

ADMINS_SET_SEATS = "Only admins change how many seats the inner circle has. {admins}."
ASKED_ABOUT = 2


def circle_view(ledger: Ledger, owner: Teammate, *, today: date) -> CircleView:
    """Return a teammate's circle, and the few in it who are talked to as an outer ring is."""
    members = circle.members(ledger, owner_id=owner.id, whole_team=False, today=today)
    return CircleView(
        seats=circle.seats(ledger, owner.id),
        members=tuple(members),
        drifting=tuple(drifting(members, today)[:ASKED_ABOUT]),
    )


def seats_of(ledger: Ledger, owner_id: int | None = None) -> Seats:
    """Return how many seats there are and how many are taken."""
    return circle.seats(ledger, owner_id)


def set_seats(ledger: Ledger, *, each: int | None = None, team: int | None = None, by: Teammate | None) -> Seats:
    """Change how many seats a teammate and the team have; who sits stays. None at the terminal counts as an admin.

    Raises NotAllowed, and InputRefused for a number that is none.
    """
    if by is not None:
        require_admin(ledger, by, otherwise=ADMINS_SET_SEATS)
    each_now, team_now = circle.hold_seats(ledger)
    circle.change_seats(
        ledger,
        each=_checked(each_now if each is None else each, "seats_each"),
        team=_checked(team_now if team is None else team, "seats_team"),
    )
    return circle.seats(ledger, by.id if by else None)


def _checked(number: int, about: str) -> int:
    if not 0 <= number <= MOST_SEATS:
        raise InputRefused("Write a number of seats from 0 to {most}.", about=about, most=MOST_SEATS)
    return number


def keep_seat(ledger: Ledger, customer_id: int, *, by: Teammate, now: datetime) -> None:
    """Let somebody keep their seat though they are seldom talked to; it is not asked about again soon.

    Raises NotFound, NotAllowed, TooLate when the seat is free already.
    """
    word = _seat(ledger, customer_id, by)
    word.kept_on = local_day(now, by.timezone)
    ledger.add(word)
    refresh_owners_home(ledger, customer_id, now=now)


def free_seat(ledger: Ledger, customer_id: int, *, by: Teammate, now: datetime) -> None:
    """Take somebody out of the circle; the evidence says what they are then. Raises as `keep_seat`."""
    _seat(ledger, customer_id, by)
    set_standing(ledger, customer_id, None, by=by, now=now)


def _seat(ledger: Ledger, customer_id: int, by: Teammate) -> StandingWord:
    customer = ledger.get(Customer, customer_id)
    if customer is None:
        raise NotFound("That customer is not in this workspace any more.")
    may_decide(ledger, customer, by)
    word = standings.word_of(ledger, customer_id)
    if word is None or word.standing is not Standing.INNER_CIRCLE:
        raise TooLate("{name} is not in the inner circle any more.", name=customer.name)
    return word
