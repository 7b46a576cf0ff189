"""psycopg's cursors behind one that takes `?` as SQLite's does: one is kept for every statement that is sent often.

A cursor that is given the statement it had before knows already how its parameters are written and its rows read. To
find that out anew took as long as all the rest that psycopg does.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection, RawCursor

# More are not sent often; and a cursor keeps its last rows, which are to be few.
_KEPT = 128
_FEW_ROWS = 500


class Cursors:
    """What executes on one connection."""

    def __init__(self, driver: Connection[Any]) -> None:
        self._driver = driver
        self._kept: dict[str, tuple[RawCursor[Any], str]] = {}

    def execute(self, statement: str, parameters: Sequence[Any]) -> RawCursor[Any]:
        """Execute a statement, and return the cursor that has its rows or how many it changed."""
        cursor, numbered = self._kept.get(statement) or self._keep(statement)
        cursor.execute(numbered, parameters)
        if cursor.rowcount > _FEW_ROWS:
            del self._kept[statement]
        return cursor

    def executemany(self, statement: str, each: Sequence[Sequence[Any]], *, returning: bool = False) -> RawCursor[Any]:
        """Execute a statement with each of many parameters, as `execute` does."""
        cursor = RawCursor(self._driver)
        cursor.executemany(_numbered(statement), each, returning=returning)
        return cursor

    def _keep(self, statement: str) -> tuple[RawCursor[Any], str]:
        if len(self._kept) == _KEPT:
            self._kept.clear()
        kept = self._kept[statement] = RawCursor(self._driver), _numbered(statement)
        return kept


def _numbered(statement: str) -> str:
    """Return a statement with its `?` as PostgreSQL numbers them: psycopg would look for its own at every call."""
    first, *others = statement.split("?")
    return first + "".join(f"${number}{words}" for number, words in enumerate(others, start=1))
