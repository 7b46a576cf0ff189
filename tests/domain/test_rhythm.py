"""Tables for the rule of who is due and in what order."""

from dataclasses import replace
from datetime import date, timedelta
from math import log2
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.counted_days import EPOCH, counted_days
from bot.domain.model import Policy, Relationship, Rhythm, Segment, Standing
from bot.domain.rhythm import (
    after_touch,
    depth,
    derive,
    due_on,
    is_lost,
    keeps_rhythms,
    learned_cadence_days,
    log_score,
    only_weighs_anew,
    own_gap_days,
    recent_on,
    replay,
    score,
    sort_key,
    warm_key,
    warmth_on,
)

DAY = date(2026, 11, 24)
MONTHLY = Segment(1, "monthly", Policy.LEARNED, cadence_days=30.0)


def days_before(*counts: int) -> list[date]:
    return [DAY - timedelta(days=count) for count in counts]


def relationship(
    *touches: date, segment: Segment = MONTHLY, value: float = 1000.0, since_on: date = date(2026, 1, 1)
) -> Relationship:
    rhythm = replay(touches, segment)
    derived = derive(
        rhythm,
        since_on=since_on,
        segment=segment,
        ranked_value=value,
        standing=Standing.CUSTOMER,
        snoozed_until_on=None,
        muted=False,
    )
    return Relationship(
        customer_id=1, external_id="acme", name="Acme", owner_id=None, segment=segment, standing=Standing.CUSTOMER,
        value_minor=round(value * 100), currency="EUR", ranked_value=value, since_on=since_on, rhythm=rhythm,
        due_on=derived.due_on, nudge_from_on=derived.nudge_from_on,
    )  # fmt: skip


def test_a_first_touch_counts_one() -> None:
    assert after_touch(None, DAY, MONTHLY) == Rhythm(1, DAY, DAY, 1.0)


def test_contact_fades_by_half_every_cadence_and_a_touch_after_it_counts_in_full() -> None:
    rhythm = replay([DAY, DAY + timedelta(days=30)], MONTHLY)
    assert rhythm == Rhythm(2, DAY, DAY + timedelta(days=30), 1.5)


def test_a_second_touch_on_the_same_day_changes_nothing() -> None:
    once = replay([DAY], MONTHLY)
    assert after_touch(once, DAY, MONTHLY) == once


@pytest.mark.parametrize(("gap", "counted"), [(1, 5 / 30), (3, 0.5), (5, 25 / 30), (6, 1.0), (7, 1.0)])
def test_quick_repeats_count_as_one_conversation(gap: int, counted: float) -> None:
    rhythm = replay([DAY, DAY + timedelta(days=gap)], MONTHLY)
    assert rhythm is not None
    assert rhythm.recent - 2 ** (-gap / 30) == pytest.approx(counted)


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"exponent": 0.9}, True),
        ({"policy": Policy.FIXED, "lost_after": 3}, True),
        ({"cadence_days": 31.0}, False),
        ({"counted": counted_days("working", "")}, False),
    ],
)
def test_a_policy_keeps_the_rhythms_that_a_replay_would_give_again(changed: dict[str, Any], kept: bool) -> None:
    before = Segment(1, "Agencies")
    after = replace(before, **changed)
    assert keeps_rhythms(before, after) is kept
    assert only_weighs_anew(before, after) is (set(changed) == {"exponent"})
    days = days_before(100, 99, 60, 31, 8, 1)
    assert (replay(days, before) == replay(days, after)) is kept


def test_a_relationship_never_touched_has_the_rhythm_of_its_segment() -> None:
    assert own_gap_days(None, MONTHLY) == 30


def test_the_own_rhythm_starts_from_two_gaps_of_the_segment() -> None:
    weekly_for_four_weeks = replay(days_before(28, 21, 14, 7, 0), MONTHLY)
    assert own_gap_days(weekly_for_four_weeks, MONTHLY) == pytest.approx((2 * 30 + 28) / (2 + 4))


@pytest.mark.parametrize(
    ("policy", "patience"),
    # Two touches 30 days apart in a segment of 30 days: the own rhythm is 30 as well.
    [(Policy.LEARNED, 45), (Policy.OWN, 60), (Policy.FIXED, 30)],
)
def test_each_policy_has_its_own_patience(policy: Policy, patience: int) -> None:
    rhythm = replay(days_before(30, 0), MONTHLY)
    assert due_on(rhythm, DAY, Segment(1, "s", policy, 30)) == DAY + timedelta(days=patience)


def test_the_learned_policy_stands_between_own_rhythm_and_cadence() -> None:
    often = replay(days_before(28, 21, 14, 7, 0), MONTHLY)
    # 1.5 · √(14.67 · 30) = 31.46 days: silence is unusual from the 32nd day.
    assert due_on(often, DAY, MONTHLY) == DAY + timedelta(days=32)


@pytest.mark.parametrize(
    ("policy", "lost_after", "patience"),
    # Twelve months apart in a segment of 30 days: an own rhythm of 148 days, twice that is 297, and lost after 180.
    [(Policy.OWN, 6, 150), (Policy.OWN, 12, 297), (Policy.LEARNED, 3, 60), (Policy.LEARNED, 6, 101)],
)
def test_whoever_is_slow_is_due_a_cadence_before_they_are_lost(policy: Policy, lost_after: int, patience: int) -> None:
    yearly = replay(days_before(385, 0), MONTHLY)
    segment = Segment(1, "s", policy, 30, lost_after=lost_after)
    assert due_on(yearly, DAY, segment) == DAY + timedelta(days=patience)


def test_the_due_day_is_never_the_day_of_the_touch() -> None:
    every_day = Segment(1, "s", Policy.FIXED, 1)
    daily = replay([DAY - timedelta(days=n) for n in range(300)], every_day)
    assert due_on(daily, DAY, every_day) == DAY + timedelta(days=1)


@pytest.mark.parametrize(("cadence", "first_due"), [(30, 30), (30.2, 31), (1, 1)])
def test_nobody_talked_to_them_yet_is_due_one_cadence_after_the_start(cadence: float, first_due: int) -> None:
    assert due_on(None, DAY, Segment(1, "s", Policy.LEARNED, cadence)) == DAY + timedelta(days=first_due)


@pytest.mark.parametrize(("days_from_due", "due"), [(-1, False), (0, True), (1, True)])
def test_a_customer_is_due_from_its_due_day_on(days_from_due: int, due: bool) -> None:
    acme = relationship(*days_before(30, 0))
    today = acme.due_on + timedelta(days=days_from_due)
    assert acme.nudge_from_on is not None
    assert (acme.nudge_from_on <= today) is due


@pytest.mark.parametrize(("silence", "lost"), [(179, False), (180, False), (181, True)])
def test_silence_over_six_cadences_is_lost(silence: int, lost: bool) -> None:
    assert is_lost(DAY - timedelta(days=silence), MONTHLY, DAY) is lost


def test_a_cadence_longer_than_history_loses_nobody() -> None:
    assert not is_lost(date(1970, 1, 1), Segment(1, "s", cadence_days=400_000), DAY)


def test_warmth_today_is_the_stored_one_faded() -> None:
    acme = relationship(*days_before(60, 30))
    assert recent_on(acme, DAY) == pytest.approx(1.5 / 2)
    assert warmth_on(acme, DAY) == pytest.approx(1.5 / 2 * depth(acme.rhythm, MONTHLY))


@pytest.mark.parametrize(
    ("days_ago", "deep"),
    [
        ((), 1),
        ((400,), 1),
        ((30, 15), 1.125),
        ((60, 30), 1.25),
        ((90, 60, 30), 1.5),
        ((390, 30), 4),
        ((3_000, 2_000), 4),
    ],
)
def test_a_relationship_goes_deeper_for_a_dozen_usual_gaps(days_ago: tuple[int, ...], deep: float) -> None:
    assert depth(relationship(*days_before(*days_ago)).rhythm, MONTHLY) == pytest.approx(deep)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=9), st.integers(0, 900))
def test_who_has_been_talked_to_for_longer_is_never_colder(days_ago: list[int], earlier: int) -> None:
    longer = relationship(*days_before(*days_ago, max(days_ago) + earlier))
    assert warmth_on(longer, DAY) >= warmth_on(relationship(*days_before(*days_ago)), DAY)


def test_a_customer_never_touched_cools_from_the_day_it_began() -> None:
    new = relationship(since_on=DAY - timedelta(days=30))
    assert warmth_on(new, DAY) == pytest.approx(0.5)


def test_the_score_is_value_over_the_root_of_warmth() -> None:
    acme = relationship(*days_before(60), value=900)
    assert score(acme, DAY) == pytest.approx(900 / (1 / 4) ** 0.5)


def test_the_sort_key_takes_the_calendar_out_of_the_score() -> None:
    acme = relationship(*days_before(60), value=900)
    assert acme.rhythm is not None
    key = warm_key(acme.rhythm, acme.since_on, MONTHLY)
    assert key == pytest.approx((acme.rhythm.last_on - EPOCH).days / 30)
    assert sort_key(900, key, 0.5) == pytest.approx(log2(900) - 0.5 * key)
    assert log_score(900, key, MONTHLY, DAY) == pytest.approx(log2(score(acme, DAY)))


def test_silence_weighs_nothing_at_exponent_zero() -> None:
    by_value = Segment(1, "s", Policy.LEARNED, 30.0, exponent=0.0)
    assert score(relationship(*days_before(600), segment=by_value, value=50), DAY) == pytest.approx(50)


def test_a_customer_worth_nothing_still_has_a_place() -> None:
    assert score(relationship(*days_before(60), value=0.0), DAY) == pytest.approx(1 / (1 / 4) ** 0.5)


def test_thirty_years_of_silence_in_a_daily_segment_still_has_a_score() -> None:
    daily = Segment(1, "s", Policy.LEARNED, 1.0, exponent=1.0)
    forgotten = relationship(date(1996, 1, 1), segment=daily, since_on=date(1996, 1, 1))
    assert score(forgotten, DAY) > score(relationship(*days_before(1), segment=daily), DAY)


def test_a_segments_cadence_is_the_median_of_its_customers_mean_gaps() -> None:
    weekly, monthly, yearly = (5, 28), (2, 30), (2, 365)
    spans = [(count, DAY, DAY + timedelta(days=span)) for count, span in (weekly, monthly, yearly)]
    assert learned_cadence_days(spans) == 30


def test_customers_with_a_single_day_teach_no_cadence() -> None:
    assert learned_cadence_days([(1, DAY, DAY)]) is None


def test_a_learned_cadence_is_at_least_a_day() -> None:
    assert learned_cadence_days([(6, DAY, DAY)]) == 1.0


def test_two_quick_calls_do_not_speak_for_a_segment() -> None:
    quick, steady = (2, DAY - timedelta(days=1), DAY), (4, DAY - timedelta(days=60), DAY)
    assert learned_cadence_days([quick]) is None
    assert learned_cadence_days([quick, steady]) is None, "four gaps"
    assert learned_cadence_days([quick, quick, steady]) == 1.0
    assert learned_cadence_days([quick, steady, steady]) == 20.0


@pytest.mark.parametrize(
    ("standing", "muted", "snoozed", "expected"),
    [
        (Standing.CUSTOMER, False, None, 45),
        (Standing.INNER_CIRCLE, False, None, 45),
        (Standing.PROSPECT, False, None, 45),
        (Standing.LURKER, False, None, None),
        (Standing.CUSTOMER, True, None, None),
        (Standing.CUSTOMER, False, 10, 45),
        (Standing.CUSTOMER, False, 60, 60),
    ],
)
def test_a_nudge_waits_for_the_due_day_and_the_snooze_and_never_comes_for_some(
    standing: Standing, muted: bool, snoozed: int | None, expected: int | None
) -> None:
    derived = derive(
        replay(days_before(30, 0), MONTHLY),
        since_on=DAY,
        segment=MONTHLY,
        ranked_value=1.0,
        standing=standing,
        snoozed_until_on=None if snoozed is None else DAY + timedelta(days=snoozed),
        muted=muted,
    )
    assert derived.due_on == DAY + timedelta(days=45)
    assert derived.nudge_from_on == (None if expected is None else DAY + timedelta(days=expected))
