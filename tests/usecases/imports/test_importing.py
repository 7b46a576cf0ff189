"""What holds for every file: progress is told, and an import that breaks off leaves nothing behind."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import col

from bot.usecases.imports import Subject, import_file
from storage.engine import Store
from storage.models import Customer


def test_progress_is_told_up_to_the_last_row(store: Store, workspace: int, now: datetime, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("name\n" + "".join(f"Customer {number}\n" for number in range(4_500)), encoding="utf-8")
    told: list[tuple[int, int]] = []
    outcome = import_file(
        store, workspace, Subject.CUSTOMERS, path, now=now, progress=lambda done, total: told.append((done, total))
    )
    assert outcome.created == 4_500
    assert told == [(2_000, 4_500), (4_000, 4_500), (4_500, 4_500)]


def test_an_import_that_breaks_off_leaves_nothing_and_can_be_repeated(
    store: Store, workspace: int, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("name\nAcme\nBirch\n", encoding="utf-8")

    def break_off(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(store, workspace, Subject.CUSTOMERS, path, now=now, progress=break_off)
    with store.read(workspace) as ledger:
        assert not ledger.rows(Customer)
    assert import_file(store, workspace, Subject.CUSTOMERS, path, now=now).created == 2


def test_rejects_go_beside_the_file_unless_said_otherwise(
    store: Store, workspace: int, now: datetime, tmp_path: Path
) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("name,annual_value\nAcme,x\nBirch,1\n", encoding="utf-8")
    outcome = import_file(store, workspace, Subject.CUSTOMERS, path, now=now)
    assert outcome.rejects_path == tmp_path / "customers.rejects.csv"
    assert outcome.rejects_path.exists()
    with store.read(workspace) as ledger:
        assert ledger.first(Customer, col(Customer.name) == "Birch") is not None


def test_the_purchases_of_a_real_shop_import_whole(store: Store, workspace: int, now: datetime) -> None:
    folder = Path("../shared/data/cdnow")
    if not folder.exists():
        pytest.skip("the CDNOW ledger is not here")
    customers = import_file(store, workspace, Subject.CUSTOMERS, folder / "customers.csv", now=now)
    assert (customers.created, customers.rejected, customers.near_duplicate_count) == (2_357, 0, 0)
    touches = import_file(store, workspace, Subject.TOUCHES, folder / "touches.csv", now=now)
    assert (touches.created, touches.rejected) == (6_919, 0)
    assert import_file(store, workspace, Subject.TOUCHES, folder / "touches.csv", now=now).skipped == 6_919
