"""What is asked of a SQLite ledger, by whatever way: a page costs as much for many customers as for few."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from storage.engine import Store

_WORK = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")


@pytest.fixture
def statements(sqlite_store: Store) -> Iterator[list[str]]:
    """The statements as the driver gets them, whether SQLAlchemy knows of them or not."""
    asked: list[str] = []

    def note(statement: str) -> None:
        if statement.lstrip().startswith(_WORK):
            asked.append(statement)

    def listen(connection: Any, _record: object) -> None:
        connection.set_trace_callback(note)

    sqlite_store.engine.dispose()
    event.listen(sqlite_store.engine, "connect", listen)
    yield asked
    event.remove(sqlite_store.engine, "connect", listen)
