"""The one error handler: a sentence for the person where they are, and 200 for what a retry cannot mend."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from slack_bolt import BoltContext, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import said
from bot.blocks.refusals import say_refusal
from bot.blocks.sentence_modal import build_said_modal
from bot.blocks.voice import Voice
from bot.domain.model import NudgeState
from bot.domain.views import Card
from bot.domain.working_time import local_day
from bot.errors import TooLate, UserError
from bot.usecases.desk import AlreadyHandled, Desk
from bot.usecases.failing import is_database_away, may_pass
from bot.usecases.teammates import by_slack_id
from bot.usecases.whispers import answer, whisper
from handlers.edge import names_workspace, user_of, workspace_of

log = structlog.get_logger()


def answer_error(desk: Desk) -> Callable[..., BoltResponse]:
    """Return Bolt's error handler. An event that failed for a reason that may pass is answered 500: Slack sends it
    again, and its key was not kept. What would fail the same way again is told to the person at once."""

    def answer_to(error: Exception, body: dict[str, Any], context: BoltContext, client: WebClient) -> BoltResponse:
        is_known = names_workspace(context)
        if isinstance(error, AlreadyHandled) or (isinstance(error, UserError) and not is_known):
            return BoltResponse(status=200, body="")
        if isinstance(error, UserError):
            sentence = _sentence(desk, error, body, context)
            return _tell(desk, body, context, client, sentence, about=error.about)
        reference = structlog.contextvars.get_contextvars().get("request") or secrets.token_hex(4)
        log.error("request_failed", reference=reference, type=body.get("type"), exc_info=error)
        if "event" in body and may_pass(error):
            return BoltResponse(status=500, body="")
        # Nobody knows the workspace when the database is away as it is looked up; some answers do without.
        if not is_known and "command" not in body and body.get("type") != "view_submission":
            return BoltResponse(status=500 if is_database_away(error) else 200, body="")
        return _tell(desk, body, context, client, said.went_wrong(reference, _voice(desk, body, context)))

    return answer_to


def _voice(desk: Desk, body: Mapping[str, Any], context: BoltContext) -> Voice:
    now, reader = desk.clock(), None
    # Who cannot be looked up is answered all the same.
    with suppress(Exception), desk.look(workspace_of(context)) as ledger:
        reader = by_slack_id(ledger, user_of(body))
    if reader is None:
        return Voice.to("en-US", today=now.date())
    return Voice.to(reader.speaks, timezone=reader.timezone, today=local_day(now, reader.timezone))


def _sentence(desk: Desk, error: UserError, body: Mapping[str, Any], context: BoltContext) -> str:
    say = _voice(desk, body, context)
    if isinstance(error, TooLate) and isinstance(error.card, Card) and error.card.state is not NudgeState.OPEN:
        return said.too_late(error.card, say)
    return say_refusal(error, say)


def _tell(
    desk: Desk,
    body: Mapping[str, Any],
    context: BoltContext,
    client: WebClient,
    sentence: str,
    *,
    about: tuple[str, ...] = (),
) -> BoltResponse:
    """Say a sentence: in the answer to a command, beside a field, privately in the conversation, or in a modal."""
    if "command" in body:
        return _as_json({"response_type": "ephemeral", **said.build_said(sentence)})
    if body.get("type") == "view_submission":
        inputs = [block["block_id"] for block in body["view"]["blocks"] if block["type"] == "input"]
        if inputs:
            field = _field(body["view"]["state"]["values"], [name for name in about if name in inputs] or inputs)
            return _as_json({"response_action": "errors", "errors": {field: sentence}})
        return _as_json({"response_action": "update", "view": build_said_modal(sentence)})
    if body.get("type") == "block_suggestion":
        return _as_json({"options": []})
    container = body.get("container") or {}
    if container.get("channel_id"):
        message, now = said.build_said(sentence), desk.clock()
        with desk.store.write(workspace_of(context)) as ledger:
            if container.get("is_ephemeral"):
                answer(ledger, message, response_url=str(body["response_url"]), now=now)
            else:
                whisper(
                    ledger,
                    message,
                    channel=container["channel_id"],
                    thread_ts=container.get("thread_ts"),
                    slack_user_id=user_of(body),
                    now=now,
                )
        desk.wake()
    elif (body.get("event") or {}).get("type") == "message":
        _tell_writer(desk, body["event"], user_of(body), workspace_of(context), sentence)
    elif body.get("trigger_id"):
        in_modal = (body.get("view") or {}).get("type") == "modal"
        show = client.views_push if in_modal else client.views_open
        try:
            show(trigger_id=body["trigger_id"], view=build_said_modal(sentence))
        except SlackApiError as refused:
            # The three seconds of the trigger are over, or the window below was closed: there is nowhere to say it.
            log.warning("sentence_not_shown", error=str(refused.response.get("error")))
    return BoltResponse(status=200, body="")


def _tell_writer(desk: Desk, event: Mapping[str, Any], slack_user_id: str, workspace_id: int, sentence: str) -> None:
    """Say a sentence to the person who wrote a message, in its thread."""
    written = event.get("message") or event.get("previous_message") or event
    with desk.store.write(workspace_id) as ledger:
        whisper(
            ledger,
            said.build_said(sentence),
            channel=str(event["channel"]),
            thread_ts=written.get("thread_ts"),
            slack_user_id=slack_user_id,
            now=desk.clock(),
        )
    desk.wake()


def _field(state: Mapping[str, Any], names: Sequence[str]) -> str:
    """Return the first of the fields that is filled in, else the first of them."""
    filled = [name for name in names for given in state.get(name, {}).values() if any(map(given.get, _GIVEN))]
    return [*filled, *names][0]


_GIVEN = ("value", "selected_date", "selected_option", "selected_user")


def _as_json(payload: Mapping[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(payload), headers={"Content-Type": "application/json"})
