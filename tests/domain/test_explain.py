"""The factors multiply to the score that ordered the list, and everything that is unusual is said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.explain import HeldBack, WorthFrom, explain
from bot.domain.model import Policy, Relationship, Segment, Standing
from bot.domain.rhythm import LARGEST_LOG_SCORE, derive, replay, score, warmth_on

TODAY = date(2026, 11, 24)


def told(
    *days_ago: int,
    value_minor: int | None = 8_400_000,
    ranked_value: float = 84_000.0,
    segment: Segment | None = None,
    standing: Standing = Standing.CUSTOMER,
    snoozed_until_on: date | None = None,
    muted: bool = False,
) -> Relationship:
    """A customer with contact so many days ago."""
    segment = segment or Segment(1, "Agencies", Policy.LEARNED, 21.0, 0.5)
    rhythm = replay([TODAY - timedelta(days=n) for n in days_ago], segment)
    since_on = TODAY - timedelta(days=400)
    derived = derive(
        rhythm, since_on=since_on, segment=segment, ranked_value=ranked_value, standing=standing,
        snoozed_until_on=snoozed_until_on, muted=muted,
    )  # fmt: skip
    return Relationship(
        customer_id=1, external_id=None, name="Acme", owner_id=1, segment=segment, standing=standing,
        value_minor=value_minor, currency="EUR", ranked_value=ranked_value, since_on=since_on, rhythm=rhythm,
        due_on=derived.due_on, nudge_from_on=derived.nudge_from_on, snoozed_until_on=snoozed_until_on,
    )  # fmt: skip


relationships = st.builds(
    lambda days, value, policy, cadence, exponent: told(
        *days, ranked_value=value, segment=Segment(1, "s", policy, cadence, exponent)
    ),
    st.lists(st.integers(0, 2000), max_size=12), st.floats(0, 1e9), st.sampled_from(Policy), st.floats(1, 400),
    st.floats(0, 1),
)  # fmt: skip


@given(relationships)
def test_the_factors_multiply_to_the_score(relationship: Relationship) -> None:
    explained = explain(relationship, TODAY)
    assert explained.score == score(relationship, TODAY)
    if explained.score < 2**LARGEST_LOG_SCORE and explained.warmth > 1e-300:
        assert explained.worth * explained.silence == pytest.approx(explained.score, rel=1e-9)


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=12), st.floats(1, 400))
def test_what_is_left_of_the_touches_adds_up_to_recent_contact(days_ago: list[int], cadence: float) -> None:
    relationship = told(*days_ago, segment=Segment(1, "s", cadence_days=cadence))
    explained = explain(relationship, TODAY, days=[TODAY - timedelta(days=n) for n in days_ago])
    assert sum(contact.left for contact in explained.contacts) == pytest.approx(explained.recent, rel=1e-9)
    assert explained.recent * explained.depth == pytest.approx(explained.warmth, rel=1e-9)
    assert [contact.on for contact in explained.contacts] == sorted({c.on for c in explained.contacts}, reverse=True)


def test_silence_and_patience_are_those_of_the_list() -> None:
    relationship = told(112, 91, 70, 49)
    explained = explain(relationship, TODAY)
    assert (explained.silent_days, explained.patience_days) == (49, (relationship.due_on - TODAY).days + 49)
    assert explained.warmth == warmth_on(relationship, TODAY)
    assert explained.held_back == ()


def test_a_customer_that_nobody_talked_to_counts_from_its_first_day() -> None:
    explained = explain(told(), TODAY)
    assert (explained.silent_days, explained.recent_then, explained.own_gap_days) == (400, 1.0, 21.0)


@pytest.mark.parametrize(
    ("relationship", "has_rate", "expected"),
    [
        (told(49), True, WorthFrom.KNOWN),
        (told(49), False, WorthFrom.UNRATED),
        (told(49, value_minor=None), True, WorthFrom.MEDIAN),
        (told(49, value_minor=None), False, WorthFrom.MEDIAN),
    ],
)
def test_where_the_value_comes_from_is_said(relationship: Relationship, has_rate: bool, expected: WorthFrom) -> None:
    assert explain(relationship, TODAY, has_rate=has_rate).worth_from is expected


def test_a_value_of_nothing_ranks_as_one() -> None:
    assert explain(told(49, value_minor=0, ranked_value=0.0), TODAY).worth == 1.0


@pytest.mark.parametrize(
    ("relationship", "expected"),
    [
        (told(49), ()),
        (told(49, standing=Standing.LURKER), (HeldBack.LURKER,)),
        (told(49, muted=True), (HeldBack.MUTED,)),
        (told(49, snoozed_until_on=TODAY + timedelta(days=3)), (HeldBack.SNOOZED,)),
        (told(49, snoozed_until_on=TODAY), ()),
        (told(126), ()),
        (told(127), (HeldBack.LOST,)),
        (told(2), (HeldBack.NOT_DUE,)),
        (told(2, muted=True), (HeldBack.MUTED, HeldBack.NOT_DUE)),
    ],
)
def test_what_keeps_a_customer_out_of_the_digest_is_said(
    relationship: Relationship, expected: tuple[HeldBack, ...]
) -> None:
    assert explain(relationship, TODAY).held_back == expected


def test_decades_of_silence_are_still_explained() -> None:
    explained = explain(told(40_000, segment=Segment(1, "s", cadence_days=1.0, exponent=1.0)), TODAY)
    assert explained.score == 2.0**LARGEST_LOG_SCORE
    assert explained.silence == float("inf")
