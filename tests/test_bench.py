"""The bench suite runs and says what it should. What it measures on this machine means nothing."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.__main__ import BENCHES, measure
from bench.harness import Figure, at_least, at_most, compare
from bench.place import POSTGRESQL, SQLITE, open_place
from bench.sizes import SIZES

# Some of the others start processes of their own, for which the smoke test is the place.
CHOSEN = ("lists", "touches", "digests", "rendering", "recomputing", "idle")


def measured_at_size_t(names: Sequence[str], folder: Path, database: str) -> list[tuple[str, Figure]]:
    with open_place(SIZES["T"], folder, only=database) as place:
        return list(measure(list(names), place))


def test_the_benches_give_ratios(tmp_path: Path) -> None:
    measured = measured_at_size_t(CHOSEN, tmp_path, SQLITE)
    assert {name for name, _ in measured} == set(CHOSEN) < set(BENCHES)
    assert all(figure.ratio > 0 and figure.limit > 0 and figure.subject > 0 for _, figure in measured)


def test_replicas_are_measured_as_processes_that_share_one_outbox(tmp_path: Path) -> None:
    ((_, figure),) = measured_at_size_t(["replicas"], tmp_path, POSTGRESQL)
    assert figure.ratio > 0
    assert figure.what.startswith("16 messages by 3 replicas / by one")


def test_what_counts_is_the_median_of_the_rounds_and_the_first_does_not_count() -> None:
    limit, subject = iter([9.0, 1.0, 1.0, 1.0]), iter([9.0, 2.0, 8.0, 3.0])
    timed = compare(lambda: next(limit), lambda: next(subject), rounds=3)
    assert (timed.limit, timed.subject, timed.slower) == (1.0, 3.0, 3.0)


def test_a_pace_is_told_as_the_share_of_the_limits() -> None:
    timed = compare(lambda: 1.0, lambda: 4.0, rounds=1)
    assert timed.figure("pace", at_least(0.2)).ratio == 0.25
    assert timed.figure("time", at_most(3)).ratio == 4.0


@pytest.mark.parametrize(("ratio", "verdict"), [(1.5, "reached"), (1.51, "missed"), (3.0, "missed"), (3.01, "worse")])
def test_a_figure_is_worse_only_beyond_its_guard(ratio: float, verdict: str) -> None:
    assert Figure("time", ratio, 1, ratio, "µs", at_most(1.5)).verdict == verdict


@pytest.mark.parametrize(("ratio", "verdict"), [(0.7, "reached"), (0.69, "missed"), (0.1, "missed"), (0.09, "worse")])
def test_a_figure_that_is_known_to_miss_its_target_has_a_guard_of_its_own(ratio: float, verdict: str) -> None:
    assert Figure("pace", ratio, 1, ratio, "µs", at_least(0.7, guard=0.1)).verdict == verdict


def test_a_figure_without_a_target_has_no_verdict() -> None:
    assert Figure("time", 99, 1, 99, "µs").verdict == ""
