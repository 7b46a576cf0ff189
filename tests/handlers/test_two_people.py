"""Several people see the same customer: the first to act wins, everybody's message says so, in their own words."""

from bot.blocks.ids import ActionId, MoreChoice
from bot.playground import Message
from bot.playground.line import Request
from tests.handlers.acting import choose, command, press, said, submit, touches_of, value_of, whispers
from tests.support.bot import Office
from tests.support.cast import Cast


def test_the_second_reads_who_was_first_and_when_in_their_own_zone(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    value = value_of(channel_digest, ActionId.DONE, "Acme")
    choose(office, "U0CHI", channel_digest, MoreChoice.DETAILS, "Acme")
    office.clock.forward(minutes=12)
    office.slack.click("U0BEN", channel_digest, ActionId.DONE, value=value)
    before = len(touches_of(office, cast.acme))
    errors = submit(office, "U0CHI", kind="call", note="auch angerufen")
    assert list(errors.values()) == ["ben hat Acme um 10:12 Uhr erledigt."]
    assert len(touches_of(office, cast.acme)) == before


def test_a_click_on_a_card_that_somebody_just_ended_says_so_to_the_clicker_alone(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    slack, value = office.slack, value_of(channel_digest, ActionId.DONE, "Acme")
    choose(office, "U0BEN", channel_digest, MoreChoice.DETAILS, "Acme")
    submit(office, "U0BEN", kind="call", note="called, all good")
    before = len(touches_of(office, cast.acme))
    button = {"type": "button", "action_id": ActionId.DONE, "block_id": "stale", "value": value, "action_ts": "1.0"}
    stale = slack.payloads.actions(slack.workspace.person("U0ANA"), channel_digest, button, {})
    assert slack.line.send(Request("interaction", stale)).ok, "Ana's window still showed the button"
    office.settle()
    assert len(touches_of(office, cast.acme)) == before
    assert whispers(office, "U0ANA")[-1] == "ben marked Acme as done at 9:00: 'called, all good'."


def test_a_card_changes_in_every_message_that_shows_the_customer(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    slack = office.slack
    anas = slack.last_message("U0ANA")
    shown = command(office, "U0CHI", "C0TEAM", "/whois-neglected all")
    slack.open_home("U0ANA")
    office.settle()
    choose(office, "U0BEN", channel_digest, MoreChoice.DETAILS, "Acme")
    submit(office, "U0BEN", kind="call", note="all good")
    assert "ben marked Acme as done at 9:00." in said(channel_digest)
    assert "all good" not in said(channel_digest), "notes are private"
    assert "ben marked Acme as done at 9:00: 'all good'." in said(anas)
    home = slack.home("U0ANA")
    assert home is not None
    assert "Acme" not in said(home)
    press(office, "U0CHI", shown, ActionId.DONE, "Cedar")
    assert "ben hat Acme um 10:00 Uhr erledigt: „all good“." in said(shown)
    assert "chi hat Cedar um 10:00 Uhr erledigt." in said(shown)


def test_a_list_that_was_asked_for_changes_through_its_response_url(office: Office, cast: Cast) -> None:
    shown = command(office, "U0ANA", "C0TEAM", "/whois-neglected")
    press(office, "U0ANA", shown, ActionId.DONE, "Fjord")
    assert "ana marked Fjord as done" in said(shown)
    assert "Acme" in said(shown)
    press(office, "U0ANA", shown, ActionId.UNDO, "Fjord")
    assert "marked Fjord as done" not in said(shown)
    assert len(office.slack.ephemerals("U0ANA")) == 1


def test_forms_opened_from_a_list_change_the_list(office: Office, cast: Cast) -> None:
    shown = command(office, "U0ANA", "C0TEAM", "/whois-neglected")
    press(office, "U0ANA", shown, ActionId.SNOOZE, "Acme")
    submit(office, "U0ANA", words="in 2 weeks")
    assert "Acme comes back on Tuesday, 8 December." in said(shown)


def test_a_stranger_to_the_customer_cannot_undo(office: Office, cast: Cast, channel_digest: Message) -> None:
    press(office, "U0ANA", channel_digest, ActionId.DONE, "Acme")
    before = len(touches_of(office, cast.acme))
    press(office, "U0CHI", channel_digest, ActionId.UNDO, "Acme")
    assert len(touches_of(office, cast.acme)) == before
    assert whispers(office, "U0CHI")[-1] == "Das kann nur zurücknehmen, wer es getan hat oder zuständig ist."


def test_the_owner_can_undo_what_a_colleague_did(office: Office, cast: Cast, channel_digest: Message) -> None:
    press(office, "U0BEN", channel_digest, ActionId.DONE, "Acme")
    before = len(touches_of(office, cast.acme))
    press(office, "U0ANA", office.slack.last_message("U0ANA"), ActionId.UNDO, "Acme")
    assert len(touches_of(office, cast.acme)) == before - 1
    assert "marked Acme" not in said(channel_digest)
