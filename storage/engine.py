"""Opening the database: SQLite or PostgreSQL behind the same transactions, each bound to one workspace."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from storage.jobs import JobQueue
from storage.ledger import Ledger
from storage.pool import KeepingPool
from storage.transaction import Transaction, begin_sqlite

SQLITE_BUSY_MS = 5_000


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
    begin_sqlite(connection.connection.driver_connection, writes=writes)


class _Turns:
    """Lets the threads of a process write one after the other: SQLite has one writer, and sleeps between its tries.

    Nobody waits here for longer than SQLite itself would; then it decides, as it does between processes.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._mine = threading.local()

    def __enter__(self) -> None:
        held: list[bool] = self._mine.__dict__.setdefault("held", [])
        held.append(self._lock.acquire(timeout=SQLITE_BUSY_MS / 1000))

    def __exit__(self, *_: object) -> None:
        if self._mine.held.pop():
            self._lock.release()


class Store:
    """Hands out transactions. Everything in one `with` is committed together, or not at all.

    With a job queue a job is committed for each delivery that was written.
    """

    def __init__(self, engine: Engine, jobs: JobQueue | None = None) -> None:
        self.engine = engine
        self.jobs = jobs
        self._turns: AbstractContextManager[object] = _Turns() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def session(self, *, writes: bool = True) -> Iterator[Transaction]:
        """Open a transaction across workspaces: for the clock, the outbox and installing."""
        with self._turns if writes else nullcontext(), Transaction(self.engine, writes=writes) as transaction:
            yield transaction
            if writes:
                self._commit(transaction)

    @contextmanager
    def statement(self) -> Iterator[Transaction]:
        """Open a transaction of one statement across workspaces. On PostgreSQL that is one round trip instead of three.

        It may owe nothing: a job would be a second statement.
        """
        with self._turns, Transaction(self.engine, single=True) as transaction:
            yield transaction
            transaction.commit()

    @contextmanager
    def write(self, workspace_id: int) -> Iterator[Ledger]:
        """Open a transaction that may write, in one workspace."""
        with self._turns, Transaction(self.engine) as transaction:
            yield Ledger(transaction, workspace_id)
            self._commit(transaction)

    @contextmanager
    def read(self, workspace_id: int) -> Iterator[Ledger]:
        """Open a transaction that only reads, in one workspace."""
        with Transaction(self.engine, writes=False) as transaction:
            yield Ledger(transaction, workspace_id)

    def _commit(self, transaction: Transaction) -> None:
        if self.jobs is not None:
            self.jobs.defer_owed(transaction)
        transaction.commit()
