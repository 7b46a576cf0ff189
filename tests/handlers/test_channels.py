"""Channels: only admins choose them, never one that others read, and what is shown there holds no notes."""

import pytest

from bot.playground import Message
from bot.playground.line import Request
from storage.models import ChannelRow
from tests.handlers.acting import command, reply, said, touches_of
from tests.support.bot import Office
from tests.support.cast import Cast


def channels(office: Office) -> list[ChannelRow]:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return list(ledger.rows(ChannelRow))


@pytest.mark.parametrize(
    ("user", "channel", "why"),
    [
        ("U0BEN", "C0TEAM", "Only admins choose which channels get the team's digest. Yours is ana."),
        ("U0CHI", "C0TEAM", "Nur Admins wählen, welche Kanäle die Übersicht des Teams bekommen. Dein Admin ist ana."),
        ("U0ANA", "D0ANA", "This is a direct message."),
        ("U0ANA", "C0SHARE", "People of another organisation read this channel"),
        ("U0ANA", "C0OUT", "I am not in this channel yet. Invite me with /invite, then write this again."),
    ],
)
def test_where_the_teams_digest_cannot_come(
    office: Office, cast: Cast, refusals: set[str], user: str, channel: str, why: str
) -> None:
    refusals.add("conversations.info")
    office.slack.dm("U0ANA")
    assert why in command(office, user, channel, "/keepwarm here daily").text
    assert channels(office) == []


def test_a_private_channel_that_the_bot_is_in_will_do(office: Office, cast: Cast) -> None:
    assert "every working day" in command(office, "U0ANA", "C0PRIV", "/keepwarm here daily").text
    office.clock.forward(hours=1)
    office.tick()
    assert "Acme" in said(office.slack.last_message("C0PRIV"))


def test_a_channels_digest_shows_the_whole_team_without_notes_or_contacts(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    text = said(channel_digest) + channel_digest.text
    assert [name in text for name in ("Acme", "Fjord", "Gale", "Cedar")] == [True] * 4
    assert "three-year price" not in text
    assert "Köhler" not in text
    assert "Owner: ana" in text


def test_a_channel_that_becomes_shared_gets_no_more_customers(office: Office, cast: Cast, refusals: set[str]) -> None:
    command(office, "U0ANA", "C0TEAM", "/keepwarm here daily")
    office.slack.channel("C0TEAM").is_ext_shared = True
    office.clock.forward(hours=1)
    office.tick()
    assert [m for m in office.slack.from_bot("C0TEAM") if not m.ephemeral_for] == []


@pytest.mark.parametrize(
    ("channel", "scope", "other"),
    [("C0TEAM", "channels:history", "groups:history"), ("C0PRIV", "groups:history", "channels:history")],
)
def test_where_replies_would_not_be_read_the_answer_says_so(
    office: Office, cast: Cast, channel: str, scope: str, other: str
) -> None:
    grant_all_but(office, other)
    assert "Replies" not in command(office, "U0ANA", channel, "/keepwarm here daily").text
    grant_all_but(office, scope)
    answer = command(office, "U0ANA", channel, "/keepwarm here daily").text
    assert "every working day" in answer
    assert f"an admin can add the scope {scope}" in answer
    assert "scope" not in command(office, "U0ANA", channel, "/keepwarm here off").text


def grant_all_but(office: Office, scope: str) -> None:
    """Install again without a scope, as Slack then says with every answer."""
    settings = office.slack.workspace.settings
    settings.scopes = (settings.scopes | {"channels:history", "groups:history"}) - {scope}
    office.keepwarm.install()


def test_nothing_is_shown_or_logged_in_a_shared_channel(office: Office, cast: Cast) -> None:
    for asked in ("/whois-neglected all", "/customer Acme", "/touch Acme called"):
        shown = command(office, "U0ANA", "C0SHARE", asked)
        assert "People of another organisation read this channel" in shown.text, asked
        assert "Acme" not in shown.text
    assert touches_of(office, cast.acme)[0].source == "import"


def test_help_is_answered_in_a_shared_channel(office: Office, cast: Cast) -> None:
    assert "/touch" in command(office, "U0ANA", "C0SHARE", "/touch help").text


def test_a_thread_in_a_channel_that_became_shared_logs_nothing(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    office.slack.channel("C0TEAM").is_ext_shared = True
    reply(office, "U0ANA", channel_digest, "1 called")
    assert touches_of(office, cast.acme)[0].source == "import"


def shown_in_channel(office: Office) -> list[Message]:
    """What the bot shows everybody in the channel."""
    return [message for message in office.slack.from_bot("C0TEAM") if not message.ephemeral_for]


def test_once_a_channel_is_shared_its_digest_ends_its_lists_go_and_the_admin_is_told_once(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    office.slack.channel("C0TEAM").is_ext_shared = True
    office.clock.forward(minutes=6)
    for _ in range(2):
        office.keepwarm.look_after(office.workspace_id)
        office.settle()
    told = [m.text for m in office.slack.from_bot("U0ANA") if "People of another organisation read C0TEAM" in m.text]
    assert len(told) == 1
    assert shown_in_channel(office) == []
    office.clock.forward(days=1)
    office.tick()
    assert shown_in_channel(office) == []


def test_slack_s_own_word_that_a_channel_is_shared_closes_it(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    office.slack.channel("C0TEAM").is_ext_shared = True
    shared = {"type": "channel_shared", "channel": "C0TEAM", "connected_team_id": "T0ELSE", "event_ts": "1.1"}
    assert office.slack.line.send(Request("event", office.slack.payloads.event(shared))).ok
    office.settle()
    assert shown_in_channel(office) == []


def test_a_card_in_a_channel_that_became_shared_is_not_drawn_anew(
    office: Office, cast: Cast, channel_digest: Message
) -> None:
    office.slack.channel("C0TEAM").is_ext_shared = True
    before = office.slack.last_message("C0TEAM").text
    command(office, "U0ANA", "C0PRIV", "/touch Acme called")
    assert office.slack.last_message("C0TEAM").text == before


def test_a_clock_that_jumps_back_keeps_no_old_answer_about_a_channel(office: Office) -> None:
    def is_read_outside() -> bool:
        return office.keepwarm.directory.is_read_outside(office.workspace_id, "C0TEAM", now=office.clock())

    assert not is_read_outside()
    office.slack.channel("C0TEAM").is_ext_shared = True
    office.clock.forward(hours=-1)
    assert is_read_outside()
