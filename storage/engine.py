"""Opening the database: SQLite or PostgreSQL behind the same transactions, each bound to one workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlmodel import Session

from storage.jobs import JobQueue
from storage.ledger import Ledger

SQLITE_BUSY_MS = 5_000


def make_engine(database_url: str) -> Engine:
    """Return an engine for `sqlite:///…` or `postgresql://…`; any other scheme is refused by the settings."""
    # Errors are logged, and must not quote what customers said: no parameters in their texts.
    if database_url.startswith("postgresql://"):
        address = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
        return create_engine(address, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(
        database_url,
        hide_parameters=True,
        connect_args={"timeout": SQLITE_BUSY_MS / 1000, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the lock at once: upgrading a read later can fail with "database is locked".
    writes = connection.get_execution_options().get("keepwarm_writes", False)
    # Straight to the driver: on the way through the engine it took as long as the short queries that follow.
    connection.connection.cursor().execute("BEGIN IMMEDIATE" if writes else "BEGIN")


class Store:
    """Hands out transactions. Everything in one `with` is committed together, or not at all.

    With a job queue a job is committed for each delivery that was written.
    """

    def __init__(self, engine: Engine, jobs: JobQueue | None = None) -> None:
        self.engine = engine
        self.jobs = jobs
        self._writing = engine.execution_options(keepwarm_writes=True)

    @contextmanager
    def session(self, *, writes: bool = True) -> Iterator[Session]:
        """Open a transaction across workspaces: for the clock, the outbox and installing."""
        with Session(self._writing if writes else self.engine, expire_on_commit=False) as session:
            yield session
            if writes:
                if self.jobs is not None:
                    self.jobs.defer_owed(session)
                session.commit()

    @contextmanager
    def write(self, workspace_id: int) -> Iterator[Ledger]:
        """Open a transaction that may write, in one workspace."""
        with self.session() as session:
            yield Ledger(session, workspace_id)

    @contextmanager
    def read(self, workspace_id: int) -> Iterator[Ledger]:
        """Open a transaction that only reads, in one workspace."""
        with self.session(writes=False) as session:
            yield Ledger(session, workspace_id)
