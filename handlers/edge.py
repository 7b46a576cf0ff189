"""The edge to Slack: one request becomes one visit of an admitted teammate."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

import structlog
from slack_bolt import BoltContext, BoltResponse
from slack_sdk import WebClient

from bot.blocks.voice import Voice
from bot.domain.audit import customer_of
from bot.domain.model import Teammate
from bot.domain.working_time import local_day
from bot.errors import NotAllowed
from bot.usecases import audit
from bot.usecases.desk import Desk, Ledger
from handlers.reception import Listener
from handlers.rights import goes_on_record, may_ask, request_name

log = structlog.get_logger()

Answer = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by an admitted teammate. `body` is Slack's payload, `key` makes its effect happen once."""

    desk: Desk
    client: WebClient
    workspace_id: int
    teammate: Teammate
    now: datetime
    body: Mapping[str, Any]
    key: str

    @property
    def today(self) -> date:
        """The person's calendar day."""
        return local_day(self.now, self.teammate.timezone)

    @property
    def voice(self) -> Voice:
        """The bot talking to this person."""
        return Voice.to(self.teammate.speaks, timezone=self.teammate.timezone, today=self.today)

    @property
    def action(self) -> Mapping[str, Any]:
        """The button or menu that was used."""
        return self.body["actions"][0]  # type: ignore[no-any-return]

    @property
    def value(self) -> str:
        """What the button carried, or the option that was chosen."""
        chosen = self.action.get("selected_option") or self.action
        return str(chosen.get("value", ""))

    @property
    def channel_id(self) -> str:
        """The conversation it happened in; empty for modals and the App Home."""
        container = self.body.get("container") or {}
        channel = self.body.get("channel") or {}
        return str(container.get("channel_id") or channel.get("id") or self.body.get("channel_id") or "")

    @property
    def in_modal(self) -> bool:
        """Whether it happened in a modal."""
        return (self.body.get("view") or {}).get("type") == "modal"

    @property
    def fields(self) -> Mapping[str, Mapping[str, Any]]:
        """The inputs of a submitted modal: block id → the state of its one element."""
        state = self.body["view"]["state"]["values"]
        return {block_id: next(iter(elements.values())) for block_id, elements in state.items()}

    @property
    def private(self) -> str:
        """What the modal carried from where it was opened."""
        return str(self.body["view"].get("private_metadata", ""))

    @contextmanager
    def look(self) -> Iterator[Ledger]:
        """Open the ledger to read."""
        with self.desk.look(self.workspace_id) as ledger:
            yield ledger

    @contextmanager
    def effect(self) -> Iterator[Ledger]:
        """Open the ledger to write: everything in it happens once, however often Slack sends the request.

        What was done is on record with it.
        """
        name = request_name(self.body)
        with self.desk.effect(self.workspace_id, self.key, now=self.now) as ledger:
            yield ledger
            if goes_on_record(name):
                subject = ("customer", customer_of(self.body)) if customer_of(self.body) else ("request", None)
                audit.note(ledger, name, now=self.now, by_id=self.teammate.id, subject=subject, place=self.channel_id)

    @contextmanager
    def showing(self) -> Iterator[Ledger]:
        """Open the ledger to read what is on record as seen afterwards."""
        with self.desk.record(self.workspace_id) as ledger:
            yield ledger

    def keep_inside(self) -> None:
        """Raise NotAllowed where people of another organisation read along, even if they would not see the answer."""
        if self.desk.directory.is_read_outside(self.workspace_id, self.channel_id, now=self.now):
            raise NotAllowed("People of another organisation read this channel, so no customers are shown here.")

    def open(self, view: Mapping[str, Any]) -> None:
        """Show a modal, on top of the one that is open if there is one."""
        method = self.client.views_push if self.in_modal else self.client.views_open
        method(trigger_id=self.body["trigger_id"], view=dict(view))


Handler = Callable[[Visit], Answer]


def key_of(body: Mapping[str, Any]) -> str:
    """Return what makes a request of Slack's the same when it comes again."""
    if "event_id" in body:
        return f"event:{body['event_id']}"
    if body.get("type") in {"view_submission", "view_closed"}:
        return f"view:{body['view']['id']}:{body['view'].get('hash', '')}"
    if body.get("type") == "block_actions":
        container = body.get("container") or {}
        place = container.get("message_ts") or container.get("view_id") or ""
        action = body["actions"][0]
        return f"click:{body['user']['id']}:{place}:{action['action_id']}:{action.get('action_ts', '')}"
    return f"trigger:{body.get('trigger_id') or secrets.token_hex(8)}"


def user_of(body: Mapping[str, Any]) -> str:
    """Return the Slack id of the person behind a request."""
    user = body.get("user") or {}
    event = body.get("event") or {}
    # An edit or a deletion names its author only inside.
    written = event.get("message") or event.get("previous_message") or event
    found = user.get("id") if isinstance(user, Mapping) else user
    return str(found or body.get("user_id") or event.get("user") or written.get("user") or "")


def names_workspace(context: BoltContext) -> bool:
    """Say whether the request is of one workspace; a few events of an organisation are of none."""
    result = context.authorize_result
    return result is not None and "workspace_id" in result


def workspace_of(context: BoltContext) -> int:
    """Return the id of the workspace that the request was authorised for."""
    result = context.authorize_result
    if result is None or "workspace_id" not in result:
        raise NotAllowed("Keepwarm is not installed in this workspace.")
    return int(result["workspace_id"])


def come_in(desk: Desk, body: Mapping[str, Any], context: BoltContext) -> Visit:
    """Turn a request into a visit. Raises NotAllowed when the person may not come in."""
    now = desk.clock()
    workspace_id = workspace_of(context)
    slack_user_id = user_of(body)
    home_team = str((body.get("user") or {}).get("team_id") or context.team_id) if "user" in body else context.team_id
    if home_team != context.team_id and not body.get("is_enterprise_install"):
        raise NotAllowed("Keepwarm belongs to another organisation. Its customers are not shown outside it.")
    teammate = desk.admit(workspace_id, slack_user_id, now=now)
    if "event" not in body:
        may_ask(teammate, request_name(body))
    return Visit(desk, context.client, workspace_id, teammate, now, body, key_of(body))


def inside(handle: Handler) -> Handler:
    """Return a handler that refuses channels which people of another organisation read."""

    @wraps(handle)
    def handle_inside(visit: Visit) -> Answer:
        visit.keep_inside()
        return handle(visit)

    return handle_inside


def listener(desk: Desk, find: Callable[[Mapping[str, Any]], Handler | None]) -> Listener:
    """Return what finds the handler of a request in a table, runs it and answers."""

    def listen(body: Mapping[str, Any], context: BoltContext) -> BoltResponse:
        handler = find(body)
        if handler is None:
            # Whoever closes a window that we don't follow has asked for nothing.
            if body.get("type") != "view_closed":
                log.info("unknown_request", type=body.get("type"))
            return BoltResponse(status=200)
        answer = handler(come_in(desk, body, context))
        return BoltResponse(status=200, body=dict(answer) if answer else "")

    return listen
