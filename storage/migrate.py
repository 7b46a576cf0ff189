"""Bringing a database to the schema that this version of the code expects."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

_SCRIPTS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config


def newest_revision() -> str:
    """Return the revision that the code expects."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations beside the code")
    return head


def current_revision(engine: Engine) -> str | None:
    """Return the revision that the database is at; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, *, to: str = "head") -> tuple[str | None, str | None]:
    """Run the missing migrations in one transaction; return the revision before and after."""
    before = current_revision(engine)
    config = _config()
    with engine.execution_options(keepwarm_writes=True).begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if to == "base" else command.upgrade)(config, to)
    return before, current_revision(engine)


def draft_migration(engine: Engine, message: str, revision: str) -> None:
    """Write the migration that turns the database into the models, for a maintainer to read and finish."""
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True, rev_id=revision)
