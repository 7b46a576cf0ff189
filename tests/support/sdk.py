"""Slack's own Python models as a second opinion on what the builders make. Slow, so for tests only."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

UNKNOWN_TO_THE_SDK = frozenset({"data_table", "data_visualization"})


def sdk_problems(payload: dict[str, Any]) -> list[str]:
    """What slack_sdk.models finds wrong with a message payload or a view, block by block."""
    problems = []
    for number, block in enumerate(payload.get("blocks") or ()):
        if block.get("type") not in UNKNOWN_TO_THE_SDK and (problem := _block_problem(json.dumps(block))):
            problems.append(f"blocks[{number}]: {problem}")
    if payload.get("type") in ("modal", "home") and (problem := _view_problem(json.dumps(payload))):
        problems.append(f"view: {problem}")
    return problems


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
