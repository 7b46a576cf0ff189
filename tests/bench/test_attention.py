"""The simulated year: the same every time, the same effort for every way, and ours ahead of every plain sort."""

from random import Random

from bench.__main__ import BENCHES
from bench.attention import FIRST_DAY, OURS, WAYS, compare, measure_attention, people, value_kept

PLAIN = ("value", "days overdue", "longest silence")


def test_a_seed_says_the_same_every_time() -> None:
    assert compare(seed=3, years=2, customers=40, touches_a_week=2) == compare(
        seed=3, years=2, customers=40, touches_a_week=2
    )


def test_what_pays_most_keeps_more_than_any_plain_sort_at_equal_effort() -> None:
    found = {kept.way: kept for kept in compare(seed=7, years=6, customers=100, touches_a_week=5)}
    for way in PLAIN:
        assert found[way].share < found[OURS].share
        assert found[way].at_least > 0, f"{way} is not clearly behind"


def test_no_way_takes_more_than_the_touches_there_are() -> None:
    everybody = [fate.known for fate in people(Random(1), 60)]
    assert {len(pick(everybody, FIRST_DAY, 7)) for pick in WAYS.values()} == {7}


def test_touching_nobody_keeps_less_than_touching_somebody() -> None:
    fates = people(Random(1), 60)
    assert value_kept(fates, WAYS[OURS], touches_a_week=0) < value_kept(fates, WAYS[OURS], touches_a_week=10)


def test_the_suite_reports_what_is_lost_against_the_best_plain_sort() -> None:
    (figure,) = measure_attention(None)
    assert BENCHES["attention"] is measure_attention
    assert figure.ratio == figure.subject / figure.limit
    assert figure.verdict == "reached"
