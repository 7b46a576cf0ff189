"""An export holds everything, and importing it gives the same relationships, on both databases."""

import csv
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import event
from sqlmodel import col

from bot.domain.model import Direction, Source, TouchKind
from bot.errors import InputRefused
from bot.sample import load_sample
from bot.usecases.export_one import export_one
from bot.usecases.exports import CUSTOMER_COLUMNS, TOUCH_COLUMNS, export_workspace
from bot.usecases.imports import Subject, import_file
from bot.usecases.touches import NewTouch, change_touch, record_touch, retract_touch
from storage import exporting
from storage.columns import Encrypted, Keyring, new_id
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Contact, Customer, SegmentRow, TeammateRow, Touch, Workspace
from storage.sealed import Keys
from storage.tables import metadata
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
DERIVED = ("touch_days", "first_on", "last_on", "warmth", "warm_key", "ranked_value", "sort_key", "due_on")
SAID = (
    "name", "standing", "value_minor", "currency", "preferred_channel", "locale", "timezone", "birthday_on",
    "birthday_key", "since_on", "joined_on", "joined_key", "renewal_on", "tags", "notes", "profile",
)  # fmt: skip

WORDS = '=HYPERLINK("x")'


def export(store: Store, workspace: int, folder: Path) -> list[Path]:
    with store.read(workspace) as ledger:
        return export_workspace(ledger, folder)


def bring_back(store: Store, workspace: int, files: list[Path]) -> None:
    """Import every CSV file of an export; nothing may be rejected."""
    for path in files:
        if path.suffix != ".csv":
            continue
        subject = Subject.TOUCHES if path.name == "touches.csv" else Subject.CUSTOMERS
        outcome = import_file(store, workspace, subject, path, now=NOW)
        assert outcome.rejected == 0, [reject.sentence(path.name) for reject in outcome.rejects]


def state(ledger: Ledger) -> dict[str, Any]:
    """Everything of a workspace that its files speak of, without ids."""
    people = {row.id: row.slack_user_id or row.email or row.name for row in ledger.rows(TeammateRow)}
    segments = {row.id: (row.name, row.cadence_days, row.median_value) for row in ledger.rows(SegmentRow)}
    customers = {row.id: row for row in ledger.rows(Customer)}
    contacts = sorted(
        (customers[row.customer_id].name, row.name, row.email or "", row.phone or "") for row in ledger.rows(Contact)
    )
    superseded = {row.supersedes_id for row in ledger.rows(Touch)}
    touches = sorted(
        (
            customers[row.customer_id].name, row.touched_on, row.kind, row.direction,
            people.get(row.by_id or 0) or row.by_name or "", row.contact or "", row.amount_minor or 0,
            row.currency or "", row.note or "",
        )
        for row in ledger.rows(Touch)
        if not row.retracted and row.id not in superseded
    )  # fmt: skip
    return {
        "customers": sorted(
            (
                row.external_id or "", people.get(row.owner_id or 0, ""), segments[row.segment_id],
                [getattr(row, name) for name in (*SAID, *DERIVED)],
            )
            for row in customers.values()
        ),
        "contacts": contacts,
        "touches": touches,
    }  # fmt: skip


@pytest.fixture
def awkward(store: Store, workspace: int) -> int:
    """A workspace of everything that is hard to write into a cell."""
    with store.write(workspace) as ledger:
        books = Books(ledger)
        ana, clients = books.person("U0ANA"), books.segment("Clients, big", set_cadence_days=30)
        acme = books.customer(
            "Acme",
            segment_id=clients,
            since_on=date(2026, 1, 5),
            owner_id=ana,
            value=12345.67,
            touched=[date(2026, 6, 1), date(2026, 7, 3), date(2026, 8, 1)],
        )
        row = ledger.get(Customer, acme)
        assert row is not None
        row.notes, row.tags = f'{WORDS}\nsecond line, with "quotes"', "+1, b"
        row.profile = {
            "Website": "@acme",
            "Name": "Acme Holding",
            "name": "ACME",
            "Last contacted": "long ago",
            "=SUM(1)": "'quoted",
            "Firma": "-5",
        }
        row.birthday_on, row.birthday_key = date(1984, 2, 29), 229
        row.joined_on, row.joined_key = date(2026, 1, 5), 105
        ledger.add(row)
        for name, email in (("'t Hooft", "hooft@example.com"), ("Ana Köhler", None), ("Jonas", "jonas@example.com")):
            ledger.add(
                Contact(
                    workspace_id=ledger.workspace_id,
                    id=new_id(),
                    customer_id=acme,
                    name=name,
                    email=email,
                    phone="+49302345678",
                )
            )
        books.customer("Birch", segment_id=clients, since_on=date(2026, 2, 1), value=None)
        twins = [books.customer("Twin", segment_id=clients, since_on=date(2026, 3, 1)) for _ in range(1)]
        lone = books.customer("Lone", segment_id=clients, since_on=date(2026, 3, 1), currency="KWD", value=1)
        without_id = ledger.get(Customer, lone)
        assert without_id is not None
        without_id.external_id, without_id.value_minor = None, 1250
        ledger.add(without_id)
        books.touch(twins[0], date(2026, 9, 9), note="- indented")
        books.settle()
        for number, kind in enumerate((TouchKind.CALL, TouchKind.NOTE)):
            new = NewTouch(
                customer_id=acme,
                at=datetime(2026, 9, 2, 23, 30, tzinfo=UTC),
                on=date(2026, 9, 2 + number),
                kind=kind,
                direction=Direction.MUTUAL,
                source=Source.REPLY,
                by_id=ana,
                note="+ wants =more",
            )
            record_touch(ledger, new, now=NOW, today=TODAY)
        changed = record_touch(
            ledger,
            NewTouch(acme, NOW, TODAY, TouchKind.EMAIL, Direction.OUTBOUND, Source.REPLY, note="first words"),
            now=NOW,
            today=TODAY,
        )
        change_touch(ledger, changed, {"note": "second words"}, now=NOW, today=TODAY)
        gone = record_touch(
            ledger,
            NewTouch(acme, NOW, TODAY, TouchKind.CALL, Direction.MUTUAL, Source.REPLY, note="never happened"),
            now=NOW,
            today=TODAY,
        )
        retract_touch(ledger, gone, now=NOW)
        paid = ledger.first(Touch, col(Touch.customer_id) == twins[0])
        assert paid is not None
        paid.amount_minor, paid.currency = 99950, "USD"
        given_back = ledger.get(Touch, books.touch(twins[0], date(2026, 9, 12), TouchKind.PURCHASE))
        assert given_back is not None
        given_back.amount_minor, given_back.currency = -2050, "USD"
        books.settle()
    return workspace  # fmt: skip


def cadences(store: Store, workspace: int, days: int) -> None:
    """Segments do not travel in the files: set their cadence as it was before."""
    with store.write(workspace) as ledger:
        for row in ledger.rows(SegmentRow):
            row.set_cadence_days = days
            ledger.add(row)
        Books(ledger).settle()


def test_everything_awkward_comes_back(
    store: Store, awkward: int, make_workspace: Callable[[Store, str], int], tmp_path: Path
) -> None:
    files = export(store, awkward, tmp_path / "out")
    other = make_workspace(store, "T0OTHER")
    bring_back(store, other, files)
    cadences(store, other, 30)
    with store.read(awkward) as before, store.read(other) as after:
        old, new = state(before), state(after)
    # Two keys that differ by case alone, or are a field's name, come back with "profile" in front.
    acme = next(row for row in new["customers"] if row[3][0] == "Acme")
    profile = acme[3][SAID.index("profile")]
    assert profile == {
        "Website": "@acme", "profile Name": "Acme Holding", "profile profile name": "ACME",
        "profile Last contacted": "long ago", "=SUM(1)": "'quoted", "Firma": "-5",
    }  # fmt: skip
    acme[3][SAID.index("profile")] = next(
        row[3][SAID.index("profile")] for row in old["customers"] if row[3][0] == "Acme"
    )
    for part in old:
        assert new[part] == old[part]


def test_the_sample_comes_back_and_a_second_time_changes_nothing(
    store: Store, workspace: int, make_workspace: Callable[[Store, str], int], tmp_path: Path
) -> None:
    load_sample(store, workspace, today=TODAY, now=NOW)
    files = export(store, workspace, tmp_path)
    other = make_workspace(store, "T0OTHER")
    bring_back(store, other, files)
    again = [
        import_file(store, other, subject, tmp_path / f"{subject}.csv", now=NOW) for subject in Subject
    ]  # fmt: skip
    assert [(outcome.created, outcome.updated) for outcome in again] == [(0, 0), (0, 0)]
    with store.read(other) as ledger:
        known = {row.name: row for row in ledger.rows(Customer)}
    with store.read(workspace) as ledger:
        for row in ledger.rows(Customer):
            assert (known[row.name].touch_days, known[row.name].last_on) == (row.touch_days, row.last_on)


def test_an_export_brought_back_into_its_own_workspace_changes_nothing(
    store: Store, awkward: int, tmp_path: Path
) -> None:
    files = export(store, awkward, tmp_path)
    with store.read(awkward) as ledger:
        before = state(ledger)
    bring_back(store, awkward, files)
    with store.read(awkward) as ledger:
        after = state(ledger)
    assert after["touches"] == before["touches"]
    assert after["contacts"] == before["contacts"]


def test_names_that_are_not_unique_are_found_by_index(
    sqlite_store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    with sqlite_store.read(make_workspace(sqlite_store, "T0PLAY")) as ledger:
        asked: list[tuple[str, Any]] = []
        event.listen(
            ledger.session.connection(),
            "before_cursor_execute",
            lambda _connection, _cursor, statement, parameters, *_: asked.append((statement, parameters)),
        )
        for read in (exporting.customers, exporting.live_touches):
            list(read(ledger))
        found = [pair for pair in asked if "is_ambiguous" in pair[0]]
        assert len(found) == 2
        for statement, parameters in found:
            plan = " ".join(str(row[-1]) for row in ledger.ask(f"EXPLAIN QUERY PLAN {statement}", *parameters))
            assert "ix_customer_name_key" in plan
            assert "(workspace_id=? AND external_id=?)" in plan


def test_an_id_that_only_looks_like_ours_is_one_of_another_tool(store: Store, awkward: int, tmp_path: Path) -> None:
    path = tmp_path / "touches.csv"
    path.write_text("external_id,customer,at\nkeepwarm:soon,Acme,2026-11-20\nkeepwarm:12,Acme,2026-11-21\n")
    outcome = import_file(store, awkward, Subject.TOUCHES, path, now=NOW)
    assert (outcome.created, outcome.rejected) == (2, 0)


def test_the_columns_are_the_contracts(store: Store, awkward: int, tmp_path: Path) -> None:
    export(store, awkward, tmp_path)
    with (tmp_path / "customers.csv").open(newline="") as file:
        assert tuple(next(csv.reader(file)))[: len(CUSTOMER_COLUMNS)] == CUSTOMER_COLUMNS
    with (tmp_path / "touches.csv").open(newline="") as file:
        assert tuple(next(csv.reader(file))) == TOUCH_COLUMNS


def test_no_cell_starts_a_formula(store: Store, awkward: int, tmp_path: Path) -> None:
    for path in export(store, awkward, tmp_path):
        if path.suffix == ".csv":
            with path.open(newline="") as file:
                cells = [cell for row in csv.reader(file) for cell in row]
            assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_ledger_file_keeps_what_was_corrected_and_taken_back(store: Store, awkward: int, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in export(store, awkward, tmp_path)[-1].read_text().splitlines()]
    touches = [line for line in lines if line["table"] == "touch"]
    assert {"first words", "second words", "never happened"} <= {touch["note"] for touch in touches}
    assert [touch["retracted"] for touch in touches if touch["note"] == "never happened"] == [False, True]
    assert {line["table"] for line in lines} >= {"workspace", "teammate", "segment", "customer", "contact", "touch"}


def test_no_secret_leaves_with_any_export(
    store: Store, awkward: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = {
        column.name
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, Encrypted) or re.search(r"(token|secret|password|cookie)$", column.name)
    }
    assert secret >= {"bot_token", "refresh_token"}
    monkeypatch.setattr(Keyring, "fernet", Keys([Fernet.generate_key().decode()]))
    with store.write(awkward) as ledger:
        row = ledger.session.get(Workspace, awkward)
        assert row is not None
        row.bot_token, row.refresh_token = "xoxb-very-secret", "xoxe-very-secret"
        ledger.session.add(row)
    files = export(store, awkward, tmp_path)
    with store.read(awkward) as ledger:
        files += [export_one(ledger, tmp_path, "customer", row.id) for row in ledger.rows(Customer)]
        files += [export_one(ledger, tmp_path, "teammate", row.id) for row in ledger.rows(TeammateRow)]
    for path in files:
        text = path.read_text()
        assert "very-secret" not in text, path
        named = next(csv.reader(text.splitlines())) if path.suffix == ".csv" else []
        named += [key for line in text.splitlines() if path.suffix == ".jsonl" for key in json.loads(line)]
        assert not secret & set(named), path


def test_a_guessed_beginning_stays_a_guess(
    store: Store, awkward: int, make_workspace: Callable[[Store, str], int], tmp_path: Path
) -> None:
    export(store, awkward, tmp_path)
    with (tmp_path / "customers.csv").open(newline="") as file:
        cells = {row["name"]: (row["customer_since"], row["known_since"]) for row in csv.DictReader(file)}
    assert (cells["Acme"], cells["Birch"]) == (("2026-01-05", ""), ("", "2026-02-01"))
    other = make_workspace(store, "T0OTHER")
    import_file(store, other, Subject.CUSTOMERS, tmp_path / "customers.csv", now=NOW)
    with store.read(other) as ledger:
        (birch,) = ledger.rows(Customer, col(Customer.name) == "Birch")
    assert (birch.since_on, birch.joined_on, birch.joined_key) == (date(2026, 2, 1), None, None)


def test_another_workspace_stays_out(
    store: Store, awkward: int, make_workspace: Callable[[Store, str], int], tmp_path: Path
) -> None:
    other = make_workspace(store, "T0OTHER")
    files = export(store, other, tmp_path)
    assert all("Acme" not in path.read_text() for path in files)


def test_only_the_owner_can_read_the_files(store: Store, awkward: int, tmp_path: Path) -> None:
    files = export(store, awkward, tmp_path)
    with store.read(awkward) as ledger:
        files.append(export_one(ledger, tmp_path, "customer", ledger.rows(Customer)[0].id))
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_a_folder_that_cannot_be_made_is_refused(store: Store, workspace: int, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputRefused, match="Name another folder"):
        export(store, workspace, tmp_path / "taken")
