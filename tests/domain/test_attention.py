"""A week's attention: how it is spread, what it is spent on first, and what cannot wait for it."""

from dataclasses import replace
from datetime import date, timedelta
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.attention import (
    DIGEST_CAP,
    MOST_CARDS,
    Budget,
    Room,
    benefit,
    budget_of,
    pace_a_day,
    plan_attention,
    room_today,
    sending_days_left,
    week_of,
)
from bot.domain.budget_words import parse_budget
from bot.domain.days_off import DaysOff
from bot.domain.model import Frequency, Rhythm, Teammate, TouchKind
from tests.domain.test_nudges import ACME, CLIENTS, TODAY

TEN = Budget(10)
HOURS = Budget(120, in_minutes=True)
ANA = Teammate(1, "U0ANA", "Ana", "UTC", "en-GB")


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("10", TEN), ("10 touches", TEN), ("10 touches a week", TEN), ("10 Kontakte", TEN), ("10 pro Woche", TEN),
        ("120 minutes", HOURS), ("120 min", HOURS), ("2 h", HOURS), ("2 Stunden die Woche", HOURS),
        ("2.0 hours", HOURS),
        ("1,5 Std.", Budget(90, in_minutes=True)), ("", None), ("  ", None),
    ],
)  # fmt: skip
def test_people_say_their_attention_in_touches_or_in_time(text: str, budget: Budget | None) -> None:
    assert parse_budget(text) == budget


@pytest.mark.parametrize("text", ["0", "ten", "-3", "10 apples", "9999", "61 hours", "10 touches and 3"])
def test_what_is_no_attention_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no"):
        parse_budget(text)


@given(st.booleans().flatmap(lambda minutes: st.tuples(st.integers(1, 3600 if minutes else 500), st.just(minutes))))
def test_what_is_said_of_a_budget_can_be_typed_again(budget_said: tuple[int, bool]) -> None:
    from bot.blocks.backlog import say_budget
    from bot.blocks.voice import Voice

    amount, in_minutes = budget_said
    budget = Budget(amount, in_minutes=in_minutes)
    for locale in ("en-GB", "de-DE"):
        assert parse_budget(say_budget(budget, Voice.to(locale, today=TODAY))) == budget


def test_a_budget_is_what_the_teammate_set() -> None:
    assert budget_of(ANA) is None
    assert budget_of(replace(ANA, touches_a_week=10)) == TEN
    assert budget_of(replace(ANA, minutes_a_week=120)) == HOURS


def test_in_minutes_a_visit_costs_more_than_a_mail_and_a_purchase_nothing() -> None:
    assert [HOURS.of_channel(way) for way in ("chat", None, "phone", "meeting", "Besuch")] == [5, 10, 15, 45, 90]
    assert [TEN.of_channel(way) for way in ("chat", "visit")] == [1, 1]


def test_nobody_costs_more_than_a_week_has_so_that_a_small_one_reaches_everybody() -> None:
    hour = Budget(60, in_minutes=True)
    assert [hour.of_channel(way) for way in ("visit", "meeting")] == [60, 45]
    assert [HOURS.of_kind(kind) for kind in (TouchKind.CALL, TouchKind.PURCHASE, TouchKind.NOTE)] == [15, 0, 0]
    assert [TEN.of_kind(kind) for kind in (TouchKind.CALL, TouchKind.PURCHASE, TouchKind.NOTE)] == [1, 0, 0]


@pytest.mark.parametrize(("day", "left"), [(23, 5), (24, 4), (27, 1), (28, 1), (29, 1)])
def test_a_week_is_spread_over_the_digests_that_it_still_has(day: int, left: int) -> None:
    today = date(2026, 11, day)
    assert week_of(today) == date(2026, 11, 23)
    assert sending_days_left(today, work_days="12345", frequency=Frequency.DAILY, off=DaysOff()) == left


def test_a_weekly_digest_and_a_holiday_leave_fewer() -> None:
    monday = date(2026, 11, 23)
    assert sending_days_left(monday, work_days="12345", frequency=Frequency.WEEKLY, off=DaysOff()) == 1
    off = DaysOff(company=((date(2026, 11, 26), date(2026, 11, 27)),))
    assert sending_days_left(monday, work_days="12345", frequency=Frequency.DAILY, off=off) == 3


def test_without_a_budget_there_is_the_cap_of_today() -> None:
    assert room_today(None, spent=99, days_left=1) == Room(aim=inf, at_most=inf, cards=DIGEST_CAP)


@pytest.mark.parametrize(("spent", "days", "aim", "left"), [(0, 5, 2, 10), (6, 2, 2, 4), (10, 3, 0, 0), (14, 3, 0, 0)])
def test_what_is_left_of_a_budget_is_spread_evenly(spent: int, days: int, aim: float, left: int) -> None:
    assert room_today(TEN, spent=spent, days_left=days) == Room(aim=aim, at_most=left, cards=MOST_CARDS)


def test_the_longer_a_silence_in_own_gaps_and_the_larger_the_value_the_more_a_touch_rescues() -> None:
    def silent(days: int, gap: int) -> float:
        last = TODAY - timedelta(days=days)
        rhythm = Rhythm(10, last - timedelta(days=9 * gap), last, 1.0)
        return benefit(ACME._replace(rhythm=rhythm, segment=replace(CLIENTS, cadence_days=float(gap))), TODAY)

    assert silent(60, 30) > silent(50, 30) > silent(60, 60)
    assert silent(60, 30) == pytest.approx(silent(120, 60))
    twice = ACME._replace(ranked_value=2 * ACME.ranked_value)
    assert benefit(twice, TODAY) == pytest.approx(2 * benefit(ACME, TODAY))


def test_a_silence_that_makes_somebody_lost_counts_for_no_more_than_that() -> None:
    long_ago, longer_ago = (
        ACME._replace(rhythm=Rhythm(10, last - timedelta(days=270), last, 1.0))
        for last in (TODAY - timedelta(days=days) for days in (400, 4000))
    )
    assert benefit(longer_ago, TODAY) == pytest.approx(benefit(long_ago, TODAY), rel=0.1)


def test_a_contracts_end_counts_whatever_the_silence() -> None:
    fresh = ACME._replace(rhythm=Rhythm(2, TODAY - timedelta(days=30), TODAY, 1.5))
    assert benefit(fresh, TODAY) == 0
    assert benefit(fresh, TODAY, dated=True) == fresh.ranked_value


Option = tuple[int, float, int]


def plan(options: list[Option], room: Room, waits: frozenset[int] = frozenset()) -> tuple[list[Option], list[Option]]:
    return plan_attention(
        options, room=room, pays=lambda o: o[1], costs=lambda o: o[2], cannot_wait=lambda o: o[0] in waits
    )


def test_what_pays_most_per_minute_comes_first_until_the_share_is_used() -> None:
    visit, mail, call = (1, 900.0, 90), (2, 300.0, 10), (3, 300.0, 15)
    assert plan([visit, mail, call], Room(aim=24, at_most=120, cards=10)) == ([mail, call], [visit])


def test_what_costs_more_than_the_week_has_left_is_passed_over_for_what_fits() -> None:
    visit, mail = (1, 9_000.0, 90), (2, 300.0, 10)
    assert plan([visit, mail], Room(aim=15, at_most=30, cards=10)) == ([mail], [visit])


def test_a_promise_is_kept_even_when_the_budget_is_spent() -> None:
    assert plan([(1, 1.0, 10), (2, 99.0, 10)], Room(aim=0, at_most=0), frozenset({1})) == (
        [(1, 1.0, 10)],
        [(2, 99.0, 10)],
    )


options = st.lists(
    st.tuples(st.integers(), st.floats(0, 1e6), st.sampled_from([1, 5, 10, 15, 45, 90])),
    unique_by=lambda o: o[0], max_size=30,
)  # fmt: skip


@given(options, st.floats(0, 200), st.integers(0, 300), st.integers(1, 10))
def test_nobody_gets_lost_and_nothing_is_overspent(all_: list[Option], aim: float, at_most: int, cards: int) -> None:
    chosen, left = plan(all_, Room(aim=aim, at_most=at_most, cards=cards))
    assert sorted(chosen + left) == sorted(all_)
    assert len(chosen) <= cards
    assert sum(cost for _, _, cost in chosen) <= at_most
    # The last one may begin within the share and end beyond it; the day after has the less.
    assert not chosen or sum(cost for _, _, cost in chosen[:-1]) < max(aim, 1e-9)


@given(options, st.integers(0, 30))
def test_with_equal_effort_no_choice_rescues_more(all_: list[Option], cards: int) -> None:
    equal = [(number, pays, 1) for number, pays, _ in all_]
    chosen, left = plan(equal, Room(aim=inf, at_most=cards, cards=30))
    assert min((pays for _, pays, _ in chosen), default=inf) >= max((pays for _, pays, _ in left), default=0)


def test_the_pace_of_a_day_is_the_cap_or_the_share_of_the_week() -> None:
    assert pace_a_day(None, digests_a_week=5) == DIGEST_CAP
    assert pace_a_day(TEN, digests_a_week=5) == 2
    assert pace_a_day(HOURS, digests_a_week=5, effort=10) == 2.4
    assert pace_a_day(Budget(500), digests_a_week=1) == MOST_CARDS
