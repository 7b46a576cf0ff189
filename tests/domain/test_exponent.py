"""How much silence weighs, from how many good customers stayed."""

import pytest

from bot.domain.exponent import Followed, Stayed, count_stayed, learned_exponent


@pytest.mark.parametrize(
    ("looked_at", "slipped", "exponent"),
    [(0, 0, 0.6), (10, 6, 0.5), (10, 0, 0.8), (10, 10, 0.3), (990, 496, 0.5), (9990, 0, 0.9996)],
)
def test_the_more_good_customers_stay_the_more_silence_counts(looked_at: int, slipped: int, exponent: float) -> None:
    assert learned_exponent(looked_at, slipped) == pytest.approx(exponent)


def test_only_the_top_third_by_value_is_looked_at() -> None:
    top, middle, bottom = Followed(300, 10, 4), Followed(200, 10, 0), Followed(100, 10, 0)
    assert count_stayed([bottom, top, middle]) == Stayed(looked_at=1, slipped=1)


@pytest.mark.parametrize(("since", "slipped"), [(0, 1), (4.9, 1), (5, 0), (20, 0)])
def test_who_gives_less_than_half_has_slipped(since: float, slipped: int) -> None:
    others = [Followed(1, 10, 10), Followed(1, 10, 10)]
    assert count_stayed([Followed(300, 10, since), *others]).slipped == slipped


def test_two_customers_are_too_few_to_look_at() -> None:
    assert count_stayed([Followed(1, 1, 0), Followed(2, 1, 0)]) == Stayed(0, 0)
