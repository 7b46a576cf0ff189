"""Real processes that share an outbox, or die in the middle of it: each message is in Slack exactly once."""

import multiprocessing
import random
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess

import pytest

from bot.delivery.settling import LEASE
from bot.playground import Channel
from storage.engine import Store
from storage.models import Delivery, DeliveryState
from tests.delivery.conftest import Mailroom
from tests.delivery.sending_process import send_all
from tests.delivery.test_dispatching import in_slack, once_each
from tests.support.bot import StandingClock
from tests.support.slack import build_slack

CHANNELS = [f"C0{number}" for number in range(9)]
KILLS = 12
COUNT = 90
# Enough for every life to end in the middle of them.
FOR_ALL_LIVES = 150


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts processes in milliseconds: a helper has imported everything before it is forked."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.delivery.sending_process"])
    return context


@pytest.fixture
def busy_mailroom(store: Store, now: datetime, make_workspace: Callable[[Store, str], int]) -> Iterator[Mailroom]:
    """Ninety messages for nine channels: no more than may be sent at once."""
    clock = StandingClock(now)
    channels = [Channel(channel, channel.lower(), {"U0ANA", "U0BOT"}) for channel in CHANNELS]
    with build_slack(clock, channels=channels) as slack:
        mailroom = Mailroom(store, slack, clock, make_workspace(store, "T0PLAY"))
        owe(mailroom, range(COUNT))
        yield mailroom


def owe(mailroom: Mailroom, numbers: Iterable[int]) -> None:
    for number in numbers:
        mailroom.owe(f"message {number}", CHANNELS[number % len(CHANNELS)])


def arguments(mailroom: Mailroom, name: str) -> tuple[str, str, datetime, str]:
    url = mailroom.store.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    return (url, mailroom.slack.api_url, mailroom.clock(), name)


def rows(mailroom: Mailroom) -> list[Delivery]:
    with mailroom.store.read(mailroom.workspace_id) as ledger:
        return list(ledger.rows(Delivery))


def test_two_processes_send_each_message_once(busy_mailroom: Mailroom, processes: ForkServerContext) -> None:
    both = [processes.Process(target=send_all, args=arguments(busy_mailroom, name)) for name in ("one", "two")]
    for process in both:
        process.start()
    for process in both:
        process.join(30)
    assert [process.exitcode for process in both] == [0, 0]
    assert in_slack(busy_mailroom) == once_each(COUNT)
    assert {row.state for row in rows(busy_mailroom)} == {DeliveryState.SENT}
    assert len(busy_mailroom.slack.calls_of("chat.postMessage")) == COUNT


def _kill(process: ForkServerProcess, started: threading.Event) -> None:
    """It may send before its start has returned here, and cannot be killed until then."""
    assert started.wait(10)
    process.kill()


def test_a_process_that_is_killed_again_and_again_sends_each_message_once(
    busy_mailroom: Mailroom, processes: ForkServerContext
) -> None:
    """Killed between two steps of its choice: after the claim, while Slack works, before the mark."""
    chance = random.Random(20261124)
    killed, started = 0, threading.Event()
    owe(busy_mailroom, range(COUNT, FOR_ALL_LIVES))
    while any(row.state is not DeliveryState.SENT for row in rows(busy_mailroom)):
        process = processes.Process(target=send_all, args=arguments(busy_mailroom, f"life {killed}"))
        if killed < KILLS:
            seconds, calls = chance.uniform(0, 0.012), chance.randint(1, 3)
            timer = threading.Timer(seconds, _kill, (process, started := threading.Event()))
            busy_mailroom.meanwhile("chat.postMessage", timer.start, at=calls)
        process.start()
        started.set()
        process.join(30)
        assert process.exitcode in {0, -9}
        killed += process.exitcode == -9
        # The dead one's claims run out. Slack's clock goes with ours.
        busy_mailroom.clock.now += LEASE + timedelta(seconds=30)
    assert killed >= KILLS - 2
    assert in_slack(busy_mailroom) == once_each(FOR_ALL_LIVES)
    assert {row.state for row in rows(busy_mailroom)} == {DeliveryState.SENT}
    assert any(row.attempts > 1 for row in rows(busy_mailroom)), "no claim outlived its sender: nothing was proved"
    assert len(busy_mailroom.slack.calls_of("conversations.history")) > 0
