"""One call of Slack's Web API, and what its answer means for the delivery behind it."""

from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException
from typing import Any

import httpx
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

RESPOND = "response_url"
TIMEOUT_SECONDS = 10
METADATA_TYPE = "keepwarm_delivery"

# The effect is there already, or was never possible twice: as good as done.
_ALREADY = {"already_reacted", "no_reaction"}
# Slack may or may not have done it.
_UNSURE = {"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"}


@dataclass(frozen=True, slots=True)
class Call:
    """A Web API method with its arguments, or an answer to a response_url."""

    method: str
    arguments: dict[str, Any]

    @property
    def posts(self) -> bool:
        """Whether a second call would show a second message."""
        return self.method == "chat.postMessage"


class Verdict(StrEnum):
    """What an answer means."""

    DONE = "done"
    LATER = "later"
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


def send(client: WebClient, call: Call) -> Answer:
    """Make one call and judge its answer; never raises for what Slack or the network does."""
    if call.method == RESPOND:
        return _respond(call.arguments)
    try:
        response = client.api_call(call.method, json=call.arguments)
    except SlackApiError as refused:
        return _judge(refused)
    except (OSError, HTTPException, ValueError) as broken:
        return Answer(Verdict.UNSURE, error=type(broken).__name__)
    return Answer(Verdict.DONE, channel=response.get("channel"), ts=response.get("ts"))


def _judge(refused: SlackApiError) -> Answer:
    response = refused.response
    status = getattr(response, "status_code", 200)
    error = str(response.get("error", "")) if hasattr(response, "get") else ""
    if status == 429 or error == "ratelimited":
        return Answer(Verdict.LATER, retry_after=float(response.headers.get("Retry-After", 1)), error="ratelimited")
    if error in _ALREADY:
        return Answer(Verdict.DONE)
    if status >= 500 or error in _UNSURE or not error:
        return Answer(Verdict.UNSURE, error=error or f"http_{status}")
    details = response.get("response_metadata") or {}
    reasons = "; ".join(str(line) for line in details.get("messages", [])[:3])
    return Answer(Verdict.REFUSED, error=f"{error} {reasons}".strip())


def _respond(arguments: dict[str, Any]) -> Answer:
    try:
        response = httpx.post(arguments["url"], json=arguments["body"], timeout=TIMEOUT_SECONDS)
    except httpx.HTTPError as broken:
        return Answer(Verdict.UNSURE, error=type(broken).__name__)
    if response.status_code == 429:
        return Answer(Verdict.LATER, retry_after=float(response.headers.get("Retry-After", 1)), error="ratelimited")
    if response.status_code >= 500:
        return Answer(Verdict.UNSURE, error=f"http_{response.status_code}")
    if response.status_code >= 400:
        return Answer(Verdict.REFUSED, error=f"response_url_{response.status_code}")
    return Answer(Verdict.DONE)


def metadata(key: int) -> dict[str, Any]:
    """Return what marks a message as ours: an opaque id, since everybody in the workspace can read it."""
    return {"event_type": METADATA_TYPE, "event_payload": {"key": str(key)}}


def find_posted(client: WebClient, *, channel: str, thread_ts: str | None, key: int, oldest: float) -> Answer | None:
    """Look in a conversation for the message that carries our key; None when it is not there.

    `oldest` is in seconds since 1970. Raises SlackApiError or OSError when the history cannot be read.
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
            found = message.get("metadata") or {}
            if found.get("event_type") == METADATA_TYPE and found["event_payload"].get("key") == str(key):
                return Answer(Verdict.DONE, channel=channel, ts=message["ts"])
        cursor = (response.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
