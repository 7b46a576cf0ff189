"""What somebody is to us follows from evidence by rules to be said; what is missing is never held against them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Direction, Standing, TouchKind, TouchView
from bot.domain.standing import (
    ONE_SIDED_DAYS,
    Act,
    Evidence,
    Ground,
    Judged,
    act_of,
    is_act,
    judge,
    opportunity_in,
    promoted_to,
    settle,
)

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
ONE_SIDED = Evidence(sent_days=5, sent_first_on=TODAY - 120 * DAY, sent_last_on=TODAY)
CAME_BACK = replace(ONE_SIDED, back_days=1, back_on=TODAY)


@pytest.mark.parametrize(
    ("evidence", "standing", "ground"),
    [
        (Evidence(), Standing.CUSTOMER, Ground.NOTHING),
        (Evidence(values_are_kept=True), Standing.CUSTOMER, Ground.NOTHING),
        (Evidence(value_minor=1), Standing.CUSTOMER, Ground.VALUE),
        (replace(ONE_SIDED, value_minor=1), Standing.CUSTOMER, Ground.VALUE),
        (replace(ONE_SIDED, bought_days=1, bought_on=TODAY, back_days=1), Standing.CUSTOMER, Ground.PURCHASE),
        (replace(ONE_SIDED, renewal_on=TODAY), Standing.CUSTOMER, Ground.RENEWAL),
        (replace(ONE_SIDED, opportunity="Pilot"), Standing.PROSPECT, Ground.OPPORTUNITY),
        (replace(CAME_BACK, values_are_kept=True), Standing.PROSPECT, Ground.CAME_BACK),
        (replace(CAME_BACK, value_minor=0), Standing.PROSPECT, Ground.CAME_BACK),
        # Where nobody's value is known, a missing one says nothing.
        (CAME_BACK, Standing.CUSTOMER, Ground.NOTHING),
        (ONE_SIDED, Standing.LURKER, Ground.ONE_SIDED),
        (replace(ONE_SIDED, value_minor=0), Standing.LURKER, Ground.ONE_SIDED),
        (replace(ONE_SIDED, sent_days=ONE_SIDED_DAYS - 1), Standing.CUSTOMER, Ground.NOTHING),
        (replace(ONE_SIDED, sent_first_on=TODAY - 119 * DAY), Standing.CUSTOMER, Ground.NOTHING),
        # Whoever takes a call is there, whoever rang.
        (replace(ONE_SIDED, talked_days=1), Standing.CUSTOMER, Ground.NOTHING),
    ],
)
def test_the_first_rule_that_holds_decides(evidence: Evidence, standing: Standing, ground: Ground) -> None:
    assert judge(evidence) == Judged(standing, ground)


days = st.integers(min_value=0, max_value=40)
anything = st.builds(
    Evidence,
    value_minor=st.none() | st.integers(min_value=0, max_value=10**9), values_are_kept=st.booleans(),
    renewal_on=st.none() | st.just(TODAY), opportunity=st.none() | st.just("Pilot"), bought_days=days, back_days=days,
    talked_days=days, sent_days=days, sent_first_on=st.just(TODAY - 200 * DAY), sent_last_on=st.just(TODAY),
)  # fmt: skip


@given(anything)
def test_the_inner_circle_is_never_derived(evidence: Evidence) -> None:
    assert judge(evidence).standing is not Standing.INNER_CIRCLE


@given(anything)
def test_only_who_never_answered_is_taken_for_a_lurker(evidence: Evidence) -> None:
    if judge(evidence).standing is Standing.LURKER:
        assert not (evidence.value_minor or evidence.back_days or evidence.talked_days or evidence.bought_days)
        assert evidence.sent_days >= ONE_SIDED_DAYS


@pytest.mark.parametrize(
    ("now_is", "evidence", "then"),
    [
        (Standing.CUSTOMER, ONE_SIDED, Standing.LURKER),
        # Who wrote is proposed, and waits for a person.
        (Standing.LURKER, replace(CAME_BACK, values_are_kept=True), Standing.LURKER),
        (Standing.LURKER, CAME_BACK, Standing.LURKER),
        (Standing.CUSTOMER, replace(CAME_BACK, values_are_kept=True), Standing.PROSPECT),
        # Money and an opportunity need no question, and a judgement that no longer holds is taken back.
        (Standing.LURKER, replace(CAME_BACK, value_minor=5), Standing.CUSTOMER),
        (Standing.LURKER, replace(CAME_BACK, opportunity="Pilot"), Standing.PROSPECT),
        (Standing.LURKER, Evidence(), Standing.CUSTOMER),
        (Standing.INNER_CIRCLE, Evidence(), Standing.CUSTOMER),
    ],
)
def test_nobody_leaves_the_lurkers_for_having_written(now_is: Standing, evidence: Evidence, then: Standing) -> None:
    assert settle(now_is, evidence) is then


@pytest.mark.parametrize(
    ("kind", "direction", "expected"),
    [
        (TouchKind.EMAIL, Direction.INBOUND, True),
        (TouchKind.CALL, Direction.MUTUAL, True),
        (TouchKind.PURCHASE, Direction.OUTBOUND, True),
        (TouchKind.EMAIL, Direction.OUTBOUND, False),
        (TouchKind.NOTE, Direction.INBOUND, False),
    ],
)
def test_an_act_is_what_came_from_them(kind: TouchKind, direction: Direction, expected: bool) -> None:
    assert is_act(kind, direction) is expected


def touch(kind: TouchKind) -> TouchView:
    return TouchView(1, datetime(2026, 11, 20, tzinfo=UTC), TODAY, kind, Direction.INBOUND, None, None, None)


def test_a_purchase_outweighs_a_letter() -> None:
    assert act_of([]) is None
    assert act_of([touch(TouchKind.EMAIL)]) is Act.WROTE
    assert act_of([touch(TouchKind.EMAIL), touch(TouchKind.PURCHASE)]) is Act.BOUGHT


def test_who_buys_is_proposed_as_a_customer_and_anybody_else_as_a_prospect() -> None:
    assert promoted_to(judge(Evidence(value_minor=5))) is Standing.CUSTOMER
    assert promoted_to(judge(CAME_BACK)) is Standing.PROSPECT


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ({}, None),
        ({"Opportunity": "Pilot for two teams"}, "Pilot for two teams"),
        ({"deal_stage": " Proposal "}, "Proposal"),
        ({"Deal stage": "Closed lost"}, None),
        ({"Open deals": 0, "Verkaufschance": "Messe"}, "Messe"),
        ({"Industry": "Opportunity"}, None),
        ({"Deal": None}, None),
    ],
)
def test_an_opportunity_is_read_from_the_columns_that_name_it(profile: dict[str, Any], expected: str | None) -> None:
    assert opportunity_in(profile) == expected
