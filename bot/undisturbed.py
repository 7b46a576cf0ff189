"""Slack's do-not-disturb: whom it keeps undisturbed now, so that a digest waits for the end of it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.delivery.call import BROKEN

# dnd.teamInfo takes 50 people and about 20 calls a minute. Of a larger crowd the rest is not asked for.
AT_ONCE = 50
MOST_ASKED = 500
ASK_AGAIN_AFTER = timedelta(hours=1)
# Digests wait for the answers. At nine o'clock of many workspaces, or of a slow Slack, they wait no longer than this.
SECONDS_A_MINUTE = 10.0

log = structlog.get_logger()


class Undisturbed:
    """Asks Slack. Where that is not possible nobody counts as resting: a digest is not lost over it."""

    def __init__(self, client_for: Callable[[int], WebClient | None], clock: Callable[[], datetime]) -> None:
        self._client_for = client_for
        self._clock = clock
        self._refused_at: dict[int, datetime] = {}
        self._spent = (0, 0.0)

    def until(self, workspace_id: int, slack_user_ids: Sequence[str]) -> dict[str, datetime]:
        """Return until when those of the people rest who do so now. Asks nothing for an hour where it was refused."""
        now, client = self._clock(), self._client_for(workspace_id)
        refused_at = self._refused_at.get(workspace_id)
        if client is None or (refused_at and now - refused_at < ASK_AGAIN_AFTER):
            return {}
        begun, found = monotonic(), dict[str, datetime]()
        minute, spent = int(begun / 60), self._spent[1] if self._spent[0] == int(begun / 60) else 0.0
        try:
            for first in range(0, min(len(slack_user_ids), MOST_ASKED), AT_ONCE):
                if spent + monotonic() - begun > SECONDS_A_MINUTE:
                    break
                answer = client.dnd_teamInfo(users=list(slack_user_ids[first : first + AT_ONCE]))
                found |= {who: until for who, dnd in answer["users"].items() if (until := _rests_until(dnd, now))}
        except SlackApiError as refused:
            log.info("dnd_not_known", workspace=workspace_id, error=refused.response.get("error"))
            self._refused_at[workspace_id] = now
        except BROKEN as broken:
            log.info("dnd_not_known", workspace=workspace_id, error=type(broken).__name__)
        self._spent = (minute, spent + monotonic() - begun)
        return found


def _rests_until(dnd: dict[str, Any], now: datetime) -> datetime | None:
    """Return the end of the rest that somebody takes now. Slack shows others the span alone, a snooze included."""
    starts, ends = dnd.get("next_dnd_start_ts") or 0, dnd.get("next_dnd_end_ts") or 0
    if not dnd.get("dnd_enabled") or not starts <= now.timestamp() < ends:
        return None
    return datetime.fromtimestamp(ends, UTC)
