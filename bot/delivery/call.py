"""One call of Slack's Web API, and what its answer means for the delivery behind it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException, HTTPMessage
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.delivery.wire import Lines, NotSent, Reply
from bot.domain.people import read_by_outsiders
from bot.metrics import SLACK_CALLS

RESPOND = "response_url"
TIMEOUT_SECONDS = 10
DEFAULT_RETRY_SECONDS = 5.0
METADATA_TYPE = "keepwarm_delivery"

# What the Web API client raises for an answer that is no, and for one that does not come or cannot be read.
BROKEN = (SlackApiError, OSError, HTTPException, ValueError)
# Deliveries are sent over these; errands on the way are few, and go through the SDK.
LINES = Lines()
_ERROR_NAME = re.compile(r"[a-z0-9_]+")
# The effect is there already, or the message that it was for has been deleted: as good as done.
_ALREADY = {"already_reacted", "no_reaction", "message_not_found"}
# Slack may or may not have done it.
_UNSURE = {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"}


@dataclass(frozen=True, slots=True)
class Call:
    """A Web API method with its arguments, or an answer to a response_url."""

    method: str
    arguments: dict[str, Any]

    @property
    def leaves_a_mark(self) -> bool:
        """Whether the message can be found in the conversation afterwards."""
        return self.method == "chat.postMessage"

    @property
    def shows_twice(self) -> bool:
        """Whether a second call would show a second message; updates, reactions and views can be repeated."""
        if self.method == RESPOND:
            return not self.arguments["body"].get("replace_original")
        return self.method in {"chat.postMessage", "chat.postEphemeral"}


class Verdict(StrEnum):
    """What an answer means: done; try again after a while; Slack was not reached; it may have been done; refused."""

    DONE = "done"
    LATER = "later"
    UNSENT = "unsent"
    UNSURE = "unsure"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack said: where the message stands when it is done, how long to wait (seconds), or the error's name."""

    verdict: Verdict
    channel: str | None = None
    ts: str | None = None
    retry_after: float = 0
    error: str | None = None


def make_client(token: str, api_url: str) -> WebClient:
    """Return a client that never sends twice by itself: a reset after Slack accepted a message would repeat it."""
    return WebClient(token=token, base_url=api_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])


def granted_scopes(answer: SlackResponse) -> str | None:
    """Return the scopes of the token that a call was made with, as Slack's header lists them."""
    return next((str(value) for key, value in answer.headers.items() if key.lower() == "x-oauth-scopes"), None)


def send(client: WebClient, call: Call) -> Answer:
    """Make one call, judge its answer and count it; never raises for what Slack or the network does."""
    answer = _send(client, call)
    SLACK_CALLS.labels(call.method, answer.verdict.value).inc()
    return answer


def _send(client: WebClient, call: Call) -> Answer:
    is_response = call.method == RESPOND
    url = call.arguments["url"] if is_response else f"{client.base_url}{call.method}"
    try:
        reply = LINES.post(
            url,
            call.arguments["body"] if is_response else call.arguments,
            timeout=client.timeout,
            headers=None if is_response else {"Authorization": f"Bearer {client.token}"},
            proxy=client.proxy,
            tls=client.ssl,
        )
    except NotSent as unsent:
        return Answer(Verdict.UNSENT, error=str(unsent))
    except BROKEN as broken:
        return judge(broken)
    return _judge_response(reply) if is_response else _judge_reply(call, reply)


def _judge_reply(call: Call, reply: Reply) -> Answer:
    """Return what the Web API's answer to a delivery's own call means."""
    try:
        told = json.loads(reply.text)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    if reply.status == 200 and told.get("ok") is True:
        if not call.leaves_a_mark:
            return Answer(Verdict.DONE)
        return Answer(Verdict.DONE, channel=told.get("channel"), ts=told.get("ts"))
    answer = _judge_refusal(reply.status, reply.headers, told)
    # A message that somebody deleted before us is as gone as it should be.
    was_gone = call.method == "chat.delete" and (answer.error or "").startswith("message_not_found")
    return Answer(Verdict.DONE) if was_gone else answer


def _judge_response(reply: Reply) -> Answer:
    """Return what the answer of a response_url means."""
    if reply.status == 429:
        return Answer(Verdict.LATER, retry_after=_seconds(reply.headers.get("Retry-After")), error="ratelimited")
    if reply.status >= 500:
        return Answer(Verdict.UNSURE, error=f"http_{reply.status}")
    if reply.status >= 400:
        return Answer(Verdict.REFUSED, error=f"response_url_{reply.status}")
    return Answer(Verdict.DONE)


def judge(broken: Exception) -> Answer:
    """Return what an error of the Web API client means for the call that raised it."""
    if not isinstance(broken, SlackApiError):
        # urllib raises URLError for what fails up to the end of sending the request, and others for its answer.
        verdict = Verdict.UNSENT if isinstance(broken, URLError) else Verdict.UNSURE
        return Answer(verdict, error=type(broken).__name__)
    return _judge_refusal(broken.response.status_code, broken.response.headers, broken.response)


def _judge_refusal(status: int, headers: Mapping[str, str] | HTTPMessage, told: Any) -> Answer:
    error = str(told.get("error", ""))
    if status == 429 or error == "ratelimited":
        return Answer(Verdict.LATER, retry_after=_seconds(headers.get("Retry-After")), error="ratelimited")
    if error in _ALREADY:
        return Answer(Verdict.DONE)
    # Something between Slack and us answered with a page of its own: the SDK quotes it where the error's name would be.
    if not _ERROR_NAME.fullmatch(error):
        return Answer(Verdict.UNSURE, error=f"http_{status}")
    if status >= 500 or error in _UNSURE:
        return Answer(Verdict.UNSURE, error=error)
    details = told.get("response_metadata") or {}
    reasons = "; ".join(str(line) for line in details.get("messages", [])[:3])
    return Answer(Verdict.REFUSED, error=f"{error} {reasons}".strip())


def _seconds(header: str | None) -> float:
    """Read Retry-After; Slack gives whole seconds."""
    return float(header) if header and header.isascii() and header.isdigit() else DEFAULT_RETRY_SECONDS


def refuse_outsiders(client: WebClient, channel: str) -> Answer | None:
    """Return a refusal when people of another organisation read a channel, or nobody can tell; None when it is fine.

    A channel can be shared long after an admin allowed customers in it.
    """
    if not channel.startswith(("C", "G")):
        return None
    try:
        found = client.conversations_info(channel=channel)["channel"]
    except BROKEN as broken:
        return judge(broken)
    return Answer(Verdict.REFUSED, error="shared_channel") if read_by_outsiders(found) else None


def metadata(key: int) -> dict[str, Any]:
    """Return what marks a message as ours: an opaque id, since everybody in the workspace can read it."""
    return {"event_type": METADATA_TYPE, "event_payload": {"key": str(key)}}


def open_conversation(client: WebClient, slack_user_id: str) -> str:
    """Return the id of the direct messages with a person. Raises one of BROKEN, also where `im:write` is missing."""
    return str(client.conversations_open(users=slack_user_id)["channel"]["id"])


def find_posted(client: WebClient, *, channel: str, thread_ts: str | None, key: int, oldest: float) -> Answer | None:
    """Look in a conversation for the message that carries our key; None when it is not there.

    `oldest` is in seconds since 1970. Raises one of BROKEN when the history cannot be read.
    """
    cursor: str | None = None
    while True:
        arguments: dict[str, Any] = {
            "channel": channel, "oldest": f"{oldest:.6f}", "include_all_metadata": True, "limit": 100
        }  # fmt: skip
        if cursor:
            arguments["cursor"] = cursor
        if thread_ts:
            response = client.conversations_replies(ts=thread_ts, **arguments)
        else:
            response = client.conversations_history(**arguments)
        messages: list[dict[str, Any]] = response.get("messages", [])
        for message in messages:
            if message.get("metadata") == metadata(key):
                return Answer(Verdict.DONE, channel=channel, ts=message["ts"])
        cursor = (response.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
