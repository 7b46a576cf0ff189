"""Slack's directory: who people are and who reads a channel, asked over the Web API when the ledger does not know."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.domain.people import SlackChannel, SlackPerson, read_by_outsiders, seat_of
from bot.errors import NotAllowed, UserError
from bot.oauth.tokens import Held

PAGE = 200
CHANNEL_FRESH_FOR = timedelta(minutes=5)


class SlackDirectory:
    """Asks Slack. `client_for` gives the Web API client of a workspace, None when the bot is not installed there.

    `held_in` says what the bot works with there: lists of an organisation's token must be told the team, and who comes
    from another one is an outsider.
    """

    def __init__(
        self,
        client_for: Callable[[int], WebClient | None],
        held_in: Callable[[int], Held | None] = lambda _workspace_id: None,
    ) -> None:
        self._client_for, self._held_in = client_for, held_in
        self._read_outside: dict[tuple[int, str], tuple[datetime | None, bool]] = {}

    def person(self, workspace_id: int, slack_user_id: str) -> SlackPerson:
        """Return a person's profile. Raises NotAllowed for somebody Slack does not know here."""
        if not slack_user_id:
            raise NotAllowed("Slack does not know you in this workspace.")
        try:
            response = self._client(workspace_id).users_info(user=slack_user_id, include_locale=True)
        except SlackApiError as refused:
            if refused.response.get("error") in {"user_not_found", "user_not_visible"}:
                raise NotAllowed("Slack does not know you in this workspace.") from None
            raise
        return self.read_profile(workspace_id, response["user"])

    def read_profile(self, workspace_id: int, user: dict[str, Any]) -> SlackPerson:
        """Read a profile that Slack sent with an event."""
        return person_of(user, self._held_in(workspace_id))

    def people(self, workspace_id: int) -> Iterator[SlackPerson]:
        """Return everybody in a workspace, page by page, as fast as Slack allows."""
        client = patient(self._client(workspace_id))
        held, cursor = self._held_in(workspace_id), ""
        team = {"team_id": held.team_id} if held else {}
        while True:
            response = client.users_list(limit=PAGE, cursor=cursor, include_locale=True, **team)
            yield from (person_of(member, held) for member in response["members"])
            cursor = (response.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    def is_read_outside(self, workspace_id: int, slack_channel_id: str, *, now: datetime) -> bool:
        """Say whether Slack knows that people of another organisation read a channel; asked again after five minutes.

        What nobody can tell counts as not: here only the person who asked sees the answer.
        """
        if not slack_channel_id or slack_channel_id.startswith("D"):
            return False
        key = (workspace_id, slack_channel_id)
        asked_at, outside = self._read_outside.get(key, (None, False))
        if asked_at is None or abs(now - asked_at) > CHANNEL_FRESH_FOR:
            try:
                response = self._client(workspace_id).conversations_info(channel=slack_channel_id)
                outside = read_by_outsiders(response["channel"])
            except SlackApiError:
                outside = False
            self._read_outside[key] = (now, outside)
        return outside

    def channel(self, workspace_id: int, slack_channel_id: str) -> SlackChannel:
        """Return who reads a channel that the bot is in.

        Raises UserError with the remedy when the bot is not in it or lacks the scope.
        """
        try:
            response = self._client(workspace_id).conversations_info(channel=slack_channel_id)
        except SlackApiError as refused:
            error = refused.response.get("error")
            if error == "missing_scope":
                raise UserError(
                    "I can't see who reads this channel. An admin can add the scopes channels:read and groups:read"
                    " to the app and install it again."
                ) from None
            if error in {"channel_not_found", "not_in_channel"}:
                raise UserError(
                    "I am not in this channel yet. Invite me with /invite, then write this again."
                ) from None
            raise
        channel = response["channel"]
        if not channel.get("is_member") and not channel.get("is_im"):
            raise UserError("I am not in this channel yet. Invite me with /invite, then write this again.")
        return SlackChannel(read_by_outsiders(channel), bool(channel.get("is_private")))

    def _client(self, workspace_id: int) -> WebClient:
        client = self._client_for(workspace_id)
        if client is None:
            raise UserError("Keepwarm is not installed in this workspace any more.")
        return client


def patient(client: WebClient) -> WebClient:
    """Return a client for reading in the background: when Slack asks it to wait, it does."""
    waits = RateLimitErrorRetryHandler(max_retry_count=10)
    return WebClient(token=client.token, base_url=client.base_url, timeout=client.timeout, retry_handlers=[waits])


def is_elsewhere(user: Mapping[str, Any], held: Held | None) -> bool:
    """Say whether somebody belongs to another workspace than the one that the bot works in.

    `is_stranger` alone does not say it: Slack leaves it out for people of another organisation once they are in a
    shared channel that the app can see (docs.slack.dev/reference/objects/user-object). In an organisation the
    workspaces of a person are listed, and `team_id` may be another one of them, or the organisation.
    """
    team_id, organisation = str(user.get("team_id") or ""), user.get("enterprise_user") or {}
    if user.get("is_stranger") or held is None or not team_id or team_id == held.team_id:
        return bool(user.get("is_stranger"))
    if organisation.get("teams"):
        return held.team_id not in organisation["teams"]
    return held.enterprise_id is None or held.enterprise_id not in {team_id, organisation.get("enterprise_id")}


def person_of(user: dict[str, Any], held: Held | None = None) -> SlackPerson:
    """Reduce a user object of Slack's to what the bot keeps, seen from the workspace that is `held`."""
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name") or ""
    seat = seat_of(
        deleted=bool(user.get("deleted")),
        is_bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=is_elsewhere(user, held),
    )
    return SlackPerson(
        slack_user_id=str(user["id"]),
        name=str(name),
        timezone=str(user.get("tz") or "UTC"),
        locale=str(user.get("locale") or "en-US"),
        seat=seat,
        is_admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
        email=profile.get("email"),
    )
