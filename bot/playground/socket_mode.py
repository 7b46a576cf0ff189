"""Slack's side of Socket Mode: single-use tickets, hello, envelopes and their acknowledgements.

Protocol: docs.slack.dev/apis/events-api/using-socket-mode.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.line import Request
from bot.playground.model import Json


class SocketHub:
    """The open connections of one app. Requests go to the newest, as Slack may pick any."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id
        self._lock = threading.Lock()
        self._tickets: set[str] = set()
        self._counter = itertools.count(1)
        self._open: list[tuple[WebSocket, asyncio.AbstractEventLoop]] = []
        self._waiting: dict[str, Future[Json]] = {}
        self.arrived = threading.Event()

    def new_ticket(self) -> str:
        """A ticket for one connection."""
        with self._lock:
            ticket = f"ticket-{next(self._counter)}"
            self._tickets.add(ticket)
            return ticket

    @property
    def connected(self) -> bool:
        """Whether the bot holds a connection."""
        return bool(self._open)

    @property
    def connections(self) -> int:
        """How many connections the bot holds."""
        return len(self._open)

    async def serve(self, websocket: WebSocket) -> None:
        """Hold one connection until the bot leaves."""
        ticket = websocket.query_params.get("ticket", "")
        with self._lock:
            known = ticket in self._tickets
            self._tickets.discard(ticket)
        if not known:
            await websocket.close(code=4001)
            return
        await websocket.accept()
        mine = (websocket, asyncio.get_running_loop())
        hello = {"type": "hello", "num_connections": len(self._open) + 1}
        await websocket.send_text(json.dumps({**hello, "connection_info": {"app_id": self._app_id}}))
        self._open.append(mine)
        self.arrived.set()
        try:
            while True:
                self._acknowledged(await websocket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            self._open.remove(mine)

    def ask_to_reconnect(self) -> None:
        """Tell every connection that it ends soon, as Slack does about once an hour; the bot opens a new one."""
        self._to_all(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    def cut(self) -> None:
        """Break every connection without a word."""
        for websocket, loop in list(self._open):
            asyncio.run_coroutine_threadsafe(websocket.close(code=1011), loop)

    def _to_all(self, text: str) -> None:
        for websocket, loop in list(self._open):
            asyncio.run_coroutine_threadsafe(websocket.send_text(text), loop)

    def _acknowledged(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        with self._lock:
            waiting = self._waiting.pop(message.get("envelope_id", ""), None)
        if waiting:
            waiting.set_result(message)

    def ask(self, request: Request, seconds: float) -> Json | None:
        """Send one envelope and wait for its acknowledgement; None when it does not come in time."""
        websocket, loop = self._open[-1]
        with self._lock:
            envelope_id = f"envelope-{next(self._counter)}"
            waiting: Future[Json] = Future()
            self._waiting[envelope_id] = waiting
        text = json.dumps(request.envelope(envelope_id))
        asyncio.run_coroutine_threadsafe(websocket.send_text(text), loop)
        try:
            return waiting.result(seconds)
        except FutureTimeout:
            with self._lock:
                self._waiting.pop(envelope_id, None)
            return None
