"""Replicas: what three of them send beside one, where everybody waits for Slack."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from subprocess import Popen

from bench.harness import Figure, at_least, compare
from bench.place import POSTGRESQL, Place
from bench.processes import free_port, multi_workspace_settings, running, wait_until_ready
from bench.sending import owe_messages, write_workspaces
from bot.delivery.settling import SENDERS
from storage.engine import Store
from storage.jobs import SEND, queue_of

REPLICAS = 3
# Slow enough that three processes wait for Slack and not for this machine's cores.
LATENCY_SECONDS = 0.1
_LOOKS_EVERY_SECONDS = 0.02
_SLOWEST_SECONDS = 120.0


def measure_replicas(place: Place) -> Iterator[Figure]:
    """Yield how much faster three processes of the bot empty the outbox than one of them."""
    if POSTGRESQL not in place.databases():
        return
    engine = place.store(POSTGRESQL, "replicas").engine
    store = Store(engine, queue_of(engine))
    write_workspaces(store)
    port, count = free_port(), place.size.deliveries
    with ExitStack() as open_now:
        slack = open_now.enter_context(running(["-m", "bench.slow_slack", str(port), str(LATENCY_SECONDS)]))
        wait_until_ready(port, slack)
        ports = [free_port() for _ in range(REPLICAS)]
        replicas = [open_now.enter_context(_replica(store, port, its_own)) for its_own in ports]
        for its_own, replica in zip(ports, replicas, strict=True):
            wait_until_ready(its_own, replica)
        timed = compare(
            _alone(replicas[1:], _sends(store, count)), _sends(store, count), rounds=min(place.size.rounds, 3)
        )
    what = (
        f"{count} messages by {REPLICAS} replicas / by one, {SENDERS} calls at once each,"
        f" {LATENCY_SECONDS * 1e3:.0f} ms a call, {POSTGRESQL}"
    )
    yield Figure(what, 1 / timed.slower, timed.limit * 1e3, timed.subject * 1e3, "ms", at_least(2))


def _replica(store: Store, slack_port: int, port: int) -> AbstractContextManager["Popen[bytes]"]:
    return running(["-m", "bot", "run"], multi_workspace_settings(store, f"http://127.0.0.1:{slack_port}/api/", port))


def _sends(store: Store, count: int) -> Callable[[], float]:
    """Return what owes so many messages in one transaction and says how long it takes until all are sent."""

    def send() -> float:
        owe_messages(store, count)
        begun = time.perf_counter()
        while left := _left(store):
            if time.perf_counter() - begun > _SLOWEST_SECONDS:
                raise RuntimeError(f"{left} messages and jobs are left after {_SLOWEST_SECONDS:.0f} s")
            time.sleep(_LOOKS_EVERY_SECONDS)
        return time.perf_counter() - begun

    return send


def _alone(others: "list[Popen[bytes]]", work: Callable[[], float]) -> Callable[[], float]:
    """Return what works while the others stand still. They hold nothing: every job has ended."""

    def alone() -> float:
        for other in others:
            other.send_signal(signal.SIGSTOP)
        try:
            return work()
        finally:
            for other in others:
                other.send_signal(signal.SIGCONT)

    return alone


def _left(store: Store) -> int:
    """Return how many messages are owed, and jobs under way: one ends after its message was sent."""
    owed = "SELECT COUNT(*) FROM delivery WHERE state IN ('pending', 'sending', 'unknown')"
    jobs = "SELECT COUNT(*) FROM procrastinate_jobs WHERE task_name = ?"
    with store.session(writes=False) as session:
        return int(session.ask(f"SELECT ({owed}) + ({jobs})", (SEND,))[0][0])
