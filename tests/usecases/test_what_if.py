"""What a change of policy would change is said before anything is changed, and nothing is written."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.counted_days import Pause
from bot.domain.model import Counts, Policy, Standing
from bot.domain.policies import SegmentPolicy
from bot.domain.what_if import MOST_NUDGES_A_WEEK, WhatIf, replayed_until
from bot.errors import InputRefused
from bot.usecases.neglect import rank
from bot.usecases.policies import change_policy, segment_state
from bot.usecases.what_if import what_if
from storage.engine import Store
from storage.ledger import Ledger
from storage.models import Customer
from tests.support.books import Books

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def fill(ledger: Ledger, silent: list[int], *, value: int = 1000, owned: bool = True, **columns: Any) -> int:
    """Write a segment of customers who were silent for so many days, the first the most valuable."""
    books = Books(ledger)
    segment_id = books.segment("Retail", policy=Policy.FIXED, set_cadence_days=30)
    for number, days in enumerate(silent):
        books.customer(
            f"C{number}", segment_id=segment_id, since_on=ago(400), value=value - number,
            owner_id=books.person("U0BEN") if owned else None, touched=[ago(days)], **columns,
        )  # fmt: skip
    books.settle()
    return segment_id


def asked(ledger: Ledger, segment_id: int, wanted: SegmentPolicy, **how: int) -> WhatIf:
    return what_if(ledger, segment_id, wanted, today=TODAY, **how)


SLOWER = SegmentPolicy(policy=Policy.FIXED, cadence_days=45)


def test_valuable_customers_who_would_leave_todays_list_are_at_risk(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        segment_id = fill(ledger, [40, 20, 40, 40, 60, 40])
        before = [ranked.relationship.name for ranked in rank(ledger, as_of=TODAY, now_day=TODAY)]
        found = asked(ledger, segment_id, SLOWER)
        assert (found.more_at_risk, found.noticed_sooner, found.looked_at) == (1, 0, 6)
        assert (found.before.cadence_days, found.after.cadence_days, found.is_estimate) == (30, 45, False)
        assert [ranked.relationship.name for ranked in rank(ledger, as_of=TODAY, now_day=TODAY)] == before
        assert segment_state(ledger, segment_id).policy.cadence_days == 30


@pytest.mark.parametrize(
    "wanted",
    [
        SLOWER,
        SegmentPolicy(Policy.FIXED, 14),
        SegmentPolicy(Policy.OWN, 12, counts=Counts.WORKING, pauses=(Pause((11, 1), (11, 9)),), lost_after=3),
    ],
)
def test_it_says_what_the_list_then_shows(store: Store, workspace: int, wanted: SegmentPolicy) -> None:
    with store.write(workspace) as ledger:
        segment_id = fill(ledger, [5 * number % 97 for number in range(30)])
        valuable = {f"C{number}" for number in range(10)}
        listed = {ranked.relationship.name for ranked in rank(ledger, as_of=TODAY, now_day=TODAY)}
        found = asked(ledger, segment_id, wanted)
        change_policy(ledger, segment_id, wanted, by=None, now=NOW)
        ledger.session.expire_all()
        then = {ranked.relationship.name for ranked in rank(ledger, as_of=TODAY, now_day=TODAY)}
        assert found.more_at_risk == len((listed - then) & valuable)
        assert found.noticed_sooner == len((then - listed) & valuable)
        assert found.after == segment_state(ledger, segment_id).segment


def test_nudges_are_counted_a_week_over_twelve_weeks(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        segment_id = fill(ledger, [37, 37, 37])
        found = asked(ledger, segment_id, SLOWER)
        assert (found.nudges_before, found.nudges_after) == (3 * 2 / 12, 0)


def test_nobody_is_nudged_more_often_than_a_digest_holds(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        segment_id = fill(ledger, [30] * (MOST_NUDGES_A_WEEK + 5))
        assert asked(ledger, segment_id, SLOWER).nudges_before == MOST_NUDGES_A_WEEK / 12


@pytest.mark.parametrize("kept_out", [{"standing": Standing.LURKER}, {"muted_because": "asked"}])
def test_lurkers_and_muted_customers_are_left_out(store: Store, workspace: int, kept_out: dict[str, Any]) -> None:
    with store.write(workspace) as ledger:
        found = asked(ledger, fill(ledger, [37, 37], **kept_out), SLOWER)
        assert (found.nudges_before, found.more_at_risk, found.looked_at) == (0, 0, 0)


def test_customers_without_an_owner_add_no_nudges_but_may_be_at_risk(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        found = asked(ledger, fill(ledger, [37, 37], owned=False), SLOWER)
        assert (found.nudges_before, found.more_at_risk) == (0, 1)


def test_what_is_asked_in_a_hurry_is_estimated_from_some_of_the_customers(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        segment_id = fill(ledger, [37] * 60)
        found = asked(ledger, segment_id, SLOWER, at_most=20)
        ids = [row.id for row in ledger.rows(Customer)]
        assert found.looked_at == sum(customer_id % 3 == 0 for customer_id in ids)
        assert found.is_estimate
        assert found.customers == 60
        assert found.nudges_after == 0
        assert found.more_at_risk % 3 == 0


@pytest.mark.parametrize(("years", "until"), [(0, None), (15, ago(3))])
def test_a_ledger_that_ended_long_ago_is_replayed_to_its_end(
    store: Store, workspace: int, years: int, until: date | None
) -> None:
    later = TODAY + timedelta(days=365 * years)
    with store.write(workspace) as ledger:
        segment_id = fill(ledger, [40, 20, 40, 40, 60, 3])
        found = what_if(ledger, segment_id, SLOWER, today=later)
    assert found.until == until
    assert found.nudges_before > found.nudges_after > 0
    assert found.more_at_risk == 1


@pytest.mark.parametrize(("days", "until"), [(84, TODAY), (85, ago(85)), (-1, TODAY)])
def test_the_weeks_that_are_replayed_end_today_while_they_hold_a_touch(days: int, until: date) -> None:
    assert replayed_until(TODAY, ago(days)) == until
    assert replayed_until(TODAY, None) == TODAY


def test_a_policy_that_makes_no_sense_is_refused(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger, pytest.raises(InputRefused):
        asked(ledger, fill(ledger, [40]), SegmentPolicy(cadence_days=0))


def test_a_segment_without_customers_changes_nothing(store: Store, workspace: int) -> None:
    with store.write(workspace) as ledger:
        found = asked(ledger, fill(ledger, []), SLOWER)
        assert (found.nudges_before, found.nudges_after, found.more_at_risk, found.is_estimate) == (0, 0, 0, False)
