"""A lost answer: the message is looked for where it would stand; where nobody can look, a setting decides."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.settling import LEASE, backoff
from storage import outbox
from storage.models import DeliveryState
from tests.delivery.conftest import Mailroom
from tests.support.waiting import until

SENT, UNKNOWN, FAILED, PENDING = (
    DeliveryState.SENT,
    DeliveryState.UNKNOWN,
    DeliveryState.FAILED,
    DeliveryState.PENDING,
)


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


def suspend_before_the_first_byte(mailroom: Mailroom, *, quick: bool) -> None:
    """The slow one is suspended after its last look at its claim; another one sends, or only takes over, meanwhile."""
    other = mailroom.hire("quick")

    def meanwhile() -> None:
        mailroom.clock.now += LEASE
        if quick:
            other.drain()
        else:
            mailroom.claim("dead")

    mailroom.meanwhile("chat.postMessage", meanwhile)
    mailroom.hire("slow").drain()


def test_a_sender_that_was_suspended_right_before_the_call_takes_its_message_back(mailroom: Mailroom) -> None:
    delivery_id = mailroom.owe("hello")
    suspend_before_the_first_byte(mailroom, quick=True)
    assert mailroom.texts() == ["hello"]
    (left,) = mailroom.slack.from_bot("C0TEAM")
    assert (mailroom.state(delivery_id), mailroom.row(delivery_id).slack_ts) == (SENT, left.ts)
    assert len(mailroom.slack.calls_of("chat.delete")) == 1


def test_what_the_one_who_took_over_has_not_sent_yet_stays_and_is_found(mailroom: Mailroom) -> None:
    delivery_id = mailroom.owe("hello")
    suspend_before_the_first_byte(mailroom, quick=False)
    mailroom.clock.now += LEASE
    mailroom.settle()
    assert mailroom.texts() == ["hello"]
    assert mailroom.state(delivery_id) is SENT
    assert mailroom.slack.calls_of("chat.delete") == []
