"""What a file says of standings: a person's word that yields to one given by hand, and that fills seats, never more."""

from dataclasses import dataclass

from bot.domain.circle import Wish, without_seat
from storage import circle
from storage import staged_standings as staged
from storage.ledger import Ledger

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Unheard:
    """What the file said of standings and was not taken: how many rows yield to people, and who found no seat."""

    kept: int = 0
    seatless: tuple[str, ...] = ()
    seatless_count: int = 0
    seats_each: int = 0
    seats_team: int = 0


ALL_HEARD = Unheard()


def settle_standings(ledger: Ledger) -> Unheard:
    """Silence what the file says of standings where it is not to be taken; the rows stay.

    1. A word given by hand wins over a file. 2. What is so already is no news. 3. Seats go by the order of the file,
    to those who sit already first; who finds none keeps the standing they have.
    """
    kept = staged.leave_to_people(ledger)
    staged.leave_what_is(ledger)
    wishes = staged.wishes(ledger)
    if not wishes:
        return Unheard(kept)
    each, team = circle.hold_seats(ledger)
    seatless: list[Wish] = without_seat(wishes, staged.seats_taken(ledger), each=each, team=team)
    staged.leave(ledger.session.connection(), (wish.line for wish in seatless))
    names = tuple(wish.name for wish in seatless[:SHOWN])
    return Unheard(kept, names, len(seatless), each, team)
