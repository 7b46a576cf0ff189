"""psycopg's cursors: one is kept for every statement, and none keeps what is large."""

from collections.abc import Iterator

import pytest

from storage.cursors import Cursors
from storage.engine import Store

ROWS = "SELECT n FROM generate_series(1, ?) AS n"


@pytest.fixture
def cursors(postgresql_store: Store) -> Iterator[Cursors]:
    with postgresql_store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        yield Cursors(driver)


def test_a_statement_has_the_cursor_that_it_had_before(cursors: Cursors) -> None:
    first = cursors.execute(ROWS, (2,))
    assert first.fetchall() == [(1,), (2,)]
    cursors.execute("SELECT ?::text", ("between",))
    assert cursors.execute(ROWS, (1,)) is first
    assert first.fetchall() == [(1,)]


def test_a_statement_takes_values_of_other_kinds_than_before(cursors: Cursors) -> None:
    for value in (1, 2**40, "3", None):
        found = cursors.execute("SELECT id FROM workspace WHERE slack_team_id IS NULL OR id = ?", (value,))
        assert found.fetchall() == []


def test_a_cursor_with_many_rows_is_not_kept(cursors: Cursors) -> None:
    first = cursors.execute(ROWS, (100_000,))
    assert len(first.fetchall()) == 100_000
    assert cursors.execute(ROWS, (1,)) is not first


def test_a_thousand_statements_are_answered_and_some_of_their_cursors_let_go(cursors: Cursors) -> None:
    first = cursors.execute("SELECT 0", ())
    assert [cursors.execute(f"SELECT {n}", ()).fetchall() for n in range(1000)] == [[(n,)] for n in range(1000)]
    assert cursors.execute("SELECT 0", ()) is not first
