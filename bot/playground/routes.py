"""The HTTP face: Web API, response URLs, Socket Mode, the page and its JSON, for this machine only."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.playground.consent import CONSENT, consent_routes
from bot.playground.page_api import page_routes
from bot.playground.replies import use_response_url

if TYPE_CHECKING:
    from bot.playground.server import Playground

PAGE = Path(__file__).parent / "page"
_PAGES = frozenset({"/", CONSENT})
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


def build_asgi(playground: Playground, *, reset: Callable[[tuple[str, int]], None]) -> ASGIApp:
    """The whole app. `reset` breaks the connection of a client address."""

    async def web_api(request: Request) -> Response:
        sent, token, basic = await _arguments(request)
        method = request.path_params["method"]
        reply = await run_in_threadpool(playground.web_api.answer, method, sent, token, basic)
        if reply.reset and request.client:
            reset((request.client.host, request.client.port))
        return JSONResponse(reply.body, reply.status, dict(reply.headers))

    async def response_url(request: Request) -> Response:
        try:
            given = json.loads(await request.body())
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        token = request.path_params["token"]
        status, body = await run_in_threadpool(use_response_url, playground.workspace, token, given)
        return JSONResponse(body, status) if isinstance(body, dict) else PlainTextResponse(body, status)

    routes: list[BaseRoute] = [
        Route("/api/{method}", web_api, methods=["GET", "POST"]),
        Route("/response/{token}", response_url, methods=["POST"]),
        WebSocketRoute("/link", playground.socket.serve),
        *page_routes(playground),
        *consent_routes(playground.installs),
        Mount("/", StaticFiles(directory=PAGE, html=True, check_dir=False)),
    ]
    return _only_from_here(Starlette(routes=routes))


async def _arguments(request: Request) -> tuple[dict[str, Any], str | None, tuple[str, str] | None]:
    """Query, form or JSON arguments in one dict, the bearer token, and the client's id and secret."""
    body = (await request.body()).decode()
    sent: dict[str, Any] = dict(request.query_params)
    if "json" in request.headers.get("content-type", ""):
        try:
            given = json.loads(body or "{}")
        except ValueError:
            given = None
        sent |= given if isinstance(given, dict) else {}
    else:
        sent |= dict(parse_qsl(body, keep_blank_values=True))
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        client_id, _, secret = base64.b64decode(token).decode().partition(":")
        return sent, None, (client_id, secret)
    return sent, token if scheme.lower() == "bearer" and token else None, None


def _only_from_here(app: ASGIApp) -> ASGIApp:
    """Refuse other host names (a rebound DNS name would reach loopback) and requests sent by other sites' pages."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            host = headers.get("host", "")
            foreign = headers.get("origin") not in (None, f"http://{host}")
            # A browser that follows a link from another site to a page is welcome.
            elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site") and scope["path"] not in _PAGES
            if host.rsplit(":", 1)[0] not in _LOCAL or foreign or elsewhere:
                await _forbid(scope, receive, send)
                return
        await app(scope, receive, send)

    return guarded


async def _forbid(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4003})
    else:
        await PlainTextResponse("The playground answers this machine only.", 403)(scope, receive, send)
