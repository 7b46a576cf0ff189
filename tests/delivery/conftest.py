"""An outbox, the stand-in for Slack behind it, and dispatchers between them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from slack_sdk import WebClient

from bot.delivery.local import LocalDispatcher
from bot.delivery.sending import deliver
from bot.delivery.settling import Sender
from bot.playground import Playground
from bot.playground.faults import Fault, Faults
from storage import claiming, outbox
from storage.engine import Store
from storage.models import Delivery, DeliveryState
from tests.support.bot import StandingClock, make_office, office
from tests.support.slack import BOT_TOKEN, build_slack

__all__ = ["make_office", "office"]


class Interlude(Faults):
    """Lets something happen, once, when Slack is asked for a method the `at`th time and has not answered yet."""

    def __init__(self, method: str, happens: Callable[[], object], *, at: int = 1) -> None:
        super().__init__()
        self._method, self._happens, self._left = method, happens, at

    def take(self, method: str) -> Fault | None:
        """What goes wrong with this call, as ever."""
        if method == self._method:
            self._left -= 1
            if self._left == 0:
                self._happens()
        return super().take(method)


class Held:
    """A call that hangs: it began, and it goes on when it is let go."""

    def __init__(self) -> None:
        self._began, self._let_go = threading.Event(), threading.Event()

    def wait(self) -> None:
        """Hang, on Slack's side."""
        self._began.set()
        assert self._let_go.wait(10)

    def began(self) -> bool:
        """Wait until the call has come; say whether it did."""
        return self._began.wait(10)

    def let_go(self) -> None:
        """Let Slack answer."""
        self._let_go.set()


@dataclass
class Mailroom:
    """What is owed to Slack in one workspace, and who sends it. Nothing is sent before `settle`."""

    store: Store
    slack: Playground
    clock: StandingClock
    workspace_id: int
    dispatcher: LocalDispatcher = field(init=False)

    def __post_init__(self) -> None:
        self.dispatcher = self.hire("first")

    def hire(
        self,
        name: str,
        *,
        send_when_unsure: bool = False,
        timeout: float = 5,
        token: str | None = BOT_TOKEN,
        kind: type[LocalDispatcher] = LocalDispatcher,
    ) -> LocalDispatcher:
        """Make another dispatcher on the same database; `timeout` is how long it waits for Slack, in seconds."""
        client = WebClient(token=token, base_url=self.slack.api_url, timeout=timeout, retry_handlers=[])  # type: ignore[arg-type]
        return kind(
            self.store,
            sender=Sender(name, send_when_unsure),
            clock=self.clock,
            client_for=lambda _workspace_id: client if token else None,
        )

    def owe(self, text: str, channel: str = "C0TEAM", *, due_at: datetime | None = None) -> int:
        """Owe a text; return the delivery's id."""
        owed = outbox.Owed(
            key=f"text:{channel}:{text}", kind="text", channel=channel, payload={"text": text}, due_at=due_at
        )
        return self.owe_as(owed)

    def owe_as(self, owed: outbox.Owed) -> int:
        """Owe a delivery of any kind; return its id."""
        with self.store.write(self.workspace_id) as ledger:
            delivery_id = outbox.owe(ledger, owed, now=self.clock())
        assert delivery_id is not None
        return delivery_id

    def settle(self) -> None:
        """Send everything that is due now."""
        self.dispatcher.drain()

    def row(self, delivery_id: int) -> Delivery:
        """The delivery as it stands."""
        with self.store.read(self.workspace_id) as ledger:
            found = ledger.get(Delivery, delivery_id)
        assert found is not None
        return found

    def state(self, delivery_id: int) -> DeliveryState:
        """How far a delivery has come."""
        return self.row(delivery_id).state

    def texts(self, channel: str = "C0TEAM") -> list[str]:
        """What the bot has said in a channel."""
        return [message.text for message in self.slack.from_bot(channel)]

    def meanwhile(self, method: str, happens: Callable[[], object], *, at: int = 1) -> None:
        """Let something happen while Slack is busy with the `at`th call of a method from now."""
        self.slack.web_api.faults = Interlude(method, happens, at=at)

    def hold(self, method: str) -> "Held":
        """Keep Slack from answering the next call of a method until it is let go."""
        held = Held()
        self.meanwhile(method, held.wait)
        return held

    def claim(self, name: str = "dead", **lease: float) -> Sequence[Delivery]:
        """Claim like a process that dies right after."""
        with self.store.session() as session:
            return claiming.claim(
                session,
                now=self.clock(),
                lease_owner=name,
                lease=timedelta(**(lease or {"seconds": 60})),
                limit=100,
            )

    def send(self, name: str, claimed: Delivery) -> None:
        """Go on with a delivery that was claimed in that name."""
        client = WebClient(token=BOT_TOKEN, base_url=self.slack.api_url, retry_handlers=[])
        deliver(self.store, claimed, client, sender=Sender(name), clock=self.clock)


@pytest.fixture
def make_mailroom(now: datetime, make_workspace: Callable[[Store, str], int]) -> Iterator[Callable[[Store], Mailroom]]:
    """Build mailrooms on a store; their Slacks stop at the end of the test."""
    running: list[Playground] = []

    def make(store: Store) -> Mailroom:
        clock = StandingClock(now)
        slack = build_slack(clock)
        slack.start()
        running.append(slack)
        return Mailroom(store, slack, clock, make_workspace(store, "T0PLAY"))

    yield make
    for slack in running:
        slack.stop()


@pytest.fixture
def mailroom(store: Store, make_mailroom: Callable[[Store], Mailroom]) -> Mailroom:
    """A mailroom, on SQLite and on PostgreSQL."""
    return make_mailroom(store)


@pytest.fixture
def small_mailroom(sqlite_store: Store, make_mailroom: Callable[[Store], Mailroom]) -> Mailroom:
    """A mailroom on SQLite alone, where the database makes no difference."""
    return make_mailroom(sqlite_store)
