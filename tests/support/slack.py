"""A started stand-in for Slack with the cast of the tests, for any test that needs one.

Import the fixtures where they are used (or in a conftest): `from tests.support.slack import slack, now`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient

from bot.playground import Channel, Person, Playground
from bot.playground.line import Direct

SIGNING_SECRET = "playground-signing-secret"
BOT_TOKEN = "xoxb-playground"
TEAM = "T0PLAY"

PEOPLE = (
    Person("U0ANA", "ana", "Ana Lopez", tz="Europe/London", locale="en-GB", email="ana@example.com", is_admin=True),
    Person("U0BEN", "ben", "Ben Carter", tz="America/New_York", locale="en-US", email="ben@example.com"),
    Person("U0CHI", "chi", "Chi Nguyen", tz="Europe/Berlin", locale="de-DE", email="chi@example.com"),
    Person("U0GUE", "gus", "Gus the guest", email="gus@example.org", is_restricted=True),
    Person("U0OLD", "olga", "Olga Left", email="olga@example.com", deleted=True),
    Person("U0EXT", "eve", "Eve Elsewhere", email="eve@elsewhere.example", is_stranger=True, team_id="T0ELSE"),
    Person("U0BOT", "keepwarm", "Keepwarm", tz="UTC", is_bot=True),
)
CHANNELS = (
    Channel("C0TEAM", "customers", {"U0ANA", "U0BEN", "U0CHI", "U0BOT"}),
    Channel("C0SHARE", "with-elsewhere", {"U0ANA", "U0BEN", "U0EXT", "U0BOT"}, is_ext_shared=True),
    Channel("C0OLD", "archive", {"U0ANA", "U0BOT"}, is_archived=True),
    Channel("C0OUT", "leadership", {"U0ANA", "U0BEN"}),
    Channel("C0PRIV", "sales-leads", {"U0ANA", "U0BOT"}, is_private=True),
)


class Now:
    """A clock that stands still until it is moved. Starts on Tuesday, 24 November 2026, 09:00 UTC."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


def build_slack(clock: Callable[[], datetime], **settings: Any) -> Playground:
    """A playground with the cast, not started; `settings` go to Playground."""
    given = {"people": PEOPLE, "channels": CHANNELS, "team_id": TEAM, "signing_secret": SIGNING_SECRET}
    return Playground(clock=clock, **{**given, **settings})


def bolt_line(app: App) -> Direct:
    """Let the playground call a Bolt app directly: the same signed headers and body, without a second server."""

    def dispatch(headers: Mapping[str, str], body: str) -> tuple[int, str]:
        response = app.dispatch(BoltRequest(body=body, headers=dict(headers)))
        return response.status, response.body

    return dispatch


def web_client(slack: Playground) -> WebClient:
    """A client for the playground's Web API that never sends twice by itself."""
    return WebClient(token=BOT_TOKEN, base_url=slack.api_url, retry_handlers=[])


def bolt_app(slack: Playground, **settings: Any) -> App:
    """An empty Bolt app that the playground calls directly and that talks back over HTTP."""
    given = {"client": web_client(slack), "process_before_response": True, "token_verification_enabled": False}
    app = App(name="tests", signing_secret=SIGNING_SECRET, **{**given, **settings})
    slack.events_url = bolt_line(app)
    return app


def noting(seen: list[Any], part: str = "body") -> Callable[..., None]:
    """A listener that acknowledges and keeps what it was given: the whole body, or the payload (an action, a view)."""

    def listener(ack: Callable[[], object], body: Any, payload: Any) -> None:
        seen.append(body if part == "body" else payload)
        ack()

    return listener


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def slack(now: Now) -> Iterator[Playground]:
    with build_slack(now) as playground:
        yield playground
