"""When a backlog is worked off, and when it honestly is not."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.backlog import LOOK_AHEAD_DAYS, Backlog, days_until_due_again, plan_backlog
from bot.domain.model import Policy, Segment

TODAY = date(2026, 11, 24)  # a Tuesday
NEVER_BACK = 10_000.0


def weekdays(day: date) -> bool:
    return day.isoweekday() < 6


def plan(due: int, *, a_day: float = 5, back: float = NEVER_BACK, works_on: Callable[[date], bool] = weekdays,
         arrivals: dict[date, int] | None = None) -> Backlog:  # fmt: skip
    return plan_backlog(due, arrivals or {}, today=TODAY, a_day=a_day, works_on=works_on, back_after_days=back)


@pytest.mark.parametrize(
    ("due", "done_on"),
    [
        (1, date(2026, 11, 25)),
        (5, date(2026, 11, 25)),
        (6, date(2026, 11, 26)),
        (15, date(2026, 11, 27)),
        (16, date(2026, 11, 30)),
        (212, date(2027, 1, 22)),
    ],
)
def test_five_a_working_day_from_tomorrow_on(due: int, done_on: date) -> None:
    assert plan(due) == Backlog(done_on)


def test_who_becomes_due_meanwhile_is_worked_off_too() -> None:
    assert plan(10, arrivals={date(2026, 11, 26): 3}) == Backlog(date(2026, 11, 27))


@pytest.mark.parametrize(
    ("left", "again_on", "done_on"),
    [
        (2, None, date(2026, 11, 23)),  # seven were due, of whom Friday's digest named five: Monday
        (7, None, date(2026, 11, 24)),  # none of the seven was named yet: Tuesday
        (2, date(2026, 11, 24), date(2026, 11, 23)),  # those named on Tuesday rest until the Tuesday after
        (7, date(2026, 11, 24), date(2026, 11, 25)),  # and are in the way of who is left on that day
    ],
)
def test_on_a_friday_what_is_left_is_counted_from_monday_on(left: int, again_on: date | None, done_on: date) -> None:
    arrivals = {again_on: 5} if again_on else {}
    friday = date(2026, 11, 20)
    found = plan_backlog(left, arrivals, today=friday, a_day=5, works_on=weekdays, back_after_days=45)
    assert found == Backlog(done_on)


def test_who_was_dealt_with_comes_back() -> None:
    assert plan(50, back=7.0).done_on is None
    assert plan(24, back=7.0) == Backlog(date(2026, 12, 1))


def test_a_share_of_a_touch_a_day_adds_up() -> None:
    assert plan(2, a_day=0.4) == Backlog(date(2026, 12, 1))


def test_a_holiday_moves_the_day() -> None:
    assert plan(5, works_on=lambda day: weekdays(day) and day != date(2026, 11, 25)) == Backlog(date(2026, 11, 26))


def test_more_arriving_than_the_pace_is_told_as_growth() -> None:
    daily = {TODAY + timedelta(days=n): 4 for n in range(1, LOOK_AHEAD_DAYS)}
    assert plan(40, arrivals=daily) == Backlog(None, growth_a_week=3)


def test_a_list_that_stays_as_long_as_it_is_does_not_grow() -> None:
    assert plan(100, a_day=5, back=20.0) == Backlog(None, growth_a_week=0)


@given(st.integers(1, 5_000), st.floats(0.2, 10), st.floats(1, 400))
def test_more_time_is_never_slower(due: int, a_day: float, back: float) -> None:
    slow, fast = plan(due, a_day=a_day), plan(due, a_day=a_day + 1)
    assert slow.done_on is None or (fast.done_on is not None and fast.done_on <= slow.done_on)
    assert plan(due, a_day=a_day, back=back).growth_a_week >= 0


def test_somebody_is_due_again_by_the_policy_of_the_segment() -> None:
    def segment(policy: Policy, cadence: float) -> Segment:
        return Segment(1, "Clients", policy, cadence)

    assert days_until_due_again({segment(Policy.LEARNED, 30): 5}, TODAY) == 45
    assert days_until_due_again({segment(Policy.OWN, 30): 5}, TODAY) == 60
    assert days_until_due_again({segment(Policy.FIXED, 30): 5}, TODAY) == 30
    assert days_until_due_again({}, TODAY) == LOOK_AHEAD_DAYS
    mixed = {segment(Policy.FIXED, 10): 1, segment(Policy.FIXED, 30): 1}
    assert days_until_due_again(mixed, TODAY) == pytest.approx(15)
