"""Sending with procrastinate: a worker in every replica takes the jobs that transactions deferred.

A job is a reason to look at one delivery. Whether it may be sent is decided by the claim of its row, as without jobs:
a job that runs twice, or never, does no harm.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from procrastinate import App, JobContext, RetryDecision
from procrastinate.retry import BaseRetryStrategy

from bot.delivery.sending import ClientFor, attempt
from bot.delivery.settling import SENDERS, Sender
from storage import claiming, outbox
from storage.engine import Store
from storage.jobs import QUEUE, SEND, JobQueue, lock_of

if TYPE_CHECKING:
    from procrastinate.jobs import Job

_RESCUE = "keepwarm.rescue"
_AFTER_AN_ERROR = timedelta(seconds=10)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Timing:
    """How quickly a worker notices things, in seconds: a job that falls due, its own pulse, a dead colleague."""

    polls_every: float = 1.0
    beats_every: float = 10.0
    dead_after: float = 30.0
    rescues: str = "*/15 * * * * *"


class NotYet(Exception):
    """A job's delivery is not sent; it is tried again at that time, under that lock."""

    def __init__(self, at: datetime, lock: str | None = None) -> None:
        super().__init__(at)
        self.at, self.lock = at, lock


class _UntilItIsSent(BaseRetryStrategy):
    """A job ends when its delivery is settled, and not before."""

    def get_retry_decision(self, *, exception: BaseException, job: "Job") -> RetryDecision:
        if isinstance(exception, NotYet):
            return RetryDecision(retry_at=exception.at, lock=exception.lock)
        # The database was away, or this process stops.
        return RetryDecision(retry_in={"seconds": int(_AFTER_AN_ERROR.total_seconds())})


class JobWorker:
    """Takes jobs in a thread with an event loop of its own, and sends up to eight at a time."""

    def __init__(
        self,
        store: Store,
        queue: JobQueue,
        *,
        sender: Sender,
        clock: Callable[[], datetime],
        client_for: ClientFor,
        timing: Timing | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._client_for = client_for
        self.timing = timing or Timing()
        self._app = queue.make_app()
        self._app.task(name=SEND, queue=QUEUE, retry=_UntilItIsSent())(self._send)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._working: asyncio.Task[Any] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        # Every job that waits is an exception to it; what matters is in our own log.
        logging.getLogger("procrastinate").setLevel(logging.CRITICAL)

    def start(self) -> None:
        """Begin to take jobs in the background; a database that goes away is waited for."""
        rescuing = self._app.task(name=_RESCUE, queue=QUEUE, queueing_lock=_RESCUE, pass_context=True)(self._rescue)
        self._app.periodic(cron=self.timing.rescues)(rescuing)
        self._thread.start()

    def stop(self, timeout: float = 4.0) -> bool:
        """Take no more jobs and let those finish that are being sent; say whether all did in time."""
        self._stopping.set()
        if self._loop is not None and self._working is not None and self._thread.is_alive():
            with suppress(RuntimeError):  # its loop has just ended by itself
                self._loop.call_soon_threadsafe(self._working.cancel)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._work())
            except asyncio.CancelledError:
                log.debug("jobs_stopped")
            except Exception as broken:
                log.warning("jobs_interrupted", error=type(broken).__name__)
                self._stopping.wait(self.timing.polls_every)

    async def _work(self) -> None:
        """Take jobs until this is cancelled: the worker then takes no more, and ends with those that it has."""
        self._loop, self._working = asyncio.get_running_loop(), asyncio.current_task()
        if self._stopping.is_set():
            return
        async with self._app.open_async():
            await self._app.run_worker_async(
                queues=[QUEUE],
                concurrency=SENDERS,
                fetch_job_polling_interval=self.timing.polls_every,
                update_heartbeat_interval=self.timing.beats_every,
                stalled_worker_timeout=self.timing.dead_after,
                install_signal_handlers=False,
                delete_jobs="always",
            )

    async def _send(self, *, workspace_id: int, delivery_id: int) -> None:
        """Look at one delivery, in a daemon thread: a call that hangs must not hold up the end of the process."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        outcome: list[NotYet | Exception | None] = []

        def look() -> None:
            try:
                outcome.append(self._look_at(workspace_id, delivery_id))
            except Exception as broken:
                log.exception("delivery_crashed", delivery=delivery_id)
                outcome.append(broken)
            loop.call_soon_threadsafe(done.set)

        threading.Thread(target=look, name="sender", daemon=True).start()
        await done.wait()
        if outcome[0] is not None:
            raise outcome[0]

    def _look_at(self, workspace_id: int, delivery_id: int) -> NotYet | None:
        """Send a delivery if it can be claimed; None when it is settled, else when to look again."""
        lock = None
        with self._store.statement() as session:
            claimed = claiming.claim(
                session,
                now=self._clock(),
                lease_owner=self._sender.name,
                lease=self._sender.lease,
                limit=1,
                only=(workspace_id, delivery_id),
            )
        for delivery in claimed:
            attempt(self._store, delivery, self._client_for, sender=self._sender, clock=self._clock)
            # What was begun is not overtaken while it waits.
            lock = lock_of(workspace_id, delivery.kind, delivery.channel)
        with self._store.session(writes=False) as session:
            again_at = outbox.claimable_at(session, workspace_id, delivery_id, now=self._clock())
        return NotYet(again_at, lock) if again_at else None

    async def _rescue(self, context: JobContext, timestamp: int) -> None:
        """Give back the jobs of workers that died; their deliveries are looked for in Slack before they are sent."""
        await rescue(context.app, dead_after=self.timing.dead_after)


async def rescue(app: App, *, dead_after: float) -> int:
    """Give back the jobs of workers without a pulse for `dead_after` seconds; return how many."""
    manager: Any = app.job_manager
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=dead_after))
    for job in stalled:
        await manager.retry_job(job)
    if stalled:
        log.warning("jobs_rescued", count=len(stalled))
    await manager.prune_stalled_workers(dead_after)
    return len(stalled)
