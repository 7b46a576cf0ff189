"""Ways to spoil a request of Slack's: its parts, its bytes, its headers. The same seed spoils the same way."""

import copy
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

from bot.playground.line import Request, signature_headers

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1 << 80, 1e308, float("nan"), "", " ", "\0", "\ud83d\ude00", "x" * 5_000,
    "\u202e", "<!channel>",
    "../../etc/passwd", "' OR 1=1 --", "{{ 7 * 7 }}", "%s%n", [], {}, [[]], {"": ""}, [None], "U0ANA", "T0ELSE",
    "9" * 30,    "-1", "1:2:3", "done:999999999999", "\r\nX-Injected: 1",
)  # fmt: skip


_TYPES = ("", "text/plain", "application/json", "multipart/form-data; boundary=x")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Raw:
    """A request as it goes over the wire. `signed` says whether its signature holds."""

    body: bytes
    headers: Mapping[str, str]
    signed: bool


def spoil(request: Request, random: Random, *, secret: str, now: int) -> Raw:
    """Return a request with a few of its parts or bytes changed, rightly signed or not; `now` is in Unix seconds."""
    body, content_type = _body(request, random)
    if random.random() < 0.3:
        body = random.choice(_ON_BYTES)(body, random)
    signed = random.random() < 0.6
    headers = {"Content-Type": content_type, **_signature(body, random, secret=secret, now=now, signed=signed)}
    if random.random() < 0.05:
        headers["Content-Type"] = random.choice(
            ["", "text/plain", "application/json", "multipart/form-data; boundary=x"]
        )
    if random.random() < 0.05:
        headers |= {
            "X-Slack-Retry-Num": random.choice(["1", "-1", "x", "9" * 20]),
            "X-Slack-Retry-Reason": "http_error",
        }
    return Raw(body, headers, signed)


def _body(request: Request, random: Random) -> tuple[bytes, str]:
    payload = json.loads(json.dumps(request.payload))
    for _ in range(random.choice([0, 1, 1, 1, 2, 5])):
        payload = _spoil_tree(payload, random)
    if request.kind == "event" or not isinstance(payload, dict):
        return json.dumps(payload).encode(), "application/json"
    form = payload if request.kind == "command" else {"payload": json.dumps(payload)}
    return urlencode({key: _as_text(value) for key, value in form.items()}).encode(), _FORM


def _as_text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()


def _spoil_tree(tree: Any, random: Random) -> Any:
    """Replace, remove, double or move one value somewhere in a tree."""
    path = _a_path(tree, random)
    if not path:
        return _something_strange(random)
    parent = tree
    for step in path[:-1]:
        parent = parent[step]
    last = path[-1]
    match random.randrange(4):
        case 0:
            del parent[last]
        case 1:
            parent[last] = [parent[last], parent[last]]
        case 2 if isinstance(parent, dict):
            parent[random.choice(["", "type", "id", "user", "value", "x"])] = parent.pop(last)
        case _:
            parent[last] = _something_strange(random)
    return tree


def _something_strange(random: Random) -> Any:
    """A copy: what is spoilt again later must not stay so, or be put into itself."""
    return copy.deepcopy(random.choice(STRANGE))


def _a_path(tree: Any, random: Random) -> list[Any]:
    path: list[Any] = []
    while isinstance(tree, dict | list) and tree and (not path or random.random() < 0.8):
        step = random.choice(list(tree)) if isinstance(tree, dict) else random.randrange(len(tree))
        path.append(step)
        tree = tree[step]
    return path


def _signature(body: bytes, random: Random, *, secret: str, now: int, signed: bool) -> dict[str, str]:
    text = body.decode("latin-1")
    if signed:
        return _sign(body, secret, now)
    right = _sign(body, secret, now)
    stamp, mark = "X-Slack-Request-Timestamp", "X-Slack-Signature"
    wrong: list[Callable[[], dict[str, str]]] = [
        lambda: {},
        lambda: _sign(body, "another secret", now),
        # A second more than is allowed from the past; from ahead a minute more, as seconds pass on the way.
        lambda: _sign(body, secret, now - random.choice([301, 3_600, 10**6, -360, -(10**6)])),
        lambda: _sign(body + b" ", secret, now),
        lambda: {**right, stamp: str(now + 1)},
        lambda: {**right, mark: right[mark].upper()},
        lambda: {**right, mark: right[mark][:-1]},
        lambda: {**right, mark: "v0="},
        lambda: {**right, mark: "v1" + right[mark][2:]},
        lambda: {mark: right[mark]},
        lambda: {stamp: right[stamp]},
        lambda: {**right, stamp: random.choice(["", "x", "-1", "1e9", "9" * 40, f"{now}.0"])},
        lambda: signature_headers("", text, now),
    ]
    return random.choice(wrong)()


def _sign(body: bytes, secret: str, at: int) -> dict[str, str]:
    digest = hmac.new(secret.encode(), b"v0:%d:" % at + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


def _cut(body: bytes, random: Random) -> bytes:
    return body[: random.randrange(len(body) + 1)]


def _flip(body: bytes, random: Random) -> bytes:
    changed = bytearray(body)
    for _ in range(min(len(changed), random.choice([1, 3, 20]))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _repeat(body: bytes, random: Random) -> bytes:
    return (body * random.choice([2, 3]))[:200_000]


def _nest(body: bytes, random: Random) -> bytes:
    depth = random.choice([10, 1_000, 50_000])
    return b"[" * depth + body + b"]" * depth


def _noise(body: bytes, random: Random) -> bytes:
    return random.randbytes(random.choice([0, 1, 100, 2_000]))


_ON_BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (_cut, _flip, _flip, _repeat, _nest, _noise)
