"""The stored state is what a replay of the ledger gives, whoever wrote it last."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import log2
from typing import Any

import pytest
from sqlmodel import col

from bot.domain.model import Direction, Source, TouchKind
from bot.usecases.recompute import differences, recompute_segment, recompute_workspace, relearn_medians
from bot.usecases.touches import NewTouch, record_touch
from bot.usecases.working_in import relearn_cadences, start
from storage.columns import new_id
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow, Touch, Workspace
from tests.support.books import Books

DAY = date(2026, 1, 5)
NOON = datetime(2026, 6, 5, 12, tzinfo=UTC)


@pytest.fixture
def ledger(store: Store, workspace: int) -> Iterator[Ledger]:
    with store.write(workspace) as opened:
        yield opened


def segment(ledger: Ledger, name: str = "Key", **columns: Any) -> SegmentRow:
    return ledger.add(SegmentRow(workspace_id=ledger.workspace_id, id=new_id(), name=name, **columns))


def customer(ledger: Ledger, of: SegmentRow, name: str, **columns: Any) -> Customer:
    """Write a customer whose derived state is nonsense."""
    values: dict[str, Any] = {
        "segment_id": of.id, "since_on": DAY, "warm_key": 9.0, "ranked_value": 9.0, "sort_key": 9.0, "due_on": DAY,
        "silent_since_on": DAY, "nudge_from_on": None, "name_key": name.casefold(),
    }  # fmt: skip
    row = Customer(workspace_id=ledger.workspace_id, id=new_id(), name=name, **(values | columns))
    return ledger.add(row)


def touch(ledger: Ledger, of: Customer, after_days: int, **columns: Any) -> Touch:
    on = DAY + timedelta(days=after_days)
    at = datetime.combine(on, time(12), tzinfo=UTC)
    values: dict[str, Any] = {
        "touched_at": at, "touched_on": on, "kind": TouchKind.CALL, "direction": Direction.OUTBOUND,
        "source": Source.IMPORT, "recorded_at": at,
    }  # fmt: skip
    return ledger.add(Touch(workspace_id=ledger.workspace_id, id=new_id(), customer_id=of.id, **(values | columns)))


def fresh(ledger: Ledger, row: Customer) -> Customer:
    ledger.session.expire_all()
    found = ledger.get(Customer, row.id)
    assert found is not None
    return found


def test_a_rhythm_is_replayed_from_live_touches_that_count(ledger: Ledger) -> None:
    key = segment(ledger, set_cadence_days=20)
    acme = customer(ledger, key, "Acme", value_minor=800_00)
    touch(ledger, acme, 0)
    last = touch(ledger, acme, 20)
    touch(ledger, acme, 20, touched_at=last.touched_at - timedelta(hours=1))
    touch(ledger, acme, 30, kind=TouchKind.NOTE)
    wrong = touch(ledger, acme, 40)
    touch(ledger, acme, 40, supersedes_id=wrong.id, revision=2, retracted=True)
    assert recompute_segment(ledger, key.id) == 1
    found = fresh(ledger, acme)
    assert (found.touch_days, found.first_on, found.last_on) == (2, DAY, DAY + timedelta(days=20))
    assert (found.last_touch_id, found.warmth, found.ranked_value) == (last.id, 1.5, 800.0)
    assert found.sort_key == pytest.approx(log2(800) - 0.5 * found.warm_key)
    assert found.nudge_from_on == found.due_on == DAY + timedelta(days=20 + 30)
    assert not list(differences(ledger))


def test_a_cadence_is_the_median_of_the_customers_own_gaps(ledger: Ledger) -> None:
    key = segment(ledger)
    for name, days in {"Acme": (0, 10, 20), "Birch": (0, 40), "Cedar": (0, 90), "Dune": (5, 45)}.items():
        row = customer(ledger, key, name)
        for day in days:
            touch(ledger, row, day)
    recompute_workspace(ledger)
    ledger.session.expire_all()
    assert key.cadence_days == 40.0


def test_a_cadence_that_was_set_by_hand_stays(ledger: Ledger) -> None:
    key = segment(ledger, set_cadence_days=7)
    acme = customer(ledger, key, "Acme")
    touch(ledger, acme, 0)
    touch(ledger, acme, 50)
    recompute_workspace(ledger)
    assert key.cadence_days == 7


def test_without_gaps_a_month_is_assumed_and_due_counts_from_the_beginning(ledger: Ledger) -> None:
    key = segment(ledger, cadence_days=99)
    acme = customer(ledger, key, "Acme")
    recompute_segment(ledger, key.id)
    assert (key.cadence_days, fresh(ledger, acme).due_on) == (30.0, DAY + timedelta(days=30))


def test_unknown_values_rank_as_the_median_in_the_base_currency(ledger: Ledger) -> None:
    workspace = ledger.session.get(Workspace, ledger.workspace_id)
    assert workspace is not None
    workspace.rates = {"USD": 0.5}
    key = segment(ledger)
    for number, (minor, currency) in enumerate([(100_00, "EUR"), (400_00, "USD"), (900, "JPY")]):
        customer(ledger, key, f"Customer {number}", value_minor=minor, currency=currency)
    dune = customer(ledger, key, "Dune")
    recompute_segment(ledger, key.id)
    assert (key.median_value, fresh(ledger, dune).ranked_value) == (200.0, 200.0)


@pytest.mark.parametrize("is_worked_in", [False, True])
def test_the_middle_follows_the_values_by_which_it_moved(ledger: Ledger, is_worked_in: bool) -> None:
    key = segment(ledger)
    acme, _, dune = [customer(ledger, key, name, value_minor=100_00) for name in ("Acme", "Birch")] + [
        customer(ledger, key, "Dune")
    ]
    recompute_segment(ledger, key.id)
    acme = fresh(ledger, acme)
    acme.value_minor = 130_00
    ledger.add(acme)
    assert relearn_medians(ledger) == 0, "115 is within a fifth of 100"
    if is_worked_in:
        start(ledger, key, by_id=None)
        key.exponent = 0.9
        ledger.add(key)
    acme.value_minor = 300_00
    ledger.add(acme)
    assert relearn_medians(ledger) == 1
    assert fresh(ledger, dune).ranked_value == 200.0
    assert [difference.name for difference in differences(ledger)] == ["Acme"], "whose own value was written past it"


def test_what_people_decided_is_respected(ledger: Ledger) -> None:
    key = segment(ledger)
    snoozed = customer(ledger, key, "Dune", snoozed_until_on=date(2027, 3, 1))
    muted = customer(ledger, key, "Elm", muted_because="moved away")
    recompute_segment(ledger, key.id)
    assert fresh(ledger, snoozed).nudge_from_on == date(2027, 3, 1)
    assert fresh(ledger, muted).nudge_from_on is None


def test_a_second_run_changes_nothing(ledger: Ledger) -> None:
    acme = customer(ledger, segment(ledger), "Acme")
    touch(ledger, acme, 3)
    assert recompute_workspace(ledger) == 1
    assert recompute_workspace(ledger) == 0


def test_a_difference_names_the_customer_and_what_is_wrong(ledger: Ledger) -> None:
    acme = customer(ledger, segment(ledger), "Acme")
    touch(ledger, acme, 3)
    recompute_workspace(ledger)
    acme = fresh(ledger, acme)
    acme.touch_days = 7
    ledger.add(acme)
    (found,) = differences(ledger)
    assert (found.name, found.columns) == ("Acme", {"touch_days": (7, 1)})


def test_customers_of_other_workspaces_are_left_alone(
    ledger: Ledger, store: Store, workspace: int, make_workspace: Callable[[Store, str], int]
) -> None:
    customer(ledger, segment(ledger), "Acme")
    ledger.session.commit()
    other = make_workspace(store, "T0OTHER")
    with store.write(other) as theirs:
        assert recompute_workspace(theirs) == 0
    with store.read(workspace) as mine:
        assert [row.sort_key for row in mine.rows(Customer, col(Customer.name) == "Acme")] == [9.0]


def test_more_customers_than_a_batch_are_all_replayed(ledger: Ledger) -> None:
    key = segment(ledger)
    rows = [customer(ledger, key, f"Customer {number}") for number in range(2_100)]
    for row in (rows[0], rows[1_999], rows[2_000], rows[-1]):
        touch(ledger, row, 3)
    assert recompute_segment(ledger, key.id) == 2_100
    assert [fresh(ledger, row).touch_days for row in (rows[0], rows[1], rows[1_999], rows[2_000], rows[-1])] == [
        1, 0, 1, 1, 1,
    ]  # fmt: skip


def test_a_cadence_follows_how_customers_come_to_be_talked_to(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        books = Books(ledger)
        segment_id = books.segment()
        start = date(2026, 1, 5)
        touched = [start + timedelta(days=20 * number) for number in range(6)]
        acme = books.customer("Acme", segment_id=segment_id, since_on=start, touched=touched)
        books.settle()
        row = ledger.get(SegmentRow, segment_id)
        assert row is not None
        assert row.cadence_days == 20
        assert relearn_cadences(ledger, now=NOON) == 0
        for weeks in (20, 40):
            day = start + timedelta(weeks=weeks)
            new = NewTouch(acme, datetime.combine(day, time(12), tzinfo=UTC), day, TouchKind.CALL, Direction.OUTBOUND,
                           Source.BUTTON)  # fmt: skip
            record_touch(ledger, new, now=new.at, today=day)
        assert relearn_cadences(ledger, now=NOON) == 1
        ledger.session.refresh(row)
        assert row.cadence_days == 40
        assert list(differences(ledger)) == []
