"""The engine on both databases: what the ORM and the driver are told is one transaction, and errors quote nothing."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.engine import Store, make_engine
from storage.models import Workspace
from storage.pool import AT_HAND, KeepingPool
from storage.transaction import Transaction

NAMES = "SELECT name FROM workspace ORDER BY name"
INSERT = "INSERT INTO workspace (id, slack_team_id, name, base_currency, rates, timezone, locale) VALUES"


def in_both_words(store: Store, *, fails: bool = False) -> None:
    """Write one workspace in the driver's words and one through the ORM."""
    with store.session() as transaction:
        transaction.tell(f"{INSERT} (1, ?, ?, 'EUR', '{{}}', 'UTC', 'en')", ("T1", "driver"))
        transaction.add(Workspace(id=2, slack_team_id="T2", name="orm"))
        transaction.flush()
        transaction.tell("UPDATE workspace SET name = ? WHERE id = 2", ("orm, then driver",))
        if fails:
            raise RuntimeError("the effect failed")


def test_nobody_else_on_the_machine_reads_a_new_ledger(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/keepwarm.db")
    assert not list(tmp_path.iterdir()), "opened by the first statement"
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (id INTEGER)"))
        found = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    engine.dispose()
    assert found == dict.fromkeys(("keepwarm.db", "keepwarm.db-wal", "keepwarm.db-shm"), 0o600)


def test_the_driver_and_the_orm_share_a_transaction(store: Store) -> None:
    in_both_words(store)
    with store.session(writes=False) as transaction:
        assert [name for (name,) in transaction.ask(NAMES, ())] == ["driver", "orm, then driver"]


def test_what_the_driver_and_the_orm_wrote_is_taken_back_together(store: Store) -> None:
    with pytest.raises(RuntimeError):
        in_both_words(store, fails=True)
    with store.session(writes=False) as transaction:
        assert transaction.ask(NAMES, ()) == []


def test_a_transaction_can_go_on_after_a_commit(store: Store) -> None:
    with pytest.raises(RuntimeError), store.session() as transaction:
        transaction.tell(f"{INSERT} (1, 'T1', 'kept', 'EUR', '{{}}', 'UTC', 'en')", ())
        transaction.commit()
        transaction.tell("UPDATE workspace SET name = 'lost'", ())
        raise RuntimeError("the effect failed")
    with store.session(writes=False) as transaction:
        assert transaction.ask(NAMES, ()) == [("kept",)]


def test_what_was_only_read_or_left_uncommitted_is_not_there_for_the_next_one(store: Store) -> None:
    with store.session(writes=False) as transaction:
        transaction.tell(f"{INSERT} (1, 'T1', 'lost', 'EUR', '{{}}', 'UTC', 'en')", ())
    with store.session() as transaction:
        assert transaction.ask(NAMES, ()) == []


def test_one_statement_commits_itself_and_leaves_the_connection_as_it_was(store: Store) -> None:
    with store.statement() as transaction:
        transaction.tell(f"{INSERT} (1, 'T1', 'kept', 'EUR', '{{}}', 'UTC', 'en')", ())
    with pytest.raises(RuntimeError, match="failed"), store.session() as transaction:
        transaction.tell("UPDATE workspace SET name = 'lost'", ())
        raise RuntimeError("the effect failed")
    with store.session(writes=False) as transaction:
        assert transaction.ask(NAMES, ()) == [("kept",)]


def test_a_statement_that_fails_leaves_the_connection_as_it_was(store: Store) -> None:
    with pytest.raises(DBAPIError), store.statement() as transaction:
        transaction.tell("INSERT INTO nowhere (note) VALUES (1)", ())
    test_what_the_driver_and_the_orm_wrote_is_taken_back_together(store)


@pytest.mark.parametrize(
    "more", [lambda t: t.ask(NAMES, ()), lambda t: t.tell_each(NAMES, [(), ()]), lambda t: t.connection()]
)
def test_a_second_statement_would_be_a_transaction_of_its_own(
    postgresql_store: Store, more: Callable[[Transaction], object]
) -> None:
    with postgresql_store.statement() as transaction:
        transaction.ask(NAMES, ())
        with pytest.raises(RuntimeError, match="one statement"):
            more(transaction)


@pytest.mark.parametrize("words", ["orm", "driver"])
def test_an_error_does_not_quote_what_customers_said(store: Store, now: datetime, words: str) -> None:
    with pytest.raises(DBAPIError) as broken, store.session() as session:
        if words == "orm":
            session.execute(text("INSERT INTO nowhere (note) VALUES (:note)"), {"note": "Acme is nearly bankrupt"})
        else:
            session.tell("INSERT INTO nowhere (note) VALUES (?)", ("Acme is nearly bankrupt",))
    assert "bankrupt" not in str(broken.value)


@pytest.mark.parametrize("words", ["orm", "driver", "statement"])
def test_connections_that_the_server_dropped_are_replaced(
    postgresql_store: Store, postgresql_url: str, make_workspace: Callable[[Store, str], int], words: str
) -> None:
    make_workspace(postgresql_store, "T0PLAY")
    engine = make_engine(postgresql_url)
    dropped = Store(engine)
    with dropped.session() as one, dropped.session() as other:
        backends = [transaction.ask("SELECT pg_backend_pid()", ())[0][0] for transaction in (one, other)]
    with postgresql_store.session() as transaction:
        for backend in backends:
            transaction.ask("SELECT pg_terminate_backend(?)", (backend,))
    for _ in backends:
        with dropped.statement() if words == "statement" else dropped.session() as transaction:
            names = transaction.execute(text(NAMES)).all() if words == "orm" else transaction.ask(NAMES, ())
            assert [name for (name,) in names] == ["Acorn Agency"]
    engine.dispose()


def test_a_connection_that_breaks_in_a_transaction_is_not_used_again(
    postgresql_store: Store, postgresql_url: str
) -> None:
    engine = make_engine(postgresql_url)
    broken = Store(engine)
    with pytest.raises(DBAPIError), broken.session() as transaction:
        backend = transaction.ask("SELECT pg_backend_pid()", ())[0][0]
        with postgresql_store.session() as other:
            other.ask("SELECT pg_terminate_backend(?)", (backend,))
        transaction.ask(NAMES, ())
    with broken.session() as transaction:
        assert transaction.ask("SELECT pg_backend_pid()", ())[0][0] != backend
    engine.dispose()


@pytest.mark.parametrize("words", ["orm", "driver"])
def test_what_was_prepared_stays_so_when_a_transaction_takes_everything_back(postgresql_url: str, words: str) -> None:
    engine = make_engine(postgresql_url)
    for _ in range(8):
        with Store(engine).session(writes=False) as transaction:
            if words == "driver":
                transaction.ask(NAMES, ())
            else:
                transaction.execute(text(NAMES)).all()
    with Store(engine).session(writes=False) as transaction:
        assert (NAMES,) in transaction.ask("SELECT statement FROM pg_prepared_statements", ())
    engine.dispose()


def test_more_transactions_at_once_than_connections_are_kept(store: Store) -> None:
    """Those beyond are the pool's again, for whoever asks SQLAlchemy; nobody waits for one that rests."""
    for _ in range(2):
        with ExitStack() as at_once:
            readers = [at_once.enter_context(store.session(writes=False)) for _ in range(AT_HAND + 2)]
            assert [reader.ask("SELECT 1", ()) for reader in readers] == [[(1,)]] * len(readers)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    assert isinstance(store.engine.pool, KeepingPool)
    assert store.engine.pool.checkedout() == AT_HAND


def test_an_engine_that_is_disposed_of_keeps_nothing_open(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/ledger.db")
    assert isinstance(engine.pool, KeepingPool)
    opened = engine.pool.take()
    engine.pool.give(opened)
    engine.dispose()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened.driver.execute("SELECT 1")


def test_a_database_that_is_not_there_is_an_error_of_the_database() -> None:
    nowhere = Store(make_engine("sqlite:////nowhere/at/all/keepwarm.db"))
    with pytest.raises(DBAPIError), nowhere.session() as transaction:
        transaction.ask("SELECT 1", ())


def test_threads_that_write_on_sqlite_take_turns(sqlite_store: Store) -> None:
    """SQLite would let the others sleep between their tries, and the unlucky ones end with a locked database."""
    order: list[str] = []

    def write() -> None:
        with sqlite_store.session() as session:
            order.append("second begins")
            session.add(Workspace(id=2, slack_team_id="T2"))

    waiting = threading.Thread(target=write)
    with sqlite_store.session() as session:
        session.add(Workspace(id=1, slack_team_id="T1"))
        waiting.start()
        waiting.join(0.05)
        order.append("first ends")
    waiting.join()
    assert order == ["first ends", "second begins"]
