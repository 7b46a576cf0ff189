"""The dispatcher of one process: claims what is owed as it falls due, some ahead, and sends up to eight at a time."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.delivery.hands import Hands
from bot.delivery.sending import ClientFor, attempt
from bot.delivery.settling import SENDERS, Sender
from storage import claiming
from storage.engine import Store
from storage.models import Delivery

# Threads beside the calls under way: they draw what comes next and mark what has been sent.
HANDS = SENDERS + SENDERS // 2
# No call waits for a claim as long as there are more in hand than this; then several are claimed in one transaction.
_ENOUGH = SENDERS
# What another process owes is noticed after this long at the latest.
LONGEST_IDLE_SECONDS = 30.0
# What jobs should have sent is sent without one after this long: a job was lost, or written by another version.
PATIENCE = timedelta(seconds=30)

log = structlog.get_logger()


class LocalDispatcher:
    """Sends what is owed. `client_for` gives the Web API client of a workspace, None when its token is gone.

    A bell wakes whoever waits: it rings when something new is owed and when a message has been sent, since that frees a
    hand and the message's channel; while enough is in hand it need not. A slow call holds up its own channel alone.
    """

    def __init__(
        self,
        store: Store,
        *,
        sender: Sender,
        clock: Callable[[], datetime],
        client_for: ClientFor,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._client_for = client_for
        self._claiming = threading.Lock()
        self._bell = threading.Condition()
        self._rings = 0
        # The clock may jump over a lease (the playground's does): what is on its way here is never claimed again.
        self._on_their_way: set[int] = set()
        self._hands: Hands[Delivery] = Hands(self._send, most=HANDS, name="sender")
        self._patience = timedelta(0)
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self, *, longest_idle: float = LONGEST_IDLE_SECONDS, patience: timedelta = timedelta(0)) -> None:
        """Begin sending in the background, looking at least every `longest_idle` seconds for what others owe.

        With `patience` only what others left lying for that long.
        """
        self._patience = patience
        self._thread = threading.Thread(target=self._run, args=(longest_idle,), name="dispatcher", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 4.0) -> bool:
        """Claim nothing more and wait for what is being sent; say whether all of it was settled in time.

        What was not is found in Slack by whoever takes its lease over; what is still owed waits in the database.
        """
        self._stopping = True
        self.wake()
        if self._thread:
            self._thread.join(timeout)
        with self._bell:
            return self._bell.wait_for(lambda: not self._on_their_way, timeout)

    def wake(self) -> None:
        """Say that something new is owed."""
        with self._bell:
            self._rings += 1
            self._bell.notify_all()

    def drain(self) -> int:
        """Send everything that is due now, and what that leads to; return how many attempts were made."""
        attempts = 0
        while not self._stopping:
            heard = self._rings
            attempts += self._send_due()
            with self._bell:
                if not self._on_their_way and self._rings == heard:
                    break
            self._wait_for_a_ring_after(heard)
        return attempts

    def _run(self, longest_idle: float) -> None:
        while not self._stopping:
            heard = self._rings
            try:
                self._send_due()
                wait = min(longest_idle, self._seconds_to_next())
            except Exception:
                log.exception("dispatcher_crashed")
                wait = longest_idle
            self._wait_for_a_ring_after(heard, wait)

    def _wait_for_a_ring_after(self, heard: int, seconds: float | None = None) -> None:
        with self._bell:
            self._bell.wait_for(lambda: self._rings != heard, seconds)

    def _send_due(self) -> int:
        """Start sending what is due, as far as senders are free; return how much."""
        with self._claiming:
            claimed = self._claim()
            with self._bell:
                self._on_their_way.update(delivery.id for delivery in claimed)
        self._hands.give(claimed)
        return len(claimed)

    def _claim(self) -> Sequence[Delivery]:
        busy = self._busy()
        if len(busy) > _ENOUGH:
            return ()
        with self._store.statement() as session:
            return claiming.claim(
                session,
                now=self._clock(),
                lease_owner=self._sender.name,
                lease=self._sender.lease,
                limit=HANDS - len(busy),
                except_ids=busy,
                patience=self._patience,
            )

    def _busy(self) -> frozenset[int]:
        with self._bell:
            return frozenset(self._on_their_way)

    def _send(self, delivery: Delivery) -> None:
        try:
            attempt(self._store, delivery, self._client_for, sender=self._sender, clock=self._clock)
        except Exception:
            # The lease runs out and the delivery is tried again; one bad row never stops the others.
            log.exception("delivery_crashed", delivery=delivery.id, kind=delivery.kind)
        finally:
            with self._bell:
                self._on_their_way.discard(delivery.id)
                if len(self._on_their_way) <= _ENOUGH:
                    self._rings += 1
                    self._bell.notify_all()

    def _seconds_to_next(self) -> float:
        busy = self._busy()
        if len(busy) > _ENOUGH:
            return LONGEST_IDLE_SECONDS
        now = self._clock()
        with self._store.session(writes=False) as session:
            due_at = claiming.next_due_at(session, now=now, except_ids=busy)
        if due_at is None:
            return LONGEST_IDLE_SECONDS
        return max(0.05, (due_at + self._patience - now).total_seconds())
