"""The outbox: how close the dispatcher comes to what its connections allow, and what a claim and a mark cost."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from slack_sdk import WebClient
from sqlalchemy import func, select
from sqlmodel import col

from bench.harness import Figure, Timed, alternate, at_least, compare
from bench.place import Place
from bench.processes import free_port, holding_keys, running, wait_until_ready
from bench.raw import begin, parameters, raw_connection
from bench.slow_slack import LATENCY_SECONDS
from bot.delivery.call import make_client
from bot.delivery.local import LocalDispatcher
from bot.delivery.settling import LEASE, SENDERS, Sender
from storage import claiming, outbox
from storage.bulk import instant_encoder
from storage.columns import new_id
from storage.engine import Store
from storage.ledger import Ledger
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
            write_workspaces(store)
            count = place.size.deliveries
            allowed = count / SENDERS * LATENCY_SECONDS
            timed: Timed = compare(lambda: allowed, _drain(store, client, count), rounds=min(place.size.rounds, 3))  # noqa: B023
            what = (
                f"{count} messages sent / what {SENDERS} connections allow at {LATENCY_SECONDS * 1e3:.0f} ms"
                f" ({SENDERS / LATENCY_SECONDS:.0f} a second), {database}"
            )
            yield Figure(what, 1 / timed.slower, timed.limit * 1e6, timed.subject * 1e6, "µs", at_least(0.9))
            yield _claim_and_mark(store, place, database)


def write_workspaces(store: Store) -> None:
    """Write the workspaces that messages are owed to, each with its token."""
    with holding_keys(), store.session() as session:
        session.add_all(
            Workspace(id=number + 1, slack_team_id=f"T{number}", bot_token="xoxb-bench", installed_at=datetime.now(UTC))
            for number in range(MOST_WORKSPACES)
        )


def owe_messages(store: Store, count: int) -> None:
    """Owe so many messages, each to a channel of its own, in one transaction."""
    now = datetime.now(UTC)
    with store.session() as session:
        for number in range(count):
            channel = f"C{number:06}"
            owed = outbox.Owed(f"text:{new_id()}", kind="text", channel=channel, payload={"text": "Good morning."})
            outbox.owe(Ledger(session, number // A_WORKSPACE + 1), owed, now=now)


def _drain(store: Store, client: WebClient, count: int) -> Callable[[], float]:
    dispatcher = LocalDispatcher(
        store, sender=Sender("bench"), clock=lambda: datetime.now(UTC), client_for=lambda _: client
    )  # fmt: skip

    def drain() -> float:
        owe_messages(store, count)
        begun = time.perf_counter()
        dispatcher.drain()
        took = time.perf_counter() - begun
        with store.session(writes=False) as session:
            left = session.execute(select(func.count()).where(col(Delivery.state) != DeliveryState.SENT)).scalar_one()
        assert left == 0, f"{left} messages were held back: this measures something else"
        return took

    return drain


def _claim_and_mark(store: Store, place: Place, database: str) -> Figure:
    """What a delivery costs in the outbox when they are claimed as they come: so many at once, and each one marked.

    A claim of eight in a transaction and eight marks in one each, beside the driver's bare updates of as many rows in
    as many transactions, by their keys, with the same columns: the indexes cost both alike.
    """
    rounds, calls = place.size.rounds, min(place.size.calls, 4)
    owe_messages(store, 2 * (rounds + 1) * calls * SENDERS)
    later = datetime.now(UTC) + timedelta(days=1)
    with store.session(writes=False) as session:
        pending = "SELECT workspace_id, id FROM delivery WHERE state = 'pending' ORDER BY due_at DESC, id DESC"
        keys = iter(session.ask(pending, ()))
    begun, done = (
        parameters(store, f"UPDATE delivery SET {changes} WHERE workspace_id = ? AND id = ?")
        for changes in (
            "state = 'sending', lease_owner = 'bare', lease_until_at = ?, attempts = 1, first_attempt_at = ?",
            "state = 'sent', lease_owner = NULL, lease_until_at = NULL, sent_at = ?",
        )
    )
    with store.engine.connect() as connection:
        stored_later = instant_encoder(connection)(later)

    def claim_and_mark() -> None:
        nonlocal later
        later += timedelta(minutes=10)  # every lane has rested: the pace is not what is measured
        with store.statement() as session:
            claimed = claiming.claim(session, now=later, lease_owner="bench", lease=LEASE, limit=SENDERS)
        assert len(claimed) == SENDERS
        for delivery in claimed:
            with store.statement() as session:
                claiming.mark(session, delivery, "bench", state=DeliveryState.SENT, sent_at=later)

    with raw_connection(store) as raw:

        def bare_updates() -> None:
            taken = [tuple(next(keys)) for _ in range(SENDERS)]
            begin(raw)
            for key in taken:
                raw.execute(begun, (stored_later, stored_later, *key))
            raw.commit()
            for key in taken:
                begin(raw)
                raw.execute(done, (stored_later, *key))
                raw.commit()

        timed = alternate(bare_updates, claim_and_mark, rounds=rounds, calls=calls)
    what = f"{SENDERS} deliveries claimed together and marked one by one / bare updates in as many transactions"
    return timed.figure(f"{what}, {database}", at_least(0.7))
