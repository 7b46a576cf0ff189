"""What a person may enter: a value for an element, given the way a test or a page would say it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.playground.modals import value_key
from bot.playground.model import CannotDo, Json
from bot.playground.workspace import Workspace, elements_of

State = dict[str, dict[str, Json]]

_PATTERNS = {
    "datepicker": r"\d{4}-\d{2}-\d{2}",
    "timepicker": r"([01]\d|2[0-3]):[0-5]\d",
    "number_input": r"-?\d+(\.\d+)?",
    "email_text_input": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "url_text_input": r"https?://\S+",
}


def options_of(element: Json) -> list[Json]:
    """Every option of an element, those in groups included."""
    grouped = [option for group in element.get("option_groups") or () for option in group["options"]]
    return list(element.get("options") or ()) + grouped


def find_element(blocks: Sequence[Json], action_id: str, block_id: str | None, value: Any) -> tuple[Json, Json]:
    """The one element that was meant, with its block. Raises CannotDo when there is none, or more than one.

    A `value` tells buttons apart that share an action id in different blocks. Where the block is another by now,
    because the view was drawn anew since, a press still arrives, as it does in Slack.
    """
    alike = [
        (block, element)
        for block in _flat(blocks)
        for element in elements_of(block)
        if element.get("action_id") == action_id
    ]
    wanted = value.get("value") if isinstance(value, dict) else value
    meant = [(b, e) for b, e in alike if e.get("value") == wanted or wanted in [o["value"] for o in options_of(e)]]
    found = [(block, element) for block, element in alike if block_id in (None, block["block_id"])] or meant
    if len(found) > 1 and value is not None:
        found = [pair for pair in found if pair in meant] or found
    if not found:
        there = ", ".join(sorted({e.get("action_id", "") for b in _flat(blocks) for e in elements_of(b)} - {""}))
        raise CannotDo(f"There is nothing with the action id {action_id!r} here. There is: {there or 'none'}.")
    if len(found) > 1:
        raise CannotDo(f"{action_id!r} is there {len(found)} times; say which block_id or value.")
    return found[0]


def _flat(blocks: Sequence[Json]) -> list[Json]:
    flat: list[Json] = []
    for block in blocks:
        nested = block.get("child_blocks") or (block.get("elements") if block["type"] == "carousel" else None)
        flat += nested if nested and all("block_id" in child for child in nested) else [block]
    return flat


def enter(workspace: Workspace, element: Json, choice: Any, suggested: Sequence[Json] = ()) -> Json:
    """The state of `element` after a person entered `choice`: a plain value, an option's value, or a raw state.

    Raises CannotDo for what Slack's own window would not offer. `suggested` are the options of an external select.
    """
    kind = str(element["type"])
    key = value_key(kind) or "selected_option"
    if isinstance(choice, Mapping) and (key in choice or choice.get("type") == kind):
        choice = choice.get(key)
    if kind.startswith("multi_") or kind == "checkboxes":
        chosen = [_one(workspace, element, kind, one, suggested) for one in choice or ()]
        return {"type": kind, key: chosen}
    return {"type": kind, key: None if choice in (None, "") else _one(workspace, element, kind, choice, suggested)}


def _one(workspace: Workspace, element: Json, kind: str, choice: Any, suggested: Sequence[Json]) -> Any:
    if kind.endswith("users_select") and choice not in workspace.people:
        raise CannotDo(f"There is nobody with the id {choice} here.")
    if kind.endswith(("channels_select", "conversations_select")) and choice not in workspace.channels:
        raise CannotDo(f"There is no conversation {choice} here.")
    at_first = [*(element.get("initial_options") or ()), element.get("initial_option")]
    offered = [*suggested, *filter(None, at_first)] if "external" in kind else options_of(element)
    if "external" in kind or offered:
        wanted = choice["value"] if isinstance(choice, Mapping) else choice
        option = next((option for option in offered if option["value"] == wanted), None)
        if option is None:
            there = ", ".join(o["value"] for o in offered)
            raise CannotDo(f"{wanted!r} is not offered. There is: {there or 'nothing'}.")
        return option
    if kind in _PATTERNS and not re.fullmatch(_PATTERNS[kind], str(choice)):
        raise CannotDo(f"{choice!r} does not fit a {kind}.")
    if kind == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not least <= len(str(choice)) <= most:
            raise CannotDo(f"The text must have {least} to {most} characters.")
    return choice


def fill(
    workspace: Workspace,
    blocks: Sequence[Json],
    state: State,
    values: Mapping[str, Any],
    suggested: Mapping[str, Sequence[Json]],
) -> None:
    """Enter `values` into `state`: keyed by block id or action id, or nested as Slack's own state.values."""
    fields = [
        (block["block_id"], element)
        for block in blocks
        for element in elements_of(block)
        if value_key(str(element.get("type")))
    ]
    for key, choice in values.items():
        here = [(b, e) for b, e in fields if b == key] or [(b, e) for b, e in fields if e["action_id"] == key]
        if not here:
            raise CannotDo(f"There is no field {key!r}. There is: {', '.join(b for b, _ in fields) or 'none'}.")
        if choice == {}:
            continue
        nested = isinstance(choice, Mapping) and any(e["action_id"] in choice for _, e in here)
        if not nested and len(here) > 1:
            raise CannotDo(f"{key!r} is there {len(here)} times; name the action id too.")
        for block_id, element in here:
            if nested and element["action_id"] not in choice:
                continue
            entered = choice[element["action_id"]] if nested else choice
            offered = suggested.get(element["action_id"], ())
            state.setdefault(block_id, {})[element["action_id"]] = enter(workspace, element, entered, offered)


def missing(blocks: Sequence[Json], state: State) -> dict[str, str]:
    """The required inputs that are still empty, by block id, with what Slack's window says under them."""
    empty: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input" or block.get("optional"):
            continue
        for element in elements_of(block):
            key = value_key(str(element["type"])) or "value"
            if not state.get(block["block_id"], {}).get(element["action_id"], {}).get(key):
                empty[block["block_id"]] = "Please complete this required field."
    return empty
