"""The outbox: how close the dispatcher comes to what its connections allow, and what a claim and a mark cost."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import func, select
from sqlmodel import col

from bench.harness import Figure, Timed, alternate, at_least, compare
from bench.place import POSTGRESQL, Place
from bench.processes import free_port, running, wait_until_ready
from bench.slow_slack import LATENCY_SECONDS
from bot.delivery.call import make_client
from bot.delivery.local import LocalDispatcher
from bot.delivery.settling import LEASE, SENDERS, Sender
from storage import claiming, outbox
from storage.columns import new_id
from storage.engine import Store
from storage.models import Delivery, DeliveryState, Workspace

# Few enough to be sent at once in all rounds together: the pace of a workspace is not what is measured.
A_WORKSPACE = 20
MOST_WORKSPACES = 100


def measure_sending(place: Place) -> Iterator[Figure]:
    """Yield how fast the outbox empties on every database; each message has a channel of its own."""
    port = free_port()
    with running(["-m", "bench.slow_slack", str(port)]) as slack:
        wait_until_ready(port, slack)
        client = make_client("xoxb-bench", f"http://127.0.0.1:{port}/api/")
        for database in place.databases():
            store = place.store(database, "sending")
            with store.session() as session:
                for number in range(MOST_WORKSPACES):
                    session.add(Workspace(id=number + 1, slack_team_id=f"T{number}", installed_at=datetime.now(UTC)))
            drain = _drain(store, client, place.size.deliveries)
            allowed = place.size.deliveries / SENDERS * LATENCY_SECONDS
            timed: Timed = compare(lambda: allowed, drain, rounds=min(place.size.rounds, 3))  # noqa: B023
            what = f"{place.size.deliveries} messages sent / what {SENDERS} connections allow at 20 ms, {database}"
            yield Figure(what, 1 / timed.slower, timed.limit * 1e6, timed.subject * 1e6, "µs")
            yield _claim_and_mark(store, place, database)


def _owe(store: Store, count: int) -> None:
    now = datetime.now(UTC)
    for first in range(0, count, A_WORKSPACE):
        with store.write(first // A_WORKSPACE + 1) as ledger:
            for number in range(first, min(count, first + A_WORKSPACE)):
                channel = f"C{number:06}"
                owed = outbox.Owed(f"text:{new_id()}", kind="text", channel=channel, payload={"text": "Good morning."})
                outbox.owe(ledger, owed, now=now)


def _drain(store: Store, client: WebClient, count: int) -> Callable[[], float]:
    dispatcher = LocalDispatcher(
        store, sender=Sender("bench"), clock=lambda: datetime.now(UTC), client_for=lambda _: client
    )  # fmt: skip

    def drain() -> float:
        _owe(store, count)
        begun = time.perf_counter()
        dispatcher.drain()
        took = time.perf_counter() - begun
        with store.session(writes=False) as session:
            left = session.execute(select(func.count()).where(col(Delivery.state) != DeliveryState.SENT)).scalar_one()
        assert left == 0, f"{left} messages were held back: this measures something else"
        return took

    return drain


def _claim_and_mark(store: Store, place: Place, database: str) -> Figure:
    """A claim and a mark, each committed, beside two bare updates of the same row by the driver."""
    calls = min(place.size.calls, 40)
    _owe(store, (place.size.rounds + 1) * calls)
    later = datetime.now(UTC) + timedelta(days=1)
    with store.session(writes=False) as session:
        row = session.execute(select(col(Delivery.workspace_id), col(Delivery.id)).limit(1)).one()
    mark = "%s" if database == POSTGRESQL else "?"
    bare = f"UPDATE delivery SET attempts = 1, lease_owner = 'bare' WHERE workspace_id = {mark} AND id = {mark}"
    engine = store.engine.execution_options(keepwarm_writes=True)

    def twice_bare() -> None:
        for _ in range(2):
            with engine.begin() as connection:
                cursor: Any = connection.connection.cursor()
                cursor.execute(bare, tuple(row))
                cursor.close()

    def claim_and_mark() -> None:
        nonlocal later
        later += timedelta(minutes=1)
        with store.session() as session:
            (claimed,) = claiming.claim(session, now=later, lease_owner="bench", lease=LEASE, limit=1)
        with store.session() as session:
            claiming.mark(session, claimed, "bench", state=DeliveryState.SENT)

    timed = alternate(twice_bare, claim_and_mark, rounds=place.size.rounds, calls=calls)
    return timed.figure(f"claim and mark / two bare updates, committed, {database}", at_least(0.7))
