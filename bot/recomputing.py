"""Working changed policies in beside everything else: a thread that is woken by a change and looks every minute.

Every process may run one: rows are held without waiting, so two of them, a touch and an import never block each other,
and whoever comes second tries again. What a killed process left, the next look goes on with.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from bot.usecases.working_in import Progress, work_in
from storage.engine import Store
from storage.rhythms import is_held, workspaces_recomputing

LOOKS_EVERY_SECONDS = 60.0
# How long to leave rows to whoever holds them: a touch takes milliseconds, an import seconds.
AGAIN_AFTER_SECONDS = 0.2

log = structlog.get_logger()


class Recomputer:
    """Works changed policies in, a transaction after the other; `wake` says that the dispatcher is owed something."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime], wake: Callable[[], None]) -> None:
        self._store, self._clock, self._wake = store, clock, wake
        self._asked, self._stopped = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, at once and every minute."""
        self._asked.set()
        self._thread = threading.Thread(target=self._run, name="recompute", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """Say that a policy changed."""
        self._asked.set()

    def stop(self) -> None:
        """Finish the transaction under way and leave the rest for the next start."""
        self._stopped.set()
        self._asked.set()
        if self._thread is not None:
            self._thread.join()

    def drain(self) -> None:
        """Work everything in now."""
        with self._store.session(writes=False) as session:
            waiting = workspaces_recomputing(session)
        for workspace_id in waiting:
            while not self._stopped.is_set():
                progress = work_in_next(self._store, workspace_id, now=self._clock())
                if progress is None:
                    break
                self._wake()
                if progress.finished:
                    log.info("segment_recomputed", workspace=workspace_id, customers=progress.done)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._asked.wait(LOOKS_EVERY_SECONDS)
            self._asked.clear()
            try:
                self.drain()
            except Exception as broken:
                # The database may be away; the next look goes on where this one stopped.
                log.warning("recompute_interrupted", error=type(broken).__name__)


def work_in_next(
    store: Store,
    workspace_id: int,
    *,
    now: datetime,
    at_once: int | None = None,
    rest: Callable[[float], object] = time.sleep,
) -> Progress | None:
    """Work the next customers of a workspace in, in a transaction of their own; None when nothing is left to do.

    Rests for a moment as long as somebody else holds one of their rows.
    """
    while True:
        try:
            with store.write(workspace_id) as ledger:
                return work_in(ledger, now=now, at_once=at_once)
        except OperationalError as held:
            if not is_held(held):
                raise
            rest(AGAIN_AFTER_SECONDS)
