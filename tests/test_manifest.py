"""The manifest that Slack is given: both renderings, within Slack's limits, equal to what the code listens to."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.blocks.ids import ShortcutId
from bot.domain.commands import COMMANDS
from bot.errors import SettingsError
from bot.manifest import OPTIONAL_SCOPES, REQUIRED_SCOPES, build_manifest

HTTP = "https://bot.example.com"


def urls(value: Any) -> Iterator[str]:
    """Every URL anywhere in a manifest."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from urls(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from urls(inner)
    elif isinstance(value, str) and "://" in value:
        yield value


def test_socket_mode_names_no_address() -> None:
    manifest = build_manifest(http_url=None)
    assert list(urls(manifest)) == []
    assert manifest["settings"]["socket_mode_enabled"] is True


def test_http_sends_everything_to_one_address() -> None:
    manifest = build_manifest(http_url=HTTP)
    # Each command, the events, the interactivity and the options of select menus.
    assert list(urls(manifest)) == ["https://bot.example.com/slack/events"] * (len(COMMANDS) + 3)
    assert manifest["settings"]["socket_mode_enabled"] is False


@pytest.mark.parametrize("written", [HTTP + "/", HTTP + "/slack/events", f"  {HTTP} "])
def test_an_address_may_be_written_with_its_path(written: str) -> None:
    assert build_manifest(http_url=written) == build_manifest(http_url=HTTP)


@pytest.mark.parametrize("written", ["http://bot.example.com", "bot.example.com", "https://", "https://a.example/?x=1"])
def test_an_address_that_slack_would_not_call_is_refused(written: str) -> None:
    with pytest.raises(SettingsError, match=r"https://bot\.example\.com"):
        build_manifest(http_url=written)


@pytest.mark.parametrize("http_url", [None, HTTP])
def test_every_command_and_shortcut_is_in_it(http_url: str | None) -> None:
    features = build_manifest(http_url=http_url)["features"]
    assert [command["command"] for command in features["slash_commands"]] == list(COMMANDS)
    assert all(command["should_escape"] for command in features["slash_commands"])
    assert {shortcut["callback_id"] for shortcut in features["shortcuts"]} == set(ShortcutId)


def test_people_can_write_to_the_bot() -> None:
    home = build_manifest()["features"]["app_home"]
    assert home["messages_tab_enabled"] and not home["messages_tab_read_only_enabled"]


def test_it_asks_for_no_scope_twice_and_says_what_each_is_for() -> None:
    scopes = build_manifest()["oauth_config"]["scopes"]
    assert scopes == {"bot": list(REQUIRED_SCOPES), "bot_optional": list(OPTIONAL_SCOPES)}
    assert not set(scopes["bot"]) & set(scopes["bot_optional"])
    assert all(text for text in (*REQUIRED_SCOPES.values(), *OPTIONAL_SCOPES.values()))


def test_events_that_need_a_history_scope_have_one() -> None:
    manifest = build_manifest()
    scopes = {*manifest["oauth_config"]["scopes"]["bot"], *manifest["oauth_config"]["scopes"]["bot_optional"]}
    history = {"message.im": "im:history", "message.channels": "channels:history", "message.groups": "groups:history"}
    events = set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert {scope for event, scope in history.items() if event in events} <= scopes


@pytest.mark.parametrize("http_url", [None, HTTP])
def test_it_stays_within_slacks_limits(http_url: str | None) -> None:
    manifest = build_manifest(http_url=http_url)
    shown, features = manifest["display_information"], manifest["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert len(features["slash_commands"]) <= 50
    assert len(features["shortcuts"]) <= 10
    assert len(features["bot_user"]["display_name"]) <= 80
    for command in features["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["usage_hint"]) <= 1000
        assert len(command["description"]) <= 2000
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
        assert len(shortcut["callback_id"]) <= 255
