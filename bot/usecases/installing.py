"""Knowing the workspaces where the bot is installed, and with which token."""

from datetime import datetime

from sqlmodel import Session

from storage.columns import Keyring, new_id
from storage.models import Workspace
from storage.outbox import cancel_owed
from storage.people import installed, workspace_of

# Customers can be imported before Slack is connected; the first installation takes this workspace over.
LOCAL_TEAM = "T0LOCAL"


def remember_workspace(
    session: Session,
    *,
    slack_team_id: str,
    name: str,
    slack_bot_user_id: str,
    bot_token: str,
    now: datetime,
) -> int:
    """Write that the bot is installed in a Slack team; return the workspace's id.

    The token is stored, encrypted, when there are keys to encrypt it with; without keys it lives in the environment.
    """
    row = workspace_of(session, slack_team_id) or workspace_of(session, LOCAL_TEAM)
    row = row or Workspace(id=new_id(), slack_team_id=slack_team_id)
    row.slack_team_id = slack_team_id
    if row.installed_at is None or row.uninstalled_at is not None:
        row.installed_at = now
    row.name, row.slack_bot_user_id, row.uninstalled_at = name, slack_bot_user_id, None
    row.bot_token = bot_token if Keyring.fernet is not None else None
    session.add(row)
    session.flush()
    return row.id


def only_workspace(session: Session, slack_team_id: str | None = None) -> Workspace | None:
    """Return the named workspace, or the only one there is; None when that is not clear."""
    if slack_team_id:
        return workspace_of(session, slack_team_id)
    found = installed(session)
    return found[0] if len(found) == 1 else None


def local_workspace(session: Session, *, now: datetime) -> Workspace:
    """Return the workspace of a ledger that is not connected to Slack yet, made on first use."""
    row = workspace_of(session, LOCAL_TEAM) or Workspace(id=new_id(), slack_team_id=LOCAL_TEAM, installed_at=now)
    session.add(row)
    session.flush()
    return row


def forget_team(session: Session, slack_team_id: str, *, removed_at: datetime, now: datetime) -> int | None:
    """Stop working for a team that removed the bot: its token is deleted, its customers stay for a new start.

    What it was still owed is given up: after a new installation it would be news of another time. Returns the
    workspace's id; None when there is nothing to stop: Slack says it twice (the app and its tokens), and it may say it
    after the bot was installed again.
    """
    row = workspace_of(session, slack_team_id)
    if row is None or row.uninstalled_at is not None or (row.installed_at and row.installed_at > removed_at):
        return None
    row.bot_token, row.uninstalled_at = None, now
    session.add(row)
    cancel_owed(session, row.id)
    return row.id
