"""What is refused is kept, can be corrected, and harms no spreadsheet."""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import col

from bot.errors import InputRefused
from bot.usecases.imports import Subject, import_file
from bot.usecases.imports.report import rejects_report, report
from bot.usecases.imports.spreadsheet import as_written, harmless
from storage.engine import Store
from storage.models import Customer
from tests.usecases.imports.conftest import Import

WRONG = 'external_id,name,annual_value,notes\n1,Acme,12k5,=cmd()\n2,Birch,100,fine\n3,,1,\n4,"Ce"dar,1,\n2,Again,5,-x\n'


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_rejected_rows_are_kept_as_they_were_with_the_reason_in_front(take: Import) -> None:
    outcome = take("customers", WRONG)
    assert (outcome.created, outcome.rejected) == (1, 4)
    assert outcome.rejects_path is not None
    header, *rows = rows_of(outcome.rejects_path)
    assert header == [
        "rejected_line", "rejected_field", "rejected_value", "remedy", "external_id", "name", "annual_value", "notes",
    ]  # fmt: skip
    assert [row[0] for row in rows] == ["2", "4", "5", "6"]
    assert rows[0][1:] == [
        "annual_value",
        "12k5",
        "is not a number. Write 12500 or 12.5k.",
        "1",
        "Acme",
        "12k5",
        "'=cmd()",
    ]


def test_a_corrected_rejects_file_can_be_imported_as_it_is(take: Import, store: Store, workspace: int) -> None:
    path = take("customers", WRONG).rejects_path
    assert path is not None
    corrected = path.read_text(encoding="utf-8-sig").replace("1,Acme,12k5", "1,Acme,12.5k")
    outcome = take("customers", corrected, name="corrected.csv")
    assert outcome.created == 1
    with store.read(workspace) as ledger:
        (acme,) = ledger.rows(Customer, col(Customer.name) == "Acme")
        assert (acme.value_minor, acme.notes, acme.profile) == (1_250_000, "=cmd()", {})


def test_a_row_that_is_none_is_kept_as_text(take: Import) -> None:
    path = take("customers", 'name,notes\nAcme,fine\n"Ce"dar,1\nDune,1,"2, 3",4\n').rejects_path
    assert path is not None
    assert [(row[0], row[2]) for row in rows_of(path)[1:]] == [("3", '"Ce"dar,1'), ("4", "Dune,1,2, 3,4")]


def test_what_is_corrected_for_the_second_time_has_its_reasons_once(take: Import) -> None:
    first = take("customers", WRONG)
    assert first.rejects_path is not None
    reasons = rows_of(first.rejects_path)[0]
    second = take("customers", first.rejects_path.read_text(encoding="utf-8-sig"))
    assert second.rejects_path is not None
    header, *rows = rows_of(second.rejects_path)
    assert header == reasons
    assert rows[0][1:] == [
        "annual_value", "12k5", "is not a number. Write 12500 or 12.5k.", "1", "Acme", "12k5", "'=cmd()",
    ]  # fmt: skip
    third = take("customers", second.rejects_path.read_text(encoding="utf-8-sig"))
    assert third.rejected == second.rejected


def test_rejects_never_take_the_place_of_the_file_itself(
    store: Store, workspace: int, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("name,annual_value\nAcme,x\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="is the file itself"):
        import_file(store, workspace, Subject.CUSTOMERS, path, now=now, rejects_path=tmp_path / "." / "customers.csv")
    assert path.read_text(encoding="utf-8") == "name,annual_value\nAcme,x\n"


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-5", "@x", "\tx", "'quoted'", "Acme", ""])
def test_no_cell_is_a_formula_and_none_is_lost(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t"))
    assert as_written(harmless(cell)) == cell


def test_the_first_rejects_are_sentences_and_the_rest_is_counted(take: Import) -> None:
    rows = "name,annual_value\nBirch,1\n" + "".join(f"Acme {number},x\n" for number in range(30))
    outcome = take("customers", rows)
    lines = rejects_report(outcome)
    assert lines[0] == "customers.csv line 3: annual_value 'x' is not a number. Write 12500 or 12.5k."
    assert lines[20:22] == ["… and 10 more.", "1 other row is fine; it is in the ledger."]
    assert lines[-1].startswith(f"The rejected rows are in {outcome.rejects_path}.")
    assert rejects_report(take("customers", "name\nElm\n")) == []


def test_a_file_of_nothing_but_wrong_rows_writes_nothing(take: Import, store: Store, workspace: int) -> None:
    outcome = take("customers", "name,annual_value\nAcme,x\n")
    assert "No row could be taken; nothing was written." in rejects_report(outcome)
    with store.read(workspace) as ledger:
        assert not ledger.rows(Customer)


@pytest.mark.parametrize(
    "content", ["name\n", "", "foo,bar\n1,2\n", 'name\nAcme\n"Birch\n', "name,Name\na,b\n"],
)  # fmt: skip
def test_a_file_that_is_refused_writes_nothing(take: Import, store: Store, workspace: int, content: str) -> None:
    with pytest.raises(InputRefused):
        take("customers", content)
    with store.read(workspace) as ledger:
        assert not ledger.rows(Customer)


def test_the_report_says_how_the_file_was_read_and_what_it_did(take: Import, exports: Path) -> None:
    lines = report(take("customers", exports / "kunden.csv", dry_run=True))
    assert lines[0] == "kunden.csv: read as cp1252 with semicolons."
    assert "  Jahresumsatz (EUR) → annual_value" in lines
    assert "Dry run, nothing was written: create 12 · update 0 · skip 0 · reject 0" in lines
    assert any("'Letzter Kontakt'" in line for line in lines)


def test_the_contracts_own_file_needs_no_mapping_in_its_report(take: Import) -> None:
    assert report(take("customers", "external_id,name\n1,Acme\n")) == [
        "customers.csv: read as UTF-8 with commas.",
        "create 1 · update 0 · skip 0 · reject 0",
        "New segments: Customers.",
    ]


def test_rejects_that_cannot_be_written_stop_the_import(
    store: Store, workspace: int, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("name,annual_value\nAcme,x\nBirch,1\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="Name another place"):
        import_file(
            store, workspace, Subject.CUSTOMERS, path, now=now, rejects_path=tmp_path / "nowhere" / "rejects.csv"
        )
    with store.read(workspace) as ledger:
        assert not ledger.rows(Customer)
