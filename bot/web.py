"""The HTTP edge: Slack's requests, checked before anything reads them, and the health pages."""

import asyncio
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

import structlog
import uvicorn
from slack_bolt import App, BoltRequest, BoltResponse
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.metrics import REQUESTS_REFUSED
from bot.usecases.failing import is_database_away

LARGEST_BODY = 1_000_000
# Slack's own rule against replays: a request older than five minutes is refused.
OLDEST_SECONDS = 300
# Slack has given up on a request by then.
LONGEST_READ_SECONDS = 5.0

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# More at once than one database answers at a time; the others wait their turn.
LISTENERS = 20

log = structlog.get_logger()


class Refused(Exception):
    """A request that is not Slack's; `status` is what it is answered with."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def check_signature(headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> None:
    """Raise Refused unless the body carries Slack's v0 signature, made in the last five minutes.

    `now` is the real time in seconds since 1970. Source: docs.slack.dev, "Verifying requests from Slack".
    """
    stamp = headers.get("x-slack-request-timestamp", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise Refused(401, "timestamp")
    if abs(now - int(stamp)) > OLDEST_SECONDS:
        raise Refused(401, "age")
    expected = "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), headers.get("x-slack-signature", "").encode()):
        raise Refused(401, "signature")


async def read_body(request: Request) -> bytes:
    """Read a body of at most a megabyte; raise Refused once it is known to be larger, or when it is too slow."""
    declared = request.headers.get("content-length", "0")
    if not declared.isascii() or not declared.isdigit() or int(declared) > LARGEST_BODY:
        raise Refused(413, "size")
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(LONGEST_READ_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > LARGEST_BODY:
                    raise Refused(413, "size")
                chunks.append(chunk)
    except TimeoutError:
        raise Refused(408, "slow") from None
    except ClientDisconnect:
        raise Refused(400, "gone") from None
    return b"".join(chunks)


def parse_body(text: str, content_type: str) -> dict[str, Any]:
    """Parse what Slack sends: a JSON object, or a form, whose `payload`, if any, is one. Raises Refused.

    By Bolt's rules, but Bolt answers 500 to what it cannot read, and takes the word "payload" in a command for a field.
    """
    if content_type.partition(";")[0].strip() == "application/json" or text.startswith("{"):
        return _parse_object(text)
    form = dict(parse_qsl(text, keep_blank_values=True))
    payload = form.get("payload")
    return form if payload is None else _parse_object(payload)


def _parse_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON") from None
    if not isinstance(found, dict) or (found.get("type") == "event_callback" and not _is_event(found)):
        raise Refused(400, "not an object of Slack's")
    return found


def _is_event(found: Mapping[str, Any]) -> bool:
    event, team_id = found.get("event"), found.get("team_id")
    return isinstance(event, dict) and isinstance(event.get("type"), str) and isinstance(team_id, str | None)


def slack_endpoint(
    bolt: App, *, signing_secret: str, real_time: Callable[[], float] = time.time
) -> Callable[[Request], Any]:
    """Return the endpoint that checks signature, age and size, parses, and lets Bolt dispatch in a worker thread."""

    # Threads of our own: Starlette's take twice as long to hand a request over.
    listeners = ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener")

    async def events(request: Request) -> Response:
        if request.method != "POST":
            return _answer_probe(request)
        try:
            body = await read_body(request)
            check_signature(request.headers, body, secret=signing_secret, now=real_time())
            said = parse_body(body.decode(), request.headers.get("content-type", ""))
        except Refused as refused:
            REQUESTS_REFUSED.labels(str(refused)).inc()
            log.warning("request_refused", reason=str(refused))
            return Response(status_code=refused.status)
        except UnicodeDecodeError:
            log.warning("request_refused", reason="not UTF-8")
            return Response(status_code=400)
        return await asyncio.get_running_loop().run_in_executor(listeners, _dispatch, bolt, said)

    return events


def _answer_probe(request: Request) -> Response:
    """Slack looks at a certificate with a GET that nobody signed and that changes nothing; other GETs are refused."""
    looks = request.query_params.get("ssl_check") == "1"
    return Response(status_code=200 if looks else 405, headers={"Allow": "POST"})


def _dispatch(bolt: App, said: dict[str, Any]) -> Response:
    try:
        # Checked and parsed as it is here, it is to Bolt what comes over a socket.
        answer: BoltResponse = bolt.dispatch(BoltRequest(body=said, mode="socket_mode"))
    except Exception as broken:
        if is_database_away(broken):
            log.exception("database_unusable")
            return Response(status_code=503)
        # Errors of our listeners have their own handler. What gets here had parts missing that Slack always sends; its
        # traceback could quote it.
        log.warning("request_refused", reason="not of Slack's making", error=type(broken).__name__)
        return Response(status_code=400)
    return Response(answer.body, answer.status, headers=_plain(answer.headers))


def _plain(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else str(value) for name, value in headers.items()}


def make_web(
    *,
    events: Callable[[Request], Any] | None,
    ready: Callable[[], Mapping[str, object]],
    metrics: Callable[[], bytes],
    late: Callable[[], Mapping[str, object]] = dict,
    more: Sequence[Route] = (),
) -> Starlette:
    """Return the web application. `ready` says what is wrong, by name; empty means ready. `metrics` draws /metrics.

    `late` says what whoever watches should know; a message that waits must not take every replica out at once. `more`
    are other pages.
    """

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def readyz(_request: Request) -> Response:
        problems = await asyncio.to_thread(ready)
        delays = {} if problems else await asyncio.to_thread(late)
        return JSONResponse({"ok": not problems, **problems, **delays}, status_code=503 if problems else 200)

    async def metrics_page(_request: Request) -> Response:
        try:
            return Response(await asyncio.to_thread(metrics), media_type=METRICS_TYPE)
        except DBAPIError:
            return Response(status_code=503)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics_page), *more]
    if events is not None:
        routes.append(Route("/slack/events", events, methods=["GET", "POST"]))
    return Starlette(routes=routes)


class WebServer:
    """Serves an application from a thread of its own, so that signals stay with whoever started it."""

    def __init__(self, app: Starlette, *, host: str, port: int) -> None:
        """Take the port, 0 for a free one. Raises OSError when it is not free."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=2048)
        # asyncio sets this only on sockets made for TCP by name; without it each answer waits 40 ms for the other side.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port = int(self._socket.getsockname()[1])
        # Its own set-up of logs would print the text of whatever a page raises.
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=2
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="web", daemon=True)

    def start(self) -> None:
        """Begin to answer; connections made since the port was taken have waited."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests, and wait two seconds for those that are being answered."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(4)
        self._socket.close()
