"""The pieces of Block Kit that our builders are made of, each within Slack's limits.

The limits are at docs.slack.dev/reference/block-kit. Everything here takes plain text and makes it safe itself: text
objects are `plain_text` without emoji, and customer text goes into `rich_text`, which Slack parses for nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.blocks.text import cut, disarmed, escaped

Json = dict[str, Any]

MESSAGE_TEXT = 4000


def message(lines: Iterable[str], blocks: list[Json]) -> Json:
    """A message: its blocks, and the lines that say all of it to a screen reader and in a notification."""
    return {"text": disarmed(cut("\n".join(line for line in lines if line), MESSAGE_TEXT)), "blocks": blocks}


def plain(text: str, limit: int) -> Json:
    """A text object that is shown as it is."""
    return {"type": "plain_text", "text": escaped(text, limit), "emoji": False}


def header(text: str) -> Json:
    """A headline."""
    return {"type": "header", "text": plain(text, 150)}


def section(text: str, *, block_id: str | None = None, accessory: Json | None = None) -> Json:
    """A paragraph, with one element beside it."""
    return _with({"type": "section", "text": plain(text, 3000)}, block_id=block_id, accessory=accessory)


def mrkdwn(text: str, *, block_id: str | None = None, accessory: Json | None = None) -> Json:
    """A paragraph in markup. Only for sentences of ours: what a customer or a teammate wrote never comes here."""
    block = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
    return _with(block, block_id=block_id, accessory=accessory)


def context(*texts: str) -> Json:
    """Small print, one text beside the other."""
    return {"type": "context", "elements": [plain(text, 2000) for text in texts]}


def divider() -> Json:
    """A line."""
    return {"type": "divider"}


def rich(lines: Sequence[Sequence[Json]], *, quote: str | None = None, block_id: str | None = None) -> Json:
    """Lines of rich text made of `words` and `strong`, then a quotation set off from them."""
    inline: list[Json] = []
    for number, line in enumerate(lines):
        inline += [words("\n"), *line] if number else line
    groups: list[Json] = [{"type": "rich_text_section", "elements": inline}]
    if quote:
        groups.append({"type": "rich_text_quote", "elements": [words(quote)]})
    return _with({"type": "rich_text", "elements": groups}, block_id=block_id)


def words(text: str) -> Json:
    """A piece of rich text."""
    return {"type": "text", "text": text}


def strong(text: str) -> Json:
    """A piece of rich text that stands out."""
    return {"type": "text", "text": text, "style": {"bold": True}}


def actions(elements: Sequence[Json], *, block_id: str) -> Json:
    """A row of buttons and menus."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(text: str, action_id: str, value: str = "", *, label: str | None = None, style: str | None = None) -> Json:
    """A button; `label` is what a screen reader says instead of `text`."""
    element = {"type": "button", "text": plain(text, 75), "action_id": action_id}
    return _with(element, value=value or None, accessibility_label=cut(label, 75) if label else None, style=style)


def option(text: str, value: str, *, description: str | None = None, url: str | None = None) -> Json:
    """A choice of a menu; only a choice of an overflow may carry a url."""
    choice = {"text": plain(text, 75), "value": value}
    return _with(choice, description=plain(description, 75) if description else None, url=url)


def overflow(action_id: str, options: Sequence[Json]) -> Json:
    """The menu behind three dots, of one to five choices."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def external_select(action_id: str, placeholder: str, *, chosen: Json | None = None) -> Json:
    """A menu whose choices we look up while the person types; an empty search shows the first ones."""
    element = {"type": "external_select", "action_id": action_id, "placeholder": plain(placeholder, 150)}
    return _with(element | {"min_query_length": 0}, initial_option=chosen)


def _with(thing: Json, **parts: Any) -> Json:
    return thing | {key: part for key, part in parts.items() if part is not None}
