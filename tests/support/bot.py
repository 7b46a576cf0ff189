"""The whole bot against the stand-in for Slack, with a clock that stands still and nothing sent behind one's back."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from bot.app import Keepwarm
from bot.manifest import build_manifest
from bot.playground import Playground
from bot.settings import Settings
from bot.usecases import teammates
from storage.engine import Store
from storage.ledger import Ledger
from storage.transaction import Transaction
from tests.support.slack import bolt_line, build_slack

Given = TypeVar("Given")


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
        people = [keepwarm.directory.person(workspace_id, slack_id) for slack_id in ("U0ANA", "U0BEN", "U0CHI")]
        with store.write(workspace_id) as ledger:
            for person in people:
                teammates.remember(ledger, person, now=clock())
        return Office(slack, keepwarm, clock, workspace_id)

    yield make
    for slack in running:
        slack.stop()


class OneAtATime(Store):
    """A store of which a thread may open one transaction at a time.

    With a second one inside the first, as many requests as there are connections would wait for each other for ever.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._mine = threading.local()

    @contextmanager
    def _alone(self, opened: AbstractContextManager[Given]) -> Iterator[Given]:
        assert not getattr(self._mine, "is_open", False), "a transaction is opened inside another one"
        self._mine.is_open = True
        try:
            with opened as given:
                yield given
        finally:
            self._mine.is_open = False

    def session(self, *, writes: bool = True) -> AbstractContextManager[Transaction]:
        return self._alone(super().session(writes=writes))

    def statement(self) -> AbstractContextManager[Transaction]:
        return self._alone(super().statement())

    def write(self, workspace_id: int) -> AbstractContextManager[Ledger]:
        return self._alone(super().write(workspace_id))

    def read(self, workspace_id: int) -> AbstractContextManager[Ledger]:
        return self._alone(super().read(workspace_id))


@pytest.fixture
def office(sqlite_store: Store, make_office: Callable[[Store], Office]) -> Office:
    """An office on SQLite: what most tests of the conversation need."""
    return make_office(OneAtATime(sqlite_store.engine))
