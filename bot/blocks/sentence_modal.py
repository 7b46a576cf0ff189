"""One sentence in a modal: what is said where there is no message to say it under."""

from bot.blocks.ids import ViewId
from bot.blocks.kit import Json, modal, section


def build_said_modal(sentence: str) -> Json:
    """Draw a sentence as a modal with nothing to submit."""
    return modal(ViewId.SENTENCE, "Keepwarm", [section(sentence)], submit=None, close="OK")
