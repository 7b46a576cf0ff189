"""One digest a day, never empty, never the same twice: whoever plans, however often, and whatever people change."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col, func, select

from bot.domain.model import Frequency
from bot.usecases.digest_rounds import BATCH
from bot.usecases.showing import refresh_home
from bot.usecases.teammates import row_of
from storage.columns import new_id
from storage.engine import Store
from storage.models import (
    Customer,
    Digest,
    TeammateRow,
    Workspace,
)
from tests.support.rounds import DAY, HOUR, MIDNIGHT, TODAY, Team, build_team


@pytest.fixture
def team(store: Store, workspace: int) -> Team:
    return build_team(store, workspace)


def test_the_digest_comes_in_its_hour_once_with_its_delivery(team: Team) -> None:
    team.customer("Acme")
    assert team.tick(MIDNIGHT + 8 * HOUR) == 0
    assert [team.tick(MIDNIGHT + 9 * HOUR) for _ in range(3)] == [1, 0, 0]
    assert (team.days(), team.owed()) == ([TODAY], 1)


def test_a_digest_brings_the_home_tab_up_to_date_for_whoever_has_opened_it(team: Team) -> None:
    team.customers(["Acme", "Birch"])
    team.tick(MIDNIGHT + 9 * HOUR)
    assert (team.owed(), team.owed("home")) == (1, 0)
    with team.store.write(team.workspace_id) as ledger:
        refresh_home(ledger, row_of(ledger, team.person().id), now=MIDNIGHT + 10 * HOUR)
    # The first one waits to be drawn when the next digest comes; after that every digest brings one.
    for days, name in ((1, "Cedar"), (2, "Dune")):
        team.customer(name)
        team.tick(MIDNIGHT + days * DAY + 9 * HOUR)
    assert (team.owed(), team.owed("home")) == (3, 2)


def test_nobody_due_is_no_digest_and_the_next_day_is_looked_at_again(team: Team) -> None:
    team.customer("Birch", silent=3)
    team.ticks(MIDNIGHT, 3)
    assert (team.days(), team.owed()) == ([], 0)
    assert team.person().digest_frequency is Frequency.DAILY
    team.customer("Acme")
    team.ticks(MIDNIGHT + 3 * DAY, 1)
    assert team.days() == [TODAY + 3 * DAY]


def test_a_plan_that_fails_takes_nobody_elses_away_and_is_made_once_it_can_be(
    team: Team, make_workspace: Callable[[Store, str], int]
) -> None:
    broken = build_team(team.store, make_workspace(team.store, "T0BROKEN"))
    team.customer("Acme")
    broken.customer("Birch")
    set_pauses(broken, "no day of a year")
    nine = MIDNIGHT + 9 * HOUR
    assert (team.tick(nine), team.days()) == (1, [TODAY])
    set_pauses(broken, "")
    assert [team.tick(nine + timedelta(minutes=minute)) for minute in (1, 9, 10, 11)] == [0, 0, 1, 0]
    assert (broken.days(), team.days()) == ([TODAY], [TODAY])


@contextmanager
def nothing_can_be_owed_by(team: Team) -> Iterator[None]:
    """A database that refuses every delivery of a workspace, in the middle of its plan."""
    if team.store.engine.dialect.name == "sqlite":
        begin = (
            f"CREATE TRIGGER refuses BEFORE INSERT ON delivery WHEN NEW.workspace_id = {team.workspace_id}"
            " BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
        end = "DROP TRIGGER refuses"
    else:
        begin = f"ALTER TABLE delivery ADD CONSTRAINT refuses CHECK (workspace_id <> {team.workspace_id}) NOT VALID"
        end = "ALTER TABLE delivery DROP CONSTRAINT refuses"
    with team.store.engine.begin() as connection:
        connection.execute(text(begin))
    try:
        yield
    finally:
        with team.store.engine.begin() as connection:
            connection.execute(text(end))


def test_a_plan_that_the_database_refuses_leaves_nothing_behind_and_takes_nobody_elses_away(
    team: Team, make_workspace: Callable[[Store, str], int]
) -> None:
    broken = build_team(team.store, make_workspace(team.store, "T0BROKEN"))
    team.customer("Acme")
    broken.customer("Birch")
    nine = MIDNIGHT + 9 * HOUR
    with nothing_can_be_owed_by(broken):
        assert broken.tick(nine) == 1
    assert (team.days(), broken.days()) == ([TODAY], [])
    assert broken.tick(nine + timedelta(minutes=10)) == 1
    assert (team.days(), broken.days(), broken.owed()) == ([TODAY], [TODAY], 1)


def test_of_one_team_only_whose_plan_fails_waits(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    team = build_team(sqlite_store, make_workspace(sqlite_store, "T0"), digests=("U0ANA", "U0BEN", "U0CHI"))
    for who in ("U0ANA", "U0BEN", "U0CHI"):
        team.customer(f"{who}'s", owner=who)
    broken = "UPDATE customer SET due_on = ? WHERE name = 'U0BEN''s'"
    with team.store.write(team.workspace_id) as ledger:
        ledger.tell(broken, "no day")
    nine = MIDNIGHT + 9 * HOUR
    assert (team.tick(nine), team.owed()) == (2, 2)
    with team.store.write(team.workspace_id) as ledger:
        ledger.tell(broken, "2026-10-30")
    assert [team.tick(nine + timedelta(minutes=minute)) for minute in (9, 10, 11)] == [0, 1, 0]


def set_pauses(team: Team, pauses: str) -> None:
    with team.store.write(team.workspace_id) as ledger:
        ledger.tell("UPDATE segment SET pauses = ? WHERE workspace_id = ?", pauses, ledger.workspace_id)


minutes = st.integers(0, 6 * 24 * 60)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ticks=st.lists(minutes, min_size=1, max_size=40), hour=st.integers(0, 23), zone=st.sampled_from(
    ["UTC", "Pacific/Auckland", "America/New_York", "Pacific/Apia"]))  # fmt: skip
def test_one_digest_a_local_day_under_any_ticks(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int], ticks: list[int], hour: int, zone: str
) -> None:
    team = build_team(sqlite_store, make_workspace(sqlite_store, f"T{new_id()}"), digests=())
    team.customers(f"C{number}" for number in range(3))
    team.person(timezone=zone, digest_minute=60 * hour, next_digest_at=MIDNIGHT)
    for minute in ticks:  # clocks of replicas may even go back
        team.tick(MIDNIGHT + timedelta(minutes=minute))
    days = team.days()
    assert len(days) == len(set(days)) == team.owed()
    assert all(day.isoweekday() <= 5 for day in days)
    assert all(view.cards for view in team.digests())


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    start = Barrier(count)

    def run(number: int) -> object:
        start.wait(timeout=10)
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def crowd(team: Team, silent: int, told: int) -> None:
    """Add people whose hour is nine: first `silent` who own nobody, then `told` with somebody who is going quiet."""
    acme = team.customer("Acme", owner="U0CHI")
    with team.store.write(team.workspace_id) as ledger:
        row = ledger.get(Customer, acme)
        assert row is not None
        fields = row.model_dump()
        for number in range(silent + told):
            who = ledger.add(
                TeammateRow(
                    workspace_id=team.workspace_id, slack_user_id=f"U1{number}", timezone="UTC",
                    next_digest_at=MIDNIGHT + 9 * HOUR - timedelta(seconds=silent + told - number),
                )
            )  # fmt: skip
            if number >= silent:
                own = {**fields, "id": new_id(), "owner_id": who.id, "external_id": None}
                ledger.session.add(Customer(**own))


@pytest.mark.parametrize(("silent", "told"), [(BATCH, BATCH + 7), (2 * BATCH + 3, 1), (3, 2 * BATCH)])
def test_of_a_crowd_everybody_is_told_once_and_has_a_next_hour(
    store: Store, workspace: int, silent: int, told: int
) -> None:
    """Many are taken at once where nobody has anything to be told; those who have come in batches all the same."""
    team = build_team(store, workspace, digests=())
    crowd(team, silent, told)
    assert team.tick(MIDNIGHT + 9 * HOUR) == told
    assert team.tick(MIDNIGHT + 9 * HOUR) == 0
    with store.read(workspace) as ledger:
        crowded = [row for row in ledger.rows(TeammateRow) if (row.slack_user_id or "").startswith("U1")]
        assert {row.next_digest_at for row in crowded} == {MIDNIGHT + DAY + 9 * HOUR}
        readers = [row.teammate_id for row in ledger.rows(Digest)]
        assert len(readers) == len(set(readers)) == told


def test_replicas_that_tick_at_once_plan_one_digest_each(store: Store, workspace: int) -> None:
    team = build_team(store, workspace, digests=("U0ANA", "U0BEN", "U0CHI"))
    for owner in ("U0ANA", "U0BEN", "U0CHI"):
        team.customer(f"{owner}'s", owner=owner)
    other = Team(Store(store.engine), workspace)  # a connection pool is shared, transactions are not
    planned = at_once(4, lambda number: (team, other)[number % 2].tick(MIDNIGHT + 9 * HOUR))
    assert sum(int(str(count)) for count in planned) == 3
    assert (len(team.days()), team.owed()) == (3, 3)


def test_after_a_long_outage_today_is_sent_and_yesterday_is_not_made_up_for(team: Team) -> None:
    team.customer("Acme")
    assert team.tick(MIDNIGHT + DAY + 9 * HOUR) == 1
    assert team.tick(MIDNIGHT + 2 * DAY + 8 * HOUR) == 0
    assert team.days() == [TODAY + DAY]


def test_after_an_outage_over_the_evening_nothing_is_made_up_for(team: Team) -> None:
    team.customer("Acme")
    assert team.tick(MIDNIGHT + DAY + 18 * HOUR) == 0
    assert team.tick(MIDNIGHT + 2 * DAY + 8 * HOUR) == 0
    assert team.tick(MIDNIGHT + 2 * DAY + 10 * HOUR) == 1
    assert team.days() == [TODAY + 2 * DAY]


def test_the_digest_of_a_workspace_that_removed_the_bot_is_not_planned(team: Team) -> None:
    team.customer("Acme")
    with team.store.session() as session:
        row = session.get(Workspace, team.workspace_id)
        assert row is not None
        row.uninstalled_at = MIDNIGHT
        session.add(row)
    team.ticks(MIDNIGHT, 1)
    with team.store.session(writes=False) as session:
        assert session.exec(select(func.count()).select_from(Digest)).one() == 0
        left = session.exec(select(TeammateRow).where(col(TeammateRow.slack_user_id) == "U0ANA")).one()
        assert left.next_digest_at == MIDNIGHT + 9 * HOUR
