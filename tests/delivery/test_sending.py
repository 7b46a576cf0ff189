"""One delivery and everything that can go wrong with it: each message is in Slack once, or its row says why not."""

from datetime import timedelta

import pytest

from bot.delivery.settling import LEASE, backoff, wait_for_slack
from bot.playground.chat import METADATA_BYTES
from storage import outbox
from storage.models import DeliveryState
from tests.delivery.conftest import Mailroom

SENT, UNKNOWN, FAILED = DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.FAILED
PENDING, CANCELLED = DeliveryState.PENDING, DeliveryState.CANCELLED


def test_what_is_owed_is_sent_and_its_place_is_kept(mailroom: Mailroom) -> None:
    delivery_id = mailroom.owe("hello")
    mailroom.settle()
    message = mailroom.slack.last_message("C0TEAM")
    found = mailroom.row(delivery_id)
    assert (found.state, found.slack_channel_id, found.slack_ts) == (SENT, "C0TEAM", message.ts)
    assert (found.attempts, found.error, found.lease_owner, found.sent_at) == (1, None, None, mailroom.clock())


def test_everybody_may_read_what_marks_a_message_as_ours(small_mailroom: Mailroom) -> None:
    delivery_id = small_mailroom.owe("Acme is waiting")
    small_mailroom.settle()
    metadata = small_mailroom.slack.posted()[0]["metadata"]
    assert metadata == {"event_type": "keepwarm_delivery", "event_payload": {"key": str(delivery_id)}}
    assert len(str(metadata)) < METADATA_BYTES


def test_a_wait_that_slack_asks_for_is_no_attempt(mailroom: Mailroom) -> None:
    mailroom.slack.faults.next("chat.postMessage", status=429, retry_after=30)
    delivery_id = mailroom.owe("hello")
    mailroom.settle()
    found = mailroom.row(delivery_id)
    assert (found.state, found.attempts, found.error) == (PENDING, 0, "ratelimited")
    assert found.due_at == mailroom.clock() + timedelta(seconds=30)
    mailroom.clock.forward(seconds=29)
    mailroom.settle()
    assert mailroom.texts() == []
    mailroom.clock.forward(seconds=1)
    mailroom.settle()
    assert mailroom.texts() == ["hello"]
    assert mailroom.slack.calls_of("conversations.history") == [], "Slack said no: there is nothing to look for"


def test_a_message_that_waits_for_slack_is_not_overtaken(small_mailroom: Mailroom) -> None:
    small_mailroom.slack.faults.next("chat.postMessage", status=429, retry_after=30)
    for text in ("one", "two", "three"):
        small_mailroom.owe(text)
        small_mailroom.clock.forward(seconds=1)
        small_mailroom.settle()
    assert small_mailroom.texts() == []
    small_mailroom.clock.forward(seconds=30)
    small_mailroom.settle()
    assert small_mailroom.texts() == ["one", "two", "three"]


def test_a_destination_that_can_never_take_anything_is_not_tried_again(mailroom: Mailroom) -> None:
    delivery_id = mailroom.owe("hello", "U0BOT")
    mailroom.settle()
    mailroom.clock.forward(hours=2)
    mailroom.settle()
    found = mailroom.row(delivery_id)
    assert (found.state, found.error, found.attempts) == (FAILED, "cannot_dm_bot", 1)


def test_what_slack_would_not_take_says_which_part(small_mailroom: Mailroom) -> None:
    payload = {"text": "hello", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]}
    delivery_id = small_mailroom.owe_as(outbox.Owed(key="b", kind="text", channel="C0TEAM", payload=payload))
    small_mailroom.settle()
    found = small_mailroom.row(delivery_id)
    assert found.state is FAILED
    assert found.error is not None
    assert found.error.startswith("invalid_blocks [ERROR] ")


def test_a_token_that_is_not_known_is_waited_for(mailroom: Mailroom) -> None:
    delivery_id = mailroom.owe("hello")
    mailroom.hire("without", token=None).drain()
    found = mailroom.row(delivery_id)
    assert (found.state, found.attempts, found.error) == (PENDING, 0, "no_token")
    mailroom.clock.forward(minutes=5)
    mailroom.settle()
    assert mailroom.texts() == ["hello"]


def test_a_slack_that_cannot_be_reached_is_waited_for_and_costs_no_attempt(small_mailroom: Mailroom) -> None:
    """Nothing was sent, so a first message to somebody is not lost either."""
    port = int(small_mailroom.slack.url.rsplit(":", 1)[1])
    small_mailroom.slack.stop()
    delivery_id = small_mailroom.owe("hello", "U0ANA")
    for _ in range(45):
        small_mailroom.settle()
        small_mailroom.clock.now = small_mailroom.row(delivery_id).due_at
    found = small_mailroom.row(delivery_id)
    assert (found.state, found.attempts, found.error) == (PENDING, 0, "ConnectionRefusedError")
    assert small_mailroom.clock.now - found.created_at > timedelta(hours=1)
    small_mailroom.slack.start(port)
    small_mailroom.settle()
    assert small_mailroom.texts("U0ANA") == ["hello"]


def test_waiting_for_slack_grows_with_the_outage() -> None:
    waits = [wait_for_slack(timedelta(seconds=seconds)).total_seconds() for seconds in (0, 20, 60, 600, 86400)]
    assert waits == [5, 5, 15, 120, 120]


def test_waiting_for_an_outcome_grows_up_to_an_hour() -> None:
    assert [backoff(attempts).total_seconds() for attempts in range(1, 9)] == [5, 20, 80, 320, 1280, 3600, 3600, 3600]


def test_a_slack_that_stays_broken_is_given_up(mailroom: Mailroom) -> None:
    mailroom.slack.faults.next("chat.postMessage", status=500, times=100)
    delivery_id = mailroom.owe("hello")
    for _ in range(20):
        mailroom.settle()
        mailroom.clock.forward(hours=1)
    found = mailroom.row(delivery_id)
    assert (found.state, found.attempts, found.error) == (FAILED, 8, "internal_error")


def test_a_page_from_something_between_slack_and_us_is_no_answer(small_mailroom: Mailroom) -> None:
    small_mailroom.slack.faults.next("chat.postMessage", error="<html>Sign in to the guest network", times=1)
    delivery_id = small_mailroom.owe("hello")
    small_mailroom.settle()
    found = small_mailroom.row(delivery_id)
    assert (found.state, found.error) == (UNKNOWN, "http_200"), "and its words are in no row and no log"


def test_one_message_that_fails_does_not_hold_up_the_others(mailroom: Mailroom) -> None:
    failing = mailroom.owe("nowhere", "U0BOT")
    mailroom.owe("here")
    undrawable = mailroom.owe_as(outbox.Owed(key="x", kind="no such kind", channel="C0PRIV"))
    mailroom.owe("there", "C0PRIV")
    mailroom.settle()
    assert (mailroom.texts("C0TEAM"), mailroom.texts("C0PRIV")) == (["here"], ["there"])
    assert (mailroom.state(failing), mailroom.state(undrawable)) == (FAILED, FAILED)


@pytest.mark.parametrize(
    ("owed", "error"),
    [
        (outbox.Owed(key="x", kind="no such kind", channel="C0TEAM"), "not_drawn"),
        (outbox.Owed(key="x", kind="react", channel="C0TEAM", payload={}), "not_drawn"),
        (outbox.Owed(key="x", kind="replace", channel="C0TEAM", payload={"what": "entry"}, subject_id=7), None),
    ],
    ids=["kind", "payload", "subject"],
)
def test_what_cannot_be_drawn_does_not_loop_for_ever(mailroom: Mailroom, owed: outbox.Owed, error: str | None) -> None:
    delivery_id = mailroom.owe_as(owed)
    mailroom.settle()
    mailroom.clock.forward(hours=1)
    mailroom.settle()
    found = mailroom.row(delivery_id)
    assert found.attempts == 1
    assert found.state is (FAILED if error else CANCELLED)
    assert found.error == error
    assert mailroom.slack.calls == []


@pytest.mark.parametrize("kind", ["digest", "logged", "handed_over", "welcome", "list_post", "home", "update"])
def test_a_delivery_whose_subject_is_gone_is_cancelled(small_mailroom: Mailroom, kind: str) -> None:
    payload = {"to": 5, "from": 6, "shared_by": 7, "customers": [404]}
    owed = outbox.Owed(key=kind, kind=kind, channel="C0TEAM", subject_id=404, target_id=404, payload=payload)
    delivery_id = small_mailroom.owe_as(owed)
    small_mailroom.settle()
    assert (small_mailroom.state(delivery_id), small_mailroom.slack.calls) == (CANCELLED, [])


def test_a_reaction_that_is_there_already_is_fine(small_mailroom: Mailroom) -> None:
    said = small_mailroom.slack.say("U0ANA", "C0TEAM", "called Acme")
    assert said.message is not None
    ts = said.message.ts
    for number in (1, 2):
        payload = {"ts": ts, "name": "white_check_mark"}
        owed = outbox.Owed(key=f"react:{number}", kind="react", channel="C0TEAM", payload=payload)
        delivery_id = small_mailroom.owe_as(owed)
        small_mailroom.settle()
        assert small_mailroom.state(delivery_id) is SENT
    last = small_mailroom.slack.calls_of("reactions.add")[-1].response
    assert last is not None
    assert last["error"] == "already_reacted"


def test_a_lease_that_outlived_its_sender_is_taken_over(mailroom: Mailroom) -> None:
    delivery_id = mailroom.owe("hello")
    mailroom.claim("dead")
    mailroom.settle()
    assert mailroom.texts() == []
    mailroom.clock.now += LEASE
    mailroom.settle()
    assert mailroom.texts() == ["hello"]
    assert len(mailroom.slack.calls_of("conversations.history")) == 1, "the dead one may have posted it"
    assert mailroom.state(delivery_id) is SENT


def test_what_is_owed_are_the_states_that_are_not_final() -> None:
    assert {state.value for state in outbox.OWED} == {"pending", "sending", "unknown"}
