"""Late truth: whatever comes in whatever order, what is stored is a replay of the ledger; what is not is put right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from bot.domain.model import Direction, Policy, Source, TouchKind
from bot.domain.views import CardRef
from bot.errors import TooLate
from bot.usecases import nudges, teammates
from bot.usecases.imports import Subject, import_file
from bot.usecases.policies import change_policy, segment_state
from bot.usecases.recompute import Difference, recompute_segment
from bot.usecases.touches import NewTouch, change_touch, record_touch, retract_touch
from bot.usecases.verifying import compare_again, verify_workspace
from bot.usecases.working_in import CUSTOMERS_AT_ONCE, work_in
from storage import people, touches
from storage.columns import new_id
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow, TeammateRow
from tests.conftest import NOW
from tests.support.books import Books
from tests.support.cast import Cast, write_cast

TODAY = NOW.date()
WHO = ("acme", "birch", "cedar", "dune")

# What may happen to a ledger: (what, to whom, which of their touches, days ago, kind).
steps = st.lists(
    st.tuples(
        st.sampled_from(["log", "log", "edit", "move", "delete", "import", "hand over", "snooze", "mute"]),
        st.sampled_from(WHO),
        st.integers(0, 20),
        st.integers(0, 400),
        st.sampled_from([TouchKind.CALL, TouchKind.PURCHASE, TouchKind.NOTE]),
    ),
    max_size=10,
)
Step = tuple[str, str, int, int, TouchKind]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def do(store: Store, workspace_id: int, cast: Cast, step: Step, folder: Path) -> None:
    """Let one thing happen, as people and files do it: in a transaction of its own."""
    what, name, which, days, kind = step
    if what == "import":
        file = folder / f"{new_id()}.csv"
        file.write_text(f"external_id,customer,at,kind\nT{which},{name},{ago(days)},{kind}\n")
        import_file(store, workspace_id, Subject.TOUCHES, file, now=NOW, rejects_path=folder / "rejects.csv")
        return
    with store.write(workspace_id) as ledger:
        act(ledger, what, getattr(cast, name), which=which, days=days, kind=kind, other=cast.gale)


def act(ledger: Ledger, what: str, customer_id: int, *, which: int, days: int, kind: TouchKind, other: int) -> None:
    standing = touches.latest(ledger, customer_id, limit=50)
    touch = standing[which % len(standing)] if standing else None
    ana, ben = (people.teammate(ledger.rows(TeammateRow, col(TeammateRow.name) == n)[0]) for n in ("Ana", "Ben"))
    row = ledger.get(Customer, customer_id)
    assert row is not None
    ref = CardRef(customer_id, 0, row.last_touch_id or 0)
    match what:
        case "log":
            at = NOW - timedelta(days=days)
            new = NewTouch(customer_id, at, ago(days), kind, Direction.OUTBOUND, Source.COMMAND, by_id=ben.id)
            record_touch(ledger, new, now=NOW, today=TODAY)
        case "edit" if touch:
            change_touch(ledger, touch.id, {"touched_on": ago(days), "kind": kind}, now=NOW, today=TODAY)
        case "move" if touch:
            change_touch(ledger, touch.id, {"customer_id": other}, now=NOW, today=TODAY)
        case "delete" if touch:
            retract_touch(ledger, touch.id, now=NOW)
        case "hand over" if row.owner_id != ben.id and not row.muted_because:
            with_nudge(ledger, ref, lambda: nudges.hand_over(
                ledger, ref, to=teammates.row_of(ledger, ben.id), by=ana, now=NOW))  # fmt: skip
        case "snooze":
            with_nudge(ledger, ref, lambda: nudges.snooze(
                ledger, ref, until_on=TODAY + timedelta(days=1 + days), by=ana, now=NOW))  # fmt: skip
        case "mute":
            with_nudge(ledger, ref, lambda: nudges.dismiss(ledger, ref, because="small", by=ana, now=NOW))


def learn(ledger: Ledger, segment_id: int) -> None:
    """Let the segment's cadence be learned, so that a late touch may move it for everybody."""
    row = ledger.get(SegmentRow, segment_id)
    assert row is not None
    row.set_cadence_days = None
    ledger.add(row)
    recompute_segment(ledger, segment_id)


def with_nudge(ledger: Ledger, ref: CardRef, act: Callable[[], object]) -> None:
    """Act on a card; one that somebody acted on before is left alone."""
    try:
        act()
    except TooLate:
        ledger.session.rollback()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=steps, learned=st.booleans())
def test_no_order_of_late_edited_deleted_imported_and_handed_over_touches_leaves_a_difference(
    store: Store, make_workspace: Callable[[Store, str], int], tmp_path: Path, script: list[Step], learned: bool
) -> None:
    workspace_id = make_workspace(store, f"T{new_id()}")
    with store.write(workspace_id) as ledger:
        cast = write_cast(ledger, TODAY)
        if learned:
            learn(ledger, cast.segment_id)
    for step in script:
        do(store, workspace_id, cast, step, tmp_path)
    assert list(verify_workspace(store, workspace_id)) == []


@pytest.fixture
def cast(store: Store, workspace: int) -> Cast:
    with store.write(workspace) as ledger:
        return write_cast(ledger, TODAY)


def corrupt(store: Store, workspace: int, customer_id: int, **columns: Any) -> None:
    with store.write(workspace) as ledger:
        row = ledger.get(Customer, customer_id)
        assert row is not None
        for name, value in columns.items():
            setattr(row, name, value)
        ledger.add(row)


def found(store: Store, workspace: int, *, repair: bool = False) -> dict[int, Difference]:
    return {each.customer_id: each for each in verify_workspace(store, workspace, repair=repair)}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("touch_days", 3), ("warmth", 0.5), ("last_on", date(2026, 1, 1)), ("last_touch_id", None), ("sort_key", 0.0),
        ("warm_key", 1.0), ("ranked_value", 1.0), ("due_on", date(2027, 1, 1)), ("silent_since_on", date(2026, 1, 1)),
        ("nudge_from_on", None), ("first_on", date(2020, 1, 1)),
    ],
)  # fmt: skip
def test_a_corrupted_column_is_found_and_put_right(
    store: Store, workspace: int, cast: Cast, column: str, value: Any
) -> None:
    corrupt(store, workspace, cast.acme, **{column: value})
    differing = found(store, workspace)
    assert list(differing) == [cast.acme]
    assert list(differing[cast.acme].columns) == [column]
    assert differing[cast.acme].columns[column][0] == value
    assert list(found(store, workspace, repair=True)) == [cast.acme]
    assert found(store, workspace) == {}


def test_looking_changes_nothing(store: Store, workspace: int, cast: Cast) -> None:
    corrupt(store, workspace, cast.acme, warmth=0.5)
    found(store, workspace)
    assert list(found(store, workspace)) == [cast.acme]


def test_more_than_are_held_at_a_time_are_all_put_right(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        books = Books(ledger)
        clients = books.segment()
        for number in range(450):
            books.customer(f"c{number}", segment_id=clients, since_on=ago(number))
    assert len(found(store, workspace, repair=True)) == 450
    assert found(store, workspace) == {}


def test_who_was_put_right_in_the_meantime_is_no_difference_and_is_left_alone(
    store: Store, workspace: int, cast: Cast
) -> None:
    corrupt(store, workspace, cast.acme, warmth=0.5)
    corrupt(store, workspace, cast.birch, warmth=0.5)
    suspects = list(found(store, workspace))
    with store.write(workspace) as ledger:
        # A late touch replays its customer.
        new = NewTouch(cast.acme, NOW, ago(200), TouchKind.CALL, Direction.OUTBOUND, Source.COMMAND)
        record_touch(ledger, new, now=NOW, today=TODAY)
    again = compare_again(store, workspace, suspects, repair=True)
    assert [difference.customer_id for difference in again] == [cast.birch]
    with store.read(workspace) as ledger:
        row = ledger.get(Customer, cast.acme)
        assert row is not None
        assert row.touch_days == 7
    assert found(store, workspace) == {}


def test_another_workspace_is_left_alone(
    store: Store, workspace: int, cast: Cast, make_workspace: Callable[[Store, str], int]
) -> None:
    other = make_workspace(store, "T0OTHER")
    corrupt(store, workspace, cast.acme, warmth=0.5)
    assert found(store, other, repair=True) == {}
    assert list(found(store, workspace)) == [cast.acme]


def test_a_value_that_was_not_ranked_anew_is_found(store: Store, workspace: int, cast: Cast) -> None:
    corrupt(store, workspace, cast.acme, value_minor=100)
    assert set(found(store, workspace)[cast.acme].columns) == {"ranked_value", "sort_key"}


@pytest.mark.parametrize("changes", [{"cadence_days": 90}, {"exponent": 0.9}, {"policy": Policy.FIXED}], ids=str)
def test_while_a_changed_policy_is_being_worked_in_each_is_held_against_the_policy_that_they_follow(
    store: Store, workspace: int, changes: dict[str, Any]
) -> None:
    with store.write(workspace) as ledger:
        books = Books(ledger)
        clients = books.segment(set_cadence_days=30)
        ids = [
            books.customer(f"c{n}", segment_id=clients, since_on=ago(300), touched=[ago(200 + n % 9), ago(60 + n % 7)])
            for n in range(CUSTOMERS_AT_ONCE + 1)
        ]
        books.settle()
        wanted = replace(segment_state(ledger, clients).policy, **changes)
        change_policy(ledger, clients, wanted, by=None, now=NOW)
    # More than are worked in at once: the background begins, and has the last one yet to reach.
    for reached in (0, 100):
        if reached:
            with store.write(workspace) as ledger:
                assert work_in(ledger, now=NOW, segment_id=clients, at_once=reached) is not None
        with store.read(workspace) as ledger:
            assert segment_state(ledger, clients).recomputed_percent is not None
        assert found(store, workspace) == {}
    for wrong in (ids[0], ids[-1]):
        corrupt(store, workspace, wrong, sort_key=0.0)
        assert list(found(store, workspace, repair=True)) == [wrong]
    assert found(store, workspace) == {}
