"""Tokens that end: each is replaced before it does, by one process at a time.

1. Take the row's lock; whoever is later waits. 2. Read it again: who waited finds the new token and leaves. 3. Ask
Slack with the refresh token, which works once. 4. Save the new pair before the lock is given back. Without the lock two
replicas would use one refresh token, and the pair that is saved last could be the one that Slack gave first.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.oauth.exchange import Refused, Unreachable
from bot.usecases.installing import Grant, take_token
from bot.usecases.troubles import NEXT_TOKEN, owe_trouble
from storage import installs
from storage.engine import Store
from storage.installs import InstalledT
from storage.ledger import Ledger
from storage.models import Organisation, Workspace

# Slack's tokens live twelve hours. Two are left for a Slack that can't be reached.
BEFORE_THE_END = timedelta(hours=2)

log = structlog.get_logger()
Refresh = Callable[[str], Grant]


def rotate_due(store: Store, *, refresh: Refresh, now: datetime) -> int:
    """Replace every token that ends soon; return how many were. What failed is tried again at the next call."""
    before = now + BEFORE_THE_END
    with store.session(writes=False) as session:
        workspaces = installs.expiring(session, Workspace, before=before)
        organisations = installs.expiring(session, Organisation, before=before)
    return sum(_rotate_one(store, Workspace, row_id, refresh=refresh, now=now) for row_id in workspaces) + sum(
        _rotate_one(store, Organisation, row_id, refresh=refresh, now=now) for row_id in organisations
    )


def _rotate_one(store: Store, model: type[InstalledT], row_id: int, *, refresh: Refresh, now: datetime) -> bool:
    """Replace one of many tokens: one that no key reads, or whose row is held, keeps nobody else from theirs."""
    try:
        return rotate(store, model, row_id, refresh=refresh, now=now)
    except Exception:
        log.exception("token_not_rotated", installation=row_id)
        return False


def rotate_for(store: Store, workspace_id: int, *, refresh: Refresh, now: datetime) -> bool:
    """Replace the token that a workspace works with, its own or its organisation's, if it ends soon."""
    with store.session(writes=False) as session:
        row = session.get(Workspace, workspace_id)
        organisation = installs.organisation_of(session, row.slack_enterprise_id or "") if row else None
    if row is not None and row.refresh_token is not None:
        return rotate(store, Workspace, row.id, refresh=refresh, now=now)
    return organisation is not None and rotate(store, Organisation, organisation.id, refresh=refresh, now=now)


def rotate(store: Store, model: type[InstalledT], row_id: int, *, refresh: Refresh, now: datetime) -> bool:
    """Replace one token if it still ends soon; say whether it was replaced here.

    A refresh token that Slack does not take is written down, and an admin is told while the token before still works:
    only a new installation mends it. Where Slack can't be
    asked, or it is our settings that it refuses, nothing changes.
    """
    with store.session() as session:
        row = installs.locked(session, model, row_id)
        if row is None or row.uninstalled_at is not None or row.refresh_token is None or row.token_error is not None:
            return False
        if row.token_expires_at is None or row.token_expires_at > now + BEFORE_THE_END:
            return False
        try:
            grant = refresh(row.refresh_token)
        except Unreachable as trouble:
            log.warning("token_not_rotated", installation=row_id, error=str(trouble))
            return False
        except Refused as refused:
            log.error("token_refused", installation=row_id, error=refused.error, ours=refused.is_ours)
            if not refused.is_ours:
                row.token_error = refused.error
                session.add(row)
                for workspace_id in installs.working_with(session, row):
                    owe_trouble(Ledger(session, workspace_id), NEXT_TOKEN, error=refused.error, now=now)
            return False
        take_token(row, grant, now=now)
        session.add(row)
    log.info("token_rotated", installation=row_id)
    return True
