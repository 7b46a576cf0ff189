"""Where a request came from, as far as it must be changed afterwards: a private list, a private customer, a modal."""

from dataclasses import dataclass
from typing import Self

from bot.usecases import lists
from bot.usecases.desk import Ledger
from handlers.edge import Visit

_PRIVATE = {"list", "customer"}


@dataclass(frozen=True, slots=True)
class Place:
    """A private message: `what` it shows ("list" or "customer"), that one's id, and where Slack takes a new look."""

    what: str
    shown_id: int
    url: str

    def __str__(self) -> str:
        return f"{self.what}:{self.shown_id}|{self.url}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what a form carried; None when it was opened from somewhere else."""
        shown, _, url = text.partition("|")
        what, _, shown_id = shown.partition(":")
        return cls(what, int(shown_id), url) if what in _PRIVATE and url else None


def private_answer(visit: Visit) -> str:
    """Return where a private message can be changed; empty for messages that everybody sees."""
    is_private = (visit.body.get("container") or {}).get("is_ephemeral")
    return str(visit.body.get("response_url") or "") if is_private else ""


def place_of(visit: Visit) -> Place | None:
    """Return the private message that a button stands on, or that the modal around it was opened from."""
    if "view" in visit.body:
        return Place.parse(visit.private.partition("|")[2])
    what, _, rest = str(visit.action.get("block_id", "")).partition(".")
    return Place.parse(f"{what}:{rest.partition('.')[0]}|{private_answer(visit)}")


def carry(visit: Visit, ref: object) -> str:
    """Return what a form about a card carries: the card, and the place to change afterwards."""
    return f"{ref}|{place_of(visit) or ''}"


def show_again(ledger: Ledger, visit: Visit) -> None:
    """Owe the private message that a request came from its new look."""
    place = place_of(visit)
    if place is not None:
        lists.owe_replacement(
            ledger, place.shown_id, place.url, what=place.what, reader_id=visit.teammate.id, now=visit.now
        )
