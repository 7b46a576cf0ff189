"""Not relevant: the reason is kept, nobody is asked about the customer again, and it can be taken back."""

from bot.blocks.ids import ActionId, MoreChoice
from bot.playground import Message
from tests.handlers.acting import choose, command, customer, days_pass, press, said, submit
from tests.support.bot import Office
from tests.support.cast import Cast


def test_the_reason_is_kept_and_shown(office: Office, cast: Cast, digest: Message) -> None:
    choose(office, "U0ANA", digest, MoreChoice.DISMISS, "Gale")
    assert submit(office, "U0ANA", note="Merged with Fjord") == {}
    assert customer(office, cast.gale).muted_because == "Merged with Fjord"
    assert "ana took Gale off the list: 'Merged with Fjord'." in said(digest)


def test_a_reason_must_be_given(office: Office, cast: Cast, digest: Message) -> None:
    choose(office, "U0ANA", digest, MoreChoice.DISMISS, "Gale")
    assert submit(office, "U0ANA") == {"reason": "Choose why, or write it in your words."}
    assert customer(office, cast.gale).muted_because is None


def test_it_is_in_no_digest_and_on_no_list_any_more(office: Office, cast: Cast, digest: Message) -> None:
    choose(office, "U0ANA", digest, MoreChoice.DISMISS, "Acme")
    submit(office, "U0ANA", reason="gone")
    assert "They are no longer in business" in said(digest)
    days_pass(office, 10)
    later = [message for message in office.slack.from_bot("U0ANA") if message is not digest]
    assert later
    assert not any("Acme" in said(message) for message in later)
    assert "Acme" not in said(command(office, "U0ANA", "C0TEAM", "/whois-neglected all"))


def test_long_after_it_can_be_taken_back_on_the_customers_own_card(office: Office, cast: Cast, digest: Message) -> None:
    choose(office, "U0ANA", digest, MoreChoice.DISMISS, "Gale")
    submit(office, "U0ANA", note="Merged with Fjord")
    days_pass(office, 30)
    card = command(office, "U0ANA", "C0TEAM", "/customer Gale")
    assert "ana took Gale off the list: 'Merged with Fjord'." in said(card)
    press(office, "U0ANA", card, ActionId.UNDO)
    assert customer(office, cast.gale).muted_because is None
    assert "off the list" not in said(card)


def test_undo_brings_it_back(office: Office, cast: Cast, digest: Message) -> None:
    before = customer(office, cast.gale)
    choose(office, "U0ANA", digest, MoreChoice.DISMISS, "Gale")
    submit(office, "U0ANA", reason="left")
    press(office, "U0ANA", digest, ActionId.UNDO, "Gale")
    after = customer(office, cast.gale)
    assert (after.muted_because, after.nudge_from_on) == (None, before.nudge_from_on)
    assert "3. Gale" in said(digest)
