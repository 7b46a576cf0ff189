"""An HTTP and WebSocket server on 127.0.0.1 in a thread, which stops at once and can break a connection on purpose.

It runs uvicorn's protocol without uvicorn's server, whose start and stop take a fifth of a second; tests do both often.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


class Loopback:
    """Serves an ASGI app. Start and stop as often as needed, also on the same port."""

    def __init__(self) -> None:
        self._state = ServerState()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self, app: ASGIApp, port: int = 0) -> int:
        """Listen; port 0 takes a free one. Returns the port, which accepts connections already."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        ready = threading.Event()
        self._state = ServerState()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(app, listener, ready)), name="playground", daemon=True
        )
        self._thread.start()
        ready.wait(10)
        return int(listener.getsockname()[1])

    def stop(self) -> None:
        """Break every connection and stop. Does nothing when not started."""
        if self._thread and self._loop and self._leave:
            self._loop.call_soon_threadsafe(self._leave.set)
            self._thread.join(10)
        self._thread = self._loop = self._leave = None

    def reset(self, client: tuple[str, int]) -> None:
        """Break the connection of one client address with a TCP reset. Call it on the server's own loop."""
        for connection in list(self._state.connections):
            if isinstance(connection, H11Protocol) and connection.client == client:
                linger = struct.pack("ii", 1, 0)
                connection.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                connection.transport.abort()

    async def _serve(self, app: ASGIApp, listener: socket.socket, ready: threading.Event) -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        config = uvicorn.Config(app, lifespan="off", log_level="critical", proxy_headers=False)
        config.load()
        state = self._state
        server = await self._loop.create_server(
            lambda: H11Protocol(config=config, server_state=state, app_state={}), sock=listener
        )
        ready.set()
        await self._leave.wait()
        server.close()
        for connection in list(state.connections):
            transport = connection.transport
            if transport:
                transport.abort()
        for task in list(state.tasks):
            task.cancel()
