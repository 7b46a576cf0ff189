"""Slack's own Python models as a second opinion on what the builders make. Slow, so for tests only."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

_ID = re.compile(r"\d{10,}")
UNKNOWN_TO_THE_SDK = frozenset({"data_table", "data_visualization"})


def sdk_problems(payload: dict[str, Any]) -> list[str]:
    """What slack_sdk.models finds wrong with a message payload or a view, block by block."""
    problems = []
    for number, block in enumerate(payload.get("blocks") or ()):
        if block.get("type") not in UNKNOWN_TO_THE_SDK and (problem := _block_problem(_with_like_ids(block))):
            problems.append(f"blocks[{number}]: {problem}")
    if payload.get("type") in ("modal", "home"):
        # Its blocks were looked at one by one; here they only count.
        frame = {**payload, "blocks": [{"type": "divider"}] * len(payload["blocks"])}
        if problem := _view_problem(_with_like_ids(frame)):
            problems.append(f"view: {problem}")
    return problems


def _with_like_ids(part: dict[str, Any]) -> str:
    """A part as JSON, in which all ids of a length are one: the SDK looks at shapes and lengths."""
    return _ID.sub(lambda found: "1" * len(found[0]), json.dumps(part))


# The same block stands in hundreds of tests; it is looked at once.
@cache
def _block_problem(block: str) -> str | None:
    try:
        parsed = Block.parse(json.loads(block))
        if parsed is None:
            return f"the SDK does not know {json.loads(block).get('type')}"
        parsed.to_dict()
    except (SlackObjectFormationError, TypeError) as error:
        return str(error)
    return None


@cache
def _view_problem(view: str) -> str | None:
    try:
        View(**json.loads(view)).to_dict()
    except (SlackObjectFormationError, TypeError) as error:
        return str(error)
    return None
