"""The torture in small: the whole bot, killed a few times. `make torture` does it hundreds of times, in bad weather."""

import multiprocessing
from multiprocessing.context import ForkServerContext

import pytest
from sqlalchemy import text

from storage.engine import Store
from storage.jobs import queue_of
from tests.torture.harness import Plan, torture


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts processes in milliseconds: a helper has imported everything before it is forked."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.torture.life", "bot.delivery.jobs"])
    return context


def test_one_process_that_is_killed_and_started_again(sqlite_store: Store, processes: ForkServerContext) -> None:
    verdict = torture(sqlite_store, Plan(kills=2, processes=1, fair_weather=True), processes)
    assert verdict.is_flawless, verdict
    assert verdict.owed == verdict.kills * 6


def test_two_replicas_of_which_one_is_always_dying(postgresql_store: Store, processes: ForkServerContext) -> None:
    with postgresql_store.engine.begin() as connection:
        connection.execute(text("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE"))
    store = Store(postgresql_store.engine, queue_of(postgresql_store.engine))
    verdict = torture(store, Plan(kills=2, processes=2, fair_weather=True), processes)
    assert verdict.is_flawless, verdict
    assert verdict.event_requests > verdict.events, "Slack sent some of them again"
