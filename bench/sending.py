"""The dispatcher: how close it comes to what its connections allow when Slack takes 20 ms a message."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from slack_sdk import WebClient

from bench.harness import Figure, Timed, compare
from bench.place import Place
from bench.processes import free_port, running, wait_until_ready
from bench.slow_slack import LATENCY_SECONDS
from bot.delivery.call import make_client
from bot.delivery.local import SENDERS, LocalDispatcher
from bot.delivery.settling import Sender
from storage import outbox
from storage.columns import new_id
from storage.engine import Store
from storage.models import Workspace


def measure_sending(place: Place) -> Iterator[Figure]:
    """Yield how fast the outbox empties on every database; each message has a channel of its own."""
    port = free_port()
    with running(["-m", "bench.slow_slack", str(port)]) as slack:
        wait_until_ready(port, slack)
        client = make_client("xoxb-bench", f"http://127.0.0.1:{port}/api/")
        for database in place.databases():
            store = place.store(database, "sending")
            with store.session() as session:
                session.add(Workspace(id=1, slack_team_id="T0SEND", installed_at=datetime.now(UTC)))
            drain = _drain(store, client, place.size.deliveries)
            allowed = place.size.deliveries / SENDERS * LATENCY_SECONDS
            timed: Timed = compare(lambda: allowed, drain, rounds=min(place.size.rounds, 3))  # noqa: B023
            what = f"{place.size.deliveries} messages sent / what {SENDERS} connections allow at 20 ms, {database}"
            yield Figure(what, 1 / timed.slower, timed.limit * 1e6, timed.subject * 1e6, "µs")


def _drain(store: Store, client: WebClient, count: int) -> Callable[[], float]:
    dispatcher = LocalDispatcher(
        store, sender=Sender("bench"), clock=lambda: datetime.now(UTC), client_for=lambda _: client
    )  # fmt: skip

    def drain() -> float:
        now = datetime.now(UTC)
        with store.write(1) as ledger:
            for number in range(count):
                channel = f"C{number:06}"
                owed = outbox.Owed(f"text:{new_id()}", kind="text", channel=channel, payload={"text": "Good morning."})
                outbox.owe(ledger, owed, now=now)
        begun = time.perf_counter()
        dispatcher.drain()
        return time.perf_counter() - begun

    return drain
