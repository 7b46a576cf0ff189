"""Several `run` processes on one PostgreSQL: equal, replaceable one by one, and every message comes once."""

import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col

from bot.playground import Channel, Playground
from storage import outbox
from storage.engine import Store
from storage.jobs import queue_of
from storage.models import Delivery, DeliveryState, TeammateRow
from tests.support.cast import write_cast
from tests.support.process import Running, start
from tests.support.slack import SIGNING_SECRET, build_slack
from tests.support.waiting import until

CHANNELS = [f"C0{number}" for number in range(8)]
COUNT = 40


@pytest.fixture
def slack() -> Iterator[Playground]:
    channels = [Channel(channel, channel.lower(), {"U0ANA", "U0BOT"}) for channel in CHANNELS]
    with build_slack(lambda: datetime.now(UTC), channels=channels) as playground:
        yield playground


@pytest.fixture
def ledger_of_all(postgresql_store: Store) -> Store:
    return Store(postgresql_store.engine, queue_of(postgresql_store.engine))


@pytest.fixture
def replica(slack: Playground, tmp_path: Path, postgresql_url: str) -> Iterator[Callable[[], Running]]:
    """Start replicas; those that still run are killed at the end."""
    running: list[Running] = []

    def begin() -> Running:
        folder = tmp_path / f"replica{len(running)}"
        folder.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = int(taken.getsockname()[1])
        settings = {
            "DATABASE_URL": postgresql_url, "SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.api_url,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET, "KEEPWARM_LOG_LEVEL": "debug",
        }  # fmt: skip
        running.append(start(folder, port, settings=settings))
        return running[-1]

    yield begin
    for process in running:
        if process.process.poll() is None:
            process.stop(signal.SIGKILL)


def rows(store: Store, workspace: int) -> list[Delivery]:
    with store.read(workspace) as ledger:
        return list(ledger.rows(Delivery, col(Delivery.kind) != "home"))


def test_replicas_share_the_work_and_are_replaced_one_by_one(
    slack: Playground,
    ledger_of_all: Store,
    replica: Callable[[], Running],
    make_workspace: Callable[[Store, str], int],
) -> None:
    workspace = make_workspace(ledger_of_all, "T0PLAY")
    now = datetime.now(UTC)
    due_at = max(now - timedelta(minutes=1), now.replace(hour=0, minute=0, second=0, microsecond=0))
    with ledger_of_all.write(workspace) as ledger:
        ana = ledger.first(TeammateRow, col(TeammateRow.slack_user_id) == "U0ANA")
        assert ana is not None
        write_cast(ledger, now.date())
        ana.timezone, ana.work_days, ana.next_digest_at, ana.seen_at = "UTC", "1234567", due_at, now
        ledger.add(ana)
    slack.faults.next("chat.postMessage", delay=0.1, times=COUNT)
    old, other = replica(), replica()
    assert "deliveries='procrastinate'" in old.log.read_text()
    with ledger_of_all.write(workspace) as ledger:
        for number in range(COUNT):
            channel = CHANNELS[number % len(CHANNELS)]
            owed = outbox.Owed(f"{number}", kind="text", channel=channel, payload={"text": f"message {number}"})
            outbox.owe(ledger, owed, now=now)
    until(lambda: len(slack.calls_of("chat.postMessage")) > 8, what="the first messages")
    assert old.stop() == 0, "it finishes what it sends, and leaves the rest to the others"
    until(
        lambda: {row.state for row in rows(ledger_of_all, workspace)} == {DeliveryState.SENT}, seconds=20,
        what="all of it",
    )  # fmt: skip
    texts = Counter(m.text for m in slack.workspace.messages if m.bot_id and m.text.startswith("message"))
    assert texts == Counter(f"message {number}" for number in range(COUNT))
    assert {row.attempts for row in rows(ledger_of_all, workspace)} == {1}, "nobody died, so nothing was looked for"
    assert len([row for row in rows(ledger_of_all, workspace) if row.kind == "digest"]) == 1
    assert other.stop() == 0
