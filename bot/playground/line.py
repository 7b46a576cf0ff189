"""The line from Slack to the bot: signed HTTP requests, a direct call, or a Socket Mode connection.

Signing: docs.slack.dev/authentication/verifying-requests-from-slack. The signature's time is the real one,
because the bot checks it against the real clock, whatever day it is in the playground.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx

from bot.playground.model import Json, Message

ACK_SECONDS = 3.0

Direct = Callable[[Mapping[str, str], str], tuple[int, str]]
"""A bot in the same process: takes headers and body, returns status and body."""

_ENVELOPES = {"event": "events_api", "command": "slash_commands", "interaction": "interactive"}


@dataclass(frozen=True)
class Answer:
    """What the bot answered to one request: the HTTP status (None: nothing in 3 s) and the body, parsed if JSON.

    `problem` says in a sentence what Slack would hold against it; None when all is well.
    """

    status: int | None
    body: Any = None
    problem: str | None = None
    retry_reason: str | None = None
    message: Message | None = None

    @property
    def ok(self) -> bool:
        """Whether Slack would be content."""
        return self.problem is None

    @property
    def json(self) -> Json:
        """The body as an object; empty when it is something else."""
        return self.body if isinstance(self.body, dict) else {}


@dataclass(frozen=True)
class Request:
    """One request to the bot. `kind` is event, command or interaction."""

    kind: str
    payload: Json
    retry_num: int = 0
    retry_reason: str = ""

    def body(self) -> str:
        """The HTTP body: JSON for events, a form otherwise."""
        if self.kind == "event":
            return json.dumps(self.payload)
        if self.kind == "command":
            return urlencode(self.payload)
        return urlencode({"payload": json.dumps(self.payload)})

    def headers(self, signing_secret: str, body: str) -> dict[str, str]:
        """The HTTP headers, signed now."""
        json_body = self.kind == "event"
        headers = {
            "Content-Type": "application/json" if json_body else "application/x-www-form-urlencoded",
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            **signature_headers(signing_secret, body, int(time.time())),
        }
        if self.retry_num:
            headers |= {"X-Slack-Retry-Num": str(self.retry_num), "X-Slack-Retry-Reason": self.retry_reason}
        return headers

    def envelope(self, envelope_id: str) -> Json:
        """The request as Socket Mode carries it."""
        answerable = self.kind == "command" or self.payload.get("type") in ("view_submission", "block_suggestion")
        envelope = {
            "envelope_id": envelope_id,
            "type": _ENVELOPES[self.kind],
            "payload": self.payload,
            "accepts_response_payload": answerable,
        }
        if self.kind == "event":
            envelope |= {"retry_attempt": self.retry_num, "retry_reason": self.retry_reason}
        return envelope


def signature_headers(signing_secret: str, body: str, timestamp: int) -> dict[str, str]:
    """Slack's v0 signature over `v0:<timestamp>:<body>`."""
    base = f"v0:{timestamp}:{body}".encode()
    digest = hmac.new(signing_secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}


class Socket(Protocol):
    """A Socket Mode connection hub, as the line needs it."""

    @property
    def connected(self) -> bool:
        """Whether the bot holds a connection."""
        ...

    def ask(self, request: Request, seconds: float) -> Json | None:
        """Send an envelope and wait; None without an answer in time."""
        ...


class Line:
    """Sends requests to wherever the bot listens, and waits three seconds like Slack."""

    def __init__(self, *, to: str | Direct | None, signing_secret: str, socket: Socket) -> None:
        self.to = to
        self.signing_secret = signing_secret
        self.sent: list[Request] = []
        self._socket = socket
        self._client: httpx.Client | None = None

    def close(self) -> None:
        """Drop the connections to the bot; the next request opens new ones."""
        if self._client:
            self._client.close()
        self._client = None

    def send(self, request: Request) -> Answer:
        """Deliver one request. Never raises for what the bot does; see Answer.problem."""
        self.sent.append(request)
        if self._socket.connected:
            return self._over_socket(request)
        body = request.body()
        headers = request.headers(self.signing_secret, body)
        if self.to is None:
            return Answer(None, problem="There is no bot to talk to yet.", retry_reason="connection_failed")
        if callable(self.to):
            return _answer(*self.to(headers, body))
        return self._over_http(self.to, headers, body)

    def _over_http(self, url: str, headers: Mapping[str, str], body: str) -> Answer:
        self._client = self._client or httpx.Client(timeout=ACK_SECONDS, trust_env=False)
        try:
            response = self._client.post(url, content=body.encode(), headers=headers)
        except httpx.TimeoutException:
            return Answer(None, problem="The bot did not answer within 3 seconds.", retry_reason="http_timeout")
        except httpx.HTTPError as error:
            return Answer(None, problem=f"The bot can't be reached: {error}.", retry_reason="connection_failed")
        return _answer(response.status_code, response.text)

    def _over_socket(self, request: Request) -> Answer:
        acknowledged = self._socket.ask(request, ACK_SECONDS)
        if acknowledged is None:
            return Answer(None, problem="The bot did not answer within 3 seconds.", retry_reason="timeout")
        return Answer(200, acknowledged.get("payload") or "")


def _answer(status: int, text: str) -> Answer:
    problem = None if 200 <= status < 300 else f"The bot answered with the status {status}."
    return Answer(status, _parsed(text), problem, "http_error" if problem else None)


def _parsed(text: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
