"""Short answers name the fact, the person and the way on."""

from datetime import date

import pytest

from bot.blocks import said
from bot.domain.model import NudgeState
from tests.blocks.cast import ENGLISH, GERMAN, done
from tests.blocks.checks import HOSTILE, assert_slack_takes, markup


def test_who_was_first_is_named_with_the_time_and_the_words() -> None:
    assert said.too_late(done(), ENGLISH) == "Ben marked Acme as done at 9:12: 'called, all good'."
    snoozed = done(state=NudgeState.SNOOZED, back_on=date(2026, 11, 30))
    assert said.too_late(snoozed, ENGLISH) == "Acme comes back on Monday, 30 November."


def test_what_happened_is_said_in_one_sentence() -> None:
    assert said.added("Elm", ENGLISH) == "Elm is one of your customers now."
    assert said.added("Elm", GERMAN) == "Elm gehört jetzt zu deinen Kunden."


def test_an_outage_is_told_once_with_its_hours() -> None:
    told = said.outage("8:50", "11:20", ENGLISH)
    assert told == "Slack was unreachable from 8:50 to 11:20. This is today's list."


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_in_an_answer_stays_text(text: str) -> None:
    for sentence in (said.added(text, ENGLISH), said.too_late(done(text, ended_by=text, note=text), ENGLISH)):
        message = said.build_said(sentence)
        assert_slack_takes(message)
        assert all("<" not in marked for marked in markup(message))
