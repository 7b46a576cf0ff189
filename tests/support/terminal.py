"""Commands typed in a folder with a ledger of its own, in this process or in one of its own."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.usecases.installing import remember_workspace
from storage.engine import Store, make_engine
from storage.models import TeammateRow
from tests.conftest import NOW
from tests.support.cast import write_cast
from tests.support.process import Said, say

Keepwarm = Callable[..., Said]
CUSTOMERS = (
    "external_id,name,owner,annual_value,currency,customer_since\nA1,Acme,ana@example.com,90000,EUR,2024-03-01\n"
)


@pytest.fixture
def folder(tmp_path: Path, _sqlite_template: Path) -> Path:
    """A folder with an empty, migrated ledger."""
    (tmp_path / "keepwarm.db").write_bytes(_sqlite_template.read_bytes())
    return tmp_path


@pytest.fixture
def keepwarm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Keepwarm:
    """`python -m bot …` in that folder."""

    def run(*words: str, **settings: str) -> Said:
        return say(monkeypatch, folder, *words, settings=settings)

    return run


def store_in(folder: Path) -> Store:
    return Store(make_engine(f"sqlite:///{folder}/keepwarm.db"))


@pytest.fixture(scope="session")
def _ledger_with_cast(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> bytes:
    folder = tmp_path_factory.mktemp("cast")
    (folder / "keepwarm.db").write_bytes(_sqlite_template.read_bytes())
    store = store_in(folder)
    with store.session() as session:
        workspace_id = remember_workspace(
            session, slack_team_id="T0PLAY", name="Acorn", slack_bot_user_id="U0BOT", bot_token="x", now=NOW
        )
        for slack_id, name in (("U0ANA", "Ana"), ("U0BEN", "Ben")):
            session.add(
                TeammateRow(
                    workspace_id=workspace_id, slack_user_id=slack_id, name=name, timezone="Europe/London", seen_at=NOW
                )
            )  # fmt: skip
    with store.write(workspace_id) as ledger:
        write_cast(ledger, NOW.date())
    return contents(store)


@pytest.fixture
def cast(folder: Path, _ledger_with_cast: bytes) -> Path:
    """The folder, with the cast of the tests in its ledger on Tuesday, 24 November 2026."""
    (folder / "keepwarm.db").write_bytes(_ledger_with_cast)
    return folder


def contents(store: Store) -> bytes:
    """The whole of a SQLite ledger that nobody uses any more, to be written into a file of another name."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.engine.dispose()
    return Path(str(store.engine.url.database)).read_bytes()


def dump(folder: Path) -> list[str]:
    """Everything in the database."""
    connection = sqlite3.connect(folder / "keepwarm.db")
    lines = list(connection.iterdump())
    connection.close()
    return lines


def write(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    return name
