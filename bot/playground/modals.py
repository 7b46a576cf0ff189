"""views.*: modals in stacks of three and the App Home, with triggers, hashes and what people typed."""

from __future__ import annotations

import json
from typing import Any

from bot.playground.arguments import Arguments
from bot.playground.elements import CHOICES
from bot.playground.limits import problems_of_view
from bot.playground.model import Json, Refused, View
from bot.playground.workspace import Workspace, elements_of, with_ids

STACK = 3
VIEW_BYTES = 250_000
_INITIAL = {
    "plain_text_input": ("initial_value", "value"),
    "email_text_input": ("initial_value", "value"),
    "url_text_input": ("initial_value", "value"),
    "number_input": ("initial_value", "value"),
    "rich_text_input": ("initial_value", "rich_text_value"),
    "datepicker": ("initial_date", "selected_date"),
    "timepicker": ("initial_time", "selected_time"),
    "datetimepicker": ("initial_date_time", "selected_date_time"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
    "checkboxes": ("initial_options", "selected_options"),
    "multi_static_select": ("initial_options", "selected_options"),
    "multi_external_select": ("initial_options", "selected_options"),
    "users_select": ("initial_user", "selected_user"),
    "multi_users_select": ("initial_users", "selected_users"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
    "multi_conversations_select": ("initial_conversations", "selected_conversations"),
    "channels_select": ("initial_channel", "selected_channel"),
    "multi_channels_select": ("initial_channels", "selected_channels"),
}


def value_key(kind: str) -> str | None:
    """Where an element of this type keeps its value in a state ("selected_date", "value"); None for buttons."""
    return _INITIAL[kind][1] if kind in _INITIAL else None


def initial_state(blocks: list[Json], typed: dict[str, dict[str, Json]]) -> dict[str, dict[str, Json]]:
    """The state of fresh blocks: what was typed under the same block and action id stays, the rest is initial."""
    state: dict[str, dict[str, Json]] = {}
    for block in blocks:
        for element in elements_of(block):
            kind = str(element.get("type"))
            if kind not in _INITIAL:
                continue
            initial, key = _INITIAL[kind]
            empty: Any = [] if (kind in CHOICES and key.endswith("s")) or kind.startswith("multi_") else None
            before = typed.get(block["block_id"], {}).get(element["action_id"])
            fresh = {"type": kind, key: element.get(initial, empty)}
            kept = before if before and before["type"] == kind else fresh
            state.setdefault(block["block_id"], {})[element["action_id"]] = kept
    return state


def shown(workspace: Workspace, view: View) -> Json:
    """The view as Slack answers it."""
    return view.as_slack(team_id=workspace.team_id, app_id=workspace.app_id, bot_id=workspace.bot_id)


def checked(given: Any, kind: str) -> Json:
    """A view payload that Slack would take. Raises invalid_arguments or view_too_large."""
    if not isinstance(given, dict):
        raise Refused.with_problems("invalid_arguments", ["missing required field: view"])
    if len(json.dumps(given).encode()) > VIEW_BYTES:
        raise Refused("view_too_large")
    problems = problems_of_view(given)
    if not problems and given["type"] != kind:
        problems = [f"must be a {kind} view [json-pointer:/view/type]"]
    if problems:
        raise Refused.with_problems("invalid_arguments", problems)
    return given


def _make(workspace: Workspace, user: str, payload: Json, previous: View | None) -> View:
    external = payload.get("external_id")
    if external and any(v.payload.get("external_id") == external for v in workspace.views.values()):
        raise Refused("duplicate_external_id")
    view_id = workspace.next_id("V")
    blocks = with_ids(payload["blocks"], workspace)
    view = View(
        id=view_id,
        user=user,
        payload={**payload, "blocks": blocks},
        hash=_new_hash(workspace),
        root_id=previous.root_id if previous else view_id,
        previous_id=previous.id if previous else None,
        typed=initial_state(blocks, {}),
    )
    workspace.views[view_id] = view
    return view


def _new_hash(workspace: Workspace) -> str:
    return f"{int(workspace.clock().timestamp())}.{workspace.next_id('h')}"


def clear(workspace: Workspace, user: str) -> None:
    """Close every modal of this person."""
    with workspace.lock:
        for view_id in workspace.modals.pop(user, []):
            workspace.views.pop(view_id, None)
    workspace.changed()


def close_top(workspace: Workspace, user: str) -> None:
    """Close the modal on top; the one below shows again."""
    with workspace.lock:
        stack = workspace.modals.get(user, [])
        if stack:
            workspace.views.pop(stack.pop(), None)
    workspace.changed()


def push_view(workspace: Workspace, user: str, payload: Json) -> View:
    """Put one more modal on this person's stack. Raises push_limit_reached above three."""
    with workspace.lock:
        stack = workspace.modals.setdefault(user, [])
        if len(stack) >= STACK:
            raise Refused("push_limit_reached")
        view = _make(workspace, user, payload, workspace.views[stack[-1]] if stack else None)
        stack.append(view.id)
    workspace.changed()
    return view


def change_view(workspace: Workspace, view: View, payload: Json) -> View:
    """Show other content in an open view; what was typed under the same ids stays."""
    with workspace.lock:
        blocks = with_ids(payload["blocks"], workspace)
        view.payload = {**payload, "blocks": blocks}
        view.typed = initial_state(blocks, view.typed)
        view.hash = _new_hash(workspace)
        view.errors = None
    workspace.changed()
    return view


def open_view(workspace: Workspace, given: Arguments) -> Json:
    """A new stack; whatever modals were open are gone."""
    payload = checked(given.raw("view"), "modal")
    trigger = workspace.take_trigger(given.needed("trigger_id"))
    clear(workspace, trigger.user)
    return {"ok": True, "view": shown(workspace, push_view(workspace, trigger.user, payload))}


def push(workspace: Workspace, given: Arguments) -> Json:
    """Needs a trigger that was pulled inside an open modal."""
    payload = checked(given.raw("view"), "modal")
    trigger = workspace.take_trigger(given.needed("trigger_id"))
    if trigger.view_id not in workspace.modals.get(trigger.user, []):
        raise Refused("not_found")
    return {"ok": True, "view": shown(workspace, push_view(workspace, trigger.user, payload))}


def update(workspace: Workspace, given: Arguments) -> Json:
    """views.update, by view_id or external_id, guarded by `hash` when given."""
    payload = checked(given.raw("view"), "modal")
    view_id, external_id = given.text("view_id"), given.text("external_id")
    if not view_id and not external_id:
        raise Refused.with_problems("invalid_arguments", ["missing required field: view_id"])
    with workspace.lock:
        matching = (
            v for v in workspace.views.values() if v.id == view_id or v.payload.get("external_id") == external_id != ""
        )
        view = next(matching, None)
        if view is None or view.payload["type"] != "modal":
            raise Refused("not_found")
        if given.text("hash") and given.text("hash") != view.hash:
            raise Refused("hash_conflict")
        return {"ok": True, "view": shown(workspace, change_view(workspace, view, payload))}


def publish(workspace: Workspace, given: Arguments) -> Json:
    """Show this person's App Home; `hash` guards against overwriting a newer one."""
    user = given.needed("user_id")
    payload = checked(given.raw("view"), "home")
    if not workspace.settings.home_tab:
        raise Refused("not_enabled")
    person = workspace.people.get(user)
    if person is None or person.is_bot:
        raise Refused.with_problems("invalid_arguments", ["user_id is not a person here"])
    with workspace.lock:
        before = workspace.views.get(workspace.homes.get(user, ""))
        if before is None:
            view = _make(workspace, user, payload, None)
            workspace.homes[user] = view.id
            workspace.changed()
        else:
            if given.text("hash") and given.text("hash") != before.hash:
                raise Refused("hash_conflict")
            view = change_view(workspace, before, payload)
        return {"ok": True, "view": shown(workspace, view)}
