"""Slack's own Python models as a second opinion on what the builders make. Slow, so for tests only."""

from __future__ import annotations

import copy
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

UNKNOWN_TO_THE_SDK = frozenset({"data_table", "data_visualization"})


def sdk_problems(payload: dict[str, Any]) -> list[str]:
    """What slack_sdk.models finds wrong with a message payload or a view, block by block."""
    problems = []
    for number, block in enumerate(payload.get("blocks") or ()):
        if block.get("type") in UNKNOWN_TO_THE_SDK:
            continue
        try:
            parsed = Block.parse(copy.deepcopy(block))
            if parsed is None:
                problems.append(f"blocks[{number}]: the SDK does not know {block.get('type')}")
            else:
                parsed.to_dict()
        except (SlackObjectFormationError, TypeError) as error:
            problems.append(f"blocks[{number}]: {error}")
    if payload.get("type") in ("modal", "home"):
        try:
            View(**copy.deepcopy(payload)).to_dict()
        except (SlackObjectFormationError, TypeError) as error:
            problems.append(f"view: {error}")
    return problems
