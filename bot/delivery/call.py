"""One call of Slack's Web API, and what its answer means for the delivery behind it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.domain.people import read_by_outsiders
from bot.metrics import SLACK_CALLS

RESPOND = "response_url"
TIMEOUT_SECONDS = 10
DEFAULT_RETRY_SECONDS = 5.0
METADATA_TYPE = "keepwarm_delivery"

# What the Web API client raises for an answer that is no, and for one that does not come or cannot be read.
BROKEN = (SlackApiError, OSError, HTTPException, ValueError)
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
    if call.method == RESPOND:
        return _respond(call.arguments)
    try:
        response = client.api_call(call.method, json=call.arguments)
    except BROKEN as broken:
        answer = judge(broken)
        # A message that somebody deleted before us is as gone as it should be.
        was_gone = call.method == "chat.delete" and (answer.error or "").startswith("message_not_found")
        return Answer(Verdict.DONE) if was_gone else answer
    if not call.leaves_a_mark:
        return Answer(Verdict.DONE)
    return Answer(Verdict.DONE, channel=response.get("channel"), ts=response.get("ts"))


def judge(broken: Exception) -> Answer:
    """Return what an error of the Web API client means for the call that raised it."""
    if not isinstance(broken, SlackApiError):
        # urllib raises URLError for what fails up to the end of sending the request, and others for its answer.
        verdict = Verdict.UNSENT if isinstance(broken, URLError) else Verdict.UNSURE
        return Answer(verdict, error=type(broken).__name__)
    response = broken.response
    error = str(response.get("error", ""))
    if response.status_code == 429 or error == "ratelimited":
        retry_after = _seconds(response.headers.get("Retry-After"))
        return Answer(Verdict.LATER, retry_after=retry_after, error="ratelimited")
    if error in _ALREADY:
        return Answer(Verdict.DONE)
    # Something between Slack and us answered with a page of its own: the SDK quotes it where the error's name would be.
    if not _ERROR_NAME.fullmatch(error):
        return Answer(Verdict.UNSURE, error=f"http_{response.status_code}")
    if response.status_code >= 500 or error in _UNSURE:
        return Answer(Verdict.UNSURE, error=error)
    details = response.get("response_metadata") or {}
    reasons = "; ".join(str(line) for line in details.get("messages", [])[:3])
    return Answer(Verdict.REFUSED, error=f"{error} {reasons}".strip())


def _seconds(header: str | None) -> float:
    """Read Retry-After; Slack gives whole seconds."""
    return float(header) if header and header.isascii() and header.isdigit() else DEFAULT_RETRY_SECONDS


def _respond(arguments: dict[str, Any]) -> Answer:
    import httpx  # it brings a command line of its own along, which the start need not wait for

    try:
        response = httpx.post(arguments["url"], json=arguments["body"], timeout=TIMEOUT_SECONDS)
    except httpx.HTTPError as broken:
        unsent = isinstance(broken, httpx.ConnectError | httpx.ConnectTimeout)
        return Answer(Verdict.UNSENT if unsent else Verdict.UNSURE, error=type(broken).__name__)
    if response.status_code == 429:
        return Answer(Verdict.LATER, retry_after=_seconds(response.headers.get("Retry-After")), error="ratelimited")
    if response.status_code >= 500:
        return Answer(Verdict.UNSURE, error=f"http_{response.status_code}")
    if response.status_code >= 400:
        return Answer(Verdict.REFUSED, error=f"response_url_{response.status_code}")
    return Answer(Verdict.DONE)


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
