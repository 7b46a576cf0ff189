"""The clock: late ticks, ticks at once, outages; a digest a day and never two, and people looked at once a day."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.clock import look_after_workspaces, start_clock, tick
from storage.engine import Store
from storage.ledger import insert_once
from storage.models import DedupeKey, Delivery, TeammateRow, Workspace
from tests.support.bot import Office, make_office, office
from tests.support.cast import write_cast
from tests.support.waiting import until

__all__ = ["make_office", "office"]

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday, in London


@pytest.fixture
def london(store: Store, workspace: int) -> Store:
    """A ledger with the cast, where Ana's next digest is due on Tuesday at nine, and nobody else's is."""
    with store.write(workspace) as ledger:
        write_cast(ledger, NINE.date())
        for row in ledger.rows(TeammateRow):
            row.next_digest_at = NINE if row.slack_user_id == "U0ANA" else None
            ledger.add(row)
    return store


def digests(store: Store) -> list[str]:
    """The keys of the digests that are owed, without the person."""
    with store.session(writes=False) as session:
        found = session.exec(select(Delivery).where(col(Delivery.kind) == "digest")).all()
    return sorted(row.key.rsplit(":", 1)[1] for row in found)


def next_of_ana(store: Store) -> datetime:
    with store.session(writes=False) as session:
        row = session.exec(select(TeammateRow).where(col(TeammateRow.slack_user_id) == "U0ANA")).one()
    assert row.next_digest_at is not None
    return row.next_digest_at


def test_a_digest_is_planned_at_its_hour_and_once(london: Store) -> None:
    assert tick(london, now=NINE - timedelta(minutes=1)) == 0
    assert tick(london, now=NINE) == 1
    assert tick(london, now=NINE) == 0
    assert tick(london, now=NINE + timedelta(minutes=1)) == 0
    assert digests(london) == ["2026-11-24"]


@pytest.mark.parametrize("late", [timedelta(minutes=5), timedelta(hours=3), timedelta(hours=8)])
def test_after_an_outage_of_hours_there_is_one_digest(london: Store, late: timedelta) -> None:
    assert tick(london, now=NINE + late) == 1
    assert digests(london) == ["2026-11-24"]
    assert next_of_ana(london) == NINE + timedelta(days=1)


def test_a_digest_of_the_morning_is_not_sent_in_the_evening(london: Store) -> None:
    assert tick(london, now=NINE + timedelta(hours=8, minutes=1)) == 0
    assert next_of_ana(london) == NINE + timedelta(days=1)


def test_after_an_outage_of_three_days_there_is_only_today_s(london: Store) -> None:
    back = NINE + timedelta(days=3, minutes=-10)
    assert tick(london, now=back) == 0
    assert next_of_ana(london) == NINE + timedelta(days=3)
    assert tick(london, now=NINE + timedelta(days=3)) == 1
    assert digests(london) == ["2026-11-27"]


def test_after_an_outage_over_the_weekend_the_next_one_is_monday_s(london: Store) -> None:
    assert tick(london, now=NINE + timedelta(days=4, hours=2)) == 0
    assert next_of_ana(london) == NINE + timedelta(days=6)


def test_the_next_digest_moves_strictly_ahead(london: Store) -> None:
    now, seen = NINE, [next_of_ana(london)]
    for _ in range(20):
        tick(london, now=now)
        seen.append(next_of_ana(london))
        assert seen[-1] > now
        now = seen[-1]
    assert seen == sorted(set(seen))
    assert all(moment.isoweekday() <= 5 for moment in seen)


def test_ticks_at_the_same_moment_plan_one_digest(london: Store) -> None:
    together, planned, wrong = threading.Barrier(4), [], []

    def tick_with_others() -> None:
        together.wait()
        try:
            planned.append(tick(london, now=NINE))
        except Exception as broken:
            wrong.append(broken)

    threads = [threading.Thread(target=tick_with_others) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(planned), wrong) == (1, [])
    assert digests(london) == ["2026-11-24"]


def test_a_tick_says_that_the_clock_lives_and_forgets_old_keys(london: Store, workspace: int) -> None:
    with london.session() as session:
        for key, age in (("old", 8), ("new", 6)):
            seen_at = NINE - timedelta(days=age)
            insert_once(session, DedupeKey, {"workspace_id": workspace, "key": key, "seen_at": seen_at})
    tick(london, now=NINE)
    with london.session(writes=False) as session:
        assert [row.key for row in session.exec(select(DedupeKey)).all()] == ["new"]
        row = session.get(Workspace, workspace)
    assert row is not None
    assert row.ticked_at == NINE


class Slack:
    """Counts how often it is asked for everybody, and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.asked: list[int] = []
        self._failures = failures

    def __call__(self, workspace_id: int) -> int:
        self.asked.append(workspace_id)
        if len(self.asked) <= self._failures:
            raise ConnectionResetError("a bad day")
        return 3


def minutes_of_asking(store: Store, slack: Slack, days: int) -> list[int]:
    """The quarters of an hour, in minutes from nine, at which Slack was asked."""
    asked = []
    for minute in range(0, days * 24 * 60, 15):
        before = len(slack.asked)
        look_after_workspaces(store, now=NINE + timedelta(minutes=minute), look_after=slack)
        asked += [minute] * (len(slack.asked) - before)
    return asked


def test_people_are_looked_at_once_a_day(sqlite_store: Store, make_workspace: Callable[[Store, str], int]) -> None:
    make_workspace(sqlite_store, "T0PLAY")
    assert minutes_of_asking(sqlite_store, Slack(), days=3) == [0, 24 * 60, 48 * 60]


def test_a_look_that_failed_is_tried_again_in_an_hour(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    make_workspace(sqlite_store, "T0PLAY")
    assert minutes_of_asking(sqlite_store, Slack(failures=2), days=2) == [0, 60, 120, 24 * 60 + 120]


def test_one_workspace_that_fails_does_not_keep_the_others_from_being_looked_at(
    store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    both = {make_workspace(store, "T0ONE"), make_workspace(store, "T0TWO")}
    slack = Slack(failures=1)
    assert look_after_workspaces(store, now=NINE, look_after=slack) == 1
    assert set(slack.asked) == both


def test_of_replicas_one_looks(store: Store, make_workspace: Callable[[Store, str], int]) -> None:
    make_workspace(store, "T0PLAY")
    slack, together = Slack(), threading.Barrier(4)

    def look() -> None:
        together.wait()
        look_after_workspaces(store, now=NINE, look_after=slack)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(slack.asked) == 1


def test_nobody_is_looked_at_where_the_bot_is_not_installed(
    store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    workspace_id = make_workspace(store, "T0GONE")
    with store.session() as session:
        row = session.get(Workspace, workspace_id)
        assert row is not None
        row.uninstalled_at = NINE
        session.add(row)
    slack = Slack()
    assert look_after_workspaces(store, now=NINE, look_after=slack) == 0
    assert slack.asked == []


def test_a_zone_that_changed_in_slack_moves_the_digest(office: Office) -> None:
    office.slack.change_person("U0ANA", tz="America/New_York")
    look_after_workspaces(office.keepwarm.store, now=office.clock(), look_after=office.keepwarm.look_after)
    assert next_of_ana(office.keepwarm.store) == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def test_the_clock_ticks_at_once_and_wakes_the_dispatcher(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    workspace_id = make_workspace(sqlite_store, "T0PLAY")
    with sqlite_store.write(workspace_id) as ledger:
        write_cast(ledger, NINE.date())
        for row in ledger.rows(TeammateRow):
            row.next_digest_at = NINE if row.slack_user_id == "U0ANA" else None
            ledger.add(row)
    woken, slack = threading.Event(), Slack()
    scheduler = start_clock(sqlite_store, clock=lambda: NINE, wake=woken.set, look_after=slack)
    assert woken.wait(10)
    until(lambda: slack.asked == [workspace_id], what="a look at everybody")
    scheduler.shutdown()
    assert digests(sqlite_store) == ["2026-11-24"]
