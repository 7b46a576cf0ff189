"""Databases, keys and settings that commands cannot work with: each a sentence, and its exit status."""

import sqlite3
from pathlib import Path

import pytest

from bot.usecases.installing import remember_workspace
from storage.columns import Keyring
from tests.conftest import NOW
from tests.support.process import Said
from tests.support.terminal import CUSTOMERS, Keepwarm, _ledger_with_cast, cast, folder, keepwarm, store_in, write

__all__ = ["_ledger_with_cast", "cast", "folder", "keepwarm"]


def assert_database_sentence(done: Said) -> None:
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("DATABASE_URL: ")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all.db",
        "postgresql://nobody:secret-word@127.0.0.1:9/keepwarm",
        "postgresql://nobody:secret-word@127.0.0.1:9/keepwarm?option=none",
        "postgresql://nobody:secret-word@127.0.0.1:many/keepwarm",
    ],
)
def test_a_database_that_is_not_there_is_a_sentence(keepwarm: Keepwarm, url: str) -> None:
    done = keepwarm("neglected", DATABASE_URL=url)
    assert_database_sentence(done)
    assert "secret-word" not in done.err


def test_a_file_that_is_no_database_is_a_sentence(keepwarm: Keepwarm, folder: Path) -> None:
    (folder / "keepwarm.db").write_text("Dear diary, " * 500)
    assert_database_sentence(keepwarm("neglected"))


def test_a_database_of_a_newer_version_is_a_sentence(keepwarm: Keepwarm, folder: Path) -> None:
    connection = sqlite3.connect(folder / "keepwarm.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    assert_database_sentence(keepwarm("neglected"))


def test_a_database_that_may_not_be_written_is_a_sentence(keepwarm: Keepwarm, cast: Path) -> None:
    """`mode=ro` stands in for missing rights, which root does not miss."""
    file = write(cast, "c.csv", CUSTOMERS)
    url = f"sqlite:///file:{cast}/keepwarm.db?mode=ro&uri=true"
    assert_database_sentence(keepwarm("import", "customers", file, DATABASE_URL=url))


def test_a_key_that_is_missing_is_a_sentence(keepwarm: Keepwarm, cast: Path) -> None:
    from cryptography.fernet import Fernet, MultiFernet

    Keyring.fernet = MultiFernet([Fernet(Fernet.generate_key())])
    store = store_in(cast)
    with store.session() as session:
        remember_workspace(
            session, slack_team_id="T0PLAY", name="A", slack_bot_user_id="U0BOT", bot_token="xoxb-x", now=NOW
        )
    store.engine.dispose()
    Keyring.fernet = None
    done = keepwarm("neglected")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("KEEPWARM_SECRET_KEYS ")


def test_a_wrong_setting_is_named_by_every_command_that_needs_it(keepwarm: Keepwarm) -> None:
    done = keepwarm("neglected", DATABASE_URL="mysql://x", KEEPWARM_LOG_LEVEL="loud")
    assert (done.status, done.out) == (2, "")
    assert [line.split(":")[0] for line in done.err.splitlines()] == ["DATABASE_URL", "KEEPWARM_LOG_LEVEL"]
