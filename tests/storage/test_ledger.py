"""What every effect of a request leans on: a key is taken once, by the transaction that has the effect."""

import threading
from datetime import datetime

import pytest
from sqlmodel import col

from bot.domain.model import Role
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import DedupeKey, TeammateRow


def test_a_key_is_first_once(store: Store, workspace: int, now: datetime) -> None:
    seen = []
    for _ in range(4):
        with store.write(workspace) as ledger:
            seen.append(ledger.is_first("event:E1", now=now))
    assert seen == [True, False, False, False]


def test_a_failed_effect_leaves_no_key(store: Store, workspace: int, now: datetime) -> None:
    with pytest.raises(RuntimeError), store.write(workspace) as ledger:
        assert ledger.is_first("event:E1", now=now)
        raise RuntimeError("the effect failed")
    with store.write(workspace) as ledger:
        assert ledger.is_first("event:E1", now=now)


def test_the_same_key_in_another_workspace_is_another_key(
    store: Store, workspace: int, now: datetime, make_workspace: object
) -> None:
    other = make_workspace(store, "T0OTHER")  # type: ignore[operator]
    for workspace_id in (workspace, other):
        with store.write(workspace_id) as ledger:
            assert ledger.is_first("event:E1", now=now)


def test_of_eight_at_once_one_is_first(store: Store, workspace: int, now: datetime) -> None:
    """Slack's retry meets the first attempt while that is still working: it waits, then knows."""
    together, answers = threading.Barrier(8), []

    def arrive() -> None:
        together.wait()
        with store.write(workspace) as ledger:
            answers.append(_slowly_first(ledger, now))

    threads = [threading.Thread(target=arrive) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 7 + [True]
    with store.read(workspace) as ledger:
        assert len(ledger.rows(DedupeKey)) == 1


def _slowly_first(ledger: Ledger, now: datetime) -> bool:
    first = ledger.is_first("event:E1", now=now)
    ledger.rows(DedupeKey)
    return first


def test_rows_come_in_the_order_of_their_keys_whatever_was_changed_last(store: Store, workspace: int) -> None:
    """Else the admins that a refusal names, and much more, would stand in another order after every change."""
    with store.write(workspace) as ledger:
        for row in ledger.rows(TeammateRow)[:2]:
            row.name = f"{row.name} the first"
            ledger.add(row)
    with store.read(workspace) as ledger:
        if store.engine.dialect.name == "postgresql":  # as it does by itself once it has counted the rows
            for way in ("indexscan", "bitmapscan"):
                ledger.tell(f"SET LOCAL enable_{way} = off")
        assert [row.name for row in ledger.rows(TeammateRow)] == ["Ana the first", "Ben the first", "Chi"]
        found = ledger.first(TeammateRow, col(TeammateRow.role) == Role.MEMBER)
        assert found is not None
        assert found.name == "Ana the first"


def test_instants_days_and_words_are_told_as_they_are_and_stored_as_the_orm_stores_them(
    store: Store, workspace: int, now: datetime
) -> None:
    with store.write(workspace) as ledger:
        row = ledger.add(TeammateRow(workspace_id=workspace, slack_user_id="U0NEW"))
        ledger.tell(
            "UPDATE teammate SET seen_at = ?, paused_until_on = ?, role = ? WHERE workspace_id = ? AND id = ?",
            now, now.date(), Role.ADMIN, workspace, row.id,
        )  # fmt: skip
        ledger.session.refresh(row)
        assert (row.seen_at, row.paused_until_on, row.role) == (now, now.date(), Role.ADMIN)


def test_an_instant_without_a_zone_is_not_told_to_sqlite(sqlite_store: Store, now: datetime) -> None:
    with pytest.raises(ValueError, match="no time zone"), sqlite_store.session() as transaction:
        transaction.tell("UPDATE teammate SET seen_at = ?", (now.replace(tzinfo=None),))
