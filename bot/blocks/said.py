"""The bot's short answers to one person: what happened, who was first, what went wrong.

Sentences without a field are phrases: `say(said.POSTED)`. Functions return plain text; `build_said` makes a message.
"""

from bot.blocks.ended import NAME, say_ended
from bot.blocks.kit import Json, message, section
from bot.blocks.text import cut, tidy
from bot.blocks.voice import Phrase, Voice
from bot.domain.views import Card

POSTED = Phrase("Posted, without what was noted.", "Geteilt, ohne die Notizen.")

_ADDED = Phrase("{name} is one of your customers now.", "{name} gehört jetzt zu deinen Kunden.")
_WENT_WRONG = Phrase(
    "That did not work, and it is our fault. Nothing was changed. Reference: {reference}",
    "Das hat nicht geklappt, und es liegt an uns. Nichts wurde geändert. Kennung: {reference}",
)
_OUTAGE = Phrase(
    "Slack was unreachable from {start} to {end}. This is today's list.",
    "Slack war von {start} bis {end} nicht erreichbar. Das ist die Liste von heute.",
)


def build_said(sentence: str) -> Json:
    """Make a message of a plain text, escaped."""
    return message([sentence], [section(sentence)])


def too_late(card: Card, say: Voice) -> str:
    """Say who was first, when and with what words: "Ben marked Acme as done at 9:12: 'called, all good'."."""
    return say_ended(card, say)


def added(customer_name: str, say: Voice) -> str:
    """Say that a customer was added."""
    return say(_ADDED, name=cut(tidy(customer_name), NAME))


def went_wrong(reference: str, say: Voice) -> str:
    """Say that something failed on our side, with a reference to find it by."""
    return say(_WENT_WRONG, reference=reference)


def outage(start: str, end: str, say: Voice) -> str:
    """Say why a digest comes late; `start` and `end` are times of day in words, as `Voice.time` says them."""
    return say(_OUTAGE, start=start, end=end)
