"""What Slack tells about people and about the installation itself: no visit of a person, so no one to admit."""

from collections.abc import Callable
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
        person = desk.directory.read_profile(body["event"]["user"])
        with desk.store.write(workspace_of(context)) as ledger:
            teammates.update_known(ledger, person, now=desk.clock())

    return handle_user_change


def forget_workspace(desk: Desk) -> Callable[..., None]:
    """Return the listener that stops everything for a workspace that removed the bot or took its token back."""

    def handle_uninstalled(body: dict[str, Any], context: BoltContext) -> None:
        event = body["event"]
        if event["type"] == "tokens_revoked" and not (event.get("tokens") or {}).get("bot"):
            return
        with desk.store.session() as session:
            installing.forget_token(session, workspace_of(context), now=desk.clock())
        desk.forget(workspace_of(context))
        log.warning("workspace_uninstalled", workspace=workspace_of(context))

    return handle_uninstalled
