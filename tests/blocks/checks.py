"""What every message and view must pass, and the texts that people should never be able to break it with."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from bot.playground.limits import accessibility_problems, problems_of_message, problems_of_view
from tests.support.sdk import sdk_problems

# Slack's limit for a whole message is not published; people were refused from about 13,200 characters of blocks.
WHOLE_MESSAGE = 13_200

HOSTILE = (
    "<!channel> <@U0ANA> <https://evil.example|Acme>",
    "*_~`bold`~_* :tada: > quote",
    "&&&<<<>>>" * 40,
    "שלום עולם \u202eesrever",
    "Line\nbreak\r\n\ttab\x00\x07",
    "👩‍👩‍👧‍👦" * 30,
    "Ä" * 300,
    " \n ",
    "{name} {0} %s",
)
TEXTS = st.one_of(st.text(max_size=400), st.sampled_from(HOSTILE))


def assert_slack_takes(payload: dict[str, Any]) -> None:
    """Slack's limits as we know them, and its own Python models, find nothing wrong with a message or a view."""
    if "type" in payload:
        assert problems_of_view(payload) == []
    else:
        assert problems_of_message(payload) == []
        assert accessibility_problems(payload) == []
        assert len(payload["text"]) < 40_000
    assert sdk_problems(payload) == []


def size_of(payload: dict[str, Any]) -> int:
    """The characters of a message's blocks as they travel."""
    return len(json.dumps(payload["blocks"], ensure_ascii=False, separators=(",", ":")))


def markup(payload: Any) -> Iterator[str]:
    """Every text of a payload in which Slack would read markup."""
    if isinstance(payload, list):
        for part in payload:
            yield from markup(part)
    elif isinstance(payload, dict):
        if payload.get("type") == "mrkdwn":
            yield payload["text"]
        if "blocks" in payload and isinstance(payload.get("text"), str):
            yield payload["text"]
        for part in payload.values():
            yield from markup(part)


def shown(payload: Any) -> str:
    """Every text of a payload that people see, in its order, one a line."""
    return "\n".join(_texts(payload.get("blocks") if isinstance(payload, dict) else payload))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from _texts(part)
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for part in node.values():
            yield from _texts(part)


def elements(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """Every button and menu of a payload."""
    found = []
    for block in payload["blocks"]:
        if block["type"] != "rich_text":
            found += [e for e in (*block.get("elements", ()), block.get("accessory"), block.get("element")) if e]
    return [element for element in found if "action_id" in element]


def element(payload: dict[str, Any], action_id: str) -> dict[str, Any]:
    """The only button or menu with an action id."""
    (found,) = [each for each in elements(payload) if each["action_id"] == action_id]
    return found
