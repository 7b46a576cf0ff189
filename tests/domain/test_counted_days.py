"""Counting days by arithmetic gives what a walk through the calendar gives."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.counted_days import EPOCH, EVERY_DAY, CountedDays, Pause, counted_days, pauses_text
from bot.domain.model import Policy, Rhythm, Segment
from bot.domain.rhythm import after_touch, calendar_share, due_on, is_lost, lost_before, own_gap_days, replay, warm_key

days = st.dates(date(2018, 1, 1), date(2034, 12, 31))
dates_of_a_leap_year = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: (day.month, day.day))


def short_pause(first: tuple[int, int], length: int) -> Pause:
    last = date(2000, *first) + timedelta(days=length)
    return Pause(first, (last.month, last.day))


pauses = st.lists(st.builds(short_pause, dates_of_a_leap_year, st.integers(0, 40)), max_size=3).map(tuple)
calendars = st.builds(CountedDays, st.booleans(), pauses)
AUGUST = CountedDays(pauses=(Pause((8, 1), (8, 31)),))
NEW_YEAR = CountedDays(working=True, pauses=(Pause((12, 24), (1, 1)),))


def sleeps(day: date, pause: Pause) -> bool:
    today = (day.month, day.day)
    if pause.first <= pause.last:
        return pause.first <= today <= pause.last
    return today >= pause.first or today <= pause.last


def counts(calendar: CountedDays, day: date) -> bool:
    awake = not any(sleeps(day, pause) for pause in calendar.pauses)
    return awake and (not calendar.working or day.isoweekday() <= 5)


@given(calendars, days, st.integers(-5, 900))
def test_days_in_a_pause_are_counted_as_a_walk_finds_them(calendar: CountedDays, first: date, length: int) -> None:
    walked = [first + timedelta(days=n) for n in range(1, length + 1)]
    asleep = sum(any(sleeps(day, pause) for pause in calendar.pauses) for day in walked)
    assert calendar.paused_between(first, first + timedelta(days=length)) == asleep


@given(calendars, days, st.integers(0, 900))
def test_counting_is_a_walk_through_the_calendar(calendar: CountedDays, first: date, length: int) -> None:
    walked = [first + timedelta(days=n) for n in range(1, length + 1)]
    assert calendar.between(first, first + timedelta(days=length)) == sum(counts(calendar, day) for day in walked)


@given(calendars, days, days)
def test_numbers_grow_with_the_calendar_and_differ_by_what_counts_between(
    calendar: CountedDays, one: date, other: date
) -> None:
    assert calendar.number(other) - calendar.number(one) == calendar.between(one, other)
    assert (one <= other) <= (calendar.number(one) <= calendar.number(other))


@given(calendars, st.integers(-5000, 50_000))
def test_a_number_has_one_day_that_counts_and_it_has_that_number(calendar: CountedDays, number: int) -> None:
    day = calendar.day(number)
    assert calendar.number(day) == number
    assert counts(calendar, day)
    assert calendar.number(day - timedelta(days=1)) == number - 1


@given(calendars, days, st.integers(1, 3000))
def test_after_some_counted_days_exactly_so_many_have_counted(calendar: CountedDays, day: date, count: int) -> None:
    reached = calendar.after(day, count)
    assert calendar.between(day, reached) == count
    assert counts(calendar, reached)


@pytest.mark.parametrize("calendar", [EVERY_DAY, AUGUST, NEW_YEAR])
def test_the_ends_of_the_calendar_are_no_errors(calendar: CountedDays) -> None:
    assert calendar.day(-10_000_000) == date.min
    assert calendar.day(10_000_000) == date.max


def test_every_day_counts_by_default() -> None:
    assert counted_days("all", "") is EVERY_DAY
    assert (EVERY_DAY.number(EPOCH), EVERY_DAY.number(date(2026, 11, 24))) == (0, 2519)


def test_pauses_that_overlap_count_once_and_one_may_go_over_new_year() -> None:
    overlapping = CountedDays(pauses=(Pause((8, 1), (8, 20)), Pause((8, 10), (8, 31)), Pause((12, 24), (1, 1))))
    assert overlapping.paused_days == 31 + 9
    assert overlapping.between(date(2026, 7, 31), date(2026, 9, 1)) == 1
    assert overlapping.between(date(2026, 12, 23), date(2027, 1, 2)) == 1


def test_29_february_in_a_pause_is_left_out_of_other_years() -> None:
    until_leap_day = CountedDays(pauses=(Pause((2, 20), (2, 29)),))
    assert until_leap_day.between(date(2027, 2, 19), date(2027, 3, 1)) == 1
    assert until_leap_day.between(date(2028, 2, 19), date(2028, 3, 1)) == 1


@pytest.mark.parametrize("text", ["08-01..08-31", " 8-1 .. 8-31 ", "08-01…08-31", "08-01–08-31"])
def test_a_pause_is_read_from_two_days_of_a_year(text: str) -> None:
    assert str(Pause.parse(text)) == "08-01..08-31"


@pytest.mark.parametrize("text", ["", "August", "08-01", "02-30..03-01", "13-01..13-02", "08-01..", "1..2"])
def test_what_is_no_pause_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Pause.parse(text)


@given(calendars)
def test_what_is_stored_is_read_back(calendar: CountedDays) -> None:
    read = counted_days("working" if calendar.working else "all", pauses_text(calendar.pauses))
    assert (read.working, set(read.pauses)) == (calendar.working, set(calendar.pauses))


# What a segment's calendar makes of rhythm, due day and lost day.

histories = st.lists(days, min_size=1, max_size=12)
policies = st.sampled_from(Policy)


def segment(calendar: CountedDays = EVERY_DAY, *, policy: Policy = Policy.LEARNED, cadence: float = 30.0) -> Segment:
    return Segment(1, "s", policy, cadence, 0.5, calendar)


segments = st.builds(
    lambda calendar, policy, cadence: segment(calendar, policy=policy, cadence=cadence),
    calendars, policies, st.floats(1, 200),
)  # fmt: skip


@given(histories, policies, st.floats(1, 400), days)
def test_where_every_day_counts_the_arithmetic_is_that_of_the_calendar(
    history: list[date], policy: Policy, cadence: float, today: date
) -> None:
    """A calendar that is not the default but leaves nothing out goes the long way to the same numbers."""
    plain = segment(policy=policy, cadence=cadence)
    ordered = sorted(set(history))
    warmth = 1.0
    for last, on in pairwise(ordered):
        gap = (on - last).days
        warmth = warmth * 2 ** (-gap / cadence) + min(1.0, 5 * gap / cadence)
    rhythm = replay(history, plain)
    assert rhythm == Rhythm(len(ordered), ordered[0], ordered[-1], warmth)
    own = (2 * cadence + (ordered[-1] - ordered[0]).days) / (2 + len(ordered) - 1)
    assert own_gap_days(rhythm, plain) == own
    assert calendar_share(plain, today) == 0.5 * (today - EPOCH).days / cadence


@given(histories, segments)
def test_nobody_becomes_due_on_a_day_that_does_not_count(history: list[date], of: Segment) -> None:
    assert counts(of.counted, due_on(replay(history, of), EPOCH, of))
    assert counts(of.counted, due_on(None, history[0], of))


@given(histories, segments, pauses)
def test_a_pause_ahead_never_brings_a_due_day_forward(
    history: list[date], of: Segment, more: tuple[Pause, ...]
) -> None:
    """The rhythm is the one that was learned; only what comes after the last touch is paused."""
    rhythm = replay(history, of)
    assert rhythm is not None
    alone = Rhythm(1, rhythm.last_on, rhythm.last_on, 1.0)
    paused = segment(
        CountedDays(of.counted.working, of.counted.pauses + more), policy=of.policy, cadence=of.cadence_days
    )
    assert due_on(alone, EPOCH, paused) >= due_on(alone, EPOCH, of)
    assert due_on(None, rhythm.last_on, paused) >= due_on(None, rhythm.last_on, of)
    assert lost_before(paused, rhythm.last_on) <= lost_before(of, rhythm.last_on)


@given(histories, segments)
def test_nothing_changes_while_nothing_counts(history: list[date], of: Segment) -> None:
    """Due, lost and the place in the order are on the last day of a pause what they were the day before it."""
    rhythm = replay(history, of)
    assert rhythm is not None
    for pause in of.counted.pauses:
        before = date(2026, *short_of_leap(pause.first)) - timedelta(days=1)
        on = before
        while not counts(of.counted, on + timedelta(days=1)):
            on += timedelta(days=1)
        due = due_on(rhythm, EPOCH, of)
        assert (due <= before) == (due <= on)
        assert is_lost(rhythm.last_on, of, before) == is_lost(rhythm.last_on, of, on)
        assert calendar_share(of, before) == calendar_share(of, on)


def short_of_leap(day: tuple[int, int]) -> tuple[int, int]:
    return (2, 28) if day == (2, 29) else day


@given(histories, segments)
def test_a_touch_while_nothing_counts_leaves_warmth_as_it_is(history: list[date], of: Segment) -> None:
    rhythm = replay(history, of)
    assert rhythm is not None
    day = rhythm.last_on + timedelta(days=1)
    if not counts(of.counted, day):
        touched = after_touch(rhythm, day, of)
        assert (touched.recent, touched.last_on, touched.touch_days) == (rhythm.recent, day, rhythm.touch_days + 1)
        assert warm_key(touched, EPOCH, of) == warm_key(rhythm, EPOCH, of)


def test_an_august_pause_moves_the_due_day_past_it() -> None:
    rhythm = replay([date(2026, 7, 20)], segment(policy=Policy.FIXED))
    assert due_on(rhythm, EPOCH, segment(policy=Policy.FIXED)) == date(2026, 8, 19)
    assert due_on(rhythm, EPOCH, segment(AUGUST, policy=Policy.FIXED)) == date(2026, 9, 19)


def test_five_working_days_are_a_week_for_people() -> None:
    working = segment(CountedDays(working=True), policy=Policy.FIXED, cadence=5)
    assert due_on(replay([date(2026, 11, 20)], working), EPOCH, working) == date(2026, 11, 27)
    assert working.counted.in_calendar_days(5) == 7


@pytest.mark.parametrize(("silence", "lost"), [(60, False), (61, True)])
def test_a_segment_has_its_own_lost_threshold(silence: int, lost: bool) -> None:
    patient = Segment(1, "s", cadence_days=30, lost_after=2)
    today = date(2026, 11, 24)
    assert is_lost(today - timedelta(days=silence), patient, today) is lost


@given(calendars, st.floats(1, 400), st.integers(2, 12), days, st.integers(0, 6000))
def test_lost_is_who_was_silent_before_the_day_that_the_list_asks_for(
    calendar: CountedDays, cadence: float, lost_after: int, today: date, silence: int
) -> None:
    of = Segment(1, "s", cadence_days=cadence, lost_after=lost_after, counted=calendar)
    silent_since_on = today - timedelta(days=silence)
    assert is_lost(silent_since_on, of, today) == (silent_since_on < lost_before(of, today))


def test_until_a_changed_policy_reaches_a_customer_the_one_before_holds() -> None:
    before = segment(cadence=30)
    changed = Segment(1, "s", cadence_days=45, before=before, reached_id=7)
    assert (changed.of(7), changed.of(8)) == (changed, before)
    assert segment().of(8) == segment()
