"""Who can look after customers: for their own, from a colleague, or in place of one who is away."""

from bot.domain.model import Role, Seat, Teammate
from bot.domain.sentences import Admins
from bot.errors import InputRefused
from storage import people
from storage.ledger import Ledger
from storage.models import TeammateRow

MOST_NAMED = 5


def can_look_after(who: Teammate | TeammateRow) -> bool:
    """Say whether somebody may act on cards: a member of the workspace who is no viewer."""
    return who.seat is Seat.MEMBER and who.role is not Role.VIEWER


def check_can_look_after(ledger: Ledger, who: Teammate | TeammateRow, *, about: str) -> None:
    """Raise InputRefused, beside the field that it is `about`, for somebody who can't act on a customer's card."""
    if can_look_after(who):
        return
    if who.seat is not Seat.MEMBER:
        raise InputRefused(
            "Keepwarm looks after customers for members of this workspace. {name} can't take one over.",
            about=about,
            name=who.name,
        )
    raise InputRefused(
        "{name} is a viewer: they see customers and can't act on them. Choose somebody else, or an admin makes them a"
        " member with Team in the Home tab. {admins}.",
        about=about,
        name=who.name,
        admins=Admins(admin.name for admin in people.admins(ledger)[:MOST_NAMED]),
    )
