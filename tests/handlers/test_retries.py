"""Failures on our side: nothing is half done, Slack's retry does the work, and a person gets a reference."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.blocks.ids import ActionId, MoreChoice
from bot.logs import set_up_logs
from bot.playground import Message
from storage.models import DedupeKey
from tests.handlers.acting import choose, press, said, touches_of, value_of, whispers
from tests.support.bot import Office
from tests.support.cast import Cast

REFERENCE = re.compile(r"Nothing was changed\. Reference: [0-9a-f]{8}")


@contextmanager
def no_touch_can_be_written(office: Office) -> Iterator[None]:
    """A database that refuses every touch."""
    with office.keepwarm.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refuse BEFORE INSERT ON touch BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    yield
    with office.keepwarm.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER refuse")


def keys(office: Office) -> int:
    with office.keepwarm.store.read(office.workspace_id) as ledger:
        return len(ledger.rows(DedupeKey))


def test_an_event_that_failed_is_sent_again_and_does_the_work_then(
    office: Office, cast: Cast, digest: Message, refusals: set[str]
) -> None:
    refusals.add("a notice that the bot answered 500")
    before, seen = len(touches_of(office, cast.acme)), keys(office)
    with no_touch_can_be_written(office):
        answer = office.slack.say("U0ANA", digest.channel, "1 called", thread_ts=digest.ts)
        assert answer.status == 500
    assert (len(touches_of(office, cast.acme)), keys(office)) == (before, seen)
    assert office.slack.redeliver().ok
    assert office.slack.redeliver(retry_num=2).ok
    office.settle()
    assert len(touches_of(office, cast.acme)) == before + 1
    assert len([m for m in office.slack.replies(digest) if m.bot_id]) == 1


def test_a_command_that_failed_answers_with_a_reference(office: Office, cast: Cast) -> None:
    before = len(touches_of(office, cast.acme))
    with no_touch_can_be_written(office):
        answer = office.slack.slash("U0ANA", "C0TEAM", "/touch", "Acme called")
    assert answer.ok
    assert answer.message is not None
    assert REFERENCE.search(answer.message.text)
    assert len(touches_of(office, cast.acme)) == before


def test_the_reference_is_on_the_log_lines_of_that_request(
    office: Office, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("info")
    with no_touch_can_be_written(office):
        answer = office.slack.slash("U0ANA", "C0TEAM", "/touch", "Acme called")
    assert answer.message is not None
    found = re.search(r"Reference: ([0-9a-f]{8})", answer.message.text)
    assert found
    assert f"request='{found[1]}'" in capsys.readouterr().err


def test_a_click_that_failed_says_so_and_can_be_made_again(office: Office, cast: Cast, digest: Message) -> None:
    shown = said(digest)
    with no_touch_can_be_written(office):
        press(office, "U0ANA", digest, ActionId.DONE, "Acme")
    assert REFERENCE.search(whispers(office, "U0ANA")[-1])
    assert said(digest) == shown
    press(office, "U0ANA", digest, ActionId.DONE, "Acme")
    assert "ana marked Acme as done" in said(digest)


def test_a_form_that_failed_stays_open_with_what_was_typed(office: Office, cast: Cast, digest: Message) -> None:
    choose(office, "U0ANA", digest, MoreChoice.DETAILS, "Acme")
    with no_touch_can_be_written(office):
        answer = office.slack.submit("U0ANA", {"kind": "call", "note": "Signs soon"})
    assert REFERENCE.search(str(answer.json["errors"]))
    assert office.slack.submit("U0ANA").ok
    office.settle()
    assert touches_of(office, cast.acme)[0].note == "Signs soon"


def test_the_same_click_that_slack_sends_twice_is_one_effect(office: Office, cast: Cast, digest: Message) -> None:
    before = len(touches_of(office, cast.acme))
    office.slack.click("U0ANA", digest, ActionId.DONE, value=value_of(digest, ActionId.DONE, "Acme"))
    assert office.slack.line.send(office.slack.requests[-1]).ok
    office.settle()
    assert len(touches_of(office, cast.acme)) == before + 1
    assert whispers(office, "U0ANA") == []


def test_the_same_submission_that_slack_sends_twice_is_one_touch(office: Office, cast: Cast, digest: Message) -> None:
    before = len(touches_of(office, cast.acme))
    choose(office, "U0ANA", digest, MoreChoice.DETAILS, "Acme")
    office.slack.submit("U0ANA", {"kind": "call"})
    assert office.slack.line.send(office.slack.requests[-1]).json == {}
    office.settle()
    assert len(touches_of(office, cast.acme)) == before + 1
