"""The whole bot against the stand-in for Slack, with a clock that stands still and nothing sent behind one's back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from bot.app import Keepwarm
from bot.manifest import build_manifest
from bot.playground import Playground
from bot.settings import Settings
from bot.usecases import teammates
from storage.engine import Store
from storage.ledger import Ledger
from tests.support.slack import bolt_line, build_slack


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Office:
    """A workspace with Ana, Ben and Chi, the bot, and the Slack it talks to. `settle()` sends all that is owed."""

    slack: Playground
    keepwarm: Keepwarm
    clock: StandingClock
    workspace_id: int

    def settle(self) -> None:
        """Send everything that is owed now."""
        self.keepwarm.dispatcher.drain()

    def tick(self) -> None:
        """Let the clock tick once, and send what that leads to."""
        self.keepwarm.tick()
        self.settle()

    def ledger(self) -> "Iterator[Ledger]":
        return self.keepwarm.store.write(self.workspace_id)  # type: ignore[return-value]


@pytest.fixture
def make_office(now: datetime) -> Iterator[Callable[[Store], Office]]:
    """Build offices on a store; their Slacks stop at the end of the test."""
    running: list[Playground] = []

    def make(store: Store) -> Office:
        clock = StandingClock(now)
        slack = build_slack(clock, manifest=build_manifest())
        slack.start()
        running.append(slack)
        settings = Settings(
            database_url="sqlite:///unused.db",
            bot_token=SecretStr(slack.bot_token),
            api_url=slack.api_url,
            _env_file=None,
        )
        keepwarm = Keepwarm(settings, store, clock)
        slack.events_url = bolt_line(keepwarm.bolt)
        workspace_id = keepwarm.install()
        with store.write(workspace_id) as ledger:
            for slack_id in ("U0ANA", "U0BEN", "U0CHI"):
                teammates.remember(ledger, keepwarm.directory.person(workspace_id, slack_id), now=clock())
        return Office(slack, keepwarm, clock, workspace_id)

    yield make
    for slack in running:
        slack.stop()


@pytest.fixture
def office(sqlite_store: Store, make_office: Callable[[Store], Office]) -> Office:
    """An office on SQLite: what most tests of the conversation need."""
    return make_office(sqlite_store)
