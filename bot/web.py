"""The HTTP edge: Slack's requests, checked before anything reads them, and the health pages."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_bolt import App, BoltRequest, BoltResponse
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

LARGEST_BODY = 1_000_000
# Slack's own rule against replays: a request older than five minutes is refused.
OLDEST_SECONDS = 300

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
    """Read a body of at most a megabyte; raise Refused as soon as it is known to be larger."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > LARGEST_BODY:
        raise Refused(413, "size")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise Refused(413, "size")
        chunks.append(chunk)
    return b"".join(chunks)


def slack_endpoint(
    bolt: App, *, signing_secret: str, real_time: Callable[[], float] = time.time
) -> Callable[[Request], Any]:
    """Return the endpoint that checks signature, age and size, and lets Bolt dispatch in a worker thread."""

    async def events(request: Request) -> Response:
        try:
            body = await read_body(request)
            check_signature(request.headers, body, secret=signing_secret, now=real_time())
            text = body.decode()
        except Refused as refused:
            log.warning("request_refused", reason=str(refused))
            return Response(status_code=refused.status)
        except UnicodeDecodeError:
            return Response(status_code=400)
        answer: BoltResponse = await run_in_threadpool(
            bolt.dispatch, BoltRequest(body=text, headers=_headers(request), query=request.url.query)
        )
        return Response(answer.body, answer.status, headers=_plain(answer.headers))

    return events


def _headers(request: Request) -> dict[str, Any]:
    return dict(request.headers)


def _plain(headers: Mapping[str, Any]) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else str(value) for name, value in headers.items()}


def make_web(
    *,
    events: Callable[[Request], Any] | None,
    ready: Callable[[], Mapping[str, object]],
    on_stop: Callable[[], None] | None = None,
) -> Starlette:
    """Return the web application. `ready` says what is wrong, by name; empty means ready."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def readyz(_request: Request) -> Response:
        problems = await asyncio.to_thread(ready)
        return JSONResponse({"ok": not problems, **problems}, status_code=503 if problems else 200)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
    if events is not None:
        routes.append(Route("/slack/events", events, methods=["POST"]))
    app = Starlette(routes=routes)
    if on_stop is not None:
        app.state.on_stop = on_stop
    return app
