"""Many replicas with procrastinate on PostgreSQL: jobs that live and die with their deliveries, and who takes them."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import text

from bot.delivery.jobs import JobWorker, Timing, rescue
from bot.delivery.settling import Sender
from bot.playground import Channel
from storage import outbox
from storage.engine import Store
from storage.jobs import migrate_jobs, queue_of, schema_problem
from storage.migrate import migrate
from storage.models import Delivery, DeliveryState
from tests.delivery.conftest import Mailroom
from tests.delivery.test_dispatching import in_slack, once_each
from tests.support.slack import build_slack, web_client
from tests.support.waiting import until

CHANNELS = [f"C0{number}" for number in range(6)]
QUICK = Timing(polls_every=0.2, beats_every=0.2, dead_after=1.0, rescues="* * * * * *")


class RealClock:
    """The time it is: PostgreSQL decides by its own when a job is due."""

    now = datetime(2026, 11, 24, tzinfo=UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def mailroom(postgresql_store: Store, make_workspace: Callable[[Store, str], int]) -> Iterator[Mailroom]:
    """A mailroom on PostgreSQL that defers a job for each delivery."""
    store = Store(postgresql_store.engine, queue_of(postgresql_store.engine))
    with store.engine.begin() as connection:
        connection.execute(text("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE"))
    clock: Any = RealClock()
    channels = [Channel(channel, channel.lower(), {"U0ANA", "U0BOT"}) for channel in CHANNELS]
    with build_slack(clock, channels=channels) as slack:
        yield Mailroom(store, slack, clock, make_workspace(store, "T0PLAY"))


@pytest.fixture
def hire(mailroom: Mailroom) -> Iterator[Callable[..., JobWorker]]:
    """Start workers; they stop at the end of the test."""
    hired: list[JobWorker] = []

    def start(name: str, timing: Timing = QUICK) -> JobWorker:
        assert mailroom.store.jobs is not None
        client = web_client(mailroom.slack)
        worker = JobWorker(
            mailroom.store,
            mailroom.store.jobs,
            sender=Sender(name),
            clock=mailroom.clock,
            client_for=lambda _workspace_id: client,
            timing=timing,
        )
        worker.start()
        hired.append(worker)
        return worker

    yield start
    stopped = [worker.stop(timeout=20) for worker in hired]
    assert all(stopped), "one that goes on would work in the tests that follow"


def jobs(mailroom: Mailroom, status: str = "todo") -> list[dict[str, Any]]:
    """The arguments of the jobs in a status."""
    with mailroom.store.engine.connect() as connection:
        query = text("SELECT args FROM procrastinate_jobs WHERE task_name = 'keepwarm.send' AND status::text = :status")
        return [row.args for row in connection.execute(query, {"status": status})]


def states(mailroom: Mailroom) -> set[DeliveryState]:
    with mailroom.store.read(mailroom.workspace_id) as ledger:
        return {row.state for row in ledger.rows(Delivery)}


def test_a_delivery_and_its_job_are_written_together(mailroom: Mailroom) -> None:
    delivery_id = mailroom.owe("hello", "C00")
    assert jobs(mailroom) == [{"workspace_id": mailroom.workspace_id, "delivery_id": delivery_id}]


def test_a_transaction_that_fails_leaves_neither(mailroom: Mailroom) -> None:
    with pytest.raises(RuntimeError), mailroom.store.write(mailroom.workspace_id) as ledger:
        outbox.owe(ledger, outbox.Owed(key="lost", kind="text", channel="C00"), now=mailroom.clock())
        raise RuntimeError("the effect failed")
    assert (jobs(mailroom), states(mailroom)) == ([], set())


def test_a_batch_is_deferred_in_one_statement(mailroom: Mailroom) -> None:
    with mailroom.store.write(mailroom.workspace_id) as ledger:
        for number in range(50):
            owed = outbox.Owed(key=f"{number}", kind="text", channel=CHANNELS[number % 6], payload={"text": "hello"})
            outbox.owe(ledger, owed, now=mailroom.clock())
    assert len(jobs(mailroom)) == 50


def test_what_is_owed_twice_is_one_job(mailroom: Mailroom) -> None:
    mailroom.owe("hello", "C00")
    with mailroom.store.write(mailroom.workspace_id) as ledger:
        again = outbox.Owed(key="text:C00:hello", kind="text", channel="C00")
        assert outbox.owe(ledger, again, now=mailroom.clock()) is None
    assert len(jobs(mailroom)) == 1


def test_the_moment_that_is_given_decides_what_is_for_later(mailroom: Mailroom) -> None:
    """Not the machine's clock, by which the whole of this day in 2046 is for later."""
    moment = datetime(2046, 11, 24, 8, tzinfo=UTC)
    with mailroom.store.write(mailroom.workspace_id) as ledger:
        for key, due_at in (
            ("now", None),
            ("past", moment - timedelta(hours=1)),
            ("later", moment + timedelta(hours=1)),
        ):
            outbox.owe(ledger, outbox.Owed(key=key, kind="text", channel="C00", due_at=due_at), now=moment)
    with mailroom.store.engine.connect() as connection:
        query = text("SELECT lock, scheduled_at FROM procrastinate_jobs ORDER BY id")
        at_once = (f"{mailroom.workspace_id}:C00", None)
        assert connection.execute(query).all() == [at_once, at_once, (None, moment + timedelta(hours=1))]


def test_three_workers_send_each_message_once_and_in_order(mailroom: Mailroom, hire: Callable[..., JobWorker]) -> None:
    for number in range(48):
        mailroom.owe(f"message {number}", CHANNELS[number % len(CHANNELS)])
    for name in ("one", "two", "three"):
        hire(name)
    until(lambda: states(mailroom) == {DeliveryState.SENT}, what="all of it", seconds=20)
    assert in_slack(mailroom) == once_each(48)
    for channel in CHANNELS:
        numbers = [int(text.split()[1]) for text in mailroom.texts(channel)]
        assert numbers == sorted(numbers)
    until(lambda: jobs(mailroom) == jobs(mailroom, "doing") == [], what="the end of the jobs")


def is_listening(mailroom: Mailroom) -> bool:
    """Say whether a worker has come to listen: what is owed before that it finds by looking."""
    here = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
    with mailroom.store.session(writes=False) as session:
        return bool(session.ask(here, ()))


def test_a_worker_hears_at_once_what_another_process_owes(mailroom: Mailroom, hire: Callable[..., JobWorker]) -> None:
    hire("one", Timing(polls_every=30))
    until(lambda: is_listening(mailroom), what="listening")
    mailroom.owe("first", "C00")
    until(lambda: mailroom.texts("C00") == ["first"], what="the first")
    begun = time.monotonic()
    mailroom.owe("second", "C01")
    until(lambda: mailroom.texts("C01") == ["second"], what="the second")
    assert time.monotonic() - begun < 5, "not by looking every half minute"


def test_a_message_that_waits_for_slack_is_not_overtaken(mailroom: Mailroom, hire: Callable[..., JobWorker]) -> None:
    mailroom.slack.faults.next("chat.postMessage", status=429, retry_after=1)
    for number in range(3):
        mailroom.owe(f"message {number}", "C00")
    hire("one")
    until(lambda: states(mailroom) == {DeliveryState.SENT}, what="all of it")
    assert mailroom.texts("C00") == ["message 0", "message 1", "message 2"]


def test_what_is_planned_for_later_holds_nothing_up(mailroom: Mailroom, hire: Callable[..., JobWorker]) -> None:
    mailroom.owe("later", "C00", due_at=mailroom.clock() + timedelta(seconds=1.5))
    mailroom.owe("now", "C00")
    hire("one")
    until(lambda: states(mailroom) == {DeliveryState.SENT}, what="both")
    assert mailroom.texts("C00") == ["now", "later"]


def test_stopping_finishes_what_is_on_its_way_and_leaves_the_rest(
    mailroom: Mailroom, hire: Callable[..., JobWorker]
) -> None:
    call = mailroom.hold("chat.postMessage")
    first, second = mailroom.owe("on its way", "C00"), mailroom.owe("still owed", "C00")
    worker = hire("one")
    assert call.began()
    threading.Timer(0.2, call.let_go).start()
    assert worker.stop()
    assert (mailroom.state(first), mailroom.state(second)) == (DeliveryState.SENT, DeliveryState.PENDING)
    hire("the next one")
    until(lambda: mailroom.state(second) is DeliveryState.SENT, what="the rest")


def test_the_jobs_of_a_dead_worker_are_given_back(mailroom: Mailroom, hire: Callable[..., JobWorker]) -> None:
    delivery_id = mailroom.owe("hello", "C00")
    mailroom.owe("behind it", "C00")
    with mailroom.store.engine.begin() as connection:
        register = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        dead = connection.execute(text(register)).scalar_one()
        take = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = :dead WHERE args @> :hello"
        connection.execute(text(take), {"dead": dead, "hello": Jsonb({"delivery_id": delivery_id})})
    hire("one")
    until(lambda: mailroom.texts("C00") == ["hello", "behind it"], what="both")


def test_rescuing_finds_nothing_while_everybody_lives(mailroom: Mailroom) -> None:
    mailroom.owe("hello", "C00")

    async def rescued() -> int:
        assert mailroom.store.jobs is not None
        async with mailroom.store.jobs.make_app().open_async() as app:
            return await rescue(app, dead_after=30)

    assert asyncio.run(rescued()) == 0


def test_what_has_lost_its_job_is_sent_by_the_dispatcher(mailroom: Mailroom) -> None:
    """It was written by a version without jobs, or its job was lost with a restored backup."""
    lost = mailroom.owe("hello", "C00", due_at=mailroom.clock() - timedelta(seconds=31))
    fresh = mailroom.owe("for a job", "C01")
    with mailroom.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
    mailroom.dispatcher.start(patience=timedelta(seconds=30))
    until(lambda: mailroom.state(lost) is DeliveryState.SENT, what="the lost one")
    assert mailroom.state(fresh) is DeliveryState.PENDING, "a job has half a minute for it"
    assert mailroom.dispatcher.stop()


def test_a_worker_whose_connections_break_goes_on(mailroom: Mailroom, hire: Callable[..., JobWorker]) -> None:
    """The database was restarted."""
    hire("one")
    mailroom.owe("before", "C00")
    until(lambda: mailroom.texts("C00") == ["before"] and not jobs(mailroom, "doing"), what="the first")
    mailroom.store.engine.dispose()
    with mailroom.store.engine.begin() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        connection.execute(text(f"{others} AND datname = current_database()"))
    mailroom.owe("after", "C00")
    until(lambda: mailroom.texts("C00") == ["before", "after"], what="the second", seconds=20)


def test_the_job_tables_are_made_once_and_known_by_their_version(mailroom: Mailroom) -> None:
    engine = mailroom.store.engine
    assert schema_problem(engine) is None
    mailroom.owe("hello", "C00")
    migrate(engine)
    assert len(jobs(mailroom)) == 1, "migrating again changes nothing"
    with engine.begin() as connection:
        connection.execute(text("COMMENT ON TABLE procrastinate_jobs IS '03.04.00_01_x.sql'"))
    assert schema_problem(engine) == "its tables are at 03.04.00_01_x.sql"
    with engine.begin() as connection:
        connection.execute(text("COMMENT ON TABLE procrastinate_jobs IS '99'"))
        migrate_jobs(connection)
    assert schema_problem(engine) is None


def test_sqlite_has_no_job_queue(sqlite_store: Store) -> None:
    assert queue_of(sqlite_store.engine) is None
