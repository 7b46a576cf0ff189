"""Every nudge is judged by what people did; a rule that is mostly in the way proposes its own change."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Direction, NudgeState, Occasion, Policy, Segment
from bot.domain.outcomes import TOLERATED_SHARE, Change, Ending, Judged, Outcome, judge_rule, outcome

PLANNED = date(2026, 11, 2)
RETAIL = Segment(1, "Retail", Policy.FIXED, 30.0)
OUT, IN, BOTH = Direction.OUTBOUND, Direction.INBOUND, Direction.MUTUAL


def after(days: int) -> date:
    return PLANNED + timedelta(days=days)


def ended(state: NudgeState, **changes: object) -> Ending:
    return replace(Ending(state, PLANNED, after(1)), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (ended(NudgeState.DONE, touched_on=PLANNED, direction=OUT), Outcome.USEFUL),
        (ended(NudgeState.DONE, touched_on=after(6), direction=BOTH), Outcome.USEFUL),
        (ended(NudgeState.DONE, touched_on=after(-1), direction=OUT), Outcome.TOO_EARLY),
        (ended(NudgeState.DONE, touched_on=after(2), direction=IN), Outcome.TOO_EARLY),
        (ended(NudgeState.DONE), None),
        (ended(NudgeState.SNOOZED, snoozed_until_on=after(2)), None),
        (ended(NudgeState.SNOOZED, snoozed_until_on=after(5)), None),
        (ended(NudgeState.SNOOZED, snoozed_until_on=after(6)), Outcome.TOO_EARLY),
        (ended(NudgeState.DISMISSED), Outcome.WRONG),
        (ended(NudgeState.HANDED_OVER), Outcome.WRONG),
        (ended(NudgeState.SUPERSEDED), None),
        (ended(NudgeState.OPEN), None),
    ],
)
def test_how_a_nudge_ended_is_told_from_what_people_did(ending: Ending, expected: Outcome | None) -> None:
    assert outcome(ending) is expected


def nudges(silent_days: int, verdict: Outcome, count: int) -> list[Judged]:
    """So many nudges about customers who had been silent for so long."""
    return [Judged(PLANNED, verdict, after(-400), (after(-silent_days),))] * count


def test_a_rule_that_comes_too_early_says_how_much_later_and_what_that_costs() -> None:
    told = nudges(33, Outcome.TOO_EARLY, 8) + nudges(50, Outcome.TOO_EARLY, 1) + nudges(60, Outcome.USEFUL, 14)
    told += nudges(35, Outcome.USEFUL, 1)
    assert judge_rule(told, RETAIL, Occasion.OVERDUE) == Change(
        nudges=24, too_early=9, wrong=0, from_days=30, to_days=38, left_out=8, later=1
    )


@pytest.mark.parametrize(
    ("useless", "useful", "speaks"),
    [(6, 13, False), (6, 14, False), (7, 13, True), (19, 0, False), (20, 0, True), (9, 21, False), (10, 20, True)],
)
def test_it_takes_twenty_nudges_of_which_more_than_thirty_percent_were_not_useful(
    useless: int, useful: int, speaks: bool
) -> None:
    told = nudges(33, Outcome.TOO_EARLY, useless) + nudges(90, Outcome.USEFUL, useful)
    assert (judge_rule(told, RETAIL, Occasion.OVERDUE) is not None) is speaks


def test_the_smallest_step_that_is_enough_is_proposed() -> None:
    told = nudges(50, Outcome.TOO_EARLY, 10) + nudges(200, Outcome.USEFUL, 12)
    change = judge_rule(told, RETAIL, Occasion.OVERDUE)
    assert change is not None
    assert change.to_days == 53


def test_nothing_is_proposed_that_costs_more_than_it_spares() -> None:
    told = nudges(40, Outcome.USEFUL, 14) + nudges(400, Outcome.WRONG, 7)
    assert judge_rule(told, RETAIL, Occasion.OVERDUE) is None


def test_nudges_of_a_shorter_cadence_than_todays_say_nothing_about_todays() -> None:
    told = nudges(33, Outcome.TOO_EARLY, 20)
    assert judge_rule(told, replace(RETAIL, cadence_days=40.0), Occasion.OVERDUE) is None


def test_a_customer_whom_nobody_had_talked_to_is_judged_from_the_first_day() -> None:
    told = [Judged(PLANNED, Outcome.TOO_EARLY, after(-31))] * 20
    change = judge_rule(told, RETAIL, Occasion.OVERDUE)
    assert change is not None
    assert change.left_out == 20


def test_an_occasion_with_a_date_proposes_to_stop() -> None:
    told = nudges(3, Outcome.WRONG, 15) + nudges(3, Outcome.USEFUL, 7)
    assert judge_rule(told, RETAIL, Occasion.BIRTHDAY) == Change(22, 0, 15, 30, None, left_out=15, later=7)
    assert judge_rule(nudges(3, Outcome.WRONG, 8) + nudges(3, Outcome.USEFUL, 14), RETAIL, Occasion.BIRTHDAY) is None


@given(
    st.lists(st.tuples(st.integers(1, 400), st.sampled_from(Outcome)), max_size=60),
    st.sampled_from(Policy), st.floats(1, 120),
)  # fmt: skip
def test_what_is_proposed_adds_up(told: list[tuple[int, Outcome]], policy: Policy, cadence: float) -> None:
    judged = [judged for silent, verdict in told for judged in nudges(silent, verdict, 1)]
    change = judge_rule(judged, Segment(1, "s", policy, cadence), Occasion.OVERDUE)
    if change is None:
        return
    useless = change.too_early + change.wrong
    assert change.nudges <= len(judged)
    assert useless > TOLERATED_SHARE * change.nudges
    assert 0 < change.left_out <= useless
    assert change.later <= change.nudges - useless
    assert change.to_days is not None
    assert change.to_days > cadence


def test_what_somebody_asked_to_be_reminded_of_is_never_stopped() -> None:
    assert judge_rule(nudges(3, Outcome.WRONG, 30), RETAIL, Occasion.PROMISE) is None
