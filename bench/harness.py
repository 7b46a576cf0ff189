"""Measuring beside a limit: both run alternately in one process, and what counts is the ratio of each round."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

# Other work on the machine makes single rounds lie, and a target can be missed knowingly. What fails is a figure worse
# than its guard: so many times worse than the target, where none of its own is given.
GUARD = 2.0

# Short turns: what else the machine does then slows limit and subject alike.
IN_TURN = 10


class Wanted(StrEnum):
    """On which side of the target a ratio is good."""

    AT_MOST = "≤"
    AT_LEAST = "≥"


@dataclass(frozen=True, slots=True)
class Target:
    """What a ratio should be, and from where on it has become worse than it was: its guard."""

    wanted: Wanted
    ratio: float
    guard: float

    def verdict(self, ratio: float) -> str:
        """Say whether a ratio reaches the target, misses it, or is beyond the guard."""
        if self._is_worse(ratio, self.guard):
            return "worse"
        return "missed" if self._is_worse(ratio, self.ratio) else "reached"

    def _is_worse(self, ratio: float, bound: float) -> bool:
        return ratio > bound if self.wanted is Wanted.AT_MOST else ratio < bound

    def __str__(self) -> str:
        return f"{self.wanted} {self.ratio:g}"


def at_most(ratio: float, *, guard: float | None = None) -> Target:
    """A ratio that is better when smaller: time over time, memory over memory."""
    return Target(Wanted.AT_MOST, ratio, guard or ratio * GUARD)


def at_least(ratio: float, *, guard: float | None = None) -> Target:
    """A ratio that is better when larger: pace over pace."""
    return Target(Wanted.AT_LEAST, ratio, guard or ratio / GUARD)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report. `limit` and `subject` are medians in `unit`; without a target it only informs."""

    what: str
    ratio: float
    limit: float
    subject: float
    unit: str
    target: Target | None = None

    @property
    def verdict(self) -> str:
        """Whether the target is reached or missed, or the figure worse than its guard; empty without a target."""
        return self.target.verdict(self.ratio) if self.target else ""


@dataclass(frozen=True, slots=True)
class Timed:
    """Medians over the rounds: seconds a call, and how many times longer the subject took."""

    limit: float
    subject: float
    slower: float

    def figure(self, what: str, target: Target | None = None) -> Figure:
        """Report how long it takes, or how much of the limit's pace it keeps when the target is a pace."""
        keeps_pace = target is not None and target.wanted is Wanted.AT_LEAST
        ratio = 1 / self.slower if keeps_pace else self.slower
        return Figure(what, ratio, self.limit * 1e6, self.subject * 1e6, "µs", target)


def alternate(limit: Callable[[], object], subject: Callable[[], object], *, rounds: int, calls: int = 1) -> Timed:
    """Time `rounds` times `calls` of each, a few in turn, limit first, after one turn that does not count."""
    in_turn = min(calls, IN_TURN)
    turns = max(1, rounds * calls // in_turn)
    return compare(lambda: _seconds(limit, in_turn), lambda: _seconds(subject, in_turn), rounds=turns)


def compare(limit: Callable[[], float], subject: Callable[[], float], *, rounds: int) -> Timed:
    """Let both measure themselves in turn, in seconds, after one round that does not count."""
    limit(), subject()
    pairs = [(limit(), subject()) for _ in range(rounds)]
    return Timed(
        median(pair[0] for pair in pairs),
        median(pair[1] for pair in pairs),
        median(subject / limit for limit, subject in pairs),
    )


def _seconds(work: Callable[[], object], calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - start) / calls
