"""The job queue of many replicas: procrastinate, in the same PostgreSQL as the ledger.

A job is deferred in the transaction that writes its delivery, so that both are there or neither. The library brings its
own tables; they are made and moved on together with ours. It is loaded by the first thing that needs it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import Session

if TYPE_CHECKING:
    from procrastinate import App

SEND = "keepwarm.send"
QUEUE = "deliveries"
_OWED = "keepwarm_owed"
# Replicas that migrate at the same time take turns; the number means nothing.
_MIGRATING = 7_340_281
# Its connections to the database: jobs are fetched one by one, and one connection listens.
_MOST_CONNECTIONS = 4


class Due(NamedTuple):
    """A delivery that a transaction wrote, and when it is due: `later_at`, None for at once."""

    workspace_id: int
    delivery_id: int
    kind: str
    channel: str
    later_at: datetime | None


def note_owed(session: Session, due: Due) -> None:
    """Remember what a transaction owes, for the job that is deferred when it commits."""
    session.info.setdefault(_OWED, []).append(due)


@contextmanager
def taken_back_alone(session: Session) -> Iterator[None]:
    """Let a part of a transaction fail without the rest: what it wrote is taken back, and so are the jobs it noted."""
    noted = len(session.info.get(_OWED, ()))
    try:
        with session.begin_nested():
            # The ORM sets its savepoint when it is first used; statements in the driver's words do without it.
            session.connection()
            yield
    except BaseException:
        del session.info.get(_OWED, [])[noted:]
        raise


def lock_of(workspace_id: int, kind: str, channel: str) -> str:
    """Return the lock under which the jobs of a conversation run one by one; an App Home is a place of its own."""
    return f"{workspace_id}:{'home:' if kind == 'home' else ''}{channel}"


def is_installed() -> bool:
    """Say whether procrastinate is there (the extra `scale`)."""
    return find_spec("procrastinate") is not None


class JobQueue:
    """Defers the jobs of a PostgreSQL ledger, and makes the app that runs them."""

    def __init__(self, engine: Engine) -> None:
        self._url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @cached_property
    def app(self) -> "App":
        """The app that defers; it opens no connection of its own."""
        return self.make_app()

    def make_app(self) -> "App":
        """Return a new app that is not open yet: its worker is given tasks, and each opens its own connections."""
        from procrastinate import App, PsycopgConnector

        return App(connector=PsycopgConnector(conninfo=self._url, min_size=1, max_size=_MOST_CONNECTIONS))

    def defer_owed(self, session: Session) -> None:
        """Defer a job for each delivery that this transaction wrote, in this transaction."""
        owed: list[Due] = session.info.pop(_OWED, [])
        if not owed:
            return
        from procrastinate.jobs import Job

        connection: Any = session.connection().connection.driver_connection
        jobs = [
            Job(
                id=None,
                queue=QUEUE,
                task_name=SEND,
                # What is planned for later must hold up nothing until then; the claim keeps the order.
                lock=lock_of(due.workspace_id, due.kind, due.channel) if due.later_at is None else None,
                queueing_lock=None,
                scheduled_at=due.later_at,
                task_kwargs={"workspace_id": due.workspace_id, "delivery_id": due.delivery_id},
            )
            for due in owed
        ]
        self.app.job_manager.batch_defer_jobs(jobs=jobs, connection=connection)


def queue_of(engine: Engine) -> JobQueue | None:
    """Return the job queue of a ledger; None on SQLite, without procrastinate, and before `migrate` made its tables."""
    if engine.dialect.name != "postgresql" or not is_installed():
        return None
    with engine.connect() as connection:
        return JobQueue(engine) if _applied(connection) else None


def schema_problem(engine: Engine) -> str | None:
    """Say what is wrong with procrastinate's tables; None when they are this version's."""
    with engine.connect() as connection:
        applied = _applied(connection)
    if applied is None:
        return "its tables are missing"
    return None if applied == _migrations()[-1].name else f"its tables are at {applied}"


def is_ours(name: str | None, kind: str, *_: object) -> bool:
    """Say whether a table is described by our models: what alembic compares with them."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def migrate_jobs(connection: Connection) -> None:
    """Make procrastinate's tables, or bring them to the installed version, in the transaction of the connection."""
    if connection.dialect.name != "postgresql" or not is_installed():
        return
    from procrastinate.schema import SchemaManager

    connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
    applied, all_of_them = _applied(connection), _migrations()
    if applied is None:
        _run(connection, SchemaManager.get_schema())
    else:
        for migration in all_of_them:
            if migration.name > applied:
                _run(connection, migration.read_text(encoding="utf-8"))
    _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{all_of_them[-1].name}'")


def drop_jobs(connection: Connection) -> None:
    """Remove procrastinate's tables with all jobs: the deliveries stay, and are found by their rows."""
    if connection.dialect.name != "postgresql":
        return
    tables = ("events", "periodic_defers", "jobs", "workers")
    named = text("SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate\\_%'")
    functions = connection.execute(named).scalars().all()
    for thing in (
        *(f"TABLE IF EXISTS procrastinate_{table}" for table in tables),
        *(f"FUNCTION IF EXISTS {function}" for function in functions),
        *(f"TYPE IF EXISTS procrastinate_{kind}" for kind in ("job_to_defer_v1", "job_status", "job_event_type")),
    ):
        _run(connection, f"DROP {thing} CASCADE")


def _migrations() -> list[Path]:
    from procrastinate.schema import SchemaManager

    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _applied(connection: Connection) -> str | None:
    """Return the last of procrastinate's migrations that this database has; None without its tables."""
    if not inspect(connection).has_table("procrastinate_jobs"):
        return None
    comment = connection.execute(text("SELECT obj_description('procrastinate_jobs'::regclass)")).scalar_one()
    return str(comment or "")


def _run(connection: Connection, script: str) -> None:
    # Straight to the driver: a script of several statements, whose percent signs are no parameters.
    driver: Any = connection.connection.driver_connection
    driver.execute(script)
