"""Every limit of Slack's Block Kit that we know, so that tests fail where Slack would refuse.

Sources: docs.slack.dev/reference/block-kit and /reference/views; for the newest blocks what others measured.
Action ids are unique within their block, block ids within their message or view.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.playground.elements import Problems, check_element, check_image, check_text
from bot.playground.model import Json
from bot.playground.rich_text import check_rich_text, text_length

_EVERYWHERE = frozenset({"message", "modal", "home"})
_MESSAGE = frozenset({"message"})
_NOT_MODAL = frozenset({"message", "home"})
SURFACES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("section", "header", "actions", "context", "divider", "image", "input", "rich_text", "video", "card"),
        _EVERYWHERE,
    ),
    "alert": frozenset({"modal"}),
    **dict.fromkeys(("markdown", "context_actions", "plan", "task_card", "data_visualization", "file"), _MESSAGE),
    **dict.fromkeys(("table", "data_table", "carousel", "container"), _NOT_MODAL),
}
MOST_PER_MESSAGE = {"table": 1, "data_table": 1, "plan": 1, "data_visualization": 2}
MARKDOWN_CHARACTERS = 12_000
TABLE_CHARACTERS = 10_000

_KEYS: dict[str, set[str]] = {
    "section": {"text", "fields", "accessory", "expand"},
    "header": {"text"},
    "divider": set(),
    "actions": {"elements"},
    "context": {"elements"},
    "context_actions": {"elements"},
    "image": {"image_url", "slack_file", "alt_text", "title"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "rich_text": {"elements"},
    "markdown": {"text"},
    "table": {"rows", "column_settings"},
}
_VIEW_KEYS = {
    "type",
    "title",
    "submit",
    "close",
    "blocks",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
}


def problems_of_message(payload: Json) -> list[str]:
    """What Slack would refuse in a message's `blocks`; an empty list when it would take them."""
    problems = Problems()
    blocks = payload.get("blocks") or []
    _check_blocks(problems, blocks, surface="message", most=50)
    for kind, most in MOST_PER_MESSAGE.items():
        if sum(_kind(block) == kind for block in blocks) > most:
            problems.at("/blocks", f"no more than {most} {kind} in a message")
    markdown = sum(len(str(block.get("text"))) for block in blocks if _kind(block) == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        problems.at("/blocks", f"markdown must be less than {MARKDOWN_CHARACTERS + 1} characters, has {markdown}")
    return problems


def problems_of_view(view: Json) -> list[str]:
    """What Slack would refuse in a modal or an App Home; an empty list when it would take it."""
    problems = Problems()
    kind = view.get("type")
    if kind not in ("modal", "home"):
        problems.at("/view/type", f"must be modal or home, not {kind!r}")
        return problems
    problems.unknown_keys("/view", view, _VIEW_KEYS)
    blocks = view.get("blocks")
    if not isinstance(blocks, list) or not blocks:
        problems.at("/view/blocks", "must have at least one block")
        blocks = []
    _check_blocks(problems, blocks, surface=str(kind), most=100, root="/view/blocks")
    if kind == "home":
        for key in ("title", "submit", "close"):
            if view.get(key) is not None:
                problems.at(f"/view/{key}", "a home view cannot have it")
    else:
        check_text(problems, "/view/title", view.get("title"), 24, plain_only=True, needed=True)
        for key in ("submit", "close"):
            check_text(problems, f"/view/{key}", view.get(key), 24, plain_only=True)
        if view.get("submit") is None and any(_kind(block) == "input" for block in blocks):
            problems.at("/view/submit", "required when there are input blocks")
    problems.longer("/view/private_metadata", view.get("private_metadata"), 3000)
    problems.longer("/view/callback_id", view.get("callback_id"), 255)
    problems.longer("/view/external_id", view.get("external_id"), 255)
    focused = [e for block in blocks for e in _interactive(block) if e.get("focus_on_load")]
    if len(focused) > 1:
        problems.at("/view/blocks", "only one element may have focus_on_load")
    return problems


def accessibility_problems(payload: Json) -> list[str]:
    """What Slack takes but a screen reader or a notification can't use: blocks without a top-level text."""
    if payload.get("blocks") and not str(payload.get("text") or "").strip():
        return ["missing_text: a message with blocks needs a top-level text that says the whole thing"]
    return []


def _kind(block: Any) -> str:
    return str(block.get("type")) if isinstance(block, dict) else ""


def _interactive(block: Any) -> list[Json]:
    if not isinstance(block, dict):
        return []
    found = [block.get("element"), block.get("accessory"), *(block.get("elements") or ())]
    return [element for element in found if isinstance(element, dict)]


def _check_blocks(problems: Problems, blocks: Any, *, surface: str, most: int, root: str = "/blocks") -> None:
    if not isinstance(blocks, list):
        problems.at(root, "must be a list of blocks")
        return
    if len(blocks) > most:
        problems.at(root, f"no more than {most} items allowed, has {len(blocks)}")
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        _check_block(problems, f"{root}/{number}", block, surface)
        block_id = block.get("block_id") if isinstance(block, dict) else None
        if block_id in seen:
            problems.at(f"{root}/{number}/block_id", f"`{block_id}` is used twice")
        if block_id is not None:
            seen.add(block_id)


def _check_block(problems: Problems, place: str, block: Any, surface: str) -> None:
    kind = _kind(block)
    if kind not in SURFACES:
        problems.at(f"{place}/type", f"unsupported type: {kind or type(block).__name__}")
        return
    if surface not in SURFACES[kind]:
        problems.at(f"{place}/type", f"{kind} is not allowed in a {surface}")
        return
    if kind in _KEYS:
        problems.unknown_keys(place, block, _KEYS[kind] | {"type", "block_id"})
    problems.longer(f"{place}/block_id", block.get("block_id"), 255, least=1)
    if kind in _CHECKS:
        _CHECKS[kind](problems, place, block, surface)
    ids = [e["action_id"] for e in _interactive(block) if e.get("action_id")]
    for action_id in sorted({i for i in ids if ids.count(i) > 1}):
        problems.at(place, f"action_id `{action_id}` is used twice in one block")


def _check_elements(problems: Problems, place: str, block: Json, surface: str, most: int) -> None:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= most:
        problems.at(f"{place}/elements", f"must have 1 to {most} elements")
        return
    for number, element in enumerate(elements):
        here = f"{place}/elements/{number}"
        check_element(problems, here, element, container=block["type"], surface=surface)


def _section(problems: Problems, place: str, block: Json, surface: str) -> None:
    fields = block.get("fields")
    if block.get("text") is None and not fields:
        problems.at(place, "needs text or fields")
    check_text(problems, f"{place}/text", block.get("text"), 3000)
    if fields is not None:
        if not isinstance(fields, list) or not 1 <= len(fields) <= 10:
            problems.at(f"{place}/fields", "must have 1 to 10 fields")
            fields = []
        for number, text in enumerate(fields):
            check_text(problems, f"{place}/fields/{number}", text, 2000, needed=True)
    if "accessory" in block:
        check_element(problems, f"{place}/accessory", block["accessory"], container="section", surface=surface)


def _header(problems: Problems, place: str, block: Json, surface: str) -> None:
    check_text(problems, f"{place}/text", block.get("text"), 150, plain_only=True, needed=True)


def _actions(problems: Problems, place: str, block: Json, surface: str) -> None:
    _check_elements(problems, place, block, surface, 25)


def _context(problems: Problems, place: str, block: Json, surface: str) -> None:
    _check_elements(problems, place, block, surface, 10)


def _context_actions(problems: Problems, place: str, block: Json, surface: str) -> None:
    _check_elements(problems, place, block, surface, 5)


def _image(problems: Problems, place: str, block: Json, surface: str) -> None:
    check_image(problems, place, block)
    check_text(problems, f"{place}/title", block.get("title"), 2000, plain_only=True)


def _input(problems: Problems, place: str, block: Json, surface: str) -> None:
    check_text(problems, f"{place}/label", block.get("label"), 2000, plain_only=True, needed=True)
    check_text(problems, f"{place}/hint", block.get("hint"), 2000, plain_only=True)
    check_element(problems, f"{place}/element", block.get("element"), container="input", surface=surface)


def _rich_text(problems: Problems, place: str, block: Json, surface: str) -> None:
    check_rich_text(problems, place, block)


def _markdown(problems: Problems, place: str, block: Json, surface: str) -> None:
    if not block.get("text"):
        problems.at(f"{place}/text", "missing required field")
    problems.longer(f"{place}/text", block.get("text"), MARKDOWN_CHARACTERS)


def _alert(problems: Problems, place: str, block: Json, surface: str) -> None:
    check_text(problems, f"{place}/text", block.get("text"), 200, needed=True)


def _table(problems: Problems, place: str, block: Json, surface: str) -> None:
    rows = block.get("rows")
    if not isinstance(rows, list) or not 1 <= len(rows) <= 100:
        problems.at(f"{place}/rows", "must have 1 to 100 rows")
        return
    for number, row in enumerate(rows):
        if not isinstance(row, list) or not 1 <= len(row) <= 20:
            problems.at(f"{place}/rows/{number}", "must have 1 to 20 cells")
            continue
        for column, cell in enumerate(row):
            here = f"{place}/rows/{number}/{column}"
            if cell.get("type") not in ("raw_text", "raw_number", "rich_text"):
                problems.at(f"{here}/type", f"unsupported type: {cell.get('type')}")
            elif cell["type"] == "raw_text":
                problems.longer(f"{here}/text", cell.get("text"), TABLE_CHARACTERS, least=1)
            elif cell["type"] == "rich_text":
                check_rich_text(problems, here, cell)
    characters = sum(text_length(cell) for row in rows if isinstance(row, list) for cell in row)
    if characters > TABLE_CHARACTERS:
        problems.at(place, f"a table holds {TABLE_CHARACTERS} characters, has {characters}")


def _card(problems: Problems, place: str, block: Json, surface: str) -> None:
    if not any(block.get(key) for key in ("hero_image", "title", "actions", "body")):
        problems.at(place, "needs a hero_image, title, actions or body")
    for key, most in (("title", 150), ("subtitle", 150), ("body", 200), ("subtext", 200)):
        check_text(problems, f"{place}/{key}", block.get(key), most)
    actions = block.get("actions") or []
    if len(actions) > 3:
        problems.at(f"{place}/actions", "no more than 3 actions")
    for number, element in enumerate(actions):
        check_element(problems, f"{place}/actions/{number}", element, container="card", surface=surface)


def _children(key: str) -> Callable[[Problems, str, Json, str], None]:
    def check(problems: Problems, place: str, block: Json, surface: str) -> None:
        children = block.get(key) or []
        if not 1 <= len(children) <= 10:
            problems.at(f"{place}/{key}", "must have 1 to 10 items")
        for number, child in enumerate(children):
            _check_block(problems, f"{place}/{key}/{number}", child, surface)

    return check


def _data_table(problems: Problems, place: str, block: Json, surface: str) -> None:
    rows = block.get("rows") or []
    if not 1 <= len(rows) <= 101:
        problems.at(f"{place}/rows", "must have a header and up to 100 rows")
    if any(len(row) > 20 for row in rows if isinstance(row, list)):
        problems.at(f"{place}/rows", "no more than 20 cells in a row")
    if not 1 <= block.get("page_size", 1) <= 100:
        problems.at(f"{place}/page_size", "must be 1 to 100")


def _data_visualization(problems: Problems, place: str, block: Json, surface: str) -> None:
    title = block.get("title")
    problems.longer(f"{place}/title", title.get("text") if isinstance(title, dict) else title, 50)


_CHECKS: dict[str, Callable[[Problems, str, Json, str], None]] = {
    "section": _section,
    "header": _header,
    "actions": _actions,
    "context": _context,
    "context_actions": _context_actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
    "markdown": _markdown,
    "alert": _alert,
    "table": _table,
    "data_table": _data_table,
    "data_visualization": _data_visualization,
    "card": _card,
    "carousel": _children("elements"),
    "container": _children("child_blocks"),
}
