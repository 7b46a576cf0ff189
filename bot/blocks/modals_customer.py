"""The form that adds a customer. Only the name is needed."""

from collections.abc import Sequence

from bot.blocks.ids import Field, ViewId
from bot.blocks.kit import Json, datepicker, labelled, modal, option, select, typed
from bot.blocks.modals_card import CANCEL
from bot.blocks.text import tidy
from bot.blocks.voice import Phrase, Voice

_TITLE = Phrase("Add a customer", "Kunden anlegen")
_ADD = Phrase("Add", "Anlegen")
_NAME = Phrase("Name", "Name")
_SEGMENT = Phrase("Segment", "Segment")
_SEGMENT_HINT = Phrase("It sets how often is usual for them.", "Daraus ergibt sich, wie oft üblich ist.")
_VALUE = Phrase("Value a year", "Wert im Jahr")
_VALUE_HINT = Phrase("Like 12500 or 12.5k.", "Etwa 12500 oder 12.5k.")
_CURRENCY = Phrase("Currency", "Währung")
_CURRENCY_HINT = Phrase("Three letters, like EUR.", "Drei Buchstaben, etwa EUR.")
_SINCE = Phrase("Customer since", "Kunde seit")
_SINCE_HINT = Phrase("For anniversaries and a word in their first month.", "Für Jahrestage und den ersten Monat.")
_CONTACT = Phrase("Contact", "Ansprechpartner")
_EMAIL = Phrase("Their email", "E-Mail-Adresse")

_LONGEST_VALUE = 150
_MOST_OPTIONS = 100


def build_add_customer(say: Voice, *, segments: Sequence[str], currency: str, name: str = "") -> Json:
    """Draw "Add a customer". A segment's option has its name as value; `currency` is the workspace's own."""
    blocks = [labelled(say(_NAME), typed(Field.NAME, value=name, most=200))]
    choices = [
        option(tidy(segment), segment) for segment in segments if tidy(segment) and len(segment) <= _LONGEST_VALUE
    ]
    if choices:
        menu = select(Field.SEGMENT, choices[:_MOST_OPTIONS], chosen=choices[0]["value"])
        blocks.append(labelled(say(_SEGMENT), menu, hint=say(_SEGMENT_HINT), optional=True))
    email: Json = {"type": "email_text_input", "action_id": Field.EMAIL}
    blocks += [
        labelled(say(_VALUE), typed(Field.VALUE, most=40), hint=say(_VALUE_HINT), optional=True),
        labelled(
            say(_CURRENCY), typed(Field.CURRENCY, value=currency, most=3), hint=say(_CURRENCY_HINT), optional=True
        ),
        labelled(say(_SINCE), datepicker(Field.SINCE), hint=say(_SINCE_HINT), optional=True),
        labelled(say(_CONTACT), typed(Field.CONTACT, most=200), optional=True),
        labelled(say(_EMAIL), email, optional=True),
    ]
    return modal(ViewId.ADD_CUSTOMER, say(_TITLE), blocks, submit=say(_ADD), close=say(CANCEL))
