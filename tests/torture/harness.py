"""Killing the bot at random moments, hundreds of times, while Slack misbehaves; and counting what came of it.

Every round owes some messages, sends Slack's events to whoever lives, more often than once, and kills a process.
At the end each delivery stands in Slack exactly once, and each event was applied exactly once.
"""

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.context import ForkServerContext, ForkServerProcess

import httpx
from cryptography.fernet import Fernet
from sqlalchemy import update
from sqlmodel import col, select

from bot.delivery.call import METADATA_TYPE
from bot.manifest import build_manifest
from bot.playground import Channel
from bot.playground.line import Request
from bot.usecases.installing import remember_workspace
from storage import outbox
from storage.columns import Keyring
from storage.engine import Store
from storage.models import Delivery, DeliveryState, TeammateRow, Touch
from tests.support.books import Books
from tests.support.slack import BOT_TOKEN, SIGNING_SECRET, build_slack
from tests.torture.life import Address, live
from tests.torture.weather import Weather

WORKSPACES = 6
CHANNELS = 10
SLOWEST_END = timedelta(minutes=6)
_POSTS = ("text", "logged")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to go on: kills, processes at a time, messages a round (and one event), the seed of every chance.

    In fair weather Slack does nothing wrong, and it is over sooner: a lost answer is looked for after five seconds.
    """

    kills: int
    processes: int
    messages_a_round: int = 5
    seed: int = 20261124
    fair_weather: bool = False


@dataclass
class Verdict:
    """What came of it. Nothing may be lost, twice, or foreign; every event is applied once."""

    owed: int = 0
    kills: int = 0
    faults: int = 0
    looked_up: int = 0
    seconds: float = 0
    lost: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    unsettled: Counter[str] = field(default_factory=Counter)
    events: int = 0
    event_requests: int = 0
    touches: int = 0
    overtaken: int = 0

    @property
    def is_flawless(self) -> bool:
        """Whether each delivery came exactly once, in order, and each event took effect exactly once."""
        wrong = self.lost or self.twice or self.unsettled or self.overtaken
        return not wrong and self.touches == self.events

    def __str__(self) -> str:
        return (
            f"{self.owed} deliveries, {self.kills} kills, {self.faults} bad answers, {self.looked_up} looked for:"
            f" {len(self.lost)} lost, {len(self.twice)} twice, {self.overtaken} overtaken, unsettled"
            f" {dict(self.unsettled)}; {self.events} events in {self.event_requests} requests: {self.touches} touches;"
            f" {self.seconds:.0f} s"
        )


class Torture:
    """A Slack in bad weather, a ledger, and processes that live until they are killed."""

    def __init__(self, store: Store, plan: Plan, context: ForkServerContext) -> None:
        self._store, self._plan, self._context = store, plan, context
        self._chance = random.Random(plan.seed)
        self._weather = Weather(plan.seed)
        self._weather.clear_sky = plan.fair_weather
        self._verdict = Verdict()
        self._lives: dict[int, ForkServerProcess] = {}
        self._events: list[Request] = []
        self._key = Fernet.generate_key().decode()
        self._pause = threading.Event()

    def run(self) -> Verdict:
        """Do all of it and count."""
        begun = time.monotonic()
        channels = [
            Channel(self._channel(n, m), f"c{n}-{m}", {"U0ANA", "U0BOT"})
            for n in range(WORKSPACES) for m in range(CHANNELS)
        ]  # fmt: skip
        manifest = build_manifest(http_url="https://torture.invalid")
        with build_slack(lambda: datetime.now(UTC), channels=channels, manifest=manifest) as slack, self._keys():
            slack.web_api.faults = self._weather
            slack.events_url = lambda _headers, _body: (200, "")
            self._workspaces = [self._install(number) for number in range(WORKSPACES)]
            self._slack = slack
            ports = [_free_port() for _ in range(self._plan.processes)]
            for port in ports:
                self._begin(port)
            try:
                while self._verdict.kills < self._plan.kills:
                    self._round(ports)
                self._weather.clear_sky = True
                self._finish(ports)
            finally:
                for process in self._lives.values():
                    process.kill()
                    process.join(10)
            self._count()
        self._verdict.seconds = time.monotonic() - begun
        return self._verdict

    @contextmanager
    def _keys(self) -> Iterator[None]:
        from cryptography.fernet import MultiFernet

        before = Keyring.fernet
        Keyring.fernet = MultiFernet([Fernet(self._key)])
        yield
        Keyring.fernet = before

    def _channel(self, workspace: int, number: int) -> str:
        return f"C0W{workspace}N{number}"

    def _install(self, number: int) -> int:
        team = "T0PLAY" if number == 0 else f"T0PLAY{number}"
        now = datetime.now(UTC)
        with self._store.session() as session:
            workspace_id = remember_workspace(
                session, slack_team_id=team, name=team, slack_bot_user_id="U0BOT", bot_token=BOT_TOKEN, now=now
            )  # fmt: skip
            session.add(
                TeammateRow(
                    workspace_id=workspace_id, slack_user_id="U0ANA", name="Ana", email="ana@example.com",
                    timezone="UTC", locale="en-GB", seen_at=now,
                )
            )  # fmt: skip
        with self._store.write(workspace_id) as ledger:
            books = Books(ledger)
            books.customer("Acme", segment_id=books.segment(), since_on=now.date(), owner_id=books.person("U0ANA"))
            books.settle()
        return workspace_id

    def _begin(self, port: int) -> None:
        url = self._store.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
        address = Address(url, self._slack.api_url, BOT_TOKEN, SIGNING_SECRET, self._key)
        process = self._context.Process(target=live, args=(address, port))
        process.start()
        self._lives[port] = process

    def _round(self, ports: list[int]) -> None:
        self._owe(self._plan.messages_a_round)
        self._say()
        self._send_events(ports, times=2)
        # The moment must be no event's: a process may die between any two of its statements, not only when it calls.
        self._pause.wait(self._chance.uniform(0.05, 1.5))
        self._kill(self._chance.choice(ports))

    def _owe(self, count: int) -> None:
        for _ in range(count):
            number = self._chance.randrange(WORKSPACES)
            channel = self._channel(number, self._chance.randrange(CHANNELS))
            self._verdict.owed += 1
            text = f"message {self._verdict.owed}"
            with self._store.write(self._workspaces[number]) as ledger:
                owed = outbox.Owed(key=text, kind="text", channel=channel, payload={"text": text})
                outbox.owe(ledger, owed, now=datetime.now(UTC))

    def _say(self) -> None:
        """Ana logs a touch in her conversation with the bot; Slack has an event of it to send."""
        self._verdict.events += 1
        self._slack.say("U0ANA", self._slack.dm("U0ANA"), f"Acme: called today, round {self._verdict.events}")
        self._events.append(self._slack.requests[-1])

    def _send_events(self, ports: list[int], *, times: int) -> None:
        """Send what nobody has acknowledged, as Slack does, and sometimes what somebody has."""
        for _ in range(times):
            for request in list(self._events):
                if self._deliver_event(request, self._chance.choice(ports)) and self._chance.random() < 0.5:
                    self._events.remove(request)

    def _deliver_event(self, request: Request, port: int) -> bool:
        body = request.body()
        self._verdict.event_requests += 1
        try:
            answer = httpx.post(
                f"http://127.0.0.1:{port}/slack/events", content=body, trust_env=False, timeout=3,
                headers=request.headers(SIGNING_SECRET, body),
            )  # fmt: skip
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    def _kill(self, port: int) -> None:
        victim = self._lives[port]
        victim.kill()
        victim.join(10)
        self._verdict.kills += 1
        self._let_its_calls_arrive()
        self._forget_claims(victim.pid or 0)
        self._begin(port)

    def _let_its_calls_arrive(self) -> None:
        """Wait for what the dead one asked of Slack: a claim outlasts every call by far, until it is forgotten here."""
        self._pause.wait(0.1)
        asked = self._slack.web_api.under_way
        while not self._slack.web_api.is_done_with(asked):
            self._pause.wait(0.01)

    def _forget_claims(self, pid: int) -> None:
        """Let the claims of the dead run out now: they would in a minute, and nobody holds them."""
        now = datetime.now(UTC)
        with self._store.session() as session:
            session.execute(
                update(Delivery)
                .where(col(Delivery.lease_owner).like(f"%:{pid}:%"))
                .values(lease_until_at=now)
                .execution_options(synchronize_session=False)
            )

    def _finish(self, ports: list[int]) -> None:
        """Send what is left until all of it is done; what is not by then is counted as lost."""
        give_up = time.monotonic() + SLOWEST_END.total_seconds()
        while (self._events or self._waiting()) and time.monotonic() < give_up:
            self._send_events(ports, times=1)
            self._pause.wait(0.2)

    def _rows(self) -> list[Delivery]:
        with self._store.session(writes=False) as session:
            return list(session.exec(select(Delivery)).all())

    def _waiting(self) -> bool:
        with self._store.session(writes=False) as session:
            query = select(Delivery.id).where(col(Delivery.state).in_(outbox.OWED)).limit(1)
            return session.exec(query).first() is not None

    def _count(self) -> None:
        in_slack = Counter(
            int(message.metadata["event_payload"]["key"])
            for message in self._slack.workspace.messages
            if message.bot_id and message.metadata and message.metadata["event_type"] == METADATA_TYPE
        )
        rows = self._rows()
        posts = [row for row in rows if row.kind in _POSTS]
        verdict = self._verdict
        verdict.owed = len(posts)
        verdict.faults = self._weather.blown
        verdict.looked_up = len([row for row in posts if row.attempts > 1])
        verdict.lost = [row.id for row in posts if in_slack[row.id] == 0]
        verdict.twice = [key for key, number in in_slack.items() if number > 1]
        verdict.unsettled = Counter(
            f"{row.kind}:{row.state}:{row.error}" for row in rows
            if row.state not in {DeliveryState.SENT, DeliveryState.CANCELLED}
        )  # fmt: skip
        with self._store.session(writes=False) as session:
            verdict.touches = len(session.exec(select(Touch.id)).all())
        verdict.overtaken = self._overtaken()

    def _overtaken(self) -> int:
        """How many messages of a channel stand before one that was owed earlier."""
        found = 0
        for number in range(WORKSPACES):
            for channel in range(CHANNELS):
                texts = [m.text for m in self._slack.from_bot(self._channel(number, channel))]
                order = [int(text.split()[1]) for text in texts]
                found += sum(later < earlier for earlier, later in pairwise(order))
        return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def torture(store: Store, plan: Plan, context: ForkServerContext, say: Callable[[str], object] = print) -> Verdict:
    """Torture the bot on a migrated, empty ledger and say what came of it."""
    verdict = Torture(store, plan, context).run()
    say(f"{store.engine.dialect.name}, {plan.processes} at a time: {verdict}")
    return verdict
