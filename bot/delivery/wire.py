"""Posting JSON over connections that are kept for the next call: a new one costs Slack and us two handshakes.

What was not sent and what may have been are told apart, and nothing is ever sent a second time from here.
"""

import base64
import json
import selectors
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage, HTTPSConnection
from ssl import SSLContext
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

# Servers close what rests, most of them after a minute or so; a call that meets the end of its line may be lost or not.
LONGEST_REST_SECONDS = 3.0
_PORTS = {"https": 443, "http": 80}


class NotSent(Exception):
    """A request failed before the last of it was given away: the other side has not got it. Its text is the cause."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the headers, and the body as text."""

    status: int
    headers: HTTPMessage
    text: str


@dataclass(frozen=True, slots=True)
class Way:
    """To whom a connection leads, and how: `proxy` is an HTTP proxy's address, `tls` an own certificate store."""

    scheme: str
    host: str
    port: int
    proxy: str | None = None
    tls: SSLContext | None = None


class Lines:
    """Connections by their ways. Those that rest are shared by all threads; one that is in use belongs to one call."""

    def __init__(self, *, longest_rest: float = LONGEST_REST_SECONDS) -> None:
        self._longest_rest = longest_rest
        self._lock = threading.Lock()
        self._resting: dict[Way, list[tuple[float, HTTPConnection]]] = defaultdict(list)

    def post(
        self,
        url: str,
        body: Any,
        *,
        timeout: float,
        headers: Mapping[str, str] | None = None,
        proxy: str | None = None,
        tls: SSLContext | None = None,
    ) -> Reply:
        """Post JSON and return the answer, whatever its status.

        Raises NotSent, or OSError and HTTPException when the other side may have got it.
        """
        parts = urlsplit(url)
        way = Way(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme], proxy, tls)
        content = json.dumps(body).encode()
        sent = {"Content-Type": "application/json;charset=utf-8", "User-Agent": "keepwarm", **(headers or {})}
        line = self._rested(way) or _open(way, timeout)
        try:
            line.timeout = timeout
            if line.sock is not None:
                line.sock.settimeout(timeout)
            try:
                line.request("POST", _target(parts, way), content, sent)
            except OSError as broken:
                raise NotSent(type(broken).__name__) from broken
            response = line.getresponse()
            reply = Reply(response.status, response.headers, response.read().decode("utf-8", "replace"))
        except BaseException:
            line.close()
            raise
        if response.will_close:
            line.close()
        else:
            self._keep(way, line)
        return reply

    def _rested(self, way: Way) -> HTTPConnection | None:
        """Take the line that was used last, if it can still be trusted; those that rested too long are closed."""
        oldest = time.monotonic() - self._longest_rest
        with self._lock:
            resting = self._resting[way]
            old = [line for since, line in resting if since < oldest]
            resting[:] = [(since, line) for since, line in resting if since >= oldest]
            fresh = resting.pop()[1] if resting else None
        for line in old:
            line.close()
        if fresh is not None and _has_ended(fresh):
            fresh.close()
            return self._rested(way)
        return fresh

    def _keep(self, way: Way, line: HTTPConnection) -> None:
        with self._lock:
            self._resting[way].append((time.monotonic(), line))


def _has_ended(line: HTTPConnection) -> bool:
    """Say whether a line that rests can be read: nothing was asked, so that is its end."""
    if line.sock is None:
        return True
    with selectors.DefaultSelector() as watched:
        watched.register(line.sock, selectors.EVENT_READ)
        return bool(watched.select(0))


def _open(way: Way, timeout: float) -> HTTPConnection:
    proxy = urlsplit(way.proxy) if way.proxy else None
    host, port = (proxy.hostname or "", proxy.port or 80) if proxy else (way.host, way.port)
    if way.scheme != "https":
        return HTTPConnection(host, port, timeout=timeout)
    line = HTTPSConnection(host, port, timeout=timeout, context=way.tls)
    if proxy:
        line.set_tunnel(way.host, way.port, _credentials(proxy))
    return line


def _credentials(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _target(parts: SplitResult, way: Way) -> str:
    """The path; a proxy that reads along is given the whole address."""
    if way.proxy and way.scheme == "http":
        return parts.geturl()
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
