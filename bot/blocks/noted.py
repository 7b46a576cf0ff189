"""The message about something that somebody wanted to do today, a while before their day ends."""

from bot.blocks.cards import build_card, card_lines
from bot.blocks.kit import Json, message, section
from bot.blocks.reasons import say_noted
from bot.blocks.voice import Phrase, Voice
from bot.domain.model import NudgeState
from bot.domain.views import Card

_NO_LONGER = Phrase("Nothing is open any more.", "Es ist nichts mehr offen.")


def build_noted(card: Card, say: Voice, *, place: str, waits: bool) -> Json:
    """Draw the card of a customer for whom something is to be done today, and what became of it once it was sent."""
    if not waits and card.state is NudgeState.OPEN:
        sentence = " ".join([*(say_noted(promise, say) for promise in card.reason.promises), say(_NO_LONGER)])
        return message([sentence], [section(sentence)])
    return message(card_lines(card, say), build_card(card, say, place=place))
