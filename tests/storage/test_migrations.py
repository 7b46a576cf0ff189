"""The migrations and the tables say the same, on both databases, up and down."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.engine import Store, make_engine
from storage.migrate import current_revision, migrate, newest_revision
from storage.tables import metadata


@pytest.mark.filterwarnings("ignore:autogenerate skipping")
def test_the_migrated_schema_is_the_schema_of_the_models(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            step for step in compare_metadata(context, metadata)
            # SQLite cannot report an index on an expression; the neglect list's plan has a test of its own.
            if getattr(step[1], "name", "") != "ix_customer_neglect"
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
