"""The dispatcher of one process: a thread that claims what is owed and sends it, woken when something new is."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from slack_sdk import WebClient

from bot.delivery.sending import LEASE, Sender, deliver
from storage import outbox
from storage.engine import Store
from storage.models import Delivery

BATCH = 20
SENDERS = 8
LONGEST_WAIT_SECONDS = 30.0

log = structlog.get_logger()


class LocalDispatcher:
    """Sends what is owed. `client_for` gives the Web API client of a workspace, None when its token is gone."""

    def __init__(
        self,
        store: Store,
        *,
        sender: Sender,
        clock: Callable[[], datetime],
        client_for: Callable[[int], WebClient | None],
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._client_for = client_for
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._draining = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin sending in the background."""
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 15.0) -> None:
        """Finish what is being sent and stop; what is still owed waits in the database."""
        self._stopping.set()
        self._news.set()
        if self._thread:
            self._thread.join(timeout)

    def wake(self) -> None:
        """Say that something new is owed."""
        self._news.set()

    def drain(self) -> int:
        """Send everything that is due now, and what that leads to; return how many attempts were made."""
        attempts = 0
        with self._draining, ThreadPoolExecutor(SENDERS, thread_name_prefix="sender") as pool:
            while not self._stopping.is_set() and (claimed := self._claim()):
                attempts += len(claimed)
                list(pool.map(self._send, claimed))
        return attempts

    def _claim(self) -> Sequence[Delivery]:
        with self._store.session() as session:
            return outbox.claim(session, now=self._clock(), lease_owner=self._sender.name, lease=LEASE, limit=BATCH)

    def _send(self, delivery: Delivery) -> None:
        client = self._client_for(delivery.workspace_id)
        if client is None:
            log.warning("no_token", workspace=delivery.workspace_id, delivery=delivery.id)
            return
        try:
            deliver(self._store, delivery, client, sender=self._sender, now=self._clock())
        except Exception:
            # The lease runs out and the delivery is tried again; one bad row never stops the others.
            log.exception("delivery_crashed", delivery=delivery.id, kind=delivery.kind)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.clear()
            try:
                self.drain()
                wait = self._seconds_to_next()
            except Exception:
                log.exception("dispatcher_crashed")
                wait = LONGEST_WAIT_SECONDS
            self._news.wait(wait)

    def _seconds_to_next(self) -> float:
        with self._store.session(writes=False) as session:
            due_at = outbox.next_due_at(session)
        if due_at is None:
            return LONGEST_WAIT_SECONDS
        return min(LONGEST_WAIT_SECONDS, max(0.05, (due_at - self._clock()).total_seconds()))
