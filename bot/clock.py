"""The clock: one tick a minute, nothing else. What is due is decided in the database, so every replica may tick."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from bot.metrics import DIGESTS_PLANNED
from bot.usecases.digest_rounds import Resting, plan_due_digests
from bot.usecases.drafting import end_expired_drafts
from bot.usecases.lateness import find_outages, tell_of_outages, tell_of_waiting
from storage import lanes
from storage.engine import Store
from storage.housekeeping import claim_people_refresh, forget_old_keys, note_tick, retry_people_refresh

TICK_SECONDS = 60
# Slack sends an event again for up to a day; a week of keys leaves room for clocks that disagree.
KEYS_KEPT_FOR = timedelta(days=7)
# By then every lane has rested; see `storage.lanes`.
LANES_KEPT_FOR = timedelta(hours=1)
PEOPLE_FRESH_FOR = timedelta(days=1)
PEOPLE_AGAIN_AFTER = timedelta(hours=1)

log = structlog.get_logger()


def tick(store: Store, *, now: datetime, resting: Resting | None = None) -> int:
    """Do what is due at `now` and return the digests planned.

    Plan digests, tell an admin of late ones, end drafts that were left open, note that the clock lives, forget old
    keys. `resting` asks Slack whom it keeps undisturbed; without it nobody is asked.
    """
    outages = find_outages(store, now=now)
    planned = plan_due_digests(store, now=now, resting=resting)
    tell_of_outages(store, outages, now=now)
    tell_of_waiting(store, now=now)
    end_expired_drafts(store, now=now)
    with store.session() as session:
        note_tick(session, now=now)
        forget_old_keys(session, before=now - KEYS_KEPT_FOR)
        lanes.forget_rested(session, before=now - LANES_KEPT_FOR)
    if planned:
        DIGESTS_PLANNED.inc(planned)
        log.info("digests_planned", count=planned)
    return planned


def look_after_workspaces(store: Store, *, now: datetime, look_after: Callable[[int], int]) -> int:
    """Do for each workspace what it needs once a day; return how many workspaces were looked after.

    1. Claim the day for each workspace that is due, so that another replica leaves it alone. 2. Ask Slack, outside any
    transaction. 3. Where that failed, another try is due in an hour.
    """
    with store.session() as session:
        due = claim_people_refresh(session, now=now, fresh_for=PEOPLE_FRESH_FOR)
    looked_after = 0
    for workspace_id in due:
        try:
            known = look_after(workspace_id)
        except Exception as broken:
            log.warning("workspace_not_looked_after", workspace=workspace_id, error=type(broken).__name__)
            with store.session() as session:
                retry_people_refresh(session, workspace_id, seen_at=now - PEOPLE_FRESH_FOR + PEOPLE_AGAIN_AFTER)
        else:
            looked_after += 1
            log.info("workspace_looked_after", workspace=workspace_id, people=known)
    return looked_after


def start_clock(
    store: Store,
    *,
    clock: Callable[[], datetime],
    wake: Callable[[], None],
    look_after: Callable[[int], int],
    do_chores: Callable[[], None] = lambda: None,
    resting: Resting | None = None,
) -> BackgroundScheduler:
    """Start ticking in the background, at once and every minute; return the scheduler, so that it can be stopped."""

    def do_the_rest() -> None:
        try:
            do_chores()
        except Exception:
            log.exception("chores_failed")
        look_after_workspaces(store, now=clock(), look_after=look_after)

    def tick_now() -> None:
        try:
            if tick(store, now=clock(), resting=resting):
                wake()
        except Exception:
            # The next one comes in a minute, and does what this one did not.
            log.exception("tick_failed")

        # Beside the ticks, and nothing waits for its end: a directory of thousands takes Slack minutes.
        threading.Thread(target=do_the_rest, name="daily", daemon=True).start()

    scheduler = BackgroundScheduler(timezone="UTC")
    # A late tick is still wanted, two of them are one: the defaults would drop it in silence after a second.
    scheduler.add_job(
        tick_now,
        "interval",
        seconds=TICK_SECONDS,
        next_run_time=datetime.now(UTC),
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    scheduler.start()
    return scheduler
