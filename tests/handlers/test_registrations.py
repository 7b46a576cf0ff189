"""Every id that Slack can send back has one handler, every handler has an id, and Bolt's arguments are spelt right."""

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from slack_bolt import BoltRequest
from slack_bolt.kwargs_injection.args import Args

import handlers
from bot.blocks.ids import ActionId, OptionsId, ShortcutId, ViewId
from bot.domain.commands import COMMANDS
from bot.manifest import build_manifest
from handlers import (
    cards,
    commands,
    draft,
    forms,
    home,
    lines,
    lists,
    messages,
    options,
    profiles,
    proposals,
    retention,
    segments,
    standings,
    team,
)
from handlers.edge import Visit
from handlers.errors import answer_error
from tests.support.bot import Office

MODULES = (
    cards,
    commands,
    draft,
    forms,
    home,
    lines,
    lists,
    messages,
    options,
    profiles,
    proposals,
    retention,
    segments,
    standings,
    team,
)
# Modals with nothing to submit.
ONLY_READ = {ViewId.SEGMENTS, ViewId.CUSTOMER, ViewId.SENTENCE, ViewId.WHY}


def handlers_in(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """The functions of a module that are named like handlers."""
    for name, function in vars(module).items():
        if name.startswith(("handle_", "submit_", "options_", "close_")) and function.__module__ == module.__name__:
            yield function


def registered() -> set[str]:
    names = ("COMMANDS", "ACTIONS", "VIEWS", "CLOSED", "SHORTCUTS", "OPTIONS", "EVENTS")
    in_tables = [inspect.unwrap(each) for name in names for each in getattr(handlers, name).values()]
    return {f"{each.__module__}.{each.__name__}" for each in (messages.handle_message, *in_tables)}


def test_every_button_and_menu_has_a_handler() -> None:
    assert set(handlers.ACTIONS) == {*ActionId, *OptionsId}


def test_every_modal_that_can_be_submitted_has_a_handler() -> None:
    assert set(handlers.VIEWS) == set(ViewId) - ONLY_READ


def test_only_modals_of_ours_are_followed_when_they_close() -> None:
    assert set(handlers.CLOSED) <= set(ViewId)


def test_every_shortcut_menu_and_command_has_a_handler() -> None:
    assert set(handlers.SHORTCUTS) == set(ShortcutId)
    assert set(handlers.OPTIONS) == set(OptionsId)
    assert set(handlers.COMMANDS) == set(COMMANDS)


def test_the_manifest_declares_what_is_handled_and_nothing_else() -> None:
    manifest = build_manifest()
    features = manifest["features"]
    assert {command["command"] for command in features["slash_commands"]} == set(handlers.COMMANDS)
    assert {shortcut["callback_id"] for shortcut in features["shortcuts"]} == set(handlers.SHORTCUTS)
    events = {event.split(".")[0] for event in manifest["settings"]["event_subscriptions"]["bot_events"]}
    assert events == {"message", "user_change", "app_uninstalled", "tokens_revoked", "channel_shared", *handlers.EVENTS}


def test_every_handler_is_in_a_table() -> None:
    written = {f"{f.__module__}.{f.__name__}" for module in MODULES for f in handlers_in(module)}
    assert written - registered() == set()


def test_every_handler_takes_a_visit_and_nothing_else() -> None:
    for module in MODULES:
        for function in handlers_in(module):
            parameters = inspect.signature(function).parameters
            assert [p.annotation for p in parameters.values()] == [Visit], function.__qualname__


def test_what_bolt_calls_names_its_arguments_as_bolt_does(office: Office) -> None:
    known = set(inspect.signature(Args.__init__).parameters) | {"error"}
    assert set(inspect.signature(answer_error(office.keepwarm.desk)).parameters) <= known


@pytest.mark.parametrize(
    ("body", "handler"),
    [
        ({"command": "/touch"}, commands.handle_touch),
        ({"type": "block_actions", "actions": [{"action_id": f"{ActionId.DONE}.2"}]}, cards.handle_done),
        ({"type": "view_submission", "view": {"callback_id": ViewId.LOG}}, forms.submit_log),
        ({"type": "view_closed", "view": {"callback_id": ViewId.DRAFT}}, draft.close_draft),
        ({"type": "block_suggestion", "action_id": OptionsId.CUSTOMER}, options.options_customer),
        ({"type": "shortcut", "callback_id": ShortcutId.LOG}, home.handle_log),
        ({"type": "message_action", "callback_id": ShortcutId.LOG_MESSAGE}, home.handle_log_message),
        ({"type": "event_callback", "event": {"type": "app_home_opened"}}, home.handle_home_opened),
        ({"command": "/unknown"}, None),
        ({"type": "block_actions", "actions": [{"action_id": "unknown"}]}, None),
        ({"type": "event_callback", "event": {"type": "reaction_added"}}, None),
    ],
)
def test_every_kind_of_request_is_looked_up_in_its_own_table(body: dict[str, Any], handler: Any) -> None:
    found = handlers.find_handler(body)
    assert (inspect.unwrap(found) if found else None) is handler


def test_a_kind_of_request_that_is_in_no_table_is_answered_by_bolt(office: Office) -> None:
    for kind in ("dialog_submission", "workflow_step_edit", ["view_submission"]):
        body = {"type": kind, "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"}}
        assert office.keepwarm.bolt.dispatch(BoltRequest(body=body, mode="socket_mode")).status == 404


@pytest.mark.parametrize("ids", [ActionId, ViewId, ShortcutId, OptionsId])
def test_ids_are_unique_and_hold_no_point(ids: Any) -> None:
    values = [each.value for each in ids]
    assert len(values) == len(set(values))
    assert not any("." in value for value in values), "a point separates an id from its number"
