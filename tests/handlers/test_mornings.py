"""Mornings on which the bot was late: what still helps comes once, what would only interrupt does not."""

from bot.playground import Message
from tests.handlers.acting import command, said, time_passes
from tests.support.bot import Office
from tests.support.cast import Cast


def digests(office: Office, channel: str) -> list[Message]:
    told = [message for message in office.slack.from_bot(channel) if not message.ephemeral_for]
    return [message for message in told if "I was not running" not in message.text]


def test_two_hours_late_is_sent_once(office: Office, cast: Cast) -> None:
    time_passes(office, hours=3)
    time_passes(office, minutes=1)
    assert len(digests(office, "U0ANA")) == 1


def test_nine_hours_late_is_not_sent(office: Office, cast: Cast) -> None:
    time_passes(office, hours=10)
    assert digests(office, "U0ANA") == []


def test_after_more_than_a_day_without_a_tick_todays_digest_still_comes(office: Office, cast: Cast) -> None:
    command(office, "U0ANA", "C0TEAM", "/keepwarm here daily")
    time_passes(office, hours=27)
    assert ["Wednesday" in said(message) for message in digests(office, "U0ANA")] == [True]
    assert ["Wednesday" in said(message) for message in digests(office, "C0TEAM")] == [True]
    time_passes(office, hours=22)
    assert len(digests(office, "U0ANA")) == 1, "and Thursday has its own, with nobody new in it"
