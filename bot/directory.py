"""Slack's directory: who people are and who reads a channel, asked over the Web API when the ledger does not know."""

from collections.abc import Callable, Iterator
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.people import SlackPerson, seat_of
from bot.errors import NotAllowed, UserError

PAGE = 200


class SlackDirectory:
    """Asks Slack. `client_for` gives the Web API client of a workspace, None when the bot is not installed there."""

    def __init__(self, client_for: Callable[[int], WebClient | None]) -> None:
        self._client_for = client_for

    def person(self, workspace_id: int, slack_user_id: str) -> SlackPerson:
        """Return a person's profile. Raises NotAllowed for somebody Slack does not know here."""
        try:
            response = self._client(workspace_id).users_info(user=slack_user_id, include_locale=True)
        except SlackApiError as refused:
            if refused.response.get("error") in {"user_not_found", "user_not_visible"}:
                raise NotAllowed("Slack does not know you in this workspace.") from None
            raise
        return person_of(response["user"])

    def read_profile(self, user: dict[str, Any]) -> SlackPerson:
        """Read a profile that Slack sent with an event."""
        return person_of(user)

    def people(self, workspace_id: int) -> Iterator[SlackPerson]:
        """Return everybody in a workspace, page by page."""
        cursor = ""
        while True:
            response = self._client(workspace_id).users_list(limit=PAGE, cursor=cursor, include_locale=True)
            yield from (person_of(member) for member in response["members"])
            cursor = (response.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return

    def is_shared_channel(self, workspace_id: int, slack_channel_id: str) -> bool:
        """Say whether people of another organisation read a channel; a channel that can't be seen counts as shared.

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
        shared = ("is_ext_shared", "is_pending_ext_shared", "is_org_shared")
        if not channel.get("is_member") and not channel.get("is_im"):
            raise UserError("I am not in this channel yet. Invite me with /invite, then write this again.")
        return any(channel.get(name) for name in shared)

    def _client(self, workspace_id: int) -> WebClient:
        client = self._client_for(workspace_id)
        if client is None:
            raise UserError("Keepwarm is not installed in this workspace any more.")
        return client


def person_of(user: dict[str, Any]) -> SlackPerson:
    """Reduce a user object of Slack's to what the bot keeps."""
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name") or ""
    seat = seat_of(
        deleted=bool(user.get("deleted")),
        is_bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=bool(user.get("is_stranger")),
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
