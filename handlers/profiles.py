"""What Slack tells about people and about the installation itself: no visit of a person, so no one to admit."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from slack_bolt import BoltContext

from bot.usecases import installing, teammates
from bot.usecases.desk import Desk
from bot.usecases.sharing import close_shared
from handlers.edge import workspace_of
from handlers.reception import Listener

log = structlog.get_logger()


def follow(desk: Desk) -> Listener:
    """Return the listener that follows a changed profile: a new zone, a new name, an account that was deactivated."""

    def handle_user_change(body: Mapping[str, Any], context: BoltContext) -> None:
        profile = body["event"].get("user")
        if not isinstance(profile, dict) or "id" not in profile:
            return
        workspace_id = workspace_of(context)
        person = desk.directory.read_profile(workspace_id, profile)
        with desk.store.write(workspace_id) as ledger:
            teammates.update_known(ledger, person, now=desk.clock())
        desk.wake()

    return handle_user_change


def forget_workspace(desk: Desk) -> Listener:
    """Return the listener that stops everything for a workspace that removed the bot or took its token back.

    There is no token left to authorise these events with, so Bolt gives no workspace of ours with them.
    """

    def handle_uninstalled(body: Mapping[str, Any], context: BoltContext) -> None:
        event = body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        now = desk.clock()
        removed_at = _said_at(body, now)
        # An organisation tells of one workspace with team_access_revoked, so this is about all of them.
        team_id = None if context.is_enterprise_install else context.team_id
        with desk.store.session() as session:
            left = installing.forget_team(session, team_id, context.enterprise_id, removed_at=removed_at, now=now)
        for workspace_id in left:
            desk.forget(workspace_id)
            log.warning("workspace_uninstalled", workspace=workspace_id)

    return handle_uninstalled


def follow_access(desk: Desk) -> Listener:
    """Return the listener that follows an organisation's admin who gives the bot to workspaces, or takes it away."""

    def handle_access(body: Mapping[str, Any], context: BoltContext) -> None:
        event, now = body["event"], desk.clock()
        with desk.store.session() as session:
            for team_id in map(str, event.get("team_ids") or ()):
                if event["type"] == "team_access_granted":
                    installing.join_organisation(session, team_id, context.enterprise_id or "", now=now)
                    continue
                for workspace_id in installing.forget_team(session, team_id, removed_at=_said_at(body, now), now=now):
                    desk.forget(workspace_id)
                    log.warning("workspace_uninstalled", workspace=workspace_id)

    return handle_access


def _said_at(body: Mapping[str, Any], now: datetime) -> datetime:
    said_at = body.get("event_time")
    return datetime.fromtimestamp(said_at, UTC) if isinstance(said_at, int) else now


def follow_sharing(desk: Desk) -> Listener:
    """Return the listener that closes a channel for customers once people of another organisation read it."""

    def handle_channel_shared(body: Mapping[str, Any], context: BoltContext) -> None:
        with desk.store.write(workspace_of(context)) as ledger:
            closed = close_shared(ledger, str(body["event"].get("channel") or ""), now=desk.clock())
        if closed:
            desk.wake()

    return handle_channel_shared
