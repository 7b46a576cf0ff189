"""What Slack demands of texts, options and elements: the parts from which blocks are made.

Limits: docs.slack.dev/reference/block-kit (block elements, composition objects).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.playground.model import Json

SINGLE_SELECTS = frozenset(
    {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
)
MULTI_SELECTS = frozenset(f"multi_{kind}" for kind in SINGLE_SELECTS)
CHOICES = frozenset({"checkboxes", "radio_buttons"})
PICKERS = frozenset({"datepicker", "timepicker"})
TYPED = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
MESSAGE_ONLY = frozenset({"feedback_buttons", "icon_button", "workflow_button"})
MODAL_ONLY = frozenset({"file_input", "number_input", "email_text_input", "url_text_input"})

_SELECTS = SINGLE_SELECTS | MULTI_SELECTS
_PRESSED = frozenset({"button", "overflow", "workflow_button"})
ALLOWED_IN: dict[str, frozenset[str]] = {
    "section": _SELECTS | CHOICES | PICKERS | _PRESSED | {"image"},
    "actions": _SELECTS | CHOICES | PICKERS | _PRESSED | {"datetimepicker", "rich_text_input"},
    "input": _SELECTS | CHOICES | PICKERS | TYPED | {"datetimepicker", "rich_text_input", "file_input"},
    "context": frozenset({"image", "plain_text", "mrkdwn"}),
    "context_actions": frozenset({"feedback_buttons", "icon_button"}),
    "card": frozenset({"button", "workflow_button"}),
}

_COMMON = {"type", "action_id", "confirm", "focus_on_load", "placeholder"}
_KEYS: dict[str, set[str]] = {
    "button": {"text", "url", "value", "style", "accessibility_label", "agent_prompt"},
    "overflow": {"options"},
    "static_select": {"options", "option_groups", "initial_option"},
    "multi_static_select": {"options", "option_groups", "initial_options", "max_selected_items"},
    "external_select": {"initial_option", "min_query_length"},
    "multi_external_select": {"initial_options", "min_query_length", "max_selected_items"},
    "users_select": {"initial_user"},
    "multi_users_select": {"initial_users", "max_selected_items"},
    "checkboxes": {"options", "initial_options"},
    "radio_buttons": {"options", "initial_option"},
    "datepicker": {"initial_date"},
    "timepicker": {"initial_time", "timezone"},
    "datetimepicker": {"initial_date_time"},
    "plain_text_input": {"initial_value", "multiline", "min_length", "max_length", "dispatch_action_config"},
    "email_text_input": {"initial_value", "dispatch_action_config"},
    "url_text_input": {"initial_value", "dispatch_action_config"},
    "number_input": {"is_decimal_allowed", "initial_value", "min_value", "max_value", "dispatch_action_config"},
    "image": {"image_url", "slack_file", "alt_text"},
}


class Problems(list[str]):
    """The problems found so far, each with the place in the payload that Slack would name."""

    def at(self, place: str, what: str) -> None:
        """Note a problem at a JSON pointer."""
        self.append(f"{what} [json-pointer:{place}]")

    def longer(self, place: str, value: Any, most: int, *, least: int = 0) -> None:
        """A string of `least` to `most` characters, when there is one at all."""
        if value is None:
            return
        if not isinstance(value, str):
            self.at(place, "must be a string")
        elif len(value) > most:
            self.at(place, f"must be less than {most + 1} characters, has {len(value)}")
        elif len(value) < least:
            self.at(place, f"must be more than {least - 1} characters")

    def unknown_keys(self, place: str, thing: Json, known: set[str]) -> None:
        """Slack refuses properties that it does not know."""
        for key in sorted(set(thing) - known):
            self.at(place, f"invalid additional property: {key}")


def check_text(
    problems: Problems, place: str, text: Any, most: int, *, plain_only: bool = False, needed: bool = False
) -> None:
    """A text object: plain_text everywhere, mrkdwn where allowed; Slack refuses empty ones."""
    if text is None:
        if needed:
            problems.at(place, "missing required field")
        return
    if not isinstance(text, dict):
        problems.at(place, "must be a text object")
        return
    kinds = ("plain_text",) if plain_only else ("plain_text", "mrkdwn")
    if text.get("type") not in kinds:
        problems.at(f"{place}/type", f"must be {' or '.join(kinds)}, not {text.get('type')!r}")
    if not isinstance(text.get("text"), str):
        problems.at(f"{place}/text", "missing required field")
    extra = {"emoji"} if text.get("type") == "plain_text" else {"verbatim"}
    problems.unknown_keys(place, text, {"type", "text"} | extra)
    problems.longer(f"{place}/text", text.get("text"), most, least=1)


def check_option(problems: Problems, place: str, option: Any, *, kind: str) -> None:
    """An option of a menu or a choice. Only an overflow may carry a url, only choices may use mrkdwn."""
    if not isinstance(option, dict):
        problems.at(place, "must be an option object")
        return
    plain_only = kind not in CHOICES
    check_text(problems, f"{place}/text", option.get("text"), 75, plain_only=plain_only, needed=True)
    if not isinstance(option.get("value"), str):
        problems.at(f"{place}/value", "missing required field")
    problems.longer(f"{place}/value", option.get("value"), 150, least=1)
    check_text(problems, f"{place}/description", option.get("description"), 75, plain_only=plain_only)
    problems.longer(f"{place}/url", option.get("url"), 3000)
    known = {"text", "value", "description"} | ({"url"} if kind == "overflow" else set())
    problems.unknown_keys(place, option, known)


def check_options(problems: Problems, place: str, element: Json, *, kind: str, most: int) -> None:
    """Options or groups of options, never both, at least one; what is chosen at first must be among them."""
    options, groups = element.get("options"), element.get("option_groups")
    if (options is None) == (groups is None):
        problems.at(place, "needs either options or option_groups")
        return
    if groups is not None:
        if not 1 <= len(groups) <= 100:
            problems.at(f"{place}/option_groups", "must have 1 to 100 groups")
        options = []
        for number, group in enumerate(groups):
            here = f"{place}/option_groups/{number}"
            check_text(problems, f"{here}/label", group.get("label"), 75, plain_only=True, needed=True)
            if not 1 <= len(group.get("options") or ()) <= 100:
                problems.at(f"{here}/options", "must have 1 to 100 options")
            options += group.get("options") or ()
    elif not 1 <= len(options or ()) <= most:
        problems.at(f"{place}/options", f"must have 1 to {most} options, has {len(options or ())}")
    for number, option in enumerate(options or ()):
        check_option(problems, f"{place}/options/{number}", option, kind=kind)
    first = list(element.get("initial_options") or ())
    if "initial_option" in element:
        first.append(element["initial_option"])
    elif "initial_options" in element and not first:
        problems.at(f"{place}/initial_options", "must have at least one option")
    for chosen in first:
        if chosen not in (options or ()):
            problems.at(f"{place}/initial_option", "must exactly match one of the options")


def check_confirm(problems: Problems, place: str, confirm: Any) -> None:
    """A confirmation dialog."""
    if not isinstance(confirm, dict):
        problems.at(place, "must be a confirmation dialog object")
        return
    check_text(problems, f"{place}/title", confirm.get("title"), 100, plain_only=True, needed=True)
    check_text(problems, f"{place}/text", confirm.get("text"), 300, needed=True)
    for part in ("confirm", "deny"):
        check_text(problems, f"{place}/{part}", confirm.get(part), 30, plain_only=True, needed=True)
    _check_style(problems, place, confirm)
    problems.unknown_keys(place, confirm, {"title", "text", "confirm", "deny", "style"})


def check_element(problems: Problems, place: str, element: Any, *, container: str, surface: str) -> None:
    """One element inside a block of type `container` on a surface: message, modal or home."""
    if not isinstance(element, dict):
        problems.at(place, "must be an object")
        return
    kind = str(element.get("type"))
    if kind not in ALLOWED_IN[container]:
        problems.at(f"{place}/type", f"unsupported type: {kind} in {container}")
        return
    if kind in ("plain_text", "mrkdwn"):
        check_text(problems, place, element, 3000)
        return
    if kind in MODAL_ONLY and surface != "modal":
        problems.at(f"{place}/type", f"{kind} is for modals only")
    if kind in MESSAGE_ONLY and surface != "message":
        problems.at(f"{place}/type", f"{kind} is for messages only")
    if kind == "rich_text_input" and surface == "message":
        problems.at(f"{place}/type", "rich_text_input is not for messages")
    if kind in _KEYS:
        problems.unknown_keys(place, element, _KEYS[kind] | _COMMON)
    problems.longer(f"{place}/action_id", element.get("action_id"), 255, least=1)
    check_text(problems, f"{place}/placeholder", element.get("placeholder"), 150, plain_only=True)
    if "confirm" in element:
        check_confirm(problems, f"{place}/confirm", element["confirm"])
    if kind in _CHECKS:
        _CHECKS[kind](problems, place, element)


def _check_style(problems: Problems, place: str, element: Json) -> None:
    if "style" in element and element["style"] not in ("primary", "danger"):
        problems.at(f"{place}/style", "must be primary or danger")


def _button(problems: Problems, place: str, element: Json) -> None:
    check_text(problems, f"{place}/text", element.get("text"), 75, plain_only=True, needed=True)
    problems.longer(f"{place}/value", element.get("value"), 2000)
    problems.longer(f"{place}/url", element.get("url"), 3000)
    problems.longer(f"{place}/accessibility_label", element.get("accessibility_label"), 75)
    problems.longer(f"{place}/agent_prompt", element.get("agent_prompt"), 4000)
    _check_style(problems, place, element)


def _overflow(problems: Problems, place: str, element: Json) -> None:
    check_options(problems, place, element, kind="overflow", most=5)


def _static_select(problems: Problems, place: str, element: Json) -> None:
    check_options(problems, place, element, kind="static_select", most=100)


def _choice(problems: Problems, place: str, element: Json) -> None:
    check_options(problems, place, element, kind=element["type"], most=10)


def _external_select(problems: Problems, place: str, element: Json) -> None:
    first = element.get("initial_options") or [element.get("initial_option")]
    for option in first:
        if option is not None:
            check_option(problems, f"{place}/initial_option", option, kind="external_select")
    if not isinstance(element.get("min_query_length", 3), int):
        problems.at(f"{place}/min_query_length", "must be a whole number")


def _image(problems: Problems, place: str, element: Json) -> None:
    check_image(problems, place, element)


def check_image(problems: Problems, place: str, image: Json) -> None:
    """An image, as a block or an element: one source, and words for those who don't see it."""
    if ("image_url" in image) == ("slack_file" in image):
        problems.at(place, "needs either image_url or slack_file")
    problems.longer(f"{place}/image_url", image.get("image_url"), 3000, least=1)
    if not image.get("alt_text"):
        problems.at(f"{place}/alt_text", "missing required field")
    problems.longer(f"{place}/alt_text", image.get("alt_text"), 2000)


def _typed(problems: Problems, place: str, element: Json) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if not (isinstance(least, int) and isinstance(most, int) and 0 <= least <= most <= 3000 and most >= 1):
        problems.at(place, "min_length and max_length must be 0 to 3000 and in order")
        most = 3000
    problems.longer(f"{place}/initial_value", element.get("initial_value"), most)


def _number(problems: Problems, place: str, element: Json) -> None:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        problems.at(f"{place}/is_decimal_allowed", "missing required field")
    for key in ("initial_value", "min_value", "max_value"):
        if key in element and not isinstance(element[key], str):
            problems.at(f"{place}/{key}", "must be a string")


def _matches(key: str, pattern: str, what: str) -> Callable[[Problems, str, Json], None]:
    def check(problems: Problems, place: str, element: Json) -> None:
        if key in element and not re.fullmatch(pattern, str(element[key])):
            problems.at(f"{place}/{key}", f"must be {what}")

    return check


_CHECKS: dict[str, Callable[[Problems, str, Json], None]] = {
    "button": _button,
    "overflow": _overflow,
    "static_select": _static_select,
    "multi_static_select": _static_select,
    "external_select": _external_select,
    "multi_external_select": _external_select,
    "checkboxes": _choice,
    "radio_buttons": _choice,
    "image": _image,
    "plain_text_input": _typed,
    "number_input": _number,
    "datepicker": _matches("initial_date", r"\d{4}-\d{2}-\d{2}", "a date like 2026-11-24"),
    "timepicker": _matches("initial_time", r"([01]\d|2[0-3]):[0-5]\d", "a time like 09:30"),
    "datetimepicker": _matches("initial_date_time", r"\d{10}", "a 10-digit UNIX time"),
}
