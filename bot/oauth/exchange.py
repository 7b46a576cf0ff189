"""What Slack gives for a code or a refresh token (oauth.v2.access), and the link that begins it all."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.delivery.call import BROKEN
from bot.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES
from bot.usecases.installing import Grant

# Rotation holds a lock while it asks; nobody should wait for it longer than SQLite lets them.
TIMEOUT_SECONDS = 3
REDIRECT_PATH = "/slack/oauth_redirect"

# The client's id and secret are the operator's; no new installation mends them.
_OURS = {"invalid_client_id", "bad_client_secret", "bad_redirect_uri", "oauth_authorization_url_mismatch"}


class Unreachable(Exception):
    """Slack could not be asked; another try may work. The text is the kind of trouble."""


class Refused(Exception):
    """Slack said no; `error` is its word for why, `is_ours` whether the operator's settings are wrong."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error
        self.is_ours = error in _OURS


@dataclass(frozen=True, slots=True)
class Client:
    """The app as Slack knows it, and where people come back to."""

    client_id: str
    client_secret: str
    api_url: str
    public_url: str

    def __repr__(self) -> str:
        return f"Client({self.client_id!r})"

    @property
    def redirect_uri(self) -> str:
        """Where Slack sends the browser back to; the app's settings must have it."""
        return self.public_url + REDIRECT_PATH

    def consent_url(self, state: str) -> str:
        """Return the page on which Slack asks a person. Optional scopes can be left out there."""
        asked = {
            "client_id": self.client_id,
            "scope": ",".join([*REQUIRED_SCOPES, *OPTIONAL_SCOPES]),
            "state": state,
            "redirect_uri": self.redirect_uri,
        }
        return f"{self.api_url.removesuffix('/api/')}/oauth/v2/authorize?{urlencode(asked)}"

    def exchange(self, code: str) -> Grant:
        """Return what a code is worth. Raises Refused, Unreachable."""
        return self._ask(code=code, redirect_uri=self.redirect_uri)

    def refresh(self, refresh_token: str) -> Grant:
        """Return the next token. The refresh token is used up by it. Raises Refused, Unreachable."""
        return self._ask(grant_type="refresh_token", refresh_token=refresh_token)

    def _ask(self, **arguments: str) -> Grant:
        client = WebClient(base_url=self.api_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        try:
            answer = client.oauth_v2_access(client_id=self.client_id, client_secret=self.client_secret, **arguments)
        except SlackApiError as refused:
            error = str(refused.response.get("error", ""))
            if refused.response.status_code >= 429 or error in {"ratelimited", "internal_error", "fatal_error"}:
                raise Unreachable(error or str(refused.response.status_code)) from None
            raise Refused(error) from None
        except BROKEN as broken:
            raise Unreachable(type(broken).__name__) from None
        return read_grant(answer.data if isinstance(answer.data, dict) else {})


def read_grant(answer: dict[str, Any]) -> Grant:
    """Read oauth.v2.access's answer. Raises Refused when it is not for a bot, or for nowhere."""
    team, enterprise = answer.get("team") or {}, answer.get("enterprise") or {}
    is_org = answer.get("is_enterprise_install") is True
    if answer.get("token_type", "bot") != "bot" or not answer.get("access_token"):
        raise Refused("no_bot_token")
    if not (enterprise.get("id") if is_org else team.get("id")):
        raise Refused("no_workspace")
    lives = answer.get("expires_in")
    return Grant(
        bot_token=str(answer["access_token"]),
        scopes=str(answer.get("scope") or ""),
        bot_user_id=str(answer.get("bot_user_id") or ""),
        team_id=team.get("id"),
        team_name=str(team.get("name") or ""),
        enterprise_id=enterprise.get("id"),
        enterprise_name=str(enterprise.get("name") or ""),
        is_org=is_org,
        installer_id=(answer.get("authed_user") or {}).get("id"),
        refresh_token=answer.get("refresh_token"),
        lives_for=timedelta(seconds=int(lives)) if lives else None,
    )
