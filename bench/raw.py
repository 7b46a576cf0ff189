"""The limit in most comparisons: the database's own driver, with nothing between it and us."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from storage.engine import Store

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


def place(store: Store) -> str:
    """Return how the driver writes a parameter."""
    return "%s" if store.engine.dialect.name == "postgresql" else "?"


def sent_by(store: Store, work: Callable[[], object]) -> list[Statement]:
    """Return the statements that `work` sends to the database, with their parameters."""
    sent: list[Statement] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return sent


def replay(connection: Any, statements: Sequence[Statement]) -> None:
    """Send the statements in one transaction, fetch what they answer, and end it without writing."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("BEGIN")  # psycopg begins by itself
    for statement, parameters in statements:
        cursor = connection.execute(statement, parameters)
        if cursor.description:
            cursor.fetchall()
    connection.rollback()
