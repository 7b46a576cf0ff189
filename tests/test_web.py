"""The HTTP edge over real HTTP: what is not Slack's is refused before anything reads it."""

import hashlib
import hmac
import http.client
import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from pydantic import SecretStr
from slack_bolt import App, BoltResponse

from bot.app import Keepwarm
from bot.playground.line import signature_headers
from bot.settings import Settings
from bot.web import LARGEST_BODY, WebServer, check_signature, make_web, slack_endpoint
from storage.engine import Store, make_engine
from storage.migrate import migrate
from storage.models import Workspace
from tests.conftest import NOW, people

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
EVENTS = "/slack/events"
Headers = Mapping[str, str | None]
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@dataclass
class Edge:
    """The bot's edge at an address of this machine."""

    port: int
    wrong: dict[str, object]
    late: dict[str, object] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def post(
        self, body: str | bytes, content_type: str = JSON, *, at: int | None = None, headers: Headers | None = None
    ) -> httpx.Response:
        """Post a body, signed now unless `at` or a header says otherwise; None leaves a header out."""
        text = body if isinstance(body, bytes) else body.encode()
        stamp = int(time.time()) if at is None else at
        given: dict[str, str | None] = {"Content-Type": content_type, **sign(text, stamp)}
        given |= headers or {}
        sent = [(name.encode(), value.encode()) for name, value in given.items() if value is not None]
        return httpx.post(self.url + EVENTS, content=text, headers=sent, timeout=10, trust_env=False)


def sign(body: bytes, at: int) -> dict[str, str]:
    """Slack's headers for a body of any bytes."""
    digest = hmac.new(SECRET.encode(), b"v0:%d:" % at + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """The whole bot behind its edge, with a workspace and no Slack to talk to."""
    store = Store(make_engine(f"sqlite:///{tmp_path_factory.mktemp('web')}/keepwarm.db"))
    migrate(store.engine)
    with edge_on(store) as edge:
        yield edge
    store.engine.dispose()


@contextmanager
def edge_on(store: Store) -> Iterator[Edge]:
    """Serve the bot on a migrated, empty ledger."""
    settings = Settings(
        database_url="sqlite:///unused.db", bot_token=SecretStr("xoxb-very-secret"), api_url="http://127.0.0.1:9/api/",
        _env_file=None,
    )  # fmt: skip
    keepwarm = Keepwarm(settings, store, lambda: NOW)
    with store.session() as session:
        row = Workspace(slack_team_id="T0PLAY", name="Acorn", installed_at=NOW, slack_bot_user_id="U0BOT")
        session.add(row)
        session.flush()
        for person in people(row.id):
            person.seen_at = NOW
            session.add(person)
        keepwarm.tokens.give(row.id, "xoxb-very-secret")
    wrong: dict[str, object] = {}
    late: dict[str, object] = {}
    events = slack_endpoint(keepwarm.bolt, signing_secret=SECRET)
    web = make_web(events=events, ready=lambda: wrong, late=lambda: late, metrics=keepwarm.metrics)
    server = WebServer(web, host="127.0.0.1", port=0)
    server.start()
    yield Edge(server.port, wrong, late)
    server.stop()


def command(text: str = "help") -> str:
    return urlencode(
        {"command": "/keepwarm", "text": text, "team_id": "T0PLAY", "user_id": "U0ANA", "channel_id": "C0TEAM",
         "trigger_id": f"1.2.{time.monotonic_ns()}", "api_app_id": "A0PLAY"}
    )  # fmt: skip


def test_a_signed_command_is_answered(edge: Edge) -> None:
    answer = edge.post(command(), FORM)
    assert answer.status_code == 200
    assert answer.json()["response_type"] == "ephemeral"
    assert "/whois-neglected" in answer.text


def test_the_name_of_a_field_in_what_somebody_typed_is_no_field(edge: Edge) -> None:
    answer = edge.post(command("help payload=1"), FORM)
    assert answer.json()["response_type"] == "ephemeral"


def test_the_line_to_slack_is_signed_as_slack_signs(edge: Edge) -> None:
    body = command()
    headers = {"Content-Type": FORM, **signature_headers(SECRET, body, int(time.time()))}
    assert httpx.post(edge.url + EVENTS, content=body, headers=headers, trust_env=False).status_code == 200


def test_slack_s_own_example_of_a_signature_is_taken() -> None:
    """docs.slack.dev, "Verifying requests from Slack"."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    check_signature(headers, body, secret=SECRET, now=1531420618 + 60)


@pytest.mark.parametrize(
    "stamp",
    [None, "", "soon", "-1531420618", "1e9", "+1", "0x10", "١٢٣٤", "²", "9" * 400, "1531420618.5", "NaN"],
)
def test_a_timestamp_that_is_none_is_refused(edge: Edge, stamp: str | None) -> None:
    assert edge.post(command(), FORM, headers={"X-Slack-Request-Timestamp": stamp}).status_code == 401


@pytest.mark.parametrize("seconds", [-301, 330, -86_400, 3 * 365 * 86_400])
def test_an_old_request_and_one_of_the_future_are_refused(edge: Edge, seconds: int) -> None:
    assert edge.post(command(), FORM, at=int(time.time()) + seconds).status_code == 401


def test_a_request_of_four_minutes_ago_is_taken(edge: Edge) -> None:
    assert edge.post(command(), FORM, at=int(time.time()) - 240).status_code == 200


@pytest.mark.parametrize("signature", [None, "", "v0=", "v0=" + "0" * 64, "v1=" + "0" * 64, "v0=ünïcödé", "½"])
def test_a_wrong_signature_is_refused(edge: Edge, signature: str | None) -> None:
    assert edge.post(command(), FORM, headers={"X-Slack-Signature": signature}).status_code == 401


def test_a_signature_is_of_one_body_and_one_moment(edge: Edge) -> None:
    body, now = command(), int(time.time())
    signed = sign(body.encode(), now)
    assert edge.post(body + "&x=1", FORM, headers=signed).status_code == 401
    assert edge.post(body, FORM, headers={**signed, "X-Slack-Request-Timestamp": str(now - 1)}).status_code == 401


def test_nothing_is_read_before_the_signature(edge: Edge) -> None:
    """Bolt is not asked, whatever the body pretends to be."""
    seen: list[Any] = []

    class Nosy(App):
        def dispatch(self, req: Any) -> BoltResponse:
            seen.append(req.body)
            return BoltResponse(status=200)

    bolt = Nosy(token="xoxb-x", signing_secret="x", token_verification_enabled=False)
    server = WebServer(
        make_web(events=slack_endpoint(bolt, signing_secret=SECRET), ready=dict, metrics=bytes),
        host="127.0.0.1",
        port=0,
    )
    server.start()
    nosy = Edge(server.port, {})
    for body in ('{"type": "url_verification", "challenge": "x"}', "ssl_check=1&token=x", "{", command()):
        assert nosy.post(body, headers={"X-Slack-Signature": "v0=" + "0" * 64}).status_code == 401
    assert seen == []
    assert nosy.post('{"type": "x"}').status_code == 200
    assert seen == [{"type": "x"}]
    server.stop()


def test_a_declared_size_over_a_megabyte_is_refused_unread(edge: Edge) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=5)
    connection.putrequest("POST", EVENTS)
    connection.putheader("Content-Length", str(LARGEST_BODY + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413, "no byte of the body has been sent"
    connection.close()


def test_a_body_that_grows_over_a_megabyte_is_refused(edge: Edge) -> None:
    """Chunked, so that nobody declared how long it gets."""
    chunk = b"x" * 100_000
    body = chunk * 11
    now = int(time.time())
    answer = httpx.post(
        edge.url + EVENTS, content=(chunk for _ in range(11)), headers=sign(body, now), timeout=10, trust_env=False
    )
    assert answer.status_code == 413


def test_a_body_of_a_megabyte_is_read(edge: Edge) -> None:
    filler = "x" * (LARGEST_BODY - 100)
    assert edge.post(json.dumps({"type": "url_verification", "challenge": "c", "x": filler})).status_code == 200


@pytest.mark.parametrize("length", ["-1", "ten", "1e3", "²", "9" * 30])
def test_a_size_that_is_no_number_is_refused(edge: Edge, length: str) -> None:
    request = f"POST {EVENTS} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{{}}"
    with socket.create_connection(("127.0.0.1", edge.port), timeout=5) as raw:
        raw.sendall(request.encode("utf-8"))
        status = raw.recv(100).split()[1]
    assert status in {b"400", b"413"}


GARBAGE = [
    ("{", JSON),
    ("[1, 2]", JSON),
    ("null", JSON),
    ('"text"', JSON),
    ("", JSON),
    ("[" * 100_000, JSON),
    ('{"a":' * 100_000, JSON),
    ("{}", JSON),
    ("{}", FORM),
    ("{broken", FORM),
    ("payload={", FORM),
    ("payload=", FORM),
    ("payload=[]", FORM),
    ("payload=null", FORM),
    ("payload=%00%FF", FORM),
    ("&&&===", FORM),
    ("command=/keepwarm", FORM),
    ("command=/keepwarm&team_id=T0PLAY", FORM),
    ("command=/keepwarm&team_id=T0PLAY&user_id=", FORM),
    ("command=/keepwarm&team_id=T0NOBODY&user_id=U0ANA", FORM),
    ("command=/nothing&team_id=T0PLAY&user_id=U0ANA", FORM),
    ("team_id=T0NOBODY&user_id=U0ANA&text=help&response_url=nowhere", FORM),
    (json.dumps({"type": "event_callback"}), JSON),
    (json.dumps({"type": "event_callback", "team_id": "T0PLAY", "event": None}), JSON),
    (json.dumps({"type": "event_callback", "team_id": "T0PLAY", "event": []}), JSON),
    (json.dumps({"type": "event_callback", "team_id": "T0PLAY", "event": "message"}), JSON),
    (json.dumps({"type": "event_callback", "team_id": "T0PLAY", "event": {}}), JSON),
    (json.dumps({"type": "event_callback", "team_id": "T0PLAY", "event": {"type": 7}}), JSON),
    (json.dumps({"type": "event_callback", "team_id": "T0PLAY", "event": {"type": "message"}}), JSON),
    (json.dumps({"type": "event_callback", "team_id": "T0PLAY", "event": {"type": "app_home_opened"}}), JSON),
    (json.dumps({"type": "event_callback", "team_id": ["T"], "event": {"type": "message"}}), JSON),
    (json.dumps({"type": "event_callback", "authorizations": [], "event": {"type": "message"}}), JSON),
    (json.dumps({"type": "event_callback", "authorizations": "x", "event": {"type": "message"}}), JSON),
    (json.dumps({"type": "event_callback", "team_id": "T0PLAY", "event": {"type": "user_change"}}), JSON),
    (json.dumps({"type": "event_callback", "team_id": "T0NOBODY", "event": {"type": "app_uninstalled"}}), JSON),
    *(
        ("payload=" + quote(json.dumps(payload)), FORM)
        for payload in (
            {},
            {"type": "block_actions"},
            {"type": "block_actions", "actions": []},
            {"type": "block_actions", "team": None, "user": None, "actions": None},
            {"type": "block_actions", "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"}, "actions": [{}]},
            {"type": "block_actions", "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"}, "actions": [{"action_id": 1}]},
            {"type": "block_actions", "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"},
             "actions": [{"action_id": "card.done", "type": "button", "value": "'; DROP TABLE"}]},
            {"type": "view_submission"},
            {"type": "view_submission", "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"}, "view": {}},
            {"type": "view_submission", "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"},
             "view": {"id": "V1", "callback_id": "done", "state": {"values": []}, "blocks": []}},
            {"type": "view_closed"},
            {"type": "block_suggestion", "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"}},
            {"type": "message_action", "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"}},
            {"type": "shortcut", "callback_id": None, "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"}},
            {"type": "something new", "team": {"id": "T0PLAY"}, "user": {"id": "U0ANA"}},
            {"type": {"deep": 1}},
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("body", "content_type"), GARBAGE)
def test_signed_garbage_is_no_error_of_ours(edge: Edge, body: str, content_type: str) -> None:
    assert edge.post(body, content_type).status_code in {200, 400, 404}


# A NUL, which PostgreSQL's texts cannot hold, and what is no text at all.
SPOILT: list[dict[str, Any]] = [
    {"text": "Acme: called \0 today"}, {"ts": "\0"}, {"thread_ts": "\0"}, {"channel": "C\0"},
    {"type": "user_change", "user": {"id": "U0ANA", "name": "a\0"}},
    {"type": "user_change", "user": {"id": ["U0ANA"], "tz": {"zone": 1}}}, {"ts": ["1.2"]}, {"channel": {"id": "C"}},
]  # fmt: skip


def test_a_value_that_the_database_cannot_hold_is_no_error_of_ours(store: Store) -> None:
    said = {"type": "message", "channel": "D0ANA", "channel_type": "im", "user": "U0ANA", "ts": "1.2", "text": "x"}
    with edge_on(store) as edge:
        for number, spoilt in enumerate(SPOILT):
            body = {
                "type": "event_callback",
                "team_id": "T0PLAY",
                "event_id": f"Ev{number}",
                "event": {**said, **spoilt},
            }
            assert edge.post(json.dumps(body)).status_code in {200, 400}, spoilt
            assert edge.post(json.dumps(body | {"event_id": f"Ev{number}\0"})).status_code in {200, 400}, spoilt
        for team, organisation in ((["T0PLAY"], None), ({"id": 1}, None), (None, ["E0"]), ([["T"]], {"id": 1})):
            of_whom = {"team_id": team, "enterprise_id": organisation, "is_enterprise_install": team is None}
            whole: dict[str, Any] = {"type": "event_callback", "event_id": "Ev", "event": said}
            answer = edge.post(json.dumps(whole | {"authorizations": [of_whom]}))
            assert answer.status_code in {200, 400}, of_whom


def test_what_is_not_utf_8_is_refused(edge: Edge) -> None:
    assert edge.post(b"text=\xff\xfe", FORM).status_code == 400


def test_slack_s_check_of_the_address_is_answered(edge: Edge) -> None:
    answer = edge.post(json.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB10F"}))
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1aB10F"})


def test_slack_s_check_of_the_certificate_is_answered(edge: Edge) -> None:
    assert edge.post("ssl_check=1&token=x", FORM).status_code == 200
    assert httpx.get(f"{edge.url}{EVENTS}?ssl_check=1&token=x", trust_env=False).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_other_methods_are_refused(edge: Edge, method: str) -> None:
    assert httpx.request(method, edge.url + EVENTS, trust_env=False).status_code == 405


@pytest.mark.parametrize("path", ["/", "/slack", "/slack/events/", "/docs", "/.env", "/healthz/../slack/events"])
def test_there_is_nothing_else(edge: Edge, path: str) -> None:
    assert httpx.get(edge.url + path, trust_env=False).status_code in {404, 405, 307}


def test_a_client_that_leaves_in_the_middle_does_no_harm(edge: Edge) -> None:
    with socket.create_connection(("127.0.0.1", edge.port), timeout=5) as raw:
        raw.sendall(f"POST {EVENTS} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf".encode())
    assert edge.post(command(), FORM).status_code == 200


def test_healthz_says_that_the_process_lives(edge: Edge) -> None:
    answer = httpx.get(f"{edge.url}/healthz", trust_env=False)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_metrics_are_drawn_from_the_database(edge: Edge) -> None:
    assert edge.post(command(), FORM).status_code == 200
    answer = httpx.get(f"{edge.url}/metrics", trust_env=False)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "keepwarm_digests_due 0.0" in answer.text
    assert float(answer.text.split("keepwarm_dispatch_seconds_count ")[1].split()[0]) >= 1


def test_readyz_names_what_is_wrong(edge: Edge) -> None:
    assert httpx.get(f"{edge.url}/readyz", trust_env=False).status_code == 200
    edge.wrong["migrations"] = "run `python -m bot migrate`"
    answer = httpx.get(f"{edge.url}/readyz", trust_env=False)
    edge.wrong.clear()
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "migrations": "run `python -m bot migrate`"})


def test_readyz_names_what_is_late_and_goes_on_taking_requests(edge: Edge) -> None:
    edge.late["oldest_unsent_seconds"] = 3601
    answer = httpx.get(f"{edge.url}/readyz", trust_env=False)
    edge.late.clear()
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "oldest_unsent_seconds": 3601})
