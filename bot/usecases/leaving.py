"""Noticing workspaces that removed the bot without a word, and erasing those whose days of grace are over."""

from datetime import datetime, timedelta

import structlog

from bot.usecases.installing import forget_team
from storage.engine import Store
from storage.installs import has_own_token
from storage.leaving import erase_some, forget_organisations, left_before, refused_since

# What Slack answers to the token of an app that was removed (docs.slack.dev/reference/methods/auth.test).
_REMOVED = ("account_inactive", "token_revoked")
# A workspace that Slack itself has suspended gives the same answer, and may come back.
REFUSED_FOR = timedelta(days=7)

log = structlog.get_logger()


def give_up_refused(store: Store, *, now: datetime) -> list[int]:
    """Stop working where Slack has refused the token for a week; return the ids of the workspaces.

    The event that says so is lost where nothing answered Slack while it was sent, and nobody's customers are kept for
    ever because of that: the days of grace begin here.
    """
    with store.session() as session:
        left = []
        for row in refused_since(session, now - REFUSED_FOR, errors=_REMOVED):
            team_id = row.slack_team_id if has_own_token(session, row.id) else None
            left += forget_team(session, team_id, row.slack_enterprise_id, removed_at=now, now=now)
    return left


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
