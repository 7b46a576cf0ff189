"""Whatever order ticks, replicas, deaths and clock jumps come in: one digest a person and local working day."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk import WebClient
from sqlmodel import col, select

from bot.clock import tick
from bot.delivery.local import LocalDispatcher
from bot.delivery.settling import LEASE, Sender
from bot.domain.days_off import DaysOff
from bot.domain.working_time import instant_at, is_worth_sending, local_day
from bot.playground import Playground
from bot.public_holidays import days_of
from bot.usecases.days_off import region_of
from storage import claiming, people
from storage.engine import Store, make_engine
from storage.models import Delivery, DeliveryState, Digest, TeammateRow, Workspace
from tests.conftest import people as three_people
from tests.support.books import Books
from tests.support.bot import StandingClock
from tests.support.slack import build_slack, web_client

# A Monday, before anybody's nine o'clock.
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
# The clocks of Europe go back on Sunday the 25th, those of New York a week later.
AUTUMN = datetime(2026, 10, 23, 6, tzinfo=UTC)
REPLICAS = 3


@pytest.fixture(scope="module")
def slack() -> Iterator[Playground]:
    with build_slack(StandingClock(MONDAY)) as playground:
        playground.workspace.settings.scopes |= {"im:write"}
        yield playground


@pytest.fixture(scope="module")
def ledger_file(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which everybody has somebody to be told about, every day of a week."""
    path = tmp_path_factory.mktemp("interleavings") / "ledger.db"
    shutil.copy(_sqlite_template, path)
    store = Store(make_engine(f"sqlite:///{path}"))
    with store.session() as session:
        row = Workspace(slack_team_id="T0PLAY", slack_bot_user_id="U0BOT", installed_at=AUTUMN)
        session.add(row)
        session.flush()
        session.add_all(three_people(row.id))
        workspace_id = row.id
    with store.write(workspace_id) as ledger:
        books = Books(ledger)
        segment = books.segment(set_cadence_days=21)
        for person in ("U0ANA", "U0BEN", "U0CHI"):
            for number in range(40):
                books.customer(
                    f"{person} {number}", segment_id=segment, owner_id=books.person(person),
                    since_on=date(2026, 1, 1), touched=[date(2026, 8, 1)],
                )  # fmt: skip
        books.settle()
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.engine.dispose()
    return path


@dataclass
class Replicas:
    """Three replicas on one ledger. Each has a clock's eye, a dispatcher, and a life that can end."""

    store: Store
    slack: Playground
    clock: StandingClock
    workspace_id: int
    lives: int = 0
    jumps: list[int] = field(default_factory=list)
    ticked_at: list[datetime] = field(default_factory=list)
    dispatchers: list[LocalDispatcher] = field(default_factory=list)
    planned: set[tuple[str, date]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dispatchers = [self.new_life() for _ in range(REPLICAS)]

    def new_life(self) -> LocalDispatcher:
        self.lives += 1
        client: WebClient = web_client(self.slack)
        return LocalDispatcher(
            self.store, sender=Sender(f"life {self.lives}"), clock=self.clock, client_for=lambda _: client
        )  # fmt: skip

    def do(self, action: tuple[str, int]) -> None:
        name, number = action
        match name:
            case "forward":
                self.clock.forward(minutes=number)
            case "back":
                self.jumps.append(number)
                self.clock.forward(minutes=-number)
            case "tick":
                self.ticked_at.append(self.clock())
                tick(self.store, now=self.clock())
            case "send":
                self.dispatchers[number % REPLICAS].drain()
            case _:
                self.die(number % REPLICAS)

    def die(self, replica: int) -> None:
        """End between the claim and the call, and come back under another name."""
        with self.store.session() as session:
            claiming.claim(session, now=self.clock(), lease_owner=f"dead {self.lives}", lease=LEASE, limit=2)
        self.dispatchers[replica] = self.new_life()

    def settle(self) -> None:
        """Let what a jump back left in the future fall due, and the claims of the dead run out; send the rest."""
        for minutes in (65 * len(self.jumps), 2, 2):
            self.clock.forward(minutes=minutes)
            self.dispatchers[0].drain()

    def expected(self) -> set[tuple[str, date]]:
        """Who should have a digest of which day, told from when the clock was looked at."""
        found = set()
        for row in three_people(self.workspace_id):
            off = DaysOff((), days_of(region_of(people.teammate(row))))  # Thanksgiving is within reach
            for now in self.ticked_at:
                day = local_day(now, row.timezone)
                nine = instant_at(day, 540, row.timezone)
                if (
                    day.isoweekday() <= 5
                    and day not in off
                    and nine <= now
                    and is_worth_sending(nine, now, row.timezone)
                ):
                    found.add((row.slack_user_id or "", day))
        return found


ACTIONS = st.one_of(
    st.tuples(st.just("forward"), st.sampled_from([1, 20, 61, 240, 1440, 4320])),
    st.tuples(st.just("tick"), st.just(0)),
    st.tuples(st.just("tick"), st.just(0)),
    st.tuples(st.just("send"), st.integers(0, 2)),
    st.tuples(st.just("die"), st.integers(0, 2)),
)
JUMPS_BACK = st.tuples(st.just("back"), st.integers(1, 60))
CAREFUL = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def play(path: Path, slack: Playground, begin: datetime, actions: list[tuple[str, int]]) -> Replicas:
    """Do all of it on a fresh ledger, and check what must always hold."""
    with TemporaryDirectory() as folder:
        shutil.copy(path, f"{folder}/ledger.db")
        store = Store(make_engine(f"sqlite:///{folder}/ledger.db"))
        clock = StandingClock(begin)
        slack.workspace.clock = clock
        slack.workspace.messages.clear()
        with store.session() as session:
            row = session.exec(select(TeammateRow)).first()
        assert row is not None
        with store.write(row.workspace_id) as ledger:
            for person in ledger.rows(TeammateRow):
                person.next_digest_at = instant_at(local_day(begin, person.timezone), 540, person.timezone)
                person.seen_at = begin
                ledger.add(person)
        replicas = Replicas(store, slack, clock, row.workspace_id)
        for action in actions:
            replicas.do(action)
        replicas.settle()
        with store.read(row.workspace_id) as ledger:
            deliveries = {found.id: found for found in ledger.rows(Delivery, col(Delivery.kind) == "digest")}
            digests = {found.id: found for found in ledger.rows(Digest)}
        store.engine.dispose()
    sent = Counter(
        (deliveries[key].channel, digests[deliveries[key].subject_id or 0].local_on)
        for message in slack.workspace.messages
        if message.metadata and (key := int(message.metadata["event_payload"]["key"])) in deliveries
    )
    assert set(sent.values()) <= {1}, "a person had two digests of one day"
    planned = Counter((found.channel, digests[found.subject_id or 0].local_on) for found in deliveries.values())
    assert set(planned.values()) <= {1}
    for found in deliveries.values():
        day = digests[found.subject_id or 0].local_on
        was_sent = (found.channel, day) in sent
        assert found.state is (DeliveryState.SENT if was_sent else DeliveryState.CANCELLED), found.error
        assert day.isoweekday() <= 5
    replicas.planned = set(planned)
    return replicas


@CAREFUL
@given(actions=st.lists(ACTIONS, max_size=20), begin=st.sampled_from([MONDAY, AUTUMN]))
def test_each_working_day_that_the_clock_sees_has_one_digest(
    ledger_file: Path, slack: Playground, actions: list[tuple[str, int]], begin: datetime
) -> None:
    replicas = play(ledger_file, slack, begin, actions)
    assert replicas.planned == replicas.expected()


@CAREFUL
@given(actions=st.lists(st.one_of(ACTIONS, JUMPS_BACK), max_size=20), begin=st.sampled_from([MONDAY, AUTUMN]))
def test_a_clock_that_jumps_back_gives_nobody_a_second_one(
    ledger_file: Path, slack: Playground, actions: list[tuple[str, int]], begin: datetime
) -> None:
    replicas = play(ledger_file, slack, begin, actions)
    assert replicas.planned <= replicas.expected()
