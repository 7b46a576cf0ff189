"""How much of a piece of work is SQLite's driver, waiting for the disk included: what is left is Python."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import event

from storage.engine import Store

AnswerT = TypeVar("AnswerT")


class _Clock:
    """Seconds that passed in the driver, of all connections."""

    spent = 0.0


def _timed(call: Callable[[], AnswerT]) -> AnswerT:
    begun = time.perf_counter()
    try:
        return call()
    finally:
        _Clock.spent += time.perf_counter() - begun


class _TimedCursor(sqlite3.Cursor):
    """A cursor whose statements are timed, and the reading of what they answer."""

    def execute(self, *statement: Any) -> Any:
        return _timed(lambda: super(_TimedCursor, self).execute(*statement))

    def executemany(self, *statement: Any) -> Any:
        return _timed(lambda: super(_TimedCursor, self).executemany(*statement))

    def fetchall(self) -> list[Any]:
        return _timed(super().fetchall)


class _TimedConnection(sqlite3.Connection):
    """A connection whose cursors and commits are timed."""

    def cursor(self, *_: Any) -> Any:
        return super().cursor(_TimedCursor)

    def execute(self, *statement: Any) -> Any:
        return self.cursor().execute(*statement)

    def commit(self) -> None:
        _timed(super().commit)


@contextmanager
def timing_driver(store: Store) -> Iterator[Callable[[], float | None]]:
    """Time the driver below a store; yields what returns the seconds spent in it since then, None for PostgreSQL's."""
    if store.engine.dialect.name != "sqlite":
        yield lambda: None
        return

    def connect_timed(_dialect: object, _record: object, _arguments: object, named: dict[str, Any]) -> None:
        named["factory"] = _TimedConnection

    before = _Clock.spent
    event.listen(store.engine, "do_connect", connect_timed)
    store.engine.dispose()
    try:
        yield lambda: _Clock.spent - before
    finally:
        event.remove(store.engine, "do_connect", connect_timed)
        store.engine.dispose()
