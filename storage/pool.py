"""A pool that keeps a few connections at hand, since handing one back and out again costs as much as a statement."""

from typing import Any

from sqlalchemy import PoolProxiedConnection, QueuePool

# As many transactions are seldom under way at once; the rest of the pool is for whom asks SQLAlchemy for a connection.
AT_HAND = 4


class KeepingPool(QueuePool):
    """SQLAlchemy's pool, but `give` and `take` do without its events, weak references and locks."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._at_hand: list[PoolProxiedConnection] = []

    def take(self) -> PoolProxiedConnection:
        """Return a connection that is in no transaction."""
        try:
            return self._at_hand.pop()
        except IndexError:
            return self.connect()

    def give(self, connection: PoolProxiedConnection) -> None:
        """Give back a connection that is in no transaction."""
        if len(self._at_hand) < AT_HAND:
            self._at_hand.append(connection)
        else:
            connection.close()

    def dispose(self) -> None:
        """Close the connections that nobody has."""
        while self._at_hand:
            self._at_hand.pop().close()
        super().dispose()
