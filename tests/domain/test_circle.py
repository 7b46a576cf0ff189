"""Seats are few and given in order; who is talked to as somebody further out is noticed, quietly."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.circle import Seated, Seats, Wish, drifting, lately_days, who_may_leave, without_seat

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


def seated(name: str, *ages: int, cadence: float = 21, seated_for: int | None = 400) -> Seated:
    """Somebody in the circle whose latest contact was so many days ago."""
    return Seated(
        customer_id=sum(map(ord, name)), name=name, owner_id=1, cadence_days=cadence, since_on=TODAY - 500 * DAY,
        days=tuple(TODAY - age * DAY for age in ages),
        seated_on=None if seated_for is None else TODAY - seated_for * DAY,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ages", "expected"),
    [((7, 14, 21), 7), ((63, 126, 189), 63), ((0, 1, 2), 2 / 3), ((30,), 30), ((10, 50), 25), ((), 500)],
)
def test_how_often_lately_counts_the_silence_of_now(ages: tuple[int, ...], expected: float) -> None:
    assert lately_days(seated("Birch", *ages), TODAY) == pytest.approx(expected)


CLOSE = [seated("Acme", 5, 25, 45), seated("Cedar", 10, 30, 50), seated("Dune", 2, 20, 40)]


@pytest.mark.parametrize(
    ("member", "drifts"),
    [
        (seated("Birch", 63, 126, 189), True),
        (seated("Birch", 20, 40, 60), False),
        # Slower than the rest, and as often as their segment is meant to be talked to at the most.
        (seated("Birch", 40, 80, 120, cadence=90), False),
        (seated("Birch", 40, 80, 120, cadence=40), True),
        # A seat of last month has not had its time, one that was confirmed lately is left in peace.
        (seated("Birch", 63, 126, 189, seated_for=59), False),
        (seated("Birch", 63, 126, 189, seated_for=60), True),
        (seated("Birch", 63, 126, 189, seated_for=None), True),
        (replace(seated("Birch", 63, 126, 189), kept_on=TODAY - 89 * DAY), False),
        (replace(seated("Birch", 63, 126, 189), kept_on=TODAY - 90 * DAY), True),
        (seated("Birch"), True),
    ],
)
def test_who_drifts_is_slower_than_the_circle_and_than_their_segment(member: Seated, drifts: bool) -> None:
    assert [each.name for each in drifting([*CLOSE, member], TODAY)] == (["Birch"] if drifts else [])


def test_a_circle_of_two_is_measured_by_the_cadence() -> None:
    alone = [seated("Acme", 5, 25, 45), seated("Birch", 50, 100, 150)]
    assert [(each.name, each.lately_days) for each in drifting(alone, TODAY)] == [("Birch", 50)]
    assert drifting(alone[:1], TODAY) == []


def test_the_longest_gap_is_asked_about_first() -> None:
    found = drifting([*CLOSE, seated("Elm", 70, 140, 210), seated("Birch", 63, 126, 189)], TODAY)
    assert [each.name for each in found] == ["Elm", "Birch"]


def test_the_least_contacted_may_leave_first() -> None:
    never = seated("Fjord")
    assert [each.name for each in who_may_leave([*CLOSE, never])] == ["Fjord", "Cedar", "Acme", "Dune"]


@pytest.mark.parametrize(
    ("taken", "team_taken", "own_is_full", "is_full"),
    [(7, 7, False, False), (8, 8, True, True), (9, 9, True, True), (0, 30, False, True)],
)
def test_a_circle_is_full_for_the_teammate_or_for_the_team(
    taken: int, team_taken: int, own_is_full: bool, is_full: bool
) -> None:
    seats = Seats(each=8, team=30, taken=taken, team_taken=team_taken)
    assert (seats.own_is_full, seats.is_full) == (own_is_full, is_full)


def test_seats_go_by_the_order_of_the_file() -> None:
    wishes = [Wish(2, "Acme", 1), Wish(3, "Birch", 2), Wish(4, "Cedar", 1), Wish(5, "Dune", None), Wish(6, "Elm", 2)]
    assert [wish.name for wish in without_seat(wishes, {1: 1}, each=2, team=4)] == ["Cedar", "Elm"]


@given(
    st.lists(st.none() | st.integers(1, 3), max_size=20),
    st.dictionaries(st.integers(1, 3), st.integers(0, 4)),
    st.integers(0, 5),
    st.integers(0, 9),
)
def test_an_import_never_fills_more_than_the_seats(
    owners: list[int | None], taken: dict[int | None, int], each: int, team: int
) -> None:
    wishes = [Wish(line, str(line), owner) for line, owner in enumerate(owners)]
    left_out = set(without_seat(wishes, taken, each=each, team=team))
    added = Counter(wish.owner_id for wish in wishes if wish not in left_out)
    for owner, number in added.items():
        assert owner is None or taken.get(owner, 0) + number <= each
    assert not added or sum(taken.values()) + added.total() <= team
