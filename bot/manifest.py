"""The app manifest that Slack installs the bot from, in its Socket Mode and its HTTP rendering."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.blocks.ids import ShortcutId
from bot.domain.commands import COMMANDS
from bot.errors import SettingsError

# A scope, and what is missing where it was not granted. `doctor` says the same words.
REQUIRED_SCOPES: Mapping[str, str] = {
    "chat:write": "no message can be sent or changed",
    "commands": "slash commands and shortcuts do nothing",
    "im:history": "replies under a digest are not logged",
    "users:read": "nobody's time zone and name are known, so nobody is let in",
    "reactions:write": "replies get no check mark",
}
OPTIONAL_SCOPES: Mapping[str, str] = {
    "channels:history": "replies under a digest in a public channel are not logged",
    "groups:history": "replies under a digest in a private channel are not logged",
    "channels:read": "public channels cannot get the team's digest, because nobody can tell who reads them",
    "groups:read": "private channels cannot get the team's digest, because nobody can tell who reads them",
    "dnd:read": "digests do not wait for the end of Slack's do-not-disturb",
    "im:write": "a first message to somebody cannot be looked for when its answer was lost",
    "users:read.email": "owners that an import names by e-mail are not matched with people in Slack",
}
EVENTS = (
    "app_home_opened", "message.im", "message.channels", "message.groups", "app_uninstalled", "tokens_revoked",
    "user_change", "channel_shared",
)  # fmt: skip

# What an organisation's admin does with the bot; only apps that are installed for a whole organisation hear of it.
_MORE_EVENTS = ("team_access_granted", "team_access_revoked")

_DESCRIPTION = "Keeps your valuable customer relationships from going quiet."
_LONG_DESCRIPTION = (
    "Keepwarm remembers every call, mail and meeting with every customer and works out how often each relationship"
    " usually talks. Once a working day it sends each teammate the few valuable customers who are going quiet, with the"
    " reason and a message to start from. Reply in the thread to log what you did, snooze what can wait, hand over what"
    " is not yours. Nothing is ever sent to a customer by itself, and customer data is shown only to members of this"
    " workspace."
)


def build_manifest(*, http_url: str | None = None, many: bool = False) -> dict[str, Any]:
    """Return the manifest for Socket Mode, or for HTTP when `http_url` says where Slack reaches us (https://host).

    With `many` people install the bot themselves in their workspaces, or once for an organisation, and its tokens are
    replaced twice a day. Raises SettingsError when the address is not one that Slack would call.
    """
    endpoint = _endpoint(http_url) if http_url else None
    if many and endpoint is None:
        raise SettingsError("--many needs --http URL: Slack sends whoever installs the bot back to that address.")
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Keepwarm",
            "description": _DESCRIPTION,
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#7a3b1e",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                # People log touches by replying in the direct messages, so they must be able to write there.
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "keepwarm", "always_online": True},
            "slash_commands": [
                {
                    "command": name,
                    "description": usage.about,
                    "usage_hint": usage.hint,
                    "should_escape": True,
                    **_at("url", endpoint),
                }
                for name, usage in COMMANDS.items()
            ],
            "shortcuts": [
                {
                    "name": "Log as touch",
                    "type": "message",
                    "callback_id": ShortcutId.LOG_MESSAGE.value,
                    "description": "Log this message as a touch with a customer",
                },
                {
                    "name": "Log a touch",
                    "type": "global",
                    "callback_id": ShortcutId.LOG.value,
                    "description": "Log a call, a mail or a meeting",
                },
            ],
        },
        "oauth_config": {
            **({"redirect_urls": [endpoint.removesuffix("events") + "oauth_redirect"]} if many and endpoint else {}),
            "scopes": {"bot": list(REQUIRED_SCOPES), "bot_optional": list(OPTIONAL_SCOPES)},
        },
        "settings": {
            "event_subscriptions": {
                **_at("request_url", endpoint),
                "bot_events": [*EVENTS, *(_MORE_EVENTS if many else ())],
            },
            "interactivity": {
                "is_enabled": True,
                **_at("request_url", endpoint),
                **_at("message_menu_options_url", endpoint),
            },
            "org_deploy_enabled": many,
            "socket_mode_enabled": endpoint is None,
            "token_rotation_enabled": many,
        },
    }


def _endpoint(http_url: str) -> str:
    base = http_url.strip().rstrip("/").removesuffix("/slack/events")
    parts = urlsplit(base)
    if parts.scheme != "https" or not parts.netloc or parts.query or parts.fragment:
        raise SettingsError(
            f"--http {http_url!r}: Slack calls https addresses alone. Write one like https://bot.example.com."
        )
    return f"{base}/slack/events"


def _at(key: str, endpoint: str | None) -> dict[str, str]:
    return {key: endpoint} if endpoint else {}
