from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.playground import Playground
from tests.support.slack import Now, bolt_app, build_slack, web_client

Json = dict[str, Any]

MANIFEST = {
    "features": {
        "bot_user": {"display_name": "Keepwarm"},
        "slash_commands": [{"command": "/touch", "description": "Log a touch", "should_escape": True}],
        "shortcuts": [{"name": "Log as touch", "type": "message", "callback_id": "log"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "im:history", "reactions:write"]}},
}
MODAL = {
    "type": "modal",
    "callback_id": "log",
    "title": {"type": "plain_text", "text": "Log"},
    "submit": {"type": "plain_text", "text": "Log"},
    "blocks": [
        {
            "type": "input",
            "block_id": "customer",
            "label": {"type": "plain_text", "text": "Customer"},
            "element": {"type": "external_select", "action_id": "who", "min_query_length": 1},
        }
    ],
}
BUTTON = {"type": "button", "action_id": "done", "value": "1", "text": {"type": "plain_text", "text": "Done"}}


@pytest.fixture
def slack(now: Now) -> Iterator[Playground]:
    with build_slack(now, manifest=MANIFEST, controls={"next-morning": lambda: now.forward(days=1)}) as playground:
        yield playground


@pytest.fixture
def app(slack: Playground) -> App:
    app = bolt_app(slack)

    @app.action("done")
    def open_modal(ack: Any, body: Json, client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    acme = {"text": {"type": "plain_text", "text": "Acme"}, "value": "acme"}
    app.options("who")(lambda ack: ack(options=[acme]))
    app.command("/touch")(lambda ack, body: ack(text=f"Logged {body['text']}."))
    app.event("message")(lambda say: say("Heard."))
    app.view("log")(lambda ack: ack())
    return app


@pytest.fixture
def page(slack: Playground) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=slack.url, trust_env=False, timeout=30) as client:
        yield client


def state(page: httpx.Client, who: str = "U0ANA") -> Json:
    answer: Json = page.get("/playground/state", params={"as": who}).json()
    return answer


def do(page: httpx.Client, what: str, **given: Any) -> Json:
    answer: Json = page.post("/playground/do", json={"as": "U0ANA", "what": what, **given}).json()
    return answer


def test_the_state_shows_what_this_person_s_slack_would(page: httpx.Client, slack: Playground) -> None:
    client = web_client(slack)
    client.chat_postMessage(channel="U0ANA", text="for Ana")
    client.chat_postMessage(channel="U0BEN", text="for Ben")
    client.chat_postEphemeral(channel="C0TEAM", user="U0BEN", text="a whisper to Ben")
    ana = state(page)
    assert ana["now_text"] == "Tuesday 24 November, 09:00"
    assert [room["name"] for room in ana["conversations"]] == [
        "Keepwarm",
        "customers",
        "leadership",
        "sales-leads",
        "with-elsewhere",
    ]
    texts = [message["text"] for messages in ana["messages"].values() for message in messages]
    assert texts == ["for Ana"]
    assert state(page, "U0BEN")["messages"]["C0TEAM"][0]["ephemeral"]
    assert [command["command"] for command in ana["commands"]] == ["/touch"]
    assert ana["shortcuts"] == [{"name": "Log as touch", "callback_id": "log", "type": "message"}]
    assert "U0OLD" not in [person["id"] for person in ana["people"]]
    assert ana["controls"] == ["next-morning"]


def test_the_time_is_shown_in_the_person_s_zone(page: httpx.Client, slack: Playground) -> None:
    assert state(page, "U0BEN")["now_text"] == "Tuesday 24 November, 04:00"


def test_unread_messages_are_counted_until_they_are_read(page: httpx.Client, slack: Playground) -> None:
    web_client(slack).chat_postMessage(channel="U0ANA", text="x")
    assert state(page)["conversations"][0]["unread"] == 1
    do(page, "read", conversation=slack.dm("U0ANA"))
    assert state(page)["conversations"][0]["unread"] == 0


def test_a_person_talks_commands_edits_and_reacts(page: httpx.Client, slack: Playground, app: App) -> None:
    dm = slack.dm("U0ANA")
    ts = do(page, "say", conversation=dm, text="hello")["ts"]
    assert do(page, "edit", conversation=dm, ts=ts, text="hello again")["ok"]
    assert do(page, "react", conversation=dm, ts=ts, name="eyes")["ok"]
    assert do(page, "command", conversation="C0TEAM", text="/touch acme called")["ok"]
    shown = state(page)
    mine = shown["messages"][dm][0]
    assert (mine["text"], mine["edited"]) == ("hello again", True)
    assert mine["reactions"] == [{"name": "eyes", "count": 1, "users": ["U0ANA"]}]
    assert shown["messages"]["C0TEAM"][0]["text"] == "Logged acme called."
    assert do(page, "delete", conversation=dm, ts=ts)["ok"]


def test_a_deleted_message_leaves_a_stump_while_its_thread_lives(
    page: httpx.Client, slack: Playground, app: App
) -> None:
    dm = slack.dm("U0ANA")
    ts = do(page, "say", conversation=dm, text="root")["ts"]
    do(page, "say", conversation=dm, text="reply", thread_ts=ts)
    do(page, "delete", conversation=dm, ts=ts)
    root = state(page)["messages"][dm][0]
    assert (root["deleted"], root["text"], root["reply_count"]) == (True, "", 2)


def test_a_person_clicks_chooses_and_submits(page: httpx.Client, slack: Playground, app: App) -> None:
    blocks = [{"type": "actions", "block_id": "b", "elements": [BUTTON]}]
    posted = web_client(slack).chat_postMessage(channel="U0ANA", text="x", blocks=blocks)
    action = {"type": "button", "action_id": "done", "block_id": "b", "value": "1"}
    assert do(page, "click", conversation=posted["channel"], ts=posted["ts"], action=action)["ok"]
    (view,) = state(page)["modals"]
    assert view["title"]["text"] == "Log"
    assert do(page, "submit", view_id=view["id"], values={})["error"].startswith("Please complete")
    assert state(page)["modals"][0]["errors"] == {"customer": "Please complete this required field."}
    offered = do(page, "options", view_id=view["id"], action_id="who", block_id="customer", value="a")["options"]
    chosen = {"customer": {"who": {"type": "external_select", "selected_option": offered[0]}}}
    assert do(page, "submit", view_id=view["id"], values=chosen)["ok"]
    assert state(page)["modals"] == []


def test_a_failure_of_the_bot_is_a_notice(page: httpx.Client, slack: Playground, app: App) -> None:
    ts = do(page, "say", conversation="C0OUT", text="x")["ts"]
    answer = do(page, "message_shortcut", conversation="C0OUT", ts=ts, callback_id="log")
    assert answer == {"ok": False, "error": "The bot answered with the status 404."}
    assert state(page)["notices"][0]["text"] == "The bot answered with the status 404."
    assert state(page, "U0BEN")["notices"] == []


def test_the_page_waits_for_changes(page: httpx.Client, slack: Playground) -> None:
    version = state(page)["version"]
    heard: list[int] = []

    def wait() -> None:
        answer = httpx.get(f"{slack.url}/playground/changes", params={"since": version, "as": "U0ANA"}, timeout=30)
        heard.append(answer.json()["version"])

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not slack.workspace.watchers and waiting.is_alive():
        pass
    web_client(slack).chat_postMessage(channel="U0ANA", text="x")
    waiting.join(10)
    assert heard and heard[0] > version
    assert page.get("/playground/changes", params={"since": version}).json()["version"] > version


def test_stopping_under_an_open_page_says_nothing(slack: Playground, caplog: pytest.LogCaptureFixture) -> None:
    server_log = logging.getLogger("uvicorn.error")
    # As the bot's own server sets it in the same process.
    caplog.set_level(logging.WARNING, logger="uvicorn.error")
    server_log.addHandler(caplog.handler)

    def wait() -> None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{slack.url}/playground/changes", params={"since": 999}, timeout=30, trust_env=False)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not slack.workspace.watchers and waiting.is_alive():
        pass
    slack.stop()
    waiting.join(10)
    server_log.removeHandler(caplog.handler)
    assert caplog.messages == []
    assert slack.workspace.watchers == []


def test_a_control_moves_the_demo(page: httpx.Client, slack: Playground) -> None:
    assert page.post("/playground/control/next-morning").json() == {"ok": True}
    assert state(page)["now_text"] == "Wednesday 25 November, 09:00"
    assert page.post("/playground/control/explode").status_code == 404


MALFORMED: dict[str, tuple[Json, str]] = {
    "nobody": ({"as": "U0NONE", "what": "say"}, "nobody"),
    "a bot": ({"as": "U0BOT", "what": "say"}, "nobody"),
    "nothing to do": ({"as": "U0ANA", "what": "dance"}, "what must be one of"),
    "words without a place": ({"as": "U0ANA", "what": "say", "text": "x"}, "say needs conversation"),
    "a click on nothing": ({"as": "U0ANA", "what": "click"}, "click needs action"),
}


@pytest.mark.parametrize(("given", "complaint"), MALFORMED.values(), ids=MALFORMED)
def test_what_the_page_may_not_send_is_a_sentence(page: httpx.Client, given: Json, complaint: str) -> None:
    answer = page.post("/playground/do", json=given)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]


@pytest.mark.parametrize("content", [b"{", b"[]"])
def test_what_is_no_json_object_is_a_sentence(page: httpx.Client, content: bytes) -> None:
    answer = page.post("/playground/do", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example:3000"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_other_hosts_and_other_sites_are_shut_out(page: httpx.Client, headers: dict[str, str]) -> None:
    body = {"as": "U0ANA", "what": "open_home"}
    assert page.post("/playground/do", json=body, headers=headers).status_code == 403
    assert page.post("/api/auth.test", headers=headers).status_code == 403


def test_the_page_s_own_requests_come_in(page: httpx.Client, slack: Playground) -> None:
    headers = {"origin": slack.url, "sec-fetch-site": "same-origin"}
    body = {"as": "U0ANA", "what": "read", "conversation": "C0TEAM"}
    assert page.post("/playground/do", json=body, headers=headers).json() == {"ok": True}
    assert page.get("/", headers={"sec-fetch-site": "cross-site"}).status_code != 403
