"""How often a customer would have been nudged about under a policy, and who would be noticed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.counted_days import CountedDays, Pause
from bot.domain.model import Policy, Segment
from bot.domain.rhythm import due_on, is_lost, replay
from bot.domain.what_if import is_noticed, nudge_days

TODAY = date(2026, 11, 24)
FIRST = TODAY - timedelta(days=83)
MONTHLY = Segment(1, "s", Policy.FIXED, 30)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def nudged(*touched: int, since: int = 400, segment: Segment = MONTHLY) -> list[int]:
    """The days ago on which a customer with contact so many days ago would have been nudged about."""
    days = sorted(ago(n) for n in touched)
    return [(TODAY - day).days for day in nudge_days(days, ago(since), segment, first=FIRST, last=TODAY)]


@pytest.mark.parametrize(
    ("touched", "expected"),
    [
        ((0,), []),
        ((29,), []),
        ((30,), [0]),
        ((37,), [7, 0]),
        ((36,), [6]),
        # It was due 50 days ago; contact 40 days ago ended that silence, and the next is due again 10 days ago.
        ((80, 40), [50, 43, 10, 3]),
        # Contact on the day it becomes due comes before any nudge, contact a day later does not.
        ((60, 29), [30]),
        ((60, 30), [0]),
        # Nobody is nudged about after 180 days of silence: day 181 is lost.
        ((250,), [80, 73]),
    ],
)
def test_a_customer_is_nudged_about_from_its_due_day_every_week_until_contact(
    touched: tuple[int, ...], expected: list[int]
) -> None:
    assert nudged(*touched) == expected


def test_a_customer_never_touched_is_nudged_about_from_a_cadence_after_it_began() -> None:
    assert nudged(since=37) == [7, 0]


def test_a_pause_holds_nudges_back() -> None:
    asleep = Segment(1, "s", Policy.FIXED, 30, counted=CountedDays(pauses=(Pause((11, 1), (12, 15)),)))
    assert nudged(37) == [7, 0]
    assert nudged(37, segment=asleep) == []


days = st.integers(0, 300).map(ago)


@given(st.lists(days, unique=True, max_size=8).map(sorted), days, st.floats(1, 90), st.sampled_from(Policy))
def test_who_is_noticed_is_who_the_list_would_hold(
    touched: list[date], since: date, cadence: float, policy: Policy
) -> None:
    segment = Segment(1, "s", policy, cadence)
    rhythm = replay(touched, segment)
    silent = touched[-1] if touched else since
    listed = due_on(rhythm, since, segment) <= TODAY and not is_lost(silent, segment, TODAY)
    assert is_noticed(touched, since, segment, TODAY) == listed


@given(st.lists(days, unique=True, min_size=1, max_size=8).map(sorted), st.integers(1, 80), st.integers(0, 60))
def test_a_longer_fixed_cadence_never_nudges_more(touched: list[date], cadence: int, longer: int) -> None:
    """Lost customers aside: who is silent for longer is also kept on the list for longer."""

    def count(days: int) -> int:
        segment = Segment(1, "s", Policy.FIXED, days, lost_after=10_000 // days)
        return len(list(nudge_days(touched, ago(400), segment, first=FIRST, last=TODAY)))

    assert count(cadence + longer) <= count(cadence) + len(touched)
