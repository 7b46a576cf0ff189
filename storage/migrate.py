"""Bringing a database to the schema that this version of the code expects.

Whether it is there already is asked at every start and by the health pages, so alembic is only loaded to get there.
"""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, func, inspect, select, text

from storage.jobs import drop_jobs, migrate_jobs

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def newest_revision() -> str:
    """Return the revision that the code expects: migrations are numbered, the file's name begins with the number."""
    return max(path.name.split("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def current_revision(engine: Engine) -> str | None:
    """Return the revision that the database is at; None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        return revision


def is_behind(engine: Engine) -> bool:
    """Say whether the database lacks what this version needs.

    One that is ahead is fine: migrations only add, so that replicas of the version before go on while others are
    replaced.
    """
    found = current_revision(engine)
    return found is None or found < newest_revision()


# What a migration waits for makes everybody after it wait as well: the replicas that are at work.
PATIENCE = timedelta(seconds=10)
# Any number, the same for all who migrate.
_ONE_AT_A_TIME = 7_305_004


def migrate(engine: Engine, *, to: str = "head", patience: timedelta = PATIENCE) -> tuple[str | None, str | None]:
    """Run the missing migrations in one transaction; return the revision before and after.

    Several who migrate take turns. Raises OperationalError where somebody holds a table for longer than `patience`:
    then nothing has changed, and it can be run again.
    """
    from alembic import command

    before = current_revision(engine)
    config = _config()
    with engine.execution_options(keepwarm_writes=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
            connection.execute(text(f"SET LOCAL lock_timeout = {int(patience.total_seconds() * 1000)}"))
        config.attributes["connection"] = connection
        (command.downgrade if to == "base" else command.upgrade)(config, to)
        (drop_jobs if to == "base" else migrate_jobs)(connection)
    return before, current_revision(engine)
