"""Encryption at rest: notes never stand in clear beside keys, and a key can be changed while the bot works."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.domain.model import Direction, Source, TouchKind
from bot.errors import SettingsError
from bot.terminal.rotating_keys import rotate_keys
from bot.usecases.entries import log_entry
from bot.usecases.imports import Subject, import_file
from bot.usecases.installing import remember_workspace
from bot.usecases.touches import NewTouch, change_touch, record_touch
from storage import people, touches
from storage.columns import KeyMissing, Keyring
from storage.engine import Store
from storage.models import Customer, EntryLine, Workspace
from storage.rekeying import places, rekey_some
from storage.sealed import MARK, Keys, Sealed, SealedJson, seal, unseal
from tests.conftest import NOW
from tests.support.books import Books

SECRET = "their chairman resigns in May"
TODAY = NOW.date()
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _no_keys_left_behind() -> Iterator[None]:
    yield
    Keyring.fernet = None


def write(store: Store, workspace: int) -> int:
    """A customer with notes, a touch with a note, and a line that somebody wrote."""
    with store.write(workspace) as ledger:
        books = Books(ledger)
        customer_id = books.customer("Acme", segment_id=books.segment(), since_on=TODAY - timedelta(days=90))
        books.settle()
        row = ledger.get(Customer, customer_id)
        assert row is not None
        row.notes = SECRET
        ledger.add(row)
        new = NewTouch(customer_id, NOW, TODAY, TouchKind.CALL, Direction.OUTBOUND, Source.COMMAND, note=SECRET)
        record_touch(ledger, new, now=NOW, today=TODAY)
        ana = people.everybody(ledger)[books.person("U0ANA")]
        log_entry(ledger, f'Acme called "{SECRET}"', by=ana, source=Source.COMMAND, cards={},
                  find_date=lambda _text: None, now=NOW)  # fmt: skip
    return customer_id


def raw(store: Store) -> dict[str, list[str]]:
    """What is stored in every column that is encrypted, as it is stored."""
    with store.session(writes=False) as session:
        return {
            f"{place.table.name}.{column.name}": [
                str(value)
                for (value,) in session.execute(text(f"SELECT {column.name} FROM {place.table.name}"))
                if value not in (None, "")
            ]
            for place in places()
            for column in place.columns
        }


def test_what_people_wrote_is_never_in_clear_beside_keys(store: Store, workspace: int) -> None:
    Keyring.fernet = Keys([NEW])
    customer_id = write(store, workspace)
    stored = raw(store)
    assert all(stored[name] for name in ("customer.notes", "touch.note", "entry_line.words", "entry_line.reading"))
    assert not any(SECRET in value for values in stored.values() for value in values)
    with store.read(workspace) as ledger:
        assert [touch.note for touch in touches.latest(ledger, customer_id, limit=1)] == [SECRET]
        row = ledger.get(Customer, customer_id)
        assert row is not None
        assert row.notes == SECRET
        (line,) = ledger.rows(EntryLine)
        assert SECRET in line.words
        assert line.reading["note"] == SECRET


def test_no_byte_of_the_file_holds_a_note(sqlite_store: Store, make_workspace: Callable[[Store, str], int]) -> None:
    Keyring.fernet = Keys([NEW])
    write(sqlite_store, make_workspace(sqlite_store, "T0PLAY"))
    path = Path(str(sqlite_store.engine.url.database))
    for file in path.parent.glob("keepwarm.db*"):
        assert SECRET.encode() not in file.read_bytes(), file


def test_without_keys_notes_are_in_clear_and_the_mark_cannot_be_forged(store: Store, workspace: int) -> None:
    write(store, workspace)
    assert SECRET in raw(store)["touch.note"]
    assert seal(f"{MARK}{MARK}forged") == "forged"
    assert unseal("plain") == "plain"


def test_rotating_moves_everything_to_the_newest_key_and_twice_changes_nothing(store: Store, workspace: int) -> None:
    Keyring.fernet = Keys([OLD])
    customer_id = write(store, workspace)
    with store.session() as session:
        remember_workspace(
            session, slack_team_id="T0PLAY", name="A", slack_bot_user_id="U0BOT", bot_token="xoxb-1", now=NOW
        )
    before = raw(store)
    Keyring.fernet = both = Keys([NEW, OLD])
    told: list[tuple[str, int, int]] = []
    first = rotate_keys(store, both, progress=lambda *said: told.append(said), chunk=1)
    assert {table for table, count in first.items() if count} == {"workspace", "customer", "touch", "entry_line"}
    assert ("touch", 2, 2) in told
    assert sum(rotate_keys(store, both).values()) == 0
    after = raw(store)
    assert not any(value in after[name] for name, values in before.items() for value in values)
    Keyring.fernet = Keys([NEW])
    with store.read(workspace) as ledger:
        assert [touch.note for touch in touches.latest(ledger, customer_id, limit=1)] == [SECRET]
        row = ledger.session.get(Workspace, workspace)
        assert row is not None
        assert row.bot_token == "xoxb-1"


def test_what_was_written_before_there_were_keys_is_encrypted(store: Store, workspace: int) -> None:
    write(store, workspace)
    Keyring.fernet = keys = Keys([NEW])
    assert rotate_keys(store, keys)["touch"] == 2
    assert not any(SECRET in value for values in raw(store).values() for value in values)
    with store.read(workspace) as ledger:
        (line,) = ledger.rows(EntryLine)
        assert line.reading["note"] == SECRET


def test_a_rotation_that_was_interrupted_is_started_again(store: Store, workspace: int) -> None:
    Keyring.fernet = Keys([OLD])
    write(store, workspace)
    both = Keys([NEW, OLD])
    (place,) = [place for place in places() if place.table.name == "touch"]
    with store.session() as session:
        assert rekey_some(session, place, both, after=None, chunk=1)[2] == 1
    assert rotate_keys(store, both)["touch"] == 1, "the other one"


def test_a_note_that_changes_meanwhile_is_not_undone(store: Store, workspace: int) -> None:
    Keyring.fernet = Keys([OLD])
    customer_id = write(store, workspace)
    Keyring.fernet = both = Keys([NEW, OLD])
    (place,) = [place for place in places() if place.table.name == "customer"]
    with store.write(workspace) as ledger:
        row = ledger.get(Customer, customer_id)
        assert row is not None
        row.notes = "another"
        ledger.add(row)
    with store.session() as session:
        rekey_some(session, place, both, after=None)
    with store.read(workspace) as ledger:
        row = ledger.get(Customer, customer_id)
        assert row is not None
        assert row.notes == "another"


def test_a_lost_key_stops_it_with_a_sentence_and_loses_nothing(store: Store, workspace: int) -> None:
    Keyring.fernet = Keys([OLD])
    write(store, workspace)
    before = raw(store)
    with pytest.raises(SettingsError, match="Add the old key"):
        rotate_keys(store, Keys([NEW]))
    assert raw(store) == before
    Keyring.fernet = Keys([NEW])
    with store.read(workspace) as ledger, pytest.raises(KeyMissing, match="Add the old key"):
        ledger.rows(EntryLine)


def test_without_a_key_there_is_nothing_to_rotate_to(sqlite_store: Store) -> None:
    with pytest.raises(SettingsError, match="--new-key"):
        rotate_keys(sqlite_store, None)


@pytest.mark.parametrize("touched", [b"A", b"-"])
def test_a_note_that_somebody_tampered_with_is_refused(touched: bytes) -> None:
    Keyring.fernet = Keys([NEW])
    sealed = seal(SECRET)
    assert sealed is not None
    damaged = sealed[:-6] + touched.decode() * 4 + sealed[-2:]
    with pytest.raises(KeyMissing, match="damaged"):
        unseal(damaged)


def test_the_same_file_twice_changes_nothing_with_keys_either(store: Store, workspace: int, tmp_path: Path) -> None:
    Keyring.fernet = Keys([NEW])
    customers, happened = tmp_path / "customers.csv", tmp_path / "touches.csv"
    customers.write_text(f"external_id,name,notes\na1,Acme,{SECRET}\n")
    happened.write_text(f"external_id,customer,at,kind,note\nt1,a1,2026-11-02,call,{SECRET}\n")
    outcomes = []
    for _ in range(2):
        for subject, path in ((Subject.CUSTOMERS, customers), (Subject.TOUCHES, happened)):
            outcomes.append(import_file(store, workspace, subject, path, now=NOW))
    assert [(o.created, o.updated) for o in outcomes] == [(1, 0), (1, 0), (0, 0), (0, 0)]
    assert not any(SECRET in value for values in raw(store).values() for value in values)
    happened.write_text("external_id,customer,at,kind,note\nt1,a1,2026-11-02,call,something else\n")
    changed = import_file(store, workspace, Subject.TOUCHES, happened, now=NOW)
    assert (changed.created, changed.updated) == (0, 1)
    customers.write_text("external_id,name,notes\na1,Acme,other notes\n")
    assert import_file(store, workspace, Subject.CUSTOMERS, customers, now=NOW).updated == 1
    stored = raw(store)
    assert all(value.startswith(MARK) for name in ("customer.notes", "touch.note") for value in stored[name])
    with store.read(workspace) as ledger:
        (row,) = ledger.rows(Customer)
        assert row.notes == "other notes"


def test_every_column_that_holds_what_people_wrote_is_among_them() -> None:
    sealed = {
        f"{place.table.name}.{column.name}"
        for place in places()
        for column in place.columns
        if isinstance(column.type, Sealed | SealedJson)
    }
    assert sealed == {"customer.notes", "touch.note", "entry_line.words", "entry_line.reading", "promise.what"}


def test_a_correction_is_sealed_too(store: Store, workspace: int) -> None:
    Keyring.fernet = Keys([NEW])
    customer_id = write(store, workspace)
    with store.write(workspace) as ledger:
        newest = touches.latest(ledger, customer_id, limit=1)[0]
        change_touch(ledger, newest.id, {"note": f"{SECRET}, or June"}, now=NOW, today=TODAY)
    assert not any(SECRET in value for value in raw(store)["touch.note"])
