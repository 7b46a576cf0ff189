"""A changed policy is worked in beside everything else; throughout, every customer's state is a replay."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from bot.domain.counted_days import Pause
from bot.domain.model import Counts, Direction, Policy, Role, Source, TouchKind
from bot.domain.policies import SegmentPolicy
from bot.errors import NotAllowed, NotFound, TooLate
from bot.recomputing import Recomputer, work_in_next
from bot.usecases.neglect import rank
from bot.usecases.policies import (
    change_policy,
    segment_named,
    segment_state,
    segment_states,
)
from bot.usecases.recompute import differences
from bot.usecases.touches import NewTouch, record_touch
from bot.usecases.working_in import relearn_cadences, start, work_in, work_in_first
from storage import neglect_list, people
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer, SegmentRow, TeammateRow
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
AUGUST = Pause((8, 1), (8, 31))
SLOW = SegmentPolicy(policy=Policy.FIXED, cadence_days=45)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def fill(store: Store, workspace: int, customers: int = 5) -> int:
    """Write a segment of customers who were talked to 40 days apart, last 35 to 65 days ago."""
    with store.write(workspace) as ledger:
        books = Books(ledger)
        segment_id = books.segment("Retail", policy=Policy.FIXED, set_cadence_days=30)
        for number in range(customers):
            last = 35 + 30 * number // max(1, customers - 1)
            books.customer(
                f"C{number}", segment_id=segment_id, since_on=ago(400), owner_id=books.person("U0BEN"),
                value=1000 + number, touched=[ago(last), ago(last + 40), ago(last + 80)],
            )  # fmt: skip
        books.settle()
        return segment_id


def touch(ledger: Ledger, customer_id: int, on: date) -> int:
    at = datetime.combine(on, time(12), tzinfo=UTC)
    new = NewTouch(customer_id, at, on, TouchKind.CALL, Direction.OUTBOUND, Source.BUTTON)
    return record_touch(ledger, new, now=NOW, today=TODAY)


def ask_slowly(store: Store, workspace: int, segment_id: int, wanted: SegmentPolicy) -> None:
    """Change a policy as in a segment that is too large for the transaction of the change."""
    with store.write(workspace) as ledger:
        row = ledger.get(SegmentRow, segment_id)
        assert row is not None
        start(ledger, row, by_id=None)
        row.policy, row.set_cadence_days, row.counts = wanted.policy, wanted.cadence_days, wanted.counts
        row.pauses, row.lost_after_cadences = ",".join(map(str, wanted.pauses)), wanted.lost_after
        ledger.add(row)


def due(store: Store, workspace: int) -> list[str]:
    with store.read(workspace) as ledger:
        return [ranked.relationship.name for ranked in rank(ledger, as_of=TODAY, now_day=TODAY)]


def unlike_a_replay(store: Store, workspace: int) -> list[str]:
    with store.read(workspace) as ledger:
        return [difference.name for difference in differences(ledger)]


def test_a_small_segment_follows_its_new_policy_at_once(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    assert len(due(store, workspace)) == 5
    with store.write(workspace) as ledger:
        state = change_policy(ledger, segment_id, SLOW, by=None, now=NOW)
    assert (state.segment.cadence_days, state.recomputed_percent) == (45, None)
    assert due(store, workspace) == ["C4", "C3", "C2"]
    assert unlike_a_replay(store, workspace) == []


def test_a_large_segment_is_worked_in_step_by_step_and_says_how_far_it_is(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    ask_slowly(store, workspace, segment_id, SLOW)
    seen = []
    while (progress := work_in_next(store, workspace, now=NOW, at_once=2)) is not None:
        assert unlike_a_replay(store, workspace) == []
        with store.read(workspace) as ledger:
            seen.append((progress.done, progress.finished, segment_state(ledger, segment_id).recomputed_percent))
    assert seen == [(2, False, 40), (4, False, 80), (5, False, 99), (5, True, None)]
    assert due(store, workspace) == ["C4", "C3", "C2"]


def test_a_large_segment_does_not_hold_up_the_change(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    with store.write(workspace) as ledger:
        row = ledger.get(SegmentRow, segment_id)
        assert row is not None
        start(ledger, ledger.add(row), by_id=None)
        work_in_first(ledger, row, now=NOW, at_once=4)
        assert (row.reached_id, row.recomputed) == (0, 0)
        work_in_first(ledger, row, now=NOW, at_once=5)
        assert (row.reached_id, row.recomputed) == (None, 5)


def test_meanwhile_the_list_holds_everybody_in_one_order_each_under_the_policy_that_holds_for_it(
    store: Store, workspace: int
) -> None:
    segment_id = fill(store, workspace)
    ask_slowly(store, workspace, segment_id, SLOW)
    work_in_next(store, workspace, now=NOW, at_once=2)
    with store.read(workspace) as ledger:
        listed = rank(ledger, as_of=TODAY, now_day=TODAY)
        assert [ranked.relationship.name for ranked in listed] == ["C4", "C3", "C2"]
        assert [ranked.relationship.segment.cadence_days for ranked in listed] == [30, 30, 30]
        scores = [ranked.score for ranked in rank(ledger, as_of=ago(-30), now_day=TODAY)]
        assert len(scores) == 5
        assert scores == sorted(scores, reverse=True)
        owner_ids = list(people.everybody(ledger))
        together = neglect_list.due_of_each(ledger, owner_ids, today=ago(-30))
        for owner_id in owner_ids:
            alone = neglect_list.neglected(ledger, today=ago(-30), limit=9, owner_id=owner_id)
            assert [customer_id for _, customer_id, _ in sorted(together.get(owner_id, ()))] == [
                relationship.customer_id for relationship in alone
            ]
        assert sum(map(len, together.values())) == 5


def test_what_a_killed_process_left_is_gone_on_with(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    ask_slowly(store, workspace, segment_id, SLOW)
    work_in_next(store, workspace, now=NOW, at_once=2)
    with store.write(workspace) as ledger:
        work_in(ledger, now=NOW, at_once=2)
        ledger.session.rollback()
    assert unlike_a_replay(store, workspace) == []
    woken: list[bool] = []
    Recomputer(store, clock=lambda: NOW, wake=lambda: woken.append(True)).drain()
    assert woken
    assert due(store, workspace) == ["C4", "C3", "C2"]


def test_the_thread_works_in_what_it_is_asked_for_and_stops(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    ask_slowly(store, workspace, segment_id, SLOW)
    worked = threading.Event()
    recomputer = Recomputer(store, clock=lambda: NOW, wake=worked.set)
    recomputer.start()
    assert worked.wait(10)
    recomputer.stop()
    Recomputer(store, clock=lambda: NOW, wake=lambda: None).drain()
    assert due(store, workspace) == ["C4", "C3", "C2"]


policies = st.builds(
    SegmentPolicy,
    policy=st.sampled_from(Policy),
    cadence_days=st.none() | st.integers(1, 90),
    counts=st.sampled_from(Counts),
    pauses=st.sampled_from([(), (AUGUST,), (Pause((12, 24), (1, 1)), AUGUST)]),
    lost_after=st.integers(3, 9),
)
steps = st.lists(st.none() | st.tuples(st.integers(0, 3), st.integers(0, 400)), max_size=12)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=policies, then=policies, steps=steps)
def test_whatever_comes_between_touches_end_in_the_state_that_a_replay_gives(
    store: Store, workspace: int, first: SegmentPolicy, then: SegmentPolicy, steps: list[tuple[int, int] | None]
) -> None:
    """Touches of any day, for customers that were reached and that were not, between any two transactions."""
    with store.write(workspace) as ledger:
        books = Books(ledger)
        segment_id = books.segment("Any")
        ids = [books.customer(f"C{n}", segment_id=segment_id, since_on=ago(400), touched=[ago(50 + n)])
               for n in range(4)]  # fmt: skip
        books.settle()
        change_policy(ledger, segment_id, first, by=None, now=NOW)
        row = ledger.get(SegmentRow, segment_id)
        assert row is not None
        start(ledger, row, by_id=None)
        row.policy, row.set_cadence_days, row.counts = then.policy, then.cadence_days, then.counts
        row.pauses, row.lost_after_cadences = ",".join(map(str, then.pauses)), then.lost_after
        ledger.add(row)
        for step in steps:
            if step is None:
                work_in(ledger, now=NOW, at_once=1)
            else:
                touch(ledger, ids[step[0]], ago(step[1]))
            ledger.session.expire_all()
            assert list(differences(ledger)) == []
        while work_in(ledger, now=NOW, at_once=1):
            pass
        ledger.session.expire_all()
        assert list(differences(ledger)) == []
        ledger.session.rollback()


def test_rows_that_somebody_holds_are_left_for_a_moment(
    postgresql_store: Store, make_workspace: Callable[..., int]
) -> None:
    """Neither a touch nor a policy waits for the other while it holds what the other wants."""
    workspace = make_workspace(postgresql_store)
    segment_id = fill(postgresql_store, workspace)
    ask_slowly(postgresql_store, workspace, segment_id, SLOW)
    rested = []
    with postgresql_store.write(workspace) as touching:
        acme = touching.rows(Customer, order_by=col(Customer.id))[0]
        touch(touching, acme.id, TODAY)

        def let_go(seconds: float) -> None:
            rested.append(seconds)
            touching.session.commit()

        work_in_next(postgresql_store, workspace, now=NOW, rest=let_go)
    assert len(rested) == 1
    assert unlike_a_replay(postgresql_store, workspace) == []


def test_a_change_does_not_wait_for_a_customer_that_somebody_holds(
    postgresql_store: Store, make_workspace: Callable[..., int]
) -> None:
    workspace = make_workspace(postgresql_store)
    segment_id = fill(postgresql_store, workspace)
    with postgresql_store.write(workspace) as touching:
        touch(touching, touching.rows(Customer)[0].id, TODAY)
        with postgresql_store.write(workspace) as ledger:
            state = change_policy(ledger, segment_id, SLOW, by=None, now=NOW)
        assert state.recomputed_percent == 0
    Recomputer(postgresql_store, clock=lambda: NOW, wake=lambda: None).drain()
    assert unlike_a_replay(postgresql_store, workspace) == []


def test_a_touch_that_waited_for_a_change_of_policy_follows_the_new_one(store: Store, workspace: int) -> None:
    """Its segment is read once its customer is held: a query that waited would have read it as it was before."""
    segment_id = fill(store, workspace)
    with store.read(workspace) as ledger:
        customer_id = ledger.rows(Customer)[0].id

    def log() -> None:
        with store.write(workspace) as ledger:
            touch(ledger, customer_id, TODAY)

    waiting = threading.Thread(target=log)
    with store.write(workspace) as ledger:
        assert change_policy(ledger, segment_id, SLOW, by=None, now=NOW).recomputed_percent is None
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
    waiting.join()
    assert unlike_a_replay(store, workspace) == []


def test_a_segment_that_is_being_recomputed_is_not_changed_again(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    ask_slowly(store, workspace, segment_id, SLOW)
    with store.write(workspace) as ledger:
        with pytest.raises(TooLate, match=r"Retail is still being recomputed \(0 %\)"):
            change_policy(ledger, segment_id, SegmentPolicy(cadence_days=9), by=None, now=NOW)
        assert relearn_cadences(ledger, now=NOW) == 0


def test_a_learned_cadence_counts_in_the_segments_own_days(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    wanted = SegmentPolicy(counts=Counts.WORKING, pauses=(AUGUST,))
    with store.write(workspace) as ledger:
        change_policy(ledger, segment_id, wanted, by=None, now=NOW)
        learned = segment_state(ledger, segment_id)
        assert learned.policy == wanted
        spans = [
            learned.segment.counted.between(row.first_on, row.last_on) / 2
            for row in ledger.rows(Customer)
            if row.first_on and row.last_on
        ]
        assert learned.segment.cadence_days == sorted(spans)[2]
        assert relearn_cadences(ledger, now=NOW) == 0


def test_the_same_policy_again_changes_nothing(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    with store.write(workspace) as ledger:
        before = segment_state(ledger, segment_id)
        assert change_policy(ledger, segment_id, before.policy, by=None, now=NOW) == before


def test_only_admins_change_a_segment(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    with store.write(workspace) as ledger:
        ana, ben = (ledger.first(TeammateRow, col(TeammateRow.name) == name) for name in ("Ana", "Ben"))
        assert ana is not None
        assert ben is not None
        ana.role = Role.ADMIN
        ledger.add(ana)
        with pytest.raises(NotAllowed, match="Only admins change segments"):
            change_policy(ledger, segment_id, SLOW, by=people.teammate(ben), now=NOW)
        assert change_policy(ledger, segment_id, SLOW, by=people.teammate(ana), now=NOW).policy == SLOW


def test_segments_are_listed_by_name_with_their_customers(store: Store, workspace: int) -> None:
    fill(store, workspace, customers=2)
    with store.write(workspace) as ledger:
        Books(ledger).segment("agencies", set_cadence_days=7)
        states = segment_states(ledger)
        assert [(state.segment.name, state.customers) for state in states] == [("agencies", 0), ("Retail", 2)]
        assert segment_named(ledger, " RETAIL ") == states[1]
        with pytest.raises(NotFound, match=r"segment 'Gold': there is none of that name. Known: agencies, Retail."):
            segment_named(ledger, "Gold")


def test_a_segment_of_another_workspace_is_not_found(
    store: Store, workspace: int, make_workspace: Callable[..., int]
) -> None:
    segment_id = fill(store, workspace)
    with store.write(make_workspace(store, "T0OTHER")) as theirs:
        with pytest.raises(NotFound):
            change_policy(theirs, segment_id, SLOW, by=None, now=NOW)
        assert work_in(theirs, now=NOW) is None


def test_a_shorter_lost_threshold_sends_the_silent_to_the_lost_list(store: Store, workspace: int) -> None:
    segment_id = fill(store, workspace)
    with store.write(workspace) as ledger:
        wanted = replace(segment_state(ledger, segment_id).policy, lost_after=2)
        change_policy(ledger, segment_id, wanted, by=None, now=NOW)
        silent = ledger.session.execute(select(col(Customer.name)).where(col(Customer.silent_since_on) < ago(60)))
        assert set(silent.scalars()) == {"C4"}
    assert due(store, workspace) == ["C3", "C2", "C1", "C0"]
