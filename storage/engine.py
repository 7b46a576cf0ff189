"""Opening the database: SQLite or PostgreSQL behind the same transactions, each bound to one workspace."""

import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event

from storage.jobs import JobQueue
from storage.ledger import Ledger
from storage.pool import KeepingPool
from storage.transaction import BEGIN_READING, BEGIN_WRITING, Transaction

GivenT = TypeVar("GivenT")

SQLITE_BUSY_MS = 5_000
_LONGEST_TURN_SECONDS = SQLITE_BUSY_MS / 1000


def make_engine(database_url: str) -> Engine:
    """Return an engine for `sqlite:///…` or `postgresql://…`; any other scheme is refused by the settings."""
    # Errors are logged, and must not quote what customers said: no parameters in their texts.
    if database_url.startswith("postgresql://"):
        address = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return create_engine(address, hide_parameters=True, poolclass=KeepingPool)
    engine = create_engine(
        database_url,
        hide_parameters=True,
        poolclass=KeepingPool,
        connect_args={"timeout": SQLITE_BUSY_MS / 1000, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "do_connect", _make_private)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(_dialect: object, _record: object, arguments: Sequence[str], _options: object) -> None:
    """Let nobody else on this machine read a new ledger. SQLite gives the files beside it the same rights.

    What a URI opens, SQLite makes itself, or not at all.
    """
    if arguments[0].startswith("file:"):
        return
    with suppress(OSError):
        Path(arguments[0]).touch(mode=0o600, exist_ok=False)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("keepwarm_writes", False)
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        driver.execute(BEGIN_WRITING if writes else BEGIN_READING)


class _Open(Generic[GivenT]):
    """A transaction in a `with`, which is given it or a ledger: committed if it may write and all went well.

    `turn` lets the threads of a process write one after the other: SQLite has one writer, and sleeps between its tries.
    Nobody waits for it longer than SQLite itself would; then SQLite decides, as it does between processes.
    """

    __slots__ = ("_commit", "_given", "_transaction", "_turn")

    def __init__(
        self,
        transaction: Transaction,
        given: GivenT,
        commit: Callable[[Transaction], None] | None = None,
        turn: "threading.RLock | None" = None,
    ) -> None:
        self._transaction = transaction
        self._given = given
        self._commit = commit
        self._turn = turn

    def __enter__(self) -> GivenT:
        if self._turn is not None and not self._turn.acquire(timeout=_LONGEST_TURN_SECONDS):
            self._turn = None
        return self._given

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        try:
            if failed is None and self._commit is not None:
                self._commit(self._transaction)
        finally:
            try:
                self._transaction.close()
            finally:
                if self._turn is not None:
                    self._turn.release()


class Store:
    """Hands out transactions. Everything in one `with` is committed together, or not at all.

    With a job queue a job is committed for each delivery that was written.
    """

    def __init__(self, engine: Engine, jobs: JobQueue | None = None) -> None:
        self.engine = engine
        self.jobs = jobs
        self._commit = Transaction.commit if jobs is None else self._commit_with_jobs
        self._turn = threading.RLock() if engine.dialect.name == "sqlite" else None

    def session(self, *, writes: bool = True) -> AbstractContextManager[Transaction]:
        """Open a transaction across workspaces: for the clock, the outbox and installing."""
        transaction = Transaction(self.engine, writes=writes)
        return _Open(transaction, transaction, self._commit, self._turn) if writes else _Open(transaction, transaction)

    def statement(self) -> AbstractContextManager[Transaction]:
        """Open a transaction of one statement across workspaces. On PostgreSQL that is one round trip instead of three.

        It may owe nothing: a job would be a second statement.
        """
        transaction = Transaction(self.engine, single=True)
        return _Open(transaction, transaction, Transaction.commit, self._turn)

    def write(self, workspace_id: int) -> AbstractContextManager[Ledger]:
        """Open a transaction that may write, in one workspace."""
        transaction = Transaction(self.engine)
        return _Open(transaction, Ledger(transaction, workspace_id), self._commit, self._turn)

    def read(self, workspace_id: int) -> AbstractContextManager[Ledger]:
        """Open a transaction that only reads, in one workspace."""
        transaction = Transaction(self.engine, writes=False)
        return _Open(transaction, Ledger(transaction, workspace_id))

    def _commit_with_jobs(self, transaction: Transaction) -> None:
        if self.jobs is not None:
            self.jobs.defer_owed(transaction)
        transaction.commit()
