"""`/keepwarm help` on one kept connection, beside a route that only checks and parses; both are real processes."""

import hashlib
import hmac
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlencode

from bench.harness import IN_TURN, Figure, alternate, at_most
from bench.place import SQLITE, Place
from bench.processes import (
    SECRET,
    cpu_seconds,
    free_port,
    open_slack,
    running,
    settings_for,
    wait_until_idle,
    wait_until_ready,
)

_FORM = {
    "command": "/keepwarm", "text": "help", "user_id": "U0ANA", "user_name": "ana", "team_id": "T0PLAY",
    "team_domain": "playground", "channel_id": "D0ANA", "channel_name": "directmessage", "api_app_id": "A0PLAY",
    "is_enterprise_install": "false", "response_url": "https://bench.invalid/response", "trigger_id": "1.2.bench",
}  # fmt: skip


def measure_requests(place: Place) -> Iterator[Figure]:
    """Yield the figure of a command's answer."""
    store = place.store(SQLITE, "requests")
    store.engine.dispose()
    with ExitStack() as open_things:
        slack = open_things.enter_context(open_slack())
        bare_port, port = free_port(), free_port()
        bare = open_things.enter_context(running(["-m", "bench.bare", str(bare_port), SECRET]))
        settings = settings_for(slack, store.engine.url.render_as_string(), port)
        bot = open_things.enter_context(running(["-m", "bot", "run"], settings))
        wait_until_ready(bare_port, bare)
        wait_until_ready(port, bot)
        wait_until_idle(bot)
        before = cpu_seconds(bare.pid), cpu_seconds(bot.pid)
        timed = alternate(
            _asking(open_things, bare_port, b""),
            _asking(open_things, port, b"whois-neglected"),
            rounds=place.size.rounds,
            calls=place.size.calls,
        )
        after = cpu_seconds(bare.pid), cpu_seconds(bot.pid)
        yield timed.figure("/keepwarm help / bare route that checks and parses the request", at_most(3, guard=6))
        asked = place.size.rounds * place.size.calls + IN_TURN
        used = [(end or 0) - (start or 0) for start, end in zip(before, after, strict=True)]
        limit, subject = (seconds / asked * 1e6 for seconds in used)
        if limit:
            yield Figure("the same in processor time", subject / limit, limit, subject, "µs")


def _asking(open_things: ExitStack, port: int, expected: bytes) -> Callable[[], None]:
    line = open_things.enter_context(socket.create_connection(("127.0.0.1", port)))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask() -> None:
        line.sendall(_request())
        answer = _answer(line)
        if b" 200 " not in answer[:16] or expected not in answer:
            raise RuntimeError(f"an answer of another kind: {answer[:200]!r}")

    return ask


def _request() -> bytes:
    body = urlencode(_FORM).encode()
    stamp = str(int(time.time())).encode()
    signature = hmac.new(SECRET.encode(), b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
    return (
        b"POST /slack/events HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"X-Slack-Request-Timestamp: %s\r\nX-Slack-Signature: v0=%s\r\nContent-Length: %d\r\n\r\n%s"
        % (stamp, signature.encode(), len(body), body)
    )


def _answer(line: socket.socket) -> bytes:
    """Read one answer to its end, which its length tells."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(line)
    head, _, body = answer.partition(b"\r\n\r\n")
    lengths = [header for header in head.lower().split(b"\r\n") if header.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        body += _more(line)
    return head + b"\r\n\r\n" + body


def _more(line: socket.socket) -> bytes:
    read = line.recv(65_536)
    if not read:
        raise RuntimeError("the server closed the connection")
    return read
