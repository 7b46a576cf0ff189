"""Why? on a card: the factors in a modal, for whoever may see the card."""

from bot.blocks.ids import ActionId
from bot.playground import Message
from tests.handlers.acting import command, press, said
from tests.support.bot import Office
from tests.support.cast import Cast


def test_a_card_says_what_multiplies_to_its_place(office: Office, cast: Cast, digest: Message) -> None:
    press(office, "U0ANA", digest, ActionId.WHY, "Acme")
    modal = office.slack.modal("U0ANA")
    assert modal is not None
    assert "Acme" in said(modal)
    assert "Value: €90,000 a year." in said(modal)
    assert "makes about" in said(modal)


def test_it_is_reached_from_a_customers_card_too(office: Office, cast: Cast) -> None:
    shown = command(office, "U0CHI", "C0TEAM", "/customer Dune")
    press(office, "U0CHI", shown, ActionId.WHY, "Dune")
    modal = office.slack.modal("U0CHI")
    assert modal is not None
    assert "Zurückgestellt; kommt am Dienstag, 1. Dezember wieder." in said(modal)
