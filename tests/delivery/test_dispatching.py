"""Several dispatchers, threads and processes on one outbox: whoever sends it, each message is in Slack once."""

import threading
from collections import Counter
from datetime import timedelta
from typing import ClassVar

import pytest

from bot.delivery.local import LocalDispatcher
from bot.delivery.settling import LEASE, SENDERS
from storage import claiming
from storage.models import DeliveryState
from tests.delivery.conftest import Mailroom
from tests.support.waiting import until

CHANNELS = ("C0TEAM", "C0PRIV", "U0ANA", "U0BEN", "U0CHI")


def in_slack(mailroom: Mailroom) -> Counter[str]:
    """How often each text of the bot stands in Slack."""
    return Counter(message.text for message in mailroom.slack.workspace.messages if message.bot_id)


def once_each(count: int) -> Counter[str]:
    return Counter(f"message {number}" for number in range(count))


def drain_together(*dispatchers: LocalDispatcher) -> None:
    together = threading.Barrier(len(dispatchers))

    def drain(dispatcher: LocalDispatcher) -> None:
        together.wait()
        dispatcher.drain()

    threads = [threading.Thread(target=drain, args=(dispatcher,)) for dispatcher in dispatchers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_three_dispatchers_send_each_message_once_and_in_order(mailroom: Mailroom) -> None:
    for number in range(40):
        mailroom.owe(f"message {number}", CHANNELS[number % len(CHANNELS)])
    drain_together(*(mailroom.hire(name) for name in ("one", "two", "three")))
    assert in_slack(mailroom) == once_each(40)
    for channel in CHANNELS:
        numbers = [int(text.split()[1]) for text in mailroom.texts(channel)]
        assert numbers == sorted(numbers)


def test_messages_that_are_owed_while_others_are_sent_are_sent_too(mailroom: Mailroom) -> None:
    dispatchers = [mailroom.hire(name) for name in ("one", "two")]
    for dispatcher in dispatchers:
        dispatcher.start()
    for number in range(20):
        mailroom.owe(f"message {number}", CHANNELS[number % len(CHANNELS)])
        dispatchers[number % 2].wake()
    until(lambda: in_slack(mailroom) == once_each(20), what="twenty messages")
    assert all(dispatcher.stop() for dispatcher in dispatchers)
    assert in_slack(mailroom) == once_each(20)


def test_a_slow_call_holds_up_its_own_channel_alone(small_mailroom: Mailroom) -> None:
    call = small_mailroom.hold("chat.postMessage")
    small_mailroom.owe("slow")
    small_mailroom.dispatcher.start()
    assert call.began()
    small_mailroom.owe("behind it")
    for number in range(3 * SENDERS):
        small_mailroom.owe(f"quick {number}", CHANNELS[1 + number % 4])
    small_mailroom.dispatcher.wake()
    until(lambda: len(in_slack(small_mailroom)) == 3 * SENDERS, what="the quick ones")
    assert small_mailroom.texts() == []
    call.let_go()
    until(lambda: small_mailroom.texts() == ["slow", "behind it"], what="the slow ones")
    assert small_mailroom.dispatcher.stop()


def test_what_falls_due_waits_for_what_is_on_its_way_in_its_channel(mailroom: Mailroom) -> None:
    mailroom.owe("planned for later", due_at=mailroom.clock() + timedelta(seconds=10))
    mailroom.owe("now")
    assert [delivery.key for delivery in mailroom.claim("first")] == ["text:C0TEAM:now"]
    mailroom.clock.forward(seconds=10)
    assert mailroom.claim("second") == []


@pytest.mark.parametrize("outcome", [DeliveryState.SENT, DeliveryState.FAILED])
def test_an_attempt_that_the_same_process_made_anew_marks_nothing(mailroom: Mailroom, outcome: DeliveryState) -> None:
    delivery_id = mailroom.owe("hello")
    (slept,) = mailroom.claim("both")
    mailroom.clock.forward(seconds=61)
    (anew,) = mailroom.claim("both")
    for delivery, is_ours in ((slept, False), (anew, True)):
        with mailroom.store.statement() as session:
            assert claiming.mark(session, delivery, "both", state=outcome) is is_ours
        assert (mailroom.state(delivery_id) is outcome) is is_ours


def test_a_clock_that_jumps_over_a_lease_sends_nothing_twice(small_mailroom: Mailroom) -> None:
    """The playground's clock goes to the next morning while a message is on its way."""
    call = small_mailroom.hold("chat.postMessage")
    delivery_id = small_mailroom.owe("good evening")
    small_mailroom.dispatcher.start()
    assert call.began()
    small_mailroom.clock.now += timedelta(hours=16)
    small_mailroom.owe("good morning", "U0ANA")
    small_mailroom.dispatcher.wake()
    until(lambda: small_mailroom.texts("U0ANA") == ["good morning"], what="the morning's message")
    call.let_go()
    small_mailroom.settle()
    assert in_slack(small_mailroom) == Counter({"good evening": 1, "good morning": 1})
    assert small_mailroom.row(delivery_id).attempts == 1
    assert small_mailroom.dispatcher.stop()


def test_stopping_finishes_what_is_on_its_way_and_leaves_the_rest(mailroom: Mailroom) -> None:
    call = mailroom.hold("chat.postMessage")
    first, second = mailroom.owe("on its way"), mailroom.owe("still owed")
    mailroom.dispatcher.start()
    assert call.began()
    threading.Timer(0.05, call.let_go).start()
    assert mailroom.dispatcher.stop()
    assert (mailroom.state(first), mailroom.state(second)) == (DeliveryState.SENT, DeliveryState.PENDING)
    assert mailroom.row(second).lease_owner is None


def test_stopping_does_not_wait_for_a_slack_that_hangs(small_mailroom: Mailroom) -> None:
    call = small_mailroom.hold("chat.postMessage")
    delivery_id = small_mailroom.owe("hello")
    small_mailroom.dispatcher.start()
    assert call.began()
    assert not small_mailroom.dispatcher.stop(timeout=0.05)
    call.let_go()
    until(small_mailroom.texts, what="the message that hung")
    small_mailroom.clock.now += LEASE
    small_mailroom.hire("the next one").drain()
    assert small_mailroom.texts() == ["hello"]
    until(lambda: small_mailroom.state(delivery_id) is DeliveryState.SENT, what="its mark")


def test_the_dispatcher_survives_a_database_that_is_away(small_mailroom: Mailroom) -> None:
    small_mailroom.owe("hello")
    engine = small_mailroom.store.engine
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE delivery RENAME TO away")
        connection.commit()
    small_mailroom.dispatcher.start(longest_idle=0.05)
    small_mailroom.dispatcher.wake()
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO delivery")
        connection.commit()
    until(small_mailroom.texts, what="the message")
    assert small_mailroom.dispatcher.stop()


class Attentive(LocalDispatcher):
    """Writes down how long it was going to wait, each time that it looked."""

    waits: ClassVar[list[float]] = []

    def _seconds_to_next(self) -> float:
        self.waits.append(super()._seconds_to_next())
        return self.waits[-1]


def test_what_waits_for_its_turn_does_not_keep_the_dispatcher_busy(small_mailroom: Mailroom) -> None:
    small_mailroom.slack.faults.next("chat.postMessage", status=429, retry_after=600)
    small_mailroom.owe("waits")
    small_mailroom.owe("behind it")
    dispatcher = small_mailroom.hire("attentive", kind=Attentive)
    dispatcher.start()
    until(lambda: Attentive.waits[-1:] == [600.0], what="a long wait")
    assert dispatcher.stop()
    assert len(Attentive.waits) < 6
