from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.playground import CannotDo, Channel, Message, Playground
from bot.playground.loopback import Loopback
from tests.support.slack import CHANNELS, SIGNING_SECRET, Now, bolt_app, build_slack, noting, web_client

Json = dict[str, Any]


class ListeningBot:
    """A tiny bot over real HTTP: notes what came, answers what it was told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], str]] = []
        self.statuses: list[int] = []
        self._server = Loopback()
        self.url = (
            f"http://127.0.0.1:{self._server.start(Starlette(routes=[Route('/', self.hear, methods=['POST'])]))}/"
        )

    async def hear(self, request: Request) -> PlainTextResponse:
        self.heard.append((dict(request.headers), (await request.body()).decode()))
        return PlainTextResponse("", self.statuses.pop(0) if self.statuses else 200)

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture
def listening_bot(slack: Playground) -> Iterator[ListeningBot]:
    bot = ListeningBot()
    slack.events_url = bot.url
    yield bot
    bot.stop()


@pytest.fixture
def events(slack: Playground) -> list[Json]:
    """Every event envelope that a Bolt app was given."""
    app, seen = bolt_app(slack), []

    @app.middleware
    def keep(body: Json, next: Any) -> None:
        seen.append(body)
        next()

    @app.event("message")
    @app.event("reaction_added")
    @app.event("app_home_opened")
    def heard() -> None: ...

    return seen


@pytest.fixture
def app(slack: Playground) -> App:
    return bolt_app(slack)


def button(action_id: str, value: str) -> Json:
    return {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": "Done"}}


def actions(*elements: Json, **parts: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **parts}


def said(slack: Playground, *args: Any) -> Message:
    message = slack.say(*args).message
    assert message is not None
    return message


def test_requests_are_signed_so_that_the_secret_s_owner_can_tell(
    slack: Playground, listening_bot: ListeningBot
) -> None:
    assert slack.say("U0ANA", "U0ANA", "hello").ok
    assert slack.slash("U0ANA", "C0TEAM", "/touch", "acme").ok
    for headers, body in listening_bot.heard:
        assert SignatureVerifier(SIGNING_SECRET).is_valid_request(body, headers)
        assert not SignatureVerifier("another secret").is_valid_request(body, headers)


def test_a_bot_with_another_secret_refuses(slack: Playground) -> None:
    app = bolt_app(slack)
    app.command("/touch")(lambda ack: ack("logged"))
    slack.line.signing_secret = "another secret"
    answer = slack.slash("U0ANA", "C0TEAM", "/touch", "acme")
    assert answer.status == 401
    assert not answer.ok
    assert slack.ephemerals("U0ANA") == []


def test_a_command_comes_as_a_form_with_all_that_slack_sends(slack: Playground, app: App) -> None:
    seen: list[Json] = []
    app.command("/touch")(noting(seen))
    slack.slash("U0ANA", "C0TEAM", "/touch", "@ben wants <b> & #customers, not @nobody")
    (body,) = seen
    assert body["text"] == "<@U0BEN|ben> wants &lt;b&gt; &amp; <#C0TEAM|customers>, not @nobody"
    assert (body["command"], body["user_id"], body["channel_name"]) == ("/touch", "U0ANA", "customers")
    assert "thread_ts" not in body
    slack.slash("U0ANA", "U0ANA", "/touch")
    assert seen[1]["channel_name"] == "directmessage"


def test_a_command_s_answer_is_for_the_caller_s_eyes(slack: Playground, app: App) -> None:
    app.command("/touch")(lambda ack: ack(text="Logged."))
    message = slack.slash("U0ANA", "C0TEAM", "/touch").message
    assert message and message.text == "Logged."
    assert slack.messages("C0TEAM", seen_by="U0ANA") == [message]
    assert slack.messages("C0TEAM", seen_by="U0BEN") == []


def test_a_command_s_answer_may_be_for_all(slack: Playground, app: App) -> None:
    app.command("/touch")(lambda ack: ack(text="Logged.", response_type="in_channel"))
    slack.slash("U0ANA", "C0TEAM", "/touch")
    assert [m.text for m in slack.messages("C0TEAM", seen_by="U0BEN")] == ["Logged."]


def test_a_command_s_answer_that_breaks_the_rules_is_a_problem_and_a_notice(slack: Playground, app: App) -> None:
    app.command("/touch")(lambda ack: ack(text="x", blocks=[{"type": "section"}]))
    answer = slack.slash("U0ANA", "C0TEAM", "/touch")
    assert answer.problem and "invalid_blocks" in answer.problem
    assert slack.workspace.notices[0][0] == "U0ANA"


def test_only_declared_commands_and_shortcuts_exist(now: Now) -> None:
    manifest = {
        "features": {
            "slash_commands": [{"command": "/touch", "should_escape": False}],
            "shortcuts": [{"name": "Log", "type": "message", "callback_id": "log"}],
        }
    }
    with build_slack(now, manifest=manifest) as slack:
        seen: list[Json] = []
        bolt_app(slack).command("/touch")(noting(seen))
        slack.slash("U0ANA", "C0TEAM", "/touch", "@ben")
        assert seen[0]["text"] == "@ben"
        with pytest.raises(CannotDo, match="/touch"):
            slack.slash("U0ANA", "C0TEAM", "/whois")
        with pytest.raises(CannotDo, match="log"):
            slack.global_shortcut("U0ANA", "log")


def test_a_direct_message_is_an_event_with_an_id_of_its_own(slack: Playground, events: list[Json]) -> None:
    slack.say("U0ANA", "U0ANA", "called <Acme> & @ben")
    slack.say("U0ANA", slack.dm("U0ANA"), "again")
    event = events[0]["event"]
    assert event["text"] == "called &lt;Acme&gt; &amp; <@U0BEN>"
    assert (event["channel_type"], event["channel"], event["user"]) == ("im", slack.dm("U0ANA"), "U0ANA")
    spoken = event["blocks"][0]["elements"][0]["elements"]
    assert spoken == [{"type": "text", "text": "called <Acme> & "}, {"type": "user", "user_id": "U0BEN"}]
    assert len({body["event_id"] for body in events}) == 2


def test_a_reply_carries_the_thread_it_belongs_to(slack: Playground, events: list[Json]) -> None:
    card = web_client(slack).chat_postMessage(channel="U0ANA", text="Acme")
    slack.say("U0ANA", card["channel"], "2 called", card["ts"])
    assert events[0]["event"]["thread_ts"] == card["ts"]
    assert events[0]["event"]["parent_user_id"] == "U0BOT"
    assert [m.text for m in slack.replies(slack.messages("U0ANA")[0])] == ["2 called"]


def test_an_edit_and_a_deletion_are_hidden_events_about_the_first_ts(slack: Playground, events: list[Json]) -> None:
    message = said(slack, "U0ANA", "C0TEAM", "met Ana")
    slack.edit("U0ANA", "C0TEAM", message.ts, "met Ben")
    slack.delete("U0ANA", "C0TEAM", message.ts)
    _, changed, deleted = (body["event"] for body in events)
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("met Ben", "met Ana")
    assert changed["message"]["ts"] == message.ts != changed["ts"]
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", message.ts)
    assert deleted["previous_message"]["text"] == "met Ben"


def test_a_person_changes_only_their_own_words(slack: Playground, events: list[Json]) -> None:
    message = said(slack, "U0ANA", "C0TEAM", "mine")
    with pytest.raises(CannotDo, match="your own"):
        slack.edit("U0BEN", "C0TEAM", message.ts, "yours")


@pytest.mark.parametrize("channel", ["C0OUT", "C0PRIV"])
def test_what_the_bot_may_not_hear_is_not_sent(now: Now, channel: str) -> None:
    with build_slack(now, scopes={"chat:write", "channels:history"}) as slack:
        answer = slack.say("U0ANA", channel, "a secret")
    assert (answer.ok, answer.status, slack.requests) == (True, None, [])


def test_what_the_manifest_does_not_subscribe_to_is_not_sent(now: Now) -> None:
    manifest = {
        "oauth_config": {"scopes": {"bot": ["channels:history", "im:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["message.im"]}},
    }
    with build_slack(now, manifest=manifest) as slack:
        bolt_app(slack).event("message")(lambda: None)
        slack.say("U0ANA", "C0TEAM", "in the channel")
        slack.say("U0ANA", "U0ANA", "to the bot")
        slack.open_home("U0ANA")
    assert [request.payload["event"]["text"] for request in slack.requests] == ["to the bot"]


def test_a_stranger_s_message_says_where_they_are_from(slack: Playground, events: list[Json]) -> None:
    slack.say("U0EXT", "C0SHARE", "hello")
    assert events[0]["is_ext_shared_channel"]
    assert events[0]["event"]["user_team"] == "T0ELSE"
    assert events[0]["team_id"] == "T0PLAY"


@pytest.mark.parametrize(
    ("user", "channel"), [("U0OLD", "C0TEAM"), ("U0NONE", "C0TEAM"), ("U0GUE", "C0TEAM"), ("U0ANA", "C0OLD")]
)
def test_who_is_not_there_cannot_speak_there(slack: Playground, user: str, channel: str) -> None:
    with pytest.raises(CannotDo):
        slack.say(user, channel, "hello")


def test_a_retry_is_the_same_event_with_slack_s_headers(slack: Playground, listening_bot: ListeningBot) -> None:
    listening_bot.statuses = [500]
    first = slack.say("U0ANA", "U0ANA", "hello")
    assert (first.ok, first.retry_reason) == (False, "http_error")
    assert slack.redeliver(retry_num=1, reason="http_error").ok
    (before, body), (again, same_body) = listening_bot.heard
    assert body == same_body
    assert "x-slack-retry-num" not in before
    assert (again["x-slack-retry-num"], again["x-slack-retry-reason"]) == ("1", "http_error")


def test_slack_retries_by_itself_when_told_to(slack: Playground, listening_bot: ListeningBot) -> None:
    slack.event_retries = 1
    listening_bot.statuses = [500]
    assert slack.say("U0ANA", "U0ANA", "hello").ok
    assert len(listening_bot.heard) == 2


def test_a_bot_that_is_not_there_is_a_problem_in_words(slack: Playground) -> None:
    slack.events_url = "http://127.0.0.1:9/"
    answer = slack.say("U0ANA", "U0ANA", "hello")
    assert answer.problem and "can't be reached" in answer.problem
    assert answer.retry_reason == "connection_failed"


def test_the_app_home_is_shown_once_the_bot_has_published_it(slack: Playground, app: App) -> None:
    opened: list[Json] = []

    @app.event("app_home_opened")
    def publish(event: Json, client: WebClient) -> None:
        opened.append(event)
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]})

    slack.open_home("U0ANA")
    slack.open_home("U0ANA")
    assert slack.home("U0ANA") is not None
    assert slack.home("U0BEN") is None
    assert "view" not in opened[0]
    assert opened[1]["view"]["type"] == "home"


def test_a_reaction_reaches_a_bot_that_may_read_reactions(now: Now) -> None:
    with build_slack(now, scopes={"reactions:read", "chat:write"}) as slack:
        heard: list[Json] = []
        bolt_app(slack).event("reaction_added")(noting(heard, "payload"))
        posted = web_client(slack).chat_postMessage(channel="C0TEAM", text="x")
        slack.react("U0ANA", "C0TEAM", posted["ts"], "eyes")
    assert (heard[0]["reaction"], heard[0]["item"]["ts"]) == ("eyes", posted["ts"])


def test_a_click_says_who_where_and_what(slack: Playground, app: App) -> None:
    seen: list[Json] = []
    app.action("done")(noting(seen))
    menu: Json = {"type": "static_select", "action_id": "when"}
    menu["options"] = [{"text": {"type": "plain_text", "text": "A week"}, "value": "7"}]
    blocks = [actions(button("done", "1")), actions(button("done", "2"), menu, block_id="two")]
    web_client(slack).chat_postMessage(channel="U0ANA", text="x", blocks=blocks)
    card = slack.last_message("U0ANA")
    with pytest.raises(CannotDo, match="2 times"):
        slack.click("U0ANA", card, "done")
    assert slack.click("U0ANA", card, "done", value="2", state={"when": "7"}).ok
    (body,) = seen
    action = body["actions"][0]
    assert (action["value"], action["block_id"], action["type"]) == ("2", "two", "button")
    assert body["container"] == {
        "type": "message",
        "message_ts": card.ts,
        "channel_id": card.channel,
        "is_ephemeral": False,
    }
    assert body["message"]["ts"] == card.ts
    assert body["state"]["values"]["two"]["when"]["selected_option"]["value"] == "7"
    assert body["response_url"].startswith(slack.url)


def test_a_menu_offers_only_its_options(slack: Playground, app: App) -> None:
    seen: list[Json] = []
    app.action("more")(noting(seen, "payload"))
    options = [{"text": {"type": "plain_text", "text": "Hand over"}, "value": "hand-over:1"}]
    blocks = [actions({"type": "overflow", "action_id": "more", "options": options})]
    web_client(slack).chat_postMessage(channel="U0ANA", text="x", blocks=blocks)
    card = slack.last_message("U0ANA")
    slack.select("U0ANA", card, "more", "hand-over:1")
    assert seen[0]["selected_option"] == options[0]
    with pytest.raises(CannotDo, match="hand-over:1"):
        slack.select("U0ANA", card, "more", "explode")
    with pytest.raises(CannotDo, match="more"):
        slack.click("U0ANA", card, "nothing")


def test_nobody_presses_what_they_cannot_see(slack: Playground, app: App) -> None:
    client = web_client(slack)
    client.chat_postEphemeral(channel="C0TEAM", user="U0ANA", text="x", blocks=[actions(button("done", "1"))])
    client.chat_postMessage(channel="U0ANA", text="x", blocks=[actions(button("done", "1"))])
    for message in (slack.ephemerals("U0ANA")[0], slack.last_message("U0ANA")):
        with pytest.raises(CannotDo):
            slack.click("U0BEN", message, "done")


def test_a_click_on_an_ephemeral_message_comes_without_the_message(slack: Playground, app: App) -> None:
    seen: list[Json] = []
    app.action("done")(noting(seen))
    blocks = [actions(button("done", "1"))]
    web_client(slack).chat_postEphemeral(channel="C0TEAM", user="U0ANA", text="x", blocks=blocks)
    slack.click("U0ANA", slack.ephemerals("U0ANA")[0], "done")
    assert seen[0]["container"]["is_ephemeral"]
    assert "message" not in seen[0]


def test_a_message_shortcut_carries_the_message(slack: Playground, app: App) -> None:
    seen: list[Json] = []
    app.message_shortcut("log")(noting(seen))
    message = said(slack, "U0BEN", "C0OUT", "Cedar called")
    assert slack.message_shortcut("U0ANA", "log", "C0OUT", message.ts).ok
    assert (seen[0]["message"]["text"], seen[0]["channel"]["id"]) == ("Cedar called", "C0OUT")


def test_an_unanswered_click_is_told_to_the_person(slack: Playground, app: App) -> None:
    web_client(slack).chat_postMessage(channel="U0ANA", text="x", blocks=[actions(button("unknown", "1"))])
    answer = slack.click("U0ANA", slack.last_message("U0ANA"), "unknown")
    assert answer.status == 404
    assert [user for user, _ in slack.workspace.notices] == ["U0ANA"]


def test_two_people_at_once_both_get_their_answer(slack: Playground, app: App) -> None:
    both = threading.Barrier(2, timeout=10)

    @app.command("/touch")
    def log(ack: Any) -> None:
        both.wait()
        ack("Logged.")

    callers = [threading.Thread(target=slack.slash, args=(user, "C0TEAM", "/touch")) for user in ("U0ANA", "U0BEN")]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(10)
    assert [len(slack.ephemerals(user)) for user in ("U0ANA", "U0BEN")] == [1, 1]


def test_one_playground_does_not_change_another_s_channels(now: Now) -> None:
    slack = build_slack(now)
    slack.channel("C0TEAM").members.discard("U0BOT")
    slack.channel("C0TEAM").is_archived = True
    original: Channel = CHANNELS[0]
    assert "U0BOT" in original.members
    assert not original.is_archived
