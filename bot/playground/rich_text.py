"""Rich text: what Slack demands of it, and the rich text that Slack itself makes of what a person types.

Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from __future__ import annotations

import re
from typing import Any

from bot.playground.elements import Problems
from bot.playground.model import Json

_GROUPS = frozenset({"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"})
_NEEDS: dict[str, tuple[str, ...]] = {
    "text": ("text",),
    "link": ("url",),
    "emoji": ("name",),
    "user": ("user_id",),
    "usergroup": ("usergroup_id",),
    "channel": ("channel_id",),
    "team": ("team_id",),
    "broadcast": ("range",),
    "color": ("value",),
    "date": ("timestamp", "format"),
}
_MENTION = re.compile(r"<@(\w+)>")


def check_rich_text(problems: Problems, place: str, block: Json) -> None:
    """A rich_text block: known groups, known elements, no empty text."""
    groups = block.get("elements")
    if not isinstance(groups, list) or not groups:
        problems.at(f"{place}/elements", "must have at least one element")
        return
    for number, group in enumerate(groups):
        _check_group(problems, f"{place}/elements/{number}", group)


def _check_group(problems: Problems, place: str, group: Any) -> None:
    kind = group.get("type") if isinstance(group, dict) else None
    if kind not in _GROUPS:
        problems.at(f"{place}/type", f"unsupported type: {kind}")
        return
    elements = group.get("elements")
    if not isinstance(elements, list) or (kind == "rich_text_list" and not elements):
        problems.at(f"{place}/elements", "must be a list of elements")
        return
    if kind == "rich_text_list":
        if group.get("style") not in ("bullet", "ordered"):
            problems.at(f"{place}/style", "must be bullet or ordered")
        for number, item in enumerate(elements):
            _check_group(problems, f"{place}/elements/{number}", item)
        return
    for number, element in enumerate(elements):
        _check_inline(problems, f"{place}/elements/{number}", element)


def _check_inline(problems: Problems, place: str, element: Any) -> None:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in _NEEDS:
        problems.at(f"{place}/type", f"unsupported type: {kind}")
        return
    for key in _NEEDS[kind]:
        if element.get(key) in (None, ""):
            problems.at(f"{place}/{key}", "missing required field")
    if kind == "text" and not isinstance(element.get("text"), str):
        problems.at(f"{place}/text", "must be a string")
    if kind == "date" and not isinstance(element.get("timestamp"), int):
        problems.at(f"{place}/timestamp", "must be whole seconds since 1970")
    if not isinstance(element.get("style", {}), dict):
        problems.at(f"{place}/style", "must be an object like {bold: true}")


def text_length(node: Any) -> int:
    """How many characters of text there are in a nest of rich text or in a raw cell."""
    if isinstance(node, dict):
        own = len(node["text"]) if isinstance(node.get("text"), str) else 0
        return own + sum(text_length(child) for child in node.get("elements") or ())
    return 0


def escape(text: str) -> str:
    """Slack's three entities, the ampersand first (docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def rich_text_of(text: str, block_id: str) -> Json:
    """The rich_text block that Slack's composer sends with an (escaped) message text."""
    elements: list[Json] = []
    for number, part in enumerate(_MENTION.split(text)):
        if number % 2:
            elements.append({"type": "user", "user_id": part})
        elif part:
            elements.append({"type": "text", "text": unescape(part)})
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}
