"""Asking which customer is meant: a choice of names, or a picker."""

from collections.abc import Sequence

from bot.blocks.ids import Field, ViewId
from bot.blocks.kit import Json, external_select, labelled, message, modal, section
from bot.blocks.text import cut, tidy
from bot.blocks.voice import Phrase, Voice

_NAME = 80
_SEVERAL = Phrase(
    "Several customers fit: {names}. Write more of the name.",
    "Mehrere Kunden passen: {names}. Schreib mehr vom Namen.",
)
_TITLE = Phrase("Find a customer", "Kunden finden")
_CUSTOMER = Phrase("Customer", "Kunde")
_SEARCH = Phrase("Type a name", "Namen tippen")
_SHOW = Phrase("Show", "Zeigen")
_CANCEL = Phrase("Cancel", "Abbrechen")


def build_several(names: Sequence[str], say: Voice) -> Json:
    """Draw the customers that fit what was typed."""
    sentence = say(_SEVERAL, names=say.names([cut(tidy(name), _NAME) for name in names]))
    return message([sentence], [section(sentence)])


def build_pick_customer(say: Voice) -> Json:
    """Draw the picker that /customer alone opens."""
    picker = external_select(Field.CUSTOMER, say(_SEARCH))
    blocks = [labelled(say(_CUSTOMER), picker)]
    return modal(ViewId.PICK_CUSTOMER, say(_TITLE), blocks, submit=say(_SHOW), close=say(_CANCEL))
