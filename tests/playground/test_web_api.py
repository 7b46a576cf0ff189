from __future__ import annotations

import http.client
import json
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.playground import Playground
from tests.support.slack import BOT_TOKEN, Now, build_slack, web_client

Json = dict[str, Any]


@pytest.fixture
def client(slack: Playground) -> WebClient:
    return web_client(slack)


def refusal(client: WebClient, method: str, **arguments: Any) -> Json:
    with pytest.raises(SlackApiError) as error:
        client.api_call(method, json=arguments)
    answer: Json = error.value.response.data
    return answer


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


LONG_BLOCKS = [section("x" * 2900)] * 5
METADATA = {"event_type": "nudge", "event_payload": {"key": "k-1"}}

REFUSED: dict[str, tuple[str, Json, str]] = {
    "no such channel": ("chat.postMessage", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
    "a channel without the bot": ("chat.postMessage", {"channel": "C0OUT", "text": "x"}, "not_in_channel"),
    "an archived channel": ("chat.postMessage", {"channel": "C0OLD", "text": "x"}, "is_archived"),
    "no such person": ("chat.postMessage", {"channel": "U0NONE", "text": "x"}, "channel_not_found"),
    "a bot's DM": ("chat.postMessage", {"channel": "U0BOT", "text": "x"}, "cannot_dm_bot"),
    "no text": ("chat.postMessage", {"channel": "C0TEAM", "text": " "}, "no_text"),
    "too much text": ("chat.postMessage", {"channel": "C0TEAM", "text": "x" * 40_001}, "msg_too_long"),
    "too many blocks' characters": (
        "chat.postMessage",
        {"channel": "C0TEAM", "blocks": LONG_BLOCKS},
        "msg_blocks_too_long",
    ),
    "blocks that are no JSON": ("chat.postMessage", {"channel": "C0TEAM", "blocks": "[{"}, "invalid_blocks_format"),
    "markdown and text": (
        "chat.postMessage",
        {"channel": "C0TEAM", "text": "x", "markdown_text": "x"},
        "markdown_text_conflict",
    ),
    "a thread that is not there": (
        "chat.postMessage",
        {"channel": "C0TEAM", "text": "x", "thread_ts": "1.000000"},
        "thread_not_found",
    ),
    "much metadata": (
        "chat.postMessage",
        {"channel": "C0TEAM", "text": "x", "metadata": {"event_type": "n", "event_payload": {"k": "x" * 1000}}},
        "metadata_too_large",
    ),
    "metadata without a type": (
        "chat.postMessage",
        {"channel": "C0TEAM", "text": "x", "metadata": {"event_payload": {}}},
        "invalid_metadata_format",
    ),
    "no channel": ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    "an update of nothing": ("chat.update", {"channel": "C0TEAM", "ts": "1.0", "text": "x"}, "message_not_found"),
    "a whisper to somebody elsewhere": (
        "chat.postEphemeral",
        {"channel": "C0TEAM", "user": "U0GUE", "text": "x"},
        "user_not_in_channel",
    ),
    "a permalink of nothing": ("chat.getPermalink", {"channel": "C0TEAM", "message_ts": "1.0"}, "message_not_found"),
    "a reaction to nothing": (
        "reactions.add",
        {"channel": "C0TEAM", "timestamp": "1.0", "name": "white_check_mark"},
        "message_not_found",
    ),
    "a reaction of no name": (
        "reactions.add",
        {"channel": "C0TEAM", "timestamp": "1.0", "name": "Done !"},
        "invalid_name",
    ),
    "an unknown person": ("users.info", {"user": "U0NONE"}, "user_not_found"),
    "a DM by im:write": ("conversations.open", {"users": "U0ANA"}, "missing_scope"),
    "the team by team:read": ("team.info", {}, "missing_scope"),
    "a private channel's profile by groups:read": ("conversations.info", {"channel": "C0PRIV"}, "missing_scope"),
    "the history of a channel without the bot": ("conversations.history", {"channel": "C0OUT"}, "not_in_channel"),
    "a thread of nothing": ("conversations.replies", {"channel": "C0TEAM", "ts": "1.0"}, "thread_not_found"),
    "an unknown method": ("chat.shout", {}, "unknown_method"),
    "a home for a bot": ("views.publish", {"user_id": "U0BOT", "view": {}}, "invalid_arguments"),
    "a socket for a bot token": ("apps.connections.open", {}, "not_allowed_token_type"),
}


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSED.values(), ids=REFUSED)
def test_what_slack_refuses_is_refused(client: WebClient, method: str, arguments: Json, error: str) -> None:
    assert refusal(client, method, **arguments)["error"] == error


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-of-somebody-else", "invalid_auth")])
def test_a_call_needs_the_right_token(slack: Playground, token: str, error: str) -> None:
    client = WebClient(token=token, base_url=slack.api_url)
    assert refusal(client, "auth.test")["error"] == error


def test_invalid_blocks_are_named_one_by_one(client: WebClient, slack: Playground) -> None:
    answer = refusal(client, "chat.postMessage", channel="C0TEAM", text="x", blocks=[{"type": "section"}, section("")])
    assert answer["error"] == "invalid_blocks"
    assert len(answer["response_metadata"]["messages"]) == 2
    assert slack.messages("C0TEAM") == []


def test_a_missing_scope_is_named(client: WebClient) -> None:
    answer = refusal(client, "conversations.open", users="U0ANA")
    assert answer["needed"] == "im:write"
    assert "chat:write" in answer["provided"]


def test_a_form_call_reads_like_a_json_call(slack: Playground, client: WebClient) -> None:
    blocks = json.dumps([section("Acme")])
    client.api_call("chat.postMessage", data={"channel": "C0TEAM", "text": "Acme", "blocks": blocks})
    assert slack.last_message("C0TEAM").blocks[0]["text"]["text"] == "Acme"


def test_a_message_to_a_person_opens_their_dm_without_im_write(slack: Playground, client: WebClient) -> None:
    answer = client.chat_postMessage(channel="U0ANA", text="Good morning")
    assert answer["channel"] == slack.dm("U0ANA")
    assert slack.last_message("U0ANA").text == "Good morning"


def test_ts_are_unique_and_increase_while_the_clock_stands_still(client: WebClient) -> None:
    ts = [client.chat_postMessage(channel="C0TEAM", text="x")["ts"] for _ in range(3)]
    assert len(set(ts)) == 3
    assert sorted(ts) == ts


def test_a_message_of_a_person_cannot_be_changed_or_deleted(slack: Playground, client: WebClient) -> None:
    said = slack.say("U0ANA", "C0TEAM", "mine").message
    assert said is not None
    assert refusal(client, "chat.update", channel="C0TEAM", ts=said.ts, text="x")["error"] == "cant_update_message"
    assert refusal(client, "chat.delete", channel="C0TEAM", ts=said.ts)["error"] == "cant_delete_message"


def test_an_update_takes_at_most_4000_characters_of_text(client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C0TEAM", text="x" * 4001)["ts"]
    assert refusal(client, "chat.update", channel="C0TEAM", ts=ts, text="x" * 4001)["error"] == "msg_too_long"


def test_an_update_with_text_alone_removes_the_blocks_and_says_edited(slack: Playground, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C0TEAM", text="a", blocks=[section("a")])["ts"]
    client.chat_update(channel="C0TEAM", ts=ts, text="b", blocks=[section("b")])
    assert slack.last_message("C0TEAM").edited is None
    client.chat_update(channel="C0TEAM", ts=ts, text="c")
    message = slack.last_message("C0TEAM")
    assert (message.text, message.blocks) == ("c", [])
    assert message.edited


def test_an_ephemeral_message_is_seen_by_one_person_and_in_no_history(slack: Playground, client: WebClient) -> None:
    ts = client.chat_postEphemeral(channel="C0TEAM", user="U0ANA", text="for you")["message_ts"]
    assert [m.text for m in slack.messages("C0TEAM", seen_by="U0ANA")] == ["for you"]
    assert slack.messages("C0TEAM", seen_by="U0BEN") == []
    assert client.conversations_history(channel="C0TEAM")["messages"] == []
    assert refusal(client, "chat.update", channel="C0TEAM", ts=ts, text="x")["error"] == "message_not_found"


def test_history_shows_metadata_only_when_asked(client: WebClient) -> None:
    client.chat_postMessage(channel="U0ANA", text="x", metadata=METADATA)
    channel = client.chat_postMessage(channel="U0ANA", text="y")["channel"]
    plain = client.conversations_history(channel=channel)["messages"]
    full = client.conversations_history(channel=channel, include_all_metadata=True)["messages"]
    assert [m["text"] for m in plain] == ["y", "x"]
    assert "metadata" not in plain[1]
    assert full[1]["metadata"] == METADATA


def test_history_is_bounded_by_oldest_latest_and_limit(client: WebClient) -> None:
    ts = [client.chat_postMessage(channel="C0TEAM", text=str(n))["ts"] for n in range(5)]

    def texts(**bounds: Any) -> list[str]:
        return [m["text"] for m in client.conversations_history(channel="C0TEAM", **bounds)["messages"]]

    assert texts(oldest=ts[1], latest=ts[4]) == ["3", "2"]
    assert texts(oldest=ts[1], latest=ts[4], inclusive=True) == ["4", "3", "2", "1"]
    first = client.conversations_history(channel="C0TEAM", limit=2)
    assert first["has_more"]
    assert texts(limit=2, cursor=first["response_metadata"]["next_cursor"]) == ["2", "1"]


def test_history_leaves_out_replies_that_the_thread_shows(client: WebClient) -> None:
    parent = client.chat_postMessage(channel="C0TEAM", text="parent")["ts"]
    client.chat_postMessage(channel="C0TEAM", text="reply", thread_ts=parent)
    assert [m["text"] for m in client.conversations_history(channel="C0TEAM")["messages"]] == ["parent"]
    thread = client.conversations_replies(channel="C0TEAM", ts=parent)["messages"]
    assert [m["text"] for m in thread] == ["parent", "reply"]
    assert thread[0]["reply_count"] == 1


def test_a_reaction_is_added_once_and_removed_once(slack: Playground, client: WebClient) -> None:
    ts = client.chat_postMessage(channel="C0TEAM", text="x")["ts"]
    asked = {"channel": "C0TEAM", "timestamp": ts, "name": "white_check_mark"}
    client.reactions_add(**asked)
    assert refusal(client, "reactions.add", **asked)["error"] == "already_reacted"
    client.reactions_remove(**asked)
    assert refusal(client, "reactions.remove", **asked)["error"] == "no_reaction"
    assert slack.last_message("C0TEAM").reactions == {}


def test_profiles_show_what_the_bot_may_know(slack: Playground, client: WebClient) -> None:
    ana = client.users_info(user="U0ANA", include_locale=True)["user"]
    assert (ana["tz"], ana["locale"], ana["profile"]["email"]) == ("Europe/London", "en-GB", "ana@example.com")
    assert "locale" not in client.users_info(user="U0ANA")["user"]
    stranger = client.users_info(user="U0EXT")["user"]
    assert "tz" not in stranger and "email" not in stranger["profile"]
    assert (stranger["team_id"], stranger.get("is_stranger")) == ("T0ELSE", None), "the bot is in a channel with them"
    slack.channel("C0SHARE").members.discard("U0BOT")
    assert client.users_info(user="U0EXT")["user"]["is_stranger"]
    assert client.users_info(user="U0OLD")["user"]["deleted"]
    assert client.users_info(user="U0GUE")["user"]["is_restricted"]


def test_an_address_needs_its_scope(now: Now) -> None:
    with build_slack(now, scopes={"users:read"}) as slack:
        user = web_client(slack).users_info(user="U0ANA")["user"]
    assert "email" not in user["profile"]


def test_people_are_listed_in_pages(client: WebClient) -> None:
    assert [len(page["members"]) for page in client.users_list(limit=4)] == [4, 2]


def test_a_manifest_says_which_scopes_are_granted(now: Now) -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write"], "bot_optional": ["users:read"]}}}
    with build_slack(now, manifest=manifest) as slack:
        client = web_client(slack)
        client.users_info(user="U0ANA")
        assert refusal(client, "reactions.add")["needed"] == "reactions:write"


def test_a_closed_messages_tab_takes_no_messages(now: Now) -> None:
    manifest = {
        "features": {"app_home": {"messages_tab_enabled": False, "home_tab_enabled": False}},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    home = {"type": "home", "blocks": [section("x")]}
    with build_slack(now, manifest=manifest) as slack:
        client = web_client(slack)
        assert refusal(client, "chat.postMessage", channel="U0ANA", text="x")["error"] == "messages_tab_disabled"
        assert refusal(client, "views.publish", user_id="U0ANA", view=home)["error"] == "not_enabled"


def test_a_rate_limit_says_how_long_to_wait_and_does_nothing(slack: Playground, client: WebClient) -> None:
    slack.faults.next("chat.postMessage", status=429, retry_after=7)
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C0TEAM", text="x")
    assert error.value.response.status_code == 429
    assert error.value.response.headers["Retry-After"] == "7"
    assert slack.messages("C0TEAM") == []
    client.chat_postMessage(channel="C0TEAM", text="x")


def test_an_error_of_the_test_s_choice_comes_once(slack: Playground, client: WebClient) -> None:
    slack.faults.next("chat.postMessage", error="restricted_action")
    assert refusal(client, "chat.postMessage", channel="C0TEAM", text="x")["error"] == "restricted_action"
    assert client.chat_postMessage(channel="C0TEAM", text="x")["ok"]


@pytest.mark.parametrize(("accepted", "messages"), [(False, 0), (True, 1)])
def test_a_server_error_may_hide_a_message_that_was_posted(
    slack: Playground, client: WebClient, accepted: bool, messages: int
) -> None:
    slack.faults.next("chat.postMessage", status=500, accepted=accepted)
    with pytest.raises(SlackApiError) as error:
        client.chat_postMessage(channel="C0TEAM", text="x")
    assert error.value.response.status_code == 500
    assert len(slack.messages("C0TEAM")) == messages


@pytest.mark.parametrize(("accepted", "messages"), [(False, 0), (True, 1)])
def test_a_broken_connection_gives_no_answer_at_all(
    slack: Playground, client: WebClient, accepted: bool, messages: int
) -> None:
    slack.faults.next("chat.postMessage", reset=True, accepted=accepted)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        client.chat_postMessage(channel="C0TEAM", text="x")
    assert len(slack.messages("C0TEAM")) == messages
    assert slack.calls[-1].response is None


def test_slack_can_go_away_and_come_back_with_what_it_knew(slack: Playground, client: WebClient) -> None:
    client.chat_postMessage(channel="C0TEAM", text="before")
    port = int(slack.url.rsplit(":", 1)[1])
    slack.stop()
    with pytest.raises(OSError):
        client.chat_postMessage(channel="C0TEAM", text="during")
    slack.start(port)
    client.chat_postMessage(channel="C0TEAM", text="after")
    assert [message.text for message in slack.messages("C0TEAM")] == ["before", "after"]


def test_every_call_is_recorded_as_it_came_and_as_it_was_answered(slack: Playground, client: WebClient) -> None:
    client.chat_postMessage(channel="U0ANA", text="x")
    refusal(client, "chat.postMessage", channel="C0OLD", text="y")
    assert [(call.payload["text"], call.ok) for call in slack.calls_of("chat.postMessage")] == [
        ("x", True),
        ("y", False),
    ]
    assert [payload["text"] for payload in slack.posted("U0ANA")] == ["x"]
    assert all(BOT_TOKEN not in json.dumps(call.payload) for call in slack.calls)
