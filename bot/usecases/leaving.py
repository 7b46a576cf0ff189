"""Erasing the workspaces that removed the bot, once the days in which they can come back are over."""

from datetime import datetime, timedelta

import structlog

from storage.engine import Store
from storage.leaving import erase_some, forget_organisations, left_before

log = structlog.get_logger()


def erase_left(store: Store, *, now: datetime, grace: timedelta) -> int:
    """Erase everything of the workspaces whose grace period is over; return how many are gone.

    In small transactions: the bot goes on for everybody else, and what a restart interrupts goes on afterwards.
    """
    before = now - grace
    with store.session(writes=False) as session:
        leaving = left_before(session, before)
    for workspace_id in leaving:
        has_more = True
        while has_more:
            with store.session() as session:
                has_more = erase_some(session, workspace_id, before=before)
        log.info("workspace_erased", workspace=workspace_id)
    with store.session() as session:
        forget_organisations(session, before=before)
    return len(leaving)
