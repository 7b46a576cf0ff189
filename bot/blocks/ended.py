"""What became of a card, in one sentence: who did what, when, and what they said.

The card shows it, and whoever was too late reads it.
"""

from bot.blocks.text import cut, tidy
from bot.blocks.touches import NOTE, PERSON
from bot.blocks.voice import Phrase, Voice
from bot.domain.model import NudgeState
from bot.domain.views import Card

NAME = 80

_DONE = Phrase("{who} marked {name} as done {at}", "{who} hat {name} {at} erledigt")
_DONE_BY_NOBODY = Phrase("{name} was marked as done {at}", "{name} wurde {at} erledigt")
_SNOOZED = Phrase("{name} comes back {on}", "{name} kommt {on} wieder")
_ASLEEP = Phrase("{name} is snoozed", "{name} ist zurückgestellt")
_DISMISSED = Phrase("{who} took {name} off the list", "{who} hat {name} von der Liste genommen")
_DISMISSED_BY_NOBODY = Phrase("{name} is off the list", "{name} ist von der Liste")
_HANDED_OVER = Phrase("{name} is {who}'s now", "Um {name} kümmert sich jetzt {who}")
_NEW_OWNER = Phrase("{name} has a new owner", "Um {name} kümmert sich jetzt jemand anderes")
_SUPERSEDED = Phrase("{name} is on a newer list", "{name} steht auf einer neueren Liste")
_UNNAMED = Phrase("No name", "Ohne Namen")

# The reasons offered when a customer is not relevant; what is typed instead is kept as it is.
DISMISS_REASONS = {
    "gone": Phrase("They are no longer in business", "Es gibt sie nicht mehr"),
    "left": Phrase("They went elsewhere", "Sie sind woanders"),
    "elsewhere": Phrase("Somebody else talks to them", "Jemand anderes spricht mit ihnen"),
    "small": Phrase("They don't need to be on the list", "Sie müssen nicht auf die Liste"),
}


def say_name(card: Card, say: Voice) -> str:
    """Say a customer's name on one line, never empty."""
    return cut(tidy(card.relationship.name), NAME) or say(_UNNAMED)


def say_ended(card: Card, say: Voice, *, private: bool = True) -> str:
    """Say how a nudge ended: "Ben marked Acme as done at 9:12: 'called, all good'."; not private: without the quote."""
    said, noted = _what_happened(card, say)
    quote = say.quote(noted, NOTE) if private else None
    return f"{said}: {quote}." if quote else f"{said}."


def _what_happened(card: Card, say: Voice) -> tuple[str, str | None]:
    name, who = say_name(card, say), cut(tidy(card.ended_by or ""), PERSON)
    match card.state:
        case NudgeState.DONE:
            at = say.at(card.ended_at) if card.ended_at else ""
            said = say(_DONE, who=who, name=name, at=at) if who else say(_DONE_BY_NOBODY, name=name, at=at)
            return said.rstrip(), card.note
        case NudgeState.SNOOZED if card.back_on:
            return say(_SNOOZED, name=name, on=say.full_day(card.back_on)), card.because
        case NudgeState.SNOOZED:
            return say(_ASLEEP, name=name), card.because
        case NudgeState.DISMISSED:
            reason = DISMISS_REASONS.get(card.because or "")
            said = say(_DISMISSED, who=who, name=name) if who else say(_DISMISSED_BY_NOBODY, name=name)
            return said, say(reason) if reason else card.because
        case NudgeState.HANDED_OVER:
            owner = cut(tidy(card.handed_to or ""), PERSON)
            return (say(_HANDED_OVER, name=name, who=owner) if owner else say(_NEW_OWNER, name=name)), None
        case _:
            return say(_SUPERSEDED, name=name), None
