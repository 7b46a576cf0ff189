"""Who may ask for what, and what is on record as done: decided for every request by its id, in one place."""

from collections.abc import Mapping
from typing import Any

from bot.blocks.ids import ActionId, OptionsId, ViewId
from bot.domain.model import Role, Teammate
from bot.usecases.teammates import may_write

# What viewers may do: look, and set how the bot talks to themselves. Whatever is not named here is a change.
LOOKS: frozenset[str] = frozenset({
    ActionId.OPEN_SETTINGS, ActionId.OPEN_SEGMENTS, ActionId.RESUME, ActionId.QUIETER,
    ActionId.LIST_MORE, ActionId.DIGEST_NOW,
    # Opens the customer, or a form that is refused where it is chosen.
    ActionId.MORE,
    ViewId.SETTINGS, ViewId.PICK_CUSTOMER,
    OptionsId.CUSTOMER,
    # They read what was typed first: help is for everybody.
    "/whois-neglected", "/customer", "/touch", "/keepwarm",
    "app_home_opened",
})  # fmt: skip
# Requests whose trail is the ledger itself: a touch says by whom, when and how it was logged, a list whom it showed.
_TRAIL_OF_ITS_OWN: frozenset[str] = frozenset({
    ActionId.DONE, ViewId.DONE, ViewId.DRAFT, ViewId.LOG, ActionId.LIST_MORE, ActionId.DIGEST_NOW, ViewId.PICK_CUSTOMER,
    "/touch", "/whois-neglected", "/customer", "app_home_opened", "message",
})  # fmt: skip


def request_name(body: Mapping[str, Any]) -> str:
    """Return the id by which a request is known: an action's, a form's, a shortcut's, a command, or an event's type."""
    if "actions" in body:
        return str(body["actions"][0]["action_id"]).split(".", 1)[0]
    if "event" in body:
        return str(body["event"]["type"])
    view = body.get("view") if str(body.get("type", "")).startswith("view_") else None
    named = (view or {}).get("callback_id") or body.get("command") or body.get("callback_id") or body.get("action_id")
    return str(named or "")


def may_ask(teammate: Teammate, name: str) -> None:
    """Raise NotAllowed when somebody who may only look asks for a change."""
    if teammate.role is Role.VIEWER and name not in LOOKS:
        may_write(teammate)


def goes_on_record(name: str) -> bool:
    """Say whether the trail needs a line for what a request did."""
    return name not in _TRAIL_OF_ITS_OWN
