"""A bot that people install themselves: its pages, a browser, and the Slack that asks for consent."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from starlette.testclient import TestClient

from bot.app import Keepwarm
from bot.manifest import build_manifest
from bot.playground import Playground
from bot.playground.installs import Where
from bot.settings import Settings
from bot.web import make_web
from storage.columns import Keyring
from storage.engine import Store
from storage.installs import organisation_of
from storage.models import Organisation, Workspace
from storage.people import workspace_of
from tests.support.bot import StandingClock
from tests.support.slack import TEAM, bolt_line, build_slack

PUBLIC = "https://bot.example.com"
OTHER = Where("T0OTHER", "Other & Sons")
ORG = Where(None, "", enterprise_id="E0ORG", is_org=True)


@dataclass
class Browser:
    """One person's browser, with its cookies, on the way from the page to Slack and back."""

    client: TestClient
    slack: Playground

    def get(self, path: str) -> httpx.Response:
        answer: httpx.Response = self.client.get(path)
        return answer

    def start(self) -> dict[str, str]:
        """Press the button; return what Slack's consent page is asked."""
        sent = self.get("/slack/install/start")
        assert sent.status_code == 302
        assert sent.headers["location"].startswith(f"{self.slack.url}/oauth/v2/authorize?")
        return dict(parse_qsl(urlsplit(sent.headers["location"]).query))

    def come_back(self, address: str) -> httpx.Response:
        """Follow Slack's redirect."""
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{PUBLIC}/slack/oauth_redirect"
        return self.get(f"{parts.path}?{parts.query}")

    def install(self, where: Where | None = None, *, installer: str = "U0ANA", without: tuple[str, ...] = ()) -> str:
        """Go the whole way; return the page at its end."""
        asked = self.start()
        done = self.come_back(self.slack.installs.allow(asked, installer=installer, where=where, without=without))
        assert done.status_code == 200, done.text
        return done.text


@dataclass
class Shop:
    """The bot, its Slack, and a way to open browsers. Nothing is installed yet."""

    slack: Playground
    keepwarm: Keepwarm
    clock: StandingClock
    open_browser: Callable[[], Browser]

    @property
    def store(self) -> Store:
        return self.keepwarm.store

    def workspace(self, team_id: str = TEAM) -> Workspace | None:
        with self.store.session(writes=False) as session:
            found = workspace_of(session, team_id)
            return session.get(Workspace, found.id, populate_existing=True) if found else None

    def organisation(self) -> Organisation:
        with self.store.session(writes=False) as session:
            found = organisation_of(session, "E0ORG")
            assert found is not None
            whole = session.get(Organisation, found.id, populate_existing=True)
            assert whole is not None
            return whole

    def installed(self, team_id: str = TEAM) -> Workspace:
        row = self.workspace(team_id)
        assert row is not None
        return row


@pytest.fixture
def make_shop(now: datetime) -> Iterator[Callable[..., Shop]]:
    running: list[Playground] = []

    def make(store: Store, manifest: Mapping[str, object] | None = None, **settings: object) -> Shop:
        clock = StandingClock(now)
        slack = build_slack(clock, manifest=manifest or build_manifest(http_url=PUBLIC, many=True), name="Acorn")
        slack.start()
        running.append(slack)
        given: dict[str, object] = {
            "database_url": "sqlite:///unused.db", "api_url": slack.api_url, "client_id": slack.installs.client_id,
            "client_secret": SecretStr(slack.installs.client_secret), "public_url": PUBLIC,
            "secret_keys": SecretStr(Fernet.generate_key().decode()), "_env_file": None,
        }  # fmt: skip
        keepwarm = Keepwarm(Settings(**{**given, **settings}), store, clock)  # type: ignore[arg-type]
        slack.events_url = bolt_line(keepwarm.bolt)
        web = make_web(events=None, ready=dict, metrics=bytes, more=keepwarm.install_pages())

        def open_browser() -> Browser:
            return Browser(TestClient(web, base_url=PUBLIC, follow_redirects=False), slack)

        return Shop(slack, keepwarm, clock, open_browser)

    yield make
    for slack in running:
        slack.stop()
    Keyring.fernet = None


@pytest.fixture
def shop(sqlite_store: Store, make_shop: Callable[..., Shop]) -> Shop:
    return make_shop(sqlite_store)
