from __future__ import annotations

from typing import Any

import httpx
import pytest
from slack_sdk.webhook import WebhookClient

from bot.playground import Playground
from tests.support.slack import Now, bolt_app, web_client

Json = dict[str, Any]

BLOCKS = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "done", "text": {"type": "plain_text", "text": "Done"}}],
    }
]


def clicked(slack: Playground, *, ephemeral: bool) -> str:
    """The response_url of a click on a message with one button."""
    bolt_app(slack).action("done")(lambda ack: ack())
    client = web_client(slack)
    if ephemeral:
        client.chat_postEphemeral(channel="C0TEAM", user="U0ANA", text="before", blocks=BLOCKS)
        slack.click("U0ANA", slack.ephemerals("U0ANA")[0], "done")
    else:
        client.chat_postMessage(channel="C0TEAM", text="before", blocks=BLOCKS)
        slack.click("U0ANA", slack.last_message("C0TEAM"), "done")
    return str(slack.requests[-1].payload["response_url"])


@pytest.mark.parametrize("ephemeral", [True, False])
def test_the_original_is_replaced_in_place(slack: Playground, ephemeral: bool) -> None:
    url = clicked(slack, ephemeral=ephemeral)
    ts = slack.messages("C0TEAM")[0].ts
    assert WebhookClient(url).send(text="after", replace_original=True).status_code == 200
    (message,) = slack.messages("C0TEAM")
    assert (message.text, message.blocks, message.ts) == ("after", [], ts)


def test_the_original_is_deleted(slack: Playground) -> None:
    url = clicked(slack, ephemeral=True)
    WebhookClient(url).send_dict({"delete_original": True})
    assert slack.messages("C0TEAM") == []


def test_without_a_word_about_the_original_a_new_message_is_for_the_clicker(slack: Playground) -> None:
    url = clicked(slack, ephemeral=False)
    WebhookClient(url).send(text="only for you")
    WebhookClient(url).send(text="for all", response_type="in_channel")
    assert [m.text for m in slack.messages("C0TEAM", seen_by="U0ANA")] == ["before", "only for you", "for all"]
    assert [m.text for m in slack.messages("C0TEAM", seen_by="U0BEN")] == ["before", "for all"]


def test_a_response_url_works_five_times(slack: Playground) -> None:
    client = WebhookClient(clicked(slack, ephemeral=False))
    assert [client.send(text=str(n)).status_code for n in range(6)] == [200] * 5 + [404]
    assert "used_url" in client.send(text="once more").body


def test_a_response_url_works_for_half_an_hour(slack: Playground, now: Now) -> None:
    client = WebhookClient(clicked(slack, ephemeral=False))
    now.forward(minutes=30, seconds=1)
    late = client.send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


def test_a_response_url_of_nobody_answers_not_found(slack: Playground) -> None:
    assert WebhookClient(f"{slack.url}/response/R999999").send(text="x").status_code == 404


@pytest.mark.parametrize(
    ("reply", "error"), [({"text": ""}, "no_text"), ({"text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks")]
)
def test_a_response_that_breaks_the_rules_is_refused(slack: Playground, reply: Json, error: str) -> None:
    url = clicked(slack, ephemeral=True)
    answer = httpx.post(url, json=reply)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert len(slack.messages("C0TEAM")) == 1


def test_a_command_s_first_answer_can_be_replaced_later(slack: Playground) -> None:
    bolt_app(slack).command("/who")(lambda ack: ack("working"))
    slack.slash("U0ANA", "C0TEAM", "/who")
    url = slack.requests[-1].payload["response_url"]
    WebhookClient(url).send(text="here they are", replace_original=True)
    assert [m.text for m in slack.ephemerals("U0ANA")] == ["here they are"]
