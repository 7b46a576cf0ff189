"""The state of a customer is what a replay of its ledger gives, whatever is told, changed or taken back, and when."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from bot.domain.model import Direction, Source, TouchKind
from bot.domain.rhythm import after_touch, derive, due_on, replay
from bot.errors import NotFound, TooLate
from bot.usecases.recompute import differences
from bot.usecases.touches import change_touch
from storage import customers, touches
from storage.columns import new_id
from storage.engine import Store
from storage.models import Touch
from tests.support.told import LONG_AGO, NOW, TODAY, Told, ago, tell


@pytest.fixture
def told(store: Store, workspace: int) -> Iterator[Told]:
    with store.write(workspace) as ledger:
        yield tell(ledger)


# What may happen to a ledger: (what, which earlier touch, days ago, kind, which customer).
steps = st.lists(
    st.tuples(
        st.sampled_from(["touch", "touch", "touch", "change", "move", "retract", "note"]),
        st.integers(0, 30),
        st.integers(0, 200),
        st.sampled_from([TouchKind.CALL, TouchKind.PURCHASE, TouchKind.NOTE]),
        st.booleans(),
    ),
    max_size=14,
)


def play(told: Told, script: list[tuple[str, int, int, TouchKind, bool]]) -> dict[int, tuple[bool, date, TouchKind]]:
    """Do what a script says; return what stands: touch → (Acme's, day, kind)."""
    standing: dict[int, tuple[bool, date, TouchKind]] = {}
    for what, which, days, kind, of_acme in script:
        customer_id = told.acme if of_acme else told.birch
        if what in {"touch", "note"}:
            kind_told = TouchKind.NOTE if what == "note" else kind
            standing[told.touch(days, kind_told, of=customer_id)] = (of_acme, ago(days), kind_told)
            continue
        if not standing:
            continue
        touch_id = list(standing)[which % len(standing)]
        was_acmes, was_on, was_kind = standing.pop(touch_id)
        if what == "retract":
            told.retract(touch_id)
        elif what == "change":
            standing[told.change(touch_id, touched_on=ago(days), kind=kind)] = (was_acmes, ago(days), kind)
        else:
            standing[told.change(touch_id, customer_id=customer_id)] = (of_acme, was_on, was_kind)
    return standing


def assert_is_replay(told: Told, standing: dict[int, tuple[bool, date, TouchKind]]) -> None:
    segment = next(iter(customers.segments(told.ledger).values()))
    for is_acme, customer_id in ((True, told.acme), (False, told.birch)):
        days = {on for acmes, on, kind in standing.values() if acmes is is_acme and kind.counts}
        rhythm = replay(days, segment)
        row = told.row(customer_id)
        stored = (row.touch_days, row.first_on, row.last_on, row.warmth)
        assert stored == ((rhythm.touch_days, rhythm.first_on, rhythm.last_on, rhythm.recent) if rhythm else
                          (0, None, None, None))  # fmt: skip
        expected = derive(
            rhythm, since_on=LONG_AGO, segment=segment, ranked_value=row.ranked_value, standing=row.standing,
            snoozed_until_on=None, muted=False,
        )  # fmt: skip
        found = (row.warm_key, row.sort_key, row.due_on, row.silent_since_on, row.nudge_from_on)
        assert found == (
            expected.warm_key, expected.sort_key, expected.due_on, expected.silent_since_on, expected.nudge_from_on,
        )  # fmt: skip
        newest = {
            touch for touch, (acmes, on, kind) in standing.items()
            if acmes is is_acme and kind.counts and rhythm and on == rhythm.last_on
        }  # fmt: skip
        assert row.last_touch_id in newest if rhythm else row.last_touch_id is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=steps)
def test_the_state_is_a_replay_of_the_ledger_whatever_happens_in_whatever_order(
    sqlite_store: Store,
    make_workspace: Callable[[Store, str], int],
    script: list[tuple[str, int, int, TouchKind, bool]],
) -> None:
    with sqlite_store.write(make_workspace(sqlite_store, f"T{new_id()}")) as ledger:
        told = tell(ledger)
        assert_is_replay(told, play(told, script))
        ledger.session.expire_all()
        assert list(differences(ledger)) == []


CALL, NOTE = TouchKind.CALL, TouchKind.NOTE


@pytest.mark.parametrize(
    "script",
    [
        [("touch", 0, 5, CALL, True), ("touch", 0, 40, CALL, True), ("touch", 0, 20, CALL, True)],
        [("touch", 0, 5, CALL, True), ("touch", 0, 5, CALL, True), ("retract", 0, 0, CALL, True)],
        [("touch", 0, 30, CALL, True), ("touch", 0, 1, CALL, True), ("retract", 1, 0, CALL, True)],
        [("touch", 0, 30, CALL, True), ("note", 0, 1, NOTE, True), ("change", 0, 60, CALL, True)],
        [("touch", 0, 30, CALL, True), ("change", 0, 30, NOTE, True), ("change", 0, 10, CALL, True)],
        [("touch", 0, 9, CALL, True), ("touch", 0, 3, CALL, False), ("move", 0, 0, CALL, False)],
    ],
)
def test_both_databases_keep_the_state_of_a_replay(
    told: Told, script: list[tuple[str, int, int, TouchKind, bool]]
) -> None:
    assert_is_replay(told, play(told, script))
    told.ledger.session.expire_all()
    assert list(differences(told.ledger)) == []


def test_logging_today_takes_a_customer_off_the_list_for_its_whole_patience(told: Told) -> None:
    told.touch(100)
    assert told.row().due_on <= TODAY
    told.touch(0)
    segment = next(iter(customers.segments(told.ledger).values()))
    rhythm = after_touch(replay([ago(100)], segment), TODAY, segment)
    assert told.row().due_on == due_on(rhythm, LONG_AGO, segment) > TODAY
    assert told.row().nudge_from_on == told.row().due_on


def test_an_older_touch_never_moves_the_clock_back(told: Told) -> None:
    newest = told.touch(3)
    told.touch(80)
    assert (told.row().last_on, told.row().last_touch_id) == (ago(3), newest)


def test_taking_the_newest_touch_back_moves_the_clock_back(told: Told) -> None:
    older = told.touch(60)
    told.retract(told.touch(3))
    assert (told.row().last_on, told.row().last_touch_id, told.row().touch_days) == (ago(60), older, 1)


def test_a_note_counts_for_nothing_and_is_kept(told: Told) -> None:
    called = told.touch(60)
    before = told.row().model_dump()
    noted = told.touch(0, TouchKind.NOTE)
    assert told.row().model_dump() == before
    assert [view.id for view in touches.latest(told.ledger, told.acme, limit=5)] == [noted, called]


def test_two_touches_on_one_day_count_once_and_the_later_one_is_the_last(told: Told) -> None:
    told.touch(0)
    second = told.touch(0)
    assert (told.row().touch_days, told.row().warmth, told.row().last_touch_id) == (1, 1.0, second)


def test_a_touch_for_the_wrong_customer_moves_both_clocks(told: Told) -> None:
    touch_id = told.touch(2)
    entry_id = told.change(touch_id, customer_id=told.birch)
    assert (told.row().last_on, told.row().last_touch_id) == (None, None)
    assert (told.row(told.birch).last_on, told.row(told.birch).last_touch_id) == (ago(2), entry_id)


def test_a_touch_that_was_changed_or_taken_back_cannot_be_changed_again(told: Told) -> None:
    first = told.touch(2)
    second = told.change(first, note="corrected")
    with pytest.raises(TooLate):
        told.change(first, note="again")
    gone = told.retract(second)
    for entry in (second, gone):
        with pytest.raises(TooLate):
            told.retract(entry)
    entries = told.ledger.rows(Touch, order_by=col(Touch.revision))
    assert [(row.revision, row.supersedes_id, row.retracted) for row in entries] == [
        (1, None, False), (2, first, False), (3, second, True),
    ]  # fmt: skip


def test_a_touch_of_nobody_here_is_not_found(told: Told) -> None:
    with pytest.raises(NotFound):
        told.touch(0, of=12345)
    with pytest.raises(NotFound):
        told.change(told.touch(0), customer_id=12345)
    with pytest.raises(NotFound):
        told.retract(12345)


def test_a_changed_note_keeps_the_hour_of_the_touch(told: Told) -> None:
    entry_id = told.change(told.touch(2), note="corrected", touched_at=NOW)
    entry = told.ledger.get(Touch, entry_id)
    assert entry is not None
    assert entry.touched_at == datetime.combine(ago(2), time(12), tzinfo=UTC)


def entry(told: Told, **changes: object) -> dict[str, object]:
    return {
        "workspace_id": told.ledger.workspace_id, "id": new_id(), "customer_id": told.acme, "revision": 1,
        "retracted": False, "touched_at": NOW, "touched_on": TODAY, "kind": TouchKind.CALL,
        "direction": Direction.OUTBOUND, "source": Source.REPLY, "recorded_at": NOW, **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"supersedes_id": 77, "revision": 2},
        {"external_id": "crm-1"},
        {"revision": 0},
        {"amount_minor": 100},
        {"kind": "telepathy"},
        {"direction": "sideways"},
        {"customer_id": 12345},
        {"by_id": 12345},
    ],
)
def test_the_database_refuses_what_no_ledger_holds(told: Told, changes: dict[str, object]) -> None:
    first = entry(told, supersedes_id=77, external_id="crm-1")
    told.ledger.session.connection().execute(insert(Touch).values(first))
    savepoint = told.ledger.session.begin_nested()
    with pytest.raises((IntegrityError, LookupError)):
        told.ledger.session.connection().execute(insert(Touch.__table__).values(entry(told, **changes)))  # type: ignore[attr-defined]
    savepoint.rollback()


def test_two_people_who_correct_one_touch_at_once_are_one_correction(
    postgresql_store: Store, make_workspace: Callable[[Store, str], int]
) -> None:
    workspace_id = make_workspace(postgresql_store, "T0PLAY")
    with postgresql_store.write(workspace_id) as ledger:
        told = tell(ledger)
        touch_id = told.touch(5)
    both = Barrier(2)

    def correct(days: int) -> bool:
        with postgresql_store.write(workspace_id) as ledger:
            both.wait(timeout=10)
            try:
                change_touch(ledger, touch_id, {"touched_on": ago(days)}, now=NOW, today=TODAY)
            except TooLate:
                return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(correct, (10, 20))) == [False, True]
    with postgresql_store.write(workspace_id) as ledger:
        assert len(ledger.rows(Touch)) == 2
        assert list(differences(ledger)) == []


def test_touches_by_many_at_once_leave_the_state_of_a_replay(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        told = tell(ledger)
    started = Barrier(4)

    def log(days: int) -> None:
        started.wait(timeout=10)
        with store.write(workspace) as ledger:
            Told(ledger, told.acme, told.birch, told.ana).touch(days)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(log, (3, 30, 12, 3)))
    with store.write(workspace) as ledger:
        again = Told(ledger, told.acme, told.birch, told.ana)
        assert (again.row().touch_days, again.row().last_on) == (3, ago(3))
        assert list(differences(ledger)) == []
