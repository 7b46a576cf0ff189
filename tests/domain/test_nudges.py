"""Who is nudged about: reasons with dates, the order and the cap, and what ends a nudge."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.model import NudgeState, Occasion, Relationship, Rhythm, Segment, Standing
from bot.domain.nudges import (
    Pick,
    anniversary_in,
    birthday_in,
    can_end,
    can_undo,
    day_keys,
    next_birthday,
    occasions_of,
    plan_digest,
    reason_for,
    touch_ends_nudge,
)

TODAY = date(2026, 11, 24)  # a Tuesday
TOMORROW = TODAY + timedelta(days=1)
CLIENTS = Segment(1, "Clients", cadence_days=30.0)


def customer(name: str, customer_id: int, *, value: float, silent: int) -> Relationship:
    last_on = TODAY - timedelta(days=silent)
    due_on = last_on + timedelta(days=45)
    return Relationship(
        customer_id=customer_id, external_id=None, name=name, owner_id=1, segment=CLIENTS, standing=Standing.CUSTOMER,
        value_minor=round(value * 100), currency="EUR", ranked_value=value, since_on=date(2025, 1, 1),
        rhythm=Rhythm(1, last_on, last_on, 1.0), due_on=due_on, nudge_from_on=due_on,
    )  # fmt: skip


ACME = customer("Acme", 1, value=84_000, silent=60)
BIRCH = customer("Birch", 2, value=60_000, silent=3)
CEDAR = customer("Cedar", 3, value=900, silent=60)
DUNE = customer("Dune", 4, value=70_000, silent=60)._replace(nudge_from_on=TODAY + timedelta(days=7))
ELM = customer("Elm", 5, value=500, silent=60)._replace(standing=Standing.LURKER, nudge_from_on=None)


@pytest.mark.parametrize(
    ("year", "expected"), [(2024, date(2024, 2, 29)), (2026, date(2026, 2, 28)), (2100, date(2100, 2, 28))]
)
def test_a_leap_day_birthday_is_kept_on_the_28th_when_the_year_has_no_29th(year: int, expected: date) -> None:
    assert birthday_in(date(1988, 2, 29), year) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 2, 27), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2027, 2, 28)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 28), date(2028, 2, 29)),
    ],
)
def test_the_next_birthday_of_a_leap_day_child(today: date, expected: date) -> None:
    assert next_birthday(date(1988, 2, 29), today) == expected


def test_a_birthday_on_new_years_day_is_next_year_from_the_second() -> None:
    assert next_birthday(date(1988, 1, 1), date(2026, 1, 2)) == date(2027, 1, 1)


@pytest.mark.parametrize(("days_from_due", "due"), [(-1, False), (0, True), (1, True)])
def test_silence_is_a_reason_from_the_due_day_on(days_from_due: int, due: bool) -> None:
    today = ACME.due_on + timedelta(days=days_from_due)
    assert (Occasion.OVERDUE in occasions_of(ACME, today, until=today + timedelta(days=1))) is due


@pytest.mark.parametrize(
    ("birthday", "is_reason"),
    [(date(1980, 11, 26), False), (date(1980, 11, 27), True), (date(1980, 11, 29), True), (date(1980, 11, 30), False)],
)
def test_fridays_digest_names_the_birthdays_of_the_weekend(birthday: date, is_reason: bool) -> None:
    friday, monday = date(2026, 11, 27), date(2026, 11, 30)
    found = occasions_of(BIRCH._replace(birthday_on=birthday), friday, until=monday)
    assert (Occasion.BIRTHDAY in found) is is_reason


@pytest.mark.parametrize(("days", "is_reason"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_renewal_is_a_reason_for_thirty_days_ahead(days: int, is_reason: bool) -> None:
    renewing = BIRCH._replace(renewal_on=TODAY + timedelta(days=days))
    assert (Occasion.RENEWAL in occasions_of(renewing, TODAY, until=TOMORROW)) is is_reason


def test_all_reasons_of_a_customer_make_one_card() -> None:
    everything = ACME._replace(birthday_on=date(1980, 11, 24), renewal_on=TODAY)
    plan = plan_digest([ACME], [everything], today=TODAY, until=TOMORROW, due_total=1)
    assert plan.picks == (Pick(everything, (Occasion.BIRTHDAY, Occasion.RENEWAL, Occasion.OVERDUE)),)
    assert plan.left_out == 0


def test_the_fresh_the_sleeping_and_the_lurkers_are_in_no_digest() -> None:
    plan = plan_digest([ACME, CEDAR, BIRCH, DUNE, ELM], [], today=TODAY, until=TOMORROW, due_total=2)
    assert [pick.relationship.name for pick in plan.picks] == ["Acme", "Cedar"]


def test_a_birthday_cannot_wait_and_comes_first() -> None:
    celebrating = CEDAR._replace(birthday_on=date(1980, 11, 24))
    plan = plan_digest([ACME, CEDAR], [celebrating], today=TODAY, until=TOMORROW, due_total=2)
    assert [pick.relationship.name for pick in plan.picks] == ["Cedar", "Acme"]


def test_a_muted_customer_is_not_nudged_about_on_a_birthday_either() -> None:
    muted = ACME._replace(nudge_from_on=None, birthday_on=date(1980, 11, 24))
    assert plan_digest([], [muted], today=TODAY, until=TOMORROW, due_total=0).picks == ()


def test_what_is_over_the_cap_is_counted_and_the_next_is_named() -> None:
    due = [customer(f"C{n}", 10 + n, value=1000 - n, silent=60) for n in range(7)]
    plan = plan_digest(due[:6], [], today=TODAY, until=TOMORROW, due_total=7)
    assert [pick.relationship.name for pick in plan.picks] == ["C0", "C1", "C2", "C3", "C4"]
    assert (plan.left_out, plan.next_customer_id) == (2, 15)


def test_a_birthday_beside_a_full_list_pushes_the_last_one_out() -> None:
    due = [customer(f"C{n}", 10 + n, value=1000 - n, silent=60) for n in range(5)]
    celebrating = BIRCH._replace(birthday_on=date(1980, 11, 24))
    plan = plan_digest(due, [celebrating], today=TODAY, until=TOMORROW, due_total=5)
    assert [pick.relationship.name for pick in plan.picks] == ["Birch", "C0", "C1", "C2", "C3"]
    assert (plan.left_out, plan.next_customer_id) == (1, 14)


def test_equal_customers_keep_one_order() -> None:
    twins = [ACME._replace(customer_id=n) for n in (9, 7, 8)]
    plan = plan_digest(twins, [], today=TODAY, until=TOMORROW, due_total=3)
    assert [pick.relationship.customer_id for pick in plan.picks] == [7, 8, 9]


@pytest.mark.parametrize(
    ("occasional", "promised"),
    [
        ([], []),
        ([CEDAR._replace(birthday_on=date(1980, 11, 24))], []),
        ([BIRCH._replace(renewal_on=TODAY)], []),
        ([BIRCH._replace(birthday_on=date(1980, 11, 24))], [CEDAR]),
        ([], [DUNE]),
        ([], [CEDAR]),
    ],
)
def test_whom_the_list_has_put_in_order_are_planned_as_if_it_had_not(
    occasional: list[Relationship], promised: list[Relationship]
) -> None:
    listed = [ACME, ACME._replace(customer_id=9, name="Fir"), CEDAR]
    in_order, shuffled = (
        plan_digest(
            overdue, occasional, today=TODAY, until=TOMORROW, due_total=3, promised=promised, in_order=overdue is listed
        )
        for overdue in (listed, listed[::-1])
    )
    assert in_order == shuffled


def test_nobody_due_is_an_empty_plan() -> None:
    plan = plan_digest([], [], today=TODAY, until=TOMORROW, due_total=0)
    assert (plan.picks, plan.left_out, plan.next_customer_id) == ((), 0, None)


def test_a_reason_is_made_of_the_numbers_that_ordered_the_list() -> None:
    reason = reason_for(ACME, TODAY)
    assert (reason.silent_days, reason.rhythm_days, reason.overdue_days, reason.touched) == (60, 30, 15, True)
    assert not reason.value_is_guess
    assert (reason.touch_days, reason.segment_name) == (1, "Clients")


def test_a_customer_that_is_not_due_is_zero_days_over() -> None:
    assert reason_for(BIRCH, TODAY).overdue_days == 0


def test_a_guessed_value_and_a_missing_touch_are_said() -> None:
    new = ACME._replace(value_minor=None, rhythm=None)
    reason = reason_for(new, TODAY)
    assert reason.value_is_guess
    assert not reason.touched
    assert reason.silent_days == (TODAY - new.since_on).days


@pytest.mark.parametrize(
    ("touched", "due", "ends"),
    [
        (TODAY, TODAY + timedelta(days=30), True),
        (TODAY - timedelta(days=1), TODAY + timedelta(days=29), True),  # yesterday's call makes it no longer due
        (TODAY - timedelta(days=40), TODAY - timedelta(days=1), False),  # an old one does not
        (TODAY - timedelta(days=40), TODAY, False),  # due from today on is due
        (TODAY, TODAY, True),
    ],
)
def test_a_touch_answers_a_nudge_when_it_came_since_or_makes_it_needless(touched: date, due: date, ends: bool) -> None:
    assert touch_ends_nudge(touched_on=touched, planned_on=TODAY, due_on=due, today=TODAY) is ends


def test_only_an_open_nudge_can_end_and_only_what_a_person_did_can_be_undone() -> None:
    assert [state for state in NudgeState if can_end(state)] == [NudgeState.OPEN]
    assert [state for state in NudgeState if not can_undo(state)] == [NudgeState.OPEN, NudgeState.SUPERSEDED]


def test_an_anniversary_of_a_leap_day_is_kept_on_the_28th_and_over_new_year() -> None:
    leap = date(2024, 2, 29)
    assert anniversary_in(leap, date(2026, 2, 28), date(2026, 3, 1)) == date(2026, 2, 28)
    assert anniversary_in(leap, date(2028, 2, 28), date(2028, 2, 29)) is None
    assert anniversary_in(date(2024, 1, 1), date(2026, 12, 31), date(2027, 1, 4)) == date(2027, 1, 1)
    assert anniversary_in(date(2026, 11, 24), TODAY, TOMORROW) is None, "the day itself is none"
    assert day_keys(date(2026, 2, 27), date(2026, 3, 1)) == {227, 228, 229}


@given(
    st.sets(st.sampled_from(["birthday_on", "joined_on", "renewal_on"])), st.booleans(), st.booleans(), st.booleans()
)
def test_one_card_a_customer_whatever_the_number_of_reasons(
    days: set[str], due: bool, promised: bool, budgeted: bool
) -> None:
    base = ACME if due else BIRCH
    changes = {day: TODAY if day == "renewal_on" else date(2020, 11, 24) for day in days}
    somebody = base._replace(**changes)  # type: ignore[arg-type]
    plan = plan_digest(
        [somebody] if due else [], [somebody] if days else [], today=TODAY, until=TOMORROW, due_total=int(due),
        promised=[somebody] if promised else [], efforts={} if budgeted else None,
    )  # fmt: skip
    reasons = len(days) + due + promised
    assert len(plan.picks) == (reasons > 0)
    assert [len(pick.occasions) for pick in plan.picks] == [reasons] * (reasons > 0)
