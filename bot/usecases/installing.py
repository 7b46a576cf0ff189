"""Knowing the workspaces where the bot is installed, and with which token."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from storage import installs, lanes
from storage.columns import Keyring, new_id
from storage.models import Organisation, Workspace
from storage.outbox import cancel_owed, try_again
from storage.people import installed, workspace_of
from storage.workspaces import Installed

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
    scopes: str | None = None,
) -> int:
    """Write that the bot is installed in a Slack team with the token of the environment; return the workspace's id.

    The token is stored, encrypted, when there are keys to encrypt it with; without keys it lives in the environment.
    """
    row = workspace_of(session, slack_team_id) or workspace_of(session, LOCAL_TEAM)
    row = row or Workspace(id=new_id(), slack_team_id=slack_team_id)
    row.slack_team_id = slack_team_id
    if row.installed_at is None or row.uninstalled_at is not None:
        row.installed_at = now
    row.name, row.slack_bot_user_id, row.uninstalled_at = name, slack_bot_user_id, None
    row.bot_token = bot_token if Keyring.fernet is not None else None
    row.refresh_token = row.token_expires_at = row.token_error = None
    row.scopes = scopes or row.scopes
    session.add(row)
    session.flush()
    try_again(session, row.id, now=now)
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


@dataclass(frozen=True, slots=True)
class Grant:
    """What Slack gives for an installation. With `is_org` it is for every workspace of the organisation that wants it.

    `lives_for` is how long the token works, None for ever; `refresh_token` gets the next one.
    """

    bot_token: str
    scopes: str
    bot_user_id: str
    team_id: str | None = None
    team_name: str = ""
    enterprise_id: str | None = None
    enterprise_name: str = ""
    is_org: bool = False
    installer_id: str | None = None
    refresh_token: str | None = None
    lives_for: timedelta | None = None


def remember_grant(session: Session, grant: Grant, *, now: datetime) -> int | None:
    """Write an installation that somebody allowed in Slack; return the workspace's id, None for a whole organisation.

    What is already there stays: a workspace that installs again, within its grace period or over a working
    installation, finds its ledger, and only the token is new.
    """
    if grant.is_org:
        organisation = installs.organisation_of(session, grant.enterprise_id or "")
        organisation = organisation or Organisation(slack_enterprise_id=grant.enterprise_id or "")
        organisation.name = grant.enterprise_name
        _install(session, organisation, grant, now=now)
        for row in installs.workspaces_of(session, organisation.slack_enterprise_id):
            row.uninstalled_at = None
            session.add(row)
            try_again(session, row.id, now=now)
        return None
    workspace = workspace_of(session, grant.team_id or "") or Workspace(slack_team_id=grant.team_id or "")
    workspace.name, workspace.slack_enterprise_id = grant.team_name, grant.enterprise_id
    _install(session, workspace, grant, now=now)
    try_again(session, workspace.id, now=now)
    return workspace.id


def _install(session: Session, row: Installed, grant: Grant, *, now: datetime) -> None:
    if row.uninstalled_at is not None and isinstance(row, Workspace):
        cancel_owed(session, row.id)
    row.installed_at, row.uninstalled_at = now, None
    row.slack_bot_user_id, row.slack_installer_id = grant.bot_user_id, grant.installer_id
    take_token(row, grant, now=now)
    session.add(row)
    session.flush()


def take_token(row: Installed, grant: Grant, *, now: datetime) -> None:
    """Put a token that Slack gave in the place of the one before."""
    row.bot_token, row.refresh_token, row.token_error = grant.bot_token, grant.refresh_token, None
    row.token_expires_at = now + grant.lives_for if grant.lives_for is not None else None
    row.scopes = grant.scopes or row.scopes


def join_organisation(session: Session, slack_team_id: str, slack_enterprise_id: str, *, now: datetime) -> int | None:
    """Begin to work for a workspace whose organisation installed the bot; None when it did not, or took it away."""
    organisation = installs.organisation_of(session, slack_enterprise_id)
    if organisation is None or organisation.uninstalled_at is not None:
        return None
    row = workspace_of(session, slack_team_id) or Workspace(slack_team_id=slack_team_id)
    if row.installed_at is None or row.uninstalled_at is not None:
        row.installed_at, row.uninstalled_at = now, None
    row.slack_enterprise_id, row.slack_bot_user_id = slack_enterprise_id, organisation.slack_bot_user_id
    session.add(row)
    session.flush()
    return row.id


def forget_team(
    session: Session,
    slack_team_id: str | None,
    slack_enterprise_id: str | None = None,
    *,
    removed_at: datetime,
    now: datetime,
) -> list[int]:
    """Stop working for a team that removed the bot, or for all of an organisation when no team is named.

    Tokens are deleted at once; what was still owed is given up, since after a new installation it would be news of
    another time. The customers stay until the grace period is over. Returns the ids of the workspaces; none when there
    is nothing to stop: Slack says it twice (the app and its tokens), and it may say it after the bot was installed
    again.
    """
    if slack_team_id:
        row = workspace_of(session, slack_team_id)
        leaving = [row] if row is not None and _leaves(row, removed_at) else []
    else:
        organisation = installs.organisation_of(session, slack_enterprise_id or "")
        if organisation is None or not _leaves(organisation, removed_at):
            return []
        _wipe_tokens(organisation, now=now)
        session.add(organisation)
        found = installs.workspaces_of(session, organisation.slack_enterprise_id)
        leaving = [row for row in found if row.uninstalled_at is None and not installs.has_own_token(session, row.id)]
    for row in leaving:
        _wipe_tokens(row, now=now)
        session.add(row)
        cancel_owed(session, row.id)
        lanes.forget_refused(session, row.id)
    return [row.id for row in leaving]


def _leaves(row: Installed, removed_at: datetime) -> bool:
    return row.uninstalled_at is None and not (row.installed_at and row.installed_at > removed_at)


def _wipe_tokens(row: Installed, *, now: datetime) -> None:
    row.bot_token = row.refresh_token = row.token_expires_at = None
    row.uninstalled_at = now
