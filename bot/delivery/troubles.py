"""What Slack refuses for good: a place, a permission or the whole workspace, and not just one message.

Nothing that is owed there is lost: its lane is closed, an admin is told once, and it is tried again from time to time.
"""

from datetime import datetime, timedelta

import structlog

from bot.delivery.call import Answer
from bot.usecases.troubles import owe_trouble
from storage import lanes
from storage.ledger import Ledger
from storage.models import Delivery

SHORTEST_CLOSED = timedelta(minutes=10)
LONGEST_CLOSED = timedelta(hours=1)

# docs.slack.dev/reference/methods/chat.postMessage, the errors that say nothing about the message itself.
OF_THE_WORKSPACE = {
    "account_inactive", "invalid_auth", "not_authed", "org_login_required", "team_access_not_granted", "token_expired",
    "token_revoked",
}  # fmt: skip
_OF_THE_CONVERSATION = {
    "channel_not_found", "is_archived", "is_inactive", "messages_tab_disabled", "not_in_channel", "restricted_action",
    "restricted_action_read_only_channel", "shared_channel", "user_disabled", "user_not_found",
}  # fmt: skip
_OF_THE_METHOD = {"missing_scope", "not_allowed_token_type"}
# Answers to what somebody has just done: an hour later nobody waits for them.
_MOMENTARY = {lanes.method_of(kind) for kind in ("react", "whisper", "replace")}

log = structlog.get_logger()


def lane_refused(delivery: Delivery, answer: Answer, *, on_the_way: bool) -> str | None:
    """Return the lane that Slack refuses with this answer; None when it refuses this delivery alone.

    `on_the_way` means that it answered a question about the conversation, and not the delivery's own call.
    """
    error, method = (answer.error or "").partition(" ")[0], lanes.method_of(delivery.kind)
    if error in OF_THE_WORKSPACE:
        return lanes.EVERYTHING
    if method in _MOMENTARY:
        return None
    if error in _OF_THE_METHOD and not on_the_way:
        return method
    is_of_the_place = error in _OF_THE_CONVERSATION or error in _OF_THE_METHOD
    return lanes.conversation_of(delivery.kind, delivery.channel) if is_of_the_place else None


def close_lane(ledger: Ledger, name: str, answer: Answer, *, now: datetime) -> None:
    """Keep what is owed on a lane that Slack refuses, and tell an admin, the first time."""
    error = answer.error or ""
    if lanes.close(ledger, name, error=error, now=now, shortest=SHORTEST_CLOSED, longest=LONGEST_CLOSED):
        log.error("lane_closed", workspace=ledger.workspace_id, lane=name, error=error)
        owe_trouble(ledger, name, error=error, now=now)
