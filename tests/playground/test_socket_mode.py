from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from bot.playground import Playground
from tests.support.slack import SIGNING_SECRET, web_client

Json = dict[str, Any]


@pytest.fixture
def app(slack: Playground) -> Iterator[App]:
    """A Bolt app that is connected by Socket Mode; it has no address at all."""
    app = App(
        name="tests",
        client=web_client(slack),
        signing_secret=SIGNING_SECRET,
        process_before_response=True,
        token_verification_enabled=False,
    )
    handler = SocketModeHandler(app, "xapp-playground", auto_reconnect_enabled=False)
    handler.connect()  # type: ignore[no-untyped-call]
    assert slack.socket.arrived.wait(10)
    yield app
    slack.stop()  # first, because the client's reader notices its own close only after 3 seconds
    handler.close()  # type: ignore[no-untyped-call]


def test_a_command_s_answer_comes_back_through_the_socket(slack: Playground, app: App) -> None:
    app.command("/touch")(lambda ack, body: ack(text=f"Logged {body['text']}."))
    answer = slack.slash("U0ANA", "C0TEAM", "/touch", "acme")
    assert answer.message and answer.message.text == "Logged acme."


def test_an_event_is_heard_and_acknowledged(slack: Playground, app: App) -> None:
    app.event("message")(lambda event, say: say(f"Heard {event['text']}."))
    assert slack.say("U0ANA", "U0ANA", "hello").ok
    assert slack.last_message("U0ANA").text == "Heard hello."


def test_a_modal_is_opened_and_submitted(slack: Playground, app: App) -> None:
    note: Json = {"type": "input", "block_id": "note", "label": {"type": "plain_text", "text": "Note"}}
    note["element"] = {"type": "plain_text_input", "action_id": "text"}
    view: Json = {"type": "modal", "callback_id": "log", "blocks": [note]}
    view |= {"title": {"type": "plain_text", "text": "Log"}, "submit": {"type": "plain_text", "text": "Log"}}

    @app.shortcut("open")
    def open_modal(ack: Any, client: WebClient, body: Json) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    app.view("log")(lambda ack: ack(response_action="errors", errors={"note": "Too short."}))
    slack.global_shortcut("U0ANA", "open")
    slack.submit("U0ANA", {"note": "x"})
    opened = slack.modal("U0ANA")
    assert opened and opened.errors == {"note": "Too short."}


def test_a_redelivered_event_says_that_it_is_one(slack: Playground, app: App) -> None:
    retries: list[Any] = []
    app.event("message")(lambda request: retries.append(request.headers.get("x-slack-retry-num")))
    slack.say("U0ANA", "U0ANA", "hello")
    slack.redeliver(retry_num=1, reason="timeout")
    assert retries == [["0"], ["1"]]


def test_a_ticket_opens_one_connection(slack: Playground) -> None:
    app_client = WebClient(token="xapp-playground", base_url=slack.api_url)
    url = app_client.apps_connections_open(app_token="xapp-playground")["url"]
    with connect(url) as first:
        assert '"hello"' in str(first.recv(timeout=10))
    with pytest.raises(WebSocketException):
        connect(url)
