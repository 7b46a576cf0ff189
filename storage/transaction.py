"""One transaction: the driver's own connection at once, SQLAlchemy's connection and the ORM over it when asked for.

Opening those takes longer than the statements of most requests, and the hot ones need only the driver.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.pool import Opened, cursor_of

# On SQLite.
BEGIN_WRITING, BEGIN_READING = "BEGIN IMMEDIATE", "BEGIN"
# What libpq calls a connection that is in no transaction (PQTRANS_IDLE).
_IDLE = 0


class Transaction(Session):
    """A session whose statements in the driver's words (`ask`, `tell`) do without the ORM, in the same transaction."""

    def __init__(
        self, engine: Engine, *, writes: bool = True, connection: Connection | None = None, single: bool = False
    ) -> None:
        """Take a connection from the engine when the first statement needs one; or use `connection`, never closing it.

        `writes` takes SQLite's lock at the beginning: upgrading a read later can fail with "database is locked".
        `single` lets PostgreSQL commit with the one statement that may be sent, without BEGIN and COMMIT around it.
        """
        # Whether nobody else can write while this transaction does: what it has read stands.
        self.has_one_writer = engine.dialect.name == "sqlite"
        self._has_orm = False
        self._engine = engine
        self._writes = writes
        self._given = self._connection = connection
        self._opened: Opened | None = None
        self._driver: Any = None
        self._cursor: Any = None
        self._single = single and not self.has_one_writer

    @property
    def dialect(self) -> Dialect:
        """The dialect of the database."""
        return self._engine.dialect

    def __getattr__(self, name: str) -> Any:
        """Make the ORM's part when something asks for it: most requests never do."""
        if self._has_orm:
            raise AttributeError(name)
        self._has_orm = True
        super().__init__(expire_on_commit=False)
        return getattr(self, name)

    def ask(self, query: str, parameters: Sequence[Any]) -> list[Any]:
        """Return the rows that a statement answers; `?` for parameters, values as the driver takes them."""
        return self._execute(query, parameters).fetchall()  # type: ignore[no-any-return]

    def tell(self, statement: str, parameters: Sequence[Any]) -> int:
        """Execute a statement that answers no rows; return how many it changed."""
        return self._execute(statement, parameters).rowcount  # type: ignore[no-any-return]

    def ask_each(self, query: str, each: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """Return the rows that a query answers to each of many parameters, on PostgreSQL in one round trip."""
        if self.has_one_writer or len(each) < 2:
            return [self.ask(query, parameters) for parameters in each]
        cursor = self._execute_each(query, each, returning=True)
        answers = [cursor.fetchall()]
        while cursor.nextset():
            answers.append(cursor.fetchall())
        return answers

    def tell_each(self, statement: str, each: Sequence[Sequence[Any]]) -> int:
        """Execute a statement that answers no rows with each of many parameters; return how many rows it changed."""
        if len(each) < 2:
            return sum(self.tell(statement, parameters) for parameters in each)
        return self._execute_each(statement, each).rowcount  # type: ignore[no-any-return]

    def _execute_each(self, statement: str, each: Sequence[Sequence[Any]], **more: Any) -> Any:
        self._refuse_more()
        if self._driver is None:
            self.ask("SELECT 1", ())
        try:
            return self._cursor.executemany(statement, each, **more)
        except self.dialect.loaded_dbapi.Error as broken:
            raise self._translated(broken, statement) from broken

    def _execute(self, statement: str, parameters: Sequence[Any]) -> Any:
        try:
            if self._driver is None:
                self._begin()
                if not self.has_one_writer:
                    return self._execute_first(statement, parameters)
            elif self._single:
                self._refuse_more()
            return self._cursor.execute(statement, parameters)
        except self.dialect.loaded_dbapi.Error as broken:
            raise self._translated(broken, statement) from broken

    def _execute_first(self, statement: str, parameters: Sequence[Any]) -> Any:
        """Begin with a statement. The server may have gone while the connection rested; then another one is opened.

        Nothing was done yet, so the statement can be sent again; to ask each time whether it stands is a round trip.
        """
        try:
            return self._cursor.execute(statement, parameters)
        except self.dialect.loaded_dbapi.Error as broken:
            if self._opened is None or not self.dialect.is_disconnect(broken, self._driver, None):
                raise
            self._opened.pooled.invalidate(broken)
            self._engine.dispose()
            self._opened = None
            self._begin()
            return self._cursor.execute(statement, parameters)

    def get_bind(self, *_: Any, **__: Any) -> Connection:
        """Return the one connection of this transaction to the ORM."""
        self._refuse_more()
        if self._connection is None:
            if self._driver is None:
                self.ask("SELECT 1", ())
            self._connection = Connection(self._engine, self._opened and self._opened.pooled)
            self._connection.execution_options(keepwarm_writes=self._writes)
        return self._connection

    def _refuse_more(self) -> None:
        """Raise RuntimeError where only one statement may be sent: another would not be committed with it."""
        if self._single:
            raise RuntimeError("This transaction is one statement, told or asked in the driver's words.")

    def commit(self) -> None:
        """Commit what the ORM and the driver were told."""
        if self._has_orm and self.in_transaction():
            super().commit()
        if self._driver is not None:
            if not self.has_one_writer:
                self._driver.commit()
            elif self._driver.in_transaction:
                # The driver's own commit has SQLite parse the word each time.
                self._cursor.execute("COMMIT")
            self._driver = None

    def rollback(self) -> None:
        """Take everything back."""
        self._take_back()
        if self._has_orm and self.in_transaction():
            super().rollback()

    def close(self) -> None:
        """Give the connection back; what was not committed is taken back."""
        if self._driver is not None:
            try:
                self._take_back()
            except self.dialect.loaded_dbapi.Error as broken:
                if self._opened is not None:
                    self._opened.pooled.invalidate(broken)
                    self._opened = None
        if self._has_orm and self.in_transaction():
            super().close()
        opened, self._opened = self._opened, None
        if self._connection is not self._given:
            self._connection.close()  # type: ignore[union-attr]  # made over what was opened
            self._connection = self._given
        elif opened is not None:
            if self._single:
                opened.driver.autocommit = False
            self._engine.pool.give(opened)  # type: ignore[attr-defined]

    def _take_back(self) -> None:
        if self._driver is None:
            return
        driver, self._driver = self._driver, None
        if not self.has_one_writer:
            # psycopg's own rollback forgets what it prepared, and every read ends in one: the list took six times as
            # long. When this one fails the connection is broken, and psycopg's tells.
            driver.pgconn.exec_(b"ROLLBACK")
        driver.rollback()

    def _begin(self) -> None:
        """Begin, with the driver's connection and what executes on it."""
        if self._given is not None:
            self.connection()
            driver: Any = self._given.connection.driver_connection
            self._cursor = cursor_of(driver)
        else:
            if self._opened is None:
                self._opened = self._engine.pool.take()  # type: ignore[attr-defined]  # make_engine chose it
            _, driver, self._cursor = self._opened
            if self.has_one_writer:
                if not driver.in_transaction:
                    self._cursor.execute(BEGIN_WRITING if self._writes else BEGIN_READING)
            elif self._single:
                driver.autocommit = True
            elif driver.pgconn.transaction_status == _IDLE:
                # psycopg would do it before the first statement, and does if this fails; but it takes longer for it.
                driver.pgconn.exec_(b"BEGIN")
        self._driver = driver

    def _translated(self, broken: Exception, statement: str | None = None) -> BaseException:
        """Return an error of the driver as SQLAlchemy words it, without the parameters."""
        base = self.dialect.loaded_dbapi.Error
        return DBAPIError.instance(statement, None, broken, base, hide_parameters=True, dialect=self.dialect)
