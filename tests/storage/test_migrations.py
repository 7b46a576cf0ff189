"""The migrations and the tables say the same, on both databases, up and down."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from storage.engine import Store, make_engine
from storage.jobs import is_ours
from storage.migrate import current_revision, is_behind, migrate, newest_revision
from storage.tables import metadata


@pytest.mark.filterwarnings("ignore:autogenerate skipping")
def test_the_migrated_schema_is_the_schema_of_the_models(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
        differences = [
            step for step in compare_metadata(context, metadata)
            # SQLite cannot report an index on an expression; the neglect lists' plans have a test of their own.
            if getattr(step[1], "name", "") not in {"ix_customer_neglect", "ix_customer_neglect_team"}
        ]  # fmt: skip
    assert differences == []


def test_the_newest_revision_is_the_head_of_the_migrations() -> None:
    assert ScriptDirectory("storage/migrations").get_current_head() == newest_revision()


def test_migrating_twice_changes_nothing(store: Store) -> None:
    assert migrate(store.engine) == (newest_revision(), newest_revision())


def test_a_fresh_database_goes_up_down_and_up_again(tmp_path: object) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/fresh.db")
    assert current_revision(engine) is None
    migrate(engine)
    migrate(engine, to="base")
    assert current_revision(engine) is None
    assert migrate(engine) == (None, newest_revision())


@pytest.fixture
def empty_postgresql(postgresql_url: str) -> Iterator[Engine]:
    """A database of its own on the tests' server, without a table."""
    server = make_engine(postgresql_url).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE migrated"))
    engine = make_engine(make_url(postgresql_url).set(database="migrated").render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text("DROP DATABASE migrated WITH (FORCE)"))
    server.dispose()


def test_replicas_that_migrate_at_once_take_turns(empty_postgresql: Engine) -> None:
    """As containers do that start together."""
    url = empty_postgresql.url.render_as_string(hide_password=False).replace("+psycopg", "")
    engines = [make_engine(url) for _ in range(3)]
    with ThreadPoolExecutor(3) as replicas:
        found = [after for _, after in replicas.map(migrate, engines)]
    assert found == [newest_revision()] * 3
    for engine in engines:
        engine.dispose()


def test_a_migration_that_has_to_wait_lets_the_others_go_on_and_changes_nothing(empty_postgresql: Engine) -> None:
    migrate(empty_postgresql, to="0013")
    with empty_postgresql.connect() as dump:
        dump.execute(text("LOCK TABLE nudge IN ROW EXCLUSIVE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate(empty_postgresql, patience=timedelta(milliseconds=50))
    assert current_revision(empty_postgresql) == "0013"
    assert migrate(empty_postgresql) == ("0013", newest_revision())


REVISIONS = sorted(path.name[:4] for path in Path("storage/migrations/versions").glob("[0-9]*.py"))


def columns(engine: Engine) -> dict[str, dict[str, Any]]:
    """The columns of every table as the database has them."""
    known = inspect(engine)
    return {table: {column["name"]: column for column in known.get_columns(table)} for table in known.get_table_names()}


def test_the_version_before_goes_on_beside_every_migration(tmp_path: Path) -> None:
    """While replicas are replaced one by one, the old ones read and write what they know."""
    engine = make_engine(f"sqlite:///{tmp_path}/rolling.db")
    migrate(engine, to=REVISIONS[0])
    before = columns(engine)
    for revision in REVISIONS[1:]:
        migrate(engine, to=revision)
        after = columns(engine)
        for table, known in before.items():
            assert set(known) <= set(after[table]), f"{revision} takes something away from {table}"
            for name, column in after[table].items():
                is_filled = column["nullable"] or column["default"] is not None
                assert name in known or is_filled, f"{revision}: the version before can't fill {table}.{name}"
                assert name not in known or known[name]["nullable"] <= column["nullable"], f"{revision}: {table}.{name}"
        before = after


def test_a_database_that_is_ahead_serves_the_version_before(sqlite_store: Store) -> None:
    assert not is_behind(sqlite_store.engine)
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert not is_behind(sqlite_store.engine)
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    assert is_behind(sqlite_store.engine)
