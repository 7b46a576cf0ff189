"""The limit in most comparisons: the database's own driver, with nothing between it and us."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from storage.engine import Store
from storage.ledger import Ledger

Statement = tuple[str, Any]


@contextmanager
def raw_connection(store: Store) -> Iterator[Any]:
    """Open a connection of the driver to a store's database, as durable as the store's own."""
    url = store.engine.url
    if store.engine.dialect.name == "postgresql":
        import psycopg

        connection: Any = psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
    else:
        connection = sqlite3.connect(str(url.database), isolation_level=None)
        for pragma in ("journal_mode", "synchronous", "foreign_keys"):
            with store.engine.connect() as ours:
                value = ours.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            connection.execute(f"PRAGMA {pragma}={value}")
    try:
        yield connection
    finally:
        connection.close()


def parameters(store: Store, statement: str) -> str:
    """Return a statement with its `?` as the store's driver writes them."""
    return statement.replace("?", "%s") if store.engine.dialect.name == "postgresql" else statement


class NotingLedger(Ledger):
    """A ledger that also keeps what it asked the driver."""

    asked: ClassVar[list[Statement]] = []

    def ask(self, query: str, *values: Any) -> list[Any]:
        """Note the query and answer it."""
        self.asked.append((query, values))
        return super().ask(query, *values)


def asked_by(store: Store, workspace_id: int, work: Callable[[Ledger], object]) -> list[Statement]:
    """Return the queries that `work` asks, as the driver takes them."""
    NotingLedger.asked.clear()
    with store.session(writes=False) as session:
        work(NotingLedger(session, workspace_id))
    return [(parameters(store, query), values) for query, values in NotingLedger.asked]


def begin(connection: Any, *, writes: bool = True) -> None:
    """Begin a transaction as our engine does; psycopg begins by itself."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def replay(connection: Any, statements: Sequence[Statement]) -> None:
    """Send the statements in one transaction, fetch what they answer, and end it without writing."""
    begin(connection, writes=False)
    for statement, values in statements:
        cursor = connection.execute(statement, values)
        if cursor.description:
            cursor.fetchall()
    # Nothing was written. After a rollback psycopg would prepare every statement anew, and be three times as slow.
    connection.commit()
