"""What Slack tells about people and about the installation itself: no visit of a person, so no one to admit."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from slack_bolt import BoltContext

from bot.usecases import installing, teammates
from bot.usecases.desk import Desk
from handlers.edge import workspace_of

log = structlog.get_logger()


def follow(desk: Desk) -> Callable[..., None]:
    """Return the listener that follows a changed profile: a new zone, a new name, an account that was deactivated."""

    def handle_user_change(body: dict[str, Any], context: BoltContext) -> None:
        profile = body["event"].get("user")
        if not isinstance(profile, dict) or "id" not in profile:
            return
        person = desk.directory.read_profile(profile)
        with desk.store.write(workspace_of(context)) as ledger:
            teammates.update_known(ledger, person, now=desk.clock())

    return handle_user_change


def forget_workspace(desk: Desk) -> Callable[..., None]:
    """Return the listener that stops everything for a workspace that removed the bot or took its token back.

    There is no token left to authorise these events with, so Bolt gives no workspace of ours with them.
    """

    def handle_uninstalled(body: dict[str, Any], context: BoltContext) -> None:
        event = body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        now = desk.clock()
        said_at = body.get("event_time")
        removed_at = datetime.fromtimestamp(said_at, UTC) if isinstance(said_at, int) else now
        with desk.store.session() as session:
            workspace_id = installing.forget_team(session, context.team_id or "", removed_at=removed_at, now=now)
        if workspace_id is not None:
            desk.forget(workspace_id)
            log.warning("workspace_uninstalled", workspace=workspace_id)

    return handle_uninstalled
