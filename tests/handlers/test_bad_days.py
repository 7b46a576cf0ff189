"""Bad days of the database and the clock: what is not done is said or done later, and nothing is half done."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event, text

from bot.app import Keepwarm
from bot.blocks.ids import ActionId
from bot.domain.model import Role
from bot.playground import Message
from storage.engine import Store
from tests.handlers.acting import command, element_about, touches_of
from tests.handlers.test_rights import set_role
from tests.support.bot import Office
from tests.support.cast import Cast, write_cast
from tests.support.process import say


@contextmanager
def every_connection(keepwarm: Keepwarm, *pragmas: str) -> Iterator[None]:
    """A database that behaves as the pragmas say, on every connection that is opened meanwhile."""

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    engine = keepwarm.store.engine
    engine.dispose()
    event.listen(engine, "connect", prepare)
    yield
    event.remove(engine, "connect", prepare)
    engine.dispose()


@contextmanager
def locked(office: Office) -> Iterator[None]:
    """Another program writes for longer than anybody waits."""
    path = office.keepwarm.store.engine.url.database
    assert path
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with every_connection(office.keepwarm, "busy_timeout=20"):
        yield
    other.rollback()
    other.close()


@contextmanager
def read_only(office: Office) -> Iterator[None]:
    """A disk that became read-only."""
    with every_connection(office.keepwarm, "query_only=ON"):
        yield


@contextmanager
def full(office: Office) -> Iterator[None]:
    """A disk without room for another page."""
    with office.keepwarm.store.engine.begin() as connection:
        connection.execute(text("CREATE TABLE ballast (words text)"))
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    with every_connection(office.keepwarm, f"max_page_count={pages}"):
        # What is left of the last pages is filled up by another program.
        with office.keepwarm.store.engine.connect() as connection, pytest.raises(Exception, match="full"):
            for _ in range(100_000):
                connection.execute(text("INSERT INTO ballast VALUES ('a few words more')"))
                connection.commit()
        yield
    with office.keepwarm.store.engine.begin() as connection:
        connection.execute(text("DROP TABLE ballast"))


@contextmanager
def away(office: Office) -> Iterator[None]:
    """A database that does not say which token works where, for longer than memory knows it."""
    office.clock.forward(seconds=11)
    with office.keepwarm.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE workspace RENAME TO workspace_away"))
    yield
    with office.keepwarm.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE workspace_away RENAME TO workspace"))


@pytest.mark.parametrize("broken", [locked, read_only, full, away])
def test_a_reply_that_meets_a_database_that_takes_nothing_is_logged_when_slack_sends_it_again(
    office: Office, cast: Cast, digest: Message, refusals: set[str], broken: Callable[[Office], object]
) -> None:
    refusals.add("a notice that the bot answered 500")
    before = len(touches_of(office, cast.acme))
    # A small row still finds room in a full file.
    said = "1 called, " + "and they said a lot " * 100
    with broken(office):  # type: ignore[attr-defined]
        assert office.slack.say("U0ANA", digest.channel, said, thread_ts=digest.ts).status in {500, 503}
        assert len(touches_of(office, cast.acme)) == before
    assert office.slack.redeliver().ok
    office.settle()
    assert len(touches_of(office, cast.acme)) == before + 1


@pytest.mark.parametrize("broken", [locked, read_only, away])
def test_a_command_that_meets_a_database_that_takes_nothing_says_that_nothing_was_changed(
    office: Office, cast: Cast, broken: Callable[[Office], object]
) -> None:
    before = len(touches_of(office, cast.acme))
    with broken(office):  # type: ignore[attr-defined]
        answer = office.slack.slash("U0ANA", "C0TEAM", "/touch", "Acme called")
        assert answer.message is not None
        assert "Nothing was changed. Reference:" in answer.message.text
    assert len(touches_of(office, cast.acme)) == before


@pytest.mark.parametrize("broken", [locked, read_only])
def test_a_digest_that_meets_a_database_that_takes_nothing_comes_once_it_can(
    office: Office, cast: Cast, broken: Callable[[Office], object]
) -> None:
    office.clock.forward(hours=1)
    with broken(office), pytest.raises(Exception, match=r"locked|readonly"):  # type: ignore[attr-defined]
        office.keepwarm.tick()
    office.clock.forward(minutes=1)
    office.tick()
    assert len(office.slack.from_bot("U0ANA")) == 1


def test_a_database_that_restarts_is_asked_again(
    postgresql_store: Store, make_office: Callable[[Store], Office]
) -> None:
    office = make_office(postgresql_store)
    with postgresql_store.write(office.workspace_id) as ledger:
        cast = write_cast(ledger, office.clock.now.date())
    before = len(touches_of(office, cast.acme))
    with postgresql_store.engine.connect() as connection:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    assert "Acme" in command(office, "U0ANA", "C0TEAM", "/touch Acme called").text
    assert len(touches_of(office, cast.acme)) == before + 1


def test_a_clock_that_jumps_an_hour_to_and_fro_leads_to_one_digest(office: Office, cast: Cast) -> None:
    office.clock.forward(hours=1)
    for hours in (0, -1, 1, 1, -1, 0):
        office.clock.forward(hours=hours)
        office.tick()
        office.clock.forward(minutes=1)
        office.tick()
    assert len(office.slack.from_bot("U0ANA")) == 1


def test_five_megabytes_of_noise_are_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "noise.csv").write_bytes(Random(1).randbytes(5_000_000))
    told = say(monkeypatch, tmp_path, "import", "customers", "noise.csv", settings={"SLACK_BOT_TOKEN": ""})
    assert told.status == 1
    assert "noise.csv" in told.err
    assert len(told.err) < 2_000, "one sentence, not the file"


def test_five_megabytes_of_broken_rows_are_all_in_the_rejects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = 60_000
    lines = "\n".join(f",C{number},no money,nowhere,99.99.9999,{'x' * 50}" for number in range(rows))
    (tmp_path / "broken.csv").write_text("name,external_id,annual_value,timezone,birthday,notes\n" + lines)
    told = say(monkeypatch, tmp_path, "import", "customers", "broken.csv")
    assert told.status == 1
    kept = (tmp_path / "broken.rejects.csv").read_text().splitlines()
    assert len(kept) == rows + 1
    assert len(told.out + told.err) < 5_000


def test_a_refusal_that_slack_does_not_show_any_more_fails_nothing(
    office: Office, cast: Cast, refusals: set[str]
) -> None:
    """Three seconds after the click Slack opens no window; the same request would be refused the same way again."""
    refusals.add("views.open")
    office.slack.open_home("U0ANA")
    office.settle()
    home = office.slack.home("U0ANA")
    assert home is not None
    set_role(office, "U0ANA", Role.VIEWER)
    office.slack.faults.next("views.open", error="expired_trigger_id")
    block_id, _ = element_about(home, ActionId.WAKE, "Dune")
    assert office.slack.click("U0ANA", home, ActionId.WAKE, block_id=block_id).status == 200
