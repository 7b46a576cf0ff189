"""What a person says to the bot itself in its direct messages is done, as the command of the same words does it."""

from datetime import date

import pytest
from sqlmodel import col

from bot.domain.model import Frequency, Role, TouchKind
from storage.models import Entry, TeammateRow
from storage.people import by_slack_id
from tests.handlers.acting import command, touches_of
from tests.support.bot import Office
from tests.support.cast import Cast


def say(office: Office, text: str, user: str = "U0ANA") -> str:
    """Say something in the direct messages with the bot, and return its newest message there."""
    office.slack.say(user, office.slack.dm(user), text)
    office.settle()
    return office.slack.last_message(user).text


def ana(office: Office) -> TeammateRow:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        row = by_slack_id(ledger, "U0ANA")
        assert row is not None
        return row


def entries(office: Office) -> int:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return len(ledger.rows(Entry, col(Entry.id) > 0))


def test_a_pause_until_a_day_holds_the_digests(office: Office, cast: Cast) -> None:
    assert say(office, "Pause until 30 November").startswith("Digests come again on Monday, 30 November.")
    assert ana(office).paused_until_on == date(2026, 11, 30)
    assert entries(office) == 0


@pytest.mark.parametrize("words", ["stop", "Pause", "stopp."])
def test_stop_ends_the_digests_and_resume_brings_them_back(office: Office, cast: Cast, words: str) -> None:
    assert say(office, words) == command(office, "U0ANA", "C0TEAM", "/keepwarm pause").text
    assert ana(office).digest_frequency is Frequency.OFF
    assert say(office, "resume") == "You get a digest every working day."
    assert ana(office).digest_frequency is Frequency.DAILY


@pytest.mark.parametrize("words", ["settings", "Einstellungen", "?"])
def test_settings_are_a_button_away(office: Office, cast: Cast, words: str) -> None:
    say(office, words)
    assert "open_settings" in str(office.slack.last_message("U0ANA").blocks)
    assert entries(office) == 0


def test_a_name_that_begins_with_such_a_word_is_a_customer(office: Office, cast: Cast) -> None:
    assert "Which customer is this for?" in say(office, "Stop & Shop called, wants pricing")
    assert ana(office).digest_frequency is Frequency.DAILY
    say(office, "Acme called, wants to pause until Monday")
    assert touches_of(office, cast.acme)[0].kind is TouchKind.CALL
    assert ana(office).paused_until_on is None


def test_a_viewer_may_pause_and_ask_for_help_but_log_nothing(office: Office, cast: Cast) -> None:
    with office.keepwarm.store.write(office.workspace_id) as ledger:
        row = by_slack_id(ledger, "U0BEN")
        assert row is not None
        row.role = Role.VIEWER
        ledger.add(row)
    assert "/keepwarm" in say(office, "hello", "U0BEN")
    assert say(office, "pause", "U0BEN").startswith("No more digests.")
    before = touches_of(office, cast.acme)
    say(office, "Acme: called yesterday", "U0BEN")
    assert touches_of(office, cast.acme) == before
