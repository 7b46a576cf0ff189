"""The clock: one tick a minute, nothing else. What is due is decided in the database, so every replica may tick."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from bot.usecases.digests import plan_due_digests
from storage.engine import Store
from storage.housekeeping import forget_old_keys, note_tick

TICK_SECONDS = 60
# Slack sends an event again for up to a day; a week of keys leaves room for clocks that disagree.
KEYS_KEPT_FOR = timedelta(days=7)

log = structlog.get_logger()


def tick(store: Store, *, now: datetime) -> int:
    """Do what is due at `now`: plan digests, note that the clock lives, forget old keys; return the digests planned."""
    planned = plan_due_digests(store, now=now)
    with store.session() as session:
        note_tick(session, now=now)
        forget_old_keys(session, before=now - KEYS_KEPT_FOR)
    if planned:
        log.info("digests_planned", count=planned)
    return planned


def start_clock(store: Store, *, clock: Callable[[], datetime], wake: Callable[[], None]) -> BackgroundScheduler:
    """Start ticking in the background; return the scheduler, so that it can be stopped."""

    def tick_now() -> None:
        if tick(store, now=clock()):
            wake()

    scheduler = BackgroundScheduler(timezone="UTC")
    # A late tick is still wanted, two of them are one: the defaults would drop it in silence after a second.
    scheduler.add_job(
        tick_now, "interval", seconds=TICK_SECONDS, misfire_grace_time=None, coalesce=True, max_instances=1
    )
    scheduler.start()
    return scheduler
