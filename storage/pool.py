"""A pool that keeps a few connections at hand, since handing one back and out again costs as much as a statement."""

import sqlite3
from typing import Any, NamedTuple

from sqlalchemy import PoolProxiedConnection, QueuePool

# As many transactions are seldom under way at once; the rest of the pool is for whom asks SQLAlchemy for a connection.
AT_HAND = 4


class Opened(NamedTuple):
    """A connection as the pool knows it, the driver's own in it, and what executes on that and stays with it."""

    pooled: PoolProxiedConnection
    driver: Any
    cursor: Any


class KeepingPool(QueuePool):
    """SQLAlchemy's pool, but `give` and `take` do without its events, weak references and locks."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._at_hand: list[Opened] = []

    def take(self) -> Opened:
        """Return a connection that is in no transaction."""
        try:
            return self._at_hand.pop()
        except IndexError:
            pooled = self.connect()
            driver: Any = pooled.driver_connection
            return Opened(pooled, driver, cursor_of(driver))

    def give(self, opened: Opened) -> None:
        """Give back a connection that is in no transaction."""
        if len(self._at_hand) < AT_HAND:
            self._at_hand.append(opened)
        else:
            opened.pooled.close()

    def dispose(self) -> None:
        """Close the connections that nobody has."""
        while self._at_hand:
            self._at_hand.pop().pooled.close()
        super().dispose()


def cursor_of(driver: Any) -> Any:
    """Return what executes statements, with `?` for parameters, on a connection of either driver."""
    if isinstance(driver, sqlite3.Connection):
        return driver.cursor()
    from storage.cursors import Cursors

    return Cursors(driver)
