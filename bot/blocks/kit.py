"""The pieces of Block Kit that our builders are made of, each within Slack's limits.

The limits are at docs.slack.dev/reference/block-kit. Everything here takes plain text and makes it safe itself: text
objects are `plain_text` without emoji, and customer text goes into `rich_text`, which Slack parses for nothing.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from bot.blocks.text import cut, disarmed, escaped

Json = dict[str, Any]

# What chat.update takes (docs.slack.dev/reference/methods/chat.update); every message of ours may be changed.
MESSAGE_TEXT = 4000
# How long a line may be, tried in this order until all lines fit: a shorter line is better than a missing one.
_LINE_ROOMS = (MESSAGE_TEXT, 300, 150, 80, 40, 20)
# What a message's blocks may weigh as JSON. Slack says nothing of a limit and refuses from about 13,200 characters
# (msg_blocks_too_long, github.com/slackapi/bolt-js/issues/2509); what exactly it counts is not known.
MESSAGE_BLOCKS = 13_000


def message(lines: Iterable[str], blocks: list[Json]) -> Json:
    """A message: its blocks, and the lines that say all of it to a screen reader and in a notification."""
    return {"text": _spoken([line for line in lines if line]), "blocks": blocks}


def _spoken(lines: Sequence[str]) -> str:
    """Say lines within the limit of a message's text, which Slack counts with its escapes."""
    said = ""
    for room in _LINE_ROOMS:
        said = "\n".join(cut(line, room) for line in lines)
        if len(disarmed(said)) <= MESSAGE_TEXT:
            return disarmed(said)
    while len(disarmed(said)) > MESSAGE_TEXT:
        said = cut(said, len(said) * 3 // 4)
    return disarmed(said)


def fits(blocks: Sequence[Json]) -> bool:
    """Say whether blocks are few and small enough for one message that is posted."""
    return len(blocks) <= 50 and len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) <= MESSAGE_BLOCKS


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


def bullets(title: str, items: Sequence[Sequence[Json]]) -> Json:
    """A titled list of rich text."""
    points = [{"type": "rich_text_section", "elements": list(item)} for item in items]
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [strong(title)]},
            {"type": "rich_text_list", "style": "bullet", "elements": points},
        ],
    }


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


def select(action_id: str, options: Sequence[Json], *, chosen: str | None = None) -> Json:
    """A menu of at most 100 choices; `chosen` is the value of the one it opens with."""
    return _with({"type": "static_select", "action_id": action_id, "options": list(options)}, **_first(options, chosen))


def radio(action_id: str, options: Sequence[Json], *, chosen: str | None = None) -> Json:
    """At most ten choices, all in sight."""
    return _with({"type": "radio_buttons", "action_id": action_id, "options": list(options)}, **_first(options, chosen))


def checkboxes(action_id: str, options: Sequence[Json], *, chosen: str) -> Json:
    """At most ten boxes; those whose value is in `chosen` are ticked."""
    ticked = [choice for choice in options if choice["value"] in chosen]
    element = {"type": "checkboxes", "action_id": action_id, "options": list(options)}
    return _with(element, initial_options=ticked or None)


def datepicker(action_id: str, *, chosen: date | None = None) -> Json:
    """A calendar."""
    return _with({"type": "datepicker", "action_id": action_id}, initial_date=chosen.isoformat() if chosen else None)


def typed(action_id: str, *, value: str = "", placeholder: str = "", lines: bool = False, most: int = 3000) -> Json:
    """A field to type in, of one line or several. What it opens with is kept as it was written."""
    element = {"type": "plain_text_input", "action_id": action_id, "max_length": most}
    return _with(
        element,
        multiline=lines or None,
        initial_value=cut(value, most) or None,
        placeholder=plain(placeholder, 150) if placeholder else None,
    )


def labelled(label: str, element: Json, *, hint: str = "", optional: bool = False, block_id: str | None = None) -> Json:
    """An input of a modal. Its block id is its action id, so that what was typed survives an update of the view."""
    block = {"type": "input", "block_id": block_id or element["action_id"], "label": plain(label, 2000)}
    return _with(block | {"element": element}, hint=plain(hint, 2000) if hint else None, optional=optional or None)


def modal(view_id: str, title: str, blocks: list[Json], *, submit: str | None, close: str, metadata: str = "") -> Json:
    """A modal; `metadata` comes back with what was typed, and is no secret."""
    view: Json = {"type": "modal", "callback_id": view_id, "title": plain(title, 24), "close": plain(close, 24)}
    return _with(view | {"blocks": blocks, "private_metadata": metadata}, submit=plain(submit, 24) if submit else None)


def external_select(action_id: str, placeholder: str, *, chosen: Json | None = None) -> Json:
    """A menu whose choices we look up while the person types; an empty search shows the first ones."""
    element = {"type": "external_select", "action_id": action_id, "placeholder": plain(placeholder, 150)}
    return _with(element | {"min_query_length": 0}, initial_option=chosen)


def _first(options: Sequence[Json], chosen: str | None) -> Json:
    """Slack wants the chosen option whole."""
    return {"initial_option": next((choice for choice in options if choice["value"] == chosen), None)}


def _with(thing: Json, **parts: Any) -> Json:
    return thing | {key: part for key, part in parts.items() if part is not None}
