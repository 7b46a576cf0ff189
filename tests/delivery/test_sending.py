"""One delivery and everything that can go wrong with it: each message is in Slack once, or its row says why not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.settling import LEASE, backoff, wait_for_slack
from bot.playground.chat import METADATA_BYTES
from storage import outbox
from storage.models import Delivery, DeliveryState
from tests.delivery.conftest import Mailroom
from tests.support.waiting import until

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


@pytest.mark.parametrize(
    "fault",
    [{"reset": True}, {"status": 500}, {"status": 503}, {"error": "internal_error"}, {"error": "fatal_error"}],
    ids=str,
)
@pytest.mark.parametrize("accepted", [True, False], ids=["accepted", "refused"])
def test_an_answer_that_is_lost_leads_to_one_message(
    mailroom: Mailroom, fault: Mapping[str, Any], accepted: bool
) -> None:
    mailroom.slack.faults.next("chat.postMessage", accepted=accepted, **fault)
    delivery_id = mailroom.owe("hello")
    mailroom.settle()
    assert mailroom.state(delivery_id) is UNKNOWN
    mailroom.settle()
    assert len(mailroom.slack.calls_of("chat.postMessage")) == 1, "not before it has had time to show"
    mailroom.clock.now += backoff(1)
    mailroom.settle()
    assert mailroom.texts() == ["hello"]
    found = mailroom.row(delivery_id)
    assert (found.state, found.slack_ts) == (SENT, mailroom.slack.last_message("C0TEAM").ts)
    assert len(mailroom.slack.calls_of("chat.postMessage")) == (1 if accepted else 2)


def test_an_answer_that_comes_too_late_leads_to_one_message(small_mailroom: Mailroom) -> None:
    small_mailroom.slack.faults.next("chat.postMessage", delay=0.3)
    delivery_id = small_mailroom.owe("hello")
    impatient = small_mailroom.hire("impatient", timeout=0.05)
    impatient.drain()
    assert (small_mailroom.state(delivery_id), small_mailroom.row(delivery_id).error) == (UNKNOWN, "TimeoutError")
    until(small_mailroom.texts, what="the slow message")
    small_mailroom.clock.now += backoff(1)
    small_mailroom.settle()
    assert small_mailroom.texts() == ["hello"]
    assert small_mailroom.state(delivery_id) is SENT


def test_a_message_is_found_in_its_thread(small_mailroom: Mailroom) -> None:
    small_mailroom.owe("root")
    small_mailroom.settle()
    root = small_mailroom.slack.last_message("C0TEAM")
    small_mailroom.slack.faults.next("chat.postMessage", reset=True, accepted=True)
    owed = outbox.Owed(key="reply", kind="text", channel="C0TEAM", thread_ts=root.ts, payload={"text": "in the thread"})
    delivery_id = small_mailroom.owe_as(owed)
    small_mailroom.settle()
    small_mailroom.clock.now += backoff(1)
    small_mailroom.settle()
    assert [message.text for message in small_mailroom.slack.replies(root)] == ["in the thread"]
    assert small_mailroom.row(delivery_id).slack_ts == small_mailroom.slack.replies(root)[0].ts


def test_a_message_is_found_among_hundreds(small_mailroom: Mailroom) -> None:
    small_mailroom.slack.faults.next("chat.postMessage", reset=True, accepted=True)
    small_mailroom.owe("hello")
    small_mailroom.settle()
    for number in range(250):
        small_mailroom.slack.say("U0BEN", "C0TEAM", f"chatter {number}")
    small_mailroom.clock.now += backoff(1)
    small_mailroom.settle()
    assert small_mailroom.texts() == ["hello"]
    assert len(small_mailroom.slack.calls_of("conversations.history")) == 3


def test_a_person_s_message_is_found_once_their_conversation_is_known(mailroom: Mailroom) -> None:
    mailroom.owe("good morning", "U0ANA")
    mailroom.settle()
    mailroom.slack.faults.next("chat.postMessage", reset=True, accepted=True)
    mailroom.owe("good evening", "U0ANA")
    mailroom.settle()
    mailroom.clock.now += backoff(1)
    mailroom.settle()
    assert mailroom.texts("U0ANA") == ["good morning", "good evening"]


def test_a_clock_that_is_ahead_of_slack_s_finds_its_message(small_mailroom: Mailroom) -> None:
    slack_s = small_mailroom.clock.now
    small_mailroom.slack.workspace.clock = lambda: slack_s - timedelta(minutes=3)
    small_mailroom.slack.faults.next("chat.postMessage", reset=True, accepted=True)
    small_mailroom.owe("hello")
    small_mailroom.settle()
    small_mailroom.clock.now += backoff(1)
    small_mailroom.settle()
    assert small_mailroom.texts() == ["hello"]


def lose_the_answer_where_nobody_can_look(mailroom: Mailroom) -> int:
    mailroom.slack.workspace.settings.scopes = mailroom.slack.workspace.settings.scopes - {"channels:history"}
    mailroom.slack.faults.next("chat.postMessage", reset=True, accepted=True)
    return mailroom.owe("hello")


def test_where_nobody_can_look_a_message_is_given_up_by_default(mailroom: Mailroom) -> None:
    delivery_id = lose_the_answer_where_nobody_can_look(mailroom)
    mailroom.settle()
    mailroom.clock.now += backoff(1)
    mailroom.settle()
    assert mailroom.texts() == ["hello"], "it had arrived: a second one would be the worse evil"
    found = mailroom.row(delivery_id)
    assert (found.state, found.error) == (FAILED, "unknown_outcome")


def test_where_nobody_can_look_a_setting_sends_again(mailroom: Mailroom) -> None:
    bold = mailroom.hire("bold", send_when_unsure=True)
    delivery_id = lose_the_answer_where_nobody_can_look(mailroom)
    bold.drain()
    mailroom.clock.now += backoff(1)
    bold.drain()
    assert mailroom.texts() == ["hello", "hello"]
    assert mailroom.state(delivery_id) is SENT


@pytest.mark.parametrize("send_when_unsure", [False, True])
def test_a_first_message_to_somebody_cannot_be_looked_for(small_mailroom: Mailroom, send_when_unsure: bool) -> None:
    dispatcher = small_mailroom.hire("one", send_when_unsure=send_when_unsure)
    small_mailroom.slack.faults.next("chat.postMessage", status=500)
    small_mailroom.owe("hello", "U0ANA")
    dispatcher.drain()
    small_mailroom.clock.now += backoff(1)
    dispatcher.drain()
    assert small_mailroom.texts("U0ANA") == (["hello"] if send_when_unsure else [])


def test_a_first_message_to_somebody_is_looked_for_where_conversations_may_be_opened(mailroom: Mailroom) -> None:
    settings = mailroom.slack.workspace.settings
    settings.scopes = settings.scopes | {"im:write"}
    mailroom.slack.faults.next("chat.postMessage", reset=True, accepted=True)
    lost = mailroom.owe("hello", "U0ANA")
    mailroom.slack.faults.next("chat.postMessage", reset=True)
    never_came = mailroom.owe("hello", "U0BEN")
    for _ in range(2):
        mailroom.settle()
        mailroom.clock.now += backoff(1)
    assert (mailroom.state(lost), mailroom.state(never_came)) == (SENT, SENT)
    assert (mailroom.texts("U0ANA"), mailroom.texts("U0BEN")) == (["hello"], ["hello"])


@pytest.mark.parametrize("send_when_unsure", [False, True])
def test_a_whisper_is_in_no_history(small_mailroom: Mailroom, send_when_unsure: bool) -> None:
    dispatcher = small_mailroom.hire("one", send_when_unsure=send_when_unsure)
    small_mailroom.slack.faults.next("chat.postEphemeral", reset=True, accepted=True)
    owed = outbox.Owed(key="w", kind="whisper", channel="C0TEAM", payload={"user": "U0ANA", "text": "psst"})
    small_mailroom.owe_as(owed)
    dispatcher.drain()
    small_mailroom.clock.now += backoff(1)
    dispatcher.drain()
    assert len(small_mailroom.slack.ephemerals("U0ANA")) == (2 if send_when_unsure else 1)


def test_a_history_that_is_slow_is_waited_for(mailroom: Mailroom) -> None:
    mailroom.slack.faults.next("chat.postMessage", reset=True, accepted=True)
    delivery_id = mailroom.owe("hello")
    mailroom.settle()
    mailroom.clock.now += backoff(1)
    mailroom.slack.faults.next("conversations.history", status=429, retry_after=60)
    mailroom.settle()
    found = mailroom.row(delivery_id)
    assert (found.state, found.attempts) == (PENDING, 1), "still to be looked for"
    mailroom.clock.forward(seconds=60)
    mailroom.slack.faults.next("conversations.history", status=502)
    mailroom.settle()
    assert mailroom.state(delivery_id) is UNKNOWN
    mailroom.clock.forward(minutes=5)
    mailroom.settle()
    assert (mailroom.texts(), mailroom.state(delivery_id)) == (["hello"], SENT)


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


def test_ten_edits_are_one_update_with_the_last_words(mailroom: Mailroom) -> None:
    posted = mailroom.owe("draft")
    mailroom.settle()
    for number in range(10):
        with mailroom.store.write(mailroom.workspace_id) as ledger:
            row = ledger.get(Delivery, posted)
            assert row is not None
            row.payload = {"text": f"version {number}"}
            ledger.add(row)
            outbox.owe_update(ledger, row, now=mailroom.clock())
    mailroom.settle()
    assert len(mailroom.slack.calls_of("chat.update")) == 1
    assert mailroom.texts() == ["version 9"]


def test_an_update_is_repeated_until_it_is_done(mailroom: Mailroom) -> None:
    posted = mailroom.owe("hello")
    mailroom.settle()
    mailroom.slack.faults.next("chat.update", reset=True, accepted=True)
    mailroom.slack.faults.next("chat.update", status=500)
    with mailroom.store.write(mailroom.workspace_id) as ledger:
        outbox.owe_update(ledger, mailroom.row(posted), now=mailroom.clock())
    for _ in range(3):
        mailroom.settle()
        mailroom.clock.forward(minutes=1)
    assert len(mailroom.slack.calls_of("chat.update")) == 3
    assert mailroom.slack.calls_of("conversations.history") == []
    with mailroom.store.read(mailroom.workspace_id) as ledger:
        assert {row.state for row in ledger.rows(Delivery)} == {SENT}


def test_a_message_is_known_by_its_place_and_not_by_its_updates(mailroom: Mailroom) -> None:
    posted = mailroom.owe("hello")
    mailroom.settle()
    with mailroom.store.write(mailroom.workspace_id) as ledger:
        outbox.owe_update(ledger, mailroom.row(posted), now=mailroom.clock())
    mailroom.settle()
    ts = mailroom.slack.last_message("C0TEAM").ts
    with mailroom.store.read(mailroom.workspace_id) as ledger:
        assert [row.id for row in ledger.rows(Delivery) if row.slack_ts == ts] == [posted]
        found = outbox.posted_at(ledger, "C0TEAM", ts)
    assert found is not None
    assert found.id == posted


def test_an_update_of_a_message_that_was_deleted_is_done(small_mailroom: Mailroom) -> None:
    posted = small_mailroom.owe("hello")
    small_mailroom.settle()
    small_mailroom.slack.last_message("C0TEAM").deleted = True
    with small_mailroom.store.write(small_mailroom.workspace_id) as ledger:
        outbox.owe_update(ledger, small_mailroom.row(posted), now=small_mailroom.clock())
    small_mailroom.settle()
    with small_mailroom.store.read(small_mailroom.workspace_id) as ledger:
        assert {row.state for row in ledger.rows(Delivery)} == {SENT}


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


def test_a_sender_that_lost_its_claim_while_it_looked_does_not_post(small_mailroom: Mailroom) -> None:
    """Its look-up took so long that another one took over, looked, and posted."""
    delivery_id = small_mailroom.owe("hello")
    small_mailroom.claim("dead")
    for number in range(150):
        small_mailroom.slack.say("U0BEN", "C0TEAM", f"chatter {number}")
    small_mailroom.clock.now += LEASE
    quick = small_mailroom.hire("quick")

    def take_over() -> None:
        small_mailroom.clock.now += LEASE
        quick.drain()

    small_mailroom.meanwhile("conversations.history", take_over, at=2)
    small_mailroom.hire("slow").drain()
    assert small_mailroom.texts() == ["hello"]
    assert small_mailroom.row(delivery_id).attempts == 3
    assert small_mailroom.state(delivery_id) is SENT


def test_what_is_owed_are_the_states_that_are_not_final() -> None:
    assert {state.value for state in outbox.OWED} == {"pending", "sending", "unknown"}
