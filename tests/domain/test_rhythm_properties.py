"""What holds for every relationship, whatever its history."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from math import sqrt
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import Policy, Rhythm, Segment
from bot.domain.rhythm import after_touch, due_on, is_lost, log_score, replay, sort_key, warm_key

START = date(2020, 1, 1)
days = st.integers(0, 2500).map(lambda n: START + timedelta(days=n))
histories = st.lists(days, min_size=1, max_size=25)
segments = st.builds(
    Segment,
    id=st.just(1),
    name=st.just("s"),
    policy=st.sampled_from(Policy),
    cadence_days=st.floats(1, 400),
    exponent=st.floats(0, 1),
    lost_after=st.integers(2, 12),
)
values = st.floats(0, 1e9)
# Keys are doubles: equal by arithmetic may differ in the last digits.
CLOSE = 1e-6


def key_of(history: list[date], segment: Segment) -> float:
    return warm_key(replay(history, segment), START, segment)


@given(histories, segments, values, st.integers(0, 3000), st.integers(0, 3000))
def test_more_silence_never_ranks_lower(
    history: list[date], segment: Segment, value: float, sooner: int, longer: int
) -> None:
    """The same history, asked about on two days."""
    key, last = key_of(history, segment), max(history)
    first, second = (log_score(value, key, segment, last + timedelta(days=n)) for n in sorted((sooner, longer)))
    assert second >= first - CLOSE


@given(histories, segments, values, st.integers(1, 2000))
def test_a_history_that_ended_earlier_never_ranks_lower(
    history: list[date], segment: Segment, value: float, earlier: int
) -> None:
    """Two customers with the same rhythm on the same day, one of them silent for longer."""
    shifted = [day - timedelta(days=earlier) for day in history]
    today = max(history)
    silent = log_score(value, key_of(shifted, segment), segment, today)
    assert silent >= log_score(value, key_of(history, segment), segment, today) - CLOSE


@given(histories, segments, values, values, days)
def test_more_value_never_ranks_lower(
    history: list[date], segment: Segment, one: float, other: float, today: date
) -> None:
    key = key_of(history, segment)
    less, more = (log_score(value, key, segment, today) for value in sorted((one, other)))
    assert more >= less


@given(histories, segments, st.integers(0, 1000))
def test_a_touch_never_leaves_a_customer_due_on_its_day(history: list[date], segment: Segment, gap: int) -> None:
    rhythm = replay(history, segment)
    assert rhythm is not None
    today = rhythm.last_on + timedelta(days=gap)
    assert due_on(after_touch(rhythm, today, segment), START, segment) > today


@given(histories, segments, st.integers(0, 1000))
def test_a_touch_on_or_after_the_due_day_moves_it_forward(history: list[date], segment: Segment, late: int) -> None:
    rhythm = replay(history, segment)
    assert rhythm is not None
    due = due_on(rhythm, START, segment)
    touched = after_touch(rhythm, due + timedelta(days=late), segment)
    assert due_on(touched, START, segment) > due


@given(histories, segments)
def test_nobody_is_lost_before_they_are_due(history: list[date], segment: Segment) -> None:
    rhythm = replay(history, segment)
    assert rhythm is not None
    assert not is_lost(rhythm.last_on, segment, due_on(rhythm, START, segment))


# What one more day of contact leaves of the wait, at least: the root of 2/3, 2/3, and all of it.
LEFT_OF_THE_WAIT = {Policy.LEARNED: sqrt(2 / 3), Policy.OWN: 2 / 3, Policy.FIXED: 1.0}


@given(histories, segments, days)
def test_one_more_day_of_contact_shortens_the_wait_by_a_share_that_is_known(
    history: list[date], segment: Segment, another: date
) -> None:
    """Wherever it falls: before, between or after the others. So an old touch lists nobody who was talked to lately."""
    before, after = replay(history, segment), replay([*history, another], segment)
    assert before is not None
    assert after is not None
    wait = (due_on(before, START, segment) - before.last_on).days
    left = (due_on(after, START, segment) - after.last_on).days
    assert left >= LEFT_OF_THE_WAIT[segment.policy] * (wait - 1)


@given(histories, segments, days)
def test_under_a_fixed_cadence_no_touch_brings_the_due_day_forward(
    history: list[date], segment: Segment, another: date
) -> None:
    fixed = replace(segment, policy=Policy.FIXED)
    before, after = replay(history, fixed), replay([*history, another], fixed)
    assert due_on(after, START, fixed) >= due_on(before, START, fixed)


@given(histories, segments, values, days)
def test_a_newer_touch_never_ranks_a_customer_higher(
    history: list[date], segment: Segment, value: float, today: date
) -> None:
    newer = [*history, max(history) + timedelta(days=1)]
    assert log_score(value, key_of(newer, segment), segment, today) <= (
        log_score(value, key_of(history, segment), segment, today) + CLOSE
    )


@given(histories, segments, st.randoms())
def test_touch_by_touch_equals_the_replay_of_any_order(history: list[date], segment: Segment, shuffle: Random) -> None:
    state: Rhythm | None = None
    for day in sorted(history):
        state = after_touch(state, day, segment)
    mixed = list(history)
    shuffle.shuffle(mixed)
    assert replay(mixed, segment) == state


@given(st.lists(st.tuples(histories, values), min_size=2, max_size=12), segments, days, days)
def test_the_order_by_stored_key_is_the_order_by_score_on_any_day(
    customers: list[tuple[list[date], float]], segment: Segment, one_day: date, other_day: date
) -> None:
    keyed = [(key_of(history, segment), value) for history, value in customers]
    keyed.sort(key=lambda pair: -sort_key(pair[1], pair[0], segment.exponent))
    for today in (one_day, other_day):
        scores = [log_score(value, key, segment, today) for key, value in keyed]
        assert all(first >= second - CLOSE for first, second in pairwise(scores))
