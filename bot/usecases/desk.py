"""What a person's request is served with: the ledger, the time, Slack's directory, and a bell for the dispatcher."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.domain.model import Teammate
from bot.domain.people import SlackChannel, SlackPerson
from bot.usecases import teammates
from storage.engine import Store
from storage.ledger import Ledger

__all__ = ["AlreadyHandled", "Desk", "Directory", "Ledger"]


class AlreadyHandled(Exception):
    """This request of Slack's took effect before; it is answered and does nothing."""


class Directory(Protocol):
    """What Slack knows about people and channels. Raises UserError when Slack can't be asked."""

    def person(self, workspace_id: int, slack_user_id: str) -> SlackPerson:
        """Return a person's profile."""
        ...

    def read_profile(self, workspace_id: int, user: dict[str, Any]) -> SlackPerson:
        """Read a profile that Slack sent with an event."""
        ...

    def is_read_outside(self, workspace_id: int, slack_channel_id: str, *, now: datetime) -> bool:
        """Say whether Slack knows that people of another organisation read a channel; asked every few minutes."""
        ...

    def channel(self, workspace_id: int, slack_channel_id: str) -> SlackChannel:
        """Return who reads a channel."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Opens ledgers for handlers.

    `wake` says that something is owed now, `forget` that a workspace's token is gone, `recompute` that a segment's
    policy changed.
    """

    store: Store
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    directory: Directory
    forget: Callable[[int], None] = lambda _workspace_id: None
    recompute: Callable[[], None] = lambda: None

    @contextmanager
    def look(self, workspace_id: int) -> Iterator[Ledger]:
        """Open the ledger of a workspace to read."""
        with self.store.read(workspace_id) as ledger:
            yield ledger

    @contextmanager
    def effect(self, workspace_id: int, key: str, *, now: datetime) -> Iterator[Ledger]:
        """Open the ledger to write, once per request: the key is written in the same transaction as the effect.

        Raises AlreadyHandled when the key is there. A failure leaves no key, so Slack's retry does the work.
        """
        with self.store.write(workspace_id) as ledger:
            if not ledger.is_first(key, now=now):
                raise AlreadyHandled
            yield ledger
        self.wake()

    @contextmanager
    def record(self, workspace_id: int) -> Iterator[Ledger]:
        """Open the ledger to read what is then written down as seen: asked twice, it was seen twice."""
        with self.store.write(workspace_id) as ledger:
            yield ledger

    def admit(self, workspace_id: int, slack_user_id: str, *, now: datetime) -> Teammate:
        """Return the teammate behind a Slack id, if they may use the bot.

        Raises NotAllowed for guests, bots, deactivated people and people of other organisations.
        """
        return teammates.admitted(self.meet(workspace_id, slack_user_id, now=now))

    def meet(self, workspace_id: int, slack_user_id: str, *, now: datetime) -> Teammate:
        """Return the person behind a Slack id, whoever they are; Slack is asked for a profile that is new or old."""
        with self.store.read(workspace_id) as ledger:
            found = teammates.known(ledger, slack_user_id, now=now)
        if found is None:
            person = self.directory.person(workspace_id, slack_user_id)
            with self.store.write(workspace_id) as ledger:
                found = teammates.remember(ledger, person, now=now)
        return found
